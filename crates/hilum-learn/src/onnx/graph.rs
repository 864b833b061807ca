//! A graph of operations, put together from its input on.

use super::message::{Array, Attribute, FLOAT, Graph, INT64, Node};
use crate::{LearnError, Weights, kernels::Window};

/// The graph so far; values are known by their names.
pub(super) struct Builder<'a> {
    weights: &'a Weights,
    pub(super) graph: Graph,
}

impl<'a> Builder<'a> {
    pub(super) fn new(name: &str, weights: &'a Weights) -> Self {
        Self { weights, graph: Graph { name: name.to_owned(), ..Graph::default() } }
    }

    /// Adds an operation; the name of what leaves it.
    pub(super) fn node(&mut self, operator: &str, inputs: &[&str], attributes: Vec<Attribute>) -> String {
        let output = format!("{}_{}", operator.to_lowercase(), self.graph.nodes.len());
        self.node_to(&output, operator, inputs, attributes);
        output
    }

    /// Adds an operation whose result has a name of its own.
    pub(super) fn node_to(
        &mut self,
        output: &str,
        operator: &str,
        inputs: &[&str],
        attributes: Vec<Attribute>,
    ) {
        self.graph.nodes.push(Node {
            inputs: inputs.iter().map(|&name| name.to_owned()).collect(),
            outputs: vec![output.to_owned()],
            operator: operator.to_owned(),
            attributes,
        });
    }

    /// The name of a weight, which becomes part of the file when it is first asked for.
    pub(super) fn weight(&mut self, name: &str) -> Result<String, LearnError> {
        if !self.graph.arrays.iter().any(|array| array.name == name) {
            let array = (self.weights.0.get(name))
                .ok_or_else(|| LearnError::Weights { why: format!("'{name}' is missing") })?;
            let bytes = array.values.iter().flat_map(|value| value.to_le_bytes()).collect();
            let shape = array.shape.iter().map(|&axis| axis as i64).collect();
            self.graph.arrays.push(Array { shape, number: FLOAT, name: name.to_owned(), bytes });
        }
        Ok(name.to_owned())
    }

    /// A single number.
    pub(super) fn number(&mut self, name: &str, value: f32) -> String {
        if !self.graph.arrays.iter().any(|array| array.name == name) {
            let bytes = value.to_le_bytes().to_vec();
            self.graph.arrays.push(Array { shape: Vec::new(), number: FLOAT, name: name.to_owned(), bytes });
        }
        name.to_owned()
    }

    /// A list of whole numbers.
    pub(super) fn wholes(&mut self, name: &str, values: &[i64]) -> String {
        let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        let shape = vec![values.len() as i64];
        self.graph.arrays.push(Array { shape, number: INT64, name: name.to_owned(), bytes });
        name.to_owned()
    }

    /// A convolution with the weights of `layer`; its bias where it has one.
    pub(super) fn conv(
        &mut self,
        x: &str,
        layer: &str,
        window: Window,
        groups: usize,
    ) -> Result<String, LearnError> {
        let weight = self.weight(&format!("{layer}.weight"))?;
        let bias = format!("{layer}.bias");
        let mut inputs = vec![x, &weight];
        if self.weights.0.contains_key(&bias) {
            self.weight(&bias)?;
            inputs.push(&bias);
        }
        let mut attributes = sliding(window);
        attributes.push(whole("group", groups as i64));
        Ok(self.node("Conv", &inputs, attributes))
    }

    /// Normalisation by the running statistics of `layer`.
    pub(super) fn norm(&mut self, x: &str, layer: &str, epsilon: f32) -> Result<String, LearnError> {
        let names = ["weight", "bias", "running_mean", "running_var"];
        let arrays = names
            .iter()
            .map(|name| self.weight(&format!("{layer}.{name}")))
            .collect::<Result<Vec<_>, _>>()?;
        let inputs: Vec<&str> = std::iter::once(x).chain(arrays.iter().map(String::as_str)).collect();
        Ok(self.node("BatchNormalization", &inputs, vec![float("epsilon", epsilon)]))
    }

    /// The values between 0 and 6.
    pub(super) fn relu6(&mut self, x: &str) -> String {
        let (zero, six) = (self.number("zero", 0.0), self.number("six", 6.0));
        self.node("Clip", &[x, &zero, &six], Vec::new())
    }

    /// A dense layer with the weights of `layer`.
    pub(super) fn dense(&mut self, x: &str, layer: &str) -> Result<String, LearnError> {
        let (weight, bias) =
            (self.weight(&format!("{layer}.weight"))?, self.weight(&format!("{layer}.bias"))?);
        Ok(self.node("Gemm", &[x, &weight, &bias], Vec::new()))
    }

    /// The mean of each channel over the picture.
    pub(super) fn mean(&mut self, x: &str) -> String {
        let mean = self.node("GlobalAveragePool", &[x], Vec::new());
        self.node("Flatten", &[&mean], vec![whole("axis", 1)])
    }
}

/// How a window slides over a picture.
pub(super) fn sliding(window: Window) -> Vec<Attribute> {
    let whole = |values: [usize; 2]| values.map(|value| value as i64).to_vec();
    let [top, bottom] = window.rows;
    let [left, right] = window.columns;
    vec![
        wholes("kernel_shape", whole(window.kernel)),
        wholes("strides", whole(window.stride)),
        wholes("pads", [top, left, bottom, right].map(|value| value as i64).to_vec()),
    ]
}

pub(super) fn float(name: &str, value: f32) -> Attribute {
    Attribute { name: name.to_owned(), float: value, kind: 1, ..Attribute::default() }
}

pub(super) fn whole(name: &str, value: i64) -> Attribute {
    Attribute { name: name.to_owned(), whole: value, kind: 2, ..Attribute::default() }
}

pub(super) fn wholes(name: &str, values: Vec<i64>) -> Attribute {
    Attribute { name: name.to_owned(), wholes: values, kind: 7, ..Attribute::default() }
}
