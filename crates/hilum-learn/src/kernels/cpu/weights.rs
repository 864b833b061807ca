//! The gradient of a convolution's weights and bias.

use super::bands::{Band, Patches, Scratch};
use super::convolve::band_rows;
use super::panels::{Panels, WIDTH};
use super::parts::sum_in_parts;
use super::product;
use super::source::{Size, Source};

/// Gradients of the weights, in the order of the window's values, and of the bias.
pub(crate) struct WeightGradient {
    pub(crate) panels: Panels,
    pub(crate) bias: Vec<f32>,
}

/// Sums input times gradient over all windows, band by band: few enough pixels that both stay in the cache while every
/// panel of channels and every row of the kernel passes over them.
pub(crate) fn weight_gradient(
    input: &impl Source,
    patches: &Patches,
    gradient: &impl Source,
) -> WeightGradient {
    let size = gradient.size();
    let depth = patches.kernel[0] * patches.kernel[1] * input.size().channels;
    let height = band_rows(size.columns);
    let bands = size.rows.div_ceil(height);
    sum_in_parts(
        size.pictures * bands,
        height * size.columns,
        |units| {
            let mut sums = WeightGradient {
                panels: Panels::zeros(depth, size.channels),
                bias: vec![0.0; size.channels],
            };
            let mut scratch = Scratch::default();
            let mut rows = GradientRows::default();
            for unit in units {
                let (picture, first) = (unit / bands, unit % bands * height);
                let count = height.min(size.rows - first);
                let band = Band::load(input, picture, patches, first..first + count, true, &mut scratch);
                rows.load(gradient, picture, first, count);
                rows.add_to(&mut sums.bias);
                add_band(&band, &mut rows, size, &mut sums.panels);
            }
            sums
        },
        |sums, part| {
            sums.panels.add(&part.panels);
            sums.bias.iter_mut().zip(part.bias).for_each(|(sum, value)| *sum += value);
        },
    )
}

fn add_band(band: &Band, rows: &mut GradientRows, size: Size, sums: &mut Panels) {
    let windows = band.windows;
    for (index, panel) in sums.iter_mut().enumerate() {
        let gradient = rows.panel(index, size.channels);
        for (segment, sums) in panel.chunks_exact_mut(windows.segment * WIDTH).enumerate() {
            pulp::Arch::new().dispatch(product::Weights {
                windows,
                input: &band.values[segment * windows.segment_step..],
                row_step: band.row_step,
                gradient,
                sums,
            });
        }
    }
}

/// Some rows of the output's gradient.
#[derive(Default)]
struct GradientRows {
    values: Vec<f32>,
    panel: Vec<f32>,
}

impl GradientRows {
    fn load(&mut self, gradient: &impl Source, picture: usize, first: usize, count: usize) {
        let row = gradient.size().row();
        self.values.resize(count * row, 0.0);
        for (row, out) in (first..).zip(self.values.chunks_exact_mut(row)) {
            gradient.copy(picture, row, 0, out);
        }
    }

    fn add_to(&self, bias: &mut [f32]) {
        for pixel in self.values.chunks_exact(bias.len()) {
            bias.iter_mut().zip(pixel).for_each(|(sum, value)| *sum += value);
        }
    }

    /// The channels of one panel, side by side; a last panel is filled up with zeros.
    fn panel(&mut self, index: usize, channels: usize) -> &[f32] {
        let first = index * WIDTH;
        let count = WIDTH.min(channels - first);
        self.panel.clear();
        for pixel in self.values.chunks_exact(channels) {
            let mut values = [0.0; WIDTH];
            values[..count].copy_from_slice(&pixel[first..first + count]);
            self.panel.extend_from_slice(&values);
        }
        &self.panel
    }
}
