//! Kernels for the CPU, over plain slices; `flex` alone knows the tensor library.
//!
//! `product` holds the loops in which the time goes; `panels`, `source` and `bands` bring weights and pictures into the
//! order that they read; `convolve`, `weights`, `depthwise`, `pool` and `norm` are the layers, forward and backward.

pub(crate) mod bands;
pub(crate) mod convolve;
pub(crate) mod depthwise;
pub(crate) mod flex;
pub(crate) mod norm;
pub(crate) mod panels;
mod parts;
pub(crate) mod pool;
mod product;
pub(crate) mod source;
pub(crate) mod weights;
