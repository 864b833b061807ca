//! What a step sees: pictures in the epoch's order, varied, mixed, with their targets and weights.

use super::{TrainSettings, augment::unvaried, settings::ClassWeights};
use crate::{Example, NetPlan, random::Random};
use burn::tensor::{Device, Tensor, TensorData};
use rayon::prelude::*;

/// Kinds of draws, so that none shares its numbers with another.
const ORDER: u64 = 1;
const VARY: u64 = 2;
const MIX: u64 = 3;

/// One step's pictures on the device.
pub(super) struct Batch {
    /// `[N, H, W, C]`.
    pub(super) pictures: Tensor<4>,
    /// Share of each class in each picture `[N, classes]`.
    pub(super) targets: Tensor<2>,
    /// How much each picture counts `[N, 1]`, about 1 in the mean over an epoch.
    pub(super) weights: Tensor<2>,
}

/// The order of an epoch, cut into steps. A last step of one picture joins the step before: no batch statistics can be
/// made of one.
pub(super) fn steps(settings: &TrainSettings, count: usize, epoch: usize) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..count).collect();
    Random::of(&[settings.seed, ORDER, epoch as u64]).shuffle(&mut order);
    let mut steps: Vec<Vec<usize>> = order.chunks(settings.batch).map(<[usize]>::to_vec).collect();
    if steps.len() > 1 && settings.batch > 1 && steps.last().is_some_and(|last| last.len() == 1) {
        let last = steps.pop().unwrap_or_default();
        steps.last_mut().into_iter().for_each(|step| step.extend(&last));
    }
    steps
}

/// How much an example of each class counts; 1 in the mean over `examples`.
pub(super) fn class_weights(settings: &TrainSettings, examples: &[&Example], classes: usize) -> Vec<f32> {
    let mut counts = vec![0.0_f64; classes];
    examples.iter().for_each(|e| counts[e.class] += 1.0);
    let raw: Vec<f64> = match &settings.class_weights {
        ClassWeights::None => vec![1.0; classes],
        ClassWeights::Balanced => counts.iter().map(|n| 1.0 / n.max(1.0)).collect(),
        ClassWeights::Given(weights) => weights.clone(),
    };
    let total: f64 = raw.iter().zip(&counts).map(|(w, n)| w * n).sum();
    raw.iter().map(|w| (w * examples.len() as f64 / total) as f32).collect()
}

/// The batch of a step of training.
pub(super) fn training_batch(
    settings: &TrainSettings,
    examples: &[&Example],
    class_weights: &[f32],
    chosen: &[usize],
    epoch: usize,
    device: &Device,
) -> Batch {
    let classes = class_weights.len();
    let [rows, cols] = examples[0].picture.size_px();
    let channels = examples[0].picture.channels();
    let size = rows * cols * channels;
    let mut pictures = vec![0.0_f32; size * chosen.len()];
    pictures.par_chunks_mut(size).zip(chosen).for_each(|(out, &at)| {
        let mut random = Random::of(&[settings.seed, VARY, epoch as u64, at as u64]);
        settings.augmentation.apply(&examples[at].picture, &mut random, out);
    });
    let off = settings.label_smoothing / classes as f64;
    let on = 1.0 - settings.label_smoothing + off;
    let mut targets = vec![off as f32; chosen.len() * classes];
    let mut weights = Vec::with_capacity(chosen.len());
    for (row, &at) in chosen.iter().enumerate() {
        targets[row * classes + examples[at].class] = on as f32;
        weights.push(class_weights[examples[at].class]);
    }
    if settings.mixup > 0.0 && chosen.len() > 1 {
        let mut random = Random::of(&[settings.seed, MIX, epoch as u64, chosen[0] as u64]);
        let share = random.beta(settings.mixup) as f32;
        mix(&mut pictures, size, share);
        mix(&mut targets, classes, share);
        mix(&mut weights, 1, share);
    }
    let count = chosen.len();
    Batch {
        pictures: Tensor::from_data(TensorData::new(pictures, [count, rows, cols, channels]), device),
        targets: Tensor::from_data(TensorData::new(targets, [count, classes]), device),
        weights: Tensor::from_data(TensorData::new(weights, [count, 1]), device),
    }
}

