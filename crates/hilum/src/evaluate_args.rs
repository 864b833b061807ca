//! The command line of `hilum evaluate`.

use crate::data_args::InputArgs;
use clap::{Args, ValueEnum, value_parser};
use hilum_cohort::evaluation::EvaluationRequest;
use hilum_learn::{Compute, Criterion, EvaluateSettings, Side};
use std::path::PathBuf;

pub(crate) const EVALUATE_HELP: &str = "\
Examples:
  hilum evaluate model/                                  the model's own predictions of val and test
  hilum evaluate model/ test-images/ --out judged        the model on data that it has not seen
  hilum evaluate --predictions theirs.csv --out figures  what any other program predicted
  hilum evaluate --predictions theirs.csv --positive COVID --at-specificity 0.95 --json

Every measure has a 95 % interval: percentile bootstrap over whole groups (patients), drawn within their class.
Threshold and temperature are chosen on validation cases alone. Three classes and more: macro one-vs-rest.

Data that the model has not seen are a folder of classes, a manifest or the output folder of `hilum run` with labels, as for
training; where they come with a split, their test side is judged. The model prepares them as it was trained.

A table of predictions (CSV or Parquet) has one row a case: id, class (the truth), probability of the class to be
found, or probability_CLASS for each class; and where known group (patient), side (train, val, test) and logit.

In the output folder: evaluation.json, measures.csv, predictions.parquet, and figures/ with ROC, precision
and recall, reliability and confusion matrix as SVG and PNG. Definitions: docs/classifier.md.";

#[derive(Debug, Args)]
pub(crate) struct EvaluateArgs {
    /// A model's folder, as `hilum train` writes it.
    #[arg(value_name = "MODEL", required_unless_present = "predictions", conflicts_with = "predictions")]
    pub(crate) model: Option<PathBuf>,
    /// Judge the model on these data, not on the validation and test sides it came with.
    #[arg(value_name = "INPUT", conflicts_with = "predictions")]
    pub(crate) input: Option<PathBuf>,
    /// Judge this table of predictions instead, whatever made it (.csv or .parquet).
    #[arg(long, value_name = "TABLE")]
    pub(crate) predictions: Option<PathBuf>,
    /// The class to be found, where two classes do not say it.
    #[arg(long, value_name = "CLASS")]
    pub(crate) positive: Option<String>,
    /// The side to judge [default: val and test, as far as they are there].
    #[arg(long, value_enum, value_name = "SIDE")]
    pub(crate) side: Vec<SideArg>,
    /// Threshold on the probability of the class to be found [default: chosen on val; 0.5 where there is none].
    #[arg(long, value_name = "P", value_parser = share)]
    pub(crate) threshold: Option<f64>,
    /// What the threshold is chosen for.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) best: BestArg,
    /// The specificity at which the sensitivity is told.
    #[arg(long, value_name = "SHARE", default_value_t = 0.9, value_parser = share)]
    pub(crate) at_specificity: f64,
    /// Bootstrap draws.
    #[arg(long, value_name = "N", default_value_t = 2000, value_parser = value_parser!(u32).range(100..=100_000))]
    pub(crate) draws: u32,
    /// Seed of the draws.
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Folder for tables and figures; made if it is not there [default: MODEL; none for other data and tables].
    #[arg(long, short, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Where to compute: cpu, and cuda or wgpu in programs built with them.
    #[arg(long, value_name = "DEVICE", default_value_t)]
    pub(crate) device: Compute,
    #[command(flatten)]
    pub(crate) data: InputArgs,
    /// Print one JSON document on standard output, for programs.
    #[arg(long)]
    pub(crate) json: bool,
}

/// A side of the split.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SideArg {
    /// Weights were fitted to it: what was memorised.
    Train,
    /// Threshold and temperature are chosen on it.
    Val,
    /// Looked at once, at the end.
    Test,
}

/// What a threshold is best at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum BestArg {
    /// Sensitivity plus specificity.
    #[default]
    Youden,
    /// The most cases told right.
    Accuracy,
}

impl EvaluateArgs {
    /// The sides that were asked for.
    pub(crate) fn sides(&self) -> Vec<Side> {
        let side = |side: &SideArg| match side {
            SideArg::Train => Side::Train,
            SideArg::Val => Side::Val,
            SideArg::Test => Side::Test,
        };
        self.side.iter().map(side).collect()
    }

    /// How to judge.
    pub(crate) fn request(&self) -> EvaluationRequest {
        EvaluationRequest {
            settings: EvaluateSettings {
                draws: self.draws as usize,
                seed: self.seed,
                specificity: self.at_specificity,
            },
            criterion: match self.best {
                BestArg::Youden => Criterion::Youden,
                BestArg::Accuracy => Criterion::Accuracy,
            },
            threshold: self.threshold,
            temperature: None,
            sides: self.sides(),
        }
    }
}

fn share(text: &str) -> Result<f64, String> {
    let value: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    if (0.0..=1.0).contains(&value) { Ok(value) } else { Err("must lie from 0 to 1".to_owned()) }
}
