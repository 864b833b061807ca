//! The command line as typed: words and numbers, not yet checked against each other or the machine.

use crate::{
    convert_args::{CONVERT_HELP, ConvertArgs},
    data_args::{DATASET_HELP, DatasetArgs},
    evaluate_args::{EVALUATE_HELP, EvaluateArgs},
    explain_args::{EXPLAIN_HELP, ExplainArgs},
    export_args::{EXPORT_HELP, ExportArgs},
    fetch_args::{FETCH_HELP, FetchArgs},
    figure_args::FigureArgs,
    import_args::{IMPORT_HELP, ImportArgs},
    match_args::{MATCH_HELP, MatchArgs},
    method::MethodArgs,
    predict_args::{PREDICT_HELP, PredictArgs},
    seg_args::{DicomSegArgs, FilingArgs},
    store_args::{StoreArgs, location},
    table_args::{COMPARE_HELP, CompareArgs, DESCRIBE_HELP, DescribeArgs},
    train_args::{TRAIN_HELP, TrainArgs},
    units::{ClassName, Dims, MemorySize, Spacing},
};
use clap::{Args, Parser, Subcommand, builder::styling, value_parser};
use hilum_cohort::Shard;
use hilum_io::store::Location;
use std::path::PathBuf;

const STYLES: styling::Styles = styling::Styles::styled()
    .header(styling::AnsiColor::Green.on_default().bold())
    .usage(styling::AnsiColor::Green.on_default().bold())
    .literal(styling::AnsiColor::Cyan.on_default().bold())
    .placeholder(styling::AnsiColor::Cyan.on_default());

const EXAMPLES: &str = "\
Examples:
  hilum demo                                    see everything on made-up scans; no data needed
  hilum run scans/ --out results                measure a folder of NIfTI files and DICOM series
  hilum run scans/ --out results --labels classes.csv
  hilum measure patient7.nii.gz                 one scan, numbers only
  hilum compare results/measurements.csv        how the classes differ
  hilum help run                                all that `run` can do

Exit codes:
  0  done
  1  done, but at least one scan failed
  2  wrong use of the command line, a manifest or a label table
  3  nothing could be done: no input, no place for the output, or an output folder in use
  130  stopped with Ctrl-C; the same command goes on where it stopped

hilum is for research, not for diagnosis.";

const RUN_HELP: &str = "\
Examples:
  hilum run scans/ --out results
  hilum run cohort.csv --out results
  hilum run scans/ --out results --labels classes.csv --class-name 0=Healthy --class-name 2=COVID-19
  hilum run scans/ --out results --max-memory 2G --jobs 4
  hilum run scans/ --out results --lungs my-net
  hilum run s3://bucket/scans --out results --no-sign
  hilum run cohort.csv --out s3://bucket/results --shard $SLURM_ARRAY_TASK_ID/16

A manifest is a table (CSV or Parquet) with the columns image_id, type, uri, and where known
patient_id, site, split. Patients become groups (g0001, ...): their identity is not written anywhere.

Started again, the same command does only what is missing: scans that are new or have changed.
The tables are the same bytes however often it was stopped, and with any number of jobs.

In the output folder:
  report.html                        the whole cohort on one page, to be opened or mailed
  figures/                           with --figures: plates for print, and small in the report
  measurements.csv, .parquet         one row a scan, the failed ones too, each with its reason
  run.json, config.toml              what was run, on what, with which settings
  scans/<scan>/                      pictures, masks and record of a scan, and its page (index.html)";

