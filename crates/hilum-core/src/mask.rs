//! Bit-packed binary masks: one bit a pixel, 64 pixels a word, so that a 512x512x441 mask takes 14 MB and logical
//! operations touch 64 pixels at once.
//!
//! Bit `c % 64` of word `c / 64` of a row is column `c`. Bits beyond the last column are always zero: every operation
//! here keeps that promise, and code that writes words itself must keep it too.

use crate::words::Words;

/// A borrowed mask of one slice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MaskView<'a> {
    rows: usize,
    cols: usize,
    words: &'a [u64],
}

/// A mutably borrowed mask of one slice.
#[derive(Debug, PartialEq, Eq)]
pub struct MaskViewMut<'a> {
    rows: usize,
    cols: usize,
    words: &'a mut [u64],
}

/// An owned mask of one slice, shape `[rows, cols]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mask {
    rows: usize,
    cols: usize,
    words: Vec<u64>,
}

/// A mask of a whole volume: axial slices one after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaskVolume {
    rows: usize,
    cols: usize,
    slices: usize,
    words: Words,
}

/// Words that one row of `cols` pixels takes.
#[inline]
fn words_per_row(cols: usize) -> usize {
    cols.div_ceil(64)
}

impl<'a> MaskView<'a> {
    /// Number of rows.
    #[inline]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of columns.
    #[inline]
    pub fn cols(&self) -> usize {
        self.cols
    }

    /// Words per row.
    #[inline]
    pub fn words_per_row(&self) -> usize {
        words_per_row(self.cols)
    }

    /// All words, row after row.
    #[inline]
    pub fn words(&self) -> &'a [u64] {
        self.words
    }

    /// The words of one row. Panics beyond the last row.
    #[inline]
    pub fn row(&self, row: usize) -> &'a [u64] {
        let n = self.words_per_row();
        &self.words[row * n..(row + 1) * n]
    }

    /// Whether pixel (`row`, `col`) is set. Panics outside the mask.
    #[inline]
    pub fn get(&self, row: usize, col: usize) -> bool {
        assert!(col < self.cols, "column {col} outside a mask of {} columns", self.cols);
        self.row(row)[col / 64] >> (col % 64) & 1 == 1
    }

    /// Number of set pixels.
    pub fn count_px(&self) -> u64 {
        self.words.iter().map(|w| u64::from(w.count_ones())).sum()
    }

    /// Whether no pixel is set.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|&w| w == 0)
    }

    /// The columns that are set in `row`, ascending.
    pub fn columns(&self, row: usize) -> impl Iterator<Item = usize> + use<'a> {
        self.row(row).iter().enumerate().flat_map(|(i, &word)| {
            std::iter::successors((word != 0).then_some(word), |w| {
                let rest = w & (w - 1);
                (rest != 0).then_some(rest)
            })
            .map(move |w| i * 64 + w.trailing_zeros() as usize)
        })
    }

    /// One byte a pixel, 1 where set, row-major.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![0; self.rows * self.cols];
        self.write_bytes(1, &mut bytes);
        bytes
    }

    /// Writes `value` where set and 0 elsewhere into `bytes`, row-major. Panics if `bytes` is not rows x cols long.
    pub fn write_bytes(&self, value: u8, bytes: &mut [u8]) {
        assert_eq!(bytes.len(), self.rows * self.cols, "a byte a pixel");
        for (row, line) in bytes.chunks_exact_mut(self.cols.max(1)).enumerate() {
            for (chunk, &word) in line.chunks_mut(64).zip(self.row(row)) {
                if word == 0 {
                    chunk.fill(0);
                } else if word == u64::MAX {
                    chunk.fill(value);
                } else {
                    for (bit, byte) in chunk.iter_mut().enumerate() {
                        *byte = if word >> bit & 1 == 1 { value } else { 0 };
                    }
                }
            }
        }
    }

    /// An owned copy.
    pub fn to_mask(&self) -> Mask {
        Mask { rows: self.rows, cols: self.cols, words: self.words.to_vec() }
    }
}

