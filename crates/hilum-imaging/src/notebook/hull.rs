//! Areas of the convex hulls of contours, exactly: vertices lie on a lattice of 1/20 px, so all is in whole numbers.
//!
//! After Andrew 1979 (doi:10.1016/0020-0190(79)90072-3), the monotone chain.

use super::crossing::Crossing;

/// A row and a column.
type Point = (i64, i64);

/// The hull of points that come in order of their rows; the memory is kept from contour to contour.
#[derive(Debug, Clone, Default)]
pub(super) struct Hull {
    left: Vec<Point>,
    right: Vec<Point>,
}

impl Hull {
    /// 800 times the area in px of the hull of a contour that closes within the image: twice the area in (1/20 px)^2. It is told from
    /// the first and last pixel inside the contour on every row, from above to below.
    ///
    /// Around every pixel inside it, such a hull holds the points `reach_x20` above, below, and on both sides: either it is a vertex of
    /// the contour, or the pixel there lies inside too, and has its own. So the hull is the sum of the pixels' hull and of a square on
    /// its corner, and its area, after Minkowski, what the two have and, for every side of the pixels' hull, `reach_x20` by the farther
    /// of the distances that it spans down and across.
    #[inline(always)]
    pub(super) fn area_x800(
        &mut self,
        rows: impl Iterator<Item = (usize, usize, usize)>,
        reach_x20: i64,
    ) -> i64 {
        self.left.clear();
        self.right.clear();
        for (row, first, last) in rows {
            self.widen(row as i64, first as i64, last as i64);
        }
        let span =
            |((row, col), (to_row, to_col)): (Point, Point)| (to_row - row).abs().max((to_col - col).abs());
        400 * self.area_x2()
            + 40 * reach_x20 * self.sides().map(span).sum::<i64>()
            + 4 * reach_x20 * reach_x20
    }

    /// The same of any contour, from its vertices; 0 for a straight line.
    pub(super) fn area_x800_of(&mut self, contour: &[Crossing], row_bits: usize) -> i64 {
        let mut vertices: Vec<Point> = contour.iter().map(|crossing| crossing.vertex_x20(row_bits)).collect();
        vertices.sort_unstable();
        self.left.clear();
        self.right.clear();
        for row in vertices.chunk_by(|a, b| a.0 == b.0) {
            self.widen(row[0].0, row[0].1, row[row.len() - 1].1);
        }
        self.area_x2()
    }

    /// Takes in a row below the others, by its first and last point.
    #[inline(always)]
    fn widen(&mut self, row: i64, first: i64, last: i64) {
        // Mirrored, so that both sides turn the same way.
        bend(&mut self.left, (row, first));
        bend(&mut self.right, (row, -last));
    }

    fn area_x2(&self) -> i64 {
        self.sides().map(|(a, b)| cross(a, b)).sum::<i64>().abs()
    }

    /// From corner to corner, all the way round.
    fn sides(&self) -> impl Iterator<Item = (Point, Point)> {
        let right = self.right.iter().map(|&(row, col)| (row, -col));
        let round = self.left.iter().copied().chain(right.rev());
        round.clone().zip(round.skip(1).chain(self.left.first().copied()))
    }
}

/// Adds a point below the others to the left side of a hull, without those that it makes superfluous.
#[inline(always)]
fn bend(side: &mut Vec<Point>, p: Point) {
    while let [.., a, b] = side[..]
        && cross((b.0 - a.0, b.1 - a.1), (p.0 - a.0, p.1 - a.1)) <= 0
    {
        side.pop();
    }
    side.push(p);
}

#[inline(always)]
fn cross(a: Point, b: Point) -> i64 {
    a.0 * b.1 - a.1 * b.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notebook::crossing::{DOWN, LEFT, RIGHT, UP};

    fn of_pixels(rows: &[(usize, usize, usize)], reach_x20: i64) -> i64 {
        Hull::default().area_x800(rows.iter().copied(), reach_x20)
    }

    fn of_vertices(crossings: &[(usize, usize, u32)]) -> i64 {
        let contour: Vec<Crossing> =
            crossings.iter().map(|&(row, col, way)| Crossing::new(64 * row + col, way)).collect();
        Hull::default().area_x800_of(&contour, 64)
    }

    #[test]
    fn known_areas() {
        // A pixel's diamond: diagonals of 1/10 px, and of 19/10 px where the pixel is tissue.
        assert_eq!(of_vertices(&[(7, 3, RIGHT), (7, 3, DOWN), (7, 3, LEFT), (7, 3, UP)]), 4);
        assert_eq!(of_pixels(&[(7, 3, 3)], 1), 4);
        assert_eq!(of_vertices(&[(7, 4, LEFT), (8, 3, UP), (7, 2, RIGHT), (6, 3, DOWN)]), 2 * 38 * 38 / 2);
        assert_eq!(of_pixels(&[(7, 3, 3)], 19), 2 * 38 * 38 / 2);
        // A rectangle of 2 px by 1 px, less its corners, seen from inside.
        let inside = [(0, 0, UP), (0, 2, UP), (0, 2, RIGHT), (1, 2, RIGHT), (1, 2, DOWN), (1, 0, DOWN)];
        let rectangle = [&inside[..], &[(0, 0, LEFT), (1, 0, LEFT), (0, 1, UP), (1, 1, DOWN)]].concat();
        assert_eq!(of_vertices(&rectangle), 2 * (42 * 22) - 4);
        assert_eq!(of_pixels(&[(0, 0, 2), (1, 0, 2)], 1), 2 * (42 * 22) - 4);
        // A line of three pixels, and a dent that no hull follows.
        assert_eq!(of_pixels(&[(0, 0, 2)], 1), 2 * (42 * 2) - 4);
        assert_eq!(of_pixels(&[(0, 0, 2), (1, 1, 1), (2, 0, 2)], 1), 2 * (42 * 42) - 4);
        assert_eq!(of_vertices(&[(0, 0, RIGHT), (1, 0, RIGHT), (2, 0, RIGHT)]), 0);
        assert_eq!(of_vertices(&[]), 0);
    }
}
