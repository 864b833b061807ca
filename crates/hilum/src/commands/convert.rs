//! `hilum convert`: a scan as one NIfTI file in HU.

use super::scan_file::{fact, print_findings, unreadable};
use crate::{
    convert_args::ConvertArgs,
    failure::{Failure, NOTHING_DONE, SCAN_FAILED, WRONG_USE},
    say,
};
use hilum_cohort::scan::{Workspace, open_voxels};
use hilum_core::{Finding, Level};
use hilum_io::nifti::write_volume;
use serde::Serialize;

/// What `hilum convert --json` prints.
#[derive(Debug, Serialize)]
struct Converted {
    from: String,
    dims_vox: [usize; 3],
    spacing_mm: [f64; 3],
    orientation: String,
    findings: Vec<Finding>,
}

pub(crate) fn convert(args: &ConvertArgs) -> Result<u8, Failure> {
    let name = args.out.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    if !(name.ends_with(".nii") || name.ends_with(".nii.gz")) {
        return Err(Failure::new(WRONG_USE, format!("{} is no name of a NIfTI file", args.out.display()))
            .with_help("end it in .nii.gz, or in .nii for an uncompressed file"));
    }
    let scan = hilum_cohort::find_one(&args.scan, &args.store.options())?;
    let file = scan.open().map_err(unreadable)?;
    if let Some(reject) = file.findings().iter().find(|f| f.level == Level::Reject) {
        return Err(Failure::new(SCAN_FAILED, reject.message.clone()));
    }
    let mut workspace = Workspace::default();
    let volume =
        open_voxels(&file, &mut workspace).and_then(|mut voxels| voxels.read_volume()).map_err(unreadable)?;
    write_volume(&args.out, &volume).map_err(|error| {
        Failure::new(NOTHING_DONE, error)
            .with_help("is the folder there and writable, and is there space on the disk?")
    })?;
    let geometry = volume.geometry();
    let converted = Converted {
        from: file.format(),
        dims_vox: geometry.dims(),
        spacing_mm: geometry.spacing_mm(),
        orientation: geometry.orientation().to_string(),
        findings: file.findings().to_vec(),
    };
    if args.json {
        say::json(&converted)?;
    } else {
        print(&converted, args);
    }
    Ok(0)
}

fn print(converted: &Converted, args: &ConvertArgs) {
    fact("read", &converted.from);
    let [i, j, k] = converted.dims_vox;
    fact("voxels", &format!("{i} x {j} x {k}, {}", converted.orientation));
    fact("written", &args.out.display().to_string());
    print_findings(&converted.findings);
}
