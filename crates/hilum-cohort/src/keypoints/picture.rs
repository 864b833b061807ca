//! Scans, slices and pictures as 8-bit grey, ready for keypoints.

use crate::error::with_causes;
use crate::{
    CohortError, ScanRef,
    figures::{Candidate, Pick, Shown, Source, load},
    find,
};
use hilum_core::{Direction, Recipe};
use hilum_imaging::Window;
use hilum_io::{
    dicom::is_dicom,
    raster::{self, read_picture},
};
use serde::Serialize;
use std::path::Path;

/// How HU become 8-bit grey. Pictures are taken as they are.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum GreyMapping {
    /// From black to white over a window, rounded: grey means the same HU in every scan.
    Window {
        /// The value shown as middle grey.
        level_hu: f32,
        /// The range from black to white.
        width_hu: f32,
    },
    /// From the least value of the slice to its largest, cut to whole numbers, as the notebook has it: one bright voxel
    /// changes every pixel.
    MinMax,
}

impl Default for GreyMapping {
    fn default() -> Self {
        let Window { level_hu, width_hu } = Window::LUNG;
        Self::Window { level_hu, width_hu }
    }
}

impl GreyMapping {
    fn grey(self, hu: &[f32]) -> Vec<u8> {
        match self {
            Self::Window { level_hu, width_hu } => {
                let window = Window { level_hu, width_hu };
                hu.iter().map(|&value| window.grey(value)).collect()
            }
            Self::MinMax => {
                let finite = hu.iter().copied().filter(|value| value.is_finite());
                let (least, most) = finite
                    .fold((f32::INFINITY, f32::NEG_INFINITY), |(least, most), v| (least.min(v), most.max(v)));
                // cv2.normalize: a factor and a shift in double precision; a slice of one value becomes black.
                let factor = if most > least { 255.0 / (f64::from(most) - f64::from(least)) } else { 0.0 };
                let shift = if factor > 0.0 { -f64::from(least) * factor } else { 0.0 };
                hu.iter().map(|&value| (f64::from(value) * factor + shift) as u8).collect()
            }
        }
    }
}

/// An 8-bit grey picture with the place of the lungs in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GreyPicture {
    /// What it shows.
    pub name: String,
    /// Rows.
    pub rows: usize,
    /// Columns.
    pub cols: usize,
    /// One byte a pixel, row-major, the first row on top.
    pub pixels: Vec<u8>,
}

impl GreyPicture {
    /// The part from these rows and columns (first, and the one past the last).
    fn cut(&self, [top, left, bottom, right]: [usize; 4]) -> Self {
        let pixels =
            (top..bottom).flat_map(|row| &self.pixels[row * self.cols + left..row * self.cols + right]);
        Self {
            name: self.name.clone(),
            rows: bottom - top,
            cols: right - left,
            pixels: pixels.copied().collect(),
        }
    }
}

/// Reads a picture (PNG, JPEG, TIFF), a slice (a NIfTI file with one), or the slice of a scan or series with the largest lung area; with
/// `lungs` only the box around the lungs, which a picture or slice alone does not tell.
pub(super) fn read(
    path: &Path,
    recipe: Recipe,
    mapping: GreyMapping,
    lungs: bool,
) -> Result<GreyPicture, CohortError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let unusable = |problem: String| CohortError::Picture { path: path.to_owned(), problem };
    let ends = |endings: &[&str]| endings.iter().any(|e| name.to_lowercase().ends_with(e));
    if ends(&[".png", ".jpg", ".jpeg", ".tif", ".tiff"]) {
        if lungs {
            return Err(unusable("a picture does not tell where the lungs are: give the scan".to_owned()));
        }
        let picture = read_picture(path).map_err(|e| unusable(with_causes(&e)))?;
        return Ok(of_picture(name, &picture));
    }
    let scan = if path.is_dir() || is_dicom(path) {
        one_series(path)?
    } else if path.is_file() {
        ScanRef::bare(name.clone(), name.clone(), path.to_owned())
    } else {
        return Err(CohortError::NoInput { path: path.to_owned() });
    };
    let slices = scan.open().map_err(|e| unusable(with_causes(&e)))?.geometry().slices();
    let alone = slices == 1 && !lungs;
    let candidate =
        Candidate { image_id: scan.image_id.clone(), label: None, source: Source::Scan(Box::new(scan)) };
    let pick = if alone { Pick::At { index: 0, masks: false } } else { Pick::Chosen };
    let shown = load(&candidate, recipe, pick).map_err(unusable)?;
    let shown = shown.first().ok_or_else(|| unusable("it has no slice".to_owned()))?;
    let upright = Upright::of(shown, mapping);
    if !lungs {
        return Ok(upright.whole);
    }
    upright.lungs().ok_or_else(|| unusable("no lung was found".to_owned()))
}

