//! Phantoms as volumes with truth, and as slices made on the fly.

use crate::canvas::label;
use crate::render::{Slice, slice};
use crate::scene::Scene;
use crate::spec::{PhantomError, PhantomSpec};
use hilum_core::{Geometry, Mask, MaskVolume, SliceData, SliceSource, SliceView, Volume, VoxelData};
use std::convert::Infallible;
use std::ops::ControlFlow;

/// A phantom in memory.
#[derive(Debug, Clone)]
pub struct Phantom {
    /// The scan: HU as `i16` on an LPS grid, centred on the origin.
    pub volume: Volume,
    /// What the scan shows.
    pub truth: Truth,
}

/// What is known about a phantom, on the grid of its volume, sampled at voxel centres (no partial volume).
#[derive(Debug, Clone, PartialEq)]
pub struct Truth {
    /// Both lungs: parenchyma with the vessels, airways and lesions inside its surface. Trachea, main bronchi and
    /// hilar vessels outside that surface are not lung.
    pub lung: MaskVolume,
    /// The part of `lung` on the patient's left.
    pub left_lung: MaskVolume,
    /// Arteries and veins inside the lungs.
    pub vessel: MaskVolume,
    /// Lumen of every airway, trachea and main bronchi included.
    pub airway: MaskVolume,
    /// Ground glass and consolidation inside the lungs.
    pub lesion: MaskVolume,
    /// Pixels of `lung` in every slice.
    pub lung_area_px: Vec<u64>,
    /// The slice with the largest lung area, the first if several share it.
    pub largest_slice: usize,
    /// Radius in mm where each stretch of vessel ends; the roots come first within a lung.
    pub vessel_radii_mm: Vec<f64>,
    /// Radius in mm of the lumen where each stretch of airway ends, trachea first.
    pub airway_radii_mm: Vec<f64>,
}

/// A phantom whose slices are made while they are visited: a large volume need never be in memory.
#[derive(Debug, Clone)]
pub struct PhantomSlices {
    scene: Scene,
    geometry: Geometry,
}

impl PhantomSlices {
    /// Builds the anatomy; no voxel yet.
    ///
    /// # Errors
    /// [`PhantomError`] if the grid or the noise level cannot be drawn.
    pub fn new(spec: &PhantomSpec) -> Result<Self, PhantomError> {
        spec.validate()?;
        let geometry = Geometry::lps(spec.dims, spec.spacing_mm)
            .map_err(|_| PhantomError::Grid { dims: spec.dims, spacing_mm: spec.spacing_mm })?;
        Ok(Self { scene: Scene::new(spec), geometry })
    }

    /// Slice `index` in HU, row-major, equal to that slice of the whole volume; `None` beyond the last.
    pub fn slice_hu(&self, index: usize) -> Option<Vec<i16>> {
        (index < self.geometry.slices()).then(|| slice(&self.scene, index).hu)
    }
}

impl SliceSource for PhantomSlices {
    type Error = Infallible;

    fn geometry(&self) -> &Geometry {
        &self.geometry
    }

    fn visit_slices(
        &mut self,
        visit: &mut dyn FnMut(usize, SliceView<'_>) -> ControlFlow<()>,
    ) -> Result<(), Infallible> {
        for index in 0..self.geometry.slices() {
            let painted = slice(&self.scene, index);
            let view =
                SliceView::new(self.geometry.rows(), self.geometry.cols(), SliceData::I16(&painted.hu));
            if let Some(view) = view
                && visit(index, view).is_break()
            {
                break;
            }
        }
        Ok(())
    }
}

/// Makes a phantom with its truth, on as many threads as the machine offers.
///
/// # Errors
/// [`PhantomError`] if the grid or the noise level cannot be drawn.
pub fn generate(spec: &PhantomSpec) -> Result<Phantom, PhantomError> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    generate_on(spec, threads)
}

