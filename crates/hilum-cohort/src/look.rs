//! One scan, found and measured, with nothing written.

use crate::{
    CohortError, ScanRef, find_at,
    scan::{Examined, ScanSettings, Workspace, examine, open_voxels, row},
};
use hilum_core::{Geometry, schema::Measurement};
use hilum_io::{
    ScanError,
    store::{Location, StoreOptions},
};
use std::path::Path;

/// What one look at a scan gives.
#[derive(Debug)]
pub struct Look {
    /// The voxel grid.
    pub geometry: Geometry,
    /// The row of the measurement table.
    pub row: Measurement,
    /// Findings, and the masks where there are lungs.
    pub examined: Examined,
}

/// The scan at `place`: a file, an object of a store, or a folder with the images of one DICOM series.
///
/// # Errors
/// [`CohortError::SeveralScans`] if there are more; [`CohortError`] as [`find_at`].
pub fn find_one(place: &Location, options: &StoreOptions) -> Result<ScanRef, CohortError> {
    // The output folder matters to folders of many scans alone.
    let found = find_at(place, Path::new(""), None, options)?;
    let is_folder = match place {
        Location::Disk(path) => path.is_dir(),
        Location::Store(url) => found.scans.iter().any(|scan| scan.uri != url.name() || scan.is_series()),
    };
    let scans = found.scans.len();
    let mut found = found.scans.into_iter();
    match (found.next(), scans) {
        (Some(scan), 1) if !is_folder || scan.is_series() => Ok(scan),
        _ => {
            let kind = if is_folder { "a folder" } else { "a manifest" };
            Err(CohortError::SeveralScans { place: place.to_string(), kind, scans })
        }
    }
}

/// Reads and measures a scan.
///
/// # Errors
/// [`ScanError`] if it cannot be read; one that can be read but not measured is no error.
pub fn look(scan: &ScanRef, settings: &ScanSettings) -> Result<Look, ScanError> {
    let file = scan.open()?;
    let mut workspace = Workspace::default();
    let mut voxels = open_voxels(&file, &mut workspace)?;
    let examined = examine(&file, &mut voxels, settings)?;
    let row = row(&scan.image_id, &scan.uri, settings.recipe, file.geometry(), &examined);
    Ok(Look { geometry: file.geometry().clone(), row, examined })
}

impl Look {
    /// Lung area of slice 0, 1, ... in mm2; empty without lungs, or where only some slices were read.
    pub fn area_mm2(&self) -> Vec<f64> {
        let areas_px = self.examined.measured.as_ref().map_or(&[][..], |m| &m.area_px);
        areas_px.iter().map(|&px| px as f64 * self.geometry.pixel_area_mm2()).collect()
    }
}
