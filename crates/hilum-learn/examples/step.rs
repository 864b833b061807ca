//! CPU seconds and peak memory of training steps: `step NET PICTURES STEPS`, NET one of plain, residual, mobile.
//!
//! Prints the least of STEPS, as `tools/bench/nets.py` reads it. RAYON_NUM_THREADS sets the threads. Linux alone: it reads
//! `/proc/self`.
#![allow(clippy::print_stdout, clippy::expect_used, reason = "a program for measuring by hand")]

use burn::module::{Module, Param};
use burn::nn::Initializer;
use burn::optim::{AdamConfig, GradientsParams};
use burn::tensor::activation::{relu, softplus};
use burn::tensor::{Device, Distribution, Tensor};
use hilum_learn::kernels::{Activation, BatchNorm, Conv, DepthwiseConv, Window, global_mean};

const HE: Initializer = Initializer::KaimingUniform { gain: 1.0, fan_out_only: false };

fn weights(inputs: usize, device: &Device) -> Param<Tensor<2>> {
    Initializer::Uniform { min: -1e-3, max: 1e-3 }.init([inputs, 1], device)
}

trait Net: Module + Clone {
    /// Rows, columns and channels of a picture.
    const PICTURE: [usize; 3];
    fn new(device: &Device) -> Self;
    fn forward(&self, x: Tensor<4>) -> Tensor<2>;
}

/// The 2022 notebook's net: 32, 64 and 128 channels, two maxima, a dense layer.
#[derive(Module, Debug)]
struct Plain {
    convs: Vec<Conv>,
    dense: Param<Tensor<2>>,
}

impl Net for Plain {
    const PICTURE: [usize; 3] = [512, 512, 1];

