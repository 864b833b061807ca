//! EfficientNet-Lite0 against PyTorch's port of it, on the weights and pictures of tools/oracle/learn/efficientnet.py.

use super::{
    Architecture, Array, Channels, Layers, Net, NetPlan, Pass, Taken, Weights, from_imagenet,
    weights::Reading,
};
use crate::Compute;
use burn::{
    module::{Module, ModuleVisitor, Param},
    tensor::{Gradients, Tensor, TensorData, activation::log_softmax},
};
use serde::Deserialize;
use std::{collections::BTreeMap, path::PathBuf};

const PICTURES: usize = 8;

#[derive(Deserialize)]
struct Expected {
    classes: usize,
    size_px: usize,
    logits: Vec<Vec<f64>>,
    loss: f64,
    gradients: BTreeMap<String, Sample>,
    running: BTreeMap<String, Vec<f64>>,
}

#[derive(Deserialize)]
struct Sample {
    shape: Vec<usize>,
    norm: f64,
    step: usize,
    values: Vec<f64>,
}

fn vector(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/oracle/learn").join(name)
}

fn expected() -> Expected {
    serde_json::from_slice(&std::fs::read(vector("efficientnet.json")).unwrap()).unwrap()
}

fn plan(expected: &Expected) -> NetPlan {
    let channels = Channels { stem: 4, stages: [8, 4, 4, 8, 12, 12, 20], top: 76 };
    let plan = NetPlan::new(
        Architecture::EfficientNetLite0 { channels, dropout: 0.0 },
        3,
        [expected.size_px; 2],
        expected.classes,
    );
    // The vector's pictures are what enters the first layer.
    NetPlan { mean: 0.0, deviation: 1.0, ..plan }
}

fn weights(plan: &NetPlan) -> Weights {
    let file = std::fs::read(vector("efficientnet_narrow.safetensors")).unwrap();
    let (theirs, _) = Weights::from_safetensors(&file).unwrap();
    from_imagenet(plan, &theirs, Taken::All, 0).unwrap()
}

/// The pictures of the script, `[N, H, W, 3]`.
fn pictures(size_px: usize, device: &burn::tensor::Device) -> Tensor<4> {
    let values: Vec<f32> = (0..PICTURES * 3 * size_px * size_px)
        .map(|at| {
            let noise = (at * 7919 % 65521) as f64 / 65521.0 * 2.0 - 1.0;
            ((noise + libm::sin(at as f64 / 97.0)) / 2.0) as f32
        })
        .collect();
    let data = TensorData::new(values, [PICTURES, 3, size_px, size_px]);
    Tensor::from_data(data, device).permute([0, 2, 3, 1])
}

#[test]
fn logits_are_those_of_pytorch() {
    let expected = expected();
    let plan = plan(&expected);
    let device = Compute::Cpu.device();
    let net = Net::with_weights(&plan, &weights(&plan), &device).unwrap();
    let logits = net.forward(pictures(expected.size_px, &device), Pass::Scoring);
    for (ours, theirs) in logits.into_data().iter::<f64>().zip(expected.logits.concat()) {
        assert!((ours - theirs).abs() < 1e-4, "{ours}, PyTorch {theirs}");
    }
}

#[test]
fn gradients_and_running_statistics_are_those_of_pytorch() {
    let expected = expected();
    let plan = plan(&expected);
    let device = Compute::Cpu.device().autodiff();
    let net = Net::with_weights(&plan, &weights(&plan), &device).unwrap();
    let logits = net.forward(pictures(expected.size_px, &device), Pass::Training { draw: 0 });
    let truth: Vec<f32> = (0..PICTURES * expected.classes)
        .map(|at| f32::from(u8::from((at / expected.classes) % expected.classes == at % expected.classes)))
        .collect();
    let truth = Tensor::from_data(TensorData::new(truth, [PICTURES, expected.classes]), &device);
    let loss = -(log_softmax(logits, 1) * truth).sum() / PICTURES as f64;
    let value = f64::from(loss.clone().inner().into_scalar::<f32>());
    assert!((value - expected.loss).abs() < 1e-4, "loss {value}, PyTorch {}", expected.loss);

    let gradients = loss.backward();
    let Layers::EfficientNetLite(layers) = &net.layers else { panic!("another net") };
    let mut found = GradientReading { gradients: &gradients, path: Vec::new(), arrays: BTreeMap::new() };
    layers.visit(&mut found);
    let ours = [
        ("_conv_stem.weight", "stem.weight"),
        ("_blocks.1._expand_conv.weight", "blocks.1.expand.weight"),
        ("_blocks.3._depthwise_conv.weight", "blocks.3.depthwise.weight"),
        ("_blocks.5._bn2.weight", "blocks.5.project_norm.weight"),
        ("_fc.bias", "head.bias"),
    ];
    for (theirs, name) in ours {
        let (sample, array) = (&expected.gradients[theirs], &found.arrays[name]);
        assert_eq!(array.shape, sample.shape, "{name}");
        for (ours, theirs) in array.values.iter().step_by(sample.step).zip(&sample.values) {
            // A gradient is a sum over all pixels: its rounding grows with its length.
            assert!(
                (f64::from(*ours) - theirs).abs() < 1e-4 * sample.norm.max(1.0),
                "{name}: {ours}, {theirs}"
            );
        }
    }

    let mut reading = Reading::default();
    layers.valid().visit(&mut reading);
    let statistics = reading.finish();
    for (theirs, name) in [
        ("_bn0.running_mean", "stem_norm.running_mean"),
        ("_blocks.15._bn1.running_var", "blocks.15.depthwise_norm.running_var"),
    ] {
        for (ours, theirs) in statistics.0[name].values.iter().zip(&expected.running[theirs]) {
            assert!((f64::from(*ours) - theirs).abs() < 1e-4, "{name}: {ours}, PyTorch {theirs}");
        }
    }
}

/// Collects the gradients of a net's parameters.
struct GradientReading<'a> {
    gradients: &'a Gradients,
    path: Vec<String>,
    arrays: BTreeMap<String, Array>,
}

impl ModuleVisitor for GradientReading<'_> {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(gradient) = param.val().grad(self.gradients) {
            let shape = gradient.dims().to_vec();
            let values = gradient.into_data().iter::<f32>().collect();
            self.arrays.insert(self.path.join("."), Array { shape, values });
        }
    }
}
