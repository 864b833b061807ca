//! One octave of the scale space: the same picture at growing blur.
//!
//! The layers are computed row by row, each as soon as the rows it needs are there, so that what was just written is
//! still in the cache when the next layer reads it.

use super::blur::{AT_ONCE, BlurRows, Gaussian};
use super::extrema::{BORDER_PX, Extremum, ScanRow};
use super::lanes::{Kernel, Lanes, Way};
use super::layer::Layer;

/// Layers of equal size, `[rows, cols]` in rows of `stride` values.
#[derive(Debug, Default)]
pub(super) struct Octave {
    pub(super) rows: usize,
    pub(super) cols: usize,
    pub(super) stride: usize,
    /// The layers, from the least blurred on.
    pub(super) layers: Vec<Layer>,
    doubled: Layer,
    line: Layer,
}

/// Where the first layer of an octave comes from.
pub(super) enum Origin<'a> {
    /// The doubled image, to be blurred by the kernel.
    Doubled { rows: usize, cols: usize, pixels: &'a [u8], kernel: &'a Gaussian },
    /// Every other pixel of every other row of this layer of the octave before.
    Halved(&'a Octave, usize),
}

impl Octave {
    /// Fills the octave and shows `visit` every extremum beyond `threshold` grey levels, as soon as all rows within
    /// `reach` of it are there; `steps` are the blurs that lead from layer to layer.
    pub(super) fn fill(
        &mut self,
        origin: &Origin<'_>,
        steps: &[Gaussian],
        (threshold, reach): (f32, usize),
        way: Way,
        mut visit: impl FnMut(&Self, Extremum),
    ) {
        let (rows, cols) = match *origin {
            Origin::Doubled { rows, cols, .. } => (2 * rows, 2 * cols),
            Origin::Halved(larger, _) => (larger.rows / 2, larger.cols / 2),
        };
        (self.rows, self.cols, self.stride) = (rows, cols, stride_of(cols));
        self.layers.resize_with(steps.len() + 1, Layer::default);
        // Room beyond the last row lets the patches read whole vectors.
        let room = rows * self.stride + 64;
        self.layers.iter_mut().for_each(|layer| layer.grow(room));
        let mut doubled_rows = 0;
        if let Origin::Doubled { .. } = origin {
            self.doubled.grow(room);
        }
        let mut done = vec![0; steps.len() + 1];
        let mut scanned = BORDER_PX;
        let mut found = Vec::new();
        let mut visited = 0;
        while done[0] < rows {
            match *origin {
                Origin::Doubled { rows: image_rows, cols: image_cols, pixels, kernel } => {
                    let needed = rows.min(done[0] + AT_ONCE + kernel.radius());
                    for row in doubled_rows..needed {
                        let out = &mut self.doubled.values_mut()[row * self.stride..][..self.stride];
                        way.run(DoubleRow { pixels, rows: image_rows, cols: image_cols, row, out });
                    }
                    doubled_rows = needed;
                    let size = (rows, cols, self.stride);
                    let out = &mut self.layers[0];
                    done[0] += blur_rows(kernel, &self.doubled, size, done[0], &mut self.line, out, way);
                }
                Origin::Halved(larger, layer) => {
                    let source = &larger.layers[layer].values()[2 * done[0] * larger.stride..];
                    let out = &mut self.layers[0].values_mut()[done[0] * self.stride..][..cols];
                    for (to, from) in out.iter_mut().zip(source.iter().step_by(2)) {
                        *to = *from;
                    }
                    done[0] += 1;
                }
            }
            for (index, kernel) in steps.iter().enumerate() {
                let (before, after) = self.layers.split_at_mut(index + 1);
                while done[index + 1] < rows
                    && (done[index] == rows || done[index + 1] + AT_ONCE + kernel.radius() <= done[index])
                {
                    let (size, row) = ((rows, cols, self.stride), done[index + 1]);
                    let (source, out) = (&before[index], &mut after[0]);
                    done[index + 1] += blur_rows(kernel, source, size, row, &mut self.line, out, way);
                }
            }
            let whole = done[steps.len()];
            while scanned + BORDER_PX < rows && scanned + 1 < whole {
                way.run(ScanRow { octave: self, row: scanned, threshold, found: &mut found });
                scanned += 1;
            }
            while let Some(&extremum) = found.get(visited)
                && (whole == rows || extremum.row + reach < whole)
            {
                visit(self, extremum);
                visited += 1;
            }
        }
    }

    /// The difference of layer `layer + 1` and layer `layer` (of Gaussians), at a pixel.
    #[inline(always)]
    pub(super) fn difference(&self, layer: usize, row: usize, col: usize) -> f32 {
        let at = row * self.stride + col;
        self.layers[layer + 1].values()[at] - self.layers[layer].values()[at]
    }
}

/// Blurs the next rows, [`AT_ONCE`] or the last one, from `row` on; returns how many. All rows they need must be there.
fn blur_rows(
    kernel: &Gaussian,
    source: &Layer,
    (rows, cols, stride): (usize, usize, usize),
    row: usize,
    line: &mut Layer,
    out: &mut Layer,
    way: Way,
) -> usize {
    let count = AT_ONCE.min(rows - row);
    let source = source.values();
    let out = &mut out.values_mut()[row * stride..][..count * stride];
    way.run(BlurRows { kernel, source, stride, rows, cols, row, line, out });
    count
}

/// Values from row to row. Never a power of two, or the rows of one column would all want the same few lines of the cache.
fn stride_of(cols: usize) -> usize {
    (cols.div_ceil(32) | 1) * 32
}

/// One row of the image at twice its size, linearly between the pixels' centres: of each two neighbours three quarters
/// and one quarter, the edge pixels repeated (OpenCV's `INTER_LINEAR`).
struct DoubleRow<'a> {
    pixels: &'a [u8],
    rows: usize,
    cols: usize,
    row: usize,
    out: &'a mut [f32],
}

impl Kernel for DoubleRow<'_> {
    type Output = ();

    #[inline(always)]
    fn run<L: Lanes>(self, _: L) {
        let Self { pixels, rows, cols, row, out } = self;
        let near = row / 2;
        let far = if row % 2 == 0 { near.saturating_sub(1) } else { (near + 1).min(rows - 1) };
        let (near, far) = (&pixels[near * cols..][..cols], &pixels[far * cols..][..cols]);
        let mut first = 0;
        while first < cols {
            // One pixel more on both sides.
            let mut mixed = [0.0f32; 18];
            if let (Some(near), Some(far)) =
                (near.get(first.wrapping_sub(1)..first + 17), far.get(first.wrapping_sub(1)..first + 17))
            {
                for (mixed, (&near, &far)) in mixed.iter_mut().zip(near.iter().zip(far)) {
                    *mixed = 0.75 * f32::from(near) + 0.25 * f32::from(far);
                }
            } else {
                for (n, mixed) in mixed.iter_mut().enumerate() {
                    let col = (first + n).saturating_sub(1).min(cols - 1);
                    *mixed = 0.75 * f32::from(near[col]) + 0.25 * f32::from(far[col]);
                }
            }
            let mut twice = [0.0f32; 32];
            for (n, pair) in twice.as_chunks_mut::<2>().0.iter_mut().enumerate() {
                let here = 0.75 * mixed[n + 1];
                *pair = [here + 0.25 * mixed[n], here + 0.25 * mixed[n + 2]];
            }
            // Rows have room for whole blocks; what lies beyond the image is not looked at.
            out[2 * first..2 * first + 32].copy_from_slice(&twice);
            first += 16;
        }
    }
}
