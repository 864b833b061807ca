//! Slices as pictures: windowed, turned the way radiologists look at them, with masks drawn over.
//!
//! Radiological display: the patient's right is on the left of the picture, anterior is up. Pixels are made square by
//! resampling to the finer of the two spacings (grey values linearly, masks by the nearest pixel), nothing is cropped.

use crate::lungs::{AIR_BELOW_HU, Body};
use crate::morphology::{Disk, erode};
use hilum_core::{AxialFrame, Direction, InPlaneSpacingMm, Mask, MaskView, SliceView};

/// A window on the Hounsfield scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Window {
    /// The value shown as middle grey (HU).
    pub level_hu: f32,
    /// The range from black to white (HU).
    pub width_hu: f32,
}

impl Window {
    /// The usual window for lungs.
    pub const LUNG: Self = Self { level_hu: -600.0, width_hu: 1500.0 };

    /// The window from the smallest to the largest value of a slice: nothing is cut off. One unit wide where all
    /// values are equal; values that are not finite do not count.
    pub fn full(slice: SliceView<'_>) -> Self {
        let finite = || slice.to_hu().into_iter().filter(|hu| hu.is_finite());
        let (low, high) =
            (finite().fold(f32::INFINITY, f32::min), finite().fold(f32::NEG_INFINITY, f32::max));
        if low > high {
            return Self { level_hu: 0.0, width_hu: 1.0 };
        }
        Self { level_hu: low + (high - low) / 2.0, width_hu: (high - low).max(1.0) }
    }

    /// The value shown as black, and the one shown as white (HU).
    pub fn ends_hu(self) -> (f32, f32) {
        (self.level_hu - self.width_hu / 2.0, self.level_hu + self.width_hu / 2.0)
    }

    /// The grey value of `hu`: linear over the window, rounded to the nearest (ties to the even one, as numpy has it),
    /// black below and for NaN, white above.
    pub fn grey(self, hu: f32) -> u8 {
        let black = f64::from(self.level_hu) - f64::from(self.width_hu) / 2.0;
        // Multiplied first: the division alone rounds, and ties are found exactly.
        ((f64::from(hu) - black) * 255.0 / f64::from(self.width_hu)).round_ties_even().clamp(0.0, 255.0) as u8
    }
}

/// An 8-bit picture, rows from the top, `channels` bytes a pixel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Pixels per row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Row-major bytes: one a pixel when grey, three (red, green, blue) when coloured.
    pub bytes: Vec<u8>,
}

/// Very oblong pixels are not resampled to more than this many along the longer side.
const LARGEST_PICTURE_PX: f64 = 4096.0;

/// Lung tint, dense tissue and outline: Okabe and Ito's palette, told apart by colour-blind readers too.
pub const LUNG_RGB: [u8; 3] = [86, 180, 233];
/// Dense tissue: see [`LUNG_RGB`].
pub const DENSE_RGB: [u8; 3] = [230, 97, 0];
const OUTLINE_RGB: [u8; 3] = [240, 228, 66];

/// How a slice is turned and scaled for display.
#[derive(Debug, Clone)]
pub struct Display {
    /// For every picture row: position along the slice axis that runs down the picture.
    down: Vec<f64>,
    /// For every picture column: position along the other axis.
    across: Vec<f64>,
    /// Whether picture rows follow slice columns.
    transposed: bool,
    /// The side of a picture's pixel.
    pixel_mm: f64,
}

impl Display {
    /// The radiological display of slices of `rows` x `cols` in this frame.
    pub fn radiological(rows: usize, cols: usize, frame: AxialFrame, spacing: InPlaneSpacingMm) -> Self {
        let transposed = !frame.columns_run_left_right();
        let longest_mm = (rows as f64 * spacing.row).max(cols as f64 * spacing.col);
        let pixel = spacing.row.min(spacing.col).max(longest_mm / LARGEST_PICTURE_PX);
        let axis = |len: usize, mm: f64, direction: Direction, wanted: Direction| -> Vec<f64> {
            let scale = mm / pixel;
            let count = ((len as f64 * scale).round() as usize).max(1);
            let at = |n: usize| ((n as f64 + 0.5) / scale - 0.5).clamp(0.0, len as f64 - 1.0);
            let positions = (0..count).map(at);
            if direction == wanted { positions.collect() } else { positions.rev().collect() }
        };
        let row_axis = (rows, spacing.row, frame.row_direction);
        let col_axis = (cols, spacing.col, frame.col_direction);
        let (down, across) = if transposed { (col_axis, row_axis) } else { (row_axis, col_axis) };
        Self {
            down: axis(down.0, down.1, down.2, Direction::Posterior),
            across: axis(across.0, across.1, across.2, Direction::Left),
            transposed,
            pixel_mm: pixel,
        }
    }

    /// The side of a pixel of the picture in mm; pixels are square.
    pub fn pixel_mm(&self) -> f64 {
        self.pixel_mm
    }

    fn picture(&self, bytes: Vec<u8>) -> Picture {
        Picture { width: self.across.len() as u32, height: self.down.len() as u32, bytes }
    }

