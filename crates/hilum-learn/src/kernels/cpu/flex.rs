//! The layers on tensors of burn's CPU backend: slices out of tensors, kernels over them, tensors out of the results.

use burn::backend::Flex;
use burn::backend::tensor::FloatTensor;
use burn::tensor::TensorData;

use super::bands::Patches;
use super::convolve::{Dense, back_to_input, convolve};
use super::depthwise::{Depthwise, tap_gradient};
use super::norm::Statistics;
use super::panels::Panels;
use super::pool;
use super::source::{Clamped, Plain, Size, Source, Unpooled, Winner};
use super::weights::{WeightGradient, weight_gradient};
use crate::kernels::{Activation, Window};

pub(crate) type Array = FloatTensor<Flex>;

/// A tensor in memory order.
///
/// # Panics
/// If it does not hold `f32`.
pub(crate) fn ordered(tensor: &Array) -> Array {
    tensor.to_contiguous()
}

fn values(tensor: &Array) -> &[f32] {
    match tensor.as_slice() {
        Some(values) => values,
        None => panic!("layers compute with f32, and in memory order, but got {:?}", tensor.dtype()),
    }
}

fn tensor<const D: usize>(values: Vec<f32>, shape: [usize; D]) -> Array {
    Array::from_data(TensorData::new(values, shape))
}

fn vector(values: Vec<f32>) -> Array {
    let length = values.len();
    tensor(values, [length])
}

fn dims(tensor: &Array) -> [usize; 4] {
    tensor.layout().shape().dims()
}

pub(crate) fn size(tensor: &Array) -> Size {
    let [pictures, rows, columns, channels] = dims(tensor);
    Size { pictures, rows, columns, channels }
}

fn plain(tensor: &Array) -> Plain<'_> {
    Plain { values: values(tensor), size: size(tensor) }
}

/// A convolution: what is asked of it, and the sizes that follow.
#[derive(Debug, Clone)]
pub(crate) struct Layer {
    pub(crate) window: Window,
    /// Of the pictures that enter and leave; windows of one pixel see them in long rows.
    input: Size,
    output: Size,
}

impl Layer {
    pub(crate) fn new(x: &Array, channels: usize, window: Window) -> Self {
        let mut input = size(x);
        if window == Window::valid(1) {
            input = input.long_rows();
        }
        let [rows, columns] = window.output(input.rows, input.columns);
        Self { window, input, output: Size { rows, columns, channels, ..input } }
    }

    fn patches(&self) -> Patches {
        Patches::of(&self.window, self.input.rows, self.input.columns)
    }

    fn source<'a>(&self, x: &'a Array) -> Plain<'a> {
        Plain { values: values(x), size: self.input }
    }

    /// The shape of the output as others see it.
    fn shape(&self, x: &Array) -> [usize; 4] {
        let Size { pictures, rows, columns, .. } = size(x);
        let [rows, columns] = self.window.output(rows, columns);
        [pictures, rows, columns, self.output.channels]
    }
}

fn dense<'a>(
    weight: &[f32],
    [channels, inputs, rows, columns]: [usize; 4],
    bias: &'a [f32],
    activation: Activation,
) -> Dense<'a> {
    let area = rows * columns;
    let panels = Panels::from_fn(area * inputs, channels, |k, channel| {
        weight[(channel * inputs + k % inputs) * area + k / inputs]
    });
    Dense { panels, bias, bounds: activation.bounds() }
}

pub(crate) fn conv(x: &Array, weight: &Array, bias: &Array, window: Window, activation: Activation) -> Array {
    let shape = dims(weight);
    let layer = Layer::new(x, shape[0], window);
    let kernel = dense(values(weight), shape, values(bias), activation);
    let mut output = vec![0.0; layer.output.values()];
    convolve(&layer.source(x), &layer.patches(), &kernel, &mut output);
    tensor(output, layer.shape(x))
}

