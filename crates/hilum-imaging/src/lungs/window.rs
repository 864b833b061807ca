//! A rectangle of a mask, whole words wide: work on a part of a slice costs that part only.

use crate::morphology::Disk;
use crate::runs::Run;
use hilum_core::{Mask, MaskView, MaskViewMut, MaskVolume};
use std::ops::Range;

/// Rows and words of a slice.
#[derive(Debug, Clone)]
pub(crate) struct Window {
    pub(crate) rows: Range<usize>,
    pub(crate) words: Range<usize>,
    cols: usize,
}

impl Window {
    /// What `disk` can reach in so many `steps` from within `bounds` (first row, first column, one past the last row and
    /// column), on slices like those of `like`.
    pub(crate) fn around(bounds: [u32; 4], disk: &Disk, steps: usize, like: &MaskVolume) -> Self {
        let [top, left, bottom, right] = bounds.map(|b| b as usize);
        let margin = steps * disk.reach() + 2;
        // Columns are cut at whole words, with a margin as wide as the disk.
        let side = steps * disk.half_width() + 2;
        let most_words = like.cols().div_ceil(64);
        let end = (right + side).min(like.cols()).div_ceil(64);
        let first = left.saturating_sub(side) / 64;
        // Whole groups of four words fill the vector registers.
        let width = end.saturating_sub(first).next_multiple_of(4).min(most_words);
        let first = first.min(most_words - width);
        Self {
            rows: top.saturating_sub(margin).min(like.rows())..(bottom + margin).min(like.rows()),
            words: first..first + width,
            cols: like.cols(),
        }
    }

    /// What lies within `bounds` and a little more, so that nothing of it lies at the window's edge.
    pub(crate) fn of(bounds: [u32; 4], like: &MaskVolume) -> Self {
        Self::around(bounds, &Disk::new(0.0), 0, like)
    }

    /// All of a slice.
    #[cfg(test)]
    pub(crate) fn whole(like: &MaskVolume) -> Self {
        Self { rows: 0..like.rows(), words: 0..like.cols().div_ceil(64), cols: like.cols() }
    }

    /// The words of a slice that lie in the window, if it is as wide as the slice: they lie in one piece.
    fn whole_rows(&self, words_per_row: usize) -> Option<Range<usize>> {
        let is_whole = self.words == (0..words_per_row);
        is_whole.then(|| self.rows.start * words_per_row..self.rows.end * words_per_row)
    }

    /// A clear mask of the window's size.
    pub(crate) fn empty(&self) -> Mask {
        let width = (self.words.end * 64).min(self.cols).saturating_sub(self.words.start * 64);
        Mask::new(self.rows.len(), width)
    }

    /// The window's part of `mask`.
    pub(crate) fn cut(&self, mask: MaskView<'_>) -> Mask {
        let mut part = self.empty();
        let mut view = part.view_mut();
        if let Some(whole_rows) = self.whole_rows(mask.words_per_row()) {
            view.words_mut().copy_from_slice(&mask.words()[whole_rows]);
            return part;
        }
        for (row, from) in self.rows.clone().enumerate() {
            view.row_mut(row).copy_from_slice(&mask.row(from)[self.words.clone()]);
        }
        part
    }

    /// Sets in `part`, a mask of the window's size, the pixels of a row of the slice that lie in the window.
    pub(crate) fn set_run(&self, part: &mut MaskViewMut<'_>, row: usize, run: Run) {
        if self.rows.contains(&row) {
            let first = self.words.start * 64;
            let [start, end] = [run.start, run.end].map(|col| (col as usize).saturating_sub(first));
            let cols = part.as_view().cols();
            part.set_run(row - self.rows.start, start.min(cols), end.min(cols));
        }
    }

    /// Adds `part` to `mask`.
    pub(crate) fn paste(&self, part: &Mask, mask: MaskViewMut<'_>) {
        self.change(part, mask, |word, by| *word |= by);
    }

    /// Takes `part` away from `mask`.
    pub(crate) fn take_away(&self, part: &Mask, mask: MaskViewMut<'_>) {
        self.change(part, mask, |word, by| *word &= !by);
    }

