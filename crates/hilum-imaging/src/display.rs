//! Slices as pictures: windowed, turned the way radiologists look at them, with masks drawn over.
//!
//! Radiological display: the patient's right is on the left of the picture, anterior is up. Pixels are made square by
//! resampling to the finer of the two spacings (grey values linearly, masks by the nearest pixel), nothing is cropped.

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

    /// The grey value of `hu`: linear over the window, rounded, black below and for NaN, white above.
    pub fn grey(self, hu: f32) -> u8 {
        let black = self.level_hu - self.width_hu / 2.0;
        ((hu - black) / self.width_hu * 255.0).round().clamp(0.0, 255.0) as u8
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
const LUNG_RGB: [f32; 3] = [86.0, 180.0, 233.0];
const DENSE_RGB: [f32; 3] = [230.0, 97.0, 0.0];
const OUTLINE_RGB: [f32; 3] = [240.0, 228.0, 66.0];

/// How a slice is turned and scaled for display.
#[derive(Debug, Clone)]
pub struct Display {
    /// For every picture row: position along the slice axis that runs down the picture.
    down: Vec<f64>,
    /// For every picture column: position along the other axis.
    across: Vec<f64>,
    /// Whether picture rows follow slice columns.
    transposed: bool,
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
        }
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
    fn painted(&self, grey: &Picture, layers: &[(&Mask, [f32; 3], f32)]) -> Picture {
        let mut bytes: Vec<u8> = grey.bytes.iter().flat_map(|&g| [g, g, g]).collect();
        let width = grey.width as usize;
        for &(mask, rgb, opacity) in layers {
            for row in 0..grey.height as usize {
                for col in mask.view().columns(row) {
                    let at = (row * width + col) * 3;
                    for (byte, colour) in bytes[at..at + 3].iter_mut().zip(rgb) {
                        *byte = (f32::from(*byte) * (1.0 - opacity) + colour * opacity).round() as u8;
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