/// The one series at `path`, under a name that does not tell whose it is.
fn one_series(path: &Path) -> Result<ScanRef, CohortError> {
    // The output folder matters to folders of many scans alone.
    let scans = find(path, Path::new(""))?.scans;
    let problem = format!("it holds {} scans: give one of them", scans.len());
    <[ScanRef; 1]>::try_from(scans)
        .map(|[scan]| scan)
        .map_err(|_| CohortError::Picture { path: path.to_owned(), problem })
}

fn of_picture(name: String, picture: &raster::Picture) -> GreyPicture {
    let pixels = picture.grey.iter().map(|grey| (grey * 255.0).round() as u8).collect();
    GreyPicture { name, rows: picture.rows, cols: picture.cols, pixels }
}

/// A slice as radiologists see it, the patient's right on the left and anterior up, pixel for pixel: keypoints know a turned
/// slice again, but not a mirrored one.
pub(super) struct Upright {
    pub(super) whole: GreyPicture,
    /// The box around the lungs: first row and column, and the ones past the last.
    lungs: Option<[usize; 4]>,
}

impl Upright {
    pub(super) fn of(shown: &Shown, mapping: GreyMapping) -> Self {
        let frame = shown.geometry.frame();
        let (stored_rows, stored_cols) = (shown.geometry.rows(), shown.geometry.cols());
        let transposed = !frame.columns_run_left_right();
        let (down, across) = match transposed {
            false => ((stored_rows, frame.row_direction), (stored_cols, frame.col_direction)),
            true => ((stored_cols, frame.col_direction), (stored_rows, frame.row_direction)),
        };
        let place = |n: usize, (len, grows): (usize, Direction), wanted: Direction| {
            if grows == wanted { n } else { len - 1 - n }
        };
        let stored = |row: usize, col: usize| {
            let y = place(row, down, Direction::Posterior);
            let x = place(col, across, Direction::Left);
            if transposed { (x, y) } else { (y, x) }
        };
        let (rows, cols) = (down.0, across.0);
        let mut hu = Vec::with_capacity(rows * cols);
        let mut lungs: Option<[usize; 4]> = None;
        for row in 0..rows {
            for col in 0..cols {
                let (r, c) = stored(row, col);
                hu.push(shown.hu[r * stored_cols + c]);
                if shown.masks.as_ref().is_some_and(|masks| masks.lung.view().get(r, c)) {
                    let [top, left, bottom, right] = lungs.unwrap_or([row, col, row, col]);
                    lungs = Some([top, left.min(col), bottom.max(row + 1), right.max(col + 1)]);
                }
            }
        }
        let pixels = mapping.grey(&hu);
        Self { whole: GreyPicture { name: shown.image_id.clone(), rows, cols, pixels }, lungs }
    }

    /// The box around the lungs; `None` without lungs.
    pub(super) fn lungs(&self) -> Option<GreyPicture> {
        self.lungs.map(|part| self.whole.cut(part))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hilum_testkit::shared_oracle;

    #[test]
    fn the_notebooks_mapping_is_opencvs() {
        let mapped = GreyMapping::MinMax.grey(&[-1024.0, -1000.0, 0.0, 3071.0]);
        // cv2.normalize(..., 0, 255, NORM_MINMAX).astype('uint8').
        assert_eq!(mapped, [0, 1, 63, 255]);
        assert_eq!(GreyMapping::MinMax.grey(&[7.0, 7.0]), [0, 0]);
        assert_eq!(GreyMapping::MinMax.grey(&[f32::NAN, 0.0, 1.0]), [0, 0, 255]);
    }

    #[test]
    fn real_slices_map_as_the_notebook_maps_them() {
        let Some(oracle) = shared_oracle() else { return };
        for name in ["real_P001_50", "covid257"] {
            // An int16 array of 512 x 512 behind a header whose length stands in bytes 8 and 9.
            let bytes = std::fs::read(oracle.join(name).join("slice_int16.npy")).unwrap();
            let data = &bytes[10 + usize::from(u16::from_le_bytes([bytes[8], bytes[9]]))..];
            let hu: Vec<f32> =
                data.as_chunks::<2>().0.iter().map(|&b| f32::from(i16::from_le_bytes(b))).collect();
            let known = hilum_testkit::GreyPicture::read(&oracle.join(name).join("minmax_u8.png"));
            assert!(GreyMapping::MinMax.grey(&hu) == known.pixels, "{name}");
        }
    }

    #[test]
    fn windows_round_and_clip() {
        let grey = GreyMapping::default().grey(&[-2000.0, -1350.0, -600.0, 150.0, f32::NAN]);
        assert_eq!(grey, [0, 0, 128, 255, 0]);
    }
}
