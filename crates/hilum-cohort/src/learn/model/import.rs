//! A user's own ONNX file as a model folder.

use super::{
    brought::Brought,
    card,
    description::{DESCRIPTION_FORMAT, ModelDescription, Origin},
    lungs::{LungDescription, import_lungs},
};
use crate::{
    CohortError, files::write_whole, learn::DatasetError, lock::OutLock, reference_class::is_reference,
};
use hilum_learn::{ImportedNet, Settled, Statement, Task, dataset::Region};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// A file to be imported.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportRequest {
    /// The ONNX file; weights that it keeps in other files lie beside it.
    pub file: PathBuf,
    /// What is said of it; what the file says by itself may be left out.
    pub said: Statement,
    /// The folder of the model.
    pub out: PathBuf,
}

/// What an ONNX file became.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum ImportedModel {
    /// A model that tells classes apart.
    Classifier(Box<ModelDescription>),
    /// A model that outlines lungs.
    Lungs(Box<LungDescription>),
}

/// Makes a model folder of an ONNX file: model.onnx, model_card.md, and last model.json. The statement says what the net is
/// for.
///
/// Of two classes the one to be found is the one that was said, or else the one whose name is not that of a reference
/// (healthy, normal, ...), or the last.
///
/// # Errors
/// [`CohortError::Read`] and [`CohortError::Write`]; [`CohortError::Dataset`] for a folder that holds a model already, and
/// for a file that is damaged, does not do what it is for or was described wrongly.
pub fn import_onnx(request: &ImportRequest) -> Result<ImportedModel, CohortError> {
    let ImportRequest { file: path, said, out } = request;
    let brought = Brought::read(path)?;
    let said = brought.file.statement().and_then(|by_file| said.clone().agreed_with(by_file));
    let said = said.map_err(|error| brought.refused(error))?;
    match said.task.unwrap_or_default() {
        Task::Classes => {
            import_classifier(&brought, said, out).map(|model| ImportedModel::Classifier(Box::new(model)))
        }
        Task::Lungs => import_lungs(&brought, &said, out).map(|model| ImportedModel::Lungs(Box::new(model))),
    }
}

fn import_classifier(
    brought: &Brought,
    said: Statement,
    out: &Path,
) -> Result<ModelDescription, CohortError> {
    let said = with_positive(said);
    let settled = Settled::of(&brought.file, &brought.stem, &said, &brought.engine)
        .map_err(|error| brought.refused(error))?;
    let _lock = vacant(out)?;
    let Settled { net, classes, preprocessing, temperature, threshold } = settled;
    let mut description = ModelDescription {
        format: DESCRIPTION_FORMAT,
        hilum: env!("CARGO_PKG_VERSION").to_owned(),
        classes,
        preprocessing,
        temperature,
        threshold,
        weights_blake3: String::new(),
        origin: Origin::Imported { onnx: Box::new(net.clone()) },
    };
    write_whole(&out.join("model_card.md"), imported_card(&description, &net).as_bytes())?;
    description.write(out, &brought.bytes)?;
    Ok(description)
}

/// Takes a folder that is to hold a model and holds none.
pub(super) fn vacant(out: &Path) -> Result<OutLock, CohortError> {
    let lock = OutLock::take(out)?;
    match ModelDescription::is_in(out) {
        true => Err(DatasetError::ModelThere { folder: out.to_owned() }.into()),
        false => Ok(lock),
    }
}

fn with_positive(said: Statement) -> Statement {
    let by_name = match said.classes.as_deref() {
        Some([first, last]) if is_reference(last) && !is_reference(first) => Some(first.clone()),
        _ => None,
    };
    Statement { positive: said.positive.or(by_name), ..said }
}

/// The card of an imported model as Markdown.
fn imported_card(model: &ModelDescription, net: &ImportedNet) -> String {
    let classes = model.classes.join(", ");
    let input = &net.input;
    let [rows, cols] = input.size_px;
    let list = |numbers: &[f64]| numbers.iter().map(f64::to_string).collect::<Vec<_>>().join(", ");
    let answer = match model.threshold {
        Some(threshold) => format!("the last class from a probability of {threshold:.3} on"),
        None => "the most probable class".to_owned(),
    };
    let head = format!(
        "# {name}: {classes}\n\n\
         **For research. Not for diagnosis.**\n\n\
         | | |\n|---|---|\n\
         | net | {name}, imported from an ONNX file |\n\
         | input | {rows} x {cols} px, {channels} channel(s), {source} |\n\
         | black and white enter as | {low} and {high}, less {mean}, over {deviation} |\n\
         | output | '{output}' |\n\
         | classes, in the order of the answers | {classes} |\n\
         | answer | {answer} |\n\
         | weights | model.onnx, BLAKE3 in model.json |\n\
         | imported by | hilum {version} |\n",
        name = net.name,
        channels = input.channels,
        source = model.preprocessing.source,
        low = input.range[0],
        high = input.range[1],
        mean = list(&input.mean),
        deviation = list(&input.deviation),
        output = net.output,
        version = model.hilum,
    );
    let mut limits = "## Limits\n\n\
         - What it was trained on, and what it is worth, is not known here. `hilum evaluate` says what it is worth on data of \
         your own; `hilum explain` where it looks.\n\
         - The preparation above is what its user said of it. With another one than that of its training its numbers mean \
         nothing.\n\
         - It knows the classes above and no other disease: whatever it is shown, it answers with one of them.\n"
        .to_owned();
    if model.preprocessing.region == Region::Whole {
        limits.push_str(
            "- It sees whole pictures: table, burnt-in text and margins may tell it what lungs do not.\n",
        );
    }
    [head, card::preprocessing(model), limits].join("\n")
}
