//! One scan, end to end: open, gate, select, segment, measure, and write what was found. The whole science of hilum
//! happens here, in this order; each step is a function of hilum-imaging.
//!
//! In: a NIfTI file or DICOM series and the settings. Out: a [`ScanRecord`], and in the scan's folder the pictures and masks. A file that
//! cannot be read, a scan that is no chest CT, a scan without lungs: all of these are records with a reason.

use crate::error::with_causes;
use crate::{
    AreaCurve, InputFacts, Measure, Remote, ScanRecord, ScanRef,
    method::{Measured, Method},
    pictures::{OUTPUTS, OutputError, hash_of, write_outputs},
    schedule::bytes_stored,
    scouting::{Scouted, examine_few},
    segmentation,
};
use hilum_core::{
    Direction, Finding, Geometry, Level, MOST_SLICE_SIDE_PX, Recipe, SliceSource, Status, schema::Measurement,
};
use hilum_imaging::{Gate, geometry_findings};
use hilum_io::{ScanError, ScanFile, ScanReader, nifti::ReadBuffers, store::StoreError};
use std::{ops::ControlFlow, path::Path};

pub use crate::segmentation::{DicomSeg, SEGMENTATION_FILE};
pub use crate::settings::{MeaninglessSetting, ScanSettings};

/// Bits a voxel that the masks take while a scan is measured, with room for the graph of air regions.
const MASK_BITS: u64 = 3;
/// Bits a voxel that a DICOM Segmentation object takes: right, left, and the bits of three segments on their way.
const SEGMENTATION_BITS: u64 = 6;

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
    /// How many slices were read, where the scout chose them.
    pub scouted_slices: Option<usize>,
}

/// Opens the file for reading.
///
/// # Errors
/// [`ScanError`] if the voxels cannot be read or unpacked.
pub fn open_voxels<'a>(
    file: &'a ScanFile,
    workspace: &'a mut Workspace,
) -> Result<ScanReader<'a>, ScanError> {
    file.reader(&mut workspace.buffers)
}

/// Gates, selects and segments one scan.
///
/// # Errors
/// [`ScanError`] if the voxels cannot be read; a scan that can be read but not measured is no error.
pub fn examine(
    file: &ScanFile,
    voxels: &mut ScanReader<'_>,
    settings: &ScanSettings,
) -> Result<Examined, ScanError> {
    let geometry = file.geometry();
    let mut findings = file.findings().to_vec();
    findings.extend(geometry_findings(geometry));
    // No mask can be made of such slices: they are not read.
    if geometry.rows().max(geometry.cols()) > MOST_SLICE_SIDE_PX {
        gravest_first(&mut findings);
        return Ok(Examined { findings, measured: None, scouted_slices: None });
    }
    if settings.picks_slices(file) {
        let dense = settings.notebook_dense.unwrap_or_default();
        let Scouted { findings: found, measured, slices } = examine_few(geometry, voxels, dense)?;
        findings.extend(found);
        let measured = measured.filter(|_| findings.iter().all(|f| f.level != Level::Reject));
        gravest_first(&mut findings);
        return Ok(Examined { findings, measured, scouted_slices: Some(slices) });
    }
    if settings.scout {
        let message = "the scout serves the recipe notebook and plain files that are sliced along the body: all of this \
                       one was read";
        findings.push(Finding::note("scout_read_all", message));
    }

    let mut gate = Gate::new(geometry.slices());
    let mut method = Method::new(settings, geometry);
    voxels.visit_slices(&mut |index, slice| {
        gate.take(index, slice);
        method.take(index, slice);
        ControlFlow::Continue(())
    })?;
    findings.extend(gate.findings());

    let rejected = findings.iter().any(|f| f.level == Level::Reject);
    let measured = if rejected { None } else { method.finish(geometry, &mut findings) };
    gravest_first(&mut findings);
    Ok(Examined { findings, measured, scouted_slices: None })
}

impl Measure for ScanSettings {
    type Workspace = Workspace;

    fn recipe(&self) -> Recipe {
        self.recipe
    }

    fn outputs(&self) -> &[&str] {
        OUTPUTS
    }

    fn estimate_bytes(&self, scan: &ScanRef) -> Option<u64> {
        let file = scan.open().ok()?;
        let bits = MASK_BITS + if self.dicom_seg.is_some() { SEGMENTATION_BITS } else { 0 };
        let masks = file.geometry().voxels() as u64 * bits / 8;
        let net = self.lungs.as_ref().map_or(0, |lungs| lungs.memory_bytes(file.geometry()));
        Some(file.memory_bytes() + masks + net)
    }

