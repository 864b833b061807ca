//! Convolution forward and back to its input, over bands of rows spread over threads.

use rayon::prelude::*;

use super::bands::{Band, Patches, Scratch};
use super::panels::Panels;
use super::product::{Forward, Windows};
use super::source::{Size, Source};
use crate::kernels::Window;

/// What makes one row of outputs out of its windows.
pub(crate) trait Kernel: Sync {
    /// Channels that leave.
    fn channels(&self) -> usize;

    /// May short windows be gathered?
    fn gathers(&self) -> bool;

    /// Writes one row: `output` begins with the first pixel, neighbouring pixels are `output_step` apart.
    fn row(&self, windows: Windows, input: &[f32], output: &mut [f32], output_step: usize);
}

/// All inputs of the window to every output channel.
pub(crate) struct Dense<'a> {
    pub(crate) panels: Panels,
    /// One a channel, or empty for zeros.
    pub(crate) bias: &'a [f32],
    pub(crate) bounds: (f32, f32),
}

impl Kernel for Dense<'_> {
    fn channels(&self) -> usize {
        self.panels.channels
    }

    fn gathers(&self) -> bool {
        true
    }

    fn row(&self, windows: Windows, input: &[f32], output: &mut [f32], output_step: usize) {
        let Dense { panels, bias, bounds } = self;
        pulp::Arch::new().dispatch(Forward {
            windows,
            input,
            panels,
            bias,
            bounds: *bounds,
            output,
            output_step,
        });
    }
}

/// Rows of a band: enough pixels to be worth a task, few enough to stay in the cache.
pub(crate) fn band_rows(columns: usize) -> usize {
    (512 / columns).clamp(1, 16)
}

/// `output = kernel(windows of source)`, `[pictures, output rows, output columns, channels]`.
pub(crate) fn convolve(source: &impl Source, patches: &Patches, kernel: &impl Kernel, output: &mut [f32]) {
    let [rows, columns] = patches.output;
    let row = columns * kernel.channels();
    let band = band_rows(columns);
    output.par_chunks_mut(rows * row).enumerate().for_each(|(picture, output)| {
        output.par_chunks_mut(band * row).enumerate().for_each_init(
            Scratch::default,
            |scratch, (index, output)| {
                let first = index * band;
                let rows = first..first + output.len() / row;
                let band = Band::load(source, picture, patches, rows, kernel.gathers(), scratch);
                for (index, output) in output.chunks_exact_mut(row).enumerate() {
                    kernel.row(
                        band.windows,
                        &band.values[index * band.row_step..],
                        output,
                        kernel.channels(),
                    );
                }
            },
        );
    });
}

/// The gradient of a convolution's input from the gradient of its output.
///
/// Input pixels whose place modulo the stride is alike see the same taps of the kernel: each such phase is a convolution
/// of the gradient with those taps in reverse order. `kernel(rows, columns)` makes the kernel that reads the taps of
/// these rows and columns in this order. With stride 1 there is one phase.
pub(crate) fn back_to_input<K: Kernel>(
    gradient: &impl Source,
    window: &Window,
    input: Size,
    kernel: impl Fn(&[usize], &[usize]) -> K,
    output: &mut [f32],
) {
    let sizes = [input.rows, input.columns];
    let padding = [window.rows[0], window.columns[0]];
    let phases: Vec<Phase<K>> = (0..window.stride[0])
        .flat_map(|row| (0..window.stride[1]).map(move |column| [row, column]))
        .filter(|start| start[0] < sizes[0] && start[1] < sizes[1])
        .map(|start| Phase::new(window, start, sizes, padding, &kernel))
        .collect();
    let stride = window.stride[0];
    let block = band_rows(input.columns).next_multiple_of(stride);
    output.par_chunks_mut(input.picture()).enumerate().for_each(|(picture, output)| {
        let blocks = output.par_chunks_mut(block * input.row()).enumerate();
        blocks.for_each_init(Scratch::default, |scratch, (index, output)| {
            for phase in &phases {
                phase.write(gradient, picture, index * block / stride, window.stride, input, output, scratch);
            }
        });
    });
}

/// Input pixels with the same place modulo the stride.
struct Phase<K> {
    start: [usize; 2],
    patches: Patches,
    /// None where no tap reaches these pixels.
    kernel: Option<K>,
}

impl<K: Kernel> Phase<K> {
    fn new(
        window: &Window,
        start: [usize; 2],
        sizes: [usize; 2],
        padding: [usize; 2],
        kernel: &impl Fn(&[usize], &[usize]) -> K,
    ) -> Self {
        let along = |axis: usize| {
            let stride = window.stride[axis];
            let place = start[axis] + padding[axis];
            let taps: Vec<usize> = (place % stride..window.kernel[axis]).step_by(stride).rev().collect();
            let origin = (place / stride) as isize - (taps.len() as isize - 1);
            (taps, origin, (sizes[axis] - start[axis]).div_ceil(stride))
        };
        let ((rows, top, height), (columns, left, width)) = (along(0), along(1));
        Self {
            start,
            patches: Patches {
                origin: [top, left],
                kernel: [rows.len(), columns.len()],
                stride: [1, 1],
                output: [height, width],
            },
            kernel: (!rows.is_empty() && !columns.is_empty()).then(|| kernel(&rows, &columns)),
        }
    }

    /// Writes the phase's pixels into a block of rows that begins with the phase's row `first`.
    #[expect(clippy::too_many_arguments, reason = "one call, all of them plain places")]
    fn write(
        &self,
        gradient: &impl Source,
        picture: usize,
        first: usize,
        stride: [usize; 2],
        input: Size,
        output: &mut [f32],
        scratch: &mut Scratch,
    ) {
        let block = output.len() / input.row();
        if self.start[0] >= block {
            return;
        }
        let count = (block - self.start[0]).div_ceil(stride[0]);
        let begin = self.start[0] * input.row() + self.start[1] * input.channels;
        let rows = output[begin..].chunks_mut(stride[0] * input.row());
        let step = stride[1] * input.channels;
        let Some(kernel) = &self.kernel else {
            let width = self.patches.output[1];
            return rows.for_each(|row| {
                row.chunks_mut(step).take(width).for_each(|pixel| pixel[..input.channels].fill(0.0));
            });
        };
        let band =
            Band::load(gradient, picture, &self.patches, first..first + count, kernel.gathers(), scratch);
        for (index, row) in rows.enumerate() {
            kernel.row(band.windows, &band.values[index * band.row_step..], row, step);
        }
    }
}
