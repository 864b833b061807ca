//! Steps of a small residual net against PyTorch: tests/oracle/train/README.md tells the tolerances.

use super::{
    TrainSettings,
    loss::cross_entropy,
    optimizer::{optimizer, rates},
    settings::{Optimizer, Schedule},
};
use crate::{
    Architecture, Array, Compute, NetPlan, Weights,
    nets::{Net, Pass},
};
use burn::{
    optim::GradientsParams,
    tensor::{Device, Tensor, TensorData},
};
use serde_json::Value;
use std::path::Path;

const PICTURES: usize = 6;

fn floats(list: &Value) -> Vec<f32> {
    list.as_array().unwrap().iter().map(|v| v.as_f64().unwrap() as f32).collect()
}

fn tensor<const D: usize>(values: Vec<f32>, shape: [usize; D], device: &Device) -> Tensor<D> {
    Tensor::from_data(TensorData::new(values, shape), device)
}

/// The arrays of a vector in the shapes of a net.
fn weights(list: &Value, shapes: &Weights) -> Weights {
    let array = |(name, like): (&String, &Array)| {
        (name.clone(), Array { shape: like.shape.clone(), values: floats(&list[name.as_str()]) })
    };
    Weights(shapes.0.iter().map(array).collect())
}

fn assert_near(found: &[f32], expected: &[f32], tolerance: f32, what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let worst = found.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(worst <= tolerance, "{what}: differs by {worst:e}");
}

#[test]
fn five_steps_are_those_of_pytorch() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/oracle/train/steps.json");
    let vectors: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let side = vectors["side"].as_u64().unwrap() as usize;
    let widths = floats(&vectors["widths"]).iter().map(|w| *w as usize).collect();
    let architecture = Architecture::Residual { widths, blocks: 1, dropout: 0.0 };
    for case in vectors["cases"].as_array().unwrap() {
        let name = case["optimizer"].as_str().unwrap();
        let outputs = case["outputs"].as_u64().unwrap() as usize;
        let classes = outputs.max(2);
        let plan = NetPlan::new(architecture.clone(), 1, [side, side], classes);
        let settings = TrainSettings {
            optimizer: match name {
                "adamw" => Optimizer::AdamW,
                "adam" => Optimizer::Adam,
                _ => Optimizer::Sgd,
            },
            learning_rate: 0.01,
            weight_decay: 0.05,
            warmup_epochs: 0.0,
            schedule: Schedule::Constant,
            ..TrainSettings::recipe(&architecture)
        };
        let device = Compute::Cpu.device().autodiff();
        let shapes = Net::drawn(&plan, 0, &device).unwrap().weights();
        let mut net = Net::with_weights(&plan, &weights(&case["first"], &shapes), &device).unwrap();
        let mut steps = optimizer(&settings);
        let grey = floats(&case["pictures"]).into_iter().map(|v| v / 65535.0).collect::<Vec<_>>();
        let shape = [PICTURES, side, side, 1];
        for (step, expected) in floats(&case["losses"]).into_iter().enumerate() {
            let logits = net.forward(tensor(grey.clone(), shape, &device), Pass::Training { draw: 0 });
            let targets = tensor(floats(&case["targets"]), [PICTURES, classes], &device);
            let loss =
                cross_entropy(logits, targets, tensor(floats(&case["weights"]), [PICTURES, 1], &device));
            let value = loss.clone().inner().into_scalar::<f32>();
            assert_near(&[value], &[expected], 1e-4, &format!("{name}, loss of step {step}"));
            let gradients = GradientsParams::from_grads(loss.backward(), &net.layers);
            net.layers = steps.step(rates(&settings, 0.0), net.layers.clone(), gradients);
        }
        let last = net.weights();
        for (array, expected) in &weights(&case["last"], &shapes).0 {
            assert_near(&last.0[array].values, &expected.values, 1e-4, &format!("{name}, {array}"));
        }
        let plain = Compute::Cpu.device();
        let net = Net::with_weights(&plan, &last, &plain).unwrap();
        let logits = net.forward(tensor(grey, shape, &plain), Pass::Scoring).into_data();
        let logits: Vec<f32> = logits.iter::<f32>().collect();
        assert_near(&logits, &floats(&case["logits"]), 1e-3, &format!("{name}, logits"));
    }
}