    fn change(&self, part: &Mask, mut mask: MaskViewMut<'_>, op: impl Fn(&mut u64, u64)) {
        if let Some(whole_rows) = self.whole_rows(mask.as_view().words_per_row()) {
            let words = mask.words_mut()[whole_rows].iter_mut();
            words.zip(part.view().words()).for_each(|(word, &by)| op(word, by));
            return;
        }
        for (row, to) in self.rows.clone().enumerate() {
            for (word, &by) in mask.row_mut(to)[self.words.clone()].iter_mut().zip(part.view().row(row)) {
                op(word, by);
            }
        }
    }
}

/// A mask that is clear outside a window: what lies in it.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) window: Window,
    pub(crate) mask: Mask,
}

impl Part {
    /// First row, first column, one past the last row and column, in the slice.
    pub(crate) fn bounds(&self) -> [u32; 4] {
        let [top, left, bottom, right] = bounds(&self.mask);
        let (row, col) = (self.window.rows.start as u32, self.window.words.start as u32 * 64);
        [top + row, left + col, bottom + row, right + col]
    }

    /// What of it lies in another window.
    pub(crate) fn cut(&self, window: &Window) -> Mask {
        let rows = overlap(&self.window.rows, &window.rows);
        let words = overlap(&self.window.words, &window.words);
        let mut part = window.empty();
        for row in rows {
            let from = &self.mask.view().row(row - self.window.rows.start)[moved(&words, &self.window.words)];
            part.view_mut().row_mut(row - window.rows.start)[moved(&words, &window.words)]
                .copy_from_slice(from);
        }
        part
    }
}

/// What two ranges have in common.
fn overlap(a: &Range<usize>, b: &Range<usize>) -> Range<usize> {
    let start = a.start.max(b.start);
    start..a.end.min(b.end).max(start)
}

/// A range within `of`, counted from where that begins.
fn moved(range: &Range<usize>, of: &Range<usize>) -> Range<usize> {
    range.start - of.start..range.end - of.start
}

/// The bounds of what has these and those.
pub(crate) fn bounds_of_both(a: [u32; 4], b: [u32; 4]) -> [u32; 4] {
    [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]
}

/// First row, first column, one past the last row, one past the last column.
pub(crate) fn bounds(mask: &Mask) -> [u32; 4] {
    let view = mask.view();
    let is_set = |row: &usize| view.row(*row).iter().any(|&word| word != 0);
    let (Some(top), Some(bottom)) = ((0..view.rows()).find(is_set), (0..view.rows()).rfind(is_set)) else {
        return [u32::MAX, u32::MAX, 0, 0];
    };
    // All rows in one, and of that the first and the last pixel.
    let mut any = view.row(top).to_vec();
    for row in top + 1..=bottom {
        any.iter_mut().zip(view.row(row)).for_each(|(any, &word)| *any |= word);
    }
    let first = any.iter().position(|&word| word != 0).unwrap_or(0);
    let last = any.iter().rposition(|&word| word != 0).unwrap_or(0);
    let left = 64 * first as u32 + any[first].trailing_zeros();
    [top as u32, left, bottom as u32 + 1, 64 * last as u32 + 64 - any[last].leading_zeros()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_and_its_runs_are_cut_to_another_window() {
        let like = MaskVolume::new(40, 700, 1);
        let window = |rows: Range<usize>, words: Range<usize>| Window { rows, words, cols: 700 };
        let (from, to) = (window(5..20, 1..9), window(12..30, 4..11));
        let mut whole = Mask::new(40, 700);
        for (row, start, end) in [(6, 70, 80), (12, 250, 300), (15, 290, 570), (19, 400, 576)] {
            whole.view_mut().set_run(row, start, end);
        }
        let part = Part { mask: from.cut(whole.view()), window: from };
        assert_eq!(part.bounds(), [6, 70, 20, 576]);
        assert_eq!(part.cut(&to), to.cut(whole.view()));
        let mut painted = to.empty();
        for row in 0..40 {
            let (mut runs, words) = (Vec::new(), whole.view().row(row));
            crate::runs::push_runs(words, &mut runs);
            runs.into_iter().for_each(|run| to.set_run(&mut painted.view_mut(), row, run));
        }
        assert_eq!(painted, to.cut(whole.view()));
        assert_eq!(Window::of(part.bounds(), &like).rows, 4..22);
    }
}
