//! The optimiser of a training, and the learning rate of each group of weights.

use super::settings::{Optimizer, TrainSettings};
use burn::{
    module::ParamGroup,
    optim::{
        AdamConfig, AdamWConfig, ModuleOptimizer, SgdConfig,
        decay::WeightDecayConfig,
        lr_scheduler::module_lr_scheduler::{ModuleLearningRate, ModuleLrScheduler},
        momentum::MomentumConfig,
    },
};

/// The last layer: what is new in a net that was trained before.
const HEAD: [&str; 2] = ["head.", "dense."];

/// An optimiser without memory of any step. Biases and normalisations are not pulled towards 0: it would only fight
/// what they are there for.
pub(super) fn optimizer(settings: &TrainSettings) -> ModuleOptimizer {
    let plain = || ParamGroup::from_any_predicates(vec!["bias", "norm"]);
    let decay = settings.weight_decay as f32;
    match settings.optimizer {
        Optimizer::AdamW => {
            let with = |decay| AdamWConfig::new().with_epsilon(1e-8).with_weight_decay(decay);
            with(decay).init().with_group(plain(), with(0.0).build(), None)
        }
        // Keras' epsilon: this is the notebook's optimiser.
        Optimizer::Adam => {
            let adam = AdamConfig::new().with_epsilon(1e-7);
            match decay > 0.0 {
                true => (adam.clone().with_weight_decay(Some(WeightDecayConfig::new(decay))).init())
                    .with_group(plain(), adam.build(), None),
                false => adam.init(),
            }
        }
        Optimizer::Sgd => {
            let momentum = MomentumConfig::new().with_momentum(0.9).with_dampening(0.0).with_nesterov(true);
            let sgd = SgdConfig::new().with_momentum(Some(momentum));
            match decay > 0.0 {
                true => (sgd.clone().with_weight_decay(Some(WeightDecayConfig::new(decay))).init())
                    .with_group(plain(), sgd.build(), None),
                false => sgd.init(),
            }
        }
    }
}

/// The learning rates of a step that begins when `progress` epochs are done.
pub(super) fn rates(settings: &TrainSettings, progress: f64) -> ModuleLearningRate {
    let head = settings.learning_rate * settings.rate(progress);
    let body = match progress < settings.head_epochs as f64 {
        true => 0.0,
        false => head * settings.body_rate,
    };
    let group = ParamGroup::from_any_predicates(HEAD.to_vec());
    ModuleLrScheduler::new(body).with_group(group, head).step()
}
