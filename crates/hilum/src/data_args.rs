//! The arguments that say what a data set is made from: those of `dataset`, and of every command that learns from one.

use crate::{
    config::{class_names, jobs},
    failure::{Failure, WRONG_USE},
    figure_args::WindowArg,
    units::ClassName,
};
use clap::{Args, ValueEnum, value_parser};
use hilum_cohort::{
    figures::WindowWish,
    learn::{ClassChoice, DatasetRequest, Division, Preparing, PreprocessingChoice, Relation},
};
use hilum_learn::dataset::{Channel, Fit, Fold, Holdout, Region};
use std::{collections::BTreeSet, path::PathBuf};

pub(crate) const DATASET_HELP: &str = "\
Examples:
  hilum dataset images/                          images/CLASS/... or images/train/CLASS/..., images/val/CLASS/...
  hilum dataset results --labels classes.csv     the slices that `hilum run` chose
  hilum dataset cohort.csv --val-share 0.25 --test-share 0.1 --out split
  hilum dataset images/ --folds 5 --fold 0 --json

What belongs together is never divided: pictures of one patient (patient_id of a manifest), of one figure of a paper (as
file names of COVID-CT tell), and near duplicates, which hilum finds by itself. A given split is kept as it is; what it
divides is told. Definitions: docs/classifier.md.

With --out: split.csv (id, class, group, side, and the reason where one takes no part), dataset.json.";

/// Default share for validation.
const VAL_SHARE: f64 = 0.2;

#[derive(Debug, Args)]
pub(crate) struct DatasetArgs {
    /// A folder with a folder for each class (in train, val, test where a split is given), a manifest (.csv, .parquet), or
    /// the output folder of `hilum run`.
    #[arg(value_name = "INPUT")]
    pub(crate) input: PathBuf,
    #[command(flatten)]
    pub(crate) data: DataArgs,
    /// Folder for split.csv and dataset.json; made if it is not there.
    #[arg(long, short, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Print JSON, for programs.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Which examples, in which classes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Data")]
pub(crate) struct InputArgs {
    /// Class labels: a table with the columns image_id (or file, uri) and type (or label). Runs and manifests.
    #[arg(long, value_name = "TABLE")]
    pub(crate) labels: Option<PathBuf>,
    /// The folder that `hilum run` measured: needed for neighbouring slices as channels of its scans.
    #[arg(long, value_name = "DIR")]
    pub(crate) scans: Option<PathBuf>,
    /// Labels that take part, as in 0,2 [default: all].
    #[arg(long, value_name = "LABEL", value_delimiter = ',')]
    pub(crate) only: Vec<String>,
    /// Name of a label, as in 2=COVID-19; may be given many times. Labels of one name are one class.
    #[arg(long = "class-name", value_name = "LABEL=NAME")]
    pub(crate) class_names: Vec<ClassName>,
    /// What belongs together: patient, paper-figure, near-duplicate, or none.
    #[arg(
        long,
        value_name = "LIST",
        value_delimiter = ',',
        default_value = "patient,paper-figure,near-duplicate"
    )]
    pub(crate) group_by: Vec<GroupBy>,
    /// Files read at a time [default: one per processor].
    #[arg(long, short, value_name = "N", value_parser = value_parser!(u16).range(1..=1024))]
    pub(crate) jobs: Option<u16>,
}

/// Which examples, in which classes and sides, prepared how.
#[derive(Debug, Args)]
#[command(next_help_heading = "Data")]
pub(crate) struct DataArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    /// The class to be found [default: the last that is not called healthy, normal, control, negative or non-...].
    #[arg(long, value_name = "CLASS")]
    pub(crate) positive: Option<String>,
    /// A table that gives every example its side: columns id and side, as in a split.csv.
    #[arg(long, value_name = "TABLE", conflicts_with_all = ["val_share", "test_share", "folds"])]
    pub(crate) split: Option<PathBuf>,
    /// Share held back for validation, even where the input gives a split [default: the given split, or 0.2].
    #[arg(long, value_name = "F")]
    pub(crate) val_share: Option<f64>,
    /// Share held back for the test, too [default: none but a given one].
    #[arg(long, value_name = "F")]
    pub(crate) test_share: Option<f64>,
    /// Parts of a cross-validation; --fold says which is held back.
    #[arg(long, value_name = "N", requires = "fold", conflicts_with_all = ["val_share", "test_share"], value_parser = value_parser!(u16).range(2..=1000))]
    pub(crate) folds: Option<u16>,
    /// The part that is held back, counted from 0.
    #[arg(long, value_name = "N", requires = "folds")]
    pub(crate) fold: Option<u16>,
    /// Seed of the split: the same seed gives the same sides.
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub(crate) split_seed: u64,
    /// Which part of a picture is seen.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) region: RegionArg,
    /// How it becomes a square.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) fit: FitArg,
    /// Window as width/level in HU [default: 1500/-600]. Slices in HU alone.
    #[arg(long, value_name = "W/L", allow_hyphen_values = true)]
    pub(crate) window: Option<WindowArg>,
    /// Each picture between its own least and largest value, as the notebook has it.
    #[arg(long, conflicts_with = "window")]
    pub(crate) min_max: bool,
    /// Channels of the input: slice, slice+10mm, slice-10mm, lung, dense.
    #[arg(long, value_name = "LIST", value_delimiter = ',', default_value = "slice")]
    pub(crate) channels: Vec<Channel>,
    /// Rows and columns of the input [default: what the model wants, or 224].
    #[arg(long, value_name = "PX", value_parser = value_parser!(u16).range(8..=4096))]
    pub(crate) size: Option<u16>,
}

