//! Weights that `torch.save` wrote: a `.pth` or `.pt` file with a state dict in it.
//!
//! Such a file is a pickle, a small program that Python would run. Here nothing is run: [`pytorch_reader`] takes the
//! pickle apart as data and knows arrays alone. Both forms are read: the zip archive of PyTorch 1.6 and later, and the
//! stream of pickles before it. Format: `torch/serialization.py` of PyTorch; `Lib/pickletools.py` of Python.

use crate::file_name;
use pytorch_reader::{DType, PytorchReader, Tensor};
use std::path::Path;

/// One array of 32-bit floats.
#[derive(Debug, Clone, PartialEq)]
pub struct WeightArray {
    /// Name in the state dict, `features.0.weight` say.
    pub name: String,
    /// Length of every axis; empty for a single number.
    pub shape: Vec<usize>,
    /// Values, the last axis running fastest.
    pub values: Vec<f32>,
}

/// Why a file of weights could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields are what the messages say")]
pub enum WeightsFileError {
    /// Not there, or not readable.
    #[error("{file} cannot be read")]
    Read { file: String, source: std::io::Error },

    /// Not a state dict of PyTorch, or cut off, or damaged.
    #[error(
        "{file} is not a whole file of PyTorch weights ({problem}); fetch it again, and take the state dict that \
         torch.save(net.state_dict(), ...) writes"
    )]
    NotPytorch { file: String, problem: String },

    /// A state dict without floats.
    #[error("{file} holds no array of floats: it is PyTorch's, but not the weights of a net")]
    NoArrays { file: String },

    /// Half or double precision.
    #[error(
        "{file}: '{array}' holds numbers of type {found}, and F32 is needed; save net.float().state_dict()"
    )]
    NumberType { file: String, array: String, found: String },

    /// Views that blow a small file up.
    #[error(
        "{file}: its arrays would hold {claimed} bytes, but the file has {bytes}: it is damaged, or made to do harm"
    )]
    TooLarge { file: String, claimed: u64, bytes: u64 },
}

/// Reads the floats of a state dict, sorted by name.
///
/// Whole numbers (`num_batches_tracked` counts steps of training) are left out. Nothing in the file is run.
///
/// # Errors
/// [`WeightsFileError`], for anything that is not a whole state dict of 32-bit floats.
pub fn read_pytorch(path: &Path) -> Result<Vec<WeightArray>, WeightsFileError> {
    let file = file_name(path);
    let bytes = std::fs::metadata(path)
        .map_err(|source| WeightsFileError::Read { file: file.clone(), source })?
        .len();
    let not_pytorch = |problem: String| WeightsFileError::NotPytorch { file: file.clone(), problem };
    let reader = PytorchReader::new(path).map_err(|error| not_pytorch(error.to_string()))?;
    let mut tensors: Vec<Tensor> = reader.into_tensors().into_values().filter(is_float).collect();
    tensors.sort_by(|a, b| a.name.cmp(&b.name));
    if let Some(other) = tensors.iter().find(|tensor| tensor.dtype() != DType::F32) {
        let found = format!("{:?}", other.dtype());
        return Err(WeightsFileError::NumberType { file, array: other.name.clone(), found });
    }
    // A view may repeat a stored value any number of times: what a file claims is checked before memory is taken.
    let claimed = tensors.iter().fold(0u64, |sum, tensor| sum.saturating_add(tensor.byte_len() as u64));
    if claimed > bytes.saturating_mul(2) {
        return Err(WeightsFileError::TooLarge { file, claimed, bytes });
    }
    if tensors.is_empty() {
        return Err(WeightsFileError::NoArrays { file });
    }
    tensors.into_iter().map(|tensor| array(&tensor).map_err(|error| not_pytorch(error.to_string()))).collect()
}

fn is_float(tensor: &Tensor) -> bool {
    matches!(tensor.dtype(), DType::F64 | DType::F32 | DType::F16 | DType::BF16)
}

fn array(tensor: &Tensor) -> std::io::Result<WeightArray> {
    let bytes = tensor.read()?;
    let values = bytes.as_chunks::<4>().0.iter().map(|value| f32::from_le_bytes(*value)).collect();
    Ok(WeightArray { name: tensor.name.clone(), shape: tensor.shape().to_vec(), values })
}
