//! What a picture is cut into: segments that are hidden and shown as a whole.

use hilum_core::Mask;
use hilum_imaging::{
    Grey,
    superpixels::{Pieces, Quickshift, Slic},
};
use hilum_learn::Picture;
use serde::{Deserialize, Serialize};

/// How a picture is cut.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Segments {
    /// Superpixels by quick shift, with the settings of the lime package.
    #[default]
    Quickshift,
    /// Superpixels by SLIC, about 100 of them.
    Slic,
    /// Both lungs in an upper, middle and lower third of their own height; what lies outside in four by four parts.
    LungThirds,
    /// Eight by eight parts.
    Grid,
}

/// Parts along each side of a grid.
const GRID: usize = 8;
/// Parts along each side outside the lungs.
const PARTS: usize = 4;

impl Segments {
    /// Cuts a picture; `lung` is the mask on it.
    ///
    /// # Errors
    /// In words: no lungs where they are wanted.
    pub(super) fn cut(self, picture: &Picture, lung: Option<&Mask>) -> Result<Pieces, String> {
        let [rows, cols] = picture.size_px();
        let pieces = match self {
            Self::Quickshift | Self::Slic => {
                let bytes: Vec<u8> = picture.channel(0).iter().map(|value| (value >> 8) as u8).collect();
                let grey = Grey::new(rows, cols, &bytes).map_err(|error| error.to_string())?;
                let cut = match self {
                    Self::Slic => Slic::default().cut(grey),
                    _ => Quickshift::default().cut(grey),
                };
                cut.map_err(|error| error.to_string())?
            }
            Self::LungThirds => {
                let lung = lung.filter(|lung| !lung.view().is_empty()).ok_or("it has no lungs to cut")?;
                Pieces::from_marks(rows, cols, &thirds(lung)).ok_or("its lungs are of another size")?
            }
            Self::Grid => {
                let marks: Vec<u32> = (0..rows * cols)
                    .map(|at| (at / cols * GRID / rows * GRID + at % cols * GRID / cols) as u32)
                    .collect();
                Pieces::from_marks(rows, cols, &marks).ok_or("it has no pixels")?
            }
        };
        match pieces.count() {
            0 | 1 => {
                Err("it is one segment, and nothing can be hidden of it; try --segments grid".to_owned())
            }
            _ => Ok(pieces),
        }
    }
}

/// One mark a pixel: 0 to 2 the thirds of what lies left of the lungs' middle, 3 to 5 right of it, then the parts outside.
fn thirds(lung: &Mask) -> Vec<u32> {
    let view = lung.view();
    let (rows, cols) = (view.rows(), view.cols());
    let inside = || (0..rows).flat_map(|r| (0..cols).map(move |c| (r, c))).filter(|&(r, c)| view.get(r, c));
    let count = inside().count().max(1);
    let middle = inside().map(|(_, c)| c).sum::<usize>() as f64 / count as f64;
    let side = |c: usize| usize::from(c as f64 > middle);
    let extent = [0, 1].map(|wanted| {
        let of_side = || inside().filter(|&(_, c)| side(c) == wanted).map(|(r, _)| r);
        let first = of_side().next().unwrap_or(0);
        (first, of_side().max().unwrap_or(first) + 1)
    });
    let mark = |r: usize, c: usize| {
        if view.get(r, c) {
            let (first, end) = extent[side(c)];
            (3 * side(c) + (3 * (r - first) / (end - first).max(1)).min(2)) as u32
        } else {
            (6 + r * PARTS / rows * PARTS + c * PARTS / cols) as u32
        }
    };
    (0..rows).flat_map(|r| (0..cols).map(move |c| (r, c))).map(|(r, c)| mark(r, c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lungs_are_cut_into_thirds_and_the_rest_into_parts() {
        let lung = Mask::from_fn(16, 16, |r, c| {
            (2..14).contains(&r) && ((1..6).contains(&c) || (10..15).contains(&c))
        });
        let marks = thirds(&lung);
        let at = |r: usize, c: usize| marks[r * 16 + c];
        assert_eq!([at(2, 3), at(5, 3), at(6, 3), at(13, 3)], [0, 0, 1, 2]);
        assert_eq!([at(2, 12), at(9, 12), at(10, 12)], [3, 4, 5]);
        assert_eq!([at(0, 0), at(15, 15), at(7, 8)], [6, 21, 6 + 4 + 2]);
        let picture = Picture::new(1, 16, 16, vec![0; 256]).unwrap();
        let pieces = Segments::LungThirds.cut(&picture, Some(&lung)).unwrap();
        assert_eq!(pieces.size_px(), [16, 16]);
        let grid = Segments::Grid.cut(&picture, None).unwrap();
        assert_eq!((grid.count(), grid.labels()[15 * 16 + 1]), (64, 56));
        assert_eq!(Segments::Slic.cut(&picture, None).unwrap().size_px(), [16, 16]);
        let flat = Segments::Quickshift.cut(&picture, None).unwrap_err();
        assert!(flat.contains("one segment"), "{flat}");
        assert!(Segments::LungThirds.cut(&picture, None).unwrap_err().contains("no lungs"));
    }
}
