//! The pixels inside a contour, and the polygon that the notebook draws along it.
//!
//! Pillow cuts vertices to whole pixels and erases the outline, which leaves the pixels inside the contour whose right and
//! lower neighbours lie inside too.

use super::crossing::{Crossing, RIGHT};
use hilum_core::{MaskView, MaskViewMut};
use std::ops::Range;

/// The pixels inside a contour, from its first to its last row.
#[derive(Debug, Clone)]
pub(super) struct Interior {
    /// Bits as in a mask, whole rows.
    words: Vec<u64>,
    words_per_row: usize,
    rows: Range<usize>,
    /// Whether there is air along the contour's inner side, and tissue along its outer one, or the other way round.
    is_air: bool,
}

impl Interior {
    /// What lies inside a contour; `is_open` where it begins and ends on one pixel of air at the border of the image.
    #[inline(always)]
    pub(super) fn of(contour: &[Crossing], is_open: bool, image: MaskView<'_>) -> Self {
        let words_per_row = image.words_per_row();
        let row_bits = 64 * words_per_row;
        let places = contour.iter().map(|crossing| crossing.place());
        let (top, bottom) = places.fold((usize::MAX, 0), |(top, bottom), at| (top.min(at), bottom.max(at)));
        let rows = top / row_bits..bottom / row_bits + 1;
        let mut interior =
            Self { words: vec![0; rows.len() * words_per_row], words_per_row, rows, is_air: true };
        interior.mark_sides(contour, is_open, image.cols());
        interior.fill_between_marks();
        let air = contour[0].place();
        interior.is_air = interior.row(air / row_bits)[air % row_bits / 64] >> (air % 64) & 1 == 1;
        interior
    }

    /// Marks the pixel on the right of every crossing within a row: there the row goes from outside to inside, or back.
    #[inline(always)]
    fn mark_sides(&mut self, contour: &[Crossing], is_open: bool, cols: usize) {
        let row_bits = 64 * self.words_per_row;
        let start = self.rows.start * row_bits;
        let mut mark = |place: usize, bit: u64| self.words[(place - start) / 64] ^= bit << (place % 64);
        for crossing in contour {
            // Of the crossings between rows no bit is marked: to ask which is which would cost more.
            let way = crossing.way();
            mark(crossing.place() + usize::from(way == RIGHT), u64::from(way % 2));
        }
        // A gap at the left border leaves a row that begins inside, one at the right border a row that ends inside.
        match contour.first().map(|gap| gap.place()).filter(|_| is_open) {
            Some(gap) if gap.is_multiple_of(row_bits) => mark(gap, 1),
            Some(gap) if gap % row_bits + 1 == cols && cols < row_bits => mark(gap + 1, 1),
            _ => {}
        }
    }

    /// Sets every bit from a mark up to the next one on its row.
    #[inline(always)]
    fn fill_between_marks(&mut self) {
        // After all steps a bit is the parity of the marks up to it in its word.
        for word in &mut self.words {
            for shift in [1, 2, 4, 8, 16, 32] {
                *word ^= *word << shift;
            }
        }
        for row in self.words.chunks_exact_mut(self.words_per_row) {
            let mut inside = 0;
            for word in row {
                *word ^= inside;
                inside = 0u64.wrapping_sub(*word >> 63);
            }
        }
    }

    /// How far from the pixels inside the vertices lie, in 1/20 px.
    pub(super) fn reach_x20(&self) -> i64 {
        if self.is_air { 1 } else { 19 }
    }

    /// The rows that hold pixels, each with its first and last column.
    #[inline(always)]
    pub(super) fn row_ends(&self) -> impl Iterator<Item = (usize, usize, usize)> {
        self.rows.clone().zip(self.words.chunks_exact(self.words_per_row)).filter_map(|(row, words)| {
            let first = words.iter().position(|&word| word != 0)?;
            let last = words.iter().rposition(|&word| word != 0)?;
            let first_col = 64 * first + words[first].trailing_zeros() as usize;
            Some((row, first_col, 64 * last + 63 - words[last].leading_zeros() as usize))
        })
    }

    /// Pixels of the polygon.
    #[inline(always)]
    pub(super) fn polygon_px(&self) -> u64 {
        let mut px = 0;
        for row in self.rows.clone() {
            for word in self.polygon_on(row) {
                px += u64::from(word.count_ones());
            }
        }
        px
    }

    /// Adds the polygon to `mask`; whether it overlaps what was there.
    #[inline(always)]
    pub(super) fn add_polygon_to(&self, mask: &mut MaskViewMut<'_>) -> bool {
        let mut overlap = 0;
        for row in self.rows.clone() {
            for (word, new) in mask.row_mut(row).iter_mut().zip(self.polygon_on(row)) {
                overlap |= *word & new;
                *word |= new;
            }
        }
        overlap != 0
    }

    /// The words of the polygon on a row: pixels whose right and lower neighbours lie inside too.
    #[inline(always)]
    fn polygon_on(&self, row: usize) -> impl Iterator<Item = u64> {
        let (here, below) = (self.row(row), self.row(row + 1));
        here.iter().enumerate().map(move |(word, &inside)| {
            let right = inside >> 1 | here.get(word + 1).copied().unwrap_or(0) << 63;
            inside & right & below.get(word).copied().unwrap_or(0)
        })
    }

    /// Adds the air pixels that carry a vertex of the contour to `mask`.
    pub(super) fn add_air_at_border_to(&self, mask: &mut MaskViewMut<'_>) {
        for row in self.rows.clone() {
            let [above, here, below] = [row.wrapping_sub(1), row, row + 1].map(|row| self.row(row));
            let at = |words: &[u64], word: usize| words.get(word).copied().unwrap_or(0);
            for (word, border) in mask.row_mut(row).iter_mut().enumerate() {
                let left = here[word] << 1 | at(here, word.wrapping_sub(1)) >> 63;
                let right = here[word] >> 1 | at(here, word + 1) << 63;
                let (above, below) = (at(above, word), at(below, word));
                *border |= if self.is_air {
                    here[word] & !(above & below & left & right)
                } else {
                    !here[word] & (above | below | left | right)
                };
            }
        }
    }

    /// The words of a row of the image; none where nothing lies inside.
    #[inline(always)]
    fn row(&self, row: usize) -> &[u64] {
        let rows_before = row.wrapping_sub(self.rows.start);
        if rows_before >= self.rows.len() {
            return &[];
        }
        &self.words[rows_before * self.words_per_row..][..self.words_per_row]
    }
}
