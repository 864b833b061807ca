//! Where tensors are computed: chosen when the program runs, among what it was built with.

use burn::tensor::Device;
use std::{fmt, str::FromStr};

/// A kind of device. Which ones a program knows is decided by the features it was built with; the CPU is always there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Compute {
    /// The processor, on all its cores.
    #[default]
    Cpu,
    /// The first NVIDIA GPU, by CUDA (feature `cuda`).
    #[cfg(feature = "cuda")]
    Cuda,
    /// The first GPU of any maker, by Vulkan, Metal or DirectX (feature `wgpu`).
    #[cfg(feature = "wgpu")]
    Wgpu,
}

/// A device that this program does not know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{name}' is not a device of this program: it knows {known}; build it with --features cuda, vulkan, metal or wgpu for a GPU"
)]
pub struct DeviceError {
    /// What was asked for.
    pub name: String,
    /// What there is, for people.
    pub known: String,
}

impl Compute {
    /// All kinds that this program was built with.
    pub const KNOWN: &[Self] = &[
        Self::Cpu,
        #[cfg(feature = "cuda")]
        Self::Cuda,
        #[cfg(feature = "wgpu")]
        Self::Wgpu,
    ];

    /// The name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            #[cfg(feature = "cuda")]
            Self::Cuda => "cuda",
            #[cfg(feature = "wgpu")]
            Self::Wgpu => "wgpu",
        }
    }

    /// The tensor library's device.
    pub(crate) fn device(self) -> Device {
        match self {
            Self::Cpu => Device::flex(),
            #[cfg(feature = "cuda")]
            Self::Cuda => Device::cuda(0),
            #[cfg(feature = "wgpu")]
            Self::Wgpu => Device::wgpu(burn::tensor::DeviceKind::DefaultDevice),
        }
    }
}

impl fmt::Display for Compute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Compute {
    type Err = DeviceError;

    fn from_str(name: &str) -> Result<Self, DeviceError> {
        Self::KNOWN.iter().copied().find(|kind| kind.name() == name).ok_or_else(|| DeviceError {
            name: name.to_owned(),
            known: Self::KNOWN.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(", "),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Tensor;

    #[test]
    fn the_processor_computes() {
        let device = "cpu".parse::<Compute>().unwrap().device();
        let sum = Tensor::<1>::from_floats([1.5, 2.0], &device).sum().into_scalar::<f32>();
        assert!((sum - 3.5).abs() < f32::EPSILON);
    }

    #[test]
    fn an_unknown_device_is_named() {
        let error = "tpu".parse::<Compute>().unwrap_err();
        assert!(error.to_string().contains("'tpu'") && error.known.contains("cpu"));
    }
}