/// The pooled picture, and who won.
pub(crate) fn conv_pool(x: &Array, weight: &Array, bias: &Array, window: Window) -> (Array, Vec<Winner>) {
    let shape = dims(weight);
    let layer = Layer::new(x, shape[0], window);
    let kernel = dense(values(weight), shape, values(bias), Activation::Relu);
    let [pictures, rows, columns, channels] = layer.shape(x);
    let pooled = [pictures, rows / 2, columns / 2, channels];
    let mut output = vec![0.0; pooled.iter().product()];
    let mut winners = vec![0; output.len()];
    pool::convolve_and_pool(&layer.source(x), &layer.patches(), &kernel, &mut output, &mut winners);
    (tensor(output, pooled), winners)
}

/// Which gradients are asked for: of the input, of the weight or bias.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    pub(crate) input: bool,
    pub(crate) weights: bool,
}

/// Gradients of input, weight and bias.
pub(crate) type Gradients = (Option<Array>, Option<(Array, Array)>);

/// What a gradient passes before it reaches the sums.
pub(crate) enum Passage<'a> {
    /// The layer's output and its activation.
    Activation(&'a Array, Activation),
    /// The winners of the maximum.
    Pool(&'a [Winner]),
}

pub(crate) fn conv_back(
    x: &Array,
    weight: &Array,
    window: Window,
    passage: &Passage,
    gradient: &Array,
    wanted: Wanted,
) -> Gradients {
    let layer = Layer::new(x, dims(weight)[0], window);
    let (gradient, size) = (values(gradient), layer.output);
    match passage {
        Passage::Activation(_, Activation::None) => {
            dense_back(&layer, x, weight, &Plain { values: gradient, size }, wanted)
        }
        Passage::Activation(output, activation) => {
            let source = Clamped { gradient, output: values(output), bounds: activation.bounds(), size };
            dense_back(&layer, x, weight, &source, wanted)
        }
        Passage::Pool(winners) => {
            dense_back(&layer, x, weight, &Unpooled { gradient, winners, size }, wanted)
        }
    }
}

fn dense_back(layer: &Layer, x: &Array, weight: &Array, gradient: &impl Source, wanted: Wanted) -> Gradients {
    let shape = dims(weight);
    let [channels, inputs, _, columns] = shape;
    let area = shape[2] * columns;
    let input = wanted.input.then(|| {
        let weight = values(weight);
        let kernel = |rows: &[usize], across: &[usize]| Dense {
            panels: Panels::from_fn(rows.len() * across.len() * channels, inputs, |k, input| {
                let (tap, channel) = (k / channels, k % channels);
                let place = rows[tap / across.len()] * columns + across[tap % across.len()];
                weight[(channel * inputs + input) * area + place]
            }),
            bias: &[],
            bounds: Activation::None.bounds(),
        };
        let mut output = vec![0.0; layer.input.values()];
        back_to_input(gradient, &layer.window, layer.input, kernel, &mut output);
        tensor(output, dims(x))
    });
    let weights = wanted.weights.then(|| {
        let WeightGradient { panels, bias } = weight_gradient(&layer.source(x), &layer.patches(), gradient);
        let mut sums = Vec::with_capacity(channels * inputs * area);
        for index in 0..channels * inputs * area {
            let (channel, input, place) = (index / area / inputs, index / area % inputs, index % area);
            sums.push(panels.at(place * inputs + input, channel));
        }
        (tensor(sums, shape), vector(bias))
    });
    (input, weights)
}

fn taps<'a>(
    weight: &[f32],
    [channels, _, rows, columns]: [usize; 4],
    bias: &'a [f32],
    activation: Activation,
) -> Depthwise<'a> {
    let area = rows * columns;
    let taps = (0..area * channels).map(|index| weight[index % channels * area + index / channels]).collect();
    Depthwise { taps, channels, bias, bounds: activation.bounds() }
}

pub(crate) fn depthwise(
    x: &Array,
    weight: &Array,
    bias: &Array,
    window: Window,
    activation: Activation,
) -> Array {
    let shape = dims(weight);
    let layer = Layer::new(x, shape[0], window);
    let kernel = taps(values(weight), shape, values(bias), activation);
    let mut output = vec![0.0; layer.output.values()];
    convolve(&layer.source(x), &layer.patches(), &kernel, &mut output);
    tensor(output, layer.shape(x))
}

