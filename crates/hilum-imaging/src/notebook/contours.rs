//! The contours of a slice that matter: those that end at the border of the image, and the large closed ones.
//!
//! Following every contour would cost more than everything else, because vessels have so many. But a hull above 2000 px is
//! at least 44 pixels wide or high, so its contour crosses a line of a coarse grid: only crossings on the grid are looked
//! for, and the contours through them followed. Each is followed once.

use super::crossing::{Crossing, DOWN, LEFT, RIGHT, UP, Walk};
use super::{Dropped, LEAST_PX, hull::Hull, interior::Interior};
use hilum_core::{MOST_SLICE_SIDE_PX, Mask, MaskView};

/// Distance between lines of the grid. A region of this many rows or columns has a pixel on a line, and then a crossing; one
/// of fewer in both has a hull of at most (43 + 0.9)^2 = 1927 px, from air pixels beyond its last rows and columns.
const GRID_PX: usize = 44;

/// The fewest crossings of a contour whose hull is large: two on every row and on every column of the pixels inside. Those are 88
/// or more together, since a hull ends less than 0.95 px beyond them.
const LEAST_CROSSINGS: usize = 2 * 88;

/// A closed contour with a large enough hull.
#[derive(Debug, Clone)]
pub(super) struct Contour {
    /// 800 times the area of the convex hull in px: whole, so that comparisons are exact.
    pub(super) hull_area_x800: i64,
    pub(super) interior: Interior,
}

/// The large closed contours of a slice; the memory is kept from slice to slice.
#[derive(Debug, Clone)]
pub(super) struct Contours {
    pub(super) large: Vec<Contour>,
    /// Those of the contour followed last.
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

    /// Finds the contours of a slice.
    ///
    /// # Errors
    /// [`Dropped::DegenerateContour`] if one is a straight line.
    #[inline(always)]
    pub(super) fn find(&mut self, air: MaskView<'_>) -> Result<(), Dropped> {
        self.large.clear();
        self.mark_crossings(air);
        for end in ends(air) {
            self.follow_through(end, air);
            // The notebook takes the hull of every contour, also of those that it then throws away, and stops on one
            // whose vertices lie on one line: a corner pixel of air, a row of air along a border.
            if is_straight(&self.crossings, 64 * air.words_per_row()) {
                return Err(Dropped::DegenerateContour);
            }
            // Ends less than a pixel apart pass for closed: they lie on one pixel of air at the border.
            let ends = self.crossings.first().zip(self.crossings.last());
            if ends.is_some_and(|(a, b)| a.place() == b.place()) {
                self.judge(true, air);
            }
        }
        // What is left belongs to contours that come back to where they began.
        let words = air.words_per_row();
        for row in grid_lines(air.rows()) {
            for word in 0..words {
                while let bits @ 1.. = self.marks[air.words().len() + row * words + word] {
                    let col = word * 64 + bits.trailing_zeros() as usize;
                    self.follow_round(crossing(air, row, col, RIGHT), air);
                    self.judge(false, air);
                }
            }
        }
        for at in 0..air.words().len() {
            while let bits @ 1.. = self.marks[at] {
                let col = at % words * 64 + bits.trailing_zeros() as usize;
                self.follow_round(crossing(air, at / words, col, DOWN), air);
                self.judge(false, air);
            }
        }
        Ok(())
    }

    /// Marks the crossings on the grid. No mark is ever set elsewhere.
    #[inline(always)]
    fn mark_crossings(&mut self, air: MaskView<'_>) {
        let words = air.words_per_row();
        let (down, across_words) = self.marks.split_at_mut(air.words().len());
        for row in grid_lines(air.rows()) {
            let line = air.row(row);
            let marks = &mut across_words[row * words..][..words];
            marks.iter_mut().enumerate().for_each(|(word, marks)| *marks = across(line, word));
            if let Some(last) = air.cols().checked_sub(1) {
                marks[last / 64] &= !(1 << (last % 64));
            }
        }
        for row in 1..air.rows() {
            let (above, here) = (air.row(row - 1), air.row(row));
            for (word, marks) in down[(row - 1) * words..][..words].iter_mut().enumerate() {
                *marks = (above[word] ^ here[word]) & self.columns[word];
            }
        }
    }

