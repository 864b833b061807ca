//! Contours that run from border to border of the image and have no hull.
//!
//! The notebook takes the convex hull of every contour, also of those that end at the image's border and are then thrown
//! away; Qhull stops with an exception when all vertices lie on one line. So it stops on a corner pixel of air, on a row of
//! air along a whole border, on any straight boundary across the image, on a corner cut off at 45 degrees.

use hilum_core::MaskView;

/// A point in 1/20 px: row and column.
type Point = (i64, i64);

/// A crossing of air and tissue between two neighbouring pixels: the air pixel, and the step to the tissue pixel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Crossing {
    air: (i64, i64),
    step: (i64, i64),
}

impl Crossing {
    fn vertex(self) -> Point {
        (20 * self.air.0 + self.step.0, 20 * self.air.1 + self.step.1)
    }

    /// The next crossing along the contour, turning round the air pixel with the tissue on the side of `step`; `turn` is the
    /// direction of travel along the boundary. `None` where the contour leaves the image.
    fn next(
        self,
        turn: (i64, i64),
        is_air: &impl Fn((i64, i64)) -> Option<bool>,
    ) -> Option<(Self, (i64, i64))> {
        let ahead = add(self.air, turn);
        let ahead_is_air = is_air(ahead)?;
        if !ahead_is_air {
            // Round the corner of the air pixel: air regions are 4-connected, so this comes before any diagonal.
            return Some((Self { air: self.air, step: turn }, negate(self.step)));
        }
        let diagonal = add(ahead, self.step);
        Some(if is_air(diagonal)? {
            // Into the inner corner: the diagonal air pixel faces the tissue from the other side.
            (Self { air: diagonal, step: negate(turn) }, self.step)
        } else {
            (Self { air: ahead, step: self.step }, turn)
        })
    }
}

fn add(a: (i64, i64), b: (i64, i64)) -> (i64, i64) {
    (a.0 + b.0, a.1 + b.1)
}

fn negate(a: (i64, i64)) -> (i64, i64) {
    (-a.0, -a.1)
}

/// Whether some contour that ends at the border of the image has all its vertices on one line.
pub(super) fn any_is_straight(air: MaskView<'_>) -> bool {
    let (rows, cols) = (air.rows() as i64, air.cols() as i64);
    let is_air = |(row, col): (i64, i64)| -> Option<bool> {
        ((0..rows).contains(&row) && (0..cols).contains(&col)).then(|| air.get(row as usize, col as usize))
    };
    // Walk round the border; wherever air and tissue meet, an open contour ends.
    let along_row =
        |row: i64, inwards: i64| (0..cols - 1).map(move |c| ((row, c), (row, c + 1), (inwards, 0)));
    let along_col =
        |col: i64, inwards: i64| (0..rows - 1).map(move |r| ((r, col), (r + 1, col), (0, inwards)));
    let ends =
        along_row(0, 1).chain(along_row(rows - 1, -1)).chain(along_col(0, 1)).chain(along_col(cols - 1, -1));
    ends.filter_map(|(a, b, inwards)| match (is_air(a)?, is_air(b)?) {
        (true, false) => Some((Crossing { air: a, step: (b.0 - a.0, b.1 - a.1) }, inwards)),
        (false, true) => Some((Crossing { air: b, step: (a.0 - b.0, a.1 - b.1) }, inwards)),
        _ => None,
    })
    .any(|(start, inwards)| is_straight(start, inwards, &is_air))
}

fn is_straight(start: Crossing, inwards: (i64, i64), is_air: &impl Fn((i64, i64)) -> Option<bool>) -> bool {
    let first = start.vertex();
    let mut direction: Option<Point> = None;
    let (mut crossing, mut turn) = (start, inwards);
    while let Some((next, next_turn)) = crossing.next(turn, is_air) {
        (crossing, turn) = (next, next_turn);
        let vertex = crossing.vertex();
        let offset = (vertex.0 - first.0, vertex.1 - first.1);
        match direction {
            None => direction = Some(offset),
            Some(d) if d.0 * offset.1 != d.1 * offset.0 => return false,
            Some(_) => {}
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use hilum_core::Mask;

    #[test]
    fn straight_contours_are_seen() {
        let straight = [
            "# . . .\n. . . .\n. . . .",
            "# # . .\n# . . .\n. . . .",
            "# # # #\n. . . .\n. . . .",
            "# # . .\n# # . .\n# # . .",
            ". # # #\n# # # #\n# # # #",
        ];
        for picture in straight {
            assert!(any_is_straight(Mask::drawn(picture).view()), "{picture}");
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
            assert!(!any_is_straight(Mask::drawn(picture).view()), "{picture}");
        }
    }
}
