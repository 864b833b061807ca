//! Arguments that many functions take: places, stores, the method.

use crate::failure::{failed, wrong};
use hilum_cohort::{
    learn::load_lungs,
    scan::{DicomSeg, ScanSettings},
};
use hilum_io::store::{Location, StoreOptions};
use pyo3::prelude::*;
use std::{ffi::OsString, num::NonZeroUsize, path::PathBuf};

/// A path, or the address of something in a store.
pub(crate) struct Place(pub(crate) Location);

impl<'a, 'py> FromPyObject<'a, 'py> for Place {
    type Error = PyErr;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        let typed: OsString = object.extract::<PathBuf>()?.into();
        Ok(Self(typed.try_into().map_err(wrong)?))
    }
}

/// How to reach stores, as a dictionary with the keys `no_sign`, `endpoint`, `region` and `profile`.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct StoreArgument {
    no_sign: bool,
    endpoint: Option<String>,
    region: Option<String>,
    profile: Option<String>,
}

/// The options of a store.
pub(crate) fn store(argument: StoreArgument) -> StoreOptions {
    let StoreArgument { no_sign, endpoint, region, profile } = argument;
    StoreOptions { no_sign, endpoint, region, profile, ..StoreOptions::default() }
}

/// How to measure, as a dictionary with the keys `recipe`, `notebook_dense`, `scout`, `dicom_seg` and `lungs`.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct MethodArgument {
    recipe: String,
    notebook_dense: Option<String>,
    scout: bool,
    dicom_seg: bool,
    lungs: Option<PathBuf>,
}

/// The settings that a method means.
pub(crate) fn settings(argument: MethodArgument) -> PyResult<ScanSettings> {
    let MethodArgument { recipe, notebook_dense, scout, dicom_seg, lungs } = argument;
    let recipe = recipe.parse().map_err(wrong_word)?;
    let dense = notebook_dense.map(|name| name.parse().map_err(wrong_word)).transpose()?;
    let settings = ScanSettings::chosen(recipe, dense, scout).map_err(wrong)?;
    let lungs = lungs.map(|folder| load_lungs(&folder)).transpose().map_err(|error| failed(&error))?;
    let settings = settings.with_lungs(lungs).map_err(wrong)?;
    Ok(ScanSettings { dicom_seg: dicom_seg.then_some(DicomSeg::Anonymous), ..settings })
}

/// A word that is none of those known.
pub(crate) fn wrong_word(problem: impl ToString) -> PyErr {
    wrong(problem.to_string())
}

/// As many jobs as asked for, or one per processor.
pub(crate) fn jobs(asked: Option<NonZeroUsize>) -> NonZeroUsize {
    asked.or_else(|| std::thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN)
}
