//! A finished model on whatever it is shown: one answer a case, or the reason why there is none.

use super::description::LoadedModel;
use crate::{
    CohortError, Stop,
    learn::{DatasetError, any_files, entry::Entry, load::prepare, parallel},
};
use hilum_core::schema::{Column, Kind, Table, Value};
use hilum_io::table::{write_csv, write_parquet};
use serde::Serialize;
use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
};

/// Cases that are in memory at a time.
const AT_ONCE: usize = 64;

/// What a model is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PredictRequest {
    /// A picture, a scan, a folder of them at any depth, a manifest, or the output folder of a run.
    pub input: PathBuf,
    /// What a run measured: needed for channels of neighbouring slices, which its output folder does not hold.
    pub scans: Option<PathBuf>,
    /// Files read at a time.
    pub jobs: usize,
}

/// All that a model said.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PredictionFile {
    /// Version of hilum.
    pub hilum: &'static str,
    /// Name of the model's architecture, or of the file that was imported.
    pub model: String,
    /// The first sixteen digits of the BLAKE3 hash of its weights.
    pub weights: String,
    /// What computed: the device, or for imported nets who ran them.
    pub run_by: String,
    /// The last part of the input's path.
    pub input: String,
    /// The classes; of two the last one is to be found.
    pub classes: Vec<String>,
    /// Two classes: the probability of the last at which it is the answer.
    pub threshold: Option<f64>,
    /// One for each case, sorted by name.
    pub cases: Vec<Prediction>,
}

/// What a model said of one case.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Prediction {
    /// Its name: the path below the input, or its image_id.
    pub id: String,
    /// The class that is the answer; `None` where there is none.
    pub answer: Option<String>,
    /// One for each class, after the temperature; empty without an answer.
    pub probabilities: Vec<f64>,
    /// Before the temperature: one for two classes, else one a class; empty without an answer.
    pub logits: Vec<f64>,
    /// Why there is no answer.
    pub reason: Option<String>,
}

