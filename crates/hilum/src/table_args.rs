//! The arguments of the commands that read a table of scans: `describe` and `compare`.

use crate::units::ClassName;
use clap::{Args, ValueEnum, value_parser};
use hilum_cohort::{CompareRequest, TableRequest};
use hilum_learn::{Criterion, Plan};
use std::{collections::BTreeMap, path::PathBuf};

pub(crate) const DESCRIBE_HELP: &str = "\
Examples:
  hilum describe results/measurements.csv
  hilum describe clinicaldata.csv --class-name 0=Healthy --class-name 2=COVID-19 --out figures

With --out: describe.json, class-counts.svg, class-counts.png (scans by class).";

pub(crate) const COMPARE_HELP: &str = "\
Examples:
  hilum compare results/measurements.csv
  hilum compare master.csv --labels clinicaldata.csv --class-name 0=Healthy --class-name 2=COVID-19
  hilum compare results/measurements.parquet --value lung_volume_ml --only 0,2 --out figures

The table is one of hilum's, or any CSV or Parquet with a column for the class (type, label or class) and one for the
number (dense_ratio_percent or ratio). A row without a number or a class is left out and counted.

Two classes give the area under the ROC curve (DeLong's interval), the Mann-Whitney test with its effect size,
and the best threshold: in-sample, and on scans held back (stratified, repeated cross-validation; the scans
of one patient stay together where the column group tells). More classes give the Kruskal-Wallis test,
every pair, and each class against the rest, p values adjusted after Holm. Definitions and
sources: docs/statistics.md.

With --out: compare.json, classes.csv, contrasts.csv, histograms.svg, histograms.png.";

/// A table and its columns.
#[derive(Debug, Args)]
pub(crate) struct TableArgs {
    /// The table, CSV or Parquet, one row a scan.
    #[arg(value_name = "TABLE")]
    pub(crate) table: PathBuf,
    /// Class labels: a table with the columns image_id (or file, uri) and type (or label). Tells what is missing, too.
    #[arg(long, value_name = "TABLE")]
    pub(crate) labels: Option<PathBuf>,
    /// The column that holds the class [default: type, label or class].
    #[arg(long, value_name = "COLUMN")]
    pub(crate) class: Option<String>,
    /// Labels that take part, as in 0,2 [default: all].
    #[arg(long, value_name = "LABEL", value_delimiter = ',')]
    pub(crate) only: Vec<String>,
    /// Name of a label, as in 2=COVID-19; may be given many times.
    #[arg(long = "class-name", value_name = "LABEL=NAME")]
    pub(crate) class_names: Vec<ClassName>,
    /// Folder for files and figures; made if it is not there.
    #[arg(long, short, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Print JSON, for programs.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DescribeArgs {
    #[command(flatten)]
    pub(crate) table: TableArgs,
}

#[derive(Debug, Args)]
pub(crate) struct CompareArgs {
    #[command(flatten)]
    pub(crate) table: TableArgs,
    /// The column that holds the number [default: dense_ratio_percent or ratio].
    #[arg(long, value_name = "COLUMN")]
    pub(crate) value: Option<String>,
    /// Label of the class to be found [default: the last label that is not called healthy, normal, control or negative].
    #[arg(long, value_name = "LABEL")]
    pub(crate) positive: Option<String>,
    /// What the threshold is chosen for.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) best: Best,
    /// Parts of the cross-validation, each held back once.
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = value_parser!(u16).range(2..=1000))]
    pub(crate) folds: u16,
    /// How often it is done with other parts.
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = value_parser!(u16).range(1..=1000))]
    pub(crate) repeats: u16,
    /// Seed of parts and bootstrap: the same seed gives the same numbers.
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub(crate) seed: u64,
}

/// What a threshold is best at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Best {
    /// Most scans told right.
    #[default]
    Accuracy,
    /// Sensitivity plus specificity.
    Youden,
}

impl TableArgs {
    pub(crate) fn request(&self) -> TableRequest {
        TableRequest {
            table: self.table.clone(),
            labels: self.labels.clone(),
            class: self.class.clone(),
            only: self.only.iter().map(|label| label.trim().to_owned()).collect(),
            ..TableRequest::default()
        }
    }
}

impl CompareArgs {
    pub(crate) fn request(&self, class_names: BTreeMap<String, String>) -> CompareRequest {
        CompareRequest {
            table: TableRequest { value: self.value.clone(), ..self.table.request() },
            positive: self.positive.clone(),
            class_names,
            plan: Plan {
                folds: usize::from(self.folds),
                repeats: usize::from(self.repeats),
                seed: self.seed,
                criterion: match self.best {
                    Best::Accuracy => Criterion::Accuracy,
                    Best::Youden => Criterion::Youden,
                },
            },
        }
    }
}