impl MaskViewMut<'_> {
    /// The same mask, shared.
    #[inline]
    pub fn as_view(&self) -> MaskView<'_> {
        MaskView { rows: self.rows, cols: self.cols, words: self.words }
    }

    /// All words, row after row. Bits beyond the last column must stay zero.
    #[inline]
    pub fn words_mut(&mut self) -> &mut [u64] {
        self.words
    }

    /// The words of one row. Bits beyond the last column must stay zero.
    #[inline]
    pub fn row_mut(&mut self, row: usize) -> &mut [u64] {
        let n = words_per_row(self.cols);
        &mut self.words[row * n..(row + 1) * n]
    }

    /// Sets or clears pixel (`row`, `col`). Panics outside the mask.
    #[inline]
    pub fn set(&mut self, row: usize, col: usize, value: bool) {
        assert!(col < self.cols, "column {col} outside a mask of {} columns", self.cols);
        let word = &mut self.row_mut(row)[col / 64];
        let bit = 1u64 << (col % 64);
        if value { *word |= bit } else { *word &= !bit }
    }

    /// Sets the pixels `start..end` of `row`. Panics outside the mask.
    #[inline]
    pub fn set_run(&mut self, row: usize, start: usize, end: usize) {
        assert!(start <= end && end <= self.cols, "run {start}..{end} outside {} columns", self.cols);
        if start == end {
            return;
        }
        let line = self.row_mut(row);
        let (first, last) = (start / 64, (end - 1) / 64);
        let head = u64::MAX << (start % 64);
        let tail = u64::MAX >> (63 - (end - 1) % 64);
        if first == last {
            line[first] |= head & tail;
        } else {
            line[first] |= head;
            line[first + 1..last].fill(u64::MAX);
            line[last] |= tail;
        }
    }

    /// Clears every pixel.
    pub fn clear(&mut self) {
        self.words.fill(0);
    }

    /// Keeps only pixels that are also in `other`. Panics if the shapes differ.
    pub fn and(&mut self, other: MaskView<'_>) {
        self.zip(other, |a, b| a & b);
    }

    /// Adds the pixels of `other`. Panics if the shapes differ.
    pub fn or(&mut self, other: MaskView<'_>) {
        self.zip(other, |a, b| a | b);
    }

    /// Removes the pixels of `other`. Panics if the shapes differ.
    pub fn and_not(&mut self, other: MaskView<'_>) {
        self.zip(other, |a, b| a & !b);
    }

    /// Keeps of `other` what is not set here: `other & !self`. Panics if the shapes differ.
    pub fn leave_of(&mut self, other: MaskView<'_>) {
        self.zip(other, |a, b| b & !a);
    }

    #[inline]
    fn zip(&mut self, other: MaskView<'_>, op: impl Fn(u64, u64) -> u64) {
        self.combine([other], |a, [b]| op(a, b));
    }

    /// Makes every pixel what `op` says of it and of the same pixel of the others, 64 at a time. Where all are clear, so must
    /// be what it says. Panics if the shapes differ.
    ///
    /// ```
    /// # use hilum_core::Mask;
    /// let mut mask = Mask::drawn("# # . .");
    /// let (a, b) = (Mask::drawn("# . # ."), Mask::drawn(". . # #"));
    /// mask.view_mut().combine([a.view(), b.view()], |mask, [a, b]| mask & !a | a & b);
    /// assert_eq!(mask, Mask::drawn(". # # ."));
    /// ```
    #[inline]
    pub fn combine<const N: usize>(&mut self, others: [MaskView<'_>; N], op: impl Fn(u64, [u64; N]) -> u64) {
        for other in &others {
            assert_eq!((self.rows, self.cols), (other.rows, other.cols), "masks of one shape");
        }
        let others = others.map(|other| &other.words[..self.words.len()]);
        pulp::Arch::new().dispatch(Combine { own: self.words, others, op });
    }
}

/// What [`MaskViewMut::combine`] does, to be compiled for the machine's widest registers.
struct Combine<'a, const N: usize, F> {
    own: &'a mut [u64],
    others: [&'a [u64]; N],
    op: F,
}

impl<const N: usize, F: Fn(u64, [u64; N]) -> u64> pulp::NullaryFnOnce for Combine<'_, N, F> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { own, others, op } = self;
        let others = others.map(|other| &other[..own.len()]);
        for (index, own) in own.iter_mut().enumerate() {
            *own = op(*own, others.map(|other| other[index]));
        }
    }
}

impl Mask {
    /// An empty mask.
    pub fn new(rows: usize, cols: usize) -> Self {
        Self { rows, cols, words: vec![0; rows * words_per_row(cols)] }
    }

    /// The mask of the pixels where `inside(row, col)` holds.
    pub fn from_fn(rows: usize, cols: usize, mut inside: impl FnMut(usize, usize) -> bool) -> Self {
        let mut mask = Self::new(rows, cols);
        let mut view = mask.view_mut();
        for row in 0..rows {
            for col in 0..cols {
                if inside(row, col) {
                    view.set(row, col, true);
                }
            }
        }
        mask
    }

