//! Nets that somebody brought: ONNX files of classifiers and of nets that outline lungs, run on the processor.
//!
//! Enters: the bytes of a file ([`OnnxFile`]) and what its user says of it ([`Statement`]). Leaves: an [`ImportedNet`],
//! which is written down with a model, and an [`OnnxClassifier`], which scores as a net that was trained here does; or a
//! [`LungNet`] and a [`LungSegmenter`], which makes a mask of each slice. What
//! the graph says (input, sizes, layout, number of outputs, what ends in a softmax or sigmoid) is read from it, and a
//! statement that contradicts it is refused.
//!
//! Every picture is run alone, on one thread: its numbers depend neither on its neighbours nor on the number of threads.
//!
//! Who runs them is an [`Engine`]: tract, which is part of the program, or the ONNX Runtime that its user has.
//!
//! What it does not do: nets with several inputs, or with inputs other than 32-bit floats.
//!
//! # Source
//! ONNX operators as tract implements them, opset 9 to 18; `onnx/onnx.proto`.

mod by_onnxruntime;
mod by_tract;
mod classifier;
mod engine;
mod error;
mod file;
mod forget;
mod graph;
mod head;
mod input;
mod lung_maps;
mod lung_net;
mod runner;
mod settle;
mod statement;

pub use by_onnxruntime::OnnxRuntime;
pub use classifier::OnnxClassifier;
pub use engine::Engine;
pub use error::OnnxError;
pub use file::OnnxFile;
pub use head::{Gives, Head, Squash};
pub use input::{ImportedInput, Layout};
pub use lung_maps::{LungMaps, LungRule};
pub use lung_net::{LungNet, LungSegmenter, SettledLungs};
pub use settle::{ImportedNet, Settled};
pub use statement::{Statement, Task};
