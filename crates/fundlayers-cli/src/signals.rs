//! What a signal that ends the process leaves behind: nothing.

use fundlayers_formats::output::Unfinished;

/// Removes what is half written when the process is told to end, and ends as it would have without.
#[cfg(unix)]
pub(crate) fn give_up_at_the_end(unfinished: &Unfinished) {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;

    let heeded: Vec<i32> = [SIGHUP, SIGINT, SIGTERM].into_iter().filter(|signal| !is_ignored(*signal)).collect();
    // Where signals cannot be caught, they end the process as ever.
    let Ok(mut signals) = Signals::new(heeded) else { return };
    let unfinished = unfinished.clone();
    std::thread::spawn(move || {
        for signal in &mut signals {
            unfinished.give_up();
            _ = signal_hook::low_level::emulate_default_handler(signal);
        }
    });
}

#[cfg(not(unix))]
pub(crate) fn give_up_at_the_end(_: &Unfinished) {}

/// Whether whoever started the process had it ignore a signal, as `nohup` does and shells for what runs in the background.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let set = status.lines().find_map(|line| u64::from_str_radix(line.strip_prefix("SigIgn:")?.trim(), 16).ok());
    let bit = u32::try_from(signal.saturating_sub(1)).ok().and_then(|bit| 1_u64.checked_shl(bit));
    set.zip(bit).is_some_and(|(set, bit)| set & bit != 0)
}