/// A reason to belong together, as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum GroupBy {
    /// One patient, as a manifest says.
    Patient,
    /// One figure of one paper, as file names tell.
    PaperFigure,
    /// Nearly the same picture.
    NearDuplicate,
    /// Nothing belongs together: for comparison with studies that divided at random.
    None,
}

/// A region as typed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum RegionArg {
    /// All of the picture.
    #[default]
    Whole,
    /// The box around the lungs.
    LungCrop,
    /// The box around the lungs, black outside them.
    LungMask,
}

/// A fit as typed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum FitArg {
    /// Both axes get the same number of pixels.
    #[default]
    Stretch,
    /// Black is added to the shorter axis.
    Pad,
    /// The longer axis is cut.
    Crop,
}

impl From<RegionArg> for Region {
    fn from(typed: RegionArg) -> Self {
        match typed {
            RegionArg::Whole => Self::Whole,
            RegionArg::LungCrop => Self::LungCrop,
            RegionArg::LungMask => Self::LungMask,
        }
    }
}

impl From<FitArg> for Fit {
    fn from(typed: FitArg) -> Self {
        match typed {
            FitArg::Stretch => Self::Stretch,
            FitArg::Pad => Self::Pad,
            FitArg::Crop => Self::Crop,
        }
    }
}

impl DataArgs {
    /// The data set of `input`; pictures become `size_px` rows and columns where no other size is asked for.
    pub(crate) fn request(&self, input: PathBuf, size_px: usize) -> Result<DatasetRequest, Failure> {
        let choice = PreprocessingChoice {
            window_hu: match self.window {
                Some(WindowArg(WindowWish::Fixed(window))) => Some([window.level_hu, window.width_hu]),
                Some(_) => {
                    let fault = Failure::new(WRONG_USE, "a net cannot be shown all values at once");
                    return Err(fault.with_help("give a window as width/level in HU, as in 1500/-600"));
                }
                None => None,
            },
            min_max: self.min_max,
            region: self.region.into(),
            fit: self.fit.into(),
            size_px: self.size.map_or(size_px, usize::from),
            channels: self.channels.clone(),
        };
        let request = self.input.request(input)?;
        Ok(DatasetRequest {
            preparing: Preparing::Chosen(choice),
            split_file: self.split.clone(),
            division: self.division(),
            classes: ClassChoice { positive: self.positive.clone(), ..request.classes },
            ..request
        })
    }

    fn division(&self) -> Division {
        let seed = self.split_seed;
        if let Some((folds, fold)) = self.folds.zip(self.fold) {
            return Division::Fold(Fold { folds: usize::from(folds), fold: usize::from(fold), seed });
        }
        let val_share = self.val_share.unwrap_or(VAL_SHARE);
        let plan = Holdout { val_share, test_share: self.test_share.unwrap_or(0.0), seed };
        match (self.val_share, self.test_share) {
            (None, None) => Division::Given(plan),
            _ => Division::Holdout(plan),
        }
    }
}

impl InputArgs {
    /// The data set of `input`, prepared and divided as its kind is by default.
    pub(crate) fn request(&self, input: PathBuf) -> Result<DatasetRequest, Failure> {
        Ok(DatasetRequest {
            labels: self.labels.clone(),
            scans: self.scans.clone(),
            relations: self.relations()?,
            classes: ClassChoice {
                only: self.only.clone(),
                names: class_names(self.class_names.clone())?,
                ..ClassChoice::default()
            },
            jobs: jobs(self.jobs).get(),
            ..DatasetRequest::new(input)
        })
    }

    fn relations(&self) -> Result<BTreeSet<Relation>, Failure> {
        if self.group_by.contains(&GroupBy::None) && self.group_by.len() > 1 {
            return Err(Failure::new(WRONG_USE, "--group-by none stands alone"));
        }
        let relation = |by: &GroupBy| match by {
            GroupBy::Patient => Some(Relation::Patient),
            GroupBy::PaperFigure => Some(Relation::PaperFigure),
            GroupBy::NearDuplicate => Some(Relation::NearDuplicate),
            GroupBy::None => None,
        };
        Ok(self.group_by.iter().filter_map(relation).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        data: DataArgs,
    }

    fn request(words: &str) -> DatasetRequest {
        let line = Line::try_parse_from(std::iter::once("x").chain(words.split_whitespace())).unwrap();
        line.data.request(PathBuf::from("in"), 96).unwrap()
    }

    #[test]
    fn what_is_not_asked_for_is_as_the_input_says() {
        let plain = request("");
        assert_eq!(plain.division, Division::Given(Holdout { val_share: 0.2, test_share: 0.0, seed: 1 }));
        assert_eq!(plain.relations, Relation::ALL.into());
        let Preparing::Chosen(choice) = plain.preparing else { panic!("no choice") };
        assert_eq!((choice.size_px, choice.region), (96, Region::Whole));
    }

    #[test]
    fn words_become_settings() {
        let asked = request(
            "--folds 5 --fold 2 --split-seed 9 --group-by patient --window 350/50 --region lung-mask --channels slice,slice-10mm,dense --size 128",
        );
        assert_eq!(asked.division, Division::Fold(Fold { folds: 5, fold: 2, seed: 9 }));
        assert_eq!(asked.relations, BTreeSet::from([Relation::Patient]));
        let Preparing::Chosen(choice) = asked.preparing else { panic!("no choice") };
        assert_eq!(
            (choice.window_hu, choice.region, choice.size_px),
            (Some([50.0, 350.0]), Region::LungMask, 128)
        );
        assert_eq!(choice.channels.len(), 3);
        assert_eq!(
            request("--test-share 0.1").division,
            Division::Holdout(Holdout { val_share: 0.2, test_share: 0.1, seed: 1 })
        );
        assert!(request("--group-by none").relations.is_empty());
    }
}
