//! EfficientNet-Lite0, a small net of depthwise convolutions that has learned from ImageNet.
//!
//! Enters: `[N, H, W, C]`, values `(x - 127) / 128` of bytes x; one channel is shown to the net three times, as grey.
//! Leaves: `[N, outputs]`. A stem, seven stages of inverted residual blocks (widen, filter every channel by itself, narrow), a last
//! convolution, the mean over the picture, a dense layer; ReLU6 throughout.
//!
//! # Source
//! Tan and Le, *EfficientNet*, ICML 2019; the Lite form of its authors' `efficientnet/lite`, which keeps stem and head
//! at full width. Logits, gradients and running statistics are held against `efficientnet_lite_pytorch`:
//! tools/oracle/learn/efficientnet.py.

use super::{NetPlan, Pass, draw::dropout};
use crate::kernels::{Activation, BatchNorm, Conv, DepthwiseConv, Window, global_mean};
use burn::{
    module::Module,
    nn::{Initializer, Linear, LinearConfig},
    tensor::{Device, Tensor},
};
use serde::{Deserialize, Serialize};

/// Share of the batch in the running statistics, and what is added to the variance: TensorFlow's for this net.
const NORM: (f64, f64) = (0.01, 1e-3);

/// One stage: how many blocks, their kernel, the stride of the first, how many times wider they are inside.
struct Stage(usize, usize, usize, usize);

const STAGES: [Stage; 7] = [
    Stage(1, 3, 1, 1),
    Stage(2, 3, 2, 6),
    Stage(2, 5, 2, 6),
    Stage(3, 3, 2, 6),
    Stage(3, 5, 1, 6),
    Stage(4, 5, 2, 6),
    Stage(1, 3, 1, 6),
];

/// How wide the net is: channels after the stem, after every stage, and after the last convolution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Channels {
    /// After the stem.
    pub stem: usize,
    /// After each of the seven stages.
    pub stages: [usize; 7],
    /// After the last convolution: what the dense layer sees.
    pub top: usize,
}

impl Channels {
    /// EfficientNet-Lite0 as published.
    pub const LITE0: Self = Self { stem: 32, stages: [16, 24, 40, 80, 112, 192, 320], top: 1280 };

    /// The blocks in their order.
    pub(crate) fn blocks(&self) -> Vec<BlockPlan> {
        let mut blocks = Vec::new();
        let mut from = self.stem;
        for (&Stage(repeats, kernel, stride, wider), to) in STAGES.iter().zip(self.stages) {
            for repeat in 0..repeats {
                let stride = if repeat == 0 { stride } else { 1 };
                let adds_input = stride == 1 && from == to;
                blocks.push(BlockPlan {
                    from,
                    inside: from * wider,
                    to,
                    window: window(kernel, stride),
                    adds_input,
                });
                from = to;
            }
        }
        blocks
    }
}

/// The sizes of one block.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BlockPlan {
    /// Channels that come in.
    pub(crate) from: usize,
    /// Channels that are filtered one by one.
    pub(crate) inside: usize,
    /// Channels that leave.
    pub(crate) to: usize,
    /// How the filter slides.
    pub(crate) window: Window,
    /// Whether what came in is added.
    pub(crate) adds_input: bool,
}

/// How the stem's kernel slides.
pub(crate) const STEM: Window = window(3, 2);

/// The net.
#[derive(Module, Debug)]
pub(crate) struct EfficientNetLite {
    stem: Conv,
    stem_norm: BatchNorm,
    blocks: Vec<Block>,
    top: Conv,
    top_norm: BatchNorm,
    head: Linear,
    dropout: f64,
}

/// Widen, filter, narrow; and what came in is added where it fits.
#[derive(Module, Debug)]
pub(crate) struct Block {
    expand: Option<Conv>,
    expand_norm: Option<BatchNorm>,
    depthwise: DepthwiseConv,
    depthwise_norm: BatchNorm,
    project: Conv,
    project_norm: BatchNorm,
    adds_input: bool,
}