/// Makes a phantom on `threads` threads (0 counts as 1); the result does not depend on their number.
///
/// # Errors
/// As [`generate`].
pub fn generate_on(spec: &PhantomSpec, threads: usize) -> Result<Phantom, PhantomError> {
    let PhantomSlices { scene, geometry } = PhantomSlices::new(spec)?;
    let (rows, cols, slices) = (geometry.rows(), geometry.cols(), geometry.slices());
    let mut voxels = vec![0i16; geometry.voxels()];
    let mut masks: Vec<Option<SliceTruth>> = vec![None; slices];
    let share = slices.div_ceil(threads.max(1));
    std::thread::scope(|scope| {
        let parts = voxels.chunks_mut(share * rows * cols).zip(masks.chunks_mut(share)).enumerate();
        for (part, (voxels, masks)) in parts {
            let scene = &scene;
            scope.spawn(move || {
                for (nth, (pixels, masks)) in voxels.chunks_mut(rows * cols).zip(masks).enumerate() {
                    let painted = slice(scene, part * share + nth);
                    pixels.copy_from_slice(&painted.hu);
                    *masks = Some(SliceTruth::new(&painted, rows, cols));
                }
            });
        }
    });
    let truth = Truth::gather(&scene, masks.into_iter().flatten(), [rows, cols, slices]);
    let volume = Volume::new(geometry, VoxelData::I16(voxels))
        .map_err(|_| PhantomError::Grid { dims: spec.dims, spacing_mm: spec.spacing_mm })?;
    Ok(Phantom { volume, truth })
}

/// The masks of one slice.
#[derive(Debug, Clone)]
struct SliceTruth {
    lung: Mask,
    left_lung: Mask,
    vessel: Mask,
    airway: Mask,
    lesion: Mask,
}

impl SliceTruth {
    fn new(painted: &Slice, rows: usize, cols: usize) -> Self {
        let mask =
            |bit: u8| Mask::from_fn(rows, cols, |row, col| painted.labels[row * cols + col] & bit != 0);
        Self {
            lung: mask(label::LUNG),
            left_lung: mask(label::LEFT),
            vessel: mask(label::VESSEL),
            airway: mask(label::AIRWAY),
            lesion: mask(label::LESION),
        }
    }
}

impl Truth {
    fn gather(scene: &Scene, masks: impl Iterator<Item = SliceTruth>, shape: [usize; 3]) -> Self {
        let [rows, cols, slices] = shape;
        let empty = || MaskVolume::new(rows, cols, slices);
        let radii = |tubes: &mut dyn Iterator<Item = f32>| {
            tubes.map(|radius| f64::from(radius * scene.patient.scale)).collect()
        };
        let mut truth = Self {
            lung: empty(),
            left_lung: empty(),
            vessel: empty(),
            airway: empty(),
            lesion: empty(),
            lung_area_px: Vec::with_capacity(slices),
            largest_slice: 0,
            vessel_radii_mm: radii(&mut scene.vessels.iter().map(|tube| tube.end_radius)),
            airway_radii_mm: radii(&mut scene.airways.iter().map(|(tube, _)| tube.end_radius)),
        };
        for (k, slice) in masks.enumerate() {
            truth.lung.slice_mut(k).or(slice.lung.view());
            truth.left_lung.slice_mut(k).or(slice.left_lung.view());
            truth.vessel.slice_mut(k).or(slice.vessel.view());
            truth.airway.slice_mut(k).or(slice.airway.view());
            truth.lesion.slice_mut(k).or(slice.lesion.view());
            let area = slice.lung.view().count_px();
            if truth.lung_area_px.iter().all(|&other| area > other) {
                truth.largest_slice = k;
            }
            truth.lung_area_px.push(area);
        }
        truth
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_do_not_show() {
        let spec = PhantomSpec::covid(21).with_dims([40, 36, 17]);
        let (one, five) = (generate_on(&spec, 0).unwrap(), generate_on(&spec, 5).unwrap());
        assert_eq!(one.volume, five.volume);
        assert_eq!(one.truth, five.truth);
    }
}
