//! Grad-CAM (Selvaraju et al. 2017, doi:10.1109/ICCV.2017.74): which of the last feature maps a class goes by, and where
//! they are bright.

use super::Attribution;
use crate::{
    LearnError, NetClassifier, Picture,
    classifier::check_shape,
    nets::{Net, Pass},
    train::scoring_pictures,
};
use burn::tensor::Tensor;

/// Where a net sees a class: the sum over the last feature maps, each times the mean of the gradient of the class's logit
/// by it; negative sums are 0; brought to the picture's size by bilinear interpolation.
///
/// Of two classes the net has one logit, that of the second; the first has its negative. A classifier that takes the mean over a
/// picture and its mirror image is explained by the mean of both maps.
///
/// # Errors
/// [`LearnError::UnknownClass`] for a class that it does not know, [`LearnError::PictureShape`] for a picture that it does not
/// take.
pub fn grad_cam(
    classifier: &NetClassifier,
    picture: &Picture,
    class: usize,
) -> Result<Attribution, LearnError> {
    let plan = &classifier.net.plan;
    check_shape(plan, 0, picture)?;
    let labels = if plan.outputs == 1 { 2 } else { plan.outputs };
    if class >= labels {
        return Err(LearnError::UnknownClass { index: 0, class, labels });
    }
    let tracked =
        Net::with_weights(plan, &classifier.net.weights(), &classifier.compute.device().autodiff())?;
    let passes: &[bool] = if classifier.mirrored { &[false, true] } else { &[false] };
    let [rows, cols] = picture.size_px();
    let mut values = vec![0.0_f32; rows * cols];
    for &mirrored in passes {
        let map = last_maps(classifier, &tracked, picture, class, mirrored);
        let large = map.enlarged([rows, cols]);
        for (out, from) in values.chunks_mut(cols).zip(large.chunks(cols)) {
            for (col, value) in out.iter_mut().enumerate() {
                let at = if mirrored { cols - 1 - col } else { col };
                *value += from[at] / passes.len() as f32;
            }
        }
    }
    Attribution::new(rows, cols, values).ok_or(LearnError::NoCases)
}

/// A small map, row by row.
struct SmallMap {
    rows: usize,
    cols: usize,
    values: Vec<f32>,
}

fn last_maps(
    classifier: &NetClassifier,
    tracked: &Net,
    picture: &Picture,
    class: usize,
    mirrored: bool,
) -> SmallMap {
    let net = &classifier.net;
    let input = scoring_pictures(&net.plan, &[picture], mirrored, &classifier.compute.device());
    of_features(tracked, net.features(input), class)
}

/// The sum over feature maps `[1, h, w, maps]`, each times the mean gradient of the class's logit by it.
fn of_features(net: &Net, features: Tensor<4>, class: usize) -> SmallMap {
    let maps = Tensor::<4>::from_inner(features.clone()).require_grad();
    let logits = net.logits(maps.clone(), Pass::Scoring);
    let logit = match (net.plan.outputs, class) {
        (1, 0) => -logits,
        (1, _) => logits,
        _ => logits.narrow(1, class, 1),
    };
    let gradients = logit.sum().backward();
    let [_, rows, cols, _] = features.dims();
    let Some(gradient) = maps.grad(&gradients) else {
        return SmallMap { rows, cols, values: vec![0.0; rows * cols] };
    };
    let weight = gradient.mean_dim(1).mean_dim(2);
    let sum = (features * weight).sum_dim(3);
    let values = sum.into_data().iter::<f32>().map(|value| value.max(0.0)).collect();
    SmallMap { rows, cols, values }
}

impl SmallMap {
    /// Bilinear, pixel centres to pixel centres, edges repeated: `align_corners=False` of PyTorch.
    fn enlarged(&self, [rows, cols]: [usize; 2]) -> Vec<f32> {
        let down = places(rows, self.rows);
        let across = places(cols, self.cols);
        let line = |row: usize| &self.values[row * self.cols..][..self.cols];
        let mut out = Vec::with_capacity(rows * cols);
        for &(top, bottom, below) in &down {
            let (upper, lower) = (line(top), line(bottom));
            out.extend(across.iter().map(|&(left, right, beside)| {
                let between = |row: &[f32]| row[left] + (row[right] - row[left]) * beside;
                let (a, b) = (between(upper), between(lower));
                a + (b - a) * below
            }));
        }
        out
    }
}

