//! What lies under the diaphragm in the lower slices: liver, stomach with its gas bubble, spleen, colon, kidneys.
//!
//! Everything here is clipped by the domes, so the right dome shows as a disc of liver surrounded by lung.

use crate::mediastinum::Organ;
use crate::noise::Rng;
use crate::patient::Patient;
use crate::shape::{Point, Shape, unite};
use crate::thorax::Level;

/// HU of gas in the gut.
const GAS_HU: f32 = -990.0;
/// Centre of the stomach.
const STOMACH: Point = [66.0, -12.0, -148.0];
/// Thickness of the diaphragm, mm.
pub(crate) const DIAPHRAGM_MM: f32 = 3.0;

/// Signed distance from the liver: it fills the right dome and reaches over to the left in front.
pub(crate) fn liver(level: &Level<'_>, x: f32, y: f32, from_lung: f32) -> f32 {
    let dome = level.under_dome(x, y) + DIAPHRAGM_MM;
    let slant = (x + 12.0 + 0.25 * y.max(0.0)) * 0.9;
    let floor = -215.0 - level.z;
    let left_lobe = Shape::ellipsoid([6.0, -44.0, -138.0], [74.0, 44.0, 34.0]).distance([x, y, level.z]);
    unite(slant.max(floor).max(dome), left_lobe, 12.0).max(from_lung)
}

/// The solid organs under the domes.
pub(crate) fn organs(patient: &Patient) -> Vec<Organ> {
    let enhanced = patient.contrast_hu * 0.3;
    let kidney =
        |x: f32, z: f32| Organ::new(Shape::ellipsoid([x, 50.0, z], [25.0, 27.0, 52.0]), 32.0 + enhanced);
    vec![
        Organ::new(Shape::ellipsoid([102.0, 42.0, -146.0], [34.0, 50.0, 48.0]), 50.0 + enhanced),
        Organ::new(Shape::ellipsoid(STOMACH, [58.0, 64.0, 52.0]), 24.0).with_rim(4.0, 42.0),
        kidney(-58.0, -205.0),
        kidney(58.0, -198.0),
    ]
}

/// Gas: the stomach's bubble, which floats in front of a level surface, and loops of colon on some patients.
pub(crate) fn gas(patient: &Patient, rng: &mut Rng) -> Vec<Gas> {
    let level_y = rng.between(-56.0, -36.0);
    let stomach = Shape::ellipsoid(STOMACH, [53.0, 59.0, 46.0]);
    let mut gas = vec![Gas { shape: stomach, behind_y: level_y, wall: None }];
    if patient.colon_gas {
        let mut at: Point = [118.0, -44.0, -142.0];
        for _ in 0..10 {
            let radius = rng.between(8.0, 15.0);
            if stomach.distance(at) > radius + 8.0 {
                gas.push(Gas {
                    shape: Shape::ellipsoid(at, [radius, radius * 0.9, radius * 1.1]),
                    behind_y: at[1] + radius * rng.between(0.1, 1.0),
                    wall: Some(Shape::ellipsoid(at, [radius + 4.0, radius + 4.0, radius + 5.0])),
                });
            }
            at = [
                at[0] - rng.between(12.0, 24.0),
                (at[1] - rng.between(2.0, 14.0)).max(-76.0),
                at[2] - rng.between(-1.0, 5.0),
            ];
        }
    }
    gas
}

/// Gas in the gut: a solid cut by the surface of the fluid behind it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Gas {
    pub(crate) shape: Shape,
    /// The fluid's surface: gas lies at smaller y.
    pub(crate) behind_y: f32,
    pub(crate) wall: Option<Shape>,
}

impl Gas {
    pub(crate) const HU: f32 = GAS_HU;

    pub(crate) fn distance(&self, at: Point) -> f32 {
        self.shape.distance(at).max(at[1] - self.behind_y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gas_floats_in_front_and_loops_of_colon_keep_clear_of_the_stomach() {
        for seed in 0..20 {
            let patient = Patient { colon_gas: true, ..Patient::from_seed(seed) };
            let gas = gas(&patient, &mut Rng::new(seed, "gas"));
            assert!(gas.len() > 2, "seed {seed}: {} loops", gas.len() - 1);
            assert!(
                gas[0].distance([66.0, -62.0, -148.0]) < 0.0 && gas[0].distance([66.0, 0.0, -148.0]) > 0.0
            );
        }
    }
}
