//! One scan, end to end: open, gate, select, segment, measure, and write what was found. The whole science of hilum
//! happens here, in this order; each step is a function of hilum-imaging.
//!
//! In: a NIfTI file and the settings. Out: a [`ScanRecord`], and in the scan's folder the pictures and masks. A file that
//! cannot be read, a scan that is no chest CT, a scan without lungs: all of these are records with a reason.

use crate::{
    AreaCurve, InputFacts, Measure, ScanRecord, ScanRef,
    pictures::{OUTPUTS, OutputError, hash_of, write_outputs},
};
use hilum_core::{
    Direction, Finding, Geometry, Level, MaskVolume, Recipe, SliceSource, Status, schema::Measurement,
};
use hilum_imaging::{
    Gate, SliceChoice, geometry_findings,
    lungs::{Lungs, Planes},
};
use hilum_io::nifti::{NiftiError, NiftiFile, NiftiReader, ReadBuffers, ReadMode};
use serde::Serialize;
use std::{ops::ControlFlow, path::Path};

/// Scans that need more than this at once are streamed, so that one scan never takes more than 400 MiB.
const LARGEST_AT_ONCE_BYTES: u64 = 384 << 20;
/// Bits a voxel that the masks take while a scan is measured, with some room for the graph of air regions.
const MASK_BITS: u64 = 4;
/// Lungs smaller or larger than this (ml) are looked at twice: children, partial scans, leaks.
const USUAL_LUNG_ML: std::ops::RangeInclusive<f64> = 1500.0..=9000.0;
/// Lung on the first or last slice of more than this share of the largest section: the scan ends inside the lung.
const CUT_END_FRAC: f64 = 0.1;

/// Everything that changes the results.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct ScanSettings {
    /// How to select and measure.
    pub recipe: Recipe,
}

/// Memory that a worker keeps from scan to scan.
#[derive(Debug, Default)]
pub struct Workspace {
    buffers: ReadBuffers,
}

/// A scan that was read to the end.
#[derive(Debug)]
pub struct Examined {
    /// What there is to say about it.
    pub findings: Vec<Finding>,
    /// The lungs; `None` when a finding of level reject says why not.
    pub measured: Option<Measured>,
}

/// What was found in a scan with lungs.
#[derive(Debug)]
pub struct Measured {
    /// The lung, on every slice (default recipe) or on the chosen slice alone.
    pub lung: MaskVolume,
    /// The dense tissue in it.
    pub dense: MaskVolume,
    /// Lung area of every axial slice.
    pub area_px: Vec<u64>,
    /// The chosen slice.
    pub choice: SliceChoice,
    /// Lung volume; `None` where only one slice was segmented.
    pub lung_volume_ml: Option<f64>,
}

impl Measured {
    /// Pixels of dense tissue on the chosen slice.
    pub fn dense_area_px(&self) -> u64 {
        self.dense.slice(self.choice.index).count_px()
    }
}

/// Opens the file for reading in this mode, or in the only one it has.
///
/// # Errors
/// [`NiftiError`] if the voxels cannot be read or unpacked.
pub fn open_voxels<'a>(
    file: &'a NiftiFile,
    mode: ReadMode,
    workspace: &'a mut Workspace,
) -> Result<NiftiReader<'a>, NiftiError> {
    let mode = if file.supports_streaming() { mode } else { ReadMode::Whole };
    file.reader(mode, &mut workspace.buffers)
}

/// Gates, selects and segments one scan.
///
/// # Errors
/// [`NiftiError`] if the voxels cannot be read; a scan that can be read but not measured is no error.
pub fn examine(
    file: &NiftiFile,
    voxels: &mut NiftiReader<'_>,
    settings: &ScanSettings,
) -> Result<Examined, NiftiError> {
    let geometry = file.geometry();
    let mut findings = file.findings().to_vec();
    findings.extend(geometry_findings(geometry));

    let mut gate = Gate::new(geometry.slices());
    let mut planes = Planes::new(geometry.rows(), geometry.cols(), geometry.slices());
    voxels.visit_slices(&mut |index, slice| {
        gate.take(index, slice);
        planes.take(index, slice);
        ControlFlow::Continue(())
    })?;
    findings.extend(gate.findings());

    let measured = if is_rejected(&findings) {
        None
    } else {
        let (measured, more) = measure_lungs(planes, geometry, settings);
        findings.extend(more);
        measured
    };
    findings.sort_by(|a, b| b.level.cmp(&a.level).then_with(|| a.cmp(b)));
    Ok(Examined { findings, measured })
}

fn is_rejected(findings: &[Finding]) -> bool {
    findings.iter().any(|f| f.level == Level::Reject)
}

fn measure_lungs(
    planes: Planes,
    geometry: &Geometry,
    _settings: &ScanSettings,
) -> (Option<Measured>, Vec<Finding>) {
    let lungs = Lungs::segment(planes, geometry);
    let Some(choice) = SliceChoice::largest(&lungs, geometry) else {
        let reason = "no lung was found: no enclosed air of lung density and size inside the body \
                      (another body part, or lungs cut off by the field of view on every slice)";
        return (None, vec![Finding::reject("no_lung", reason)]);
    };
    let findings = lung_findings(&lungs, &choice, geometry);
    let lung_volume_ml = lungs.lung.count_vox() as f64 * geometry.voxel_volume_mm3() / 1000.0;
    let Lungs { lung, dense, area_px, .. } = lungs;
    (Some(Measured { lung, dense, area_px, choice, lung_volume_ml: Some(lung_volume_ml) }), findings)
}

