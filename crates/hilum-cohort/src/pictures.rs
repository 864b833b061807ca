//! What a measured scan leaves in its folder: pictures of the chosen slice, and slice and masks as NIfTI.

use crate::Measured;
use hilum_core::{Geometry, SliceView};
use hilum_imaging::{Display, Window};
use hilum_io::{
    ScanError, ScanFile, ScanReader,
    dicom::DicomError,
    nifti::{NiftiError, write_mask, write_slice},
    raster::{RasterError, write_png_gray8, write_png_rgb8},
};
use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
};

/// The files written beside scan.json.
pub(crate) const OUTPUTS: &[&str] =
    &["slice.png", "overlay.png", "outline.png", "slice.nii.gz", "lung_mask.nii.gz", "dense_mask.nii.gz"];

/// Pictures or masks that could not be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OutputError {
    #[error(transparent)]
    Read(#[from] ScanError),
    #[error(transparent)]
    Written(#[from] NiftiError),
    #[error(transparent)]
    Raster(#[from] RasterError),
    #[error(transparent)]
    Segmentation(DicomError),
}

/// Writes the masks, and the chosen slice as pictures and as NIfTI, into `folder`.
pub(crate) fn write_outputs(
    file: &ScanFile,
    voxels: &mut ScanReader<'_>,
    measured: &Measured,
    folder: &Path,
) -> Result<(), OutputError> {
    write_mask(&folder.join("lung_mask.nii.gz"), file, &measured.lung)?;
    write_mask(&folder.join("dense_mask.nii.gz"), file, &measured.dense)?;
    let index = measured.choice.index;
    let mut written = Ok(());
    voxels.read_slice(index, &mut |slice| {
        written = write_slice(&folder.join("slice.nii.gz"), file, index, slice)
            .map_err(OutputError::from)
            .and_then(|()| write_pictures(file.geometry(), slice, measured, folder));
    })?;
    written
}

fn write_pictures(
    geometry: &Geometry,
    slice: SliceView<'_>,
    measured: &Measured,
    folder: &Path,
) -> Result<(), OutputError> {
    let spacing = geometry.in_plane_spacing_mm();
    let display = Display::radiological(slice.rows(), slice.cols(), geometry.frame(), spacing);
    let (lung, dense) =
        (measured.lung.slice(measured.choice.index), measured.dense.slice(measured.choice.index));
    let grey = display.grey(slice, Window::LUNG);
    let overlay = display.overlay(&grey, lung, dense);
    let outline = display.outline(&grey, lung);
    write_png_gray8(&folder.join("slice.png"), grey.width, grey.height, &grey.bytes)?;
    write_png_rgb8(&folder.join("overlay.png"), overlay.width, overlay.height, &overlay.bytes)?;
    write_png_rgb8(&folder.join("outline.png"), outline.width, outline.height, &outline.bytes)?;
    Ok(())
}

/// The size of the files together, and the BLAKE3 hash of their bytes one after the other.
pub(crate) fn hash_of(files: &[PathBuf]) -> io::Result<(u64, String)> {
    let mut hasher = blake3::Hasher::new();
    for file in files {
        hasher.update_reader(File::open(file)?)?;
    }
    Ok((hasher.count(), hasher.finalize().to_hex().to_string()))
}
