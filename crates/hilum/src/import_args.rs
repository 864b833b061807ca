//! The command line of `hilum import`.

use crate::{
    data_args::{FitArg, RegionArg},
    failure::{Failure, WRONG_USE},
    figure_args::WindowArg,
};
use clap::{Args, ValueEnum};
use hilum_cohort::{figures::WindowWish, learn::ImportRequest};
use hilum_learn::{
    Gives, Layout, Squash, Statement, Task,
    dataset::{Channel, SourceKind, Values},
};
use std::{path::PathBuf, str::FromStr};

/// Shown below the options.
pub(crate) const IMPORT_HELP: &str = "\
Examples:
  hilum import exported.onnx --out model                 a file of `hilum export` says everything by itself
  hilum import mine.onnx --out model --classes healthy,covid --window 1500/-600 --mean 0.5 --std 0.25
  hilum import keras.onnx --out model --classes NonCOVID,COVID --pictures --range 0,255
  hilum import chexnet.onnx --out model --classes edema,effusion,pneumonia --squash sigmoid --positive pneumonia \\
      --pictures --mean 0.485,0.456,0.406 --std 0.229,0.224,0.225
  hilum import unet.onnx --out lungs --task lungs --window 1400/-300 --size 256
  hilum import regions.onnx --out lungs --task lungs --lung-channels 1,2 --window 1500/-600 --range=-1000,400

The folder then serves `hilum predict`, `hilum evaluate` and `hilum explain` (lime, rise, occlusion) as a model that hilum
trained. Input, size, layout, number of outputs and a softmax or sigmoid at the end are read from the file; say what it does
not say, as it was in the net's training: with another preparation its numbers mean nothing. Black and white become the
numbers of --range, less --mean, over --std. A grey picture is shown to all channels of the net.

With --task lungs the folder serves `hilum run --lungs DIR`, and `measure`, `select` and `segment`. The net is shown one
axial slice, upright (the patient's right on the left, anterior up), and gives one map, or one for each class.

In the output folder: model.json, model.onnx, model_card.md. Details: docs/classifier.md.";

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// The net: one picture in, one number or one for each class out; or, with --task lungs, maps of the slice.
    #[arg(value_name = "MODEL.onnx")]
    pub(crate) file: PathBuf,
    /// Folder of the model; made if it is not there.
    #[arg(long, short, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// What the net is for [default: classes].
    #[arg(long, value_enum)]
    pub(crate) task: Option<TaskArg>,
    /// With --task lungs, which of its maps are lung, counted from 0, as in 1,2 for right and left lung behind the background.
    #[arg(long, value_name = "N,N", value_delimiter = ',')]
    pub(crate) lung_channels: Vec<usize>,
    /// Classes in the order of the outputs; of a single output the one that it speaks for comes last.
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    pub(crate) classes: Vec<String>,
    /// The class to be found [default: the last that is not called healthy, normal, control, negative or non-...].
    #[arg(long, value_name = "CLASS")]
    pub(crate) positive: Option<String>,
    /// It was trained on slices through this window: width/level in HU, as in 1500/-600.
    #[arg(long, value_name = "W/L", allow_hyphen_values = true, conflicts_with = "pictures")]
    pub(crate) window: Option<WindowArg>,
    /// It was trained on pictures without HU.
    #[arg(long)]
    pub(crate) pictures: bool,
    /// Each slice (with --pictures: each picture) was shown between its own least and largest value.
    #[arg(long, conflicts_with = "window")]
    pub(crate) min_max: bool,
    /// Which part of a picture it was shown [default: whole].
    #[arg(long, value_enum)]
    pub(crate) region: Option<RegionArg>,
    /// How that got the shape of the input [default: stretch].
    #[arg(long, value_enum)]
    pub(crate) fit: Option<FitArg>,
    /// Channels of the input: slice, slice+10mm, slice-10mm, lung, dense [default: slice].
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub(crate) channels: Vec<Channel>,
    /// Rows and columns, where the file leaves them open: 224 or 224x192.
    #[arg(long, value_name = "RxC")]
    pub(crate) size: Option<SizeArg>,
    /// Where the channels lie, where the file leaves it open.
    #[arg(long, value_enum)]
    pub(crate) layout: Option<LayoutArg>,
    /// The numbers that black and white enter as [default: 0,1].
    #[arg(long, value_name = "LOW,HIGH", value_delimiter = ',', allow_hyphen_values = true)]
    pub(crate) range: Vec<f64>,
    /// Subtracted from those numbers: one, or one for each channel of the net [default: 0].
    #[arg(long, value_name = "M", value_delimiter = ',', allow_hyphen_values = true)]
    pub(crate) mean: Vec<f64>,
    /// Divides what is left: one, or one for each channel of the net [default: 1].
    #[arg(long, value_name = "S", value_delimiter = ',', allow_hyphen_values = true)]
    pub(crate) std: Vec<f64>,
    /// The output to read, where there are several.
    #[arg(long, value_name = "NAME")]
    pub(crate) output: Option<String>,
    /// What its numbers are, where the last operation does not tell.
    #[arg(long, value_enum)]
    pub(crate) gives: Option<GivesArg>,
    /// Whether they exclude each other (softmax) or each stands alone (sigmoid) [default: sigmoid for one, else softmax].
    #[arg(long, value_enum)]
    pub(crate) squash: Option<SquashArg>,
    /// Two classes: the probability of the one to be found at which it is the answer; lungs: that of a pixel [default: 0.5].
    #[arg(long, value_name = "P")]
    pub(crate) threshold: Option<f64>,
    /// What logits are divided by before they become probabilities [default: 1].
    #[arg(long, value_name = "T")]
    pub(crate) temperature: Option<f64>,
    /// Print the model's description as JSON on standard output, for programs.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Rows and columns, as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SizeArg([usize; 2]);

impl FromStr for SizeArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (rows, cols) = text.split_once('x').unwrap_or((text, text));
        match (rows.parse(), cols.parse()) {
            (Ok(rows), Ok(cols)) => Ok(Self([rows, cols])),
            _ => Err(format!("'{text}' is no size: write rows and columns as 224 or 224x192")),
        }
    }
}

