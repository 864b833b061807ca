//! Why a model says what it says of some cases of each class, whether the explanations hold, and where they point.
//!
//! In: a model, and pictures or scans. Out: for each case an attribution with its checks; for the model a verdict; figures,
//! tables, and maps on the grid that a scan came on. docs/explanations.md says what the checks mean.

mod case;
mod figure;
mod files;
mod segments;

pub use segments::Segments;

use super::{
    DatasetError, LoadedModel, any_files,
    entry::{Entry, Listing},
};
use crate::{CohortError, Stop};
use case::Explainer;
use hilum_learn::explain::{
    Hidden,
    checks::verdict::{Checks, Judgement, judge},
};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// How a case is explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExplainMethod {
    /// Hides segments at random and fits a linear model.
    Lime,
    /// Weights the last feature maps of a net by their gradients.
    GradCam,
    /// Dims by random smooth masks.
    Rise,
    /// Covers one square after another.
    Occlusion,
}

impl ExplainMethod {
    /// Pictures that the model is asked about where nobody says how many.
    #[must_use]
    pub fn usual_samples(self) -> usize {
        if self == Self::Rise { 2000 } else { 1000 }
    }

    /// Whether chance plays a part, so that another seed gives another explanation.
    #[must_use]
    pub fn draws(self) -> bool {
        matches!(self, Self::Lime | Self::Rise)
    }
}

/// What is explained, and how.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExplainRequest {
    /// A picture, a scan, a folder of them at any depth, a manifest, or the output folder of a run.
    #[serde(skip)]
    pub input: PathBuf,
    /// What a run measured: needed for channels of neighbouring slices, which its output folder does not hold.
    #[serde(skip)]
    pub scans: Option<PathBuf>,
    /// How.
    pub method: ExplainMethod,
    /// Pictures that the model is asked about for one explanation, where the method draws them.
    pub samples: usize,
    /// Seed of what is drawn.
    pub seed: u64,
    /// What LIME hides, and what the checks take away.
    pub segments: Segments,
    /// What is seen in place of a hidden segment.
    pub hidden: Hidden,
    /// Segments that are drawn and compared between seeds.
    pub features: usize,
    /// The class whose probability is explained; `None` for the last of two, or each case's answer of several.
    pub class: Option<String>,
    /// Cases of each class; 0 for all.
    pub per_class: usize,
    /// Cases of each class that are explained again with other seeds, and with a net that knows nothing.
    pub checked: usize,
    /// Seeds with which they are explained.
    pub repeats: usize,
}

/// All that was found.
#[derive(Debug, Clone, Serialize)]
pub struct ExplanationFile {
    /// Version of hilum.
    pub hilum: &'static str,
    /// Name of the model's architecture, or of the file that was imported.
    pub model: String,
    /// The last part of the input's path.
    pub input: String,
    /// How it was made.
    pub settings: ExplainRequest,
    /// What the checks say of the model.
    pub judgement: Judgement,
    /// One for each case, class by class.
    pub cases: Vec<ExplainedCase>,
    /// Cases that could not be explained, with the reason.
    pub left_out: Vec<super::LeftOutExample>,
    #[serde(skip)]
    drawn: Vec<figure::DrawnCase>,
}

/// One case.
#[derive(Debug, Clone, Serialize)]
pub struct ExplainedCase {
    /// Its name: the path below the input, or its image_id.
    pub id: String,
    /// Its class, where it is known.
    pub class: Option<String>,
    /// The class that is explained.
    pub explained: String,
    /// What the model says of that class.
    pub probability: f64,
    /// Segments that it was cut into.
    pub segments: usize,
    /// What the checks found.
    pub checks: Checks,
}

/// Explains the first cases of each class, by name.
///
/// `progress` is told the name of each case before it is worked on, and how many of how many are done.
///
/// # Errors
/// [`CohortError`] where the input cannot be listed or `stop` was asked for; [`CohortError::Dataset`] for a class that the model does
/// not know, for settings that cannot be, and where not one case could be explained.
pub fn explain(
    model: &LoadedModel,
    request: &ExplainRequest,
    stop: &Stop,
    progress: &dyn Fn(&str, usize, usize),
) -> Result<ExplanationFile, CohortError> {
    let explainer = Explainer::new(model, request)?;
    let listing = any_files::listed(&request.input, request.scans.as_deref())?;
    let classes = by_class(&listing, model.classifier.classes());
    let wanted =
        |members: usize| if request.per_class == 0 { members } else { request.per_class.min(members) };
    let total: usize = classes.values().map(|members| wanted(members.len())).sum();
    let mut left_out: Vec<super::LeftOutExample> =
        listing.unusable.iter().map(|(id, reason)| left(id, reason.clone())).collect();
    let (mut cases, mut drawn) = (Vec::new(), Vec::new());
    for (class, members) in &classes {
        let mut made = 0;
        for entry in members {
            if made == wanted(members.len()) {
                break;
            }
            if stop.is_requested() {
                return Err(CohortError::PredictionStopped { done: cases.len(), total });
            }
            progress(&entry.id, cases.len(), total);
            match explainer.explain(entry, class.as_deref(), made < request.checked) {
                Ok(found) => {
                    cases.push(found.0);
                    drawn.push(found.1);
                    made += 1;
                }
                Err(reason) => left_out.push(left(&entry.id, reason)),
            }
        }
    }
    let input = request.input.file_name().unwrap_or(request.input.as_os_str()).to_string_lossy().into_owned();
    if cases.is_empty() {
        let super::LeftOutExample { id, reason } =
            left_out.into_iter().next().unwrap_or_else(|| left(&input, String::new()));
        return Err(DatasetError::NothingReadable { files: total, id, reason }.into());
    }
    let checks: Vec<Checks> = cases.iter().map(|case: &ExplainedCase| case.checks).collect();
    Ok(ExplanationFile {
        hilum: env!("CARGO_PKG_VERSION"),
        model: model.description.name().to_owned(),
        input,
        settings: request.clone(),
        judgement: judge(&checks, request.method.draws()),
        cases,
        left_out,
        drawn,
    })
}

fn left(id: &str, reason: String) -> super::LeftOutExample {
    super::LeftOutExample { id: id.to_owned(), reason }
}

/// The cases of each class, sorted by name; those without a known class under `None`.
fn by_class<'a>(listing: &'a Listing, known: &[String]) -> BTreeMap<Option<String>, Vec<&'a Entry>> {
    let mut classes: BTreeMap<Option<String>, Vec<&Entry>> = BTreeMap::new();
    for entry in &listing.entries {
        let label = entry.label.as_ref().map(|label| listing.class_names.get(label).unwrap_or(label).clone());
        // A folder that bears the name of a class holds cases of it.
        let folder = || {
            Path::new(&entry.id)
                .iter()
                .rev()
                .skip(1)
                .find_map(|part| known.iter().find(|class| part.to_str() == Some(class)).cloned())
        };
        classes.entry(label.or_else(folder)).or_default().push(entry);
    }
    classes
}
