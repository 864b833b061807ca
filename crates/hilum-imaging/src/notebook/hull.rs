//! Areas of the convex hulls of contours, exactly: vertices lie on a lattice of 1/20 px, so all is in whole numbers.
//!
//! After Andrew 1979 (doi:10.1016/0020-0190(79)90072-3), the monotone chain, on the first and last vertex of every row.

use super::crossing::{Crossing, STEPS};
use std::ops::Range;

/// A vertex in 1/20 px: row and column.
type Point = (i64, i64);

/// The first and last vertex of every row of the lattice that holds any; the memory is kept from contour to contour.
#[derive(Debug, Clone, Default)]
pub(super) struct Hull {
    /// Three rows of vertices for a row of air pixels: 1/20 px above, on, and 1/20 px below their centres.
    ends: Vec<(i32, i32)>,
    left: Vec<Point>,
    right: Vec<Point>,
}

impl Hull {
    /// 800 times the area of the convex hull in px: twice the area in (1/20 px)^2. 0 for a straight line. `rows` are those
    /// of the contour's air pixels.
    pub(super) fn area_x800(&mut self, contour: &[Crossing], rows: Range<i32>) -> i64 {
        self.ends.clear();
        self.ends.resize(3 * rows.len(), (i32::MAX, i32::MIN));
        for crossing in contour {
            let (down, right) = STEPS[crossing.way() as usize];
            let (first, last) = &mut self.ends[(3 * (crossing.row() - rows.start) + 1 + down) as usize];
            let col = 20 * crossing.col() + right;
            *first = (*first).min(col);
            *last = (*last).max(col);
        }
        self.left.clear();
        self.right.clear();
        let at_row = |(index, &(first, last)): (usize, &(i32, i32))| {
            let row = 20 * (i64::from(rows.start) + index as i64 / 3) + index as i64 % 3 - 1;
            (row, i64::from(first), i64::from(last))
        };
        for (row, first, last) in
            self.ends.iter().enumerate().map(at_row).filter(|(_, first, last)| first <= last)
        {
            // Mirrored, so that both sides turn the same way.
            bend(&mut self.left, (row, first));
            bend(&mut self.right, (row, -last));
        }
        let right = self.right.iter().map(|&(row, col)| (row, -col));
        let round = || self.left.iter().copied().chain(right.clone().rev());
        let Some(start) = self.left.first().copied() else { return 0 };
        let next = round().skip(1).chain([start]);
        round().zip(next).map(|(a, b)| cross(a, b)).sum::<i64>().abs()
    }
}

/// Adds a point below the others to the left side of a hull, without those that it makes superfluous.
fn bend(side: &mut Vec<Point>, p: Point) {
    while let [.., a, b] = side[..]
        && cross((b.0 - a.0, b.1 - a.1), (p.0 - a.0, p.1 - a.1)) <= 0
    {
        side.pop();
    }
    side.push(p);
}

fn cross(a: Point, b: Point) -> i64 {
    a.0 * b.1 - a.1 * b.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notebook::crossing::{DOWN, LEFT, RIGHT, UP};

    fn area_x800(crossings: &[(i32, i32, u32)]) -> i64 {
        let contour: Vec<Crossing> =
            crossings.iter().map(|&(row, col, way)| Crossing::new(row, col, way)).collect();
        Hull::default().area_x800(&contour, 0..9)
    }

    #[test]
    fn known_areas() {
        // A pixel's diamond: diagonals of 1/10 px.
        assert_eq!(area_x800(&[(7, 3, RIGHT), (7, 3, DOWN), (7, 3, LEFT), (7, 3, UP)]), 4);
        // A rectangle of 2 px by 1 px, less its corners, seen from inside.
        let inside = [(0, 0, UP), (0, 2, UP), (0, 2, RIGHT), (1, 2, RIGHT), (1, 2, DOWN), (1, 0, DOWN)];
        let rectangle = [&inside[..], &[(0, 0, LEFT), (1, 0, LEFT), (0, 1, UP), (1, 1, DOWN)]].concat();
        assert_eq!(area_x800(&rectangle), 2 * (42 * 22) - 4);
        assert_eq!(area_x800(&[(0, 0, RIGHT), (1, 0, RIGHT), (2, 0, RIGHT)]), 0);
        assert_eq!(area_x800(&[]), 0);
    }
}
