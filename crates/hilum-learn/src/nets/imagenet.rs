//! Weights of EfficientNet-Lite0 under the names of PyTorch's port of it, brought to ours.

use super::{Array, Net, NetPlan, Weights};
use crate::{Compute, LearnError};
use std::collections::BTreeMap;

/// What is taken from weights that were learned elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// All of them, for a net of the same classes.
    All,
    /// All but the dense layer, for a net of other classes: its dense layer is drawn.
    Body,
}

/// Weights of a plan for EfficientNet-Lite0, from a state dict of `efficientnet_lite_pytorch`.
///
/// # Arguments
/// * `theirs` - arrays under PyTorch's names (`_blocks.0._depthwise_conv.weight`), counters left out.
/// * `seed` - decides the dense layer, where it is drawn.
///
/// # Errors
/// [`LearnError::Weights`] where they are another net's: an array is missing, unknown, or of another shape;
/// [`LearnError::Plan`] where the plan is not of this net.
pub fn from_imagenet(
    plan: &NetPlan,
    theirs: &Weights,
    taken: Taken,
    seed: u64,
) -> Result<Weights, LearnError> {
    let device = Compute::Cpu.device();
    let mut ours = Net::drawn(plan, seed, &device)?.weights();
    let mut missing: BTreeMap<String, Array> = ours.0.clone();
    if taken == Taken::Body {
        missing.retain(|name, _| !name.starts_with("head."));
    }
    for (name, array) in &theirs.0 {
        let Some(known) = our_name(name) else {
            return Err(other_net(plan, format!("it has no '{name}'")));
        };
        if taken == Taken::Body && known.starts_with("head.") {
            continue;
        }
        let array = if known == "head.weight" { transposed(array) } else { array.clone() };
        match missing.remove(&known) {
            None => return Err(other_net(plan, format!("it has no '{name}'"))),
            Some(wanted) if wanted.shape != array.shape => {
                let why = format!("'{name}' is {:?}, where it has {:?}", array.shape, wanted.shape);
                return Err(other_net(plan, why));
            }
            Some(_) => ours.0.insert(known, array),
        };
    }
    match missing.len() {
        0 if ours.are_finite() => Ok(ours),
        0 => Err(LearnError::Weights { why: "some of their numbers are not finite".to_owned() }),
        n => Err(other_net(plan, format!("{n} of its arrays are missing, '{}' first", first_name(&missing)))),
    }
}

fn other_net(plan: &NetPlan, why: String) -> LearnError {
    LearnError::Weights { why: format!("they are not of {}: {why}", plan.architecture.name()) }
}

fn first_name(missing: &BTreeMap<String, Array>) -> &str {
    missing.keys().next().map_or("", String::as_str)
}

/// PyTorch keeps a dense layer as `[classes, features]`, burn as `[features, classes]`.
fn transposed(array: &Array) -> Array {
    let &[rows, cols] = array.shape.as_slice() else { return array.clone() };
    let order = (0..cols).flat_map(|col| (0..rows).map(move |row| row * cols + col));
    Array { shape: vec![cols, rows], values: order.map(|at| array.values[at]).collect() }
}