/// What a net is for, as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TaskArg {
    /// To tell classes of pictures or scans apart.
    Classes,
    /// To outline the lungs on axial slices, for --lungs of `hilum run`, `measure`, `select`, `segment`.
    Lungs,
}

/// A layout, as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LayoutArg {
    /// Channels, rows, columns: PyTorch.
    Nchw,
    /// Rows, columns, channels: TensorFlow, Keras.
    Nhwc,
}

/// Kinds of numbers, as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum GivesArg {
    /// Any numbers, before a sigmoid or softmax.
    Logits,
    /// Numbers from 0 to 1, after it.
    Probabilities,
}

/// Squashing functions, as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SquashArg {
    /// Each number by itself: several findings may hold.
    Sigmoid,
    /// All together: exactly one class holds.
    Softmax,
}

impl ImportArgs {
    /// What is imported, and what is said of it.
    pub(crate) fn request(&self) -> Result<ImportRequest, Failure> {
        let values = match (self.window, self.min_max) {
            (Some(WindowArg(WindowWish::Fixed(window))), _) => {
                Some(Values::Window { level_hu: window.level_hu, width_hu: window.width_hu })
            }
            (Some(_), _) => {
                let fault = Failure::new(WRONG_USE, "a net cannot be shown all values at once");
                return Err(fault.with_help("give a window as width/level in HU, as in 1500/-600"));
            }
            (None, true) => Some(Values::MinMax),
            (None, false) => None,
        };
        let source = match (self.pictures, values) {
            (true, _) => Some(SourceKind::GreyPicture),
            (false, Some(_)) => Some(SourceKind::HuSlice),
            (false, None) => None,
        };
        let range = match self.range.as_slice() {
            [] => None,
            &[low, high] => Some([low, high]),
            _ => {
                let fault = Failure::new(WRONG_USE, "a range has two ends");
                return Err(fault.with_help("write the numbers of black and white, as in --range 0,255"));
            }
        };
        let said = Statement {
            task: self.task.map(|task| match task {
                TaskArg::Classes => Task::Classes,
                TaskArg::Lungs => Task::Lungs,
            }),
            lung_channels: given(&self.lung_channels),
            classes: given(&self.classes),
            positive: self.positive.clone(),
            source,
            values,
            region: self.region.map(Into::into),
            fit: self.fit.map(Into::into),
            channels: given(&self.channels),
            size_px: self.size.map(|SizeArg(size_px)| size_px),
            layout: self.layout.map(|layout| match layout {
                LayoutArg::Nchw => Layout::Nchw,
                LayoutArg::Nhwc => Layout::Nhwc,
            }),
            range,
            mean: given(&self.mean),
            deviation: given(&self.std),
            output: self.output.clone(),
            gives: self.gives.map(|gives| match gives {
                GivesArg::Logits => Gives::Logits,
                GivesArg::Probabilities => Gives::Probabilities,
            }),
            squash: self.squash.map(|squash| match squash {
                SquashArg::Sigmoid => Squash::Sigmoid,
                SquashArg::Softmax => Squash::Softmax,
            }),
            temperature: self.temperature,
            threshold: self.threshold,
        };
        Ok(ImportRequest { file: self.file.clone(), said, out: self.out.clone() })
    }
}

fn given<T: Clone>(list: &[T]) -> Option<Vec<T>> {
    (!list.is_empty()).then(|| list.to_vec())
}
