//! `hilum measure`, `select` and `segment`: one scan, each a look at the same examination.

use super::scan_file::{fact, print_findings, unreadable};
use crate::{
    args::{MeasureArgs, SegmentArgs},
    failure::{Failure, NOTHING_DONE, SCAN_FAILED},
    say,
};
use hilum_cohort::{
    Look, Measure, find_one, look,
    scan::{SEGMENTATION_FILE, ScanSettings, Workspace},
};
use hilum_core::{Finding, Status, schema::Measurement};
use serde::Serialize;

/// What `hilum measure --json` prints.
#[derive(Debug, Serialize)]
struct Measured<'a> {
    #[serde(flatten)]
    row: &'a Measurement,
    messages: &'a [Finding],
}

/// What `hilum select --json` prints.
#[derive(Debug, Serialize)]
struct Selected<'a> {
    slice_index: Option<u64>,
    lung_area_mm2: Option<f64>,
    lung_state: Option<hilum_core::schema::LungState>,
    plateau_width_mm: Option<f64>,
    /// Lung area of slice 0, 1, ...
    area_mm2: Vec<f64>,
    messages: &'a [Finding],
}

pub(crate) fn measure(args: &MeasureArgs) -> Result<u8, Failure> {
    let Look { row, examined, .. } = look_at(args)?;
    let findings = examined.findings;
    if args.scan.json {
        say::json(&Measured { row: &row, messages: &findings })?;
    } else {
        print_measured(&row);
        print_findings(&findings);
    }
    Ok(0)
}

pub(crate) fn select(args: &MeasureArgs) -> Result<u8, Failure> {
    let found = look_at(args)?;
    let area_mm2 = found.area_mm2();
    let (row, findings) = (found.row, found.examined.findings);
    if args.scan.json {
        say::json(&Selected {
            slice_index: row.slice_index,
            lung_area_mm2: row.lung_area_mm2,
            lung_state: row.lung_state,
            plateau_width_mm: row.plateau_width_mm,
            area_mm2,
            messages: &findings,
        })?;
    } else {
        print_selected(&row);
        print_findings(&findings);
    }
    Ok(0)
}

pub(crate) fn segment(args: &SegmentArgs) -> Result<u8, Failure> {
    let MeasureArgs { scan: scan_args, method } = &args.measure;
    let settings = ScanSettings { dicom_seg: args.filing.setting(), ..method.settings()? };
    let scan = find_one(&scan_args.scan, &scan_args.store.options())?;
    std::fs::create_dir_all(&args.out).map_err(|e| {
        Failure::new(NOTHING_DONE, format!("cannot write to {}: {e}", args.out.display()))
            .with_help("is the folder writable, and is there space on the disk?")
    })?;
    let record = settings.process(&scan, &args.out, &mut Workspace::default());
    if record.row.status == Status::Failed {
        return Err(Failure::new(SCAN_FAILED, record.row.reason.unwrap_or_default()));
    }
    if scan_args.json {
        say::json(&record)?;
        return Ok(0);
    }
    print_selected(&record.row);
    if record.row.status == Status::Measured {
        let files = settings.outputs().iter().chain(&[SEGMENTATION_FILE]).map(|file| args.out.join(file));
        for file in files.filter(|file| file.exists()) {
            fact("written", &file.display().to_string());
        }
    }
    print_findings(&record.findings);
    Ok(0)
}

/// Reads and measures the scan of `args`.
fn look_at(args: &MeasureArgs) -> Result<Look, Failure> {
    let settings = args.method.settings()?;
    let scan = find_one(&args.scan.scan, &args.scan.store.options())?;
    look(&scan, &settings).map_err(unreadable)
}

fn print_selected(row: &Measurement) {
    let bold = say::BOLD;
    say::result(&format!("{bold}{}{bold:#}", row.image_id));
    if let (Some(index), Some(slices)) = (row.slice_index, row.slices_px) {
        fact("slice", &format!("{index} of {slices}, counted from 0"));
    }
    number("lung area", row.lung_area_mm2.map(|a| a / 100.0), 1, "cm2");
    if let Some(state) = row.lung_state {
        fact("lungs", &state.to_string().replace('_', " "));
    }
    number("plateau", row.plateau_width_mm, 1, "mm");
}

fn print_measured(row: &Measurement) {
    print_selected(row);
    number("dense tissue", row.dense_area_mm2.map(|a| a / 100.0), 2, "cm2");
    number("dense ratio", row.dense_ratio_percent, 2, "percent of the lung area");
    number("lung volume", row.lung_volume_ml, 0, "ml");
}

fn number(name: &str, value: Option<f64>, digits: usize, unit: &str) {
    if let Some(value) = value {
        fact(name, &format!("{value:.digits$} {unit}"));
    }
}
