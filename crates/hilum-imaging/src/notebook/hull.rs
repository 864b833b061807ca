//! Areas of convex hulls on the integer lattice, exactly.

/// A point in 1/20 px: row and column.
pub(super) type Point = (i64, i64);

/// 800 times the area of the convex hull in px: twice the area in (1/20 px)^2. 0 for fewer than three points or a
/// straight line. Sorts `points`.
///
/// After Andrew 1979 (doi:10.1016/0020-0190(79)90072-3): the monotone chain.
pub(super) fn hull_area_x800(points: &mut Vec<Point>) -> i64 {
    points.sort_unstable();
    points.dedup();
    let lower = chain(points.iter().copied());
    let upper = chain(points.iter().rev().copied());
    let hull: Vec<Point> = lower.into_iter().chain(upper).collect();
    (0..hull.len()).map(|i| cross(hull[i], hull[(i + 1) % hull.len()])).sum::<i64>().abs()
}

/// One side of the hull, without its last point, which begins the other side.
fn chain(points: impl Iterator<Item = Point>) -> Vec<Point> {
    let mut side: Vec<Point> = Vec::new();
    for p in points {
        while let [.., a, b] = side[..]
            && cross((b.0 - a.0, b.1 - a.1), (p.0 - a.0, p.1 - a.1)) <= 0
        {
            side.pop();
        }
        side.push(p);
    }
    side.pop();
    side
}

fn cross(a: Point, b: Point) -> i64 {
    a.0 * b.1 - a.1 * b.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_areas() {
        let mut diamond = vec![(1, 0), (0, 1), (-1, 0), (0, -1)];
        assert_eq!(hull_area_x800(&mut diamond), 4);
        let mut square = vec![(0, 0), (20, 0), (0, 20), (20, 20), (10, 10), (10, 0)];
        assert_eq!(hull_area_x800(&mut square), 800);
        assert_eq!(hull_area_x800(&mut vec![(0, 0), (1, 1), (2, 2)]), 0);
        assert_eq!(hull_area_x800(&mut vec![(3, 3)]), 0);
    }
}
