//! Trained nets as ONNX files, which other programs run.
//!
//! Enters: a plan, its weights, and what a user must know. Leaves: the bytes of a `.onnx` file that takes `pictures`,
//! `[N, C, H, W]` with values from 0 to 1, and gives `logits` `[N, outputs]` and `probabilities` `[N, classes]`:
//! normalisation, the mean over mirror images and the temperature are inside. The same model gives the same bytes.
//!
//! What it does not do: the preparation of a picture (window, crop, size); it stands in the file's metadata as text.
//!
//! # Source
//! ONNX operators, opset 17, and `onnx/onnx.proto`, IR version 8.

mod graph;
mod layers;
mod message;
#[cfg(test)]
mod tests;

use crate::{Compute, LearnError, NetPlan, Weights, nets::Net};
use graph::{Builder, whole, wholes};
use message::{ArrayKind, Axis, FLOAT, Fact, Kind, Length, Model, OperatorSet, Shape, Value};
use prost::Message;

/// What an ONNX file says besides layers and weights.
#[derive(Debug, Clone, Copy)]
pub struct OnnxFacts<'a> {
    /// Names of the classes, in the order of `probabilities`.
    pub classes: &'a [String],
    /// Logits are the mean over a picture and its mirror image.
    pub mirrored: bool,
    /// What logits are divided by before they become probabilities.
    pub temperature: f64,
    /// More for the file's metadata, by name.
    pub notes: &'a [(String, String)],
}

/// The content of an `.onnx` file.
///
/// # Errors
/// [`LearnError::Plan`] or [`LearnError::Weights`] where plan, weights and classes do not go together.
pub fn to_onnx(plan: &NetPlan, weights: &Weights, facts: &OnnxFacts<'_>) -> Result<Vec<u8>, LearnError> {
    Net::with_weights(plan, weights, &Compute::Cpu.device())?;
    let classes = facts.classes.len();
    if plan.outputs != if classes == 2 { 1 } else { classes } {
        let why = format!("it has {} outputs, and there are {classes} classes", plan.outputs);
        return Err(LearnError::Plan { net: plan.architecture.name(), why });
    }
    let mut to = Builder::new(plan.architecture.name(), weights);
    let mean = to.number("mean", plan.mean as f32);
    let deviation = to.number("deviation", plan.deviation as f32);
    let centred = to.node("Sub", &["pictures", &mean], Vec::new());
    let mut x = to.node("Div", &[&centred, &deviation], Vec::new());
    if facts.mirrored {
        let turned = mirrored(&x, &mut to);
        x = to.node("Concat", &[&x, &turned], vec![whole("axis", 0)]);
    }
    let logits = layers::logits(plan, &x, &mut to)?;
    if facts.mirrored {
        let halves = to.wholes("halves", &[2, -1, plan.outputs as i64]);
        let pairs = to.node("Reshape", &[&logits, &halves], Vec::new());
        let axes = vec![wholes("axes", vec![0]), whole("keepdims", 0)];
        to.node_to("logits", "ReduceMean", &[&pairs], axes);
    } else {
        to.node_to("logits", "Identity", &[&logits], Vec::new());
    }
    probabilities(plan, facts.temperature, &mut to);

    to.graph.inputs = vec![value("pictures", &[plan.channels, plan.size_px[0], plan.size_px[1]])];
    to.graph.outputs = vec![value("logits", &[plan.outputs]), value("probabilities", &[classes])];
    let fact = |key: &str, value: &str| Fact { key: key.to_owned(), value: value.to_owned() };
    let mut metadata = vec![
        fact("classes", &facts.classes.join("\n")),
        fact("pictures", "values from 0 to 1, prepared as the model's description says"),
        fact("use", "for research, not for diagnosis"),
    ];
    metadata.extend(facts.notes.iter().map(|(key, value)| fact(key, value)));
    let model = Model {
        ir_version: 8,
        producer_name: "hilum".to_owned(),
        producer_version: env!("CARGO_PKG_VERSION").to_owned(),
        graph: Some(to.graph),
        operators: vec![OperatorSet { domain: String::new(), version: 17 }],
        metadata,
    };
    Ok(model.encode_to_vec())
}

/// Pictures with their columns turned round.
fn mirrored(x: &str, to: &mut Builder<'_>) -> String {
    let from = to.wholes("last_column", &[-1]);
    let until = to.wholes("before_the_first", &[i64::MIN]);
    let axis = to.wholes("columns", &[3]);
    let step = to.wholes("backwards", &[-1]);
    to.node("Slice", &[x, &from, &until, &axis, &step], Vec::new())
}

/// Adds `probabilities`: the softmax of `logits` over the temperature, or of one logit its sigmoid and the rest.
fn probabilities(plan: &NetPlan, temperature: f64, to: &mut Builder<'_>) {
    let temperature = to.number("temperature", temperature as f32);
    let cooled = to.node("Div", &["logits", &temperature], Vec::new());
    if plan.outputs > 1 {
        to.node_to("probabilities", "Softmax", &[&cooled], vec![whole("axis", 1)]);
        return;
    }
    let opposite = to.node("Neg", &[&cooled], Vec::new());
    let both = to.node("Concat", &[&opposite, &cooled], vec![whole("axis", 1)]);
    to.node_to("probabilities", "Sigmoid", &[&both], Vec::new());
}

/// An array of floats, any number of them along the first axis.
fn value(name: &str, rest: &[usize]) -> Value {
    let lengths = std::iter::once(Length::Any("N".to_owned()))
        .chain(rest.iter().map(|&length| Length::Fixed(length as i64)));
    let axes = lengths.map(|length| Axis { length: Some(length) }).collect();
    let array = ArrayKind { number: FLOAT, shape: Some(Shape { axes }) };
    Value { name: name.to_owned(), kind: Some(Kind { array: Some(array) }) }
}
