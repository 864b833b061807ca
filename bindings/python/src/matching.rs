//! Two pictures: keypoints and what of them matches.

use crate::{
    failure::failed, measuring::as_python, places::wrong_word, table::Table, waiting::interruptible,
};
use hilum_cohort::{
    Stop,
    keypoints::{GreyMapping, MatchSettings, PairRequest, match_pair as matched},
};
use hilum_core::Recipe;
use hilum_imaging::matching::{Norm, Ransac, TransformKind};
use pyo3::{prelude::*, types::PyDict};
use std::path::PathBuf;

/// How two pictures are matched, as a dictionary.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct MatchArgument {
    recipe: String,
    grey: String,
    lungs: bool,
    norm: String,
    ratio: f32,
    transform: String,
    tolerance_px: f64,
    seed: u64,
}

impl MatchArgument {
    fn settings(&self) -> PyResult<MatchSettings> {
        let norm = match self.norm.as_str() {
            "l1" => Norm::L1,
            "l2" => Norm::L2,
            other => return Err(wrong_word(format!("unknown norm '{other}': use l1 or l2"))),
        };
        let kind = match self.transform.as_str() {
            "similarity" => TransformKind::Similarity,
            "affine" => TransformKind::Affine,
            other => {
                return Err(wrong_word(format!("unknown transform '{other}': use similarity or affine")));
            }
        };
        let ransac = Ransac { kind, tolerance_px: self.tolerance_px, seed: self.seed, ..Ransac::default() };
        Ok(MatchSettings { norm, ratio: self.ratio, ransac })
    }

    fn mapping(&self) -> PyResult<GreyMapping> {
        match self.grey.as_str() {
            "window" => Ok(GreyMapping::default()),
            "min-max" => Ok(GreyMapping::MinMax),
            other => Err(wrong_word(format!("unknown grey mapping '{other}': use window or min-max"))),
        }
    }
}

/// Finds the keypoints of two scans or pictures and matches them.
#[pyfunction]
pub(crate) fn match_pair<'py>(
    py: Python<'py>,
    a: PathBuf,
    b: PathBuf,
    how: MatchArgument,
) -> PyResult<Bound<'py, PyDict>> {
    let recipe: Recipe = how.recipe.parse().map_err(wrong_word)?;
    let request = PairRequest {
        inputs: [a, b],
        recipe,
        mapping: how.mapping()?,
        lungs: how.lungs,
        settings: how.settings()?,
    };
    let found = interruptible(py, &Stop::default(), || matched(&request))?;
    let found = found.map_err(|error| failed(&error))?;
    let result: Bound<'py, PyDict> = as_python(py, &found.summary())?.cast_into()?;
    for (name, table) in [("keypoints", found.keypoints()), ("match_table", found.matches())] {
        result.set_item(name, Bound::new(py, Table::of(&table)?)?)?;
    }
    Ok(result)
}
