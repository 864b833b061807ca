//! A scan of which only the slices are read that the choice of one needs.
//!
//! In: a file whose slices lie at known places, and a recipe that outlines each slice by itself. Out: the chosen slice with
//! its masks, as a full read gives it in nearly all scans; what needs all slices (plateau, area curve) is not measured.

use crate::method::{Measured, NOTEBOOK_NO_LUNG};
use hilum_core::{Finding, Geometry, Mask, MaskVolume, SliceView};
use hilum_imaging::{
    Gate, SliceChoice,
    notebook::{NotebookDense, NotebookScan, notebook_air},
    scout::{Seen, air_inside_px, largest, scout},
};
use hilum_io::{ScanError, ScanReader};
use std::collections::BTreeMap;

/// What the scout brought back.
pub(crate) struct Scouted {
    pub(crate) findings: Vec<Finding>,
    pub(crate) measured: Option<Measured>,
    /// Slices that were read.
    pub(crate) slices: usize,
}

/// Reads slices until the one with the largest lung is found, as the notebook outlines it, and measures it.
///
/// # Errors
/// [`ScanError`] if a slice cannot be read.
pub(crate) fn examine_few(
    geometry: &Geometry,
    voxels: &mut ScanReader<'_>,
    dense: NotebookDense,
) -> Result<Scouted, ScanError> {
    let mut gate = Gate::new(1);
    let mut outlined: BTreeMap<usize, NotebookScan> = BTreeMap::new();
    let mut seen = BTreeMap::new();
    let mut air = Mask::new(geometry.rows(), geometry.cols());
    let seen = scout(geometry.slices(), geometry.slice_spacing_mm(), |next| {
        for &index in next {
            voxels.read_slice(index, &mut |slice: SliceView<'_>| {
                gate.take(0, slice);
                let mut scan = NotebookScan::new(geometry.rows(), geometry.cols());
                scan.take(slice);
                notebook_air(slice, &mut air);
                seen.insert(index, Seen { area: scan.area_px[0], air: air_inside_px(air.view()) });
                outlined.insert(index, scan);
            })?;
        }
        Ok::<_, ScanError>(seen.clone())
    })?;
    let (mut findings, slices) = (gate.findings(), seen.len());
    let message = format!(
        "the slice was chosen by the scout from {slices} of {} slices; plateau and area curve were not measured",
        geometry.slices()
    );
    findings.push(Finding::note("scout_chosen", message));
    let measured = largest(&seen).and_then(|index| {
        let (area_px, best) = (seen.get(&index)?.area, outlined.get(&index)?.best(dense)?);
        let [lung, dense] = [best.lung, best.dense].map(|mask| on_slice(&mask, index, geometry));
        let choice = SliceChoice { index, area_px, plateau: (index, index) };
        Some(Measured { lung, dense, area_px: Vec::new(), choice, lung_state: None, lung_volume_ml: None })
    });
    if measured.is_none() {
        let message = format!("{NOTEBOOK_NO_LUNG}, of the {slices} that the scout read");
        findings.push(Finding::reject("notebook_no_lung", message));
    }
    Ok(Scouted { findings, measured, slices })
}

fn on_slice(mask: &Mask, index: usize, geometry: &Geometry) -> MaskVolume {
    let mut volume = MaskVolume::new(geometry.rows(), geometry.cols(), geometry.slices());
    volume.slice_mut(index).or(mask.view());
    volume
}