/// Every item becomes `share` of itself and the rest of the next one; the last is followed by the first.
fn mix(values: &mut [f32], size: usize, share: f32) {
    let first = values[..size].to_vec();
    let rest = values.len() - size;
    for at in 0..rest {
        values[at] = share * values[at] + (1.0 - share) * values[at + size];
    }
    for (value, next) in values[rest..].iter_mut().zip(first) {
        *value = share * *value + (1.0 - share) * next;
    }
}

/// Pictures for scoring, as they are or mirrored left to right.
pub(crate) fn scoring_pictures(
    plan: &NetPlan,
    pictures: &[&crate::Picture],
    mirrored: bool,
    device: &Device,
) -> Tensor<4> {
    let [rows, cols] = plan.size_px;
    let size = rows * cols * plan.channels;
    let mut values = vec![0.0_f32; size * pictures.len()];
    for (out, picture) in values.chunks_mut(size).zip(pictures) {
        unvaried(picture, out);
        if mirrored {
            out.chunks_mut(cols * plan.channels).for_each(|row| {
                for col in 0..cols / 2 {
                    for channel in 0..plan.channels {
                        row.swap(col * plan.channels + channel, (cols - 1 - col) * plan.channels + channel);
                    }
                }
            });
        }
    }
    Tensor::from_data(TensorData::new(values, [pictures.len(), rows, cols, plan.channels]), device)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Architecture, Compute, Picture};

    fn settings(batch: usize) -> TrainSettings {
        TrainSettings { batch, ..TrainSettings::recipe(&Architecture::named("notebook").unwrap()) }
    }

    #[test]
    fn every_epoch_sees_every_picture_once_in_another_order() {
        let flat = |epoch| steps(&settings(4), 9, epoch).concat();
        assert_ne!(flat(1), flat(2));
        let mut sorted = flat(1);
        sorted.sort_unstable();
        assert_eq!(sorted, (0..9).collect::<Vec<_>>());
        let sizes = |count| steps(&settings(4), count, 1).iter().map(Vec::len).collect::<Vec<_>>();
        assert_eq!(sizes(9), [4, 5]);
        assert_eq!(sizes(10), [4, 4, 2]);
        assert_eq!(sizes(1), [1]);
    }

    #[test]
    fn balanced_weights_give_every_class_the_same_share() {
        let picture = Picture::new(1, 1, 1, vec![0]).unwrap();
        let of = |class| Example { id: String::new(), class, group: 0, picture: picture.clone() };
        let examples = [of(0), of(0), of(0), of(1)];
        let examples: Vec<&Example> = examples.iter().collect();
        let balanced = TrainSettings { class_weights: ClassWeights::Balanced, ..settings(2) };
        let weights = class_weights(&balanced, &examples, 2);
        assert!((weights[0] - 2.0 / 3.0).abs() < 1e-6 && (weights[1] - 2.0).abs() < 1e-6, "{weights:?}");
        assert_eq!(class_weights(&settings(2), &examples, 2), [1.0, 1.0]);
    }

    #[test]
    fn mixing_goes_round() {
        let mut values = [0.0, 0.0, 1.0, 2.0, 10.0, 20.0];
        mix(&mut values, 2, 0.75);
        assert_eq!(values, [0.25, 0.5, 3.25, 6.5, 7.5, 15.0]);
    }

    #[test]
    fn a_mirrored_picture_keeps_its_channels() {
        let plan = NetPlan::new(Architecture::named("residual").unwrap(), 2, [1, 3], 2);
        let picture = Picture::new(2, 1, 3, vec![0, 1, 2, 10, 11, 12]).unwrap();
        let tensor = scoring_pictures(&plan, &[&picture], true, &Compute::Cpu.device());
        let values: Vec<f32> = tensor.into_data().iter::<f32>().map(|v| (v * 65535.0).round()).collect();
        assert_eq!(values, [2.0, 12.0, 1.0, 11.0, 0.0, 10.0]);
    }
}
