//! Reads the vectors under `tests/oracle/imaging`: what SciPy, scikit-image and Pillow answer on masks made by code.
//!
//! The format and the tolerances stand in `tests/oracle/imaging/README.md`. All masks are `[rows, cols]`.

use crate::packed::{PackedMask, Runs};
use hilum_core::Mask;
use serde::{Deserialize, de::DeserializeOwned};
use std::collections::BTreeMap;
use std::path::Path;

/// Connected components of a mask.
#[derive(Debug, Clone, Deserialize)]
pub struct ComponentsCase {
    /// Name of the mask in [`masks`].
    pub mask: String,
    /// 4 or 8 in a slice, 6 in a volume.
    pub connectivity: u8,
    /// Number of components.
    pub count: usize,
    /// Label (from 1, in raster order of each component's first pixel) of each run of [`PackedMask::set_runs`].
    pub run_labels: Vec<usize>,
    /// Pixels of label 1, 2, ...
    pub size: Vec<u64>,
    /// Labels with a pixel in the first or last row, column or slice.
    pub touches_border: Vec<usize>,
}

/// A mask with its holes filled.
#[derive(Debug, Clone, Deserialize)]
pub struct HolesCase {
    /// Name of the mask in [`masks`].
    pub mask: String,
    /// How unset pixels are joined: 4 or 8.
    pub background_connectivity: u8,
    /// Set pixels after filling.
    pub px: u64,
    /// The filled mask.
    pub filled: Runs,
}

/// What lies outside the image in a morphology operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outside {
    /// An endless plane of unset pixels; the result is cropped at the end.
    Background,
    /// Nothing: pixels outside take no part.
    Ignored,
}

/// A morphology operation with a disk.
#[derive(Debug, Clone, Deserialize)]
pub struct MorphologyCase {
    /// Name of the mask in [`masks`].
    pub mask: String,
    /// `erosion`, `dilation`, `opening` or `closing`.
    pub operation: String,
    /// Radius of the disk: offsets with dy² + dx² <= r².
    pub radius_px: f64,
    /// What lies beyond the border.
    pub outside: Outside,
    /// Set pixels of the result.
    pub px: u64,
    /// The result.
    pub result: Runs,
}

/// One contour, in the notebook's coordinates: x = column, y = row.
#[derive(Debug, Clone, Deserialize)]
pub struct Contour {
    /// Whether first and last vertex lie less than a pixel apart.
    pub closed: bool,
    /// Area of the convex hull; `None` where Qhull finds none.
    pub hull_area_px: Option<f64>,
    /// x, y, x, y, ... in 1/20 px.
    pub vertices_x20: Vec<i64>,
    /// What Pillow draws through the vertices with an erased outline; closed contours only.
    pub polygon: Option<PackedMask>,
}

/// All contours of a mask of air at level 0.95.
#[derive(Debug, Clone, Deserialize)]
pub struct ContoursCase {
    /// Name of the mask in [`masks`]; set = air.
    pub mask: String,
    /// The contours, in scikit-image's order.
    pub contours: Vec<Contour>,
}

/// A slice and what the notebook makes of it.
#[derive(Debug, Clone, Deserialize)]
pub struct NotebookSlice {
    /// What the slice shows.
    pub name: String,
    /// Rows.
    pub rows: usize,
    /// Columns.
    pub cols: usize,
    hu_runs: Vec<i64>,
    /// Why the notebook drops the slice.
    pub reason: Option<String>,
    lung: Option<Runs>,
    vessel: Option<Runs>,
    vessel_denoised: Option<Runs>,
    vessel_255: Option<Runs>,
    vessel_255_denoised: Option<Runs>,
}

/// The masks that the notebook makes of a slice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotebookMasks {
    /// The lung.
    pub lung: Mask,
    /// Dense pixels of the lung, on a 0/1 mask.
    pub vessel: Mask,
    /// The same after the notebook's denoising.
    pub vessel_denoised: Mask,
    /// The same on a 0/255 mask, as its figures have it.
    pub vessel_255: Mask,
    /// The same after denoising: what its figures show.
    pub vessel_255_denoised: Mask,
}

impl NotebookSlice {
    /// The pixels in HU, row-major.
    ///
    /// # Panics
    /// If the file is damaged.
    pub fn hu(&self) -> Vec<i16> {
        let pixels: Vec<i16> = self
            .hu_runs
            .chunks_exact(2)
            .flat_map(|run| std::iter::repeat_n(run[0] as i16, run[1] as usize))
            .collect();
        assert_eq!(pixels.len(), self.rows * self.cols, "pixels of slice '{}'", self.name);
        pixels
    }

