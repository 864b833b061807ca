//! A step along a contour: from one crossing of air and tissue to the next.
//!
//! scikit-image's `find_contours` puts a vertex on every pair of neighbouring pixels of which one is air and one is
//! tissue; at level 0.95 it lies 1/20 px from the centre of the air pixel. Air is 4-connected and tissue 8-connected: where
//! two pixels of each meet in a corner, the contour goes round the air.

use hilum_core::MaskView;

/// Steps in rows and columns, clockwise from up; a way is an index into it.
const STEPS: [(i32, i32); 4] = [(-1, 0), (0, 1), (1, 0), (0, -1)];
pub(super) const UP: u8 = 0;
pub(super) const RIGHT: u8 = 1;
pub(super) const DOWN: u8 = 2;
pub(super) const LEFT: u8 = 3;

/// Two neighbouring pixels, air and tissue, and with them a vertex of a contour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Crossing {
    /// Row of the air pixel.
    pub(super) row: i32,
    /// Column of the air pixel.
    pub(super) col: i32,
    /// The way from the air pixel to the tissue pixel.
    pub(super) way: u8,
}

impl Crossing {
    /// The way in which the contour is followed: with the tissue on the left.
    pub(super) fn travel(self) -> u8 {
        (self.way + 1) % 4
    }

    /// The vertex in 1/20 px: row and column.
    pub(super) fn vertex_x20(self) -> (i32, i32) {
        let (down, right) = STEPS[usize::from(self.way)];
        (20 * self.row + down, 20 * self.col + right)
    }

    /// The upper or left one of the two pixels.
    #[inline(always)]
    pub(super) fn first_pixel(self) -> (i32, i32) {
        (self.row - i32::from(self.way == UP), self.col - i32::from(self.way == LEFT))
    }

    /// Whether the two pixels lie in one row.
    #[inline(always)]
    pub(super) fn is_across(self) -> bool {
        self.way % 2 == 1
    }

    /// The next crossing along the contour; `None` where the contour leaves the image.
    #[inline(always)]
    pub(super) fn next(self, air: MaskView<'_>) -> Option<Self> {
        let Self { row, col, way } = self;
        let travel = self.travel();
        let (down, right) = STEPS[usize::from(travel)];
        let (row_ahead, col_ahead) = (row + down, col + right);
        if row_ahead < 0 || col_ahead < 0 || row_ahead >= air.rows() as i32 || col_ahead >= air.cols() as i32
        {
            return None;
        }
        if !is_air(air, row_ahead, col_ahead) {
            // Round the corner of the air pixel.
            return Some(Self { row, col, way: travel });
        }
        let (down, right) = STEPS[usize::from(way)];
        let (row_beside, col_beside) = (row_ahead + down, col_ahead + right);
        Some(if is_air(air, row_beside, col_beside) {
            // Round the corner of the tissue pixel: the air there faces it from the other side.
            Self { row: row_beside, col: col_beside, way: (way + 3) % 4 }
        } else {
            Self { row: row_ahead, col: col_ahead, way }
        })
    }
}

#[inline(always)]
fn is_air(air: MaskView<'_>, row: i32, col: i32) -> bool {
    let word = air.words()[row as usize * air.words_per_row() + col as usize / 64];
    word >> (col % 64) & 1 == 1
}
