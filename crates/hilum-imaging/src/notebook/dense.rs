//! Which of its vessel masks the notebook computes.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// The vessel masks that the notebook's function gives, by what it is asked for: its mask holds 0 and 1 or, in the figure
/// cells, 0 and 255; its denoising is asked for or not. What its table was made with, its text does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum NotebookDense {
    /// Pixels at or above -500 HU, but for those of exactly 0 HU.
    #[default]
    #[serde(rename = "plain")]
    Plain,
    /// The same, without the pixels within 0.1 px of a contour's vertex.
    #[serde(rename = "denoised")]
    Denoised,
    /// On a mask of 0 and 255: HU times 255 at or above -500, a cut near -2 HU.
    #[serde(rename = "255")]
    On255,
    /// Both: what the figure cells show.
    #[serde(rename = "255-denoised")]
    On255Denoised,
}

impl NotebookDense {
    /// Every variant.
    pub const ALL: [Self; 4] = [Self::Plain, Self::Denoised, Self::On255, Self::On255Denoised];

    pub(super) fn is_denoised(self) -> bool {
        matches!(self, Self::Denoised | Self::On255Denoised)
    }

    /// What the notebook's mask holds where there is lung.
    pub(super) fn mask_value(self) -> f64 {
        match self {
            Self::Plain | Self::Denoised => 1.0,
            Self::On255 | Self::On255Denoised => 255.0,
        }
    }
}

impl fmt::Display for NotebookDense {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain => "plain",
            Self::Denoised => "denoised",
            Self::On255 => "255",
            Self::On255Denoised => "255-denoised",
        })
    }
}

impl FromStr for NotebookDense {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|variant| variant.to_string() == s)
            .ok_or_else(|| format!("unknown variant '{s}': use plain, denoised, 255 or 255-denoised"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_their_variants() {
        for variant in NotebookDense::ALL {
            assert_eq!(variant.to_string().parse(), Ok(variant));
        }
        assert!("254".parse::<NotebookDense>().is_err());
    }
}
