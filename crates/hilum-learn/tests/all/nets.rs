//! Losses, gradients, normalisation and Adam's steps of small nets against PyTorch: tests/oracle/nets/README.md.

use std::path::Path;

use burn::module::{Module, Param};
use burn::nn::Initializer;
use burn::optim::{AdamConfig, GradientsParams};
use burn::tensor::activation::softplus;
use burn::tensor::{Device, Tensor, TensorData};
use hilum_learn::kernels::{Activation, BatchNorm, Conv, DepthwiseConv, Window, global_mean, max_pool};
use serde_json::Value;

/// Of the larger of 1 and the value: three steps in single precision against PyTorch in double.
const TOLERANCE: f32 = 1e-4;

fn case(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/oracle/nets/nets.json");
    let all: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    all["nets"].as_array().unwrap().iter().find(|case| case["name"] == name).unwrap().clone()
}

fn tensor<const D: usize>(value: &Value, device: &Device) -> Tensor<D> {
    let shape: Vec<usize> =
        value["shape"].as_array().unwrap().iter().map(|x| x.as_u64().unwrap() as usize).collect();
    let values: Vec<f32> =
        value["values"].as_array().unwrap().iter().map(|x| x.as_f64().unwrap() as f32).collect();
    Tensor::from_data(TensorData::new(values, shape), device)
}

#[track_caller]
fn assert_near<const D: usize>(found: Tensor<D>, expected: &Value, what: &str) {
    let shape: Vec<u64> = found.dims().map(|size| size as u64).to_vec();
    assert_eq!(Value::from(shape), expected["shape"], "{what}");
    let found: Vec<f32> = found.into_data().try_to_vec().unwrap();
    for (found, expected) in found.iter().zip(expected["values"].as_array().unwrap()) {
        let expected = expected.as_f64().unwrap() as f32;
        assert!(
            (found - expected).abs() <= TOLERANCE * expected.abs().max(1.0),
            "{what}: {found}, expected {expected}"
        );
    }
}

/// A layer's weights under the names that PyTorch gives them.
type Named<'a> = (String, &'a Param<Tensor<1>>);

