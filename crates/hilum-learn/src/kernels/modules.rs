//! Layers with their weights, named as PyTorch names them.

use burn::module::{Flag, Module, Param, RunningState};
use burn::nn::Initializer;
use burn::tensor::{Device, Tensor};

use super::{Activation, Window, ops};

/// A convolution over channels-last pictures.
#[derive(Module, Debug)]
pub struct Conv {
    /// `[C_out, C_in, kernel rows, kernel columns]`.
    pub weight: Param<Tensor<4>>,
    /// `[C_out]`; none where a normalisation follows.
    pub bias: Option<Param<Tensor<1>>>,
    /// How the kernel slides.
    #[module(skip)]
    pub window: Window,
}

impl Conv {
    /// A convolution from `channels[0]` to `channels[1]` channels, its weights drawn by `initializer`, its bias zero.
    pub fn new(
        channels: [usize; 2],
        window: Window,
        bias: bool,
        initializer: &Initializer,
        device: &Device,
    ) -> Self {
        let area = window.kernel[0] * window.kernel[1];
        let shape = [channels[1], channels[0], window.kernel[0], window.kernel[1]];
        let weight = initializer.init_with(shape, Some(channels[0] * area), Some(channels[1] * area), device);
        Self { weight, bias: bias.then(|| zeros(channels[1], device)), window }
    }

    /// The convolution of `[N, H, W, C_in]`, then bias and `activation`.
    pub fn forward(&self, x: Tensor<4>, activation: Activation) -> Tensor<4> {
        ops::conv(x, self.weight.val(), self.bias.as_ref().map(Param::val), self.window, activation)
    }

    /// The convolution, bias, ReLU, and the maximum of each 2 x 2 pixels.
    pub fn forward_pool(&self, x: Tensor<4>) -> Tensor<4> {
        ops::conv_pool(x, self.weight.val(), self.bias.as_ref().map(Param::val), self.window)
    }
}

/// A convolution of every channel by itself, over channels-last pictures.
#[derive(Module, Debug)]
pub struct DepthwiseConv {
    /// `[C, 1, kernel rows, kernel columns]`.
    pub weight: Param<Tensor<4>>,
    /// `[C]`; none where a normalisation follows.
    pub bias: Option<Param<Tensor<1>>>,
    /// How the kernel slides.
    #[module(skip)]
    pub window: Window,
}

impl DepthwiseConv {
    /// A depthwise convolution of `channels` channels, its weights drawn by `initializer`, its bias zero.
    pub fn new(
        channels: usize,
        window: Window,
        bias: bool,
        initializer: &Initializer,
        device: &Device,
    ) -> Self {
        let area = window.kernel[0] * window.kernel[1];
        let shape = [channels, 1, window.kernel[0], window.kernel[1]];
        let weight = initializer.init_with(shape, Some(area), Some(area), device);
        Self { weight, bias: bias.then(|| zeros(channels, device)), window }
    }

    /// The convolution of `[N, H, W, C]`, then bias and `activation`.
    pub fn forward(&self, x: Tensor<4>, activation: Activation) -> Tensor<4> {
        ops::depthwise_conv(x, self.weight.val(), self.bias.as_ref().map(Param::val), self.window, activation)
    }
}

/// Batch normalisation over channels-last pictures.
///
/// On a device that records gradients it normalises by the batch and moves the running statistics; elsewhere, or once
/// [frozen](Module::freeze), by the running statistics.
#[derive(Module, Debug)]
pub struct BatchNorm {
    /// Factor `[C]`, at first 1.
    pub weight: Param<Tensor<1>>,
    /// Summand `[C]`, at first 0.
    pub bias: Param<Tensor<1>>,
    /// Running mean `[C]`, at first 0.
    pub running_mean: RunningState<Tensor<1>>,
    /// Running variance `[C]` (divided by one less than the count, as in PyTorch), at first 1.
    pub running_var: RunningState<Tensor<1>>,
    /// Does it learn, where gradients are recorded? Not part of a weights file.
    pub training: Param<Flag>,
    /// Share of the batch in the running statistics.
    pub momentum: f64,
    /// What is added to the variance.
    pub epsilon: f64,
}

