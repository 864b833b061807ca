//! The contours of a slice that matter: those that end at the border of the image, and the large closed ones.
//!
//! Following every contour would cost more than everything else, because vessels have so many. But a hull above 2000 px is
//! at least 44 pixels wide or high, so its contour crosses a line of a coarse grid: only crossings on the grid are looked
//! for, and the contours through them followed. Each is followed once.

use super::crossing::{Crossing, DOWN, LEFT, RIGHT, UP, Walk};
use super::{Dropped, LEAST_PX, hull::Hull};
use hilum_core::{MOST_SLICE_SIDE_PX, Mask, MaskView};
use std::ops::Range;

/// Distance between lines of the grid. A region of this many rows or columns has a pixel on a line, and then a crossing; one
/// of fewer in both has a hull of at most (43 + 0.9)^2 = 1927 px, from air pixels beyond its last rows and columns.
const GRID_PX: usize = 44;

/// A closed contour with a large enough hull.
#[derive(Debug, Clone)]
pub(super) struct Contour {
    /// 800 times the area of the convex hull in px: whole, so that comparisons are exact.
    pub(super) hull_area_x800: i64,
    /// Whether it has a gap of one air pixel at the border of the image.
    pub(super) is_open: bool,
    pub(super) bounds: Bounds,
    crossings: Range<usize>,
}

/// The large closed contours of a slice; the memory is kept from slice to slice.
#[derive(Debug, Clone)]
pub(super) struct Contours {
    pub(super) large: Vec<Contour>,
    crossings: Vec<Crossing>,
    /// In the words of a mask, pixels that differ from the one below, on the grid's columns, and are not followed yet; then as many
    /// words for pixels that differ from their right neighbour, on the grid's rows.
    marks: Vec<u64>,
    /// The words of a row with the grid's columns set.
    columns: Vec<u64>,
    hull: Hull,
}

impl Contours {
    /// For slices of `rows` x `cols`. Panics beyond [`MOST_SLICE_SIDE_PX`].
    pub(super) fn new(rows: usize, cols: usize) -> Self {
        assert!(rows.max(cols) <= MOST_SLICE_SIDE_PX, "slices of {rows} x {cols} are too large");
        let mut columns = Mask::new(1, cols);
        for col in grid_lines(cols) {
            columns.view_mut().set(0, col, true);
        }
        Self {
            large: Vec::new(),
            crossings: Vec::new(),
            marks: vec![0; 2 * rows * cols.div_ceil(64)],
            columns: columns.view().words().to_vec(),
            hull: Hull::default(),
        }
    }

    /// The crossings of one of the large contours.
    pub(super) fn crossings(&self, contour: &Contour) -> &[Crossing] {
        &self.crossings[contour.crossings.clone()]
    }

    /// Finds the contours of a slice.
    ///
    /// # Errors
    /// [`Dropped::DegenerateContour`] if one is a straight line.
    pub(super) fn find(&mut self, air: MaskView<'_>) -> Result<(), Dropped> {
        self.large.clear();
        self.crossings.clear();
        self.mark_crossings(air);
        for end in ends(air) {
            let contour = self.follow(end, air);
            // The notebook takes the hull of every contour, also of those that it then throws away, and stops on one
            // whose vertices lie on one line: a corner pixel of air, a row of air along a border.
            if is_straight(contour) {
                return Err(Dropped::DegenerateContour);
            }
            // Ends less than a pixel apart pass for closed: they lie on one pixel of air at the border.
            let ends = contour.first().zip(contour.last());
            if ends.is_some_and(|(a, b)| (a.row(), a.col()) == (b.row(), b.col())) {
                self.judge(true);
            } else {
                self.forget();
            }
        }
        // What is left belongs to contours that come back to where they began.
        let words = air.words_per_row();
        for row in grid_lines(air.rows()) {
            for word in 0..words {
                while let bits @ 1.. = self.marks[air.words().len() + row * words + word] {
                    self.follow(crossing(air, row, word * 64 + bits.trailing_zeros() as usize, RIGHT), air);
                    self.judge(false);
                }
            }
        }
        for at in 0..air.words().len() {
            while let bits @ 1.. = self.marks[at] {
                let col = at % words * 64 + bits.trailing_zeros() as usize;
                self.follow(crossing(air, at / words, col, DOWN), air);
                self.judge(false);
            }
        }
        Ok(())
    }

