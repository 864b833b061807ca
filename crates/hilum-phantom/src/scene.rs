//! A whole phantom as shapes, before any voxel.

use crate::abdomen::{self, Gas};
use crate::body::Torso;
use crate::bones::bones;
use crate::canvas::Frame;
use crate::lesions::{Lesion, lesions};
use crate::mediastinum::{self, Organ, central_airways};
use crate::noise::Rng;
use crate::patient::Patient;
use crate::shape::{Shape, Tube};
use crate::spec::PhantomSpec;
use crate::table::Table;
use crate::thorax::Thorax;
use crate::tree::Trees;

/// Everything that slices are painted from.
#[derive(Debug, Clone)]
pub(crate) struct Scene {
    pub(crate) seed: u64,
    pub(crate) noise_sd_hu: f32,
    pub(crate) patient: Patient,
    pub(crate) frame: Frame,
    pub(crate) torso: Torso,
    pub(crate) thorax: Thorax,
    /// Organs of chest and upper abdomen, in painting order.
    pub(crate) organs: Vec<Organ>,
    pub(crate) abdominal: Vec<Organ>,
    pub(crate) gas: Vec<Gas>,
    pub(crate) bones: Vec<Organ>,
    pub(crate) vessels: Vec<Tube>,
    /// Lumen and thickness of the wall.
    pub(crate) airways: Vec<(Tube, f32)>,
    pub(crate) lesions: Vec<Lesion>,
    pub(crate) table: Table,
}

impl Scene {
    pub(crate) fn new(spec: &PhantomSpec) -> Self {
        let patient = Patient::from_seed(spec.seed);
        let frame = Frame::new(spec, &patient);
        let organs = mediastinum::organs(&patient);
        let central = central_airways();
        let obstacles = organs
            .iter()
            .filter_map(|organ| organ.keeps_lung_off_mm.map(|margin| (organ.shape, margin)))
            .chain(central.iter().map(|&(tube, wall)| (Shape::Tube(tube), wall + 1.0)))
            .collect();
        let thorax = Thorax::new(&patient, obstacles);
        let torso = Torso::new(spec.seed, &patient);
        let trees = Trees::grow(spec.seed, &thorax);
        Self {
            seed: spec.seed,
            noise_sd_hu: spec.noise_sd_hu as f32,
            table: Table::under(torso.back_y() + patient.shift_mm[1], &patient),
            abdominal: abdomen::organs(&patient),
            gas: abdomen::gas(&patient, &mut Rng::new(spec.seed, "gas")),
            bones: bones(&patient, &thorax),
            lesions: lesions(spec.seed, spec.disease, &thorax),
            vessels: trees.vessels,
            airways: central.into_iter().chain(trees.airways).collect(),
            organs,
            thorax,
            torso,
            frame,
            patient,
        }
    }
}
