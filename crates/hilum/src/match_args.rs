//! The command line of `hilum match`.

use crate::units::ClassName;
use clap::{Args, ValueEnum, builder::RangedU64ValueParser, value_parser};
use hilum_core::Recipe;
use std::path::PathBuf;

/// Shown below the options.
pub(crate) const MATCH_HELP: &str = "\
Examples:
  hilum match patient7.nii.gz patient8.nii.gz                two scans, each by its slice with the largest lungs
  hilum match a.png b.jpg --figure matches.png               two pictures, with a figure
  hilum match a.nii.gz b.nii.gz --grey min-max --json        grey as the 2022 notebook made it
  hilum match --cohort results                               every pair of scans of a finished run

SIFT keypoints with OpenCV's choices, L1 distances, cross-check; then the ratio test, then one similarity
transform (RANSAC). A scan's grey comes from a window, so that it means the same HU in every scan; a
picture is taken as it is (colour becomes grey, 16 bits become 8). Slices are put upright first. A picture
without structure has no keypoints: no error.

--cohort writes into DIR/matching: keypoints.parquet, matches.parquet (one row a pair), classes.csv,
matching.json and heat maps. Stopped and started again, it goes on; the files are the same bytes.";

#[derive(Debug, Args)]
pub(crate) struct MatchArgs {
    /// The first scan (NIfTI, or the folder of a DICOM series), slice (a NIfTI file with one) or picture (PNG, JPEG, TIFF).
    #[arg(value_name = "A", required_unless_present = "cohort", requires = "b", conflicts_with = "cohort")]
    pub(crate) a: Option<PathBuf>,
    /// The second.
    #[arg(value_name = "B")]
    pub(crate) b: Option<PathBuf>,
    /// Match every pair of scans of this output folder of `hilum run`.
    #[arg(long, value_name = "DIR")]
    pub(crate) cohort: Option<PathBuf>,
    /// Of two: file for the figure, ending in .png or .svg.
    #[arg(long, value_name = "FILE", conflicts_with = "cohort")]
    pub(crate) figure: Option<PathBuf>,
    /// Of two: matches drawn in the figure, the nearest first.
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = RangedU64ValueParser::<u64>::new().range(0..=100_000))]
    pub(crate) best: u64,
    /// Folder for the tables [default: none for two, DIR/matching for a cohort].
    #[arg(long, short, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Of two: look only at the box around the lungs.
    #[arg(long, conflicts_with = "cohort")]
    pub(crate) lungs: bool,
    /// How lungs are found in scans: default or notebook.
    #[arg(long, default_value_t, conflicts_with = "cohort")]
    pub(crate) recipe: Recipe,
    /// How HU become grey.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) grey: GreyArg,
    /// How far apart descriptors are: l1 as in the notebook, or l2.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) norm: NormArg,
    /// Ratio test: a match is distinct below this share of the distance to the second nearest.
    #[arg(long, value_name = "SHARE", default_value_t = 0.8, value_parser = share)]
    pub(crate) ratio: f32,
    /// What the transform may do.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) transform: TransformArg,
    /// Distance within which a match agrees with the transform, px.
    #[arg(long, value_name = "PX", default_value_t = 3.0, value_parser = tolerance)]
    pub(crate) tolerance: f64,
    /// Seed of the random samples and labellings.
    #[arg(long, value_name = "S", default_value_t = 0)]
    pub(crate) seed: u64,
    /// Of a cohort: random labellings of the permutation tests.
    #[arg(long, value_name = "N", default_value_t = 9999, value_parser = value_parser!(u32).range(0..=1_000_000))]
    pub(crate) permutations: u32,
    /// Of a cohort: class labels, a table with the columns image_id (or file, uri) and type (or label).
    #[arg(long, value_name = "TABLE", requires = "cohort")]
    pub(crate) labels: Option<PathBuf>,
    /// Of a cohort: name of a label, as in 2=COVID-19; may be given many times.
    #[arg(long = "class-name", value_name = "LABEL=NAME", requires = "cohort")]
    pub(crate) class_names: Vec<ClassName>,
    /// Of a cohort: pairs matched at a time [default: one per processor].
    #[arg(long, short, value_name = "N", value_parser = value_parser!(u16).range(1..=1024))]
    pub(crate) jobs: Option<u16>,
    /// Print one JSON document on standard output, for programs.
    #[arg(long)]
    pub(crate) json: bool,
    /// Draw no progress bars.
    #[arg(long)]
    pub(crate) no_progress: bool,
}

/// How HU become grey.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum GreyArg {
    /// -1350 to 150 HU, rounded.
    #[default]
    Window,
    /// From the slice's least value to its largest, cut to whole numbers, as in the notebook.
    MinMax,
}

/// Distance of descriptors.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum NormArg {
    /// Sum of absolute differences.
    #[default]
    L1,
    /// Root of the sum of squares.
    L2,
}

/// What a transform may do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum TransformArg {
    /// Move, turn, scale evenly.
    #[default]
    Similarity,
    /// Also scale unevenly, shear, mirror.
    Affine,
}

fn share(text: &str) -> Result<f32, String> {
    let value: f32 = text.parse().map_err(|_| "not a number".to_owned())?;
    if value > 0.0 && value <= 1.0 { Ok(value) } else { Err("must be above 0 and at most 1".to_owned()) }
}

fn tolerance(text: &str) -> Result<f64, String> {
    let value: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    if value > 0.0 && value <= 1000.0 {
        Ok(value)
    } else {
        Err("must be above 0 and at most 1000".to_owned())
    }
}