    /// The masks; `None` where the notebook drops the slice.
    pub fn masks(&self) -> Option<NotebookMasks> {
        let mask = |runs: &Option<Runs>| runs.as_ref().map(|r| r.to_mask(self.rows, self.cols));
        Some(NotebookMasks {
            lung: mask(&self.lung)?,
            vessel: mask(&self.vessel)?,
            vessel_denoised: mask(&self.vessel_denoised)?,
            vessel_255: mask(&self.vessel_255)?,
            vessel_255_denoised: mask(&self.vessel_255_denoised)?,
        })
    }
}

/// Every mask of `masks.json`, by name.
///
/// # Panics
/// As every reader here: if the file is missing or damaged.
pub fn masks() -> BTreeMap<String, PackedMask> {
    #[derive(Deserialize)]
    struct Named {
        name: String,
        #[serde(flatten)]
        mask: PackedMask,
    }
    #[derive(Deserialize)]
    struct File {
        masks: Vec<Named>,
    }
    read::<File>("masks").masks.into_iter().map(|named| (named.name, named.mask)).collect()
}

/// The cases of `components.json`: components and filled holes.
///
/// # Panics
/// As [`masks`].
pub fn components() -> (Vec<ComponentsCase>, Vec<HolesCase>) {
    #[derive(Deserialize)]
    struct File {
        components: Vec<ComponentsCase>,
        holes: Vec<HolesCase>,
    }
    let file: File = read("components");
    (file.components, file.holes)
}

/// The cases of `morphology.json`.
///
/// # Panics
/// As [`masks`].
pub fn morphology() -> Vec<MorphologyCase> {
    read::<Cases<_>>("morphology").cases
}

/// The cases of `contours.json`.
///
/// # Panics
/// As [`masks`].
pub fn contours() -> Vec<ContoursCase> {
    read::<Cases<_>>("contours").cases
}

/// The cases of `notebook_slices.json`.
///
/// # Panics
/// As [`masks`].
pub fn notebook_slices() -> Vec<NotebookSlice> {
    read::<Cases<_>>("notebook_slices").cases
}

/// Values through a window.
#[derive(Debug, Clone, Deserialize)]
pub struct WindowCase {
    /// From black to white (HU).
    pub width_hu: f32,
    /// The middle (HU).
    pub level_hu: f32,
    /// Values (HU).
    pub hu: Vec<f32>,
    /// What numpy shows for each.
    pub grey: Vec<u8>,
}

/// Values through windows.
///
/// # Panics
/// As [`masks`].
pub fn windows() -> Vec<WindowCase> {
    #[derive(Deserialize)]
    struct Windows {
        windows: Vec<WindowCase>,
    }
    read::<Windows>("windows").windows
}

/// The cases of `notebook_phantoms.json`: slices of phantoms, in the form of [`notebook_slices`].
///
/// # Panics
/// As [`masks`].
pub fn notebook_phantoms() -> Vec<NotebookSlice> {
    read::<Cases<_>>("notebook_phantoms").cases
}

#[derive(Deserialize)]
struct Cases<T> {
    cases: Vec<T>,
}

#[expect(clippy::panic, reason = "a test without its vectors cannot go on")]
fn read<T: DeserializeOwned>(name: &str) -> T {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/oracle/imaging");
    let path = folder.join(name).with_extension("json");
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) => panic!("{}: {error}", path.display()),
    };
    match serde_json::from_str(&text) {
        Ok(value) => value,
        Err(error) => panic!("{}: {error}; make it anew with tools/oracle/make", path.display()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_reads_and_agrees_with_itself() {
        let masks = masks();
        let (components, holes) = components();
        for case in &components {
            let runs = masks[&case.mask].set_runs();
            assert_eq!(runs.len(), case.run_labels.len(), "{}", case.mask);
            let mut size = vec![0; case.count];
            for (&(_, start, end), &label) in runs.iter().zip(&case.run_labels) {
                size[label - 1] += (end - start) as u64;
            }
            assert_eq!(size, case.size, "{}", case.mask);
        }
        for case in &holes {
            let mask = &masks[&case.mask];
            assert_eq!(case.filled.to_mask(mask.rows, mask.cols).view().count_px(), case.px);
        }
        for case in morphology() {
            let mask = &masks[&case.mask];
            assert_eq!(case.result.to_mask(mask.rows, mask.cols).view().count_px(), case.px);
        }
        for case in contours() {
            assert!(case.contours.iter().all(|c| c.closed == c.polygon.is_some()), "{}", case.mask);
        }
        for case in windows() {
            assert_eq!(case.hu.len(), case.grey.len());
            assert!(case.grey.contains(&0) && case.grey.contains(&255), "{case:?}");
        }
        for slice in notebook_slices().into_iter().chain(notebook_phantoms()) {
            assert_eq!(slice.hu().len(), slice.rows * slice.cols);
            assert_eq!(slice.masks().is_none(), slice.reason.is_some(), "{}", slice.name);
        }
    }
}
