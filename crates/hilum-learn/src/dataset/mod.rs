//! What a net learns from: pictures with their class, their group, and the side of the split that they are on.

mod framing;
mod groups;
mod near_duplicates;
mod picture;
mod preprocessing;
mod resize;
mod source;
mod split;

pub use framing::Fit;
pub use groups::Groups;
pub use near_duplicates::{Fingerprint, Likeness};
pub use picture::Picture;
pub use preprocessing::{Prepared, Preprocessing, Region, Values};
pub use resize::resize;
pub use source::{Channel, Source, SourceKind};
pub use split::{Fold, Holdout, Member, divided_groups, fold, holdout};

/// One picture of a data set, ready for a net.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// Name of the scan or picture; unique in the data set.
    pub id: String,
    /// Index into [`Dataset::classes`].
    pub class: usize,
    /// Examples of one patient, one paper's figure or one near-duplicate group share a number: they are never divided
    /// between two sides.
    pub group: u32,
    /// The picture after preprocessing, before augmentation.
    pub picture: Picture,
}

/// Examples and the names of their classes. All pictures have the same number of channels.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dataset {
    /// Names of the classes; the last one is the positive class where there are two.
    pub classes: Vec<String>,
    /// Sorted by [`Example::id`].
    pub examples: Vec<Example>,
}

/// What an example is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// Weights are fitted to it.
    Train,
    /// Everything else is chosen on it: epoch, threshold, temperature, model.
    Val,
    /// Looked at once, at the end.
    Test,
}

impl Side {
    /// The word for it in tables and file names.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Val => "val",
            Self::Test => "test",
        }
    }

    /// The side that a word means, in any case; `None` for other words.
    ///
    /// # Examples
    /// ```
    /// use hilum_learn::Side;
    /// assert_eq!(["Train", "validation", " TEST", "covid"].map(Side::named), [
    ///     Some(Side::Train), Some(Side::Val), Some(Side::Test), None,
    /// ]);
    /// ```
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        match word.trim().to_lowercase().as_str() {
            "train" | "training" => Some(Self::Train),
            "val" | "valid" | "validation" => Some(Self::Val),
            "test" | "testing" => Some(Self::Test),
            _ => None,
        }
    }
}
