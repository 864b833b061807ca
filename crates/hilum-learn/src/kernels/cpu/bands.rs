//! The windows of some rows of outputs, laid out so that a product can read them.

use std::ops::Range;

use super::product::Windows;
use super::source::Source;
use crate::kernels::Window;

/// Windows shorter than this in a row are gathered whole: a first layer of one channel has windows of three values.
const SHORT: usize = 16;

/// A grid of windows over a picture.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patches {
    /// Where the first window begins; negative in the padding.
    pub(crate) origin: [isize; 2],
    pub(crate) kernel: [usize; 2],
    pub(crate) stride: [usize; 2],
    /// Rows and columns of windows.
    pub(crate) output: [usize; 2],
}

impl Patches {
    /// The windows of a convolution over pictures of `rows` x `columns`.
    pub(crate) fn of(window: &Window, rows: usize, columns: usize) -> Self {
        Self {
            origin: [-(window.rows[0] as isize), -(window.columns[0] as isize)],
            kernel: window.kernel,
            stride: window.stride,
            output: window.output(rows, columns),
        }
    }

    /// Rows (axis 0) or columns (axis 1) that the first `windows` windows reach over.
    fn reach(&self, axis: usize, windows: usize) -> usize {
        (windows - 1) * self.stride[axis] + self.kernel[axis]
    }

    fn inside(&self, rows: usize, columns: usize) -> bool {
        let fits = |axis: usize, size: usize| {
            self.origin[axis] >= 0 && self.origin[axis] as usize + self.reach(axis, self.output[axis]) <= size
        };
        fits(0, rows) && fits(1, columns)
    }
}

/// Memory that is used again from band to band.
#[derive(Default)]
pub(crate) struct Scratch {
    padded: Vec<f32>,
    gathered: Vec<f32>,
}

/// The windows of neighbouring rows of outputs.
pub(crate) struct Band<'a> {
    /// Begins with the first row's first window.
    pub(crate) values: &'a [f32],
    pub(crate) windows: Windows,
    /// Distance between the windows of neighbouring rows.
    pub(crate) row_step: usize,
}

impl<'a> Band<'a> {
    /// Windows of the output rows `rows`; `gather` allows short windows to be copied out whole.
    pub(crate) fn load(
        source: &'a impl Source,
        picture: usize,
        patches: &Patches,
        rows: Range<usize>,
        gather: bool,
        scratch: &'a mut Scratch,
    ) -> Self {
        let size = source.size();
        let channels = size.channels;
        let first = patches.origin[0] + (rows.start * patches.stride[0]) as isize;
        let Scratch { padded, gathered } = scratch;
        let (values, pitch) = match source.picture(picture) {
            Some(values) if patches.inside(size.rows, size.columns) => {
                (&values[first as usize * size.row() + patches.origin[1] as usize * channels..], size.row())
            }
            _ => {
                let pitch = patches.reach(1, patches.output[1]) * channels;
                let count = patches.reach(0, rows.len());
                padded.resize(count * pitch, 0.0);
                for (row, out) in (first..).zip(padded.chunks_exact_mut(pitch)) {
                    pad_row(source, picture, row, patches.origin[1], out);
                }
                (&padded[..], pitch)
            }
        };
        let windows = Windows {
            segments: patches.kernel[0],
            segment_step: pitch,
            segment: patches.kernel[1] * channels,
            step: patches.stride[1] * channels,
            pixels: patches.output[1],
        };
        let band = Band { values, windows, row_step: patches.stride[0] * pitch };
        if gather && windows.segments > 1 && windows.segment < SHORT {
            band.gather(rows.len(), gathered)
        } else {
            band
        }
    }

    /// The same windows, each copied into one run.
    fn gather(self, rows: usize, gathered: &'a mut Vec<f32>) -> Self {
        let Windows { segments, segment_step, segment, step, pixels } = self.windows;
        let whole = segments * segment;
        gathered.resize(rows * pixels * whole, 0.0);
        for (index, window) in gathered.chunks_exact_mut(whole).enumerate() {
            let start = index / pixels * self.row_step + index % pixels * step;
            for (part, out) in window.chunks_exact_mut(segment).enumerate() {
                let from = &self.values[start + part * segment_step..][..segment];
                out.iter_mut().zip(from).for_each(|(out, &value)| *out = value);
            }
        }
        let windows = Windows { segments: 1, segment_step: 0, segment: whole, step: whole, pixels };
        Band { values: gathered, windows, row_step: pixels * whole }
    }
}

/// A row of the picture from column `first` on, zeros where there is no picture.
fn pad_row(source: &impl Source, picture: usize, row: isize, first: isize, out: &mut [f32]) {
    let size = source.size();
    let columns = (out.len() / size.channels) as isize;
    let from = first.clamp(0, size.columns as isize);
    let until = (first + columns).clamp(from, size.columns as isize);
    if row < 0 || row >= size.rows as isize || from == until {
        return out.fill(0.0);
    }
    let place = |column: isize| (column - first) as usize * size.channels;
    let (before, rest) = out.split_at_mut(place(from));
    let (inside, after) = rest.split_at_mut(place(until) - place(from));
    before.fill(0.0);
    source.copy(picture, row as usize, from as usize, inside);
    after.fill(0.0);
}
