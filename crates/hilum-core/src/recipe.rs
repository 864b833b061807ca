//! The named ways of measuring.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Which method selects and measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Recipe {
    /// hilum's own: three-dimensional lungs without airways, closed over vessels, never over liver or heart; mm2.
    #[default]
    Default,
    /// What the 2022 notebook computes, slice by slice, kept for comparison: see docs/notebook.md.
    Notebook,
}

impl fmt::Display for Recipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Default => "default",
            Self::Notebook => "notebook",
        })
    }
}

impl FromStr for Recipe {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, String> {
        match s {
            "default" => Ok(Self::Default),
            "notebook" => Ok(Self::Notebook),
            other => Err(format!("unknown recipe '{other}': use 'default' or 'notebook'")),
        }
    }
}
