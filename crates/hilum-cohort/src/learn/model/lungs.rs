//! A model that outlines lungs: made of an ONNX file, written as a folder, and loaded again to measure with.

use super::{
    brought::Brought,
    description::{DESCRIPTION, DESCRIPTION_FORMAT, foreign, read_description, read_weights, task_of},
    import::vacant,
};
use crate::{
    CohortError,
    files::{write_json, write_whole},
    learn::DatasetError,
};
use hilum_core::Geometry;
use hilum_learn::{
    Engine, LearnError, LungNet, LungRule, LungSegmenter, OnnxFile, SettledLungs, Statement, Task,
    dataset::Preprocessing,
};
use serde::{Deserialize, Serialize, Serializer, ser::SerializeStruct};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

const WEIGHTS: &str = "model.onnx";
/// Bytes a pixel of a slice on its way to the net and back: HU as stored, upright and prepared, places, and the mask.
const SLICE_BYTES: u64 = 24;

/// The model.json of a model that outlines lungs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LungDescription {
    /// [`DESCRIPTION_FORMAT`] of the version that wrote it.
    pub format: u32,
    /// Version of hilum that wrote it.
    pub hilum: String,
    /// [`Task::Lungs`].
    pub task: Task,
    /// What is done to a slice before the net sees it.
    pub preprocessing: Preprocessing,
    /// BLAKE3 hash of model.onnx.
    pub weights_blake3: String,
    /// The net.
    pub lungs: LungNet,
}

/// Makes a model folder of a net that outlines lungs: model.onnx, model_card.md, and last model.json.
pub(super) fn import_lungs(
    brought: &Brought,
    said: &Statement,
    out: &Path,
) -> Result<LungDescription, CohortError> {
    let settled = SettledLungs::of(&brought.file, &brought.stem, said, &brought.engine);
    let SettledLungs { net, preprocessing } = settled.map_err(|error| brought.refused(error))?;
    let _lock = vacant(out)?;
    let description = LungDescription {
        format: DESCRIPTION_FORMAT,
        hilum: env!("CARGO_PKG_VERSION").to_owned(),
        task: Task::Lungs,
        preprocessing,
        weights_blake3: blake3::hash(&brought.bytes).to_hex().to_string(),
        lungs: net,
    };
    write_whole(&out.join("model_card.md"), card(&description).as_bytes())?;
    write_whole(&out.join(WEIGHTS), &brought.bytes)?;
    write_json(&out.join(DESCRIPTION), &description)?;
    Ok(description)
}

/// A model that outlines lungs, ready to run. Two are the same if weights and statement are, wherever they lie.
#[derive(Debug, Clone)]
pub struct LungModel {
    folder: PathBuf,
    name: String,
    weights_blake3: String,
    /// BLAKE3 of what else decides what it says: preparation of a slice, and which numbers are lung.
    statement_blake3: String,
    weights_bytes: u64,
    /// What runs it.
    engine: String,
    segmenter: Arc<LungSegmenter>,
}

/// Reads the model in a folder.
///
/// # Errors
/// [`CohortError::Read`] if a file cannot be read; [`CohortError::Dataset`] where it is no model of lungs, of another
/// version, or the weights are not those that it was written for.
pub fn load_lungs(folder: &Path) -> Result<LungModel, CohortError> {
    let probe = read_description(folder)?;
    if task_of(&probe) != Task::Lungs {
        return Err(DatasetError::TellsClasses { folder: folder.to_owned() }.into());
    }
    let description: LungDescription = serde_json::from_value(probe).map_err(foreign)?;
    let LungDescription { preprocessing, weights_blake3, lungs: net, .. } = description;
    let weights = read_weights(folder, WEIGHTS, &weights_blake3)?;
    let statement = serde_json::to_vec(&(&net, &preprocessing)).map_err(foreign)?;
    let name = net.name.clone();
    let unusable = |error: LearnError| DatasetError::ForeignModel { file: WEIGHTS, why: error.to_string() };
    let file = OnnxFile::read(&weights).map_err(|error| unusable(error.into()))?;
    let engine = Engine::of_environment().map_err(|error| DatasetError::learn(error.into()))?;
    let segmenter =
        LungSegmenter::new(SettledLungs { net, preprocessing }, &file, &engine).map_err(unusable)?;
    Ok(LungModel {
        folder: folder.to_owned(),
        name,
        weights_blake3,
        statement_blake3: blake3::hash(&statement).to_hex().to_string(),
        weights_bytes: weights.len() as u64,
        engine: engine.name(),
        segmenter: Arc::new(segmenter),
    })
}

