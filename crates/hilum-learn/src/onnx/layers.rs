//! The nets as graphs: the same layers, in the same order, as their modules run them.

use super::graph::{Builder, sliding, whole, wholes};
use crate::{Architecture, Channels, LearnError, NetPlan, kernels::Window, nets::STEM};

/// PyTorch's epsilon, which the residual net has.
const EPSILON: f32 = 1e-5;
/// TensorFlow's, which EfficientNet has.
const EPSILON_TENSORFLOW: f32 = 1e-3;

/// Logits of normalised pictures `x`.
pub(super) fn logits(plan: &NetPlan, x: &str, to: &mut Builder<'_>) -> Result<String, LearnError> {
    match &plan.architecture {
        Architecture::Notebook { .. } => notebook(x, to),
        Architecture::Residual { widths, blocks, .. } => residual(x, widths, *blocks, to),
        Architecture::EfficientNetLite0 { channels, .. } => {
            let x = match plan.channels {
                1 => to.node("Concat", &[x, x, x], vec![whole("axis", 1)]),
                _ => x.to_owned(),
            };
            efficientnet(&x, channels, to)
        }
    }
}

fn notebook(x: &str, to: &mut Builder<'_>) -> Result<String, LearnError> {
    let mut x = x.to_owned();
    for layer in ["conv1", "conv2", "conv3"] {
        x = to.conv(&x, layer, Window::valid(3), 1)?;
        x = to.node("Relu", &[&x], Vec::new());
        if layer != "conv3" {
            x = to.node("MaxPool", &[&x], sliding(Window::valid(2).stride(2)));
        }
    }
    // Our dense layer has learned from channels that lie side by side.
    let x = to.node("Transpose", &[&x], vec![wholes("perm", vec![0, 2, 3, 1])]);
    let x = to.node("Flatten", &[&x], vec![whole("axis", 1)]);
    to.dense(&x, "dense")
}

fn residual(x: &str, widths: &[usize], blocks: usize, to: &mut Builder<'_>) -> Result<String, LearnError> {
    let x = to.conv(x, "stem", Window::same(3).stride(2), 1)?;
    let x = to.norm(&x, "stem_norm", EPSILON)?;
    let x = to.node("Relu", &[&x], Vec::new());
    let mut x = to.node("MaxPool", &[&x], sliding(Window::same(3).stride(2)));
    let mut from = widths[0];
    for (stage, &width) in widths.iter().enumerate() {
        for block in 0..blocks {
            let stride = if stage > 0 && block == 0 { 2 } else { 1 };
            let at = format!("blocks.{}", stage * blocks + block);
            let y = to.conv(&x, &format!("{at}.first"), Window::same(3).stride(stride), 1)?;
            let y = to.norm(&y, &format!("{at}.first_norm"), EPSILON)?;
            let y = to.node("Relu", &[&y], Vec::new());
            let y = to.conv(&y, &format!("{at}.last"), Window::same(3), 1)?;
            let y = to.norm(&y, &format!("{at}.last_norm"), EPSILON)?;
            if from != width || stride != 1 {
                x = to.conv(&x, &format!("{at}.shortcut"), Window::valid(1).stride(stride), 1)?;
                x = to.norm(&x, &format!("{at}.shortcut_norm"), EPSILON)?;
            }
            let sum = to.node("Add", &[&x, &y], Vec::new());
            x = to.node("Relu", &[&sum], Vec::new());
            from = width;
        }
    }
    let x = to.mean(&x);
    to.dense(&x, "head")
}

fn efficientnet(x: &str, channels: &Channels, to: &mut Builder<'_>) -> Result<String, LearnError> {
    let mut x = to.conv(x, "stem", STEM, 1)?;
    x = to.norm(&x, "stem_norm", EPSILON_TENSORFLOW)?;
    x = to.relu6(&x);
    for (at, block) in channels.blocks().iter().enumerate() {
        let at = format!("blocks.{at}");
        let input = x.clone();
        if block.inside != block.from {
            x = to.conv(&x, &format!("{at}.expand"), Window::valid(1), 1)?;
            x = to.norm(&x, &format!("{at}.expand_norm"), EPSILON_TENSORFLOW)?;
            x = to.relu6(&x);
        }
        x = to.conv(&x, &format!("{at}.depthwise"), block.window, block.inside)?;
        x = to.norm(&x, &format!("{at}.depthwise_norm"), EPSILON_TENSORFLOW)?;
        x = to.relu6(&x);
        x = to.conv(&x, &format!("{at}.project"), Window::valid(1), 1)?;
        x = to.norm(&x, &format!("{at}.project_norm"), EPSILON_TENSORFLOW)?;
        if block.adds_input {
            x = to.node("Add", &[&x, &input], Vec::new());
        }
    }
    x = to.conv(&x, "top", Window::valid(1), 1)?;
    x = to.norm(&x, "top_norm", EPSILON_TENSORFLOW)?;
    x = to.relu6(&x);
    let x = to.mean(&x);
    to.dense(&x, "head")
}