    /// The mask drawn by `picture`: one line a row, `#` set, anything else not; spaces and `|` are ignored.
    ///
    /// ```
    /// let mask = hilum_core::Mask::drawn("
    ///     . # #
    ///     . . #");
    /// assert_eq!(mask.view().count_px(), 3);
    /// assert!(mask.view().get(1, 2));
    /// ```
    pub fn drawn(picture: &str) -> Self {
        let lines: Vec<Vec<char>> = picture
            .lines()
            .map(|line| line.chars().filter(|&c| !c.is_whitespace() && c != '|').collect())
            .filter(|line: &Vec<char>| !line.is_empty())
            .collect();
        let cols = lines.iter().map(Vec::len).max().unwrap_or(0);
        Self::from_fn(lines.len(), cols, |r, c| lines[r].get(c) == Some(&'#'))
    }

    /// Borrows it.
    #[inline]
    pub fn view(&self) -> MaskView<'_> {
        MaskView { rows: self.rows, cols: self.cols, words: &self.words }
    }

    /// Borrows it mutably.
    #[inline]
    pub fn view_mut(&mut self) -> MaskViewMut<'_> {
        MaskViewMut { rows: self.rows, cols: self.cols, words: &mut self.words }
    }

    /// The picture that [`Mask::drawn`] reads, for tests and messages.
    pub fn picture(&self) -> String {
        let view = self.view();
        (0..self.rows)
            .map(|r| {
                (0..self.cols).map(|c| if view.get(r, c) { "#" } else { "." }).collect::<Vec<_>>().join(" ")
            })
            .collect::<Vec<_>>()
            .join("\n")
    }
}

impl MaskVolume {
    /// An empty mask of `slices` slices of `rows` x `cols`.
    pub fn new(rows: usize, cols: usize, slices: usize) -> Self {
        Self { rows, cols, slices, words: Words::zeroed(rows * words_per_row(cols) * slices) }
    }

    /// Rows of a slice.
    #[inline]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Columns of a slice.
    #[inline]
    pub fn cols(&self) -> usize {
        self.cols
    }

    /// Number of slices.
    pub fn slices(&self) -> usize {
        self.slices
    }

    /// The mask of slice `index`. Panics beyond the last.
    #[inline]
    pub fn slice(&self, index: usize) -> MaskView<'_> {
        let n = self.rows * words_per_row(self.cols);
        MaskView { rows: self.rows, cols: self.cols, words: &self.words[index * n..(index + 1) * n] }
    }

    /// The mask of slice `index`, mutably. Panics beyond the last.
    #[inline]
    pub fn slice_mut(&mut self, index: usize) -> MaskViewMut<'_> {
        let n = self.rows * words_per_row(self.cols);
        MaskViewMut { rows: self.rows, cols: self.cols, words: &mut self.words[index * n..(index + 1) * n] }
    }

    /// Number of set voxels.
    pub fn count_vox(&self) -> u64 {
        self.words.iter().map(|w| u64::from(w.count_ones())).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_cross_word_borders() {
        for (start, end) in [(0, 0), (0, 1), (3, 64), (63, 65), (0, 130), (64, 128), (129, 130)] {
            let mut mask = Mask::new(2, 130);
            mask.view_mut().set_run(1, start, end);
            let expected: Vec<usize> = (start..end).collect();
            assert_eq!(mask.view().columns(1).collect::<Vec<_>>(), expected, "{start}..{end}");
            assert_eq!(mask.view().columns(0).count(), 0);
            assert_eq!(mask.view().count_px(), (end - start) as u64);
        }
    }

    #[test]
    fn bytes_show_every_pixel() {
        let mask = Mask::from_fn(3, 70, |r, c| (r * 70 + c) % 3 == 0);
        let bytes = mask.view().to_bytes();
        assert!(bytes.iter().enumerate().all(|(i, &b)| (b == 1) == (i % 3 == 0)));
    }

    #[test]
    fn pictures_go_there_and_back() {
        let mask = Mask::drawn("# . #\n. # .");
        assert_eq!(Mask::drawn(&mask.picture()), mask);
    }

    #[test]
    fn slices_of_a_volume_are_apart() {
        let mut volume = MaskVolume::new(2, 65, 3);
        volume.slice_mut(1).set(1, 64, true);
        assert_eq!(volume.count_vox(), 1);
        assert!(volume.slice(0).is_empty() && volume.slice(2).is_empty());
    }
}
