//! The same operations put together from burn's own: what runs on other devices, and what the kernels are tested against.

use burn::tensor::Tensor;
use burn::tensor::activation::relu;
use burn::tensor::module::{conv2d, max_pool2d};
use burn::tensor::ops::{ConvOptions, MaxPoolOptions};

use super::{Activation, Window};

/// `[N, H, W, C]` to `[N, C, H, W]`.
fn channels_first(x: Tensor<4>) -> Tensor<4> {
    x.permute([0, 3, 1, 2])
}

/// `[N, C, H, W]` to `[N, H, W, C]`.
fn channels_last(x: Tensor<4>) -> Tensor<4> {
    x.permute([0, 2, 3, 1])
}

pub(super) fn activate(x: Tensor<4>, activation: Activation) -> Tensor<4> {
    match activation {
        Activation::None => x,
        Activation::Relu => relu(x),
        Activation::Relu6 => x.clamp(0.0, 6.0),
    }
}

pub(super) fn conv(
    x: Tensor<4>,
    weight: Tensor<4>,
    bias: Option<Tensor<1>>,
    window: Window,
    groups: usize,
    activation: Activation,
) -> Tensor<4> {
    let options = ConvOptions::new_with_padding(
        window.stride,
        [(window.rows[0], window.rows[1]), (window.columns[0], window.columns[1])],
        [1, 1],
        groups,
    );
    activate(channels_last(conv2d(channels_first(x), weight, bias, options)), activation)
}

pub(super) fn max_pool(x: Tensor<4>, window: Window) -> Tensor<4> {
    let options = MaxPoolOptions {
        kernel_size: window.kernel,
        stride: window.stride,
        padding: [(window.rows[0], window.rows[1]), (window.columns[0], window.columns[1])],
        dilation: [1, 1],
        ceil_mode: false,
    };
    channels_last(max_pool2d(channels_first(x), options))
}

/// Normalised values, then mean and variance of the batch (divided by the count, not by one less), each `[C]`.
pub(super) fn batch_norm_train(
    x: Tensor<4>,
    weight: Tensor<1>,
    bias: Tensor<1>,
    epsilon: f64,
    activation: Activation,
) -> (Tensor<4>, Tensor<1>, Tensor<1>) {
    let channels = x.dims()[3];
    let rows = x.clone().reshape([-1, channels as i32]);
    let mean = rows.clone().mean_dim(0);
    let spread = rows - mean.clone();
    let variance = spread.clone().powi_scalar(2).mean_dim(0);
    let unit = spread / (variance.clone() + epsilon).sqrt();
    let y = (unit * weight.unsqueeze() + bias.unsqueeze()).reshape(x.shape());
    (activate(y, activation), mean.squeeze_dim(0), variance.squeeze_dim(0))
}
