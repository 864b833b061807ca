//! A small residual net with batch normalisation and global pooling: few parameters, any picture size.

use super::{NetPlan, Pass, draw::dropout};
use crate::kernels::{Activation, BatchNorm, Conv, Window, global_mean, max_pool};
use burn::{
    module::Module,
    nn::{Initializer, Linear, LinearConfig},
    tensor::{Device, Tensor, activation::relu},
};

/// A stem that makes one pixel of four by four, stages of residual blocks, a mean over the picture, a dense head.
#[derive(Module, Debug)]
pub(crate) struct Residual {
    stem: Conv,
    stem_norm: BatchNorm,
    blocks: Vec<Block>,
    head: Linear,
    dropout: f64,
}

/// Two 3x3 convolutions beside a shortcut.
#[derive(Module, Debug)]
pub(crate) struct Block {
    first: Conv,
    first_norm: BatchNorm,
    last: Conv,
    last_norm: BatchNorm,
    shortcut: Option<Conv>,
    shortcut_norm: Option<BatchNorm>,
}

fn conv(from: usize, to: usize, window: Window, device: &Device) -> Conv {
    Conv::new([from, to], window, false, &Initializer::Zeros, device)
}

impl Residual {
    pub(super) fn new(
        plan: &NetPlan,
        widths: &[usize],
        blocks: usize,
        dropout: f64,
        device: &Device,
    ) -> Self {
        let first = widths[0];
        let mut width = first;
        let mut stages = Vec::new();
        for (stage, &to) in widths.iter().enumerate() {
            for block in 0..blocks {
                let stride = if stage > 0 && block == 0 { 2 } else { 1 };
                stages.push(Block::new(width, to, stride, device));
                width = to;
            }
        }
        let head = LinearConfig::new(width, plan.outputs).with_initializer(Initializer::Zeros);
        Self {
            stem: conv(plan.channels, first, Window::same(3).stride(2), device),
            stem_norm: BatchNorm::new(first, device),
            blocks: stages,
            head: head.init(device),
            dropout,
        }
    }

    pub(super) fn features(&self, x: Tensor<4>) -> Tensor<4> {
        let x = self.stem_norm.forward(self.stem.forward(x, Activation::None), Activation::Relu);
        let x = max_pool(x, Window::same(3).stride(2));
        self.blocks.iter().fold(x, |x, block| block.forward(x))
    }

    pub(super) fn logits(&self, features: Tensor<4>, pass: Pass) -> Tensor<2> {
        self.head.forward(dropout(global_mean(features), self.dropout, pass))
    }
}

impl Block {
    fn new(from: usize, to: usize, stride: usize, device: &Device) -> Self {
        let changes = from != to || stride != 1;
        Self {
            first: conv(from, to, Window::same(3).stride(stride), device),
            first_norm: BatchNorm::new(to, device),
            last: conv(to, to, Window::same(3), device),
            last_norm: BatchNorm::new(to, device),
            shortcut: changes.then(|| conv(from, to, Window::valid(1).stride(stride), device)),
            shortcut_norm: changes.then(|| BatchNorm::new(to, device)),
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let y = self.first.forward(x.clone(), Activation::None);
        let y = self.first_norm.forward(y, Activation::Relu);
        let y = self.last_norm.forward(self.last.forward(y, Activation::None), Activation::None);
        let x = match (&self.shortcut, &self.shortcut_norm) {
            (Some(conv), Some(norm)) => norm.forward(conv.forward(x, Activation::None), Activation::None),
            _ => x,
        };
        relu(x + y)
    }
}