    /// The slice through a window, one grey byte a pixel.
    pub fn grey(&self, slice: SliceView<'_>, window: Window) -> Picture {
        let value = |row: usize, col: usize| {
            if self.transposed { slice.hu(col, row) } else { slice.hu(row, col) }
        };
        let mut bytes = Vec::with_capacity(self.down.len() * self.across.len());
        for &y in &self.down {
            for &x in &self.across {
                bytes.push(window.grey(bilinear(&value, y, x)));
            }
        }
        self.picture(bytes)
    }

    /// The mask as displayed.
    pub fn mask(&self, mask: MaskView<'_>) -> Mask {
        let nearest = |at: f64| at.round() as usize;
        Mask::from_fn(self.down.len(), self.across.len(), |r, c| {
            let (y, x) = (nearest(self.down[r]), nearest(self.across[c]));
            if self.transposed { mask.get(x, y) } else { mask.get(y, x) }
        })
    }

    /// The part of the picture that holds the body: first row and column, and the ones past the last. The whole picture
    /// where no body is seen.
    ///
    /// * `spacing` - of the slice, as given to [`Display::radiological`].
    pub fn body(&self, slice: SliceView<'_>, spacing: InPlaneSpacingMm) -> [usize; 4] {
        let is_air = |hu: f32| hu.is_nan() || hu < f32::from(AIR_BELOW_HU);
        let air = Mask::from_fn(slice.rows(), slice.cols(), |row, col| is_air(slice.hu(row, col)));
        let whole = [0, 0, self.down.len(), self.across.len()];
        let Some([top, left, bottom, right]) = Body::on_slice(air.view(), spacing).bounds_px() else {
            return whole;
        };
        let within = |at: f64, range: std::ops::Range<usize>| range.contains(&(at.round() as usize));
        let (down, across) =
            if self.transposed { (left..right, top..bottom) } else { (top..bottom, left..right) };
        let span = |positions: &[f64], range: std::ops::Range<usize>| {
            let first = positions.iter().position(|&at| within(at, range.clone()))?;
            let last = positions.iter().rposition(|&at| within(at, range.clone()))?;
            Some((first, last + 1))
        };
        match (span(&self.down, down), span(&self.across, across)) {
            (Some((y0, y1)), Some((x0, x1))) => [y0, x0, y1, x1],
            _ => whole,
        }
    }

