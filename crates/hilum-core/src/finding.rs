//! What the input gate and the measurement have to say about a scan, in words a researcher can act on.

use serde::{Deserialize, Serialize};
use std::fmt;

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Worth knowing; the numbers stand.
    Note,
    /// The numbers may be off; look at the scan.
    Warn,
    /// The scan is not measured.
    Reject,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Note => "note",
            Self::Warn => "warn",
            Self::Reject => "reject",
        })
    }
}

/// One finding about one scan.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Finding {
    /// How much it weighs.
    pub level: Level,
    /// A stable snake_case name, for filtering (`not_hu`, `few_slices`, ...). Listed in docs/findings.md.
    pub code: String,
    /// What was found and what to do, for a person.
    pub message: String,
}

impl Finding {
    /// A note: worth knowing, changes nothing.
    pub fn note(code: &str, message: impl Into<String>) -> Self {
        Self { level: Level::Note, code: code.to_owned(), message: message.into() }
    }

    /// A warning: the numbers may be off.
    pub fn warn(code: &str, message: impl Into<String>) -> Self {
        Self { level: Level::Warn, code: code.to_owned(), message: message.into() }
    }

    /// A rejection: the scan cannot be measured.
    pub fn reject(code: &str, message: impl Into<String>) -> Self {
        Self { level: Level::Reject, code: code.to_owned(), message: message.into() }
    }
}

/// What became of a scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Read, gated and measured.
    Measured,
    /// Read, but the gate or the selection found no usable lung: the reason says why.
    Rejected,
    /// Could not be read or processed: the reason says what to mend.
    Failed,
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Measured => "measured",
            Self::Rejected => "rejected",
            Self::Failed => "failed",
        })
    }
}
