//! What a net is, as it stands in a model's description.

use super::Channels;
use crate::LearnError;
use serde::{Deserialize, Serialize};

/// A kind of net with its sizes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Architecture {
    /// The 2022 notebook's net: three 3x3 convolutions of 32, 64 and 128 channels, two maxima of 2x2, dropout, one dense
    /// layer over all that is left. Its parameters grow with the picture: 2,060,801 at 512 x 512.
    Notebook {
        /// Share of the values before the dense layer that training drops; the notebook's is 0.3.
        dropout: f64,
    },
    /// A residual net (He et al. 2016, doi:10.1109/CVPR.2016.90) with batch normalisation and global pooling.
    Residual {
        /// Channels of each stage; every stage after the first halves the picture.
        widths: Vec<usize>,
        /// Residual blocks in a stage.
        blocks: usize,
        /// Share of the pooled values that training drops.
        dropout: f64,
    },
    /// EfficientNet-Lite0 (Tan and Le 2019, arXiv:1905.11946), for which weights from ImageNet can be had.
    #[serde(rename = "efficientnet-lite0")]
    EfficientNetLite0 {
        /// How wide it is: [`Channels::LITE0`] for the published weights.
        channels: Channels,
        /// Share of the pooled values that training drops.
        dropout: f64,
    },
}

impl Architecture {
    /// Names on the command line.
    pub const NAMES: &[&str] = &["notebook", "residual", "efficientnet-lite0"];

    /// The architecture of that name with its usual sizes.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "notebook" => Some(Self::Notebook { dropout: 0.3 }),
            "residual" => Some(Self::Residual { widths: vec![32, 64, 128, 256], blocks: 2, dropout: 0.2 }),
            "efficientnet-lite0" => Some(Self::EfficientNetLite0 { channels: Channels::LITE0, dropout: 0.2 }),
            _ => None,
        }
    }

    /// The name on the command line.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Notebook { .. } => "notebook",
            Self::Residual { .. } => "residual",
            Self::EfficientNetLite0 { .. } => "efficientnet-lite0",
        }
    }

    /// The side of the pictures that it is usually trained on, in pixels.
    #[must_use]
    pub fn usual_side_px(&self) -> usize {
        match self {
            Self::Notebook { .. } => 512,
            Self::Residual { .. } => 160,
            Self::EfficientNetLite0 { .. } => 224,
        }
    }

    /// The smallest side of a picture that passes through the net, in pixels.
    #[must_use]
    pub fn smallest_side_px(&self) -> usize {
        match self {
            // Valid convolutions and poolings down to one pixel: ((s - 2) / 2 - 2) / 2 - 2 >= 1.
            Self::Notebook { .. } => 18,
            // Four pixels of the picture to one of the first stage, then two to one a stage.
            Self::Residual { widths, .. } => 4 << widths.len().saturating_sub(1).min(20),
            // Five halvings.
            Self::EfficientNetLite0 { .. } => 32,
        }
    }
}

/// A net's architecture with what enters and leaves it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NetPlan {
    /// What kind of net.
    pub architecture: Architecture,
    /// Channels of a picture.
    pub channels: usize,
    /// Rows and columns of a picture.
    pub size_px: [usize; 2],
    /// Logits a picture: 1 for two classes, else the number of classes.
    pub outputs: usize,
    /// Subtracted from a picture's values (0 to 1) before the first layer.
    pub mean: f64,
    /// Divides what is left.
    pub deviation: f64,
}

impl NetPlan {
    /// A plan for pictures of `channels` and `size_px` that tells `classes` classes apart.
    ///
    /// The notebook's net takes values from 0 to 1 as they are; others take them around 0.
    #[must_use]
    pub fn new(architecture: Architecture, channels: usize, size_px: [usize; 2], classes: usize) -> Self {
        let (mean, deviation) = match architecture {
            Architecture::Notebook { .. } => (0.0, 1.0),
            Architecture::Residual { .. } => (0.5, 0.25),
            // What its ImageNet weights have learned with: (x - 127) / 128 of bytes.
            Architecture::EfficientNetLite0 { .. } => (127.0 / 255.0, 128.0 / 255.0),
        };
        let outputs = if classes == 2 { 1 } else { classes };
        Self { architecture, channels, size_px, outputs, mean, deviation }
    }

    /// Refuses what no net can be built of.
    pub(crate) fn check(&self) -> Result<(), LearnError> {
        let refuse = |why: String| Err(LearnError::Plan { net: self.architecture.name(), why });
        let [rows, cols] = self.size_px;
        let smallest = self.architecture.smallest_side_px();
        if rows.min(cols) < smallest {
            return refuse(format!(
                "pictures of {rows} x {cols} px are too small: it needs at least {smallest} px a side"
            ));
        }
        if self.channels == 0 || self.outputs == 0 {
            return refuse("it needs at least one channel and one output".to_owned());
        }
        if !(self.mean.is_finite() && self.deviation.is_finite() && self.deviation > 0.0) {
            return refuse(format!(
                "mean {} and deviation {} must be finite, the deviation above 0",
                self.mean, self.deviation
            ));
        }
        let dropout = match &self.architecture {
            Architecture::Notebook { dropout } => *dropout,
            Architecture::Residual { widths, blocks, dropout } => {
                if widths.is_empty() || widths.len() > 8 || widths.contains(&0) || *blocks == 0 {
                    return refuse("it needs one to eight stages, each with channels and blocks".to_owned());
                }
                *dropout
            }
            Architecture::EfficientNetLite0 { channels, dropout } => {
                if !matches!(self.channels, 1 | 3) {
                    return refuse(format!("it takes one channel or three, not {}", self.channels));
                }
                if channels.stem == 0 || channels.stages.contains(&0) || channels.top == 0 {
                    return refuse("every stage needs channels".to_owned());
                }
                *dropout
            }
        };
        match (0.0..1.0).contains(&dropout) {
            true => Ok(()),
            false => refuse(format!("a dropout of {dropout} is not from 0 to below 1")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_small_a_picture_is_refused_with_the_size_that_is_needed() {
        let plan = NetPlan::new(Architecture::named("notebook").unwrap(), 1, [17, 40], 2);
        let error = plan.check().unwrap_err().to_string();
        assert!(error.contains("17 x 40 px") && error.contains("18 px"), "{error}");
        assert!(NetPlan { size_px: [18, 18], ..plan }.check().is_ok());
    }

    #[test]
    fn names_lead_to_architectures_and_back() {
        for name in Architecture::NAMES {
            assert_eq!(Architecture::named(name).unwrap().name(), *name);
        }
        assert_eq!(Architecture::named("resnet-50"), None);
    }
}
