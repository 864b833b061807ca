//! The operations over channels-last tensors.

use burn::tensor::Tensor;

use super::{Activation, Window, plain};

/// A convolution with bias and activation.
///
/// # Arguments
/// * `x` - `[N, H, W, C_in]`.
/// * `weight` - `[C_out, C_in, kernel rows, kernel columns]`, as PyTorch keeps it.
/// * `bias` - `[C_out]`.
///
/// # Returns
/// `[N, H_out, W_out, C_out]`, sizes by [`Window::output`].
///
/// # Panics
/// If shapes do not fit together.
pub fn conv(
    x: Tensor<4>,
    weight: Tensor<4>,
    bias: Option<Tensor<1>>,
    window: Window,
    activation: Activation,
) -> Tensor<4> {
    plain::conv(x, weight, bias, window, 1, activation)
}

/// A convolution with bias, ReLU, and the maximum of each 2 x 2 pixels (a last odd row or column is left out).
///
/// Arguments as for [`conv`]; the result is `[N, H_out / 2, W_out / 2, C_out]`.
///
/// # Panics
/// If shapes do not fit together.
pub fn conv_pool(x: Tensor<4>, weight: Tensor<4>, bias: Option<Tensor<1>>, window: Window) -> Tensor<4> {
    let y = plain::conv(x, weight, bias, window, 1, Activation::Relu);
    plain::max_pool(y, Window::valid(2).stride(2))
}

/// A convolution of every channel by itself, with bias and activation.
///
/// # Arguments
/// * `x` - `[N, H, W, C]`.
/// * `weight` - `[C, 1, kernel rows, kernel columns]`, as PyTorch keeps it with `groups=C`.
/// * `bias` - `[C]`.
///
/// # Panics
/// If shapes do not fit together.
pub fn depthwise_conv(
    x: Tensor<4>,
    weight: Tensor<4>,
    bias: Option<Tensor<1>>,
    window: Window,
    activation: Activation,
) -> Tensor<4> {
    let groups = x.dims()[3];
    plain::conv(x, weight, bias, window, groups, activation)
}

/// Batch normalisation by the batch's own mean and variance, with activation.
///
/// `(x - mean) / sqrt(variance + epsilon) * weight + bias` per channel; gradients flow through mean and variance.
///
/// # Returns
/// The normalised `[N, H, W, C]`, and the batch's mean and variance, each `[C]` (variance divided by the count).
///
/// # Source
/// Ioffe, Szegedy: Batch Normalization, ICML 2015.
pub fn batch_norm_train(
    x: Tensor<4>,
    weight: Tensor<1>,
    bias: Tensor<1>,
    epsilon: f64,
    activation: Activation,
) -> (Tensor<4>, Tensor<1>, Tensor<1>) {
    plain::batch_norm_train(x, weight, bias, epsilon, activation)
}

/// Batch normalisation by a given mean and variance (each `[C]`), with activation: how a trained net is used.
pub fn batch_norm(
    x: Tensor<4>,
    weight: Tensor<1>,
    bias: Tensor<1>,
    mean: Tensor<1>,
    variance: Tensor<1>,
    epsilon: f64,
    activation: Activation,
) -> Tensor<4> {
    let scale = weight / (variance + epsilon).sqrt();
    let shift = bias - mean * scale.clone();
    let channels = scale.dims()[0];
    plain::activate(x * scale.reshape([1, 1, 1, channels]) + shift.reshape([1, 1, 1, channels]), activation)
}

/// The largest value in each window; zeros of the padding never win.
pub fn max_pool(x: Tensor<4>, window: Window) -> Tensor<4> {
    plain::max_pool(x, window)
}

/// The mean of each channel over the picture: `[N, H, W, C]` to `[N, C]`.
pub fn global_mean(x: Tensor<4>) -> Tensor<2> {
    let [pictures, rows, columns, channels] = x.dims();
    x.reshape([pictures, rows * columns, channels]).mean_dim(1).squeeze_dim(1)
}
