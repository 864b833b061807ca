//! Where a product reads its pictures from: memory as it is, or a gradient on its way back through an activation or pool.

use pulp::{Simd, WithSimd};

/// Size of a stack of channels-last pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) pictures: usize,
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    pub(crate) channels: usize,
}

impl Size {
    /// Values of a row.
    pub(crate) fn row(&self) -> usize {
        self.columns * self.channels
    }

    /// Values of a picture.
    pub(crate) fn picture(&self) -> usize {
        self.rows * self.row()
    }

    /// Values of all pictures.
    pub(crate) fn values(&self) -> usize {
        self.pictures * self.picture()
    }

    /// Where a row begins.
    pub(crate) fn start(&self, picture: usize, row: usize) -> usize {
        (picture * self.rows + row) * self.row()
    }

    /// The same pixels cut into rows of about 256, for windows of one pixel that know no neighbours.
    pub(crate) fn long_rows(self) -> Self {
        let factor = (1..=self.rows)
            .rev()
            .find(|factor| self.rows.is_multiple_of(*factor) && factor * self.columns <= 256)
            .unwrap_or(1);
        Self { rows: self.rows / factor, columns: self.columns * factor, ..self }
    }
}

/// Pictures that can be read row by row.
pub(crate) trait Source: Sync {
    fn size(&self) -> Size;

    /// Copies the pixels of a row from `column` on, as many as `out` holds.
    fn copy(&self, picture: usize, row: usize, column: usize, out: &mut [f32]);

    /// The picture, where it lies in memory as it is to be read.
    fn picture(&self, _picture: usize) -> Option<&[f32]> {
        None
    }
}

/// Pictures as they are.
pub(crate) struct Plain<'a> {
    pub(crate) values: &'a [f32],
    pub(crate) size: Size,
}

impl Source for Plain<'_> {
    fn size(&self) -> Size {
        self.size
    }

    fn copy(&self, picture: usize, row: usize, column: usize, out: &mut [f32]) {
        let start = self.size.start(picture, row) + column * self.size.channels;
        out.copy_from_slice(&self.values[start..][..out.len()]);
    }

    fn picture(&self, picture: usize) -> Option<&[f32]> {
        Some(&self.values[picture * self.size.picture()..][..self.size.picture()])
    }
}

/// A gradient before the activation: nothing passes where the output stands at a bound.
pub(crate) struct Clamped<'a> {
    pub(crate) gradient: &'a [f32],
    pub(crate) output: &'a [f32],
    pub(crate) bounds: (f32, f32),
    pub(crate) size: Size,
}

impl Source for Clamped<'_> {
    fn size(&self) -> Size {
        self.size
    }

    fn copy(&self, picture: usize, row: usize, column: usize, out: &mut [f32]) {
        let start = self.size.start(picture, row) + column * self.size.channels;
        let (gradient, output) = (&self.gradient[start..], &self.output[start..]);
        pulp::Arch::new().dispatch(PassInside { gradient, output, bounds: self.bounds, out });
    }
}

struct PassInside<'a> {
    gradient: &'a [f32],
    output: &'a [f32],
    bounds: (f32, f32),
    out: &'a mut [f32],
}

impl WithSimd for PassInside<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _simd: S) {
        let (low, high) = self.bounds;
        for ((out, &gradient), &output) in self.out.iter_mut().zip(self.gradient).zip(self.output) {
            *out = if (output > low) & (output < high) { gradient } else { 0.0 };
        }
    }
}

/// Which of the four pixels won, row by row; [`NONE`] where ReLU let nothing through.
pub(crate) type Winner = u8;

/// No pixel is above zero.
pub(crate) const NONE: Winner = 4;

/// A gradient before a 2x2 maximum and ReLU: each value goes back to the pixel that won.
pub(crate) struct Unpooled<'a> {
    /// `[pictures, rows / 2, columns / 2, channels]`.
    pub(crate) gradient: &'a [f32],
    pub(crate) winners: &'a [Winner],
    /// Before the maximum.
    pub(crate) size: Size,
}

impl Source for Unpooled<'_> {
    fn size(&self) -> Size {
        self.size
    }

    fn copy(&self, picture: usize, row: usize, column: usize, out: &mut [f32]) {
        let Size { channels, columns, rows, .. } = self.size;
        if row >= rows / 2 * 2 {
            return out.fill(0.0);
        }
        if out.len() < self.size.row() {
            let mut whole = vec![0.0; self.size.row()];
            self.copy(picture, row, 0, &mut whole);
            return out.copy_from_slice(&whole[column * channels..][..out.len()]);
        }
        let pooled = columns / 2 * channels;
        let start = (picture * (rows / 2) + row / 2) * pooled;
        let (pairs, last) = out.split_at_mut(pooled * 2);
        last.fill(0.0);
        pulp::Arch::new().dispatch(GiveBack {
            gradient: &self.gradient[start..][..pooled],
            winners: &self.winners[start..][..pooled],
            channels,
            row: (row % 2) as Winner,
            out: pairs,
        });
    }
}

struct GiveBack<'a> {
    gradient: &'a [f32],
    winners: &'a [Winner],
    channels: usize,
    row: Winner,
    out: &'a mut [f32],
}

impl WithSimd for GiveBack<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _simd: S) {
        let channels = self.channels;
        let pixels = self.gradient.chunks_exact(channels).zip(self.winners.chunks_exact(channels));
        for ((gradient, winners), out) in pixels.zip(self.out.chunks_exact_mut(2 * channels)) {
            let (left, right) = out.split_at_mut(channels);
            let values = gradient.iter().zip(winners);
            for ((&gradient, &winner), (left, right)) in values.zip(left.iter_mut().zip(right)) {
                *left = if winner == 2 * self.row { gradient } else { 0.0 };
                *right = if winner == 2 * self.row + 1 { gradient } else { 0.0 };
            }
        }
    }
}
