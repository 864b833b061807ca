//! The command line of `hilum predict`.

use crate::config::jobs;
use clap::{Args, value_parser};
use hilum_cohort::learn::PredictRequest;
use hilum_learn::Compute;
use std::path::PathBuf;

/// Shown below the options.
pub(crate) const PREDICT_HELP: &str = "\
Examples:
  hilum predict model/ images/ --out said       every picture in the folder, at any depth
  hilum predict model/ scans/ --out said        every scan: its slice with the largest lung area
  hilum predict model/ results --json           what `hilum run` left of its scans

The model prepares what it is shown as it was trained, and refuses what it cannot know: pictures without HU where it
learned from scans, and the other way round. What cannot be used is a row with its reason, and the exit code is 1.

In the output folder: predictions.csv and predictions.parquet, one row a case: id, answer, the probability of each
class, the logits, the reason where there is no answer. Not for diagnosis.";

#[derive(Debug, Args)]
pub(crate) struct PredictArgs {
    /// A model's folder, as `hilum train` or `hilum import` writes it.
    #[arg(value_name = "MODEL")]
    pub(crate) model: PathBuf,
    /// A picture, a scan, a folder of them, a manifest (.csv, .parquet), or the output folder of `hilum run`.
    #[arg(value_name = "INPUT")]
    pub(crate) input: PathBuf,
    /// Folder for the tables; made if it is not there.
    #[arg(long, short, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// The folder that `hilum run` measured: needed for neighbouring slices as channels of its scans.
    #[arg(long, value_name = "DIR")]
    pub(crate) scans: Option<PathBuf>,
    /// Files read at a time [default: one per processor].
    #[arg(long, short, value_name = "N", value_parser = value_parser!(u16).range(1..=1024))]
    pub(crate) jobs: Option<u16>,
    /// Where to compute: cpu, and cuda or wgpu in programs built with them.
    #[arg(long, value_name = "DEVICE", default_value_t)]
    pub(crate) device: Compute,
    /// Print one JSON document on standard output, for programs.
    #[arg(long)]
    pub(crate) json: bool,
}

impl PredictArgs {
    /// What the model is shown.
    pub(crate) fn request(&self) -> PredictRequest {
        PredictRequest { input: self.input.clone(), scans: self.scans.clone(), jobs: jobs(self.jobs).get() }
    }
}
