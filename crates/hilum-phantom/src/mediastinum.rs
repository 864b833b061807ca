//! Heart, great vessels, oesophagus, trachea and main bronchi.

use crate::patient::Patient;
use crate::shape::{Point, Shape, Tube};

/// HU of blood without contrast agent.
const BLOOD_HU: f32 = 42.0;

/// A solid of one value, with a rim of another if it has a wall.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Organ {
    pub(crate) shape: Shape,
    pub(crate) hu: f32,
    pub(crate) rim_mm: f32,
    pub(crate) rim_hu: f32,
    /// Room that the lung must leave around it, if it may push the lung away.
    pub(crate) keeps_lung_off_mm: Option<f32>,
}

impl Organ {
    pub(crate) fn new(shape: Shape, hu: f32) -> Self {
        Self { shape, hu, rim_mm: 0.0, rim_hu: hu, keeps_lung_off_mm: None }
    }

    pub(crate) fn with_rim(self, rim_mm: f32, rim_hu: f32) -> Self {
        Self { rim_mm, rim_hu, ..self }
    }

    pub(crate) fn keeping_lung_off(self, margin_mm: f32) -> Self {
        Self { keeps_lung_off_mm: Some(margin_mm), ..self }
    }

    /// The mirror image on the other side of the body.
    pub(crate) fn mirrored(self) -> Self {
        Self { shape: self.shape.mirrored(), ..self }
    }
}

/// Where vessels and airways enter the lungs: `[right, left]`.
pub(crate) const BRONCHUS_ENDS: [Point; 2] = [[-40.0, 20.0, -19.0], [47.0, 25.0, -29.0]];
pub(crate) const VEIN_ROOTS: [Point; 2] = [[-30.0, 14.0, -46.0], [34.0, 18.0, -46.0]];

/// Everything between the lungs that is painted as a solid, far organs first.
pub(crate) fn organs(patient: &Patient) -> Vec<Organ> {
    let blood = BLOOD_HU + patient.contrast_hu;
    let venous = BLOOD_HU + patient.contrast_hu * 0.7;
    let mut organs = heart(patient, blood, venous);
    organs.extend(aorta(blood));
    organs.extend(pulmonary_arteries(blood));
    organs.extend(veins(venous));
    organs.extend(gullet(patient));
    organs
}

fn heart(patient: &Patient, blood: f32, venous: f32) -> Vec<Organ> {
    let muscle = 45.0 + patient.contrast_hu * 0.35;
    let ventricles = Shape::Ellipsoid {
        centre: [25.0, -30.0, -72.0],
        radii: [56.0, 43.0, 46.0].map(|r| r * patient.heart),
        turn_sine: -0.42,
    };
    let left_chamber =
        Shape::Ellipsoid { centre: [39.0, -21.0, -72.0], radii: [30.0, 17.0, 26.0], turn_sine: -0.5 };
    let right_chamber =
        Shape::Ellipsoid { centre: [14.0, -48.0, -72.0], radii: [32.0, 14.0, 26.0], turn_sine: -0.4 };
    vec![
        Organ::new(Shape::ellipsoid([-24.0, -20.0, -56.0], [28.0, 32.0, 34.0]), venous).keeping_lung_off(2.5),
        Organ::new(Shape::ellipsoid([3.0, 12.0, -42.0], [33.0, 18.0, 22.0]), blood).keeping_lung_off(2.0),
        Organ::new(ventricles, muscle).keeping_lung_off(3.5),
        Organ::new(left_chamber, blood),
        Organ::new(right_chamber, venous),
    ]
}

/// Tubes through way-points `(point, radius)`.
fn chain(points: &[(Point, f32)]) -> impl Iterator<Item = Shape> + '_ {
    points.windows(2).map(|pair| Shape::tube(pair[0].0, pair[0].1, pair[1].0, pair[1].1))
}

fn aorta(blood: f32) -> Vec<Organ> {
    let course: [(Point, f32); 12] = [
        ([2.0, -22.0, -44.0], 14.0),
        ([-14.0, -30.0, -18.0], 15.5),
        ([-15.0, -30.0, 8.0], 15.0),
        ([-10.0, -22.0, 26.0], 14.0),
        ([2.0, -8.0, 34.0], 13.5),
        ([14.0, 10.0, 34.0], 13.0),
        ([22.0, 28.0, 24.0], 12.5),
        ([24.0, 42.0, 4.0], 12.0),
        ([22.0, 46.0, -40.0], 12.0),
        ([16.0, 45.0, -90.0], 11.5),
        ([8.0, 40.0, -140.0], 11.0),
        ([3.0, 32.0, -220.0], 10.0),
    ];
    chain(&course).map(|shape| Organ::new(shape, blood).keeping_lung_off(2.0)).collect()
}

