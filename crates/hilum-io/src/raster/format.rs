//! Kinds of picture, told by the first bytes of a file.

use std::fmt;

/// A file format for pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PictureFormat {
    /// Portable Network Graphics.
    Png,
    /// JPEG, with or without a JFIF or Exif head.
    Jpeg,
    /// TIFF, of either byte order.
    Tiff,
    /// Windows bitmap; known, not read.
    Bmp,
    /// GIF; known, not read.
    Gif,
    /// WebP; known, not read.
    WebP,
}

/// How many first bytes [`PictureFormat::of_bytes`] looks at.
pub(super) const HEAD_BYTES: usize = 12;

impl PictureFormat {
    /// The format that begins with these bytes.
    pub(super) fn of_bytes(head: &[u8]) -> Option<Self> {
        match head {
            [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Some(Self::Png),
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..] => Some(Self::Tiff),
            [b'G', b'I', b'F', b'8', ..] => Some(Self::Gif),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Self::WebP),
            // Bytes 6 to 9 are reserved and 0: two letters alone would be too little to go by.
            [b'B', b'M', _, _, _, _, 0, 0, 0, 0, ..] => Some(Self::Bmp),
            _ => None,
        }
    }
}

impl fmt::Display for PictureFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::Tiff => "TIFF",
            Self::Bmp => "BMP",
            Self::Gif => "GIF",
            Self::WebP => "WebP",
        })
    }
}
