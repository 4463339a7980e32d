//! Long work: without the lock of the interpreter, and ended by Ctrl-C.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;

/// How often Ctrl-C is looked for.
const LOOK: Duration = Duration::from_millis(50);

/// Whether work is to stop: nobody waits for it any more.
#[derive(Clone, Default)]
pub(crate) struct Stop(Arc<AtomicBool>);

impl Stop {
    pub(crate) fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Runs work on a thread of its own, while others may use the interpreter. Ctrl-C is answered at once; the work, if it does
/// not look at `Stop`, ends by itself and is forgotten. A panic becomes a `RuntimeError`.
pub(crate) fn run<T, F>(py: Python<'_>, work: F) -> PyResult<T>
where
    T: Send + 'static,
    F: FnOnce(&Stop) -> T + Send + 'static,
{
    let stop = Stop::default();
    let (send, mut receive) = channel();
    let theirs = stop.clone();
    let thread = std::thread::Builder::new().name("fundlayers".to_owned()).spawn(move || {
        // Nobody listens any more after Ctrl-C.
        _ = send.send(work(&theirs));
    });
    let thread = thread.map_err(|error| PyRuntimeError::new_err(format!("no thread can be started: {error}")))?;
    loop {
        let (answer, back) = py.detach(move || (receive.recv_timeout(LOOK), receive));
        receive = back;
        match answer {
            Ok(value) => return Ok(value),
            Err(RecvTimeoutError::Timeout) => {
                if let Err(interrupt) = py.check_signals() {
                    stop.0.store(true, Ordering::Relaxed);
                    return Err(interrupt);
                }
            }
            Err(RecvTimeoutError::Disconnected) => {
                let panic = py.detach(|| thread.join()).err();
                let text = panic.as_ref().and_then(|panic| {
                    panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied())
                });
                let text = text.unwrap_or("no reason given");
                return Err(PyRuntimeError::new_err(format!("a defect of fundlayers; please report it: {text}")));
            }
        }
    }
}

/// Panics on purpose, as a defect would, so that tests see what becomes of it.
#[pyfunction]
#[pyo3(name = "_panic_for_test")]
#[expect(clippy::panic, reason = "panics on purpose")]
pub(crate) fn panic_for_test(py: Python<'_>, text: String) -> PyResult<()> {
    run(py, move |_| panic!("{text}"))
}