/// Shows the model every picture and scan of an input. A case that cannot be used is a row with its reason.
///
/// `progress` is told how many of how many cases are read.
///
/// # Errors
/// [`CohortError`] where the input cannot be listed or `stop` was asked for; [`CohortError::Dataset`] where not one case is of the
/// kind that the model knows.
pub fn predict(
    model: &LoadedModel,
    request: &PredictRequest,
    stop: &Stop,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<PredictionFile, CohortError> {
    let description = &model.description;
    let input = &request.input;
    let name = input.file_name().unwrap_or(input.as_os_str()).to_string_lossy().into_owned();
    let listing = any_files::listed(input, request.scans.as_deref())?;
    let wanted = description.preprocessing.source;
    if let (Some(first), true) =
        (listing.entries.first(), listing.entries.iter().all(|entry| entry.kind() != wanted))
    {
        return Err(DatasetError::WrongKind { input: name, wanted, found: first.kind() }.into());
    }
    let (done, total) = (AtomicUsize::new(0), listing.entries.len());
    let mut cases: Vec<Prediction> =
        listing.unusable.into_iter().map(|(id, reason)| Prediction::without_answer(id, reason)).collect();
    for some in listing.entries.chunks(AT_ONCE) {
        let prepared = parallel::each(some, request.jobs, |entry| {
            let prepared = (!stop.is_requested()).then(|| model.prepare(entry));
            progress(done.fetch_add(1, Ordering::Relaxed) + 1, total);
            prepared
        });
        let Some(prepared) = prepared.into_iter().collect::<Option<Vec<_>>>() else {
            return Err(CohortError::PredictionStopped { done: cases.len(), total });
        };
        cases.extend(model.answers(some, prepared)?);
    }
    cases.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(PredictionFile {
        hilum: env!("CARGO_PKG_VERSION"),
        model: description.name().to_owned(),
        weights: description.weights_blake3.chars().take(16).collect(),
        run_by: model.run_by.clone(),
        input: name,
        classes: description.classes.clone(),
        threshold: description.threshold,
        cases,
    })
}

impl LoadedModel {
    fn prepare(&self, entry: &Entry) -> Result<hilum_learn::Picture, String> {
        let wanted = self.description.preprocessing.source;
        if entry.kind() != wanted {
            return Err(format!("it is {}, and the model was trained on {wanted}", entry.kind()));
        }
        Ok(prepare(entry, &self.description.preprocessing, false)?.0.picture)
    }

    fn answers(
        &self,
        entries: &[Entry],
        prepared: Vec<Result<hilum_learn::Picture, String>>,
    ) -> Result<Vec<Prediction>, CohortError> {
        let pictures: Vec<_> = prepared.iter().filter_map(|picture| picture.as_ref().ok()).collect();
        let logits = self.classifier.logits(&pictures).map_err(DatasetError::learn)?;
        let mut said = self.probabilities(&logits).into_iter().zip(logits);
        let of_case = |(entry, prepared): (&Entry, Result<hilum_learn::Picture, String>)| {
            let id = entry.id.clone();
            match prepared.map(|_| said.next()) {
                Ok(Some((probabilities, logits))) => Prediction {
                    id,
                    answer: Some(self.answer(&probabilities)),
                    probabilities,
                    logits,
                    reason: None,
                },
                Ok(None) => Prediction::without_answer(id, "the model gave no answer".to_owned()),
                Err(reason) => Prediction::without_answer(id, reason),
            }
        };
        Ok(entries.iter().zip(prepared).map(of_case).collect())
    }

    /// Of two classes the last where its probability reaches the threshold; of several the most probable.
    fn answer(&self, probabilities: &[f64]) -> String {
        let classes = &self.description.classes;
        let place = match (probabilities, self.description.threshold) {
            ([_, last], Some(threshold)) => usize::from(*last >= threshold),
            _ => (0..probabilities.len())
                .max_by(|&a, &b| probabilities[a].total_cmp(&probabilities[b]).then(b.cmp(&a)))
                .unwrap_or(0),
        };
        classes[place].clone()
    }
}

impl Prediction {
    fn without_answer(id: String, reason: String) -> Self {
        Self { id, answer: None, probabilities: Vec::new(), logits: Vec::new(), reason: Some(reason) }
    }

    fn row(&self, classes: usize, outputs: usize) -> Vec<Value> {
        let padded = |numbers: &[f64], width: usize| -> Vec<Value> {
            (0..width).map(|n| Value::Real(numbers.get(n).copied())).collect()
        };
        let texts = [Some(self.id.clone()), self.answer.clone(), self.reason.clone()];
        let numbers = [padded(&self.probabilities, classes), padded(&self.logits, outputs)].concat();
        let [id, answer, reason] = texts.map(Value::Text);
        [id, answer].into_iter().chain(numbers).chain([reason]).collect()
    }
}

impl PredictionFile {
    /// Cases without an answer.
    #[must_use]
    pub fn failed(&self) -> usize {
        self.cases.iter().filter(|case| case.answer.is_none()).count()
    }

    /// Writes predictions.csv and predictions.parquet into `folder`, which is made if it is not there.
    ///
    /// # Errors
    /// [`CohortError`] if a file cannot be written.
    pub fn write(&self, folder: &Path) -> Result<[&'static str; 2], CohortError> {
        fs::create_dir_all(folder).map_err(CohortError::write(folder))?;
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source| CohortError::WriteTable { path, source }
        };
        let [csv, parquet] = ["predictions.csv", "predictions.parquet"];
        self.with_table(|table| {
            write_csv(&folder.join(csv), table).map_err(failed(&folder.join(csv)))?;
            write_parquet(&folder.join(parquet), table).map_err(failed(&folder.join(parquet)))
        })?;
        Ok([csv, parquet])
    }

    /// Shows `reader` the table of the cases, one a row.
    pub fn with_table<T>(&self, reader: impl FnOnce(&Table<'_>) -> T) -> T {
        let outputs = if self.classes.len() == 2 { 1 } else { self.classes.len() };
        let mut names = vec!["id".to_owned(), "answer".to_owned()];
        names.extend(self.classes.iter().map(|class| format!("probability_{class}")));
        match outputs {
            1 => names.push("logit".to_owned()),
            _ => names.extend(self.classes.iter().map(|class| format!("logit_{class}"))),
        }
        names.push("reason".to_owned());
        let columns: Vec<Column<'_>> = names.iter().map(|name| column(name)).collect();
        let rows = self.cases.iter().map(|case| case.row(self.classes.len(), outputs)).collect();
        reader(&Table { columns: &columns, rows })
    }
}

fn column(name: &str) -> Column<'_> {
    let (kind, definition) = match name {
        "id" => (Kind::Text, "Name of the case: the path below the input, or its image_id."),
        "answer" => (Kind::Text, "The class that the model says; empty where it says nothing."),
        "reason" => (Kind::Text, "Why there is no answer."),
        _ if name.starts_with("logit") => (Kind::Real, "What the model said, before the temperature."),
        _ => (Kind::Real, "Probability of the class, after the temperature."),
    };
    Column { name, kind, unit: "-", definition, source: "docs/classifier.md" }
}
