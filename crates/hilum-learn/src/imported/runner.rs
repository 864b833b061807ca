//! A graph made ready by tract, and run.

use super::OnnxError;
use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};
use tract_onnx::{pb::ModelProto, prelude::*};

/// A net for one picture at a time.
#[derive(Debug)]
pub(super) struct Runner {
    plan: Arc<TypedRunnableModel>,
    shape: [usize; 4],
    /// Shape of what leaves it.
    pub(super) output: Vec<usize>,
    /// Bytes that one run takes at its peak, besides the weights: an estimate, on the high side.
    pub(super) working_bytes: u64,
}

/// Characters of tract's messages that are told.
const TOLD: usize = 300;

impl Runner {
    /// A graph with one input, which gets the given shape, and one output.
    pub(super) fn new(model: &ModelProto, shape: [usize; 4]) -> Result<Self, OnnxError> {
        let ready = caught(|| {
            let onnx = onnx().with_ignore_value_info(true);
            let mut inference = onnx.model_for_proto_model(model)?;
            inference.set_input_fact(0, InferenceFact::dt_shape(f32::datum_type(), shape))?;
            let net = inference.into_optimized()?;
            let output = net.output_fact(0)?.shape.as_concrete().map(<[usize]>::to_vec);
            let working_bytes = working_bytes(&net);
            Ok((net.into_runnable()?, output, working_bytes))
        });
        let (plan, output, working_bytes) = ready.map_err(|why| OnnxError::NotRun { why })?;
        match output {
            Some(output) => Ok(Self { plan, shape, output, working_bytes }),
            None => Err(OnnxError::Shape {
                found: "the shape of its output depends on what its input shows".to_owned(),
                wanted: "an output of one shape: export the part of the net before the selection",
            }),
        }
    }

    /// How many numbers a classifier gives.
    ///
    /// # Errors
    /// [`OnnxError::Shape`] where they lie along several axes.
    pub(super) fn numbers(&self) -> Result<usize, OnnxError> {
        // [1, n], [n], [1, n, 1, 1], [1]: everything but n is 1.
        let mut long = self.output.iter().filter(|axis| **axis != 1);
        let numbers = long.next().copied().unwrap_or(1);
        match (long.next(), numbers) {
            (None, 1..) => Ok(numbers),
            _ => Err(OnnxError::Shape {
                found: format!("it gives {:?} numbers", self.output),
                wanted: "one number or one for each class: a net that draws pictures is no classifier; one that outlines \
                         lungs is imported with --task lungs",
            }),
        }
    }

    /// The numbers that the net gives of the numbers of one picture.
    pub(super) fn run(&self, numbers: &[f32]) -> Result<Vec<f32>, OnnxError> {
        let said = caught(|| {
            let input = Tensor::from_shape(&self.shape, numbers)?;
            let said = self.plan.run(tvec!(input.into_tvalue()))?;
            let first = said.first().ok_or_else(|| TractError::msg("nothing came out"))?;
            let numbers = first.cast_to::<f32>()?;
            Ok(numbers.to_plain_array_view::<f32>()?.iter().copied().collect())
        });
        said.map_err(|why| OnnxError::NotRun { why })
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

/// What `work` gives, or in words why it gives nothing: tract panics on some of what it does not expect.
fn caught<T>(work: impl FnOnce() -> TractResult<T>) -> Result<T, String> {
    let why = match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(made)) => return Ok(made),
        Ok(Err(error)) => format!("{error:#}"),
        Err(panic) => said_in(&*panic),
    };
    let line = why.split_whitespace().collect::<Vec<_>>().join(" ");
    Err(match line.char_indices().nth(TOLD) {
        Some((end, _)) => format!("{} ...", &line[..end]),
        None => line,
    })
}

fn said_in(panic: &(dyn Any + Send)) -> String {
    let text =
        panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("it broke off").to_owned()
}