    fn new(device: &Device) -> Self {
        let conv = |channels| Conv::new(channels, Window::valid(3), true, &HE, device);
        Self {
            convs: [[1, 32], [32, 64], [64, 128]].map(conv).into(),
            dense: weights(124 * 124 * 128, device),
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<2> {
        let x = self.convs[1].forward_pool(self.convs[0].forward_pool(x));
        let x = self.convs[2].forward(x, Activation::Relu);
        let pictures = x.dims()[0];
        x.reshape([pictures as i32, -1]).matmul(self.dense.val())
    }
}

/// A convolution with its normalisation.
#[derive(Module, Debug)]
struct Normal {
    conv: Conv,
    norm: BatchNorm,
}

impl Normal {
    fn new(channels: [usize; 2], window: Window, device: &Device) -> Self {
        Self {
            conv: Conv::new(channels, window, false, &HE, device),
            norm: BatchNorm::new(channels[1], device),
        }
    }

    fn forward(&self, x: Tensor<4>, activation: Activation) -> Tensor<4> {
        self.norm.forward(self.conv.forward(x, Activation::None), activation)
    }
}

#[derive(Module, Debug)]
struct Block {
    first: Normal,
    second: Normal,
    skip: Option<Normal>,
}

/// A stem and four residual blocks of 16, 32, 64 and 128 channels.
#[derive(Module, Debug)]
struct Residual {
    stem: Normal,
    blocks: Vec<Block>,
    dense: Param<Tensor<2>>,
}

impl Net for Residual {
    const PICTURE: [usize; 3] = [256, 256, 1];

    fn new(device: &Device) -> Self {
        let block = |(channels, stride): ([usize; 2], usize)| Block {
            first: Normal::new(channels, Window::same(3).stride(stride), device),
            second: Normal::new([channels[1]; 2], Window::same(3), device),
            skip: (stride > 1).then(|| Normal::new(channels, Window::valid(1).stride(stride), device)),
        };
        Self {
            stem: Normal::new([1, 16], Window::same(3).stride(2), device),
            blocks: [([16, 16], 1), ([16, 32], 2), ([32, 64], 2), ([64, 128], 2)].map(block).into(),
            dense: weights(128, device),
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<2> {
        let stem = self.stem.forward(x, Activation::Relu);
        let x = self.blocks.iter().fold(stem, |x, block| {
            let y = block.second.forward(block.first.forward(x.clone(), Activation::Relu), Activation::None);
            relu(y + block.skip.as_ref().map_or(x.clone(), |skip| skip.forward(x, Activation::None)))
        });
        global_mean(x).matmul(self.dense.val())
    }
}

#[derive(Module, Debug)]
struct Inverted {
    expand: Option<Normal>,
    depth: DepthwiseConv,
    depth_norm: BatchNorm,
    project: Normal,
}

/// EfficientNet-Lite0 with one answer.
#[derive(Module, Debug)]
struct Mobile {
    stem: Normal,
    blocks: Vec<Inverted>,
    head: Normal,
    dense: Param<Tensor<2>>,
}

/// Repeats, kernel, stride, expansion, channels out.
const LITE0: [[usize; 5]; 7] = [
    [1, 3, 1, 1, 16],
    [2, 3, 2, 6, 24],
    [2, 5, 2, 6, 40],
    [3, 3, 2, 6, 80],
    [3, 5, 1, 6, 112],
    [4, 5, 2, 6, 192],
    [1, 3, 1, 6, 320],
];

impl Net for Mobile {
    const PICTURE: [usize; 3] = [224, 224, 3];

    fn new(device: &Device) -> Self {
        let mut inputs = 32;
        let mut blocks = Vec::new();
        for [repeats, kernel, stride, expansion, outputs] in LITE0 {
            for repeat in 0..repeats {
                let wide = inputs * expansion;
                let window = Window::same(kernel).stride(if repeat == 0 { stride } else { 1 });
                blocks.push(Inverted {
                    expand: (expansion > 1).then(|| Normal::new([inputs, wide], Window::valid(1), device)),
                    depth: DepthwiseConv::new(wide, window, false, &HE, device),
                    depth_norm: BatchNorm::new(wide, device),
                    project: Normal::new([wide, outputs], Window::valid(1), device),
                });
                inputs = outputs;
            }
        }
        Self {
            stem: Normal::new([3, 32], Window::same(3).stride(2), device),
            blocks,
            head: Normal::new([320, 1280], Window::valid(1), device),
            dense: weights(1280, device),
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<2> {
        let stem = self.stem.forward(x, Activation::Relu6);
        let x = self.blocks.iter().fold(stem, |x, block| {
            let y = block
                .expand
                .as_ref()
                .map_or(x.clone(), |expand| expand.forward(x.clone(), Activation::Relu6));
            let y = block.depth_norm.forward(block.depth.forward(y, Activation::None), Activation::Relu6);
            let y = block.project.forward(y, Activation::None);
            if x.dims() == y.dims() { x + y } else { y }
        });
        global_mean(self.head.forward(x, Activation::Relu6)).matmul(self.dense.val())
    }
}

/// User and system seconds of this process so far.
fn cpu_s() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux has /proc/self/stat");
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks: f64 =
        after_name.split_whitespace().skip(11).take(2).filter_map(|x| x.parse::<f64>().ok()).sum();
    ticks / 100.0
}

fn measure<N: Net>(pictures: usize, steps: usize) {
    let device = Device::flex().autodiff();
    device.seed(7);
    let mut net = N::new(&device);
    let [rows, columns, channels] = N::PICTURE;
    let x = Tensor::<4>::random([pictures, rows, columns, channels], Distribution::Default, &device);
    let mut adam = AdamConfig::new().init();
    let mut least = f64::INFINITY;
    for _ in 0..steps {
        let start = cpu_s();
        let loss = softplus(net.forward(x.clone()), 1.0).mean();
        let gradients = GradientsParams::from_grads(loss.backward(), &net);
        net = adam.step(1e-4, net, gradients);
        least = least.min(cpu_s() - start);
    }
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux has /proc/self/status");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    let peak_kib: f64 = peak.trim().trim_end_matches(" kB").parse().unwrap_or(f64::NAN);
    println!("{:.4} CPU s a picture, {:.0} MiB", least / pictures as f64, peak_kib / 1024.0);
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |index: usize| arguments.get(index).and_then(|x| x.parse().ok()).unwrap_or(4);
    match arguments.first().map(String::as_str) {
        Some("residual") => measure::<Residual>(number(1), number(2)),
        Some("mobile") => measure::<Mobile>(number(1), number(2)),
        _ => measure::<Plain>(number(1), number(2)),
    }
}
