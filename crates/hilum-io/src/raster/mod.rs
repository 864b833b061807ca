//! Pictures: PNG, JPEG and TIFF as grey values; PNG written for eyes.
//!
//! [`read_picture`] goes by what a file holds, not by its name. Grey values of a picture are no Hounsfield units:
//! whoever measures asks [`picture_facts`] first, and refuses. The same pixels give the same bytes, and a picture
//! appears whole or not at all. Pixels are row-major, the first row on top.

mod error;
mod format;
mod grey;
mod jpeg;
mod picture;
mod png_file;
mod tiff_file;
mod write;

pub use error::RasterError;
pub use format::PictureFormat;
pub use picture::{Picture, PictureFacts, PictureMode, picture_facts, read_picture};
pub use write::{Rgba, write_png_gray8, write_png_palette, write_png_rgb8};