    /// Masks alone, each in its grey, one over the other on black.
    pub fn masks(&self, layers: &[(MaskView<'_>, u8)]) -> Picture {
        let mut bytes = vec![0; self.down.len() * self.across.len()];
        for &(mask, grey) in layers {
            let shown = self.mask(mask);
            for (row, pixels) in bytes.chunks_exact_mut(self.across.len()).enumerate() {
                shown.view().columns(row).for_each(|col| pixels[col] = grey);
            }
        }
        self.picture(bytes)
    }

    /// The grey picture with the lung tinted and dense tissue coloured, three bytes a pixel.
    pub fn overlay(&self, grey: &Picture, lung: MaskView<'_>, dense: MaskView<'_>) -> Picture {
        let (lung, dense) = (self.mask(lung), self.mask(dense));
        self.painted(grey, &[(&lung, LUNG_RGB, 0.28), (&dense, DENSE_RGB, 0.72)])
    }

    /// The grey picture with the outline of the lung, one pixel wide and inside the mask, three bytes a pixel.
    pub fn outline(&self, grey: &Picture, lung: MaskView<'_>) -> Picture {
        let mut outline = self.mask(lung);
        let inner = erode(outline.view(), &Disk::new(1.0));
        outline.view_mut().and_not(inner.view());
        self.painted(grey, &[(&outline, OUTLINE_RGB, 1.0)])
    }

    /// Paints masks over the grey picture one after the other, each with its opacity.
    fn painted(&self, grey: &Picture, layers: &[(&Mask, [u8; 3], f32)]) -> Picture {
        let mut bytes: Vec<u8> = grey.bytes.iter().flat_map(|&g| [g, g, g]).collect();
        let width = grey.width as usize;
        for &(mask, rgb, opacity) in layers {
            for row in 0..grey.height as usize {
                for col in mask.view().columns(row) {
                    let at = (row * width + col) * 3;
                    for (byte, colour) in bytes[at..at + 3].iter_mut().zip(rgb) {
                        *byte =
                            (f32::from(*byte) * (1.0 - opacity) + f32::from(colour) * opacity).round() as u8;
                    }
                }
            }
        }
        self.picture(bytes)
    }
}

fn bilinear(value: &impl Fn(usize, usize) -> f32, y: f64, x: f64) -> f32 {
    let (y0, x0) = (y.floor() as usize, x.floor() as usize);
    let (fy, fx) = ((y - y.floor()) as f32, (x - x.floor()) as f32);
    let along_row = |row: usize| {
        let left = value(row, x0);
        if fx == 0.0 { left } else { left + (value(row, x0 + 1) - left) * fx }
    };
    let upper = along_row(y0);
    if fy == 0.0 { upper } else { upper + (along_row(y0 + 1) - upper) * fy }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hilum_core::{Affine, AffineSource, Geometry, SliceData};

    #[test]
    fn a_window_clips_and_scales() {
        let window = Window { level_hu: 50.0, width_hu: 350.0 };
        assert_eq!(
            [-126.0, -125.0, 50.0, 225.0, 900.0, f32::NAN].map(|hu| window.grey(hu)),
            [0, 0, 128, 255, 255, 0]
        );
    }

    #[test]
    fn a_window_shows_what_numpy_shows() {
        for case in hilum_testkit::vectors::windows() {
            let window = Window { level_hu: case.level_hu, width_hu: case.width_hu };
            let shown: Vec<u8> = case.hu.iter().map(|&hu| window.grey(hu)).collect();
            assert_eq!(shown, case.grey, "{window:?}");
        }
    }

    #[test]
    fn the_full_window_cuts_nothing_off() {
        let slice = SliceView::new(1, 4, SliceData::F32(&[-1000.0, f32::NAN, 200.0, 3000.0])).unwrap();
        let full = Window::full(slice);
        assert_eq!((full.ends_hu(), full.grey(-1000.0), full.grey(3000.0)), ((-1000.0, 3000.0), 0, 255));
        let flat = SliceView::new(1, 1, SliceData::I16(&[7])).unwrap();
        assert_eq!(Window::full(flat), Window { level_hu: 7.0, width_hu: 1.0 });
    }

    #[test]
    fn the_body_is_found_and_the_table_is_not() {
        // Tissue of 60 x 100 mm in air on pixels of 2 x 1 mm, and a table 4 mm thick below it.
        let tissue = |row: usize, col: usize| (20..50).contains(&row) && (30..130).contains(&col);
        let table = |row: usize, col: usize| (60..62).contains(&row) && (10..150).contains(&col);
        let hu: Vec<i16> = (0..80 * 160)
            .map(|n| if tissue(n / 160, n % 160) || table(n / 160, n % 160) { 40 } else { -1000 })
            .collect();
        let geometry = Geometry::lps([160, 80, 1], [1.0, 2.0, 5.0]).unwrap();
        let spacing = geometry.in_plane_spacing_mm();
        let display = Display::radiological(80, 160, geometry.frame(), spacing);
        let body = display.body(SliceView::new(80, 160, SliceData::I16(&hu)).unwrap(), spacing);
        // In pixels of 1 mm; the coarse grid has 4 mm, and an opening takes corners off.
        for (found, truth) in body.into_iter().zip([40, 30, 100, 130usize]) {
            assert!(found.abs_diff(truth) <= 4, "{body:?}");
        }
        let air = vec![-1000i16; 80 * 160];
        let whole = display.body(SliceView::new(80, 160, SliceData::I16(&air)).unwrap(), spacing);
        assert_eq!(whole, [0, 0, 160, 160]);
    }

    /// A slice of 2 x 3 voxels whose corner towards anterior and the patient's right is bright.
    fn corner(affine: [[f64; 4]; 3]) -> (Geometry, usize) {
        let geometry = Geometry::new([3, 2, 1], Affine(affine), AffineSource::Sform).unwrap();
        let bright = (0..6)
            .max_by_key(|&n| {
                let [x, y, _] = geometry.affine().apply([(n % 3) as f64, (n / 3) as f64, 0.0]);
                (10.0 * (x + y)) as i64
            })
            .unwrap();
        (geometry, bright)
    }

    #[test]
    fn the_patients_right_is_on_the_left_and_anterior_is_up() {
        let signs = [(-1.0, -1.0), (1.0, -1.0), (-1.0, 1.0), (1.0, 1.0)];
        for (sx, sy) in signs {
            for affine in [
                [[sx, 0.0, 0.0, 0.0], [0.0, sy, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]],
                [[0.0, sx, 0.0, 0.0], [sy, 0.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]],
            ] {
                let (geometry, bright) = corner(affine);
                let mut pixels = [-1000i16; 6];
                pixels[bright] = 1000;
                let slice = SliceView::new(2, 3, SliceData::I16(&pixels)).unwrap();
                let display = Display::radiological(2, 3, geometry.frame(), geometry.in_plane_spacing_mm());
                let picture = display.grey(slice, Window::LUNG);
                let first_bright = picture.bytes.iter().position(|&b| b == 255);
                assert_eq!(first_bright, Some(0), "{affine:?}");
            }
        }
    }

    #[test]
    fn pixels_become_square() {
        let geometry = Geometry::lps([4, 4, 1], [0.5, 1.0, 2.0]).unwrap();
        let display = Display::radiological(4, 4, geometry.frame(), geometry.in_plane_spacing_mm());
        let pixels = [0i16; 16];
        let picture = display.grey(SliceView::new(4, 4, SliceData::I16(&pixels)).unwrap(), Window::LUNG);
        assert_eq!((picture.width, picture.height), (4, 8));
    }
}