/// For each of `large` pixels the two of `small` that it lies between, and how near it is to the second.
fn places(large: usize, small: usize) -> Vec<(usize, usize, f32)> {
    let step = small as f32 / large as f32;
    let place = |at: usize| {
        let centre = ((at as f32 + 0.5) * step - 0.5).max(0.0);
        let first = (centre as usize).min(small - 1);
        (first, (first + 1).min(small - 1), centre - first as f32)
    };
    (0..large).map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Architecture, Channels, Compute, NetPlan, Taken, Weights, from_imagenet};
    use serde::Deserialize;
    use std::path::PathBuf;

    #[derive(Deserialize)]
    struct Expected {
        side_px: usize,
        logits: Vec<f64>,
        maps: Vec<Vec<Vec<f64>>>,
        every_13th_px: Vec<Vec<Vec<f64>>>,
    }

    fn vector(name: &str) -> Vec<u8> {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/oracle");
        std::fs::read(folder.join(name)).unwrap()
    }

    fn net() -> (Expected, Net) {
        let expected: Expected = serde_json::from_slice(&vector("explain/grad_cam.json")).unwrap();
        let channels = Channels { stem: 4, stages: [8, 4, 4, 8, 12, 12, 20], top: 76 };
        let architecture = Architecture::EfficientNetLite0 { channels, dropout: 0.0 };
        let plan = NetPlan::new(architecture, 3, [expected.side_px; 2], 3);
        let plan = NetPlan { mean: 0.0, deviation: 1.0, ..plan };
        let (theirs, _) =
            Weights::from_safetensors(&vector("learn/efficientnet_narrow.safetensors")).unwrap();
        let weights = from_imagenet(&plan, &theirs, Taken::All, 0).unwrap();
        (expected, Net::with_weights(&plan, &weights, &Compute::Cpu.device()).unwrap())
    }

    /// The picture of the script holds values below 0, which no [`Picture`] has: it enters as a tensor.
    #[test]
    fn maps_are_those_of_pytorch() {
        let (expected, net) = net();
        let side = expected.side_px;
        let values: Vec<f32> = (0..3 * side * side)
            .map(|at| {
                let noise = (at * 7919 % 65521) as f64 / 65521.0 * 2.0 - 1.0;
                ((noise + libm::sin(at as f64 / 97.0)) / 2.0) as f32
            })
            .collect();
        let device = Compute::Cpu.device();
        let data = burn::tensor::TensorData::new(values, [1, 3, side, side]);
        let input = Tensor::<4>::from_data(data, &device).permute([0, 2, 3, 1]);
        let tracked = Net::with_weights(&net.plan, &net.weights(), &device.autodiff()).unwrap();
        let features = net.features(input);
        for (class, map) in expected.maps.iter().enumerate() {
            let found = of_features(&tracked, features.clone(), class);
            let theirs = map.concat();
            // Sums of 76 maps in another order, values up to 0.6.
            assert_eq!(found.values.len(), theirs.len());
            found
                .values
                .iter()
                .zip(&theirs)
                .for_each(|(a, b)| assert!((f64::from(*a) - b).abs() < 1e-5, "{a} {b}"));
            let large = found.enlarged([side, side]);
            for (row, line) in expected.every_13th_px[class].iter().enumerate() {
                for (col, value) in line.iter().enumerate() {
                    let ours = f64::from(large[row * 13 * side + col * 13]);
                    assert!((ours - value).abs() < 1e-5, "{class} {row} {col}: {ours} {value}");
                }
            }
        }
        let logits = net.logits(features, Pass::Scoring).into_data();
        logits
            .iter::<f64>()
            .zip(&expected.logits)
            .for_each(|(a, b)| assert!((a - b).abs() < 1e-4, "{a} {b}"));
    }

    #[test]
    fn a_mirrored_classifier_sees_the_mirrored_picture_in_the_mirrored_place() {
        let plan = NetPlan::new(Architecture::named("residual").unwrap(), 1, [64, 64], 2);
        let drawn = Net::drawn(&plan, 3, &Compute::Cpu.device()).unwrap().weights();
        // A head that is for some maps and against others.
        let mut weights = drawn;
        let head = weights.0.get_mut("head.weight").unwrap();
        head.values.iter_mut().enumerate().for_each(|(n, value)| *value = (n % 7) as f32 / 7.0 - 0.3);
        let classes = vec!["a".to_owned(), "b".to_owned()];
        let classifier = NetClassifier::new(&plan, &weights, classes, true, Compute::Cpu).unwrap();
        let values: Vec<u16> = (0..64 * 64).map(|n| ((n % 64) * 700 + n / 64 * 150) as u16).collect();
        let turned: Vec<u16> = values.chunks(64).flat_map(|row| row.iter().rev().copied()).collect();
        let map =
            |values: Vec<u16>| grad_cam(&classifier, &Picture::new(1, 64, 64, values).unwrap(), 1).unwrap();
        let (plain, mirrored) = (map(values.clone()), map(turned));
        assert!(plain.values().iter().any(|&value| value > 1e-3));
        for (a, b) in plain.values().chunks(64).zip(mirrored.values().chunks(64)) {
            a.iter().zip(b.iter().rev()).for_each(|(a, b)| assert!((a - b).abs() < 1e-5, "{a} {b}"));
        }
        let picture = Picture::new(1, 64, 64, values).unwrap();
        assert!(matches!(grad_cam(&classifier, &picture, 2), Err(LearnError::UnknownClass { .. })));
    }
}