    fn process(&self, scan: &ScanRef, folder: &Path, workspace: &mut Workspace) -> ScanRecord {
        let failed = |code: &str, error: &dyn std::error::Error| {
            ScanRecord::failed(&scan.image_id, &scan.uri, self.recipe, code, &with_causes(error))
        };
        let opened = scan.open();
        let picked = opened.as_ref().is_ok_and(|file| self.picks_slices(file));
        let mut input = match input_facts(scan, picked) {
            Ok(input) => input,
            Err(error) => return failed("unreadable", &error),
        };
        let result = match opened {
            Ok(file) => {
                input.format = file.format();
                self.measure(&file, scan, folder, workspace, &mut input)
            }
            Err(error) => Err(error.into()),
        };
        let input = Some(input);
        match result {
            Ok(record) => ScanRecord { input, ..record },
            Err(OutputError::Read(error)) => {
                let code = if comes_from_store(&error) { "unreachable" } else { "unreadable" };
                ScanRecord { input, ..failed(code, &error) }
            }
            Err(error) => ScanRecord { input, ..failed("not_written", &error) },
        }
    }
}

impl ScanSettings {
    /// Whether slices are picked out of `file` in place of reading all of it.
    fn picks_slices(&self, file: &ScanFile) -> bool {
        self.scout && self.recipe == Recipe::Notebook && file.supports_single_slices()
    }

    fn measure(
        &self,
        file: &ScanFile,
        scan: &ScanRef,
        folder: &Path,
        workspace: &mut Workspace,
        input: &mut InputFacts,
    ) -> Result<ScanRecord, OutputError> {
        if file.findings().iter().any(|f| f.level == Level::Reject) {
            return Ok(record(file, scan, self.recipe, unread(file)));
        }
        let mut voxels = open_voxels(file, workspace)?;
        let mut examined = examine(file, &mut voxels, self)?;
        if let Some(content) = voxels.content() {
            input.blake3 = Some(content.blake3.clone());
        }
        // The chosen slice is read once more for its pictures.
        let slice_bytes = file.voxel_bytes() / file.geometry().slices() as u64;
        input.read_bytes = examined.scouted_slices.map(|slices| (slices as u64 + 1) * slice_bytes);
        if let Some(measured) = &examined.measured {
            write_outputs(file, &mut voxels, measured, folder)?;
            if let Some(seg) = self.dicom_seg {
                examined.findings.extend(segmentation::write(file, measured, seg, folder)?);
                gravest_first(&mut examined.findings);
            }
        }
        Ok(record(file, scan, self.recipe, examined))
    }
}

fn gravest_first(findings: &mut [Finding]) {
    findings.sort_by(|a, b| b.level.cmp(&a.level).then_with(|| a.cmp(b)));
}

/// What is known of the input before it is read: files on disk are hashed here, objects while they arrive; files of which
/// only slices are `picked` are not.
fn input_facts(scan: &ScanRef, picked: bool) -> std::io::Result<InputFacts> {
    let (bytes, blake3) = match &scan.remote {
        Some(Remote::Object(object)) => (object.bytes(), None),
        _ if picked => (bytes_stored(scan), None),
        _ => hash_of(&scan.files()).map(|(bytes, blake3)| (bytes, Some(blake3)))?,
    };
    Ok(InputFacts { bytes, blake3, read_bytes: None, format: String::new() })
}

/// Whether it was the store or the network that failed, and not the scan.
fn comes_from_store(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        let inside = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        if inside.is_some_and(|inner| inner.is::<StoreError>()) {
            return true;
        }
        cause = error.source();
    }
    false
}

/// What there is to say about a scan that its headers reject.
fn unread(file: &ScanFile) -> Examined {
    let mut findings = file.findings().to_vec();
    findings.extend(geometry_findings(file.geometry()));
    gravest_first(&mut findings);
    Examined { findings, measured: None, scouted_slices: None }
}

/// The row, findings and curve of a scan that was read.
fn record(file: &ScanFile, scan: &ScanRef, recipe: Recipe, examined: Examined) -> ScanRecord {
    let geometry = file.geometry();
    let row = row(&scan.image_id, &scan.uri, recipe, geometry, &examined);
    let seen_whole = examined.measured.as_ref().filter(|measured| !measured.area_px.is_empty());
    let curve = seen_whole.map(|measured| AreaCurve {
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
        row.lung_state = measured.lung_state;
        row.plateau_width_mm = examined
            .scouted_slices
            .is_none()
            .then(|| measured.choice.plateau_width_mm(geometry.slice_spacing_mm()));
        row.lung_volume_ml = measured.lung_volume_ml;
    }
    row
}
