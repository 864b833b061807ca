//! Solids with signed distances in mm, negative inside: tubes, ellipsoids, upright columns, and the ovals that a torso
//! is made of.

/// A point: x to the left, y to posterior, z to superior, mm.
pub(crate) type Point = [f32; 3];

pub(crate) fn sub(a: Point, b: Point) -> Point {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

/// `a + b * t`
pub(crate) fn along(a: Point, b: Point, t: f32) -> Point {
    [a[0] + b[0] * t, a[1] + b[1] * t, a[2] + b[2] * t]
}

pub(crate) fn dot(a: Point, b: Point) -> f32 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

pub(crate) fn length(a: Point) -> f32 {
    dot(a, a).sqrt()
}

pub(crate) fn cross(a: Point, b: Point) -> Point {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

/// The unit vector along `a`; upwards if `a` has no length.
pub(crate) fn unit(a: Point) -> Point {
    let n = length(a);
    if n > 1e-6 { a.map(|x| x / n) } else { [0.0, 0.0, 1.0] }
}

/// The mirror image on the other side of the body.
pub(crate) fn mirrored(a: Point) -> Point {
    [-a[0], a[1], a[2]]
}

/// The fraction of a pixel that lies inside a surface at signed distance `distance`, if the edge is blurred over
/// `blur` to either side.
pub(crate) fn cover(distance: f32, blur: f32) -> f32 {
    let t = (0.5 - 0.5 * distance / blur).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// The larger of two distances, with the corner rounded over `round` mm: an intersection.
pub(crate) fn intersect(a: f32, b: f32, round: f32) -> f32 {
    let h = (round - (a - b).abs()).max(0.0) / round;
    a.max(b) + h * h * round * 0.25
}

/// The smaller of two distances, with the corner rounded over `round` mm: a union.
pub(crate) fn unite(a: f32, b: f32, round: f32) -> f32 {
    -intersect(-a, -b, round)
}

/// A value that changes along the patient: straight lines through `(z, value)` points of ascending z, eased so that
/// outlines have no kinks, constant beyond the ends.
pub(crate) fn profile(z: f32, points: &[(f32, f32)]) -> f32 {
    let above = points.iter().position(|&(height, _)| height > z);
    match above {
        Some(0) => points[0].1,
        None => points[points.len() - 1].1,
        Some(n) => {
            let ((z0, v0), (z1, v1)) = (points[n - 1], points[n]);
            let t = (z - z0) / (z1 - z0);
            let eased = 0.5 * t + 0.5 * t * t * (3.0 - 2.0 * t);
            v0 + (v1 - v0) * eased
        }
    }
}

/// A box in the axial plane.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Extent {
    pub(crate) centre: [f32; 2],
    pub(crate) half: [f32; 2],
}

impl Extent {
    pub(crate) fn holds(&self, x: f32, y: f32) -> bool {
        (x - self.centre[0]).abs() <= self.half[0] && (y - self.centre[1]).abs() <= self.half[1]
    }
}

/// A round, tapering tube with rounded ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Tube {
    pub(crate) start: Point,
    pub(crate) end: Point,
    pub(crate) start_radius: f32,
    pub(crate) end_radius: f32,
}

impl Tube {
    pub(crate) fn new(start: Point, start_radius: f32, end: Point, end_radius: f32) -> Self {
        Self { start, end, start_radius, end_radius }
    }

    /// Distance from the axis, and the radius there.
    pub(crate) fn axis(&self, at: Point) -> (f32, f32) {
        let (d, p) = (sub(self.end, self.start), sub(at, self.start));
        let t = (dot(p, d) / dot(d, d).max(1e-9)).clamp(0.0, 1.0);
        (length(sub(p, d.map(|x| x * t))), self.start_radius + (self.end_radius - self.start_radius) * t)
    }

    pub(crate) fn distance(&self, at: Point) -> f32 {
        let (from_axis, radius) = self.axis(at);
        from_axis - radius
    }

    /// The box that holds every point of plane `z` within `margin` of the tube.
    pub(crate) fn extent(&self, z: f32, margin: f32) -> Option<Extent> {
        let reach = self.start_radius.max(self.end_radius) + margin;
        let (a, b) = (self.start, self.end);
        let rise = b[2] - a[2];
        let (near, far) = if rise.abs() < 1e-3 {
            ((z - a[2]).abs() <= reach).then_some((0.0, 1.0))?
        } else {
            let (t0, t1) = ((z - reach - a[2]) / rise, (z + reach - a[2]) / rise);
            let (near, far) = (t0.min(t1).max(0.0), t0.max(t1).min(1.0));
            (near <= far).then_some((near, far))?
        };
        let (p, q) = (along(a, sub(b, a), near), along(a, sub(b, a), far));
        Some(Extent {
            centre: [(p[0] + q[0]) / 2.0, (p[1] + q[1]) / 2.0],
            half: [(p[0] - q[0]).abs() / 2.0 + reach, (p[1] - q[1]).abs() / 2.0 + reach],
        })
    }
}

/// A solid of the body.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Shape {
    Tube(Tube),
    /// Radii along x, y, z; turned about z by the angle whose sine is given.
    Ellipsoid {
        centre: Point,
        radii: Point,
        turn_sine: f32,
    },
    /// An upright column with an oval section: radii along x and y, half its height along z.
    Column {
        centre: Point,
        radii: Point,
    },
}

