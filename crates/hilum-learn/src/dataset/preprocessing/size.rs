//! Rows and columns as files have them: one number for a square, else both.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Square(usize),
    Rectangle([usize; 2]),
}

pub(super) fn serialize<S: Serializer>(size_px: &[usize; 2], to: S) -> Result<S::Ok, S::Error> {
    let written = match *size_px {
        [rows, cols] if rows == cols => Written::Square(rows),
        both => Written::Rectangle(both),
    };
    written.serialize(to)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<[usize; 2], D::Error> {
    Ok(match Written::deserialize(from)? {
        Written::Square(side) => [side; 2],
        Written::Rectangle(both) => both,
    })
}
