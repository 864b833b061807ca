//! A graph made ready by tract, and run.

use super::{
    OnnxError, graph,
    runner::{Said, caught},
};
use std::{collections::BTreeSet, sync::Arc};
use tract_onnx::{pb::ModelProto, prelude::*};

/// A net for one picture at a time.
#[derive(Debug)]
pub(super) struct Plan {
    plan: Arc<TypedRunnableModel>,
    /// Shape of what leaves it.
    pub(super) output: Vec<usize>,
    /// Bytes that one run takes at its peak, besides the weights: an estimate, on the high side.
    pub(super) working_bytes: u64,
}

impl Plan {
    /// # Errors
    /// [`OnnxError::Operators`] where tract lacks one of the operators; [`OnnxError::NotRun`], [`OnnxError::Shape`].
    pub(super) fn new(model: &ModelProto, shape: [usize; 4]) -> Result<Self, OnnxError> {
        refuse_unknown_operators(model)?;
        let ready = caught(|| {
            let onnx = onnx().with_ignore_value_info(true);
            let mut inference = onnx.model_for_proto_model(model)?;
            inference.set_input_fact(0, InferenceFact::dt_shape(f32::datum_type(), shape))?;
            let net = inference.into_optimized()?;
            let output = net.output_fact(0)?.shape.as_concrete().map(<[usize]>::to_vec);
            let working_bytes = working_bytes(&net);
            Ok::<_, TractError>((net.into_runnable()?, output, working_bytes))
        });
        let (plan, output, working_bytes) = ready.map_err(|why| OnnxError::NotRun { why })?;
        match output {
            Some(output) => Ok(Self { plan, output, working_bytes }),
            None => Err(OnnxError::Shape {
                found: "the shape of its output depends on what its input shows".to_owned(),
                wanted: "an output of one shape: export the part of the net before the selection",
            }),
        }
    }

    /// What the net says of the numbers of one picture.
    pub(super) fn run(&self, shape: [usize; 4], numbers: &[f32]) -> Result<Said, OnnxError> {
        let said = caught(|| {
            let input = Tensor::from_shape(&shape, numbers)?;
            let said = self.plan.run(tvec!(input.into_tvalue()))?;
            let first = said.first().ok_or_else(|| TractError::msg("nothing came out"))?;
            let numbers = first.cast_to::<f32>()?;
            let numbers = numbers.to_plain_array_view::<f32>()?.iter().copied().collect();
            Ok::<_, TractError>(Said { shape: first.shape().to_vec(), numbers })
        });
        said.map_err(|why| OnnxError::NotRun { why })
    }
}

fn refuse_unknown_operators(model: &ModelProto) -> Result<(), OnnxError> {
    let mut used = BTreeSet::new();
    model.graph.iter().for_each(|graph| graph::operators(&graph.node, &mut used));
    let known = onnx().op_register.0;
    let unknown: Vec<&str> = used.into_iter().filter(|name| !known.contains_key(*name)).collect();
    match unknown.is_empty() {
        true => Ok(()),
        false => Err(OnnxError::Operators { operators: unknown.join(", ") }),
    }
}

/// What the arrays between the operations take at most at once, twice: convolutions lay their input out anew. 0 where tract
/// cannot tell.
fn working_bytes(net: &TypedModel) -> u64 {
    let steps = net.eval_order().and_then(|order| {
        net.eval_tmp_memory_usage(&order, |node| !node.op_is::<tract_onnx::tract_core::ops::konst::Const>())
    });
    let bytes = steps.iter().flatten().filter_map(|(_, bytes)| bytes.to_i64().ok()).max();
    2 * bytes.and_then(|bytes| u64::try_from(bytes).ok()).unwrap_or(0)
}
