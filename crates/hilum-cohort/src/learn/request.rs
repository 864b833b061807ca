//! What a data set is made from, and how.

use hilum_learn::dataset::{Channel, Fit, Fold, Holdout, Preprocessing, Region, SourceKind, Values};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

/// A data set to be loaded.
#[derive(Debug, Clone, PartialEq)]
pub struct DatasetRequest {
    /// A folder of classes, a manifest, or the output folder of a run.
    pub input: PathBuf,
    /// What is done to pictures and slices.
    pub preparing: Preparing,
    /// A table that gives every example its side, such as the split.csv of another model; `None` for what the input says.
    pub split_file: Option<PathBuf>,
    /// How sides are given out.
    pub division: Division,
    /// What makes a group.
    pub relations: BTreeSet<Relation>,
    /// Which classes take part.
    pub classes: ClassChoice,
    /// Class labels from a table of their own, for runs and manifests.
    pub labels: Option<PathBuf>,
    /// What a run measured: needed for channels of neighbouring slices, which its output folder does not hold.
    pub scans: Option<PathBuf>,
    /// Worker threads.
    pub jobs: usize,
}

impl DatasetRequest {
    /// `input` with the settings of its kind: its own split where it has one, else a fifth held back for validation; grouped
    /// by everything that is known.
    pub fn new(input: impl Into<PathBuf>) -> Self {
        Self {
            input: input.into(),
            preparing: Preparing::Chosen(PreprocessingChoice::default()),
            split_file: None,
            division: Division::Given(Holdout { val_share: 0.2, test_share: 0.0, seed: 1 }),
            relations: Relation::ALL.into(),
            classes: ClassChoice::default(),
            labels: None,
            scans: None,
            jobs: 1,
        }
    }
}

/// Where the preprocessing comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum Preparing {
    /// What the user chose, completed by what the data are.
    Chosen(PreprocessingChoice),
    /// A model's own; data of another kind are refused.
    Fixed(Preprocessing),
}

/// Choices that hold for slices and pictures alike, as far as they apply.
#[derive(Debug, Clone, PartialEq)]
pub struct PreprocessingChoice {
    /// Level and width of the window; `None` for the lung window. Slices in HU alone.
    pub window_hu: Option<[f32; 2]>,
    /// Each picture between its own least and largest value, as the notebook has it.
    pub min_max: bool,
    /// Which part is seen.
    pub region: Region,
    /// How it becomes a square.
    pub fit: Fit,
    /// Rows and columns.
    pub size_px: usize,
    /// Channels.
    pub channels: Vec<Channel>,
}

impl Default for PreprocessingChoice {
    /// Whole pictures of 224 x 224 px, one channel.
    fn default() -> Self {
        Self {
            window_hu: None,
            min_max: false,
            region: Region::Whole,
            fit: Fit::Stretch,
            size_px: 224,
            channels: vec![Channel::PICTURE],
        }
    }
}

impl PreprocessingChoice {
    /// The preprocessing for data of this kind.
    pub fn of(&self, kind: SourceKind) -> Preprocessing {
        let plain = match kind {
            SourceKind::HuSlice => Preprocessing::of_hu_slices(self.size_px),
            SourceKind::GreyPicture => Preprocessing::of_grey_pictures(self.size_px),
        };
        let values = match (self.min_max, self.window_hu) {
            (true, _) => Values::MinMax,
            (false, Some([level_hu, width_hu])) => Values::Window { level_hu, width_hu },
            (false, None) => plain.values,
        };
        Preprocessing { values, region: self.region, fit: self.fit, channels: self.channels.clone(), ..plain }
    }
}

/// How sides are given out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Division {
    /// As the input says. Where it names no validation side, one is taken from what it has for training; where it says
    /// nothing at all, this holdout is made.
    Given(Holdout),
    /// A holdout, whatever the input says; a test side that it gives stays.
    Holdout(Holdout),
    /// A part of a cross-validation over everything but a given test side.
    Fold(Fold),
    /// As the input says; what it leaves open is for the test: a data set that a finished model is tried on.
    Finished,
}

/// Why examples belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// One patient, as a manifest says.
    Patient,
    /// One figure of one paper, as file names of COVID-CT say.
    PaperFigure,
    /// Nearly the same picture, as a perceptual hash says.
    NearDuplicate,
}

impl Relation {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Patient, Self::PaperFigure, Self::NearDuplicate];
}

/// Which classes take part, and in which order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClassChoice {
    /// Labels that take part; empty for all.
    pub only: Vec<String>,
    /// Names of labels.
    pub names: BTreeMap<String, String>,
    /// The class to be found, by label or name; it becomes the last one.
    pub positive: Option<String>,
    /// The classes of a finished model, in its order; a label beyond them is refused.
    pub known: Option<Vec<String>>,
}
