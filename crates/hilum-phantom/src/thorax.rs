//! The cavity of the chest: rib cage, domes of the diaphragm, and what is left for the lungs.
//!
//! A lung is the inside of the cage, above its dome, under its apex, and clear of spine, mediastinum and the organs
//! that ask for room. All distances are signed, mm, negative inside.

use crate::patient::Patient;
use crate::shape::{Extent, Oval, Point, Shape, intersect, profile, unite};

/// Inner surface of the cage (the pleura): z, half width, half depth, centre y.
const CAGE: [(f32, f32, f32, f32); 9] = [
    (-220.0, 140.0, 96.0, 0.0),
    (-140.0, 144.0, 96.0, -1.0),
    (-90.0, 142.0, 94.0, -2.0),
    (-40.0, 136.0, 90.0, -2.0),
    (0.0, 129.0, 84.0, 0.0),
    (30.0, 120.0, 76.0, 3.0),
    (60.0, 103.0, 62.0, 8.0),
    (90.0, 77.0, 44.0, 14.0),
    (112.0, 52.0, 30.0, 19.0),
];
/// Centre of the vertebral bodies: z, y.
const SPINE_Y: [(f32, f32); 7] =
    [(-220.0, 44.0), (-120.0, 58.0), (-60.0, 63.0), (0.0, 61.0), (60.0, 50.0), (90.0, 41.0), (130.0, 28.0)];
/// Half the width of the mediastinum halfway between sternum and spine, and before the spine.
const MIDDLE_MM: [(f32, f32); 6] =
    [(-160.0, 26.0), (-80.0, 18.0), (-20.0, 22.0), (20.0, 27.0), (60.0, 27.0), (110.0, 26.0)];
/// Half the width behind the sternum, added to the patient's anterior junction.
const FRONT_MM: [(f32, f32); 6] =
    [(-140.0, 16.0), (-80.0, 8.0), (-20.0, 1.5), (25.0, 2.0), (60.0, 14.0), (100.0, 24.0)];
/// The heart lies to the left, and so does the tissue before it.
const LEAN_MM: [(f32, f32); 3] = [(-140.0, 24.0), (-50.0, 8.0), (10.0, -2.0)];
/// Centres (x, y) of the domes' tops and their height.
const RIGHT_DOME: Point = [-76.0, -8.0, -85.0];
const LEFT_DOME: Point = [74.0, -6.0, -95.0];

/// The chest of one patient.
#[derive(Debug, Clone)]
pub(crate) struct Thorax {
    cage_width: f32,
    cage_depth: f32,
    dome_lift_mm: f32,
    junction_mm: f32,
    /// Organs that push the lung away, each with the margin around it.
    obstacles: Vec<(Shape, f32)>,
}

/// The chest at one height.
pub(crate) struct Level<'a> {
    pub(crate) z: f32,
    pub(crate) cage: Oval,
    pub(crate) spine_y: f32,
    thorax: &'a Thorax,
    middle_mm: f32,
    front_mm: f32,
    /// How far left of the midline the lungs part in front.
    lean_mm: f32,
    /// Radii of the rounded tops of the lungs; `None` below them.
    apex: Option<[f32; 2]>,
    obstacles: Vec<Obstacle>,
}

/// An organ that pushes the lung away at one height.
struct Obstacle {
    shape: Shape,
    margin: f32,
    /// Beyond this box it has no say.
    near: Extent,
}

/// Centre y of the vertebral body at height `z`.
pub(crate) fn spine_y(z: f32) -> f32 {
    profile(z, &SPINE_Y)
}

impl Thorax {
    pub(crate) fn new(patient: &Patient, obstacles: Vec<(Shape, f32)>) -> Self {
        Self {
            cage_width: patient.cage_width,
            cage_depth: patient.cage_depth,
            dome_lift_mm: patient.dome_lift_mm,
            junction_mm: patient.junction_mm,
            obstacles,
        }
    }

    /// The inner outline of the cage at height `z`.
    pub(crate) fn cage(&self, z: f32) -> Oval {
        let column = |n: usize| profile(z, &CAGE.map(|row| (row.0, [row.1, row.2, row.3][n])));
        Oval {
            half_width: column(0) * self.cage_width,
            half_depth: column(1) * self.cage_depth,
            centre_y: column(2),
            squareness: 0.55,
            front: 0.1,
        }
    }

