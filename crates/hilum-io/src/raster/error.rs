//! What can go wrong with a picture.

use super::format::PictureFormat;
use std::io;

/// A picture that cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields are what the messages say")]
pub enum RasterError {
    /// The operating system refused.
    #[error("{file}: the picture cannot be {action}")]
    Io { file: String, action: &'static str, source: io::Error },

    /// The number of bytes does not fit width and height.
    #[error("{file}: {found} bytes given for a picture of {width} x {height} px that takes {expected}")]
    Size { file: String, width: u32, height: u32, expected: u64, found: u64 },

    /// The content is no picture of a kind that is known.
    #[error("{file}: neither a PNG, a JPEG nor a TIFF picture by its content")]
    NoPicture { file: String },

    /// The content begins like a picture and is damaged.
    #[error("{file}: a damaged {format} picture: {problem}; copy it again")]
    Damaged { file: String, format: PictureFormat, problem: String },

    /// Grey values cannot be had from this kind of picture.
    #[error("{file}: a {format} picture {problem}; save it as an 8 or 16 bit grey or RGB PNG")]
    Unsupported { file: String, format: PictureFormat, problem: String },
}
