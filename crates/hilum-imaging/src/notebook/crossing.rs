//! A step along a contour: from one crossing of air and tissue to the next.
//!
//! scikit-image's `find_contours` puts a vertex on every pair of neighbouring pixels of which one is air and one is
//! tissue; at level 0.95 it lies 1/20 px from the centre of the air pixel. Air is 4-connected and tissue 8-connected: where
//! two pixels of each meet in a corner, the contour goes round the air.

use hilum_core::MaskView;

/// Steps in rows and columns, clockwise from up; a way is an index into it.
pub(super) const STEPS: [(i32, i32); 4] = [(-1, 0), (0, 1), (1, 0), (0, -1)];
pub(super) const UP: u32 = 0;
pub(super) const RIGHT: u32 = 1;
pub(super) const DOWN: u32 = 2;
pub(super) const LEFT: u32 = 3;

/// Bits that hold a row or a column.
const PLACE_BITS: u32 = hilum_core::MOST_SLICE_SIDE_PX.ilog2() + 1;

/// Two neighbouring pixels, air and tissue, and with them a vertex of a contour: row and column of the air pixel, and the way from
/// there to the tissue pixel. In one word, since contours have thousands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Crossing(u32);

impl Crossing {
    /// The crossing from the air pixel at a row and column to its neighbour on one `way`.
    #[inline(always)]
    pub(super) fn new(row: i32, col: i32, way: u32) -> Self {
        Self((row as u32) << (PLACE_BITS + 2) | (col as u32) << 2 | way)
    }

    /// Row of the air pixel.
    #[inline(always)]
    pub(super) fn row(self) -> i32 {
        (self.0 >> (PLACE_BITS + 2)) as i32
    }

    /// Column of the air pixel.
    #[inline(always)]
    pub(super) fn col(self) -> i32 {
        (self.0 >> 2 & ((1 << PLACE_BITS) - 1)) as i32
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

    /// The vertex in 1/20 px: row and column.
    pub(super) fn vertex_x20(self) -> (i32, i32) {
        let (down, right) = STEPS[self.way() as usize];
        (20 * self.row() + down, 20 * self.col() + right)
    }
}

/// A walk along a contour. It turns at every other step, to either side as it comes, so a branch for each turn would cost more than
/// all else: what the two pixels ahead are is counted with instead.
pub(super) struct Walk<'a> {
    air: MaskView<'a>,
    row: i32,
    col: i32,
    way: u32,
    /// The bit of the air pixel among all words of the mask, and how many bits farther lie the tissue pixel and the air pixel ahead.
    place: isize,
    aside: isize,
    ahead: isize,
}

impl<'a> Walk<'a> {
    /// Begins at a crossing of the mask.
    pub(super) fn from(crossing: Crossing, air: MaskView<'a>) -> Self {
        let row_bits = 64 * air.words_per_row() as isize;
        let bits = |way: u32| {
            let (down, right) = STEPS[way as usize];
            down as isize * row_bits + right as isize
        };
        let (row, col, way) = (crossing.row(), crossing.col(), crossing.way());
        let place = row as isize * row_bits + col as isize;
        Self { air, row, col, way, place, aside: bits(way), ahead: bits(crossing.travel()) }
    }

    /// Goes on to the next crossing along the contour; `None` where the contour leaves the image.
    #[inline(always)]
    pub(super) fn step(&mut self) -> Option<Crossing> {
        let Self { row, col, way, place, aside, ahead, .. } = *self;
        let (down, right) = STEPS[way as usize % 4];
        // Ahead lies a turn to the right of what is beside.
        let (row_ahead, col_ahead) = (row + right, col - down);
        // Before the first row or column these are large numbers.
        if row_ahead as u32 >= self.air.rows() as u32 || col_ahead as u32 >= self.air.cols() as u32 {
            return None;
        }
        // The pixel ahead is tissue: round the corner of the air pixel. It is air, and the one beside it tissue: straight on. Both are
        // air: round the corner of the tissue pixel, which the air beside it faces from the other side.
        let on = self.air_at(place + ahead);
        let round = on & self.air_at(place + ahead + aside);
        let (on_mask, round_mask) = (-(on as isize), -(round as isize));
        let straight_mask = on_mask & !round_mask;
        self.place = place + (ahead & on_mask) + (aside & round_mask);
        self.aside = (ahead & !on_mask) | (aside & straight_mask) | (-ahead & round_mask);
        self.ahead = (-aside & !on_mask) | (ahead & straight_mask) | (aside & round_mask);

        let (on_mask, round_mask) = (on_mask as i32, round_mask as i32);
        self.row = row + (right & on_mask) + (down & round_mask);
        self.col = col - (down & on_mask) + (right & round_mask);
        self.way = (way + 1).wrapping_sub(on as u32 + round as u32) % 4;
        Some(Crossing::new(self.row, self.col, self.way))
    }

    /// The bit of the upper or left one of the two pixels among all words of the mask.
    #[inline(always)]
    pub(super) fn first_bit(&self) -> usize {
        (self.place + self.aside.min(0)) as usize
    }

    /// 1 for air, 0 for tissue.
    #[inline(always)]
    fn air_at(&self, place: isize) -> u64 {
        self.air.words()[place as usize / 64] >> (place as usize % 64) & 1
    }
}
