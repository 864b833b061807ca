//! Whole cohorts by threads of this process.

use crate::{
    failure::failed,
    measuring::as_python,
    places::{MethodArgument, Place, StoreArgument, jobs, settings, store},
    table::Table,
    waiting::watched,
};
use hilum_cohort::{CohortError, Event, OutFolder, RunRequest, RunSummary, Stop};
use hilum_core::schema;
use pyo3::{prelude::*, types::PyDict};
use std::{collections::BTreeMap, num::NonZeroUsize, path::PathBuf, sync::mpsc::Sender};

/// What to run, as both engines take it.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct RunArgument {
    input: Place,
    out: Place,
    labels: Option<PathBuf>,
    class_names: BTreeMap<String, String>,
    jobs: Option<NonZeroUsize>,
    max_memory_bytes: Option<u64>,
    retry_failed: bool,
    store: StoreArgument,
}

impl RunArgument {
    /// The request, and the folder on disk that it works in.
    pub(crate) fn request(self) -> Result<(RunRequest, OutFolder), CohortError> {
        let out = OutFolder::at(self.out.0)?;
        let request = RunRequest {
            input: self.input.0,
            out: out.path().to_owned(),
            mirror: out.mirror().cloned(),
            store: store(self.store),
            labels: self.labels,
            class_names: self.class_names,
            jobs: jobs(self.jobs),
            max_memory_bytes: self.max_memory_bytes,
            retry_failed: self.retry_failed,
        };
        Ok((request, out))
    }
}

/// Measures a cohort; `told` hears of every scan: how many are done, of how many, its name, what became of it.
#[pyfunction]
#[pyo3(signature = (arguments, method, *, told=None))]
pub(crate) fn run<'py>(
    py: Python<'py>,
    arguments: RunArgument,
    method: MethodArgument,
    told: Option<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyDict>> {
    let settings = settings(method)?;
    let (request, out) = arguments.request().map_err(|error| failed(&error))?;
    let stop = Stop::default();
    let mut progress = Told { told, done: 0, all: 0 };
    let work = |sender: Sender<Event>| {
        let summary = hilum_cohort::run(&request, &settings, &|event| drop(sender.send(event)), &stop)?;
        out.close()?;
        Ok(summary)
    };
    let summary = watched(py, &stop, work, |event| progress.hear(event))?;
    summarised(py, &summary.map_err(|error: CohortError| failed(&error))?)
}

/// A summary as a dictionary, with the measurements as a table.
pub(crate) fn summarised<'py>(py: Python<'py>, summary: &RunSummary) -> PyResult<Bound<'py, PyDict>> {
    let result: Bound<'py, PyDict> = as_python(py, summary)?.cast_into()?;
    let table = Table::of(&schema::Table::of_measurements(&summary.rows))?;
    result.set_item("table", Bound::new(py, table)?)?;
    Ok(result)
}

/// Somebody who wants to hear how a run goes.
struct Told<'py> {
    told: Option<Bound<'py, PyAny>>,
    done: usize,
    all: usize,
}

impl Told<'_> {
    fn hear(&mut self, event: Event) -> PyResult<()> {
        match event {
            Event::Planned { total, kept, .. } => (self.done, self.all) = (kept, total),
            Event::Finished { image_id, status, .. } => {
                self.done += 1;
                if let Some(told) = &self.told {
                    told.call1((self.done, self.all, image_id, status.to_string()))?;
                }
            }
            _ => {}
        }
        Ok(())
    }
}
