//! 8-bit grey pictures for tests.

use std::{fs::File, io::BufReader, path::Path};

/// An 8-bit grey picture, rows from the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GreyPicture {
    /// Rows.
    pub rows: usize,
    /// Columns.
    pub cols: usize,
    /// One byte a pixel, row-major.
    pub pixels: Vec<u8>,
}

impl GreyPicture {
    /// Reads an 8-bit grey PNG.
    ///
    /// # Panics
    /// If it is missing, damaged or of another kind.
    pub fn read(path: &Path) -> Self {
        let open = || -> Result<Self, Box<dyn std::error::Error>> {
            let mut reader = png::Decoder::new(BufReader::new(File::open(path)?)).read_info()?;
            let mut pixels = vec![0; reader.output_buffer_size().ok_or("too large")?];
            let frame = reader.next_frame(&mut pixels)?;
            if (frame.color_type, frame.bit_depth) != (png::ColorType::Grayscale, png::BitDepth::Eight) {
                return Err("not 8-bit grey".into());
            }
            Ok(Self { rows: frame.height as usize, cols: frame.width as usize, pixels })
        };
        open().unwrap_or_else(|e| panic!("{}: {e}", path.display()))
    }
}