impl LungModel {
    /// Where it was read from.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The name of its file.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The hash of its weights, in hexadecimal digits.
    #[must_use]
    pub fn weights_blake3(&self) -> &str {
        &self.weights_blake3
    }

    pub(crate) fn segmenter(&self) -> &LungSegmenter {
        &self.segmenter
    }

    /// Bytes that it takes while a scan is measured; the weights count for each scan although all share them.
    pub(crate) fn memory_bytes(&self, geometry: &Geometry) -> u64 {
        let slice = (geometry.rows() * geometry.cols()) as u64 * SLICE_BYTES;
        self.segmenter.working_bytes() + self.weights_bytes + slice
    }

    fn identity(&self) -> [&str; 4] {
        [&self.name, &self.weights_blake3, &self.statement_blake3, &self.engine]
    }
}

impl PartialEq for LungModel {
    fn eq(&self, other: &Self) -> bool {
        self.identity() == other.identity()
    }
}

impl Eq for LungModel {}

impl Serialize for LungModel {
    /// What it is, and not where it lies.
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let [name, weights, statement, engine] = self.identity();
        let mut fields = to.serialize_struct("LungModel", 4)?;
        fields.serialize_field("model", name)?;
        fields.serialize_field("weights_blake3", weights)?;
        fields.serialize_field("statement_blake3", statement)?;
        fields.serialize_field("run_by", engine)?;
        fields.end()
    }
}

/// The card of a model as Markdown.
fn card(model: &LungDescription) -> String {
    let (net, input) = (&model.lungs, &model.lungs.input);
    let [rows, cols] = input.size_px;
    let list = |numbers: &[f64]| numbers.iter().map(f64::to_string).collect::<Vec<_>>().join(", ");
    let lung = net.maps.lung_channels.iter().map(usize::to_string).collect::<Vec<_>>().join(", ");
    let rule = match net.maps.rule {
        LungRule::Sigmoid { threshold } => format!("a probability of {threshold} and more"),
        LungRule::Softmax => "where the largest number is of such a map".to_owned(),
    };
    format!(
        "# {name}: lungs\n\n\
         **For research. Not for diagnosis.**\n\n\
         | | |\n|---|---|\n\
         | net | {name}, imported from an ONNX file |\n\
         | input | axial slices, upright, {rows} x {cols} px, {channels} channel(s) |\n\
         | values | {values} |\n\
         | fit | {fit} |\n\
         | black and white enter as | {low} and {high}, less {mean}, over {deviation} |\n\
         | output | '{output}', {maps} map(s) |\n\
         | lung | map(s) {lung}, counted from 0: {rule} |\n\
         | weights | model.onnx, BLAKE3 in model.json |\n\
         | imported by | hilum {version} |\n\n\
         ## Limits\n\n\
         - What it was trained on, and how well it outlines lungs, is not known here: look at the masks.\n\
         - The preparation above is what its user said of it. With another one than that of its training its masks mean \
         nothing.\n\
         - It sees one slice at a time; nothing joins its slices.\n",
        name = net.name,
        channels = input.channels,
        values = said(&model.preprocessing.values),
        fit = said(&model.preprocessing.fit),
        low = input.range[0],
        high = input.range[1],
        mean = list(&input.mean),
        deviation = list(&input.deviation),
        output = net.output,
        maps = net.maps.channels,
        version = model.hilum,
    )
}

/// A choice as model.json has it.
fn said(choice: &impl Serialize) -> String {
    serde_json::to_string(choice).unwrap_or_default().replace('"', "")
}