impl Shape {
    pub(crate) fn ellipsoid(centre: Point, radii: Point) -> Self {
        Self::Ellipsoid { centre, radii, turn_sine: 0.0 }
    }

    pub(crate) fn tube(start: Point, start_radius: f32, end: Point, end_radius: f32) -> Self {
        Self::Tube(Tube::new(start, start_radius, end, end_radius))
    }

    /// The mirror image on the other side of the body.
    pub(crate) fn mirrored(self) -> Self {
        match self {
            Self::Tube(t) => Self::Tube(Tube { start: mirrored(t.start), end: mirrored(t.end), ..t }),
            Self::Ellipsoid { centre, radii, turn_sine } => {
                Self::Ellipsoid { centre: mirrored(centre), radii, turn_sine: -turn_sine }
            }
            Self::Column { centre, radii } => Self::Column { centre: mirrored(centre), radii },
        }
    }

    /// Signed distance: exact for tubes, first order near the surface for the others.
    pub(crate) fn distance(&self, at: Point) -> f32 {
        match *self {
            Self::Tube(tube) => tube.distance(at),
            Self::Ellipsoid { centre, radii, turn_sine } => {
                let [x, y, z] = sub(at, centre);
                let cosine = (1.0 - turn_sine * turn_sine).sqrt();
                let local = [cosine * x + turn_sine * y, cosine * y - turn_sine * x, z];
                ellipsoid_distance(local, radii)
            }
            Self::Column { centre, radii } => {
                let [x, y, z] = sub(at, centre);
                let round = radii[0].min(radii[1]) * 0.2;
                intersect(ellipsoid_distance([x, y, 0.0], radii), z.abs() - radii[2], round)
            }
        }
    }

    /// The box that holds every point of plane `z` within `margin` of the solid.
    pub(crate) fn extent(&self, z: f32, margin: f32) -> Option<Extent> {
        match *self {
            Self::Tube(tube) => tube.extent(z, margin),
            Self::Ellipsoid { centre, radii, turn_sine } => {
                let reach = if turn_sine == 0.0 { [radii[0], radii[1]] } else { [radii[0].max(radii[1]); 2] };
                let half = reach.map(|r| r + margin);
                ((z - centre[2]).abs() <= radii[2] + margin)
                    .then_some(Extent { centre: [centre[0], centre[1]], half })
            }
            Self::Column { centre, radii } => {
                ((z - centre[2]).abs() <= radii[2] + margin).then_some(Extent {
                    centre: [centre[0], centre[1]],
                    half: [radii[0] + margin, radii[1] + margin],
                })
            }
        }
    }
}

fn ellipsoid_distance(local: Point, radii: Point) -> f32 {
    let scaled = [0, 1, 2].map(|axis| local[axis] / radii[axis]);
    let slope = length([0, 1, 2].map(|axis| scaled[axis] / radii[axis]));
    let level = length(scaled);
    if slope > 1e-9 { level * (level - 1.0) / slope } else { -radii[0].min(radii[1]).min(radii[2]) }
}

