//! `hilum info`: what the header of a scan says, without reading its voxels.

use super::scan_file::{fact, print_findings, unreadable};
use crate::{args::ScanArgs, failure::Failure, say, units::bytes_in_words};
use hilum_cohort::Measure;
use hilum_cohort::scan::ScanSettings;
use hilum_core::{Affine, AffineSource, Direction, Finding, Geometry};
use hilum_imaging::geometry_findings;
use serde::Serialize;

/// The facts of `hilum info --json`.
#[derive(Debug, Serialize)]
struct Info {
    file: String,
    format: String,
    stored_bytes: u64,
    dims_vox: [usize; 3],
    spacing_mm: [f64; 3],
    orientation: String,
    affine_from: AffineSource,
    affine: Affine,
    axial_slices: usize,
    slice_spacing_mm: f64,
    first_slice_is: &'static str,
    /// Slope and intercept; `None` where the images of a DICOM series differ or have none.
    #[serde(flatten)]
    rescale: Option<Rescale>,
    memory_bytes: Option<u64>,
    findings: Vec<Finding>,
}

/// HU = scl_slope * stored + scl_inter.
#[derive(Debug, Serialize)]
struct Rescale {
    scl_slope: f64,
    scl_inter: f64,
}

pub(crate) fn info(args: &ScanArgs) -> Result<u8, Failure> {
    let scan = hilum_cohort::find_one(&args.scan, &args.store.options())?;
    let file = scan.open().map_err(unreadable)?;
    let geometry = file.geometry();
    let settings = ScanSettings::default();
    let mut findings = file.findings().to_vec();
    findings.extend(geometry_findings(geometry));
    let info = Info {
        file: scan.uri.clone(),
        format: file.format(),
        stored_bytes: file.stored_bytes(),
        dims_vox: geometry.dims(),
        spacing_mm: geometry.spacing_mm(),
        orientation: geometry.orientation().to_string(),
        affine_from: geometry.source(),
        affine: *geometry.affine(),
        axial_slices: geometry.slices(),
        slice_spacing_mm: geometry.slice_spacing_mm(),
        first_slice_is: first_slice(geometry),
        rescale: file.rescale().map(|[scl_slope, scl_inter]| Rescale { scl_slope, scl_inter }),
        memory_bytes: settings.estimate_bytes(&scan),
        findings,
    };
    if args.json {
        say::json(&info)?
    } else {
        print(&info)
    }
    Ok(0)
}

fn first_slice(geometry: &Geometry) -> &'static str {
    if geometry.frame().slice_direction == Direction::Superior { "inferior" } else { "superior" }
}

fn print(info: &Info) {
    say::result(&format!("{}{}{:#}", say::BOLD, info.file, say::BOLD));
    fact("format", &format!("{}, {}", info.format, bytes_in_words(info.stored_bytes)));
    let [i, j, k] = info.dims_vox;
    fact("voxels", &format!("{i} x {j} x {k}"));
    let [a, b, c] = info.spacing_mm;
    fact("spacing", &format!("{a:.3} x {b:.3} x {c:.3} mm"));
    let source = match info.affine_from {
        AffineSource::Sform => "from the sform",
        AffineSource::Qform => "from the qform",
        AffineSource::Pixdim => "a guess: the header has neither sform nor qform",
        AffineSource::Dicom => "from the positions of the images",
    };
    fact("orientation", &format!("{} ({source})", info.orientation));
    let length_mm = info.slice_spacing_mm * info.axial_slices as f64;
    fact(
        "axial slices",
        &format!("{} over {length_mm:.0} mm, slice 0 is the most {}", info.axial_slices, info.first_slice_is),
    );
    let scaling = match &info.rescale {
        Some(Rescale { scl_slope, scl_inter }) => {
            format!("HU = {} x stored + {scl_inter}", slope(*scl_slope))
        }
        None => "each image has its own, or none".to_owned(),
    };
    fact("scaling", &scaling);
    if let Some(bytes) = info.memory_bytes {
        fact("memory", &format!("{} to measure it", bytes_in_words(bytes)));
    }
    print_findings(&info.findings);
}

/// A slope of 0 or NaN means that there is no scaling.
fn slope(stored: f64) -> f64 {
    if stored == 0.0 || stored.is_nan() { 1.0 } else { stored }
}
