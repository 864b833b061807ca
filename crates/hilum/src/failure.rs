//! Why a command came to nothing, with the exit code that says so to a script.

use hilum_cohort::CohortError;
use std::error::Error;

/// Done, but at least one scan failed.
pub(crate) const SCAN_FAILED: u8 = 1;
/// Wrong use of the command line, a manifest or a label table.
pub(crate) const WRONG_USE: u8 = 2;
/// Nothing could be done.
pub(crate) const NOTHING_DONE: u8 = 3;
/// Stopped with Ctrl-C, as shells count it.
pub(crate) const STOPPED: u8 = 130;

/// An error on its way to the user.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) code: u8,
    pub(crate) error: Box<dyn Error + Send + Sync>,
    pub(crate) help: Option<String>,
}

impl Failure {
    pub(crate) fn new(code: u8, error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { code, error: error.into(), help: None }
    }

    pub(crate) fn with_help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// The message and those of its causes, outermost first, none that its forerunner already says.
    pub(crate) fn chain(&self) -> Vec<String> {
        let mut messages = vec![self.error.to_string()];
        let mut cause = self.error.source();
        while let Some(error) = cause {
            let message = error.to_string();
            if !messages.iter().any(|m| m.contains(&message)) {
                messages.push(message);
            }
            cause = error.source();
        }
        messages
    }
}

impl From<CohortError> for Failure {
    fn from(error: CohortError) -> Self {
        let code = match &error {
            error if error.is_wrong_use() => WRONG_USE,
            error if error.is_stop() => STOPPED,
            _ => NOTHING_DONE,
        };
        let help = error.help().map(str::to_owned);
        Self { code, error: Box::new(error), help }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    #[test]
    fn causes_follow_and_codes_fit() {
        let source = std::io::Error::other("disk full");
        let failure = Failure::from(CohortError::Write { path: PathBuf::from("out/run.json"), source });
        assert_eq!(failure.chain(), ["cannot write out/run.json", "disk full"]);
        assert_eq!(failure.code, NOTHING_DONE);
        assert!(failure.help.is_some());
    }
}
