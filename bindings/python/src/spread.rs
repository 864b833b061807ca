//! Whole cohorts by processes that somebody else starts: what a coordinator and its workers need.

use crate::{
    cohort::{RunArgument, summarised},
    failure::{HilumError, failed, wrong},
    places::{MethodArgument, Place, StoreArgument, settings},
    waiting::interruptible,
};
use hilum_cohort::{CohortError, OutFolder, SpreadRun, Stop, Task, scan::ScanSettings};
use hilum_core::schema::Measurement;
use pyo3::{prelude::*, types::PyDict};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A run whose scans others measure. The output folder stays locked until it is finished or dropped.
#[pyclass(frozen, module = "hilum")]
pub(crate) struct Plan {
    run: Mutex<Option<(SpreadRun<ScanSettings>, OutFolder)>>,
}

/// Plans a run: looks at the input, locks the output, and sees what is done.
#[pyfunction]
pub(crate) fn plan(py: Python<'_>, arguments: RunArgument, method: MethodArgument) -> PyResult<Plan> {
    let settings = settings(method)?;
    let planned = interruptible(py, &Stop::default(), || {
        let (request, out) = arguments.request()?;
        Ok((SpreadRun::begin(request, settings)?, out))
    })?;
    let run = planned.map_err(|error: CohortError| failed(&error))?;
    Ok(Plan { run: Mutex::new(Some(run)) })
}

#[pymethods]
impl Plan {
    /// Scans of the cohort.
    #[getter]
    fn scans(&self) -> PyResult<usize> {
        self.with(|run| Ok(run.scans()))
    }

    /// What is to do, the largest first: each task as text, and the bytes of its scan.
    fn tasks(&self) -> PyResult<Vec<(String, u64)>> {
        let tasks = self.with(SpreadRun::tasks)?;
        let sent = |task: &Task| Ok((serde_json::to_string(task).map_err(wrong)?, task.bytes));
        tasks.iter().map(sent).collect()
    }

    /// Which of the tasks have no record yet.
    fn missing(&self, py: Python<'_>, tasks: Vec<String>) -> PyResult<Vec<String>> {
        let parsed: Vec<Task> = tasks.iter().map(|text| task(text)).collect::<PyResult<_>>()?;
        let there = py.detach(|| self.with_mut(|run| run.recorded(&parsed)))?;
        Ok(tasks.into_iter().zip(there).filter(|(_, there)| !there).map(|(text, _)| text).collect())
    }

    /// Puts the rows of one wave beside the scans, for whoever watches.
    fn write_wave(&self, py: Python<'_>, number: u32, rows: Vec<String>) -> PyResult<()> {
        let rows: Vec<Measurement> =
            rows.iter().map(|row| serde_json::from_str(row).map_err(wrong)).collect::<PyResult<_>>()?;
        py.detach(|| self.with(|run| run.write_wave(number, &rows)))
    }

    /// Writes tables and report when every task has its record.
    fn finish<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let (run, out) = self.lock().take().ok_or_else(finished)?;
        let summary = interruptible(py, &Stop::default(), || {
            let summary = run.finish()?;
            out.close()?;
            Ok(summary)
        })?;
        summarised(py, &summary.map_err(|error: CohortError| failed(&error))?)
    }

    /// Gives the output folder back; what is measured stays.
    fn close(&self) {
        self.lock().take();
    }
}

impl Plan {
    fn lock(&self) -> MutexGuard<'_, Option<(SpreadRun<ScanSettings>, OutFolder)>> {
        self.run.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with<T>(&self, ask: impl FnOnce(&SpreadRun<ScanSettings>) -> Result<T, CohortError>) -> PyResult<T> {
        let run = self.lock();
        ask(&run.as_ref().ok_or_else(finished)?.0).map_err(|error| failed(&error))
    }

    fn with_mut<T>(
        &self,
        ask: impl FnOnce(&mut SpreadRun<ScanSettings>) -> Result<T, CohortError>,
    ) -> PyResult<T> {
        let mut run = self.lock();
        ask(&mut run.as_mut().ok_or_else(finished)?.0).map_err(|error| failed(&error))
    }
}

fn finished() -> PyErr {
    HilumError::new_err("the run is finished: plan it again to go on")
}

/// Measures tasks of a plan, one after the other.
#[pyclass(frozen, module = "hilum")]
pub(crate) struct Worker {
    worker: Mutex<hilum_cohort::Worker<ScanSettings>>,
}

#[pymethods]
impl Worker {
    #[new]
    #[pyo3(signature = (out, method, store, max_memory_bytes=None))]
    fn new(
        out: Place,
        method: MethodArgument,
        store: StoreArgument,
        max_memory_bytes: Option<u64>,
    ) -> PyResult<Self> {
        let options = crate::places::store(store);
        let worker = hilum_cohort::Worker::open(settings(method)?, &out.0, options, max_memory_bytes);
        Ok(Self { worker: Mutex::new(worker.map_err(|error| failed(&error))?) })
    }

    /// Measures one scan and puts what comes of it into the output folder; its row as text.
    fn measure(&self, py: Python<'_>, text: &str) -> PyResult<String> {
        let task = task(text)?;
        let record = interruptible(py, &Stop::default(), || self.lock().measure(&task))?;
        serde_json::to_string(&record.map_err(|error| failed(&error))?.row).map_err(wrong)
    }

    /// Gives up a scan that killed its process: its record says why; its row as text.
    fn give_up(&self, py: Python<'_>, text: &str, reason: &str) -> PyResult<String> {
        let task = task(text)?;
        let record = py.detach(|| self.lock().give_up(&task, reason));
        serde_json::to_string(&record.map_err(|error| failed(&error))?.row).map_err(wrong)
    }
}

impl Worker {
    fn lock(&self) -> MutexGuard<'_, hilum_cohort::Worker<ScanSettings>> {
        self.worker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn task(text: &str) -> PyResult<Task> {
    serde_json::from_str(text).map_err(wrong)
}
