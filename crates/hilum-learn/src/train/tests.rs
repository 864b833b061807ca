//! A tiny net learns a planted mark; a stopped training ends with the bits of an undisturbed one.

use super::*;
use crate::{Architecture, Picture};

/// Noise, with a bright square somewhere in the pictures of class 1 (and a bright bar in those of class 2).
fn examples(count: usize, classes: usize, seed: u64) -> Vec<Example> {
    let example = |at: usize| {
        let mut random = Random::of(&[seed, at as u64]);
        let class = at % classes;
        let mut values: Vec<u16> = (0..24 * 24).map(|_| random.below(20_000) as u16).collect();
        let [row, col] = [0, 1].map(|_| 2 + random.below(14));
        let (rows, cols) = [(0, 0), (6, 6), (2, 18)][class];
        for y in row..row + rows {
            for x in col.min(22 - cols)..col.min(22 - cols) + cols {
                values[y * 24 + x] = 60_000;
            }
        }
        let picture = Picture::new(1, 24, 24, values).unwrap();
        Example { id: format!("p{at:03}"), class, group: at as u32, picture }
    };
    (0..count).map(example).collect()
}

fn tiny() -> Architecture {
    Architecture::Residual { widths: vec![8, 16], blocks: 1, dropout: 0.1 }
}

fn settings() -> TrainSettings {
    let augmentation = Augmentation { mirror: true, rotation_deg: 5.0, noise: 0.02, ..Augmentation::NONE };
    let recipe = TrainSettings::recipe(&tiny());
    TrainSettings { epochs: 6, batch: 8, warmup_epochs: 1.0, average: 0.8, augmentation, seed: 3, ..recipe }
}

struct Set {
    plan: NetPlan,
    classes: Vec<String>,
    train: Vec<Example>,
    val: Vec<Example>,
}

fn set(classes: usize) -> Set {
    Set {
        plan: NetPlan::new(tiny(), 1, [24, 24], classes),
        classes: ["none", "square", "bar"][..classes].iter().map(|&c| c.to_owned()).collect(),
        train: examples(24 * classes, classes, 1),
        val: examples(12 * classes, classes, 2),
    }
}

impl Set {
    fn training<'a>(&'a self, settings: &'a TrainSettings) -> Training<'a> {
        Training {
            plan: &self.plan,
            settings,
            classes: &self.classes,
            train: self.train.iter().collect(),
            val: self.val.iter().collect(),
            start: None,
            compute: Compute::Cpu,
            key: "a".to_owned(),
        }
    }
}

fn undisturbed(training: &Training<'_>) -> Trained {
    training.run::<LearnError>(None, &mut |_| Ok(Onward::Go)).unwrap()
}

#[test]
fn a_tiny_net_finds_a_planted_mark() {
    for classes in [2, 3] {
        let set = set(classes);
        let settings = TrainSettings { epochs: 20, ..settings() };
        let trained = undisturbed(&set.training(&settings));
        let last = trained.history.last().unwrap();
        assert!(last.val_auc.unwrap() > 0.95 && last.val_accuracy > 0.8, "{classes} classes: {last:?}");
        assert!(trained.history[0].val_loss > last.val_loss);
    }
}

#[test]
fn a_training_gone_on_with_ends_with_the_same_bits() {
    let set = set(2);
    for optimizer in [Optimizer::AdamW, Optimizer::Adam, Optimizer::Sgd] {
        let settings = TrainSettings { optimizer, ..settings() };
        let training = set.training(&settings);
        let whole = undisturbed(&training);
        let mut saved = None;
        let stopped = training.run::<LearnError>(None, &mut |moment| match moment {
            Moment::Epoch { history, checkpoint, .. } if history.len() == 3 => {
                saved = Some(checkpoint()?);
                Ok(Onward::Go)
            }
            Moment::Step { epoch: 4, done: 2, .. } => Ok(Onward::Stop),
            _ => Ok(Onward::Go),
        });
        assert_eq!(stopped.unwrap_err(), LearnError::Stopped { epoch: 3 });
        let rest = training.run::<LearnError>(saved.as_deref(), &mut |_| Ok(Onward::Go)).unwrap();
        assert_eq!(rest.history, whole.history, "{optimizer:?}");
        assert_eq!(rest.weights, whole.weights, "{optimizer:?}");
    }
}

#[test]
fn a_checkpoint_of_another_training_is_refused() {
    let set = set(2);
    let settings = TrainSettings { epochs: 1, ..settings() };
    let training = set.training(&settings);
    let mut saved = Vec::new();
    let keep = &mut |moment: Moment<'_>| {
        if let Moment::Epoch { checkpoint, .. } = moment {
            saved = checkpoint()?;
        }
        Ok::<_, LearnError>(Onward::Go)
    };
    training.run(None, keep).unwrap();
    let refused = |training: &Training<'_>, file: &[u8]| {
        training.run::<LearnError>(Some(file), &mut |_| Ok(Onward::Go)).unwrap_err().to_string()
    };
    let other = Training { key: "b".to_owned(), ..training.clone() };
    assert!(refused(&other, &saved).contains("other settings or pictures"));
    assert!(refused(&training, &saved[..saved.len() / 2]).contains("checkpoint cannot be gone on from"));
    assert!(refused(&training, b"").contains("checkpoint cannot be gone on from"));
}

#[test]
fn a_seed_decides_all() {
    let set = set(2);
    let of = |seed| {
        let settings = TrainSettings { epochs: 1, seed, ..settings() };
        undisturbed(&set.training(&settings)).weights
    };
    assert_eq!(of(1), of(1));
    assert_ne!(of(1), of(2));
}

#[test]
fn patience_ends_a_training_and_the_best_is_kept() {
    let set = set(2);
    let settings = TrainSettings { epochs: 40, patience: 2, learning_rate: 1e-9, average: 0.0, ..settings() };
    let trained = undisturbed(&set.training(&settings));
    assert_eq!(trained.history.len(), trained.kept_epoch + 2);
    let best = trained.history[trained.kept_epoch - 1];
    assert!(trained.history.iter().all(|record| !record.beats(&best)));
}

#[test]
fn a_loss_that_is_no_number_says_when_and_what_to_try() {
    let set = set(2);
    let settings = TrainSettings {
        optimizer: Optimizer::Sgd,
        learning_rate: 100.0,
        weight_decay: 100.0,
        warmup_epochs: 0.0,
        epochs: 30,
        schedule: Schedule::Constant,
        ..settings()
    };
    let error = set.training(&settings).run::<LearnError>(None, &mut |_| Ok(Onward::Go)).unwrap_err();
    let message = error.to_string();
    assert!(message.contains("in epoch") && message.contains("learning rate below 1e2"), "{message}");
}

#[test]
fn data_that_cannot_be_learnt_from_is_named() {
    let set = set(2);
    let settings = settings();
    let run = |training: Training<'_>| {
        training.run::<LearnError>(None, &mut |_| Ok(Onward::Go)).unwrap_err().to_string()
    };
    let val = set.val.iter().filter(|e| e.class == 0).collect();
    let message = run(Training { val, ..set.training(&settings) });
    assert!(message.contains("no validation picture is of class 'square'"), "{message}");
    let plan = NetPlan { size_px: [32, 32], ..set.plan.clone() };
    let message = run(Training { plan: &plan, ..set.training(&settings) });
    assert!(message.contains("[1, 24, 24]") && message.contains("[1, 32, 32]"), "{message}");
}
