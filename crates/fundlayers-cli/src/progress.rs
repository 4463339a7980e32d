//! A bar on standard error for work over a second, on a terminal only.

use std::io::{IsTerminal, Write};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use fundlayers::{Lang, Phrase};

use crate::catalogue as words;

/// The steps of a command.
const STEPS: [Phrase; 4] = [words::READING_POLICY, words::READING_ROSTER, words::COMPUTING, words::WRITING];

/// Shows how far a command is; disappears when dropped.
pub(crate) struct Progress {
    steps: Option<Sender<usize>>,
    thread: Option<JoinHandle<()>>,
}

impl Progress {
    pub(crate) fn start(lang: Lang) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self { steps: None, thread: None };
        }
        let (steps, receiver) = mpsc::channel();
        let start = Instant::now();
        let thread = std::thread::spawn(move || {
            let mut step = 0_usize;
            let mut shown = false;
            loop {
                let wait = if shown {
                    Duration::from_millis(200)
                } else {
                    Duration::from_secs(1).saturating_sub(start.elapsed())
                };
                match receiver.recv_timeout(wait) {
                    Ok(next) => step = next,
                    Err(RecvTimeoutError::Disconnected) => break,
                    Err(RecvTimeoutError::Timeout) => shown = true,
                }
                if shown {
                    draw(step, start.elapsed(), lang);
                }
            }
            if shown {
                _ = write!(std::io::stderr().lock(), "\r\u{1b}[K");
            }
        });
        Self { steps: Some(steps), thread: Some(thread) }
    }

    /// Goes on to a step, counted from 0.
    pub(crate) fn step(&self, step: usize) {
        if let Some(steps) = &self.steps {
            _ = steps.send(step);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.steps = None;
        if let Some(thread) = self.thread.take() {
            _ = thread.join();
        }
    }
}

fn draw(step: usize, time: Duration, lang: Lang) {
    let done = "█".repeat(step.saturating_mul(6));
    let rest = "░".repeat(STEPS.len().saturating_sub(step).saturating_mul(6));
    let Some(what) = STEPS.get(step) else { return };
    let text = words::PROGRESS.with(&[what, &time.as_secs()]).to_text(lang);
    _ = write!(std::io::stderr().lock(), "\r\u{1b}[K{done}{rest} {text}");
}
