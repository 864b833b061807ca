//! Files of weights that other programs wrote: arrays by name, and nothing that such a file would like to run.

mod pytorch;

pub use pytorch::{WeightArray, WeightsFileError, read_pytorch};