    fn mark_crossings(&mut self, air: MaskView<'_>) {
        let words = air.words_per_row();
        let (down, across_words) = self.marks.split_at_mut(air.words().len());
        across_words.fill(0);
        for row in grid_lines(air.rows()) {
            let line = air.row(row);
            let marks = &mut across_words[row * words..][..words];
            marks.iter_mut().enumerate().for_each(|(word, marks)| *marks = across(line, word));
            if let Some(last) = air.cols().checked_sub(1) {
                marks[last / 64] &= !(1 << (last % 64));
            }
        }
        down.fill(0);
        for row in 1..air.rows() {
            let (above, here) = (air.row(row - 1), air.row(row));
            for (word, marks) in down[(row - 1) * words..][..words].iter_mut().enumerate() {
                *marks = (above[word] ^ here[word]) & self.columns[word];
            }
        }
    }

    /// Follows a contour to its end, or to where it began, and takes its marks off the grid.
    fn follow(&mut self, start: Crossing, air: MaskView<'_>) -> &[Crossing] {
        let first = self.crossings.len();
        let mut walk = Walk::from(start, air);
        let mut crossing = start;
        loop {
            self.crossings.push(crossing);
            let bit = walk.first_bit();
            let across = crossing.way() as usize % 2;
            self.marks[bit / 64 + across * air.words().len()] &= !(1 << (bit % 64));
            match walk.step() {
                Some(next) if next != start => crossing = next,
                _ => break,
            }
        }
        &self.crossings[first..]
    }

    /// Keeps the closed contour followed last if it is large, and else forgets it.
    fn judge(&mut self, is_open: bool) {
        let crossings = self.kept_crossings()..self.crossings.len();
        let contour = &self.crossings[crossings.clone()];
        if let Some(bounds) = Bounds::of_large(contour) {
            let hull_area_x800 = self.hull.area_x800(contour, bounds.rows.clone());
            if hull_area_x800 > 800 * LEAST_PX as i64 {
                self.large.push(Contour { hull_area_x800, is_open, bounds, crossings });
                return;
            }
        }
        self.forget();
    }

    /// Forgets the contour followed last.
    fn forget(&mut self) {
        self.crossings.truncate(self.kept_crossings());
    }

    fn kept_crossings(&self) -> usize {
        self.large.last().map_or(0, |contour| contour.crossings.end)
    }
}

/// The lines of the grid among `length` rows or columns: the last one too, because there contours end.
fn grid_lines(length: usize) -> impl Iterator<Item = usize> {
    let last = length.checked_sub(1).filter(|last| !last.is_multiple_of(GRID_PX));
    (0..length).step_by(GRID_PX).chain(last)
}

/// The crossing between a pixel and its neighbour on the right or below, which differ.
fn crossing(air: MaskView<'_>, row: usize, col: usize, way: u32) -> Crossing {
    let (pixel_row, pixel_col) = (row as i32, col as i32);
    match (air.get(row, col), way) {
        (true, _) => Crossing::new(pixel_row, pixel_col, way),
        (false, RIGHT) => Crossing::new(pixel_row, pixel_col + 1, LEFT),
        (false, _) => Crossing::new(pixel_row + 1, pixel_col, UP),
    }
}

/// The pixels of one word of a row that differ from their right neighbour, the last column among them where it is set.
#[inline(always)]
fn across(row: &[u64], word: usize) -> u64 {
    let next = row.get(word + 1).copied().unwrap_or(0);
    row[word] ^ (row[word] >> 1 | next << 63)
}

/// The set bits of a word, from the lowest on.
fn bits(mut word: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = word.trailing_zeros() as usize;
        (word != 0).then(|| {
            word &= word - 1;
            bit
        })
    })
}