/// What the segmentation has to say about itself.
fn lung_findings(lungs: &Lungs, choice: &SliceChoice, geometry: &Geometry) -> Vec<Finding> {
    let mut findings = Vec::new();
    let slices = geometry.slices();
    let volume_ml = lungs.lung.count_vox() as f64 * geometry.voxel_volume_mm3() / 1000.0;
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
    if slices > 1 && !lungs.airway_found {
        let message = "no trachea was found at the top: if it is in the scan, it counts as lung";
        findings.push(Finding::note("no_trachea", message));
    }
    findings
}

impl Measure for ScanSettings {
    type Workspace = Workspace;

    fn recipe(&self) -> Recipe {
        self.recipe
    }

    fn outputs(&self) -> &[&str] {
        OUTPUTS
    }

    fn estimate_bytes(&self, scan: &ScanRef, mode: ReadMode) -> Option<u64> {
        let file = NiftiFile::open(&scan.path).ok()?;
        let masks = file.geometry().voxels() as u64 * MASK_BITS / 8;
        let bytes = file.memory_bytes(mode) + masks;
        match (mode, file.supports_streaming()) {
            (ReadMode::Streamed, false) => None,
            (ReadMode::Whole, true) if bytes > LARGEST_AT_ONCE_BYTES => None,
            _ => Some(bytes),
        }
    }

    fn process(
        &self,
        scan: &ScanRef,
        mode: ReadMode,
        folder: &Path,
        workspace: &mut Workspace,
    ) -> ScanRecord {
        let failed = |code: &str, error: &dyn std::error::Error| {
            ScanRecord::failed(&scan.image_id, &scan.uri, self.recipe, code, &with_causes(error))
        };
        let input = match hash_of(&scan.files()) {
            Ok((bytes, blake3)) => InputFacts { bytes, blake3, format: String::new() },
            Err(error) => return failed("unreadable", &error),
        };
        let (format, result) = match NiftiFile::open(&scan.path) {
            Ok(file) => (file.format(), self.measure(&file, scan, mode, folder, workspace)),
            Err(error) => (String::new(), Err(error.into())),
        };
        let input = Some(InputFacts { format, ..input });
        match result {
            Ok(record) => ScanRecord { input, ..record },
            Err(OutputError::Nifti(error)) => ScanRecord { input, ..failed("unreadable", &error) },
            Err(error) => ScanRecord { input, ..failed("not_written", &error) },
        }
    }
}

impl ScanSettings {
    fn measure(
        &self,
        file: &NiftiFile,
        scan: &ScanRef,
        mode: ReadMode,
        folder: &Path,
        workspace: &mut Workspace,
    ) -> Result<ScanRecord, OutputError> {
        let mut voxels = open_voxels(file, mode, workspace)?;
        let examined = examine(file, &mut voxels, self)?;
        if let Some(measured) = &examined.measured {
            write_outputs(file, &mut voxels, measured, folder)?;
        }
        Ok(record(file, scan, self.recipe, examined))
    }
}

fn with_causes(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        words.push_str(&format!(": {error}"));
        cause = error.source();
    }
    words
}

/// The row, findings and curve of a scan that was read.
fn record(file: &NiftiFile, scan: &ScanRef, recipe: Recipe, examined: Examined) -> ScanRecord {
    let geometry = file.geometry();
    let row = row(&scan.image_id, &scan.uri, recipe, geometry, &examined);
    let curve = examined.measured.as_ref().map(|measured| AreaCurve {
        slice_spacing_mm: geometry.slice_spacing_mm(),
        area_mm2: measured.area_px.iter().map(|&px| px as f64 * geometry.pixel_area_mm2()).collect(),
        chosen: measured.choice.index,
        superior_is_last: geometry.frame().slice_direction == Direction::Superior,
    });
    ScanRecord { key: String::new(), row, findings: examined.findings, input: None, curve }
}

/// The row of the measurement table for a scan that was read.
pub fn row(
    image_id: &str,
    uri: &str,
    recipe: Recipe,
    geometry: &Geometry,
    examined: &Examined,
) -> Measurement {
    let spacing = geometry.in_plane_spacing_mm();
    let rejected = examined.findings.iter().find(|f| f.level == Level::Reject);
    let status = if examined.measured.is_some() { Status::Measured } else { Status::Rejected };
    let mut row = Measurement {
        findings: examined.findings.iter().map(|f| f.code.clone()).collect(),
        rows_px: Some(geometry.rows() as u64),
        cols_px: Some(geometry.cols() as u64),
        slices_px: Some(geometry.slices() as u64),
        row_spacing_mm: Some(spacing.row),
        col_spacing_mm: Some(spacing.col),
        slice_spacing_mm: Some(geometry.slice_spacing_mm()),
        orientation: Some(geometry.orientation().to_string()),
        ..Measurement::unmeasured(image_id, uri, recipe, status, rejected.map(|f| f.message.clone()))
    };
    row.findings.dedup();
    if let Some(measured) = &examined.measured {
        let (lung_px, dense_px) = (measured.choice.area_px, measured.dense_area_px());
        row.slice_index = Some(measured.choice.index as u64);
        row.lung_area_px = Some(lung_px);
        row.lung_area_mm2 = Some(lung_px as f64 * geometry.pixel_area_mm2());
        row.dense_area_px = Some(dense_px);
        row.dense_area_mm2 = Some(dense_px as f64 * geometry.pixel_area_mm2());
        row.dense_ratio_percent = Some(100.0 * dense_px as f64 / lung_px as f64);
        row.lung_state = Some(measured.choice.state);
        row.plateau_width_mm = Some(measured.choice.plateau_width_mm(geometry.slice_spacing_mm()));
        row.lung_volume_ml = measured.lung_volume_ml;
    }
    row
}
