//! The polygons that the notebook draws along its contours, as sets of pixels.
//!
//! Pillow cuts vertices to whole pixels and erases the outline, which leaves the pixels inside the contour whose right and
//! lower neighbours lie inside too.

use super::contours::Bounds;
use super::crossing::{Crossing, RIGHT};
use hilum_core::{Mask, MaskViewMut};
use std::ops::Range;

/// Where one polygon at a time is drawn.
#[derive(Debug, Clone)]
pub(super) struct Canvas {
    drawn: Mask,
    /// The rows and words that are not blank.
    rows: Range<usize>,
    words: Range<usize>,
}

impl Canvas {
    pub(super) fn new(rows: usize, cols: usize) -> Self {
        Self { drawn: Mask::new(rows, cols), rows: 0..0, words: 0..0 }
    }

    /// Draws the polygon of a contour within `bounds`, and nothing else; returns its pixels. `open` where the contour has a gap of one
    /// air pixel at the border of the image.
    pub(super) fn draw(&mut self, contour: &[Crossing], bounds: &Bounds, open: bool) -> u64 {
        pulp::Arch::new().dispatch(Draw { canvas: self, contour, bounds, open })
    }

    /// Marks the pixel on the right of every crossing within a row: there the row goes from outside to inside, or back.
    #[inline(always)]
    fn mark_sides(&mut self, contour: &[Crossing], open: bool) {
        let cols = self.drawn.view().cols();
        let words_per_row = cols.div_ceil(64);
        let mut canvas = self.drawn.view_mut();
        let mut mark = |row: i32, col: usize, bit: u64| {
            // A mark beyond the last column is needed only where a word goes on there.
            let word = (col / 64).min(words_per_row - 1);
            let bit = bit & u64::from(word == col / 64);
            canvas.words_mut()[row as usize * words_per_row + word] ^= bit << (col % 64);
        };
        for crossing in contour {
            // Of the crossings between rows no bit is marked: to ask which is which would cost more.
            let way = crossing.way();
            mark(crossing.row(), crossing.col() as usize + usize::from(way == RIGHT), u64::from(way % 2));
        }
        // A gap at the left border leaves a row that begins inside, one at the right border a row that ends inside.
        match contour.first() {
            Some(gap) if open && gap.col() == 0 => mark(gap.row(), 0, 1),
            Some(gap) if open && gap.col() as usize + 1 == cols => mark(gap.row(), cols, 1),
            _ => {}
        }
    }

    /// Adds the polygon to `mask`; whether it overlaps what was there.
    pub(super) fn add_to(&self, mask: &mut MaskViewMut<'_>) -> bool {
        let mut overlap = 0;
        for row in self.rows.clone() {
            let drawn = &self.drawn.view().row(row)[self.words.clone()];
            for (word, &new) in mask.row_mut(row)[self.words.clone()].iter_mut().zip(drawn) {
                overlap |= *word & new;
                *word |= new;
            }
        }
        overlap != 0
    }
}

/// The whole drawing, to be compiled as one piece for machines that count bits in one step.
struct Draw<'a> {
    canvas: &'a mut Canvas,
    contour: &'a [Crossing],
    bounds: &'a Bounds,
    open: bool,
}

impl pulp::NullaryFnOnce for Draw<'_> {
    type Output = u64;

    #[inline(always)]
    fn call(self) -> u64 {
        let Self { canvas, contour, bounds: Bounds { rows, cols }, open } = self;
        for row in canvas.rows.clone() {
            canvas.drawn.view_mut().row_mut(row)[canvas.words.clone()].fill(0);
        }
        canvas.rows = rows.start as usize..rows.end as usize;
        // A mark may stand in the column after the last.
        let end = (cols.end as usize / 64 + 1).min(canvas.drawn.view().words_per_row());
        canvas.words = cols.start as usize / 64..end;
        canvas.mark_sides(contour, open);
        let mut drawn = canvas.drawn.view_mut();
        for row in canvas.rows.clone() {
            fill_between_marks(&mut drawn.row_mut(row)[canvas.words.clone()]);
        }
        canvas.rows.clone().map(|row| erase_outline(&mut drawn, row, canvas.words.clone())).sum()
    }
}

/// Sets every bit from a mark up to the next one.
#[inline(always)]
fn fill_between_marks(words: &mut [u64]) {
    let mut inside = 0;
    for word in words {
        // After all steps a bit is the parity of the marks up to it.
        for shift in [1, 2, 4, 8, 16, 32] {
            *word ^= *word << shift;
        }
        *word ^= inside;
        inside = 0u64.wrapping_sub(*word >> 63);
    }
}

/// Keeps of a row the pixels whose right and lower neighbours are set; returns how many. The row below must be whole.
#[inline(always)]
fn erase_outline(canvas: &mut MaskViewMut<'_>, row: usize, words: Range<usize>) -> u64 {
    let below_is_blank = row + 1 == canvas.as_view().rows();
    let mut kept_px = 0;
    for word in words {
        let view = canvas.as_view();
        let here = view.row(row);
        let right = here[word] >> 1 | here.get(word + 1).copied().unwrap_or(0) << 63;
        let below = if below_is_blank { 0 } else { view.row(row + 1)[word] };
        let kept = here[word] & right & below;
        kept_px += u64::from(kept.count_ones());
        canvas.row_mut(row)[word] = kept;
    }
    kept_px
}