/// Measures lungs and dense tissue in chest CT scans.
///
/// hilum reads CT volumes (NIfTI, DICOM), finds the axial slice with the largest lung area, outlines the lungs, measures the
/// dense tissue in them, and writes a table, pictures and a report. Every scan gets a row: one that cannot be
/// measured says why.
#[derive(Debug, Parser)]
#[command(name = "hilum", version, styles = STYLES, after_help = EXAMPLES, max_term_width = 100)]
pub(crate) struct CommandLine {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Measure a whole cohort: a folder, a manifest or one scan.
    #[command(after_help = RUN_HELP)]
    Run(RunArgs),
    /// Make phantoms, measure them and write their report: no data needed.
    #[command(
        after_help = "One of the scans is broken on purpose, so that the report shows what a failure looks like."
    )]
    Demo(DemoArgs),
    /// Say what a scan is: format, grid, spacing, orientation, and what is odd about it.
    Info(ScanArgs),
    /// Find the axial slice with the largest lung area.
    Select(MeasureArgs),
    /// Write the chosen slice, the lung mask and the dense-tissue mask of one scan.
    Segment(SegmentArgs),
    /// Measure one scan and print its numbers.
    Measure(MeasureArgs),
    /// Draw figures for papers: windows, montages, outlines, masks, overlays, as PNG and SVG.
    Figure(FigureArgs),
    /// Match SIFT keypoints of two scans or pictures, or of every pair of a run.
    #[command(name = "match", after_help = MATCH_HELP)]
    Match(MatchArgs),
    /// Write a DICOM series, or any scan that hilum reads, as one NIfTI file in HU.
    #[command(after_help = CONVERT_HELP)]
    Convert(ConvertArgs),
    /// Copy what lies under a prefix of a store, checked and resumable; or count it.
    #[command(after_help = FETCH_HELP)]
    Fetch(Box<FetchArgs>),
    /// Say what a data set for the classifier holds: classes, groups, sides, near duplicates.
    #[command(after_help = DATASET_HELP)]
    Dataset(Box<DatasetArgs>),
    /// Train a net to tell classes of scans or pictures apart.
    #[command(after_help = TRAIN_HELP)]
    Train(Box<TrainArgs>),
    /// Let a model say of pictures or scans what class they are of.
    #[command(after_help = PREDICT_HELP)]
    Predict(PredictArgs),
    /// Say what a model goes by, and whether that can be believed: LIME, Grad-CAM, RISE, occlusion, each checked.
    #[command(after_help = EXPLAIN_HELP)]
    Explain(Box<ExplainArgs>),
    /// Write a model as one ONNX file, for other programs.
    #[command(after_help = EXPORT_HELP)]
    Export(ExportArgs),
    /// Make a model of an ONNX net of your own: a classifier, or one that outlines lungs.
    #[command(after_help = IMPORT_HELP)]
    Import(Box<ImportArgs>),
    /// Write chest CT phantoms: made-up scans with known truth.
    Phantom(PhantomArgs),
    /// Make the report of an output folder again, without measuring.
    Report(ReportArgs),
    /// Say what a table of scans holds: classes, what became of the scans, columns and their ranges.
    #[command(after_help = DESCRIBE_HELP)]
    Describe(DescribeArgs),
    /// Compare the classes of a table of scans: medians, ROC, rank test, threshold and its honest accuracy.
    #[command(after_help = COMPARE_HELP)]
    Compare(CompareArgs),
    /// Say what a classifier is worth: every measure with its interval, calibration, curves.
    #[command(after_help = EVALUATE_HELP)]
    Evaluate(EvaluateArgs),
    /// Print a completion script for a shell.
    #[command(
        after_help = "Example: hilum completions bash > ~/.local/share/bash-completion/completions/hilum"
    )]
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page, or write one for every command.
    Man {
        /// Folder for hilum.1, hilum-run.1, ...
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// A scan, a folder (searched with all folders in it), or a manifest (.csv or .parquet); or the address of one of
    /// them in a store: s3://, gs://, az://, https://.
    #[arg(value_name = "INPUT", value_parser = location())]
    pub(crate) input: Location,
    /// Output folder; made if it is not there. Or a prefix of a store.
    #[arg(long, short, value_name = "DIR", value_parser = location())]
    pub(crate) out: Location,
    /// Class labels: a table with the columns image_id (or file, uri) and type (or label).
    #[arg(long, value_name = "TABLE")]
    pub(crate) labels: Option<PathBuf>,
    /// Name of a label in the report, as in 2=COVID-19; may be given many times.
    #[arg(long = "class-name", value_name = "LABEL=NAME")]
    pub(crate) class_names: Vec<ClassName>,
    /// Draw outlines, masks and overlays of the first scans of each class, too, into DIR/figures and the report.
    #[arg(long)]
    pub(crate) figures: bool,
    #[command(flatten)]
    pub(crate) seg: DicomSegArgs,
    /// Try scans that failed before again, even if their files have not changed.
    #[arg(long)]
    pub(crate) retry_failed: bool,
    /// Measure one part of the cohort, such as 3/16 for the third of sixteen; without it, when all parts are done, the same
    /// command makes the tables and the report.
    #[arg(long, value_name = "I/N", conflicts_with = "figures")]
    pub(crate) shard: Option<Shard>,
    /// Go on where an earlier run stopped, as every run does.
    #[arg(long, hide = true)]
    pub(crate) resume: bool,
    #[command(flatten)]
    pub(crate) work: WorkArgs,
    #[command(flatten)]
    pub(crate) store: StoreArgs,
}