impl BatchNorm {
    /// A normalisation of `channels` channels with PyTorch's momentum 0.1 and epsilon 1e-5.
    pub fn new(channels: usize, device: &Device) -> Self {
        Self {
            weight: Initializer::Ones.init([channels], device),
            bias: zeros(channels, device),
            running_mean: RunningState::new(Tensor::zeros([channels], device)),
            running_var: RunningState::new(Tensor::ones([channels], device)),
            training: Param::from_bool(true),
            momentum: 0.1,
            epsilon: 1e-5,
        }
    }

    /// The same with another momentum and epsilon.
    #[must_use]
    pub fn with(mut self, momentum: f64, epsilon: f64) -> Self {
        (self.momentum, self.epsilon) = (momentum, epsilon);
        self
    }

    /// Normalises `[N, H, W, C]`, then `activation`.
    pub fn forward(&self, x: Tensor<4>, activation: Activation) -> Tensor<4> {
        let device = x.device();
        let (weight, bias) = (self.weight.val(), self.bias.val());
        if !(device.is_autodiff() && self.training.is_enabled()) {
            let mean = self.running_mean.value().to_device(&device);
            let variance = self.running_var.value().to_device(&device);
            return ops::batch_norm(x, weight, bias, mean, variance, self.epsilon, activation);
        }
        let [pictures, rows, columns, _] = x.dims();
        let count = (pictures * rows * columns) as f64;
        let (y, mean, variance) = ops::batch_norm_train(x, weight, bias, self.epsilon, activation);
        let unbiased = variance * (count / (count - 1.0).max(1.0));
        move_towards(&self.running_mean, mean, self.momentum, &device);
        move_towards(&self.running_var, unbiased, self.momentum, &device);
        y
    }
}

fn zeros(channels: usize, device: &Device) -> Param<Tensor<1>> {
    Initializer::Zeros.init([channels], device)
}

fn move_towards(running: &RunningState<Tensor<1>>, batch: Tensor<1>, momentum: f64, device: &Device) {
    let old = running.value_sync().to_device(device);
    running.update((old * (1.0 - momentum) + batch.detach() * momentum).detach());
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::TensorData;

    #[test]
    fn a_picture_of_ones_sums_the_kernel() {
        let device = Device::flex();
        let conv = Conv::new([2, 3], Window::same(3), true, &Initializer::Ones, &device);
        let y = conv.forward(Tensor::ones([1, 3, 4, 2], &device), Activation::Relu6);
        assert_eq!(y.dims(), [1, 3, 4, 3]);
        // 2 x 2 pixels of 2 channels reach a corner; elsewhere ReLU6 caps the sum.
        let first = y.slice([0..1, 0..1, 0..1, 0..3]).into_data().try_to_vec::<f32>().unwrap();
        assert_eq!(first, [6.0; 3]);
        let conv = DepthwiseConv::new(2, Window::same(3), false, &Initializer::Ones, &device);
        let y = conv.forward(Tensor::ones([1, 3, 4, 2], &device), Activation::None);
        assert_eq!(
            y.slice([0..1, 0..1, 0..4, 0..1]).into_data().try_to_vec::<f32>().unwrap(),
            [4.0, 6.0, 6.0, 4.0]
        );
    }

    #[test]
    fn statistics_move_in_training_alone() {
        let device = Device::flex().autodiff();
        let norm = BatchNorm::new(1, &device);
        let x = Tensor::<4>::from_data(TensorData::new(vec![1.0f32, 3.0, 5.0, 7.0], [1, 2, 2, 1]), &device);
        let y = norm.forward(x.clone(), Activation::Relu).into_data().try_to_vec::<f32>().unwrap();
        assert!(y[0] == 0.0 && (y[3] - 3.0 / 5.0f32.sqrt()).abs() < 1e-5, "{y:?}");
        let running = |norm: &BatchNorm| {
            (
                norm.running_mean.value_sync().into_scalar::<f32>(),
                norm.running_var.value_sync().into_scalar::<f32>(),
            )
        };
        let (mean, variance) = running(&norm);
        // Variance of the four: 5 by the count, 20 / 3 by one less.
        assert!((mean - 0.4).abs() < 1e-6 && (variance - (0.9 + 2.0 / 3.0)).abs() < 1e-6);
        let frozen = norm.clone().freeze();
        frozen.forward(x.clone(), Activation::None);
        assert_eq!(running(&frozen), (mean, variance));
        let norm = norm.valid();
        norm.forward(x.inner(), Activation::None);
        assert_eq!(running(&norm), (mean, variance));
    }
}
