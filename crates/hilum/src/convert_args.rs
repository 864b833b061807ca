//! The command line of `hilum convert`.

use crate::store_args::{StoreArgs, location};
use clap::Args;
use hilum_io::store::Location;
use std::path::PathBuf;

pub(crate) const CONVERT_HELP: &str = "\
Examples:
  hilum convert patient7/ patient7.nii.gz       the DICOM series in a folder
  hilum convert old.hdr new.nii.gz

Values are HU, slices lie in ascending order along the patient, and no text of the input is taken over:
the file names nobody.";

#[derive(Debug, Args)]
pub(crate) struct ConvertArgs {
    /// The scan: a folder with the images of one DICOM series, or a NIfTI file, on disk or in a store.
    #[arg(value_name = "SCAN", value_parser = location())]
    pub(crate) scan: Location,
    /// The NIfTI file to write: .nii.gz, or .nii for an uncompressed one.
    #[arg(value_name = "OUT")]
    pub(crate) out: PathBuf,
    /// Print JSON, for programs.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) store: StoreArgs,
}