/// Our name of an array; `None` for one that the net does not have.
fn our_name(name: &str) -> Option<String> {
    let (layer, array) = name.rsplit_once('.')?;
    let ours = match layer {
        "_conv_stem" => "stem".to_owned(),
        "_bn0" => "stem_norm".to_owned(),
        "_conv_head" => "top".to_owned(),
        "_bn1" => "top_norm".to_owned(),
        "_fc" => "head".to_owned(),
        _ => {
            let (block, layer) = layer.strip_prefix("_blocks.")?.split_once('.')?;
            let ours = match layer {
                "_expand_conv" => "expand",
                "_bn0" => "expand_norm",
                "_depthwise_conv" => "depthwise",
                "_bn1" => "depthwise_norm",
                "_project_conv" => "project",
                "_bn2" => "project_norm",
                _ => return None,
            };
            format!("blocks.{block}.{ours}")
        }
    };
    Some(format!("{ours}.{array}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Architecture, Channels};

    fn plan(classes: usize) -> NetPlan {
        let channels = Channels { stem: 4, stages: [4, 4, 4, 8, 8, 12, 20], top: 76 };
        NetPlan::new(Architecture::EfficientNetLite0 { channels, dropout: 0.0 }, 1, [32, 32], classes)
    }

    fn drawn(classes: usize, seed: u64) -> Weights {
        Net::drawn(&plan(classes), seed, &Compute::Cpu.device()).unwrap().weights()
    }

    /// What PyTorch would save of a net.
    fn state_dict(weights: &Weights) -> Weights {
        let outside = [
            ("stem", "_conv_stem"),
            ("stem_norm", "_bn0"),
            ("top", "_conv_head"),
            ("top_norm", "_bn1"),
            ("head", "_fc"),
        ];
        let inside = [
            ("expand", "_expand_conv"),
            ("expand_norm", "_bn0"),
            ("depthwise", "_depthwise_conv"),
            ("depthwise_norm", "_bn1"),
            ("project", "_project_conv"),
            ("project_norm", "_bn2"),
        ];
        let theirs = |names: &[(&str, &str)], ours: &str| {
            names.iter().find(|(name, _)| *name == ours).unwrap().1.to_owned()
        };
        let rename = |name: &String| match *name.split('.').collect::<Vec<_>>() {
            [layer, array] => format!("{}.{array}", theirs(&outside, layer)),
            [_, block, layer, array] => format!("_blocks.{block}.{}.{array}", theirs(&inside, layer)),
            _ => unreachable!("{name}"),
        };
        let turned = |name: &str, a: &Array| if name == "head.weight" { transposed(a) } else { a.clone() };
        Weights(weights.0.iter().map(|(name, array)| (rename(name), turned(name, array))).collect())
    }

    #[test]
    fn a_state_dict_comes_in_whole_or_without_its_classes() {
        let learned = drawn(5, 1);
        let all = from_imagenet(&plan(5), &state_dict(&learned), Taken::All, 2).unwrap();
        assert_eq!(all, learned);
        let body = from_imagenet(&plan(2), &state_dict(&learned), Taken::Body, 2).unwrap();
        assert_eq!(body.0["head.weight"], drawn(2, 2).0["head.weight"]);
        assert_eq!(body.0["blocks.3.depthwise.weight"], learned.0["blocks.3.depthwise.weight"]);
        assert_ne!(body.0["stem.weight"], drawn(2, 2).0["stem.weight"]);
    }

    #[test]
    fn another_nets_weights_are_refused_with_the_reason() {
        let refused =
            |theirs: &Weights, taken| from_imagenet(&plan(2), theirs, taken, 0).unwrap_err().to_string();
        let message = refused(&state_dict(&drawn(5, 1)), Taken::All);
        assert!(message.contains("'_fc.bias' is [5], where it has [1]"), "{message}");

        let one = Array { shape: vec![1], values: vec![0.5] };
        let resnet = Weights([("layer1.0.conv1.weight".to_owned(), one.clone())].into());
        let message = refused(&resnet, Taken::Body);
        assert!(
            message.contains("not of efficientnet-lite0: it has no 'layer1.0.conv1.weight'"),
            "{message}"
        );

        let mut deeper = state_dict(&drawn(2, 1));
        deeper.0.insert("_blocks.16._bn2.weight".to_owned(), one);
        let message = refused(&deeper, Taken::Body);
        assert!(message.contains("it has no '_blocks.16._bn2.weight'"), "{message}");

        let mut fewer = state_dict(&drawn(2, 1));
        fewer.0.remove("_bn0.bias");
        assert!(refused(&fewer, Taken::Body).contains("1 of its arrays are missing, 'stem_norm.bias' first"));

        let mut wild = state_dict(&drawn(2, 1));
        wild.0.get_mut("_bn0.bias").unwrap().values[0] = f32::NAN;
        assert!(refused(&wild, Taken::Body).contains("not finite"));
    }
}
