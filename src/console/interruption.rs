//! Ctrl-C and its kin: a signal asks, and the one that owns what is under way decides what is left of it.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};

use super::say_error;
use crate::publish::Stop;

/// What a shell says of a program that Ctrl-C ended: 128 and the number of the signal.
pub(crate) const INTERRUPTED: u8 = 128 + 2;

/// Whether all that was under way is in its place.
static NOTHING_UNDER_WAY: AtomicBool = AtomicBool::new(false);

/// From here on a signal ends the program at once; so does one that came meanwhile.
pub(crate) fn nothing_is_under_way(stop: &Stop) {
    NOTHING_UNDER_WAY.store(true, Ordering::SeqCst);
    if stop.asked() {
        end();
    }
}

fn end() -> ! {
    say_error("interrupted: all is written, and not all of it told");
    std::process::exit(INTERRUPTED.into());
}

/// Has every signal that asks a program to end ask `stop`, and tell `then` each time. What the caller of the program
/// had it ignore, as `nohup` does, stays ignored where the system tells: on Linux.
pub(crate) fn listen(stop: &Stop, then: impl Fn() + Send + 'static) {
    let stop = stop.clone();
    let asked = move || {
        stop.ask();
        if NOTHING_UNDER_WAY.load(Ordering::SeqCst) {
            end();
        }
        then();
    };
    // Where no handler can be had, a signal ends the program as it does any other.
    #[cfg(unix)]
    if let Ok(mut signals) = signal_hook::iterator::Signals::new(heeded()) {
        std::thread::spawn(move || signals.forever().for_each(|_| asked()));
    }
    #[cfg(not(unix))]
    let _ = ctrlc::set_handler(asked);
}

/// The signals that are not ignored, as far as the system says.
#[cfg(unix)]
fn heeded() -> Vec<i32> {
    // Where there is no such file, nothing is known to be ignored.
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored =
        status.lines().find_map(|line| u64::from_str_radix(line.strip_prefix("SigIgn:")?.trim(), 16).ok()).unwrap_or(0);
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|signal| ignored >> (signal - 1) & 1 == 0).collect()
}

/// Work that can be left, for as long as nobody asks to stop.
pub(crate) struct Leavable<T> {
    tell: Sender<Event<T>>,
    told: Receiver<Event<T>>,
}

enum Event<T> {
    Asked,
    Done(Result<T, Box<dyn Any + Send>>),
}

impl<T: Send + 'static> Leavable<T> {
    /// Listens from here on.
    pub(crate) fn new(stop: &Stop) -> Self {
        let (tell, told) = mpsc::channel();
        let asked = tell.clone();
        listen(stop, move || drop(asked.send(Event::Asked)));
        Self { tell, told }
    }

    /// Waits for long work that owns nothing outside the program, or for somebody who asks to stop: then there is no
    /// outcome, and the work goes on until the program ends, which is for the caller to bring about.
    pub(crate) fn outcome(self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let Self { tell, told } = self;
        std::thread::spawn(move || drop(tell.send(Event::Done(catch_unwind(AssertUnwindSafe(work))))));
        match told.recv() {
            Ok(Event::Done(outcome)) => Some(outcome.unwrap_or_else(|panic| resume_unwind(panic))),
            Ok(Event::Asked) | Err(_) => None,
        }
    }
}