    /// The cross-section at height `z`.
    pub(crate) fn level(&self, z: f32) -> Level<'_> {
        let reach = 12.0;
        let apex = (z > 20.0).then(|| {
            let rise = (z - 20.0) / 82.0;
            let round = (1.0 - rise * rise).max(0.0).sqrt();
            let narrowing = round * round.sqrt();
            [86.0 * narrowing, 90.0 * narrowing]
        });
        Level {
            z,
            cage: self.cage(z),
            spine_y: spine_y(z),
            thorax: self,
            middle_mm: profile(z, &MIDDLE_MM),
            front_mm: profile(z, &FRONT_MM) + self.junction_mm,
            lean_mm: profile(z, &LEAN_MM),
            apex,
            obstacles: self
                .obstacles
                .iter()
                .filter_map(|&(shape, margin)| {
                    let near = shape.extent(z, margin + reach)?;
                    Some(Obstacle { shape, margin, near })
                })
                .collect(),
        }
    }

    /// Signed distance of a point from the surface of the lungs.
    pub(crate) fn lung(&self, at: Point) -> f32 {
        self.level(at[2]).lung(at[0], at[1])
    }
}

impl Level<'_> {
    /// Signed distance from the inner surface of the cage, with the gutters beside the spine.
    pub(crate) fn pleura(&self, x: f32, y: f32) -> f32 {
        let side = ((x.abs() - 52.0) / 46.0).abs();
        let depth = ((y - self.cage.centre_y) / self.cage.half_depth - 0.2).clamp(0.0, 0.8);
        let gutter = (1.0 - side * side).max(0.0);
        self.cage.distance(x, y) - 13.0 * gutter * gutter * depth
    }

    /// Signed distance from the lungs.
    pub(crate) fn lung(&self, x: f32, y: f32) -> f32 {
        let mut inside = self.pleura(x, y);
        if inside > 15.0 {
            return inside;
        }
        inside = intersect(inside, -self.under_dome(x, y), 9.0);
        if let Some([rx, ry]) = self.apex {
            inside = intersect(inside, apex_distance(x.abs() - 55.0, y - 8.0, rx, ry), 6.0);
        }
        if inside > 15.0 {
            return inside;
        }
        intersect(inside, -self.mediastinum(x, y), 7.0)
    }

    /// Signed distance from the space under the diaphragm: negative where liver, stomach and spleen may lie.
    pub(crate) fn under_dome(&self, x: f32, y: f32) -> f32 {
        let [cx, cy, top] = if x < 0.0 { RIGHT_DOME } else { LEFT_DOME };
        let width = if (x < cx) == (x < 0.0) { 68.0 } else { 78.0 };
        let depth = if y > cy { 82.0 } else { 96.0 };
        let (u, v) = ((x - cx) / width, (y - cy) / depth);
        let q = u * u + v * v;
        let flare = 1.0 + 0.12 * q;
        let fall = 58.0 * q / flare;
        let slope_per_q = 58.0 / (flare * flare);
        let (sx, sy) = (2.0 * u / width * slope_per_q, 2.0 * v / depth * slope_per_q);
        (self.z - (top + self.thorax.dome_lift_mm - fall)) / (1.0 + sx * sx + sy * sy).sqrt()
    }

    /// Signed distance from everything between the lungs.
    pub(crate) fn mediastinum(&self, x: f32, y: f32) -> f32 {
        let front = self.cage.front_y();
        let column = unite(
            taper(x, y, [self.lean_mm, front - 10.0], self.front_mm, [5.0, 2.0], self.middle_mm),
            taper(x, y, [5.0, 2.0], self.middle_mm, [0.0, self.spine_y - 6.0], 16.0),
            14.0,
        );
        let spine = taper(x, y, [0.0, self.spine_y], 19.0, [0.0, self.spine_y + 50.0], 21.0);
        let between = unite(column, spine, 10.0);
        self.obstacles.iter().filter(|obstacle| obstacle.near.holds(x, y)).fold(between, |d, obstacle| {
            unite(d, obstacle.shape.distance([x, y, self.z]) - obstacle.margin, 8.0)
        })
    }
}

/// Signed distance from a strip between two discs of the axial plane.
fn taper(x: f32, y: f32, from: [f32; 2], from_radius: f32, to: [f32; 2], to_radius: f32) -> f32 {
    let (dx, dy) = (to[0] - from[0], to[1] - from[1]);
    let (px, py) = (x - from[0], y - from[1]);
    let t = ((px * dx + py * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
    let (qx, qy) = (px - t * dx, py - t * dy);
    (qx * qx + qy * qy).sqrt() - (from_radius + (to_radius - from_radius) * t)
}

fn apex_distance(x: f32, y: f32, rx: f32, ry: f32) -> f32 {
    let from_centre = (x * x + y * y).sqrt();
    if rx < 0.5 {
        return from_centre + 1.0;
    }
    let (u, v) = (x / rx, y / ry);
    let level = (u * u + v * v).sqrt();
    if level > 1e-3 { from_centre * (1.0 - 1.0 / level) } else { -rx.min(ry) }
}
