//! Spine, ribs, sternum, clavicles, scapulae and humeri.

use crate::mediastinum::Organ;
use crate::patient::Patient;
use crate::shape::{Oval, Point, Shape};
use crate::thorax::{Thorax, spine_y};

/// Height of a vertebra with its disc, mm.
const VERTEBRA_MM: f32 = 24.0;
const CORTEX_HU: f32 = 620.0;
const SPONGY_HU: f32 = 190.0;
const DISC_HU: f32 = 85.0;
const CARTILAGE_HU: f32 = 95.0;
const CANAL_HU: f32 = 25.0;

fn bone(shape: Shape, cortex_mm: f32) -> Organ {
    Organ::new(shape, SPONGY_HU).with_rim(cortex_mm, CORTEX_HU)
}

fn pair(organ: Organ) -> [Organ; 2] {
    [organ, organ.mirrored()]
}

/// All bones but the ribs, in painting order.
pub(crate) fn bones(patient: &Patient, thorax: &Thorax) -> Vec<Organ> {
    let mut bones: Vec<Organ> = (-10..=5).flat_map(|n| vertebra(n as f32 * VERTEBRA_MM + 7.0)).collect();
    bones.extend((-10..=6).flat_map(|n| canal(n as f32 * VERTEBRA_MM)));
    bones.extend(sternum(thorax));
    bones.extend(shoulder_girdle(patient, thorax));
    bones
}

fn vertebra(z: f32) -> Vec<Organ> {
    let y = spine_y(z);
    let size = 1.0 - 0.0012 * (z + 60.0);
    let at = |x: f32, dy: f32, dz: f32| -> Point { [x, y + dy * size, z + dz] };
    let arch = |from: Point, r: f32, to: Point, s: f32| bone(Shape::tube(from, r, to, s), 1.4);
    let disc =
        Shape::Column { centre: at(0.0, 0.0, VERTEBRA_MM / 2.0), radii: [17.0 * size, 13.0 * size, 4.0] };
    let body = Shape::Column { centre: at(0.0, 0.0, 0.0), radii: [17.5 * size, 13.5 * size, 9.6] };
    let mut parts = vec![Organ::new(disc, DISC_HU), bone(body, 1.6)];
    parts.extend(pair(arch(at(11.0, 9.0, 3.0), 4.0, at(14.0, 22.0, 3.0), 4.5)));
    parts.extend(pair(arch(at(14.0, 22.0, 2.0), 4.0, at(2.0, 31.0, -4.0), 3.5)));
    parts.extend(pair(arch(at(14.0, 21.0, 3.0), 4.2, at(31.0, 29.0, 6.0), 3.8)));
    parts.extend(pair(arch(at(17.0, 5.0, 9.0), 3.8, at(30.0, 20.0, 4.0), 3.6)));
    parts.push(arch(at(0.0, 31.0, -3.0), 3.4, at(0.0, 50.0, -17.0), 3.0));
    parts
}

fn canal(z: f32) -> [Organ; 2] {
    let (low, high) = (z - VERTEBRA_MM / 2.0, z + VERTEBRA_MM / 2.0);
    let at = |z: f32| [0.0, spine_y(z) + 21.0, z];
    let tube = |radius: f32| Shape::tube(at(low), radius, at(high), radius);
    [Organ::new(tube(8.5), -40.0), Organ::new(tube(6.2), CANAL_HU)]
}

fn sternum(thorax: &Thorax) -> Vec<Organ> {
    (0..14)
        .map(|n| {
            let z = 52.0 - 10.0 * n as f32;
            let half_width = if n < 4 { 24.0 - 2.5 * n as f32 } else { 15.0 + 0.4 * n as f32 };
            let centre = [0.0, thorax.cage(z).front_y() - 7.5, z];
            let radii = [half_width, 5.2, 7.0];
            let shape = Shape::Column { centre, radii };
            Organ::new(shape, 120.0).with_rim(1.3, 430.0)
        })
        .collect()
}

