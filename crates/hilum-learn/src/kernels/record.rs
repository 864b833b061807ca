//! The layers as operations of burn's CPU backend, and how each takes a gradient back.
//!
//! burn records every operation with its own step backwards; the traits' macro routes a tensor to the backend that holds
//! it. Only the CPU backend is here: `ops` puts the layers together from burn's operations for any other.

use std::sync::Arc;

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, NodeGuard, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Flex, backend_extension};

use super::cpu::flex::{self, Array, Passage, Wanted, ordered};
use super::cpu::norm::Statistics;
use super::cpu::source::{Size, Winner};
use super::{Activation, Window};

/// The layers; arguments as in `ops`, with a bias always there.
#[backend_extension(Flex, Autodiff)]
pub(crate) trait Layers: Backend {
    fn dense_layer(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        window: Window,
        activation: Activation,
    ) -> FloatTensor<Self>;

    fn pooled_layer(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        window: Window,
    ) -> FloatTensor<Self>;

    fn depthwise_layer(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        window: Window,
        activation: Activation,
    ) -> FloatTensor<Self>;

    fn norm_layer(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        epsilon: f64,
        activation: Activation,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>);

    fn scale_layer(
        x: FloatTensor<Self>,
        scale: FloatTensor<Self>,
        shift: FloatTensor<Self>,
        activation: Activation,
    ) -> FloatTensor<Self>;

    fn max_layer(x: FloatTensor<Self>, window: Window) -> FloatTensor<Self>;
}

impl Layers for Flex {
    fn dense_layer(x: Array, weight: Array, bias: Array, window: Window, activation: Activation) -> Array {
        flex::conv(&ordered(&x), &ordered(&weight), &ordered(&bias), window, activation)
    }

    fn pooled_layer(x: Array, weight: Array, bias: Array, window: Window) -> Array {
        flex::conv_pool(&ordered(&x), &ordered(&weight), &ordered(&bias), window).0
    }

    fn depthwise_layer(
        x: Array,
        weight: Array,
        bias: Array,
        window: Window,
        activation: Activation,
    ) -> Array {
        flex::depthwise(&ordered(&x), &ordered(&weight), &ordered(&bias), window, activation)
    }

    fn norm_layer(
        x: Array,
        weight: Array,
        bias: Array,
        epsilon: f64,
        activation: Activation,
    ) -> (Array, Array, Array) {
        let (y, statistics) =
            flex::batch_norm(&ordered(&x), &ordered(&weight), &ordered(&bias), epsilon, activation);
        let (mean, variance) = flex::mean_and_variance(&statistics);
        (y, mean, variance)
    }

    fn scale_layer(x: Array, scale: Array, shift: Array, activation: Activation) -> Array {
        flex::normalised(&ordered(&x), &flex::given(&ordered(&scale), &ordered(&shift)), activation)
    }

    fn max_layer(x: Array, window: Window) -> Array {
        flex::max_pool(&ordered(&x), window).0
    }
}

type Tracked = FloatTensor<Autodiff<Flex>>;

impl<C: CheckpointStrategy> Layers for Autodiff<Flex, C> {
    fn dense_layer(
        x: Tracked,
        weight: Tracked,
        bias: Tracked,
        window: Window,
        activation: Activation,
    ) -> Tracked {
        let nodes = [x.node(), weight.node(), bias.node()];
        let (x, weight, bias) =
            (ordered(x.primitive()), ordered(weight.primitive()), ordered(bias.primitive()));
        let output = flex::conv(&x, &weight, &bias, window, activation);
        // Without an activation nothing of the output is needed: the small bias keeps its place.
        let kept = if activation == Activation::None { bias.clone() } else { output.clone() };
        let state = ConvState { x, weight, window, passage: Kept::Activation(kept, activation) };
        recorded::<C, _>(Convolution, nodes, state, output)
    }

    fn pooled_layer(x: Tracked, weight: Tracked, bias: Tracked, window: Window) -> Tracked {
        let nodes = [x.node(), weight.node(), bias.node()];
        let (x, weight, bias) =
            (ordered(x.primitive()), ordered(weight.primitive()), ordered(bias.primitive()));
        let (output, winners) = flex::conv_pool(&x, &weight, &bias, window);
        let state = ConvState { x, weight, window, passage: Kept::Pool(Arc::new(winners)) };
        recorded::<C, _>(Convolution, nodes, state, output)
    }

    fn depthwise_layer(
        x: Tracked,
        weight: Tracked,
        bias: Tracked,
        window: Window,
        activation: Activation,
    ) -> Tracked {
        let nodes = [x.node(), weight.node(), bias.node()];
        let (x, weight, bias) =
            (ordered(x.primitive()), ordered(weight.primitive()), ordered(bias.primitive()));
        let output = flex::depthwise(&x, &weight, &bias, window, activation);
        // Without an activation nothing of the output is needed: the small bias keeps its place.
        let kept = if activation == Activation::None { bias.clone() } else { output.clone() };
        let state = ConvState { x, weight, window, passage: Kept::Activation(kept, activation) };
        recorded::<C, _>(DepthwiseConvolution, nodes, state, output)
    }