/// How to work, for commands that measure many scans.
#[derive(Debug, Args)]
pub(crate) struct WorkArgs {
    #[command(flatten)]
    pub(crate) method: MethodArgs,
    /// Scans measured at a time [default: one per processor].
    #[arg(long, short, value_name = "N", value_parser = value_parser!(u16).range(1..=1024))]
    pub(crate) jobs: Option<u16>,
    /// Cap on the memory of the whole run, such as 2G or 800M [default: none].
    #[arg(long, value_name = "SIZE")]
    pub(crate) max_memory: Option<MemorySize>,
    #[command(flatten)]
    pub(crate) show: ShowArgs,
}

/// What a long command prints.
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// Print one JSON document on standard output, for programs.
    #[arg(long)]
    pub(crate) json: bool,
    /// Print nothing but errors.
    #[arg(long, short)]
    pub(crate) quiet: bool,
    /// Draw no progress bars.
    #[arg(long)]
    pub(crate) no_progress: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Output folder; made if it is not there.
    #[arg(long, short, value_name = "DIR", default_value = "hilum-demo")]
    pub(crate) out: PathBuf,
    /// Phantoms to make, half of them with disease.
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = value_parser!(u16).range(2..=1000))]
    pub(crate) scans: u16,
    #[command(flatten)]
    pub(crate) work: WorkArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ScanArgs {
    /// The scan: .nii, .nii.gz, the .hdr of a pair, or a folder with the images of one DICOM series; or the address of a
    /// NIfTI file in a store.
    #[arg(value_name = "SCAN", value_parser = location())]
    pub(crate) scan: Location,
    #[command(flatten)]
    pub(crate) store: StoreArgs,
    /// Print JSON, for programs.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct MeasureArgs {
    #[command(flatten)]
    pub(crate) scan: ScanArgs,
    #[command(flatten)]
    pub(crate) method: MethodArgs,
}

#[derive(Debug, Args)]
pub(crate) struct SegmentArgs {
    #[command(flatten)]
    pub(crate) measure: MeasureArgs,
    /// Folder for the pictures and masks; made if it is not there.
    #[arg(long, short, value_name = "DIR")]
    pub(crate) out: PathBuf,
    #[command(flatten)]
    pub(crate) filing: FilingArgs,
}

#[derive(Debug, Args)]
pub(crate) struct PhantomArgs {
    /// Output folder; made if it is not there.
    #[arg(long, short, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Phantoms to make.
    #[arg(long, short = 'n', value_name = "N", default_value_t = 1, value_parser = value_parser!(u32).range(1..=100_000))]
    pub(crate) count: u32,
    /// Seed of the first phantom; the next ones count on from it.
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Share of phantoms with disease, 0 to 1.
    #[arg(long, value_name = "F", default_value_t = 0.5)]
    pub(crate) covid_share: f64,
    /// Voxels along i, j, k.
    #[arg(long, value_name = "IxJxK", default_value = "256x256x96")]
    pub(crate) dims: Dims,
    /// Voxel spacing in mm [default: the field of view of a chest, divided by the voxels].
    #[arg(long, value_name = "AxBxC")]
    pub(crate) spacing: Option<Spacing>,
    /// Write the true masks too, into truth/.
    #[arg(long)]
    pub(crate) truth: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// The output folder of `hilum run`.
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// Draw outlines, masks and overlays of the first scans of each class, too, into DIR/figures and the report.
    #[arg(long)]
    pub(crate) figures: bool,
}