/// Where contours enter the image, to be followed inwards: each has one such end.
fn ends(air: MaskView<'_>) -> impl Iterator<Item = Crossing> + '_ {
    let (last_row, last_col) = (air.rows().saturating_sub(1), air.cols().saturating_sub(1));
    let on_row = move |row: usize, inwards: u32| {
        (0..air.words_per_row())
            .flat_map(move |word| bits(across(air.row(row), word)).map(move |bit| 64 * word + bit))
            .filter(move |&col| col < last_col)
            .map(move |col| (crossing(air, row, col, RIGHT), inwards))
    };
    let on_col = move |col: usize, inwards: u32| {
        let (words, word_of_row) = (air.words(), move |row: usize| row * air.words_per_row() + col / 64);
        (0..last_row)
            .filter(move |&row| {
                (words[word_of_row(row)] ^ words[word_of_row(row + 1)]) >> (col % 64) & 1 == 1
            })
            .map(move |row| (crossing(air, row, col, DOWN), inwards))
    };
    on_row(0, DOWN)
        .chain(on_row(last_row, UP))
        .chain(on_col(0, RIGHT))
        .chain(on_col(last_col, LEFT))
        .filter(|(crossing, inwards)| crossing.travel() == *inwards)
        .map(|(crossing, _)| crossing)
}

/// Whether all vertices lie on one line.
fn is_straight(contour: &[Crossing]) -> bool {
    let Some((first, rest)) = contour.split_first() else { return true };
    let from = first.vertex_x20();
    let offset = |crossing: &Crossing| {
        let vertex = crossing.vertex_x20();
        (i64::from(vertex.0 - from.0), i64::from(vertex.1 - from.1))
    };
    let Some(along) = rest.first().map(offset) else { return true };
    rest.iter().map(offset).all(|to| along.0 * to.1 == along.1 * to.0)
}

/// Where the air pixels of a contour lie.
#[derive(Debug, Clone)]
pub(super) struct Bounds {
    pub(super) rows: Range<i32>,
    pub(super) cols: Range<i32>,
}

impl Bounds {
    /// Those of a contour whose box, 1/20 px wider on each side, could hold a large enough hull.
    fn of_large(contour: &[Crossing]) -> Option<Self> {
        // One that is 44 pixels wide or high has more crossings than that.
        if contour.len() < GRID_PX {
            return None;
        }
        let [mut top, mut bottom, mut left, mut right] = [i32::MAX, i32::MIN, i32::MAX, i32::MIN];
        for crossing in contour {
            (top, bottom) = (top.min(crossing.row()), bottom.max(crossing.row()));
            (left, right) = (left.min(crossing.col()), right.max(crossing.col()));
        }
        let extent_x20 = |first: i32, last: i32| 20 * i64::from(last - first) + 2;
        let box_x400 = extent_x20(top, bottom) * extent_x20(left, right);
        (box_x400 > 400 * LEAST_PX as i64).then_some(Self { rows: top..bottom + 1, cols: left..right + 1 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_degenerate(picture: &str) -> bool {
        let air = Mask::drawn(picture);
        let view = air.view();
        Contours::new(view.rows(), view.cols()).find(view).is_err()
    }

    #[test]
    fn straight_contours_are_seen() {
        let straight = [
            "# . . .\n. . . .\n. . . .",
            "# # . .\n# . . .\n. . . .",
            "# # # #\n. . . .\n. . . .",
            "# # . .\n# # . .\n# # . .",
            ". # # #\n# # # #\n# # # #",
            "# # . .",
        ];
        for picture in straight {
            assert!(is_degenerate(picture), "{picture}");
        }
        let bent = [
            ". # . .\n. . . .\n. . . .",
            "# # . .\n. . . .\n. . . .",
            "# # # #\n# . . .\n. . . .",
            ". . . .\n. # . .\n. . . .",
            "# # # #\n# # # #\n# # # #",
            "# # # #\n# . . #\n# # # #",
        ];
        for picture in bent {
            assert!(!is_degenerate(picture), "{picture}");
        }
    }

    /// Squares of `side` pixels at every place relative to the grid.
    #[test]
    fn no_large_contour_slips_through_the_grid() {
        for (side, hull_x800) in
            [(45, (44 * 20 + 2) * (44 * 20 + 2) - 4), (46, 902 * 902 - 4), (47, 922 * 922 - 4)]
        {
            let expected = usize::from(hull_x800 * 2 > 800 * 2000);
            for at in 1..GRID_PX {
                let inside = at..at + side;
                let hole = Mask::from_fn(100, 100, |r, c| inside.contains(&r) && inside.contains(&c));
                let mut contours = Contours::new(100, 100);
                contours.find(hole.view()).unwrap();
                assert_eq!(contours.large.len(), expected, "{side} at {at}");
                assert!(contours.large.iter().all(|c| c.hull_area_x800 == 2 * hull_x800 + 4));
            }
        }
    }
}