    fn norm_layer(
        x: Tracked,
        weight: Tracked,
        bias: Tracked,
        epsilon: f64,
        activation: Activation,
    ) -> (Tracked, Tracked, Tracked) {
        let nodes = [x.node(), weight.node(), bias.node()];
        let (x, weight, bias) =
            (ordered(x.primitive()), ordered(weight.primitive()), ordered(bias.primitive()));
        let (output, statistics) = flex::batch_norm(&x, &weight, &bias, epsilon, activation);
        let (mean, variance) = flex::mean_and_variance(&statistics);
        let output = match Normalisation.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => prep.finish((x, Arc::new(statistics), activation), output),
            OpsKind::UnTracked(prep) => prep.finish(output),
        };
        (output, Tracked::new(mean), Tracked::new(variance))
    }

    fn scale_layer(x: Tracked, scale: Tracked, shift: Tracked, activation: Activation) -> Tracked {
        let nodes = [x.node(), scale.node(), shift.node()];
        let x = ordered(x.primitive());
        let statistics = flex::given(&ordered(scale.primitive()), &ordered(shift.primitive()));
        let output = flex::normalised(&x, &statistics, activation);
        match Normalisation.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => prep.finish((x, Arc::new(statistics), activation), output),
            OpsKind::UnTracked(prep) => prep.finish(output),
        }
    }

    fn max_layer(x: Tracked, window: Window) -> Tracked {
        let node = x.node();
        let x = ordered(x.primitive());
        let (output, winners) = flex::max_pool(&x, window);
        match Maximum.prepare::<C>([node]).compute_bound().stateful() {
            OpsKind::Tracked(prep) => prep.finish((flex::size(&x), window, Arc::new(winners)), output),
            OpsKind::UnTracked(prep) => prep.finish(output),
        }
    }
}

/// An output, and where gradients are wanted what its step backwards needs.
fn recorded<C: CheckpointStrategy, B: Backward<Flex, 3, State = ConvState>>(
    step: B,
    nodes: [NodeGuard; 3],
    state: ConvState,
    output: Array,
) -> Tracked {
    match step.prepare::<C>(nodes).compute_bound().stateful() {
        OpsKind::Tracked(prep) => prep.finish(state, output),
        OpsKind::UnTracked(prep) => prep.finish(output),
    }
}

/// What a gradient passes on its way back.
#[derive(Debug, Clone)]
enum Kept {
    /// The output, where an activation clamps it.
    Activation(Array, Activation),
    Pool(Arc<Vec<Winner>>),
}

#[derive(Debug, Clone)]
struct ConvState {
    x: Array,
    weight: Array,
    window: Window,
    passage: Kept,
}

#[derive(Debug)]
struct Convolution;

impl Backward<Flex, 3> for Convolution {
    type State = ConvState;

    fn backward(self, ops: Ops<ConvState, 3>, grads: &mut Gradients, _: &mut Checkpointer) {
        let gradient = ordered(&grads.consume::<Flex>(&ops.node));
        let ConvState { x, weight, window, passage } = &ops.state;
        let passage = match passage {
            Kept::Activation(output, activation) => Passage::Activation(output, *activation),
            Kept::Pool(winners) => Passage::Pool(winners),
        };
        let [input, weights, bias] = ops.parents.each_ref().map(Option::is_some);
        let wanted = Wanted { input, weights: weights || bias };
        let (dx, dw) = flex::conv_back(x, weight, *window, &passage, &gradient, wanted);
        register(grads, ops, dx, dw);
    }
}

#[derive(Debug)]
struct DepthwiseConvolution;

impl Backward<Flex, 3> for DepthwiseConvolution {
    type State = ConvState;

    fn backward(self, ops: Ops<ConvState, 3>, grads: &mut Gradients, _: &mut Checkpointer) {
        let gradient = ordered(&grads.consume::<Flex>(&ops.node));
        let ConvState { x, weight, window, passage } = &ops.state;
        let output = match passage {
            Kept::Activation(output, activation) => (output, *activation),
            Kept::Pool(_) => unreachable!("no maximum is fused with a depthwise convolution"),
        };
        let [input, weights, bias] = ops.parents.each_ref().map(Option::is_some);
        let wanted = Wanted { input, weights: weights || bias };
        let (dx, dw) = flex::depthwise_back(x, weight, *window, output, &gradient, wanted);
        register(grads, ops, dx, dw);
    }
}

/// Hands the gradients to those parents that ask for one.
fn register<S>(grads: &mut Gradients, ops: Ops<S, 3>, dx: Option<Array>, dw: Option<(Array, Array)>) {
    let (dw, db) = dw.unzip();
    for (parent, gradient) in ops.parents.into_iter().zip([dx, dw, db]) {
        if let (Some(node), Some(gradient)) = (parent, gradient) {
            grads.register::<Flex>(node.id, gradient);
        }
    }
}

#[derive(Debug)]
struct Normalisation;

impl Backward<Flex, 3> for Normalisation {
    type State = (Array, Arc<Statistics>, Activation);

    fn backward(self, ops: Ops<Self::State, 3>, grads: &mut Gradients, _: &mut Checkpointer) {
        let gradient = ordered(&grads.consume::<Flex>(&ops.node));
        let (x, statistics, activation) = &ops.state;
        let [dx, dw, db] = flex::norm_back(x, statistics, &gradient, *activation);
        register(grads, ops, Some(dx), Some((dw, db)));
    }
}

#[derive(Debug)]
struct Maximum;

impl Backward<Flex, 1> for Maximum {
    type State = (Size, Window, Arc<Vec<Winner>>);

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        let gradient = ordered(&grads.consume::<Flex>(&ops.node));
        let (size, window, winners) = ops.state;
        let [parent] = ops.parents;
        if let Some(node) = parent {
            grads.register::<Flex>(node.id, flex::max_pool_back(size, window, &winners, &gradient));
        }
    }
}
