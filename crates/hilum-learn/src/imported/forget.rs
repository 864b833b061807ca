//! A net that knows nothing any more: its weights in another order.

use super::OnnxFile;
use crate::random::Random;
use std::collections::BTreeSet;
use tract_onnx::pb::{TensorProto, tensor_proto::DataType};

/// Operations whose constant inputs were learned. Elsewhere a constant may be a scale or a bound, and the net would break.
const LEARNED: [&str; 8] = [
    "BatchNormalization",
    "Conv",
    "ConvTranspose",
    "Gemm",
    "InstanceNormalization",
    "LayerNormalization",
    "MatMul",
    "PRelu",
];

impl OnnxFile {
    /// The same values in every array of weights, in an order drawn from `seed`; `None` where no weights are found.
    pub(super) fn shuffled(&self, seed: u64) -> Option<Self> {
        let mut shuffled = self.clone();
        let learned: BTreeSet<&str> = (self.graph.node.iter())
            .filter(|node| LEARNED.contains(&node.op_type.as_str()))
            .flat_map(|node| &node.input)
            .map(String::as_str)
            .collect();
        let is_weight = |array: &&mut TensorProto| {
            array.data_type == DataType::Float as i32 && learned.contains(array.name.as_str())
        };
        let mut found = 0;
        for array in shuffled.graph.initializer.iter_mut().filter(is_weight) {
            shuffle(array, &mut Random::of(&[seed, found]));
            found += 1;
        }
        (found > 0).then_some(shuffled)
    }
}

fn shuffle(array: &mut TensorProto, random: &mut Random) {
    random.shuffle(&mut array.float_data);
    let mut values: Vec<[u8; 4]> = array.raw_data.as_chunks::<4>().0.to_vec();
    random.shuffle(&mut values);
    array.raw_data = values.concat();
}