pub(crate) fn depthwise_back(
    x: &Array,
    weight: &Array,
    window: Window,
    (output, activation): (&Array, Activation),
    gradient: &Array,
    wanted: Wanted,
) -> Gradients {
    let layer = Layer::new(x, dims(weight)[0], window);
    let (gradient, size) = (values(gradient), layer.output);
    if activation == Activation::None {
        taps_back(&layer, x, weight, &Plain { values: gradient, size }, wanted)
    } else {
        let source = Clamped { gradient, output: values(output), bounds: activation.bounds(), size };
        taps_back(&layer, x, weight, &source, wanted)
    }
}

fn taps_back(layer: &Layer, x: &Array, weight: &Array, gradient: &impl Source, wanted: Wanted) -> Gradients {
    let shape = dims(weight);
    let [channels, _, rows, columns] = shape;
    let area = rows * columns;
    let input = wanted.input.then(|| {
        let weight = values(weight);
        let kernel = |rows: &[usize], across: &[usize]| {
            let mut taps = Vec::with_capacity(rows.len() * across.len() * channels);
            for row in rows {
                for column in across {
                    taps.extend((0..channels).map(|channel| weight[channel * area + row * columns + column]));
                }
            }
            Depthwise { taps, channels, bias: &[], bounds: Activation::None.bounds() }
        };
        let mut output = vec![0.0; layer.input.values()];
        back_to_input(gradient, &layer.window, layer.input, kernel, &mut output);
        tensor(output, dims(x))
    });
    let weights = wanted.weights.then(|| {
        let (sums, bias) = tap_gradient(&layer.source(x), &layer.patches(), gradient);
        let by_channel =
            (0..channels * area).map(|index| sums[index % area * channels + index / area]).collect();
        (tensor(by_channel, shape), vector(bias))
    });
    (input, weights)
}

/// The normalised values, and the statistics that the way back needs.
pub(crate) fn batch_norm(
    x: &Array,
    weight: &Array,
    bias: &Array,
    epsilon: f64,
    activation: Activation,
) -> (Array, Statistics) {
    let statistics = Statistics::of(values(x), values(weight), values(bias), epsilon);
    (normalised(x, &statistics, activation), statistics)
}

pub(crate) fn normalised(x: &Array, statistics: &Statistics, activation: Activation) -> Array {
    tensor(statistics.apply(values(x), activation.bounds()), dims(x))
}

/// What is already normalised: a factor and a summand a channel.
pub(crate) fn given(scale: &Array, shift: &Array) -> Statistics {
    Statistics::given(values(scale), values(shift))
}

pub(crate) fn mean_and_variance(statistics: &Statistics) -> (Array, Array) {
    (vector(statistics.mean.clone()), vector(statistics.variance.clone()))
}

/// Gradients of the values, of the factor and of the summand.
pub(crate) fn norm_back(
    x: &Array,
    statistics: &Statistics,
    gradient: &Array,
    activation: Activation,
) -> [Array; 3] {
    let [input, weight, bias] = statistics.back(values(x), values(gradient), activation.bounds());
    [tensor(input, dims(x)), vector(weight), vector(bias)]
}

pub(crate) fn max_pool(x: &Array, window: Window) -> (Array, Vec<Winner>) {
    let source = plain(x);
    let [rows, columns] = window.output(source.size.rows, source.size.columns);
    let (output, winners) = pool::max_pool(source.values, source.size, &window);
    (tensor(output, [source.size.pictures, rows, columns, source.size.channels]), winners)
}

pub(crate) fn max_pool_back(size: Size, window: Window, winners: &[Winner], gradient: &Array) -> Array {
    let Size { pictures, rows, columns, channels } = size;
    let input = pool::max_pool_back(values(gradient), winners, size, &window);
    tensor(input, [pictures, rows, columns, channels])
}
