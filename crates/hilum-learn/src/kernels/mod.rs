//! Layers of convolutional nets over channels-last activations, with kernels of our own on the CPU.
//!
//! Enters and leaves: `f32` tensors `[N, H, W, C]` (picture, row, column, channel), so that the channels of a pixel lie
//! side by side in memory. Weights keep PyTorch's names and order: `[C_out, C_in, kernel rows, kernel columns]`, for a
//! depthwise convolution `[C, 1, kernel rows, kernel columns]`; a file of weights moves between the two by name alone.
//!
//! | layer | function | with |
//! |---|---|---|
//! | [`Conv`] | [`conv`], [`conv_pool`] | bias, ReLU or ReLU6; a 2x2 maximum |
//! | [`DepthwiseConv`] | [`depthwise_conv`] | bias, ReLU or ReLU6 |
//! | [`BatchNorm`] | [`batch_norm_train`], [`batch_norm`] | ReLU or ReLU6 |
//! | | [`max_pool`], [`global_mean`] | |
//!
//! On burn's CPU backend the kernels here run, forward and backward; on any other device the same functions are put
//! together from burn's own operations. Weight gradients are summed over a partition that depends on the shapes alone, in
//! a fixed order: any number of threads gives the same bits.
//!
//! What it does not do: dilation, groups other than depthwise, number formats other than `f32`.

mod cpu;
mod modules;
mod ops;
mod plain;
mod record;
#[cfg(test)]
mod tests;
mod window;

pub use modules::{BatchNorm, Conv, DepthwiseConv};
pub use ops::{batch_norm, batch_norm_train, conv, conv_pool, depthwise_conv, global_mean, max_pool};
pub use window::{Activation, Window};
