//! The nets by name: what a plan says, built, run, and taken apart into weights.
//!
//! Enters: a [`NetPlan`], and pictures as a tensor `[N, H, W, C]` with values from 0 to 1. Leaves: one logit a picture
//! for two classes (that of the last class), else one logit a class. The names of the weights are those of the
//! fields with dots between them, so that a file of weights can be read without this program.

mod draw;
mod efficientnet_lite;
#[cfg(test)]
mod efficientnet_oracle;
mod imagenet;
mod notebook;
mod plan;
mod residual;
mod weights;

pub use efficientnet_lite::Channels;
pub use imagenet::{Taken, from_imagenet};
pub use plan::{Architecture, NetPlan};
pub use weights::{Array, Weights};

pub(crate) use draw::Pass;
pub(crate) use efficientnet_lite::STEM;

use crate::LearnError;
use burn::{
    module::{Module, ModuleMapper},
    tensor::{Device, Tensor},
};
use efficientnet_lite::EfficientNetLite;
use notebook::Notebook;
use residual::Residual;

/// The layers of one of the known architectures.
#[expect(clippy::large_enum_variant, reason = "there is one net at a time")]
#[derive(Module, Debug)]
pub(crate) enum Layers {
    Notebook(Notebook),
    Residual(Residual),
    EfficientNetLite(EfficientNetLite),
}

/// A net on a device, with its plan.
#[derive(Debug)]
pub(crate) struct Net {
    pub(crate) plan: NetPlan,
    pub(crate) layers: Layers,
}

impl Net {
    /// A net with weights drawn from `seed` as its architecture wants them: the same on every machine.
    pub(crate) fn drawn(plan: &NetPlan, seed: u64, device: &Device) -> Result<Self, LearnError> {
        Ok(Self::blank(plan, device)?.map(&mut draw::Drawing::new(seed, &plan.architecture)))
    }

    /// A net with the given weights.
    pub(crate) fn with_weights(
        plan: &NetPlan,
        weights: &Weights,
        device: &Device,
    ) -> Result<Self, LearnError> {
        let mut filling = weights::Filling::new(weights);
        let net = Self::blank(plan, device)?.map(&mut filling);
        filling.finish()?;
        Ok(net)
    }

    fn blank(plan: &NetPlan, device: &Device) -> Result<Self, LearnError> {
        plan.check()?;
        let layers = match &plan.architecture {
            Architecture::Notebook { dropout } => Layers::Notebook(Notebook::new(plan, *dropout, device)),
            Architecture::Residual { widths, blocks, dropout } => {
                Layers::Residual(Residual::new(plan, widths, *blocks, *dropout, device))
            }
            Architecture::EfficientNetLite0 { channels, dropout } => {
                Layers::EfficientNetLite(EfficientNetLite::new(plan, channels, *dropout, device))
            }
        };
        Ok(Self { plan: plan.clone(), layers })
    }

    fn map<M: ModuleMapper>(self, mapper: &mut M) -> Self {
        let layers = match self.layers {
            Layers::Notebook(net) => Layers::Notebook(net.map(mapper)),
            Layers::Residual(net) => Layers::Residual(net.map(mapper)),
            Layers::EfficientNetLite(net) => Layers::EfficientNetLite(net.map(mapper)),
        };
        Self { layers, ..self }
    }

    /// All weights and running statistics, copied off the device.
    pub(crate) fn weights(&self) -> Weights {
        let mut reading = weights::Reading::default();
        // The running statistics of a net in training lag one step behind until a snapshot is asked for.
        match self.layers.valid() {
            Layers::Notebook(net) => net.visit(&mut reading),
            Layers::Residual(net) => net.visit(&mut reading),
            Layers::EfficientNetLite(net) => net.visit(&mut reading),
        }
        reading.finish()
    }

    /// The logits `[N, outputs]` of pictures `[N, H, W, C]`.
    pub(crate) fn forward(&self, pictures: Tensor<4>, pass: Pass) -> Tensor<2> {
        self.logits(self.features(pictures), pass)
    }

    /// The last feature maps `[N, h, w, maps]`, before what brings all places together.
    pub(crate) fn features(&self, pictures: Tensor<4>) -> Tensor<4> {
        let input = (pictures - self.plan.mean) / self.plan.deviation;
        match &self.layers {
            Layers::Notebook(net) => net.features(input),
            Layers::Residual(net) => net.features(input),
            Layers::EfficientNetLite(net) => net.features(input),
        }
    }

    /// The logits `[N, outputs]` of feature maps.
    pub(crate) fn logits(&self, features: Tensor<4>, pass: Pass) -> Tensor<2> {
        match &self.layers {
            Layers::Notebook(net) => net.logits(features, pass),
            Layers::Residual(net) => net.logits(features, pass),
            Layers::EfficientNetLite(net) => net.logits(features, pass),
        }
    }
}

impl NetPlan {
    /// Number of trained parameters of the net.
    ///
    /// # Errors
    ///
    /// [`LearnError::Plan`] where no such net can be built.
    pub fn parameters(&self) -> Result<usize, LearnError> {
        Ok(Net::blank(self, &Device::flex())?.weights().count())
    }
}