/// A closed outline in the axial plane between an ellipse and a rounded rectangle, symmetric about x = 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Oval {
    pub(crate) half_width: f32,
    pub(crate) half_depth: f32,
    pub(crate) centre_y: f32,
    /// 0 for an ellipse, 1 for |x|^4 + |y|^4 = 1.
    pub(crate) squareness: f32,
    /// The front half has this much of the squareness.
    pub(crate) front: f32,
}

impl Oval {
    /// Distance along the ray from the centre: within a few per cent of the true distance near the outline.
    pub(crate) fn distance(&self, x: f32, y: f32) -> f32 {
        let y = y - self.centre_y;
        let (s, t) = (x / self.half_width, y / self.half_depth);
        let (u, v) = (s * s, t * t);
        let squareness = if y > 0.0 { self.squareness } else { self.squareness * self.front };
        let level = (1.0 - squareness) * (u + v).sqrt() + squareness * (u * u + v * v).sqrt().sqrt();
        let from_centre = (x * x + y * y).sqrt();
        if level > 1e-3 { from_centre * (1.0 - 1.0 / level) } else { -self.half_width.min(self.half_depth) }
    }

    /// How far round the outline a point lies: 0 at the back, 0.5 at the side, 1 in front.
    pub(crate) fn turn(&self, x: f32, y: f32) -> f32 {
        let (u, v) = (x.abs() / self.half_width, (y - self.centre_y) / self.half_depth);
        0.5 - 0.5 * v / (u + v.abs()).max(1e-6)
    }

    /// The smallest y on the midline.
    pub(crate) fn front_y(&self) -> f32 {
        self.centre_y - self.half_depth
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_millimetres_from_the_surface() {
        let tube = Shape::tube([0.0, 0.0, 0.0], 4.0, [0.0, 0.0, 20.0], 2.0);
        assert_eq!(tube.distance([5.0, 0.0, 10.0]), 2.0);
        assert_eq!(tube.distance([0.0, 0.0, 25.0]), 3.0);
        let ball = Shape::ellipsoid([1.0, 0.0, 0.0], [6.0, 6.0, 6.0]);
        assert!((ball.distance([1.0, 9.0, 0.0]) - 3.0).abs() < 1e-4);
        let column = Shape::Column { centre: [0.0; 3], radii: [10.0, 10.0, 5.0] };
        assert!((column.distance([0.0, 0.0, 8.0]) - 3.0).abs() < 1e-4);
        let oval = Oval { half_width: 10.0, half_depth: 10.0, centre_y: 2.0, squareness: 0.0, front: 1.0 };
        assert!((oval.distance(0.0, 15.0) - 3.0).abs() < 1e-4);
    }

    #[test]
    fn extents_hold_their_solid() {
        let shapes = [
            Shape::tube([-3.0, 2.0, -8.0], 2.0, [9.0, -4.0, 7.0], 1.0),
            Shape::Ellipsoid { centre: [1.0, 2.0, 0.5], radii: [9.0, 3.0, 6.0], turn_sine: 0.6 },
            Shape::Column { centre: [0.0, -1.0, 0.0], radii: [5.0, 3.0, 4.0] },
        ];
        for shape in shapes.into_iter().flat_map(|shape| [shape, shape.mirrored()]) {
            for step in 0..32 * 32 * 25 {
                let at = [step % 32 - 16, step / 32 % 32 - 16, step / 1024 - 12].map(|v| v as f32 * 0.9);
                if shape.distance(at) <= 0.0 {
                    assert!(shape.extent(at[2], 0.1).unwrap().holds(at[0], at[1]), "{shape:?} at {at:?}");
                }
            }
        }
    }

    #[test]
    fn profiles_pass_through_their_points() {
        let points = [(-10.0, 1.0), (0.0, 3.0), (20.0, 2.0)];
        for (z, value) in points {
            assert_eq!(profile(z, &points), value);
        }
        assert_eq!((profile(-99.0, &points), profile(99.0, &points)), (1.0, 2.0));
    }
}