/// What the two nets have in common.
trait Net: Module + Clone {
    fn new(before: &Value, device: &Device) -> Self;
    fn forward(&self, x: Tensor<4>) -> Tensor<2>;
    /// Weights of four dimensions.
    fn kernels(&self) -> Vec<(String, &Param<Tensor<4>>)>;
    /// Weights of one dimension.
    fn vectors(&self) -> Vec<Named<'_>>;
    fn norms(&self) -> Vec<(&'static str, &BatchNorm)>;
    fn dense(&self) -> &Param<Tensor<2>>;
}

fn param<const D: usize>(before: &Value, name: &str, device: &Device) -> Param<Tensor<D>> {
    Param::from_tensor(tensor(&before[name], device))
}

fn conv(before: &Value, name: &str, window: Window, device: &Device) -> Conv {
    let weight = param(before, &format!("{name}.weight"), device);
    let bias = format!("{name}.bias");
    let bias = before.get(&bias).map(|_| param(before, &bias, device));
    Conv { weight, bias, window }
}

fn norm(before: &Value, name: &str, device: &Device) -> BatchNorm {
    let weight: Param<Tensor<1>> = param(before, &format!("{name}.weight"), device);
    let bias = param(before, &format!("{name}.bias"), device);
    let mut norm = BatchNorm::new(weight.dims()[0], device);
    (norm.weight, norm.bias) = (weight, bias);
    norm
}

#[derive(Module, Debug)]
struct Plain {
    first: Conv,
    second: Conv,
    third: Conv,
    dense: Param<Tensor<2>>,
    dense_bias: Param<Tensor<1>>,
}

impl Net for Plain {
    fn new(before: &Value, device: &Device) -> Self {
        let conv = |name| conv(before, name, Window::valid(3), device);
        Self {
            first: conv("first"),
            second: conv("second"),
            third: conv("third"),
            dense: param(before, "dense.weight", device),
            dense_bias: param(before, "dense.bias", device),
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<2> {
        let x = self.second.forward_pool(self.first.forward_pool(x));
        let x = self.third.forward(x, Activation::Relu);
        let pictures = x.dims()[0];
        x.reshape([pictures as i32, -1]).matmul(self.dense.val().transpose())
            + self.dense_bias.val().unsqueeze()
    }

    fn kernels(&self) -> Vec<(String, &Param<Tensor<4>>)> {
        let convs = [("first", &self.first), ("second", &self.second), ("third", &self.third)];
        convs.map(|(name, conv)| (format!("{name}.weight"), &conv.weight)).into()
    }

    fn vectors(&self) -> Vec<Named<'_>> {
        let convs = [("first", &self.first), ("second", &self.second), ("third", &self.third)];
        let mut all: Vec<Named> = convs
            .into_iter()
            .map(|(name, conv)| (format!("{name}.bias"), conv.bias.as_ref().unwrap()))
            .collect();
        all.push(("dense.bias".into(), &self.dense_bias));
        all
    }

    fn norms(&self) -> Vec<(&'static str, &BatchNorm)> {
        vec![]
    }

    fn dense(&self) -> &Param<Tensor<2>> {
        &self.dense
    }
}

#[derive(Module, Debug)]
struct Mobile {
    stem: Conv,
    stem_norm: BatchNorm,
    expand: Conv,
    expand_norm: BatchNorm,
    depth: DepthwiseConv,
    depth_norm: BatchNorm,
    project: Conv,
    project_norm: BatchNorm,
    down: Conv,
    down_norm: BatchNorm,
    dense: Param<Tensor<2>>,
    dense_bias: Param<Tensor<1>>,
}

impl Net for Mobile {
    fn new(before: &Value, device: &Device) -> Self {
        let conv = |name, window| conv(before, name, window, device);
        let norm = |name| norm(before, name, device);
        let mut depth = DepthwiseConv::new(18, Window::same(5), false, &Initializer::Zeros, device);
        depth.weight = param(before, "depth.weight", device);
        Self {
            stem: conv("stem", Window::same(3).stride(2)),
            stem_norm: norm("stem_norm"),
            expand: conv("expand", Window::valid(1)),
            expand_norm: norm("expand_norm"),
            depth,
            depth_norm: norm("depth_norm"),
            project: conv("project", Window::valid(1)),
            project_norm: norm("project_norm"),
            down: conv("down", Window::same(3).stride(2)),
            down_norm: norm("down_norm"),
            dense: param(before, "dense.weight", device),
            dense_bias: param(before, "dense.bias", device),
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<2> {
        let x = self.stem_norm.forward(self.stem.forward(x, Activation::None), Activation::Relu);
        let x = max_pool(x, Window::same(3).stride(2));
        let y = self.expand_norm.forward(self.expand.forward(x.clone(), Activation::None), Activation::Relu6);
        let y = self.depth_norm.forward(self.depth.forward(y, Activation::None), Activation::Relu6);
        let x = x + self.project_norm.forward(self.project.forward(y, Activation::None), Activation::None);
        let x = self.down_norm.forward(self.down.forward(x, Activation::None), Activation::Relu);
        global_mean(x).matmul(self.dense.val().transpose()) + self.dense_bias.val().unsqueeze()
    }

    fn kernels(&self) -> Vec<(String, &Param<Tensor<4>>)> {
        let convs = [
            ("stem", &self.stem),
            ("expand", &self.expand),
            ("project", &self.project),
            ("down", &self.down),
        ];
        let mut all: Vec<_> = convs.map(|(name, conv)| (format!("{name}.weight"), &conv.weight)).into();
        all.push(("depth.weight".into(), &self.depth.weight));
        all
    }

    fn vectors(&self) -> Vec<Named<'_>> {
        let norms = self.norms().into_iter();
        let mut all: Vec<Named> = norms
            .flat_map(|(name, norm)| {
                [(format!("{name}.weight"), &norm.weight), (format!("{name}.bias"), &norm.bias)]
            })
            .collect();
        all.push(("dense.bias".into(), &self.dense_bias));
        all
    }

    fn norms(&self) -> Vec<(&'static str, &BatchNorm)> {
        vec![
            ("stem_norm", &self.stem_norm),
            ("expand_norm", &self.expand_norm),
            ("depth_norm", &self.depth_norm),
            ("project_norm", &self.project_norm),
            ("down_norm", &self.down_norm),
        ]
    }

    fn dense(&self) -> &Param<Tensor<2>> {
        &self.dense
    }
}

/// The processor, and the GPU of a program that is built for one.
fn devices() -> Vec<Device> {
    vec![
        Device::flex(),
        #[cfg(feature = "cuda")]
        Device::cuda(0),
        #[cfg(feature = "wgpu")]
        Device::wgpu(burn::tensor::DeviceKind::DefaultDevice),
    ]
}

fn trains_as_in_pytorch<N: Net>(name: &str) {
    devices().into_iter().for_each(|device| trains_on::<N>(name, device.autodiff()));
}

/// Three steps of Adam with all weights, from PyTorch's own first weights.
fn trains_on<N: Net>(name: &str, device: Device) {
    let case = case(name);
    let mut net = N::new(&case["before"], &device);
    let (x, truth) = (tensor::<4>(&case["pictures"], &device), tensor::<2>(&case["truth"], &device));
    let mut adam = AdamConfig::new().with_epsilon(1e-8).init();
    for (step, loss) in case["losses"].as_array().unwrap().iter().enumerate() {
        let answers = net.forward(x.clone());
        // Binary cross-entropy of a logit: log(1 + e^z) - z * truth.
        let found = (softplus(answers.clone(), 1.0) - answers * truth.clone()).mean();
        let value = found.clone().into_scalar::<f32>();
        assert!(
            (f64::from(value) - loss.as_f64().unwrap()).abs() < 1e-5,
            "{name}, step {step}: {value} and {loss}"
        );
        let gradients = found.backward();
        if step == 0 {
            let of = |name: &str| &case["gradients"][name];
            for (name, weight) in net.kernels() {
                assert_near(weight.grad(&gradients).unwrap(), of(&name), &name);
            }
            for (name, weight) in net.vectors() {
                assert_near(weight.grad(&gradients).unwrap(), of(&name), &name);
            }
            assert_near(net.dense().grad(&gradients).unwrap(), of("dense.weight"), "dense.weight");
        }
        let gradients = GradientsParams::from_grads(gradients, &net);
        net = adam.step(case["learning_rate"].as_f64().unwrap(), net, gradients);
    }
    let net = net.valid();
    let after = |name: &str| &case["after"][name];
    for (name, weight) in net.kernels() {
        assert_near(weight.val(), after(&name), &name);
    }
    for (name, weight) in net.vectors() {
        assert_near(weight.val(), after(&name), &name);
    }
    for (name, norm) in net.norms() {
        assert_near(norm.running_mean.value(), after(&format!("{name}.running_mean")), name);
        assert_near(norm.running_var.value(), after(&format!("{name}.running_var")), name);
    }
    assert_near(net.forward(x.inner()), &case["answers"], "answers of the trained net");
}

#[test]
fn a_plain_net_trains_as_in_pytorch() {
    trains_as_in_pytorch::<Plain>("plain");
}

#[test]
fn a_normalised_net_with_depthwise_convolutions_trains_as_in_pytorch() {
    trains_as_in_pytorch::<Mobile>("mobile");
}
