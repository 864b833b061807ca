//! Pictures with some of their pieces hidden.

use crate::dataset::Picture;
use hilum_imaging::superpixels::Pieces;

/// What is seen where a piece is hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Hidden {
    /// 0 in every channel (`hide_color=0` of LIME, as in the notebook).
    Black,
    /// The mean of the piece in each channel (LIME's own default): its texture is hidden, its brightness is not.
    #[default]
    Mean,
}

/// Makes pictures of which only some pieces are shown. Pieces are kept as runs along rows, so that a picture costs a
/// few thousand copies rather than a decision for every pixel.
#[derive(Debug)]
pub struct Hider<'a> {
    picture: &'a Picture,
    /// Piece, first and last + 1 index into a channel.
    runs: Vec<(u32, usize, usize)>,
    /// `[channel, piece]`
    hidden: Vec<u16>,
    pieces: usize,
}

impl<'a> Hider<'a> {
    /// `None` where picture and pieces differ in size.
    #[must_use]
    pub fn new(picture: &'a Picture, pieces: &Pieces, hidden: Hidden) -> Option<Self> {
        if picture.size_px() != pieces.size_px() {
            return None;
        }
        let colour = |channel| match hidden {
            Hidden::Black => vec![0; pieces.count()],
            Hidden::Mean => means(picture.channel(channel), pieces),
        };
        let hidden = (0..picture.channels()).flat_map(colour).collect();
        Some(Self { picture, runs: runs(pieces), hidden, pieces: pieces.count() })
    }

    /// Number of pieces.
    #[must_use]
    pub fn pieces(&self) -> usize {
        self.pieces
    }

    /// Makes `out`, a picture of the same shape, show what `shown` names, one bit a piece.
    pub fn draw(&self, shown: &[bool], out: &mut Picture) {
        let [rows, cols] = self.picture.size_px();
        for channel in 0..self.picture.channels() {
            let from = self.picture.channel(channel);
            let hidden = &self.hidden[channel * self.pieces..];
            let to = &mut out.values_mut()[channel * rows * cols..][..rows * cols];
            for &(piece, first, end) in &self.runs {
                match shown[piece as usize] {
                    true => to[first..end].copy_from_slice(&from[first..end]),
                    false => to[first..end].fill(hidden[piece as usize]),
                }
            }
        }
    }
}

fn runs(pieces: &Pieces) -> Vec<(u32, usize, usize)> {
    let labels = pieces.labels();
    let mut first = 0;
    let chunks = labels.chunk_by(|a, b| a == b);
    chunks
        .map(|run| {
            let start = first;
            first += run.len();
            (run[0], start, first)
        })
        .collect()
}

fn means(channel: &[u16], pieces: &Pieces) -> Vec<u16> {
    let mut sums = vec![0_u64; pieces.count()];
    for (&label, &value) in pieces.labels().iter().zip(channel) {
        sums[label as usize] += u64::from(value);
    }
    // Rounded to the nearest: at most 65535, as all that goes in.
    let mean = |(sum, px): (u64, usize)| (2 * sum + px as u64).checked_div(2 * px as u64).unwrap_or(0) as u16;
    sums.into_iter().zip(pieces.area_px()).map(mean).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_pieces_are_black_or_their_mean() {
        let picture = Picture::new(2, 2, 2, vec![10, 21, 30, 40, 1, 2, 3, 4]).unwrap();
        let pieces = Pieces::from_marks(2, 2, &[0, 0, 1, 0]).unwrap();
        let mut out = picture.clone();
        Hider::new(&picture, &pieces, Hidden::Mean).unwrap().draw(&[false, true], &mut out);
        // (10 + 21 + 40) / 3 = 23.67, (1 + 2 + 4) / 3 = 2.33
        assert_eq!(out.values(), [24, 24, 30, 24, 2, 2, 3, 2]);
        Hider::new(&picture, &pieces, Hidden::Black).unwrap().draw(&[true, false], &mut out);
        assert_eq!(out.values(), [10, 21, 0, 40, 1, 2, 0, 4]);
    }

    #[test]
    fn pieces_of_another_size_do_not_serve() {
        let picture = Picture::new(1, 2, 2, vec![0; 4]).unwrap();
        let pieces = Pieces::from_marks(1, 4, &[0; 4]).unwrap();
        assert!(Hider::new(&picture, &pieces, Hidden::Black).is_none());
    }
}
