//! What is said of a net besides what its graph says.

use super::{Gives, Layout, OnnxError, Squash};
use crate::dataset::{Channel, Fit, Preprocessing, Region, SourceKind, Values};
use serde::{Deserialize, Serialize};

/// What a user says of a net, or its file in the entry `hilum` of its metadata, as JSON; `None` for what is not said.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Statement {
    /// What the net is for; without it, telling classes apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<Task>,
    /// Names of what the outputs mean, in their order; of a single output the two classes, the second being the one that
    /// it speaks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub classes: Option<Vec<String>>,
    /// The class that is to be found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub positive: Option<String>,
    /// Slices in HU, or pictures without.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<SourceKind>,
    /// How values become grey.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub values: Option<Values>,
    /// Which part of a picture is seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    /// How it gets the shape of the input.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fit: Option<Fit>,
    /// Channels that a picture is made of; a single one is shown to all channels of the net.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channels: Option<Vec<Channel>>,
    /// Rows and columns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size_px: Option<[usize; 2]>,
    /// Where the channels lie.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layout: Option<Layout>,
    /// The numbers that black and white enter as.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<[f64; 2]>,
    /// Subtracted from those numbers, one for all channels or one for each.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean: Option<Vec<f64>>,
    /// Divides what is left, likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deviation: Option<Vec<f64>>,
    /// The output that is read, where there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<String>,
    /// What its numbers are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gives: Option<Gives>,
    /// Whether its numbers exclude each other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub squash: Option<Squash>,
    /// What logits are divided by before they become probabilities.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// Two classes: the probability of the one to be found at which it is the answer; lungs: the one of a pixel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<f64>,
    /// Lungs: which of the maps are lung, counted from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lung_channels: Option<Vec<usize>>,
}

/// What a net is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// To tell classes of pictures apart.
    #[default]
    Classes,
    /// To outline the lungs on axial slices.
    Lungs,
}

impl Statement {
    /// The entry of an ONNX file's metadata that holds a statement.
    pub const KEY: &str = "hilum";

    /// What a model that was trained here says when it leaves.
    #[must_use]
    pub fn of_export(
        classes: &[String],
        preprocessing: &Preprocessing,
        temperature: f64,
        threshold: Option<f64>,
    ) -> Self {
        Self {
            classes: Some(classes.to_vec()),
            positive: classes.get(1).filter(|_| classes.len() == 2).cloned(),
            source: Some(preprocessing.source),
            values: Some(preprocessing.values),
            region: Some(preprocessing.region),
            fit: Some(preprocessing.fit),
            channels: Some(preprocessing.channels.clone()),
            size_px: Some(preprocessing.size_px),
            layout: Some(Layout::Nchw),
            output: Some("logits".to_owned()),
            gives: Some(Gives::Logits),
            temperature: Some(temperature),
            threshold,
            ..Self::default()
        }
    }

    /// What the user and the file say together.
    ///
    /// # Errors
    /// [`OnnxError::Contradiction`] where they do not say the same.
    pub fn agreed_with(self, file: Self) -> Result<Self, OnnxError> {
        Ok(Self {
            task: agreed("task", self.task, file.task)?,
            classes: agreed("classes", self.classes, file.classes)?,
            positive: agreed("class to be found", self.positive, file.positive)?,
            source: agreed("kind of input", self.source, file.source)?,
            values: agreed("way from values to grey", self.values, file.values)?,
            region: agreed("region", self.region, file.region)?,
            fit: agreed("fit", self.fit, file.fit)?,
            channels: agreed("channels", self.channels, file.channels)?,
            size_px: agreed("size", self.size_px, file.size_px)?,
            layout: agreed("layout", self.layout, file.layout)?,
            range: agreed("range", self.range, file.range)?,
            mean: agreed("mean", self.mean, file.mean)?,
            deviation: agreed("deviation", self.deviation, file.deviation)?,
            output: agreed("output", self.output, file.output)?,
            gives: agreed("kind of numbers", self.gives, file.gives)?,
            squash: agreed("squashing function", self.squash, file.squash)?,
            temperature: agreed("temperature", self.temperature, file.temperature)?,
            threshold: agreed("threshold", self.threshold, file.threshold)?,
            lung_channels: agreed("lung channels", self.lung_channels, file.lung_channels)?,
        })
    }

    /// The preparation of pictures of `size_px`.
    ///
    /// # Errors
    /// [`OnnxError::NotSaid`] where nobody said what the pictures are; [`OnnxError::Statement`] for what cannot be.
    pub(super) fn preprocessing(&self, size_px: [usize; 2]) -> Result<Preprocessing, OnnxError> {
        // A window in HU says that slices are meant.
        let by_window = matches!(self.values, Some(Values::Window { .. })).then_some(SourceKind::HuSlice);
        let source = self.source.or(by_window).ok_or(OnnxError::NotSaid {
            what: "whether it was trained on slices in HU or on pictures without",
            todo: "--window W/L for slices, or --pictures",
        })?;
        let plain = match source {
            SourceKind::HuSlice => Preprocessing::of_hu_slices(size_px[0]),
            SourceKind::GreyPicture => Preprocessing::of_grey_pictures(size_px[0]),
        };
        let preprocessing = Preprocessing {
            values: self.values.unwrap_or(plain.values),
            region: self.region.unwrap_or(plain.region),
            fit: self.fit.unwrap_or(plain.fit),
            channels: self.channels.clone().unwrap_or(plain.channels),
            size_px,
            source,
        };
        match preprocessing.check() {
            Ok(()) => Ok(preprocessing),
            Err(error) => Err(OnnxError::Statement { problem: error.to_string() }),
        }
    }
}

/// What both say, or the one that says something.
pub(super) fn agreed<T: PartialEq + Serialize>(
    what: &'static str,
    said: Option<T>,
    file: Option<T>,
) -> Result<Option<T>, OnnxError> {
    match (said, file) {
        (Some(said), Some(file)) if said != file => {
            Err(OnnxError::Contradiction { what, file: in_words(&file), said: in_words(&said) })
        }
        (said, file) => Ok(said.or(file)),
    }
}

fn in_words(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default().replace('"', "")
}