fn shoulder_girdle(patient: &Patient, thorax: &Thorax) -> Vec<Organ> {
    let front = thorax.cage(66.0).front_y();
    let lift = if patient.arms_up { 14.0 } else { 0.0 };
    let mut bones = Vec::new();
    let mut both = |shape: Shape, cortex: f32| bones.extend(pair(bone(shape, cortex)));
    both(Shape::tube([19.0, front - 9.0, 60.0], 8.0, [36.0, front - 12.0, 70.0], 6.0), 1.6);
    both(Shape::tube([36.0, front - 12.0, 70.0], 6.0, [88.0, front + 2.0, 92.0 + lift], 5.5), 1.6);
    both(Shape::tube([88.0, front + 2.0, 92.0 + lift], 5.5, [148.0, 8.0, 112.0 + lift], 6.5), 1.6);
    let blade = Shape::Ellipsoid { centre: [104.0, 80.0, 34.0], radii: [40.0, 4.4, 70.0], turn_sine: -0.5 };
    both(blade, 1.6);
    both(Shape::tube([116.0, 76.0, -30.0], 4.5, [148.0, 34.0, 88.0], 6.0), 1.6);
    both(Shape::tube([84.0, 94.0, 70.0], 4.0, [156.0, 52.0, 106.0], 6.0), 1.5);
    both(Shape::ellipsoid([150.0, 28.0, 100.0], [10.0, 14.0, 17.0]), 2.0);
    both(Shape::ellipsoid([172.0, 20.0, 108.0], [23.0, 23.0, 23.0]), 2.0);
    let elbow = if patient.arms_up { [215.0, -10.0, 240.0] } else { [206.0, 30.0, -200.0] };
    both(Shape::tube([174.0, 20.0, 108.0], 12.0, elbow, 11.0), 4.0);
    bones
}

/// What a rib gives at a point of the chest wall: signed distance, and whether it is cartilage there.
pub(crate) struct Rib {
    pub(crate) distance: f32,
    pub(crate) cartilage: bool,
}

impl Rib {
    pub(crate) const CORTEX_MM: f32 = 1.5;

    /// The values of the core and of the rim.
    pub(crate) fn hu(&self) -> (f32, f32) {
        if self.cartilage { (CARTILAGE_HU, CARTILAGE_HU + 25.0) } else { (SPONGY_HU, CORTEX_HU) }
    }

    /// The nearest rib at height `z` and a point `from_pleura` mm outside the cage: ribs are bands in the wall that
    /// start at the spine and fall towards the front.
    pub(crate) fn nearest(cage: &Oval, z: f32, x: f32, y: f32, from_pleura: f32) -> Self {
        let turn = cage.turn(x, y);
        let mut nearest = Self { distance: f32::MAX, cartilage: false };
        for n in 1..=12 {
            let number = n as f32;
            let end = match n {
                1..=7 => 0.96,
                8..=10 => 0.98 - 0.06 * (number - 7.0),
                _ => 0.45,
            };
            if turn > end + 0.02 || turn < 0.06 {
                continue;
            }
            let fall = (22.0 + 8.0 * number.min(8.0)) * (1.6 * turn - 0.6 * turn * turn * turn);
            let rise = if n <= 8 { 60.0 * (turn - 0.82).max(0.0) * (number - 1.0) * 0.25 } else { 0.0 };
            let above = z - (106.0 - VERTEBRA_MM * (number - 1.0) - fall + rise);
            if above.abs() > 14.0 {
                continue;
            }
            let (thick, tall) = if n == 1 { (4.0, 5.5) } else { (4.2, 7.2) };
            let (u, v) = ((from_pleura - 6.4) / thick, above / tall);
            let level = (u * u + v * v).sqrt();
            let slope = ((u / thick) * (u / thick) + (v / tall) * (v / tall)).sqrt();
            let distance = if slope > 1e-6 { level * (level - 1.0) / slope } else { -thick };
            if distance < nearest.distance {
                let cartilage = turn > if n <= 7 { 0.80 } else { 0.74 };
                nearest = Self { distance, cartilage };
            }
        }
        nearest
    }
}
