//! Transforms of the plane: found from a few pairs of points, fitted to many.

/// A point: column and row, px.
pub(super) type Point = [f64; 2];

/// What a transform may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TransformKind {
    /// Move, turn and scale evenly.
    #[default]
    Similarity,
    /// Also scale unevenly, shear and mirror.
    Affine,
}

impl TransformKind {
    /// Pairs of points that settle it.
    pub(super) fn points(self) -> usize {
        match self {
            Self::Similarity => 2,
            Self::Affine => 3,
        }
    }
}

/// x' = `rows[0]` . (x, y, 1), y' = `rows[1]` . (x, y, 1).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Transform {
    /// The two rows of the matrix.
    pub rows: [[f64; 3]; 2],
}

impl Transform {
    /// Where a point of the first picture lies in the second.
    pub fn apply(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        self.rows.map(|[a, b, c]| a * x + b * y + c)
    }

    /// How much lengths grow, on average: the root of the determinant's size.
    pub fn scale(&self) -> f64 {
        let [[a, b, _], [c, d, _]] = self.rows;
        (a * d - b * c).abs().sqrt()
    }

    /// The transform with the least squares of distances for these pairs; `None` where they do not settle one.
    pub(super) fn fit(kind: TransformKind, pairs: &[(Point, Point)]) -> Option<Self> {
        if pairs.len() < kind.points() {
            return None;
        }
        let count = pairs.len() as f64;
        let mean = |pick: fn(&(Point, Point)) -> f64| pairs.iter().map(pick).sum::<f64>() / count;
        let from = [mean(|p| p.0[0]), mean(|p| p.0[1])];
        let to = [mean(|p| p.1[0]), mean(|p| p.1[1])];
        // Products of the coordinates about the means.
        let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
        let (mut ux, mut uy, mut vx, mut vy) = (0.0, 0.0, 0.0, 0.0);
        for (p, q) in pairs {
            let (x, y, u, v) = (p[0] - from[0], p[1] - from[1], q[0] - to[0], q[1] - to[1]);
            (xx, xy, yy) = (xx + x * x, xy + x * y, yy + y * y);
            (ux, uy, vx, vy) = (ux + u * x, uy + u * y, vx + v * x, vy + v * y);
        }
        let size = xx + yy;
        let linear = match kind {
            TransformKind::Similarity if size > 0.0 => {
                let (along, across) = ((ux + vy) / size, (vx - uy) / size);
                [[along, -across], [across, along]]
            }
            TransformKind::Affine if xx * yy - xy * xy > 1e-9 * size * size => {
                let determinant = xx * yy - xy * xy;
                let row = |x: f64, y: f64| [(x * yy - y * xy) / determinant, (y * xx - x * xy) / determinant];
                [row(ux, uy), row(vx, vy)]
            }
            _ => return None,
        };
        let [rows_x, rows_y] = linear;
        let shift = |[a, b]: [f64; 2], to: f64| [a, b, to - a * from[0] - b * from[1]];
        Some(Self { rows: [shift(rows_x, to[0]), shift(rows_y, to[1])] })
    }
}
