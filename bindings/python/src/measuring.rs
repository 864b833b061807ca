//! One scan: the slice, the masks, the numbers.

use crate::{
    arrays,
    failure::{RejectedError, failed, unreadable, wrong},
    places::{MethodArgument, Place, StoreArgument, settings, store},
    scan::Scan,
    waiting::interruptible,
};
use hilum_cohort::{Look, Stop, find_one, look};
use hilum_core::Level;
use pyo3::{prelude::*, types::PyDict};
use serde::Serialize;

/// A scan that is open already, or where one lies.
#[derive(FromPyObject)]
pub(crate) enum ScanArgument<'py> {
    Open(Bound<'py, Scan>),
    At(Place),
}

/// The row of the measurement table, with the messages of the findings.
#[pyfunction]
pub(crate) fn measure<'py>(
    py: Python<'py>,
    scan: ScanArgument<'py>,
    method: MethodArgument,
    store: StoreArgument,
) -> PyResult<Bound<'py, PyAny>> {
    let found = looked_at(py, &scan, method, store)?;
    let row = as_python(py, &found.row)?;
    row.set_item("messages", as_python(py, &found.examined.findings)?)?;
    Ok(row)
}

/// The axial slice with the largest lung area.
#[pyfunction]
pub(crate) fn select<'py>(
    py: Python<'py>,
    scan: ScanArgument<'py>,
    method: MethodArgument,
    store: StoreArgument,
) -> PyResult<Bound<'py, PyDict>> {
    let found = looked_at(py, &scan, method, store)?;
    let row = measured(&found)?;
    let choice = PyDict::new(py);
    choice.set_item("slice_index", row.slice_index)?;
    choice.set_item("lung_area_mm2", row.lung_area_mm2)?;
    choice.set_item("lung_state", row.lung_state.map(|state| state.to_string()))?;
    choice.set_item("plateau_width_mm", row.plateau_width_mm)?;
    choice.set_item("area_mm2", numpy::PyArray1::from_vec(py, found.area_mm2()))?;
    Ok(choice)
}

/// Masks of lung and dense tissue, and the row of the measurement table.
#[pyfunction]
pub(crate) fn segment<'py>(
    py: Python<'py>,
    scan: ScanArgument<'py>,
    method: MethodArgument,
    store: StoreArgument,
) -> PyResult<Bound<'py, PyDict>> {
    let found = looked_at(py, &scan, method, store)?;
    let row = measured(&found)?;
    let segments = PyDict::new(py);
    segments.set_item("row", as_python(py, row)?)?;
    if let Some(masks) = &found.examined.measured {
        segments.set_item("lung", arrays::mask(py, &found.geometry, &masks.lung)?)?;
        segments.set_item("dense", arrays::mask(py, &found.geometry, &masks.dense)?)?;
    }
    Ok(segments)
}

fn looked_at(
    py: Python<'_>,
    scan: &ScanArgument<'_>,
    method: MethodArgument,
    options: StoreArgument,
) -> PyResult<Look> {
    let (settings, options) = (settings(method)?, store(options));
    let open = match scan {
        ScanArgument::Open(scan) => Ok(scan.get().scan.clone()),
        ScanArgument::At(place) => Err(place.0.clone()),
    };
    interruptible(py, &Stop::default(), move || {
        let scan = open.or_else(|place| find_one(&place, &options)).map_err(|error| failed(&error))?;
        look(&scan, &settings).map_err(|error| unreadable(&error))
    })?
}

/// The row of a scan that could be measured; else why not.
fn measured(found: &Look) -> PyResult<&hilum_core::schema::Measurement> {
    let rejected = found.examined.findings.iter().find(|finding| finding.level == Level::Reject);
    match (&found.examined.measured, rejected) {
        (Some(_), _) => Ok(&found.row),
        (None, Some(finding)) => Err(RejectedError::new_err(finding.message.clone())),
        (None, None) => Err(RejectedError::new_err(found.row.reason.clone())),
    }
}

/// What JSON says of `value`, as Python's own lists and dictionaries.
pub(crate) fn as_python<'py>(py: Python<'py>, value: &impl Serialize) -> PyResult<Bound<'py, PyAny>> {
    let text = serde_json::to_string(value).map_err(wrong)?;
    py.import("json")?.call_method1("loads", (text,))
}
