//! Our kernels against burn's own operations: values, and the gradients of everything that goes in.
//!
//! Tolerance: 2e-5 of the largest value that is compared with. Sums of up to 800 products in single precision, taken in
//! another order, differ by some 1e-6 of their size.

use super::*;
use burn::tensor::{Device, Tensor, TensorData};

/// Values in -1..1 that look drawn, the same everywhere.
fn drawn<const D: usize>(shape: [usize; D], seed: u64) -> Tensor<D> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let values: Vec<f32> = (0..shape.iter().product())
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f32 / (1u64 << 23) as f32 - 1.0
        })
        .collect();
    Tensor::from_data(TensorData::new(values, shape), &Device::flex().autodiff()).require_grad()
}

fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().try_to_vec().unwrap()
}

fn assert_near(ours: &[f32], theirs: &[f32], what: &str) {
    assert_eq!(ours.len(), theirs.len(), "{what}");
    let largest = theirs.iter().fold(1e-3f32, |largest, value| largest.max(value.abs()));
    for (index, (a, b)) in ours.iter().zip(theirs).enumerate() {
        assert!((a - b).abs() <= 2e-5 * largest, "{what} [{index}]: {a} and {b}, largest {largest}");
    }
}

type Inputs = (Tensor<4>, Tensor<4>, Tensor<1>);

/// The output of `layer` and the gradients of picture, weight and bias, for a drawn gradient of the output.
fn forward_and_back((x, weight, bias): Inputs, layer: impl Fn(Inputs) -> Tensor<4>) -> [Vec<f32>; 4] {
    let y = layer((x.clone(), weight.clone(), bias.clone()));
    let factor = drawn(y.dims(), 99).detach();
    let gradients = (y.clone() * factor).sum().backward();
    [
        values(y),
        values(x.grad(&gradients).unwrap()),
        values(weight.grad(&gradients).unwrap()),
        values(bias.grad(&gradients).unwrap()),
    ]
}

fn assert_same(
    inputs: Inputs,
    ours: impl Fn(Inputs) -> Tensor<4>,
    theirs: impl Fn(Inputs) -> Tensor<4>,
    case: &str,
) {
    let (ours, theirs) = (forward_and_back(inputs.clone(), ours), forward_and_back(inputs, theirs));
    for ((ours, theirs), what) in ours.iter().zip(&theirs).zip(["output", "picture", "weight", "bias"]) {
        assert_near(ours, theirs, &format!("{case}, {what}"));
    }
}

const WINDOWS: [Window; 9] = [
    Window::valid(1),
    Window::valid(3),
    Window::same(3),
    Window::same(3).stride(2),
    Window::valid(1).stride(2),
    Window::same(5),
    Window::same(5).stride(2),
    Window::same(7).stride(2),
    // What TensorFlow's `same` with stride 2 does to an even size: zeros below and to the right alone.
    Window { kernel: [3, 3], stride: [2, 2], rows: [0, 1], columns: [0, 1] },
];

#[test]
fn convolutions_are_those_of_burn() {
    for (index, window) in WINDOWS.into_iter().enumerate() {
        for (inputs, outputs, rows, columns) in
            [(1, 5, 11, 13), (3, 16, 8, 7), (16, 20, 9, 8), (18, 33, 7, 10)]
        {
            let [a, b] = window.kernel;
            let case = (
                drawn([2, rows, columns, inputs], index as u64),
                drawn([outputs, inputs, a, b], 7),
                drawn([outputs], 8),
            );
            for activation in [Activation::None, Activation::Relu, Activation::Relu6] {
                assert_same(
                    case.clone(),
                    |(x, w, b)| conv(x, w, Some(b), window, activation),
                    |(x, w, b)| plain::conv(x, w, Some(b), window, 1, activation),
                    &format!("{window:?} {inputs}->{outputs} {activation:?}"),
                );
            }
        }
    }
}

#[test]
fn convolutions_with_a_maximum_are_those_of_burn() {
    for window in [Window::valid(3), Window::same(3), Window::same(5), Window::same(3).stride(2)] {
        for (inputs, outputs, rows, columns) in [(1, 4, 12, 15), (6, 17, 11, 10)] {
            let [a, b] = window.kernel;
            let case = (
                drawn([2, rows, columns, inputs], 1),
                drawn([outputs, inputs, a, b], 2),
                drawn([outputs], 3),
            );
            assert_same(
                case,
                |(x, w, b)| conv_pool(x, w, Some(b), window),
                |(x, w, b)| {
                    let y = plain::conv(x, w, Some(b), window, 1, Activation::Relu);
                    plain::max_pool(y, Window::valid(2).stride(2))
                },
                &format!("{window:?} {inputs}->{outputs}"),
            );
        }
    }
}

#[test]
fn depthwise_convolutions_are_those_of_burn() {
    for window in WINDOWS {
        for (channels, rows, columns) in [(3, 9, 10), (16, 8, 15), (21, 7, 7)] {
            let [a, b] = window.kernel;
            let case =
                (drawn([2, rows, columns, channels], 1), drawn([channels, 1, a, b], 2), drawn([channels], 3));
            for activation in [Activation::None, Activation::Relu6] {
                assert_same(
                    case.clone(),
                    |(x, w, b)| depthwise_conv(x, w, Some(b), window, activation),
                    |(x, w, b)| plain::conv(x, w, Some(b), window, channels, activation),
                    &format!("{window:?} {channels} {activation:?}"),
                );
            }
        }
    }
}

