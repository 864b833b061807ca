//! The traits that a seed gives to a patient and an examination. Lengths are mm of the reference adult.

use crate::noise::{Kernel, Rng};

/// One patient on one table.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Patient {
    /// Size against the reference adult.
    pub(crate) scale: f32,
    pub(crate) breast_mm: Option<f32>,
    pub(crate) fat_mm: f32,
    /// Width of the rib cage against the reference adult.
    pub(crate) cage_width: f32,
    /// Depth of the rib cage against the reference adult.
    pub(crate) cage_depth: f32,
    /// Size of the heart against the reference adult.
    pub(crate) heart: f32,
    /// How much higher the diaphragm stands: shallow breath.
    pub(crate) dome_lift_mm: f32,
    /// Half the tissue between the lungs in front.
    pub(crate) junction_mm: f32,
    pub(crate) parenchyma_hu: f32,
    /// HU that contrast agent adds to blood.
    pub(crate) contrast_hu: f32,
    /// Sine of the turn about the long axis.
    pub(crate) turn_sine: f32,
    /// Where the patient's midline lies in the field of view.
    pub(crate) shift_mm: [f32; 2],
    pub(crate) arms_up: bool,
    pub(crate) clothes: bool,
    pub(crate) colon_gas: bool,
    pub(crate) esophagus_air: bool,
    /// Value outside the circular field of view, if the scanner cuts there.
    pub(crate) padding_hu: Option<i16>,
    pub(crate) kernel: Kernel,
    pub(crate) table_gap_mm: f32,
    pub(crate) table_half_width_mm: f32,
}

impl Patient {
    pub(crate) fn from_seed(seed: u64) -> Self {
        let mut rng = Rng::new(seed, "patient");
        let female = rng.chance(0.5);
        Self {
            scale: if female { rng.between(0.91, 1.0) } else { rng.between(0.96, 1.04) },
            breast_mm: female.then(|| rng.between(16.0, 38.0)),
            fat_mm: if female { rng.between(12.0, 26.0) } else { rng.between(7.0, 22.0) },
            cage_width: rng.between(0.95, 1.04),
            cage_depth: rng.between(0.94, 1.05),
            heart: rng.between(0.9, 1.12),
            dome_lift_mm: rng.between(-2.0, 14.0),
            junction_mm: rng.between(1.2, 8.0),
            parenchyma_hu: rng.between(-905.0, -872.0),
            contrast_hu: if rng.chance(0.4) { rng.between(90.0, 260.0) } else { 0.0 },
            turn_sine: rng.between(-0.06, 0.06),
            shift_mm: [rng.between(-8.0, 8.0), rng.between(-7.0, 5.0)],
            arms_up: rng.chance(0.8),
            clothes: rng.chance(0.7),
            colon_gas: rng.chance(0.6),
            esophagus_air: rng.chance(0.4),
            padding_hu: if rng.chance(0.35) {
                Some([-1024, -2000, -3024][(rng.unit() * 3.0) as usize])
            } else {
                None
            },
            kernel: if rng.chance(0.5) { Kernel::Sharp } else { Kernel::Soft },
            table_gap_mm: rng.between(3.0, 8.0),
            table_half_width_mm: rng.between(168.0, 215.0),
        }
    }
}
