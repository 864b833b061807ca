//! Masks in NumPy's `.npy` files, the format of the reference vectors of whole slices.

use hilum_core::Mask;
use std::path::Path;

const MAGIC: &[u8] = b"\x93NUMPY\x01\x00";

/// Reads a two-dimensional array of bytes (`|u1` or `|b1`, C order) that is indexed `[x, y]`, as the notebook keeps its
/// slices: x becomes the column, y the row. Everything that is not 0 is set.
///
/// # Panics
/// If the file is missing or is another array.
#[expect(clippy::panic, reason = "a test without its vectors cannot go on")]
pub fn npy_mask_xy(path: &Path) -> Mask {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) => panic!("{}: {error}", path.display()),
    };
    match parse(&bytes) {
        Some(mask) => mask,
        None => panic!("{}: not a .npy file of a two-dimensional array of bytes in C order", path.display()),
    }
}

fn parse(bytes: &[u8]) -> Option<Mask> {
    let rest = bytes.strip_prefix(MAGIC)?;
    let (length, rest) = rest.split_first_chunk::<2>()?;
    let (header, values) = rest.split_at_checked(usize::from(u16::from_le_bytes(*length)))?;
    let header = std::str::from_utf8(header).ok()?;
    let of_bytes = header.contains("'|u1'") || header.contains("'|b1'");
    if !of_bytes || !header.contains("'fortran_order': False") {
        return None;
    }
    let shape = header.split_once('(')?.1.split_once(')')?.0;
    let (x, y) = shape.split_once(',')?;
    let (x, y): (usize, usize) = (x.trim().parse().ok()?, y.trim().parse().ok()?);
    (values.len() == x * y).then(|| Mask::from_fn(y, x, |row, col| values[col * y + row] != 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn array(header: &str, values: &[u8]) -> Vec<u8> {
        let length = (header.len() as u16).to_le_bytes();
        [MAGIC, &length, header.as_bytes(), values].concat()
    }

    #[test]
    fn the_first_index_is_the_column() {
        let file =
            array("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }\n", &[1, 0, 0, 0, 0, 7]);
        assert_eq!(parse(&file), Some(Mask::drawn("# .\n. .\n. #")));
    }

    #[test]
    fn other_arrays_are_refused() {
        let floats = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1), }\n";
        assert_eq!(parse(&array(floats, &[0; 4])), None);
        let short = "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }\n";
        assert_eq!(parse(&array(short, &[0; 5])), None);
    }
}
