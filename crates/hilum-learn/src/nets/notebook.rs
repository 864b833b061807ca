//! The 2022 notebook's net, layer by layer.

use super::{NetPlan, Pass, draw::dropout};
use crate::kernels::{Activation, Conv, Window};
use burn::{
    module::Module,
    nn::{Initializer, Linear, LinearConfig},
    tensor::{Device, Tensor},
};

/// Conv 32, pool, conv 64, pool, conv 128, dropout, flatten, dense.
#[derive(Module, Debug)]
pub(crate) struct Notebook {
    conv1: Conv,
    conv2: Conv,
    conv3: Conv,
    dense: Linear,
    dropout: f64,
}

impl Notebook {
    pub(super) fn new(plan: &NetPlan, dropout: f64, device: &Device) -> Self {
        let conv = |from, to| Conv::new([from, to], Window::valid(3), true, &Initializer::Zeros, device);
        let [rows, cols] = plan.size_px.map(|side| ((side - 2) / 2 - 2) / 2 - 2);
        let dense = LinearConfig::new(rows * cols * 128, plan.outputs).with_initializer(Initializer::Zeros);
        Self {
            conv1: conv(plan.channels, 32),
            conv2: conv(32, 64),
            conv3: conv(64, 128),
            dense: dense.init(device),
            dropout,
        }
    }

    pub(super) fn features(&self, x: Tensor<4>) -> Tensor<4> {
        let x = self.conv1.forward_pool(x);
        let x = self.conv2.forward_pool(x);
        self.conv3.forward(x, Activation::Relu)
    }

    pub(super) fn logits(&self, features: Tensor<4>, pass: Pass) -> Tensor<2> {
        self.dense.forward(dropout(features, self.dropout, pass).flatten(1, 3))
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        Compute,
        nets::{Architecture, Net, NetPlan},
    };

    #[test]
    fn the_notebook_has_as_many_parameters_as_its_summary_says() {
        let plan = NetPlan::new(Architecture::named("notebook").unwrap(), 1, [512, 512], 2);
        let weights = Net::drawn(&plan, 1, &Compute::Cpu.device()).unwrap().weights();
        let of = |layer: &str| -> usize {
            weights.0.iter().filter(|(name, _)| name.starts_with(layer)).map(|(_, a)| a.values.len()).sum()
        };
        assert_eq!([of("conv1"), of("conv2"), of("conv3"), of("dense")], [320, 18_496, 73_856, 1_968_129]);
        assert_eq!(weights.count(), 2_060_801);
        assert_eq!(plan.parameters(), Ok(2_060_801));
    }
}
