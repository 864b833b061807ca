//! Work without the interpreter's lock, that Ctrl-C can stop.

use hilum_cohort::Stop;
use pyo3::prelude::*;
use std::{
    panic::resume_unwind,
    sync::{
        Mutex, PoisonError,
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    time::Duration,
};

/// How often the interpreter is asked whether somebody wants to stop.
const ASK_EVERY: Duration = Duration::from_millis(50);

/// Does `work` in a thread of its own. A signal (Ctrl-C) asks `stop`, waits for what is in flight, and is then raised.
pub(crate) fn interruptible<T: Send>(
    py: Python<'_>,
    stop: &Stop,
    work: impl FnOnce() -> T + Send,
) -> PyResult<T> {
    watched(py, stop, |_| work(), |()| Ok(()))
}

/// The same, with what `work` sends given to `told` between its looks at signals; an error of `told` stops the work too.
pub(crate) fn watched<T: Send, E: Send>(
    py: Python<'_>,
    stop: &Stop,
    work: impl FnOnce(Sender<E>) -> T + Send,
    mut told: impl FnMut(E) -> PyResult<()>,
) -> PyResult<T> {
    std::thread::scope(|scope| {
        let (sender, receiver) = channel();
        let worker = scope.spawn(move || work(sender));
        // Only this thread listens: the lock is for the compiler, which cannot know.
        let receiver = Mutex::new(receiver);
        let mut fault = None;
        loop {
            let message = py.detach(|| next(&receiver));
            let heard = match message {
                Ok(message) if fault.is_none() => told(message),
                Ok(_) => Ok(()),
                Err(RecvTimeoutError::Timeout) => py.check_signals(),
                // The work is done: it dropped its end.
                Err(RecvTimeoutError::Disconnected) => break,
            };
            if let Err(error) = heard {
                stop.request();
                fault.get_or_insert(error);
            }
        }
        let done = py.detach(|| worker.join());
        match (fault, done) {
            (Some(error), _) => Err(error),
            (None, Ok(done)) => Ok(done),
            // PyO3 makes an exception of it.
            (None, Err(panic)) => resume_unwind(panic),
        }
    })
}

fn next<E>(receiver: &Mutex<Receiver<E>>) -> Result<E, RecvTimeoutError> {
    receiver.lock().unwrap_or_else(PoisonError::into_inner).recv_timeout(ASK_EVERY)
}