impl EfficientNetLite {
    pub(super) fn new(plan: &NetPlan, channels: &Channels, dropout: f64, device: &Device) -> Self {
        let head = LinearConfig::new(channels.top, plan.outputs).with_initializer(Initializer::Zeros);
        Self {
            stem: convolution([3, channels.stem], STEM, device),
            stem_norm: norm(channels.stem, device),
            blocks: channels.blocks().iter().map(|block| Block::new(block, device)).collect(),
            top: convolution([channels.stages[6], channels.top], window(1, 1), device),
            top_norm: norm(channels.top, device),
            head: head.init(device),
            dropout,
        }
    }

    pub(super) fn features(&self, x: Tensor<4>) -> Tensor<4> {
        let x = if x.dims()[3] == 1 { x.repeat_dim(3, 3) } else { x };
        let x = self.stem_norm.forward(self.stem.forward(x, Activation::None), Activation::Relu6);
        let x = self.blocks.iter().fold(x, |x, block| block.forward(x));
        self.top_norm.forward(self.top.forward(x, Activation::None), Activation::Relu6)
    }

    pub(super) fn logits(&self, features: Tensor<4>, pass: Pass) -> Tensor<2> {
        self.head.forward(dropout(global_mean(features), self.dropout, pass))
    }
}

impl Block {
    fn new(plan: &BlockPlan, device: &Device) -> Self {
        let &BlockPlan { from, inside, to, window: slides, adds_input } = plan;
        let expands = inside != from;
        Self {
            expand: expands.then(|| convolution([from, inside], window(1, 1), device)),
            expand_norm: expands.then(|| norm(inside, device)),
            depthwise: DepthwiseConv::new(inside, slides, false, &Initializer::Zeros, device),
            depthwise_norm: norm(inside, device),
            project: convolution([inside, to], window(1, 1), device),
            project_norm: norm(to, device),
            adds_input,
        }
    }

    fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let mut x = input.clone();
        if let (Some(expand), Some(norm)) = (&self.expand, &self.expand_norm) {
            x = norm.forward(expand.forward(x, Activation::None), Activation::Relu6);
        }
        let x = self.depthwise.forward(x, Activation::None);
        let x = self.depthwise_norm.forward(x, Activation::Relu6);
        let x = self.project.forward(x, Activation::None);
        let x = self.project_norm.forward(x, Activation::None);
        if self.adds_input { x + input } else { x }
    }
}

/// TensorFlow's `SAME`: of an odd number of zeros the larger half lies below and right. As in PyTorch's port of the net
/// the zeros are those for sides that each stride divides, such as 224 px.
const fn window(kernel: usize, stride: usize) -> Window {
    let zeros = kernel - stride;
    let sides = [zeros / 2, zeros - zeros / 2];
    Window { kernel: [kernel; 2], stride: [stride; 2], rows: sides, columns: sides }
}

fn convolution(channels: [usize; 2], window: Window, device: &Device) -> Conv {
    Conv::new(channels, window, false, &Initializer::Zeros, device)
}

fn norm(channels: usize, device: &Device) -> BatchNorm {
    BatchNorm::new(channels, device).with(NORM.0, NORM.1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Compute,
        nets::{Architecture, Net},
    };

    #[test]
    fn it_has_the_published_number_of_parameters() {
        // As efficientnet_lite_pytorch counts them for the 1000 classes of ImageNet.
        let plan = NetPlan::new(Architecture::named("efficientnet-lite0").unwrap(), 3, [224, 224], 1000);
        let net = Net::drawn(&plan, 0, &Compute::Cpu.device()).unwrap();
        assert_eq!(net.weights().count(), 4_652_008);
    }

    #[test]
    fn zeros_lie_as_tensorflow_lays_them() {
        assert_eq!(window(3, 2).rows, [0, 1]);
        assert_eq!(window(5, 2).columns, [1, 2]);
        assert_eq!((window(3, 1).rows, window(5, 1).rows, window(1, 1).rows), ([1, 1], [2, 2], [0, 0]));
        assert_eq!(window(5, 2).output(28, 14), [14, 7]);
    }
}