#[test]
fn normalisations_are_those_of_burn() {
    for activation in [Activation::None, Activation::Relu, Activation::Relu6] {
        for channels in [1, 8, 19] {
            // A mean far from zero: a variance by the difference of squares would lose its digits here.
            let x = (drawn([3, 9, 11, channels], 4) + 50.0).detach();
            let case = (x.require_grad(), drawn([1, 1, 1, channels], 5), drawn([channels], 6));
            let layer = |(x, w, b): Inputs| batch_norm_train(x, w.reshape([channels]), b, 1e-5, activation).0;
            let plainly =
                |(x, w, b): Inputs| plain::batch_norm_train(x, w.reshape([channels]), b, 1e-5, activation).0;
            let (ours, theirs) =
                (forward_and_back(case.clone(), layer), forward_and_back(case.clone(), plainly));
            for (place, (ours, theirs)) in ours.iter().zip(&theirs).enumerate() {
                // Around 50, single precision has five digits behind the point; both sides lose them.
                let largest = theirs.iter().fold(1.0f32, |a, b| a.max(b.abs()));
                for (a, b) in ours.iter().zip(theirs) {
                    assert!((a - b).abs() < 3e-4 * largest, "{activation:?} {channels} {place}: {a} {b}");
                }
            }
            let (_, mean, variance) =
                batch_norm_train(case.0.clone(), case.2.clone(), case.2.clone(), 1e-5, activation);
            let (_, their_mean, their_variance) =
                plain::batch_norm_train(case.0, case.2.clone(), case.2, 1e-5, activation);
            assert_near(&values(mean), &values(their_mean), "mean");
            assert_near(&values(variance), &values(their_variance), "variance");
        }
    }
}

#[test]
fn a_given_normalisation_is_that_of_burn() {
    let [mean, variance] = [drawn([5], 1).detach(), (drawn([5], 2).powi_scalar(2) + 0.1).detach()];
    let case = (drawn([2, 4, 6, 5], 3), drawn([1, 1, 1, 5], 4), drawn([5], 5));
    let each = |values: Tensor<1>| values.reshape([1, 1, 1, 5]);
    let (m, v) = (mean.clone(), variance.clone());
    assert_same(
        case,
        |(x, w, b)| batch_norm(x, w.reshape([5]), b, m.clone(), v.clone(), 1e-3, Activation::Relu),
        |(x, w, b)| {
            let unit = (x - each(mean.clone())) / (each(variance.clone()) + 1e-3).sqrt();
            plain::activate(unit * w + each(b), Activation::Relu)
        },
        "given",
    );
}

#[test]
fn maxima_are_those_of_burn() {
    for window in [Window::same(3).stride(2), Window::valid(2).stride(2), Window::same(3)] {
        let unused = (drawn([2, 9, 10, 7], 1), drawn([1, 1, 1, 1], 2), drawn([1], 3));
        let with = |(x, w, b): Inputs, pool: fn(Tensor<4>, Window) -> Tensor<4>| {
            pool(x, window) * w + b.reshape([1, 1, 1, 1])
        };
        assert_same(unused, |i| with(i, max_pool), |i| with(i, plain::max_pool), "maximum");
    }
}

#[test]
fn threads_do_not_change_bits() {
    let run = || {
        let case = (drawn([5, 40, 40, 6], 1), drawn([24, 6, 3, 3], 2), drawn([24], 3));
        let conv = forward_and_back(case, |(x, w, b)| conv(x, w, Some(b), Window::same(3), Activation::Relu));
        let case = (drawn([5, 40, 40, 16], 1), drawn([16, 1, 5, 5], 2), drawn([16], 3));
        let depthwise = forward_and_back(case, |(x, w, b)| {
            let y = depthwise_conv(x, w, Some(b.clone()), Window::same(5).stride(2), Activation::Relu6);
            batch_norm_train(y, b.clone(), b, 1e-5, Activation::Relu).0
        });
        (conv, depthwise)
    };
    let with = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(run);
    assert!(with(1) == with(3), "every bit of outputs and gradients is the same");
}

#[test]
fn what_is_not_a_number_stays_so() {
    let device = Device::flex();
    let x = Tensor::<4>::full([1, 3, 3, 2], f32::NAN, &device);
    let weight = Tensor::<4>::ones([2, 2, 1, 1], &device);
    let y = conv(x.clone(), weight, None, Window::valid(1), Activation::Relu6);
    assert!(values(y).iter().all(|value| value.is_nan()));
    assert!(values(max_pool(x.clone(), Window::same(3))).iter().all(|value| value.is_nan()));
    let (y, ..) =
        batch_norm_train(x, Tensor::ones([2], &device), Tensor::ones([2], &device), 1e-5, Activation::Relu);
    assert!(values(y).iter().all(|value| value.is_nan()));
}
