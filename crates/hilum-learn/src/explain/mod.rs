//! Why a classifier says what it says about a picture, and whether the answer can be trusted.
//!
//! Enters: a [`crate::Classifier`], a [`crate::Picture`], a class. Leaves: an [`Attribution`], one number a pixel, positive where the picture
//! speaks for the class; and checks of it ([`checks`]). Four methods, all of them by asking the classifier about changed
//! pictures, so that any classifier can be explained; and one that looks into a net:
//! * [`lime()`] hides superpixels at random and fits a weighted linear model;
//! * [`rise()`] dims the picture by random smooth masks and takes their mean, weighted by the answers;
//! * [`occlusion()`] covers one square after another;
//! * [`grad_cam()`] weights the last feature maps of a net by their gradients.
//!
//! Randomness is a function of a seed: the same seed gives the same bytes, whatever the number of threads.

mod ask;
mod attribution;
pub mod checks;
mod grad_cam;
mod hide;
mod lime;
mod occlusion;
#[cfg(test)]
mod oracle;
mod perturbations;
mod rise;
#[cfg(test)]
mod stand_in;
mod surrogate;

pub use ask::Question;
pub use attribution::Attribution;
pub use grad_cam::grad_cam;
pub use hide::{Hidden, Hider};
pub use lime::{Lime, LimeSettings, lime};
pub use occlusion::{OcclusionSettings, occlusion};
pub use perturbations::Perturbations;
pub use rise::{RiseSettings, rise};
pub use surrogate::{Surrogate, SurrogateSettings};
