//! Models: what they say of pictures and scans, and what they go by.

use crate::{
    failure::failed, measuring::as_python, places::wrong_word, table::Table, waiting::interruptible,
};
use hilum_cohort::{
    CohortError, Stop,
    learn::{self, ExplainMethod, ExplainRequest, PredictRequest, load_model},
};
use pyo3::{prelude::*, types::PyDict};
use serde::de::DeserializeOwned;
use std::{num::NonZeroUsize, path::PathBuf};

/// Lets a model say of pictures or scans what class they are of.
#[pyfunction]
#[pyo3(signature = (model, input, *, out=None, scans=None, device="cpu", jobs=None))]
pub(crate) fn predict<'py>(
    py: Python<'py>,
    model: PathBuf,
    input: PathBuf,
    out: Option<PathBuf>,
    scans: Option<PathBuf>,
    device: &str,
    jobs: Option<NonZeroUsize>,
) -> PyResult<Bound<'py, PyDict>> {
    let device = device.parse().map_err(wrong_word)?;
    let request = PredictRequest { input, scans, jobs: crate::places::jobs(jobs).get() };
    let stop = Stop::default();
    let said = interruptible(py, &stop, || {
        let model = load_model(&model, device)?;
        let said = learn::predict(&model, &request, &stop, &|_, _| ())?;
        out.map(|out| said.write(&out)).transpose()?;
        Ok(said)
    })?;
    let said = said.map_err(|error: CohortError| failed(&error))?;
    let result: Bound<'py, PyDict> = as_python(py, &said)?.cast_into()?;
    result.del_item("cases")?;
    result.set_item("table", Bound::new(py, said.with_table(Table::of)?)?)?;
    Ok(result)
}

/// How cases are explained, as a dictionary.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct ExplainArgument {
    method: String,
    samples: Option<usize>,
    seed: u64,
    segments: String,
    hide: String,
    features: usize,
    class_name: Option<String>,
    per_class: usize,
    checked: usize,
    repeats: usize,
}

impl ExplainArgument {
    fn request(self, input: PathBuf, scans: Option<PathBuf>) -> PyResult<ExplainRequest> {
        let method: ExplainMethod = named(self.method)?;
        Ok(ExplainRequest {
            input,
            scans,
            method,
            samples: self.samples.unwrap_or(method.usual_samples()),
            seed: self.seed,
            segments: named(self.segments)?,
            hidden: named(self.hide)?,
            features: self.features,
            class: self.class_name,
            per_class: self.per_class,
            checked: self.checked,
            repeats: self.repeats,
        })
    }
}

/// Says what a model goes by, and whether that can be believed; tables, figures and maps go to `out`.
#[pyfunction]
#[pyo3(signature = (model, input, out, how, *, scans=None, device="cpu"))]
pub(crate) fn explain<'py>(
    py: Python<'py>,
    model: PathBuf,
    input: PathBuf,
    out: PathBuf,
    how: ExplainArgument,
    scans: Option<PathBuf>,
    device: &str,
) -> PyResult<Bound<'py, PyAny>> {
    let device = device.parse().map_err(wrong_word)?;
    let request = how.request(input, scans)?;
    let stop = Stop::default();
    let found = interruptible(py, &stop, || {
        let model = load_model(&model, device)?;
        let found = learn::explain(&model, &request, &stop, &|_, _, _| ())?;
        found.write(&out)?;
        Ok(found)
    })?;
    as_python(py, &found.map_err(|error: CohortError| failed(&error))?)
}

/// The choice that goes by this name.
fn named<T: DeserializeOwned>(name: String) -> PyResult<T> {
    serde_json::from_value(serde_json::Value::String(name)).map_err(wrong_word)
}
