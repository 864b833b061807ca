//! `quickshift LABELS ROWS COLS < BYTES`: cuts an 8-bit grey picture with LIME's settings and writes the piece of every
//! pixel as 4 bytes, little endian. For tools/oracle/superpixels.

use hilum_imaging::{Grey, superpixels::Quickshift};
use std::io::Read;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [out, rows, cols] = arguments.as_slice() else {
        return Err("use: quickshift LABELS ROWS COLS < BYTES".into());
    };
    let mut pixels = Vec::new();
    std::io::stdin().read_to_end(&mut pixels)?;
    let pieces = Quickshift::default().cut(Grey::new(rows.parse()?, cols.parse()?, &pixels)?)?;
    let bytes: Vec<u8> = pieces.labels().iter().flat_map(|label| label.to_le_bytes()).collect();
    std::fs::write(out, bytes)?;
    Ok(())
}
