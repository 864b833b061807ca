//! Errors as Python's exceptions, in the words of the command line.

use hilum_cohort::CohortError;
use pyo3::{PyErr, create_exception, exceptions::PyException};
use std::error::Error;

create_exception!(hilum, HilumError, PyException, "What hilum could not do, and what to do about it.");
create_exception!(hilum, ScanError, HilumError, "A scan that cannot be read.");
create_exception!(hilum, RejectedError, HilumError, "A scan that can be read but not measured: it says why.");
create_exception!(hilum, WrongUseError, HilumError, "Arguments, a manifest or a table that make no sense.");

/// The message and those of its causes, outermost first, none that its forerunner already says.
fn chain(error: &dyn Error) -> String {
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let words = error.to_string();
        if !message.contains(&words) {
            message = format!("{message}: {words}");
        }
        cause = error.source();
    }
    message
}

/// A scan that cannot be read.
pub(crate) fn unreadable(error: &hilum_io::ScanError) -> PyErr {
    ScanError::new_err(chain(error))
}

/// Arguments that make no sense.
pub(crate) fn wrong(error: impl Into<Box<dyn Error>>) -> PyErr {
    WrongUseError::new_err(chain(error.into().as_ref()))
}

/// What stops a whole piece of work.
pub(crate) fn failed(error: &CohortError) -> PyErr {
    let message = match error.help() {
        Some(help) => format!("{}\nhelp: {help}", chain(error)),
        None => chain(error),
    };
    if error.is_wrong_use() { WrongUseError::new_err(message) } else { HilumError::new_err(message) }
}
