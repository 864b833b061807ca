//! The command line of `hilum explain`.

use clap::{Args, ValueEnum, value_parser};
use hilum_cohort::learn::{ExplainMethod, ExplainRequest, Segments};
use hilum_learn::{Compute, explain::Hidden};
use std::path::PathBuf;

/// Shown below the options.
pub(crate) const EXPLAIN_HELP: &str = "\
Examples:
  hilum explain model/ images/ --out why                        LIME of ten cases of each class
  hilum explain model/ results --method grad-cam --out why      what `hilum run` left of its scans
  hilum explain model/ scan.nii.gz --samples 4000 --seed 7 --out why

Every explanation comes with its checks: how much of it lies in the lung and its dense tissue, whether it repeats with
other seeds, whether taking away what it points at moves the answer more than chance does, and whether it
changes when the net's weights are put in another order. From these comes a verdict on the model: trustworthy, unstable,
or looks elsewhere. Not for diagnosis.

In the output folder: explanation.json, explanations.csv and .parquet, figures/explanations.svg and .png (cases of each
class side by side), pictures/, and for slices of scans maps/ as NIfTI on their grid. Definitions: docs/explanations.md.";

/// Pictures that LIME and RISE ask about.

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// A model's folder, as `hilum train` or `hilum import` writes it.
    #[arg(value_name = "MODEL")]
    pub(crate) model: PathBuf,
    /// A picture, a scan, a folder of them, a manifest (.csv, .parquet), or the output folder of `hilum run`.
    #[arg(value_name = "INPUT")]
    pub(crate) input: PathBuf,
    /// Folder for tables, figures and maps; made if it is not there.
    #[arg(long, short, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// How.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) method: MethodArg,
    /// Pictures that the model is asked about for each explanation [default: 1000 with lime, 2000 with rise].
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(10..=1_000_000))]
    pub(crate) samples: Option<u32>,
    /// Seed of what is drawn: the same seed gives the same bytes.
    #[arg(long, value_name = "S", default_value_t = 0)]
    pub(crate) seed: u64,
    /// What a picture is cut into.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) segments: SegmentsArg,
    /// What is seen in place of a hidden segment.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) hide: HideArg,
    /// Segments that are drawn, and compared between seeds.
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = value_parser!(u16).range(1..=1000))]
    pub(crate) features: u16,
    /// The class whose probability is explained [default: the last of two; each case's answer of several].
    #[arg(long, value_name = "CLASS")]
    pub(crate) class: Option<String>,
    /// Cases of each class, the first by name; 0 for all.
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub(crate) per_class: usize,
    /// Cases of each class that are explained again, with other seeds and with the weights in another order.
    #[arg(long, value_name = "N", default_value_t = 2)]
    pub(crate) checked: usize,
    /// Seeds with which those are explained.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = value_parser!(u16).range(2..=100))]
    pub(crate) repeats: u16,
    /// The folder that `hilum run` measured: needed for neighbouring slices as channels of its scans.
    #[arg(long, value_name = "DIR")]
    pub(crate) scans: Option<PathBuf>,
    /// Where to compute: cpu, and cuda or wgpu in programs built with them.
    #[arg(long, value_name = "DEVICE", default_value_t)]
    pub(crate) device: Compute,
    /// Print one JSON document on standard output, for programs.
    #[arg(long)]
    pub(crate) json: bool,
}

/// A method, as typed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum MethodArg {
    /// Hides segments at random and fits a linear model (Ribeiro et al. 2016).
    #[default]
    Lime,
    /// Weights the last feature maps by their gradients (Selvaraju et al. 2017).
    GradCam,
    /// Dims by random smooth masks (Petsiuk et al. 2018).
    Rise,
    /// Covers one square after another (Zeiler and Fergus 2014).
    Occlusion,
}

/// Segments, as typed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum SegmentsArg {
    /// Superpixels by quick shift, with the lime package's settings.
    #[default]
    Quickshift,
    /// About 100 superpixels of even size by SLIC, as scikit-image makes them.
    Slic,
    /// Thirds of both lungs, and parts of what lies outside.
    LungThirds,
    /// Eight by eight parts.
    Grid,
}

/// What hides, as typed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum HideArg {
    /// The segment's mean.
    #[default]
    Mean,
    /// Black, as in the notebook.
    Black,
}

impl ExplainArgs {
    /// What is explained, and how.
    pub(crate) fn request(&self) -> ExplainRequest {
        let method = match self.method {
            MethodArg::Lime => ExplainMethod::Lime,
            MethodArg::GradCam => ExplainMethod::GradCam,
            MethodArg::Rise => ExplainMethod::Rise,
            MethodArg::Occlusion => ExplainMethod::Occlusion,
        };
        ExplainRequest {
            input: self.input.clone(),
            scans: self.scans.clone(),
            method,
            samples: self.samples.map_or(method.usual_samples(), |n| n as usize),
            seed: self.seed,
            segments: match self.segments {
                SegmentsArg::Quickshift => Segments::Quickshift,
                SegmentsArg::Slic => Segments::Slic,
                SegmentsArg::LungThirds => Segments::LungThirds,
                SegmentsArg::Grid => Segments::Grid,
            },
            hidden: match self.hide {
                HideArg::Mean => Hidden::Mean,
                HideArg::Black => Hidden::Black,
            },
            features: usize::from(self.features),
            class: self.class.clone(),
            per_class: self.per_class,
            checked: self.checked,
            repeats: usize::from(self.repeats),
        }
    }
}
