//! A step along a contour: from one crossing of air and tissue to the next.
//!
//! scikit-image's `find_contours` puts a vertex on every pair of neighbouring pixels of which one is air and one is
//! tissue; at level 0.95 it lies 1/20 px from the centre of the air pixel. Air is 4-connected and tissue 8-connected: where
//! two pixels of each meet in a corner, the contour goes round the air.

use hilum_core::{MOST_SLICE_SIDE_PX, MaskView};

/// Steps in rows and columns, clockwise from up; a way is an index into it.
const STEPS: [(isize, isize); 4] = [(-1, 0), (0, 1), (1, 0), (0, -1)];
pub(super) const UP: u32 = 0;
pub(super) const RIGHT: u32 = 1;
pub(super) const DOWN: u32 = 2;
pub(super) const LEFT: u32 = 3;

/// Two neighbouring pixels, air and tissue, and with them a vertex of a contour: the place of the air pixel, which is its bit among
/// all words of the mask, and the way from there to the tissue pixel. In one word, since contours have thousands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Crossing(u32);

// The largest place and a way fit into the word.
const _: () = assert!(MOST_SLICE_SIDE_PX * MOST_SLICE_SIDE_PX.next_multiple_of(64) <= 1 << 30);

impl Crossing {
    /// The crossing from the air pixel at a place to its neighbour on one `way`.
    #[inline(always)]
    pub(super) fn new(place: usize, way: u32) -> Self {
        Self((place as u32) << 2 | way)
    }

    /// The bit of the air pixel among all words of the mask.
    #[inline(always)]
    pub(super) fn place(self) -> usize {
        (self.0 >> 2) as usize
    }

    /// The way from the air pixel to the tissue pixel.
    #[inline(always)]
    pub(super) fn way(self) -> u32 {
        self.0 & 3
    }

    /// The way in which the contour is followed: with the tissue on the left.
    pub(super) fn travel(self) -> u32 {
        (self.way() + 1) % 4
    }

    /// The vertex in 1/20 px: row and column, on a mask with so many bits a row.
    pub(super) fn vertex_x20(self, row_bits: usize) -> (i64, i64) {
        let (down, right) = STEPS[self.way() as usize];
        let x20 = |pixel: usize, step: isize| 20 * pixel as i64 + step as i64;
        (x20(self.place() / row_bits, down), x20(self.place() % row_bits, right))
    }
}

/// A walk along a contour, with the tissue on the left (`FORWARD`), or on the right. It turns at every other step, to either side as it
/// comes, so a branch for each turn would cost more than all else: what the two pixels ahead are is counted with instead.
pub(super) struct Walk<'a, const FORWARD: bool> {
    air: MaskView<'a>,
    way: u32,
    /// The bit of the air pixel among all words of the mask, and how many bits farther lie the tissue pixel and the air pixel ahead.
    place: isize,
    aside: isize,
    ahead: isize,
}

impl<'a, const FORWARD: bool> Walk<'a, FORWARD> {
    /// Begins at a crossing of the mask.
    #[inline(always)]
    pub(super) fn from(crossing: Crossing, air: MaskView<'a>) -> Self {
        let row_bits = 64 * air.words_per_row() as isize;
        let bits = |way: u32| {
            let (down, right) = STEPS[way as usize];
            down * row_bits + right
        };
        let ahead = bits(crossing.travel()) * if FORWARD { 1 } else { -1 };
        Self {
            air,
            way: crossing.way(),
            place: crossing.place() as isize,
            aside: bits(crossing.way()),
            ahead,
        }
    }

    /// Where the walk stands.
    #[inline(always)]
    pub(super) fn crossing(&self) -> Crossing {
        Crossing::new(self.place as usize, self.way)
    }

    /// Goes on to the next crossing along the contour, which must lie within the image.
    #[inline(always)]
    pub(super) fn step(&mut self) {
        let Self { way, place, aside, ahead, .. } = *self;
        // The pixel ahead is tissue: round the corner of the air pixel. It is air, and the one beside it tissue: straight on. Both are
        // air: round the corner of the tissue pixel, which the air beside it faces from the other side. All bits of `on` are set if the
        // one ahead is air, those of `round` if both are.
        let on = self.air_at(place + ahead);
        let round = on & self.air_at(place + ahead + aside);
        let straight = on & !round;
        self.place = place + (ahead & on) + (aside & round);
        self.aside = (ahead & !on) | (aside & straight) | (-ahead & round);
        self.ahead = (-aside & !on) | (ahead & straight) | (aside & round);
        // Both are 0 or -1.
        let turns = (1 + on + round) as u32;
        self.way = (if FORWARD { way.wrapping_add(turns) } else { way.wrapping_sub(turns) }) % 4;
    }

    /// Whether the next step would leave the image.
    pub(super) fn is_at_end(&self) -> bool {
        let to = self.place + self.ahead;
        let (word, bit) = (self.place as usize / 64, self.place as usize % 64);
        let words_per_row = self.air.words_per_row();
        match self.ahead {
            -1 => bit == 0 && word.is_multiple_of(words_per_row),
            1 => bit == (self.air.cols() - 1) % 64 && (word + 1).is_multiple_of(words_per_row),
            _ => to < 0 || to as usize >= 64 * self.air.words().len(),
        }
    }

    /// The bit of the upper or left one of the two pixels among all words of the mask.
    #[inline(always)]
    pub(super) fn first_bit(&self) -> usize {
        (self.place + self.aside.min(0)) as usize
    }

    /// All bits set for air, none for tissue.
    #[inline(always)]
    fn air_at(&self, place: isize) -> isize {
        let word = self.air.words()[place as usize / 64] as isize;
        word << (63 - place as usize % 64) >> 63
    }
}
