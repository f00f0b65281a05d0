//! Ctrl-C and its kin: a signal asks, and the one that owns what is under way decides what is left of it.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{self, Receiver, Sender};

use attention_regression::publish::Stop;

/// What a shell says of a program that Ctrl-C ended: 128 and the number of the signal.
pub(crate) const INTERRUPTED: u8 = 128 + 2;

/// Has every signal that asks a program to end ask `stop`, and tell `then` each time.
pub(crate) fn listen(stop: &Stop, then: impl Fn() + Send + 'static) {
    let stop = stop.clone();
    // Where no handler can be had, the signal ends the program as it does any other.
    let _ = ctrlc::set_handler(move || {
        stop.ask();
        then();
    });
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

    /// Waits for long work that owns nothing outside the program, or for somebody who asks to stop: then there is no outcome, and the
    /// work goes on until the program ends, which is for the caller to bring about.
    pub(crate) fn outcome(self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let Self { tell, told } = self;
        std::thread::spawn(move || drop(tell.send(Event::Done(catch_unwind(AssertUnwindSafe(work))))));
        match told.recv() {
            Ok(Event::Done(outcome)) => Some(outcome.unwrap_or_else(|panic| resume_unwind(panic))),
            Ok(Event::Asked) | Err(_) => None,
        }
    }
}