    /// Follows a contour from where it enters the image to where it leaves it.
    fn follow_through(&mut self, end: Crossing, air: MaskView<'_>) {
        self.crossings.clear();
        let mut walk = Walk::<true>::from(end, air);
        self.note(&walk, air);
        while !walk.is_at_end() {
            walk.step();
            self.note(&walk, air);
        }
    }

    /// Follows a contour all the way round, by two walks from where it begins that meet on the far side: each waits for what it reads,
    /// and meanwhile the other goes on.
    #[inline(always)]
    fn follow_round(&mut self, start: Crossing, air: MaskView<'_>) {
        self.crossings.clear();
        let (mut forward, mut back) = (Walk::<true>::from(start, air), Walk::<false>::from(start, air));
        self.note(&forward, air);
        loop {
            forward.step();
            if forward.crossing() == back.crossing() {
                return;
            }
            self.note(&forward, air);
            back.step();
            if forward.crossing() == back.crossing() {
                return;
            }
            self.note(&back, air);
        }
    }

    /// Notes the crossing where a walk stands, and takes its mark off the grid.
    #[inline(always)]
    fn note<const FORWARD: bool>(&mut self, walk: &Walk<'_, FORWARD>, air: MaskView<'_>) {
        self.crossings.push(walk.crossing());
        let bit = walk.first_bit();
        let across = walk.crossing().way() as usize % 2;
        self.marks[bit / 64 + across * air.words().len()] &= !(1 << (bit % 64));
    }

    /// Keeps the closed contour followed last if it is large.
    #[inline(always)]
    fn judge(&mut self, is_open: bool, air: MaskView<'_>) {
        let Self { large, crossings, hull, .. } = self;
        if crossings.len() < LEAST_CROSSINGS {
            return;
        }
        let interior = Interior::of(crossings, is_open, air);
        let hull_area_x800 = if is_open {
            hull.area_x800_of(crossings, 64 * air.words_per_row())
        } else {
            hull.area_x800(interior.row_ends(), interior.reach_x20())
        };
        if hull_area_x800 > 800 * LEAST_PX as i64 {
            large.push(Contour { hull_area_x800, interior });
        }
    }
}

/// The lines of the grid among `length` rows or columns: the last one too, because there contours end.
fn grid_lines(length: usize) -> impl Iterator<Item = usize> {
    let last = length.checked_sub(1).filter(|last| !last.is_multiple_of(GRID_PX));
    (0..length).step_by(GRID_PX).chain(last)
}

/// The crossing between a pixel and its neighbour on the right or below, which differ.
fn crossing(air: MaskView<'_>, row: usize, col: usize, way: u32) -> Crossing {
    let row_bits = 64 * air.words_per_row();
    let place = row * row_bits + col;
    match (air.get(row, col), way) {
        (true, _) => Crossing::new(place, way),
        (false, RIGHT) => Crossing::new(place + 1, LEFT),
        (false, _) => Crossing::new(place + row_bits, UP),
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

/// Whether all vertices lie on one line, on a mask with so many bits a row.
fn is_straight(contour: &[Crossing], row_bits: usize) -> bool {
    let Some((first, rest)) = contour.split_first() else { return true };
    let from = first.vertex_x20(row_bits);
    let offset = |crossing: &Crossing| {
        let vertex = crossing.vertex_x20(row_bits);
        (vertex.0 - from.0, vertex.1 - from.1)
    };
    let Some(along) = rest.first().map(offset) else { return true };
    rest.iter().map(offset).all(|to| along.0 * to.1 == along.1 * to.0)
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
