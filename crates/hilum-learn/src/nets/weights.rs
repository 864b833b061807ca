//! A net's weights off the device: named arrays, averaged, written and read as safetensors.

use crate::{LearnError, random::Random};
use burn::{
    module::{ModuleMapper, ModuleVisitor, Param, ParamId},
    tensor::{Tensor, TensorData},
};
use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use std::collections::BTreeMap;

/// One array of weights.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Array {
    /// Length of each axis.
    pub shape: Vec<usize>,
    /// All values, the last axis fastest.
    pub values: Vec<f32>,
}

/// All weights and running statistics of a net by name.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Weights(pub BTreeMap<String, Array>);

/// The one entry of the header's metadata: several would be written in no certain order.
const METADATA: &str = "hilum";

impl Weights {
    /// Number of trained parameters: running statistics do not count.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0
            .iter()
            .filter(|(name, _)| !name.contains("running_"))
            .map(|(_, array)| array.values.len())
            .sum()
    }

    /// Whether every value is a finite number.
    #[must_use]
    pub fn are_finite(&self) -> bool {
        self.0.values().all(|array| array.values.iter().all(|v| v.is_finite()))
    }

    /// Moves every value a `share` of the way towards those of `newer`.
    pub(crate) fn move_towards(&mut self, newer: &Self, share: f64) {
        for (array, newer) in self.0.values_mut().zip(newer.0.values()) {
            for (value, &newer) in array.values.iter_mut().zip(&newer.values) {
                *value += (f64::from(newer - *value) * share) as f32;
            }
        }
    }

    /// The same values in every array, in another order: what a net knew is gone, how large its numbers are is not.
    pub(crate) fn shuffled(&self, seed: u64) -> Self {
        let mut shuffled = self.clone();
        for (n, array) in shuffled.0.values_mut().enumerate() {
            Random::of(&[seed, n as u64]).shuffle(&mut array.values);
        }
        shuffled
    }

    /// The weights as a file in the safetensors format, with a `note` in its header.
    ///
    /// # Errors
    ///
    /// [`LearnError::Weights`] if a shape does not fit its values.
    pub fn to_safetensors(&self, note: &str) -> Result<Vec<u8>, LearnError> {
        let bytes: Vec<(&String, &Array, Vec<u8>)> = (self.0.iter())
            .map(|(name, array)| (name, array, array.values.iter().flat_map(|v| v.to_le_bytes()).collect()))
            .collect();
        let views: Vec<(&String, TensorView<'_>)> = (bytes.iter())
            .map(|(name, array, bytes)| Ok((*name, TensorView::new(Dtype::F32, array.shape.clone(), bytes)?)))
            .collect::<Result<_, safetensors::SafeTensorError>>()
            .map_err(unfit)?;
        let metadata = [(METADATA.to_owned(), note.to_owned())].into_iter().collect();
        safetensors::serialize(views, Some(metadata)).map_err(unfit)
    }

    /// The weights of a safetensors file, and the note in its header.
    ///
    /// # Errors
    ///
    /// [`LearnError::Weights`] for a cut or foreign file, or one with numbers other than `f32`.
    pub fn from_safetensors(file: &[u8]) -> Result<(Self, String), LearnError> {
        let (_, header) = SafeTensors::read_metadata(file).map_err(unfit)?;
        let note = header.metadata().as_ref().and_then(|m| m.get(METADATA)).cloned().unwrap_or_default();
        let tensors = SafeTensors::deserialize(file).map_err(unfit)?;
        let mut weights = Self::default();
        for (name, view) in tensors.iter() {
            if view.dtype() != Dtype::F32 {
                let why = format!("'{name}' is of type {:?}, and only F32 is known", view.dtype());
                return Err(LearnError::Weights { why });
            }
            let values = view.data().as_chunks::<4>().0.iter().map(|&b| f32::from_le_bytes(b)).collect();
            weights.0.insert(name.to_owned(), Array { shape: view.shape().to_vec(), values });
        }
        Ok((weights, note))
    }
}

fn unfit(error: safetensors::SafeTensorError) -> LearnError {
    LearnError::Weights { why: format!("it is not a whole safetensors file ({error})") }
}

/// The parameter with another identity and, where given, other values on the same device.
///
/// Identities are counted through, so that an optimiser's memory finds its parameters again in another process.
pub(super) fn replaced<const D: usize>(
    param: Param<Tensor<D>>,
    number: u64,
    data: Option<TensorData>,
) -> Param<Tensor<D>> {
    let device = param.lazy_device();
    let (_, old, mapper) = param.consume();
    let value = match data {
        Some(data) => Tensor::from_data(data, &device).set_require_grad(old.is_require_grad()),
        None => old,
    };
    Param::from_mapped_value(ParamId::from(number), value, mapper)
}