fn pulmonary_arteries(blood: f32) -> Vec<Organ> {
    let [right, left] = BRONCHUS_ENDS;
    let trunk: [(Point, f32); 3] =
        [([16.0, -44.0, -38.0], 13.0), ([19.0, -30.0, -14.0], 14.0), ([24.0, -10.0, -6.0], 12.0)];
    let to_left: [(Point, f32); 3] =
        [trunk[2], ([38.0, 8.0, -8.0], 10.5), ([left[0] + 5.0, left[1] - 2.0, -18.0], 8.5)];
    let to_right: [(Point, f32); 4] = [
        ([19.0, -22.0, -14.0], 11.0),
        ([-4.0, -8.0, -17.0], 11.0),
        ([-28.0, 0.0, -18.0], 9.5),
        ([right[0] - 6.0, right[1] - 8.0, -24.0], 8.0),
    ];
    chain(&trunk)
        .chain(chain(&to_left))
        .chain(chain(&to_right))
        .map(|shape| Organ::new(shape, blood).keeping_lung_off(1.0))
        .collect()
}

fn veins(venous: f32) -> Vec<Organ> {
    let upper_cava: [(Point, f32); 3] =
        [([-26.0, -14.0, -38.0], 9.0), ([-27.0, -18.0, 0.0], 9.0), ([-25.0, -20.0, 46.0], 8.5)];
    let right_upper: [(Point, f32); 3] =
        [upper_cava[2], ([-28.0, -18.0, 75.0], 7.5), ([-36.0, -14.0, 125.0], 6.5)];
    let left_upper: [(Point, f32); 4] =
        [upper_cava[2], ([-2.0, -34.0, 54.0], 6.5), ([22.0, -28.0, 68.0], 6.5), ([38.0, -14.0, 125.0], 6.0)];
    let lower_cava: [(Point, f32); 2] = [([-20.0, 4.0, -78.0], 12.0), ([-18.0, 10.0, -220.0], 12.0)];
    let arteries = [
        [([-10.0, -20.0, 34.0], 6.5), ([-24.0, -4.0, 125.0], 5.5)],
        [([4.0, -6.0, 36.0], 4.5), ([22.0, 4.0, 125.0], 4.5)],
        [([14.0, 8.0, 36.0], 5.0), ([30.0, 16.0, 125.0], 5.0)],
    ];
    chain(&upper_cava)
        .chain(chain(&right_upper))
        .chain(chain(&left_upper))
        .chain(chain(&lower_cava))
        .chain(arteries.iter().flat_map(|course| chain(course)))
        .map(|shape| Organ::new(shape, venous).keeping_lung_off(2.5))
        .collect()
}

fn gullet(patient: &Patient) -> Vec<Organ> {
    let course: [(Point, f32); 6] = [
        ([4.0, 12.0, 130.0], 7.0),
        ([5.0, 25.0, 70.0], 7.5),
        ([6.0, 37.0, 0.0], 7.5),
        ([6.0, 36.0, -50.0], 8.0),
        ([12.0, 26.0, -90.0], 8.5),
        ([30.0, 5.0, -112.0], 9.0),
    ];
    let mut organs: Vec<Organ> =
        chain(&course).map(|shape| Organ::new(shape, 38.0).keeping_lung_off(2.0)).collect();
    if patient.esophagus_air {
        let bubble = Shape::tube([5.0, 28.0, 45.0], 2.6, [6.0, 34.0, 8.0], 2.2);
        organs.push(Organ::new(bubble, -950.0));
    }
    organs
}

/// Trachea and main bronchi: lumen and thickness of the wall.
pub(crate) fn central_airways() -> Vec<(Tube, f32)> {
    let carina = [1.0, 17.0, 0.0];
    let [right, left] = BRONCHUS_ENDS;
    vec![
        (Tube::new([0.0, -8.0, 150.0], 8.6, [0.0, 4.0, 60.0], 8.8), 1.8),
        (Tube::new([0.0, 4.0, 60.0], 8.8, carina, 9.2), 1.8),
        (Tube::new(carina, 7.4, right, 6.4), 1.5),
        (Tube::new(carina, 6.8, left, 5.8), 1.5),
    ]
}
