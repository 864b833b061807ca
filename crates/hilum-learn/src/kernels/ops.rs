//! The operations: on burn's CPU backend our kernels, elsewhere burn's own operations.

use burn::backend::Dispatch;
use burn::tensor::{DType, Device, Tensor};

use super::cpu::pool::LARGEST;
use super::record::Layers;
use super::{Activation, Window, plain};

/// Do our kernels run for this tensor?
fn ours(x: &Tensor<4>) -> bool {
    x.device() == Device::flex() && x.dtype() == DType::F32
}

/// The bias, or zeros.
fn bias_or_zeros(bias: Option<Tensor<1>>, weight: &Tensor<4>) -> Tensor<1> {
    bias.unwrap_or_else(|| Tensor::zeros([weight.dims()[0]], &weight.device()))
}

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
    if !ours(&x) {
        return plain::conv(x, weight, bias, window, 1, activation);
    }
    assert_eq!(x.dims()[3], weight.dims()[1], "channels of the picture and of the weight");
    let bias = bias_or_zeros(bias, &weight);
    let (x, weight, bias) = (x.into_dispatch(), weight.into_dispatch(), bias.into_dispatch());
    Tensor::from_dispatch(Dispatch::dense_layer(x, weight, bias, window, activation))
}

/// A convolution with bias, ReLU, and the maximum of each 2 x 2 pixels (a last odd row or column is left out).
///
/// Arguments as for [`conv`]; only the pooled picture `[N, H_out / 2, W_out / 2, C_out]` is ever kept in memory.
///
/// # Panics
/// If shapes do not fit together.
pub fn conv_pool(x: Tensor<4>, weight: Tensor<4>, bias: Option<Tensor<1>>, window: Window) -> Tensor<4> {
    if !ours(&x) {
        let y = plain::conv(x, weight, bias, window, 1, Activation::Relu);
        return plain::max_pool(y, Window::valid(2).stride(2));
    }
    assert_eq!(x.dims()[3], weight.dims()[1], "channels of the picture and of the weight");
    let bias = bias_or_zeros(bias, &weight);
    let (x, weight, bias) = (x.into_dispatch(), weight.into_dispatch(), bias.into_dispatch());
    Tensor::from_dispatch(Dispatch::pooled_layer(x, weight, bias, window))
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
    let channels = x.dims()[3];
    if !ours(&x) {
        return plain::conv(x, weight, bias, window, channels, activation);
    }
    assert_eq!([channels, 1], weight.dims()[..2], "channels of the picture and of the weight");
    let bias = bias_or_zeros(bias, &weight);
    let (x, weight, bias) = (x.into_dispatch(), weight.into_dispatch(), bias.into_dispatch());
    Tensor::from_dispatch(Dispatch::depthwise_layer(x, weight, bias, window, activation))
}

/// Batch normalisation by the batch's own mean and variance, with activation.
///
/// `(x - mean) / sqrt(variance + epsilon) * weight + bias` per channel; gradients flow through mean and variance.
///
/// # Returns
/// The normalised `[N, H, W, C]`, and the batch's mean and variance, each `[C]` (variance divided by the count); no
/// gradient is taken back from these two.
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
    if !ours(&x) {
        let (y, mean, variance) = plain::batch_norm_train(x, weight, bias, epsilon, activation);
        return (y, mean.detach(), variance.detach());
    }
    let (x, weight, bias) = (x.into_dispatch(), weight.into_dispatch(), bias.into_dispatch());
    let (y, mean, variance) = Dispatch::norm_layer(x, weight, bias, epsilon, activation);
    (Tensor::from_dispatch(y), Tensor::from_dispatch(mean), Tensor::from_dispatch(variance))
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
    if !ours(&x) {
        let channels = scale.dims()[0];
        let each = |values: Tensor<1>| values.reshape([1, 1, 1, channels]);
        return plain::activate(x * each(scale) + each(shift), activation);
    }
    let (x, scale, shift) = (x.into_dispatch(), scale.into_dispatch(), shift.into_dispatch());
    Tensor::from_dispatch(Dispatch::scale_layer(x, scale, shift, activation))
}

/// The largest value in each window; zeros of the padding never win.
pub fn max_pool(x: Tensor<4>, window: Window) -> Tensor<4> {
    if !ours(&x) || window.kernel[0] * window.kernel[1] > LARGEST {
        return plain::max_pool(x, window);
    }
    Tensor::from_dispatch(Dispatch::max_layer(x.into_dispatch(), window))
}

/// The mean of each channel over the picture: `[N, H, W, C]` to `[N, C]`.
pub fn global_mean(x: Tensor<4>) -> Tensor<2> {
    let [pictures, rows, columns, channels] = x.dims();
    x.reshape([pictures, rows * columns, channels]).mean_dim(1).squeeze_dim(1)
}