/// Collects weights from a net.
#[derive(Default)]
pub(super) struct Reading {
    path: Vec<String>,
    weights: Weights,
}

impl Reading {
    pub(super) fn finish(self) -> Weights {
        self.weights
    }
}

impl ModuleVisitor for Reading {
    fn enter_module(&mut self, name: &str, _container: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let tensor = param.val();
        let shape = tensor.dims().to_vec();
        let values = tensor.into_data().iter::<f32>().collect();
        self.weights.0.insert(self.path.join("."), Array { shape, values });
    }
}

/// Puts weights into a net.
pub(super) struct Filling<'a> {
    weights: &'a Weights,
    path: Vec<String>,
    filled: u64,
    wrong: Option<String>,
}

impl<'a> Filling<'a> {
    pub(super) fn new(weights: &'a Weights) -> Self {
        Self { weights, path: Vec::new(), filled: 0, wrong: None }
    }

    /// Says what did not fit.
    pub(super) fn finish(self) -> Result<(), LearnError> {
        let why = match self.wrong {
            Some(why) => why,
            None if self.filled < self.weights.0.len() as u64 => {
                format!("it has {} arrays, this net {}", self.weights.0.len(), self.filled)
            }
            None => return Ok(()),
        };
        Err(LearnError::Weights { why: format!("it is of another net: {why}") })
    }
}

impl ModuleMapper for Filling<'_> {
    fn enter_module(&mut self, name: &str, _container: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.pop();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let name = self.path.join(".");
        let shape = param.lazy_shape();
        match self.weights.0.get(&name) {
            Some(array) if array.shape[..] == shape[..] => {
                self.filled += 1;
                replaced(param, self.filled, Some(TensorData::new(array.values.clone(), shape)))
            }
            found => {
                self.wrong.get_or_insert(match found {
                    Some(array) => format!("'{name}' is {:?}, not {:?}", array.shape, &shape[..]),
                    None => format!("'{name}' is missing"),
                });
                param
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Compute,
        nets::{Architecture, Net, NetPlan},
    };

    fn plan(classes: usize) -> NetPlan {
        let architecture = Architecture::Residual { widths: vec![4, 8], blocks: 1, dropout: 0.0 };
        NetPlan::new(architecture, 1, [16, 16], classes)
    }

    #[test]
    fn weights_come_back_bit_for_bit_from_file_and_net() {
        let device = Compute::Cpu.device();
        let weights = Net::drawn(&plan(2), 5, &device).unwrap().weights();
        let file = weights.to_safetensors("{}").unwrap();
        assert_eq!(file, weights.to_safetensors("{}").unwrap());
        let (back, note) = Weights::from_safetensors(&file).unwrap();
        assert_eq!((&back, note.as_str()), (&weights, "{}"));
        assert_eq!(Net::with_weights(&plan(2), &back, &device).unwrap().weights(), weights);
        assert_ne!(Net::drawn(&plan(2), 6, &device).unwrap().weights(), weights);
    }

    #[test]
    fn cut_and_foreign_files_are_refused_with_a_reason() {
        let device = Compute::Cpu.device();
        let weights = Net::drawn(&plan(2), 5, &device).unwrap().weights();
        let file = weights.to_safetensors("").unwrap();
        for cut in [0, 7, file.len() / 2, file.len() - 1] {
            let error = Weights::from_safetensors(&file[..cut]).unwrap_err().to_string();
            assert!(error.contains("not a whole safetensors file"), "{error}");
        }
        let error = Net::with_weights(&plan(3), &weights, &device).unwrap_err().to_string();
        assert!(error.contains("'head.weight' is [8, 1], not [8, 3]"), "{error}");
        let mut fewer = weights.clone();
        fewer.0.remove("stem.weight");
        let error = Net::with_weights(&plan(2), &fewer, &device).unwrap_err().to_string();
        assert!(error.contains("'stem.weight' is missing"), "{error}");
    }

    #[test]
    fn averages_move_by_their_share() {
        let of =
            |value| Weights(BTreeMap::from([("a".into(), Array { shape: vec![1], values: vec![value] })]));
        let mut average = of(1.0);
        average.move_towards(&of(3.0), 0.25);
        assert_eq!(average, of(1.5));
    }
}
