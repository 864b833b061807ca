//! The ways of measuring: slices in, one after the other; lung and dense tissue of the chosen slice out.

use crate::{net_lungs::NetLungs, scan::ScanSettings};
use hilum_core::{Direction, Finding, Geometry, Mask, MaskVolume, Recipe, SliceView, schema::LungState};
use hilum_imaging::{
    SliceChoice, lung_state,
    lungs::{Lungs, Planes},
    notebook::{NotebookDense, NotebookScan},
};

/// Lungs smaller or larger than this (ml) are looked at twice: children, partial scans, leaks.
const USUAL_LUNG_ML: std::ops::RangeInclusive<f64> = 1500.0..=9000.0;
/// Lung on the first or last slice of more than this share of the largest section: the scan ends inside the lung.
const CUT_END_FRAC: f64 = 0.1;

/// Why the notebook has nothing to say about a scan.
pub(crate) const NOTEBOOK_NO_LUNG: &str = "the notebook finds no pair of lungs on any slice";

/// What was found in a scan with lungs.
#[derive(Debug)]
pub struct Measured {
    /// The lung, on every slice (default recipe) or on the chosen slice alone (notebook).
    pub lung: MaskVolume,
    /// The dense tissue in it.
    pub dense: MaskVolume,
    /// Lung area of every axial slice; empty where only some slices were read.
    pub area_px: Vec<u64>,
    /// The chosen slice.
    pub choice: SliceChoice,
    /// How the lungs stand on it; `None` for a recipe that does not ask.
    pub lung_state: Option<LungState>,
    /// Lung volume; `None` where only one slice was segmented.
    pub lung_volume_ml: Option<f64>,
}

impl Measured {
    /// Pixels of dense tissue on the chosen slice.
    pub fn dense_area_px(&self) -> u64 {
        self.dense.slice(self.choice.index).count_px()
    }
}

/// A recipe at work on one scan.
pub(crate) enum Method {
    /// hilum's own: everything is decided when all slices have been seen.
    Default(Box<Planes>),
    /// The notebook's: every slice by itself.
    Notebook(Box<NotebookScan>, NotebookDense),
    /// hilum's own, with the lungs that a net outlines, every slice by itself.
    Net(Box<NetLungs>),
}

impl Method {
    pub(crate) fn new(settings: &ScanSettings, geometry: &Geometry) -> Self {
        let (rows, cols) = (geometry.rows(), geometry.cols());
        match settings.recipe {
            Recipe::Default if let Some(model) = &settings.lungs => {
                Self::Net(Box::new(NetLungs::new(model, geometry)))
            }
            Recipe::Default => Self::Default(Box::new(Planes::new(rows, cols, geometry.slices()))),
            Recipe::Notebook => Self::Notebook(
                Box::new(NotebookScan::new(rows, cols)),
                settings.notebook_dense.unwrap_or_default(),
            ),
        }
    }

    /// Takes in the next slice.
    pub(crate) fn take(&mut self, index: usize, slice: SliceView<'_>) {
        match self {
            Self::Default(planes) => planes.take(index, slice),
            Self::Notebook(scan, _) => scan.take(slice),
            Self::Net(net) => net.take(index, slice),
        }
    }

    /// What was measured, and what there is to say about it; a finding of level reject where there is nothing.
    pub(crate) fn finish(self, geometry: &Geometry, findings: &mut Vec<Finding>) -> Option<Measured> {
        match self {
            Self::Default(planes) => finish_default(*planes, geometry, findings),
            Self::Notebook(scan, dense) => finish_notebook(*scan, dense, geometry, findings),
            Self::Net(net) => net.finish(geometry, findings),
        }
    }
}

fn finish_default(planes: Planes, geometry: &Geometry, findings: &mut Vec<Finding>) -> Option<Measured> {
    let lungs = Lungs::segment(planes, geometry);
    let airway_found = lungs.airway_found;
    let none = "no lung was found: no enclosed air of lung density and size inside the body \
                (another body part, or lungs cut off by the field of view on every slice)";
    let measured = measured(lungs, geometry, findings, none)?;
    if geometry.slices() > 1 && !airway_found {
        let message = "no trachea was found at the top: if it is in the scan, it counts as lung";
        findings.push(Finding::note("no_trachea", message));
    }
    Some(measured)
}

