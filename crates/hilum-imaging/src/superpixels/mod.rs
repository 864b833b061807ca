//! Superpixels: a picture cut into pieces that look alike, for explanations that hide pieces.
//!
//! Enters: an 8-bit grey picture. Leaves: a [`Pieces`] of the same size. Colours are compared in CIE Lab, as scikit-image
//! does with a grey picture that was made RGB.

mod lab;
mod normal;
mod pieces;
mod quickshift;
mod slic;

pub use normal::NumpyNormal;
pub use pieces::Pieces;
pub use quickshift::{Quickshift, SuperpixelError};
pub use slic::Slic;
