//! What is drawn by chance in a net: first weights and dropout. Both are functions of a seed alone, so that neither the
//! number of threads nor what else the process does changes them.

use super::Architecture;
use crate::random::Random;
use burn::{
    module::{ModuleMapper, Param},
    tensor::{Tensor, TensorData},
};

/// What a net is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pass {
    /// Nothing is dropped.
    Scoring,
    /// Values are dropped as `draw` says: another number for every step.
    Training {
        /// Decides what is dropped.
        draw: u64,
    },
}

/// Drops a share of the values in training and scales up the rest (Srivastava et al. 2014, JMLR 15:1929).
///
/// The share is kept to 1 / 65536.
pub(super) fn dropout<const D: usize>(x: Tensor<D>, share: f64, pass: Pass) -> Tensor<D> {
    let Pass::Training { draw } = pass else { return x };
    let dropped = (share * 65536.0).round() as u64;
    if dropped == 0 {
        return x;
    }
    let kept = 65536.0 / (65536.0 - dropped as f32);
    let mut random = Random::of(&[draw, 0xD20F]);
    let count = x.shape().num_elements();
    let mut mask = Vec::with_capacity(count + 3);
    while mask.len() < count {
        let bits = random.next();
        mask.extend([0, 16, 32, 48].map(|at| if (bits >> at) & 0xFFFF < dropped { 0.0 } else { kept }));
    }
    mask.truncate(count);
    let mask = Tensor::from_data(TensorData::new(mask, x.shape()), &x.device());
    x * mask
}

/// Draws the weights of convolutions and dense layers; biases stay 0 and factors of normalisations 1, but for the last
/// of a residual block, which starts at 0: a block starts as the identity (Goyal et al. 2017, arXiv:1706.02677).
pub(super) struct Drawing {
    random: Random,
    path: Vec<String>,
    glorot: bool,
    drawn: u64,
}

impl Drawing {
    pub(super) fn new(seed: u64, architecture: &Architecture) -> Self {
        let glorot = matches!(architecture, Architecture::Notebook { .. });
        Self { random: Random::of(&[seed, 0x1217]), path: Vec::new(), glorot, drawn: 0 }
    }

    /// Uniform up to `sqrt(6 / (in + out))` (Glorot and Bengio 2010, Keras' default), or up to `sqrt(6 / in)` (He et al.
    /// 2015, doi:10.1109/ICCV.2015.123).
    fn values(&mut self, shape: &[usize]) -> Option<Vec<f32>> {
        let (fan_in, fan_out) = match *shape {
            [input, output] => (input, output),
            [output, input, rows, cols] => (input * rows * cols, output * rows * cols),
            [channels] if self.path.iter().any(|name| name == "last_norm") => {
                return (self.path.last()? == "weight").then(|| vec![0.0; channels]);
            }
            _ => return None,
        };
        let fan = if self.glorot { fan_in + fan_out } else { fan_in };
        let limit = (6.0 / fan as f64).sqrt();
        let count = shape.iter().product();
        Some((0..count).map(|_| self.random.between(-limit, limit) as f32).collect())
    }
}

impl ModuleMapper for Drawing {
    fn enter_module(&mut self, name: &str, _container: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.pop();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let shape = param.lazy_shape();
        let data = self.values(&shape).map(|values| TensorData::new(values, shape));
        self.drawn += 1;
        super::weights::replaced(param, self.drawn, data)
    }
}