/// The numbers of lungs, however they were outlined; where there are `none`, that is why the scan is rejected.
pub(crate) fn measured(
    lungs: Lungs,
    geometry: &Geometry,
    findings: &mut Vec<Finding>,
    none: &str,
) -> Option<Measured> {
    let Some(choice) = SliceChoice::largest(&lungs.area_px) else {
        findings.push(Finding::reject("no_lung", none));
        return None;
    };
    let lung_vox: u64 = lungs.area_px.iter().sum();
    let lung_volume_ml = lung_vox as f64 * geometry.voxel_volume_mm3() / 1000.0;
    findings.extend(lung_findings(&lungs, &choice, lung_volume_ml, geometry));
    let lung_state = Some(lung_state(&lungs, &choice, geometry));
    let Lungs { lung, dense, area_px, .. } = lungs;
    Some(Measured { lung, dense, area_px, choice, lung_state, lung_volume_ml: Some(lung_volume_ml) })
}

fn finish_notebook(
    scan: NotebookScan,
    dense: NotebookDense,
    geometry: &Geometry,
    findings: &mut Vec<Finding>,
) -> Option<Measured> {
    let dropped = scan.dropped_in_words();
    if geometry.frame().slice_axis != 2 {
        let message = "the notebook slices every file along its third axis; here that is not the body's axis, \
                       and hilum took the axial slices instead";
        findings.push(Finding::warn("notebook_axis", message));
    }
    let Some((choice, best)) = SliceChoice::largest(&scan.area_px).zip(scan.best(dense)) else {
        let message = format!("{NOTEBOOK_NO_LUNG}: {dropped}");
        findings.push(Finding::reject("notebook_no_lung", message));
        return None;
    };
    if !dropped.is_empty() {
        let message = format!("the notebook drops slices: {dropped}");
        findings.push(Finding::note("notebook_dropped_slices", message));
    }
    if scan.equal_hulls > 0 {
        let message = format!(
            "on {} slices two contours have hulls of equal area; there the notebook stops with an exception \
             if its rounding errors are equal too",
            scan.equal_hulls
        );
        findings.push(Finding::note("notebook_equal_hulls", message));
    }
    if dense != NotebookDense::Plain {
        let message = format!(
            "dense tissue is the notebook's in its variant '{dense}': not to be compared with that of another variant"
        );
        findings.push(Finding::note("notebook_dense_variant", message));
    }
    let on_slice = |mask: &Mask| {
        let mut volume = MaskVolume::new(geometry.rows(), geometry.cols(), geometry.slices());
        volume.slice_mut(best.index).or(mask.view());
        volume
    };
    let (lung, dense) = (on_slice(&best.lung), on_slice(&best.dense));
    Some(Measured { lung, dense, area_px: scan.area_px, choice, lung_state: None, lung_volume_ml: None })
}

/// What the segmentation has to say about itself.
fn lung_findings(lungs: &Lungs, choice: &SliceChoice, volume_ml: f64, geometry: &Geometry) -> Vec<Finding> {
    let mut findings = Vec::new();
    let slices = geometry.slices();
    if slices > 1 && !USUAL_LUNG_ML.contains(&volume_ml) {
        let message =
            format!("the lungs measure {volume_ml:.0} ml; adults have 1500 to 9000 ml: look at the mask");
        findings.push(Finding::warn("unusual_lung_volume", message));
    }
    let cut = lungs.cut_off.iter().filter(|&&c| c).count();
    if cut > 0 {
        let message = format!(
            "on {cut} of {slices} slices lung touches the edge of the field of view and is lost there"
        );
        findings.push(Finding::warn("lung_cut_off", message));
    }
    let superior_is_last = geometry.frame().slice_direction == Direction::Superior;
    for (index, is_top) in [(0, !superior_is_last), (slices - 1, superior_is_last)] {
        if slices > 1 && lungs.area_px[index] as f64 > CUT_END_FRAC * choice.area_px as f64 {
            let end = if is_top { "top" } else { "bottom" };
            let message = format!("the scan ends inside the lung at the {end}: volumes are lower bounds");
            findings.push(Finding::warn("lung_cut_at_end", message));
        }
    }
    if slices > 1 && (choice.index == 0 || choice.index == slices - 1) {
        let message =
            "the largest lung section is the first or last slice: the true one may lie beyond the scan";
        findings.push(Finding::warn("largest_at_end", message));
    }
    findings
}
