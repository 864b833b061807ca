//! Taking into the lung of one slice what its outline leaves out.
//!
//! In: the lung of a slice and pixels that belong to it after all, roughly. Out: the lung with them, closed as the lung itself is.

use crate::components::{Components, Connectivity};
use crate::lungs::holes::Holes;
use crate::lungs::mask::CLOSING_RADIUS_MM;
use crate::lungs::regions::count_in_run;
use crate::lungs::window::{Part, Window, bounds};
use crate::morphology::{Disk, close, dilate, erode};
use hilum_core::{Geometry, Mask, MaskView, MaskVolume};

/// What lies against the wall is at least this thick (mm): how lungs follow spine and ribs is thinner.
pub(crate) const LEAST_THICKNESS_MM: f64 = 10.0;

/// Takes in slice after slice.
pub(crate) struct Bays {
    closing: Disk,
    thick: Disk,
}

impl Bays {
    /// Prepares for the slices of a scan.
    pub(crate) fn new(geometry: &Geometry) -> Self {
        let spacing = geometry.in_plane_spacing_mm();
        let disk = |mm: f64| Disk::ellipse(mm / spacing.row, mm / spacing.col);
        Self { closing: disk(CLOSING_RADIUS_MM), thick: disk(LEAST_THICKNESS_MM / 2.0) }
    }

    /// The part of a slice that has room round pixels with these `bounds` for telling which parts are thick.
    pub(crate) fn window(&self, bounds: [u32; 4], like: &MaskVolume) -> Window {
        Window::around(bounds, &self.thick, 1, like)
    }

    /// The connected parts of `left_out`, which lies in such a window, that are a centimetre thick somewhere.
    pub(crate) fn thick_parts(&self, left_out: &Mask) -> Mask {
        let cores = erode(left_out.view(), &self.thick);
        if cores.view().is_empty() {
            return cores;
        }
        let parts = Components::of(left_out.view(), Connectivity::Four);
        let mut has_core = vec![false; parts.list().len()];
        for (row, run, label) in parts.all_runs() {
            has_core[label as usize] |= count_in_run(cores.view().row(row), run) > 0;
        }
        parts.select(|label, _| has_core[label])
    }

    /// Adds `taken_in` to the lung of a slice, and has its holes taken anew. Nothing that would close the lung round the
    /// mediastinum. Whether anything was added.
    ///
    /// * `air` - pixels below -500 HU: what is air and not lung stays out.
    pub(crate) fn take_in(
        &self,
        taken_in: &Part,
        slice: usize,
        lung: &mut MaskVolume,
        air: MaskView<'_>,
        holes: &mut Holes,
    ) -> bool {
        if taken_in.mask.view().is_empty() {
            return false;
        }
        // What is taken in changes what lies within the disk; there the closing looks two disks further.
        let window = Window::around(taken_in.bounds(), &self.closing, 3, lung);
        let [mut joined, air] = [lung.slice(slice), air].map(|mask| window.cut(mask));
        let taken_in = taken_in.cut(&window);
        joined.view_mut().or(taken_in.view());
        let mut closed = close(joined.view(), &self.closing);
        let near = dilate(taken_in.view(), &self.closing);
        closed
            .view_mut()
            .combine([near.view(), taken_in.view(), air.view()], |closed, [near, taken_in, air]| {
                (closed & near | taken_in) & !air
            });

        let mut whole = lung.slice(slice).to_mask();
        window.paste(&closed, whole.view_mut());
        let window = Window::of(bounds(&whole), lung);
        let mut filled = window.cut(whole.view());
        // What closes the lung round the mediastinum makes its holes larger by more than itself.
        let most_px = holes.area_px(slice) + taken_in.view().count_px();
        if !holes.retake_up_to(most_px, &mut filled, slice, &window) {
            return false;
        }
        window.paste(&filled, lung.slice_mut(slice));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lungs::airway::Grid;

    const GRID: Grid = Grid { pixel_mm2: 1.0, slice_mm: 3.0, superior_is_last: true };

    /// Pixels of a lung of 80 x 80 mm less `missing`, and after taking that in.
    fn taken_in(missing: impl Fn(usize, usize) -> bool) -> (u64, u64) {
        let geometry = Geometry::lps([100, 100, 1], [1.0, 1.0, 3.0]).unwrap();
        let whole = Mask::from_fn(100, 100, |row, col| (10..90).contains(&row) && (10..90).contains(&col));
        let left_out = Mask::from_fn(100, 100, &missing);
        let mut lung = MaskVolume::new(100, 100, 1);
        lung.slice_mut(0).or(whole.view());
        lung.slice_mut(0).and_not(left_out.view());
        let (before, air) = (lung.count_vox(), lung.clone());
        let (bays, mut holes) = (Bays::new(&geometry), Holes::new(GRID));
        let window = bays.window(bounds(&left_out), &lung);
        let mask = bays.thick_parts(&window.cut(left_out.view()));
        bays.take_in(&Part { window, mask }, 0, &mut lung, air.slice(0), &mut holes);
        (before, lung.count_vox())
    }

    #[test]
    fn thick_parts_are_taken_in_and_thin_ones_are_the_wall() {
        let (before, after) = taken_in(|row, col| (20..40).contains(&row) && (10..25).contains(&col));
        assert_eq!((before, after), (6400 - 300, 6400));
        let (before, after) = taken_in(|row, col| (20..60).contains(&row) && (10..18).contains(&col));
        assert_eq!((before, after), (6400 - 320, 6400 - 320));
    }

    #[test]
    fn nothing_closes_the_lung_round_something_else() {
        // A channel 12 mm wide that leads to a room of 30 x 30 mm in the middle: taking in the channel alone would shut it.
        let room = |row: usize, col: usize| (30..60).contains(&row) && (30..60).contains(&col);
        let channel = |row: usize, col: usize| (39..51).contains(&row) && (10..30).contains(&col);
        let geometry = Geometry::lps([100, 100, 1], [1.0, 1.0, 3.0]).unwrap();
        let mut lung = MaskVolume::new(100, 100, 1);
        let open = Mask::from_fn(100, 100, |row, col| {
            (10..90).contains(&row) && (10..90).contains(&col) && !room(row, col) && !channel(row, col)
        });
        lung.slice_mut(0).or(open.view());
        let air = lung.clone();
        let left_out = Mask::from_fn(100, 100, channel);
        let (bays, mut holes) = (Bays::new(&geometry), Holes::new(GRID));
        let channel = Part { window: Window::whole(&lung), mask: left_out };
        assert!(!bays.take_in(&channel, 0, &mut lung, air.slice(0), &mut holes));
        assert_eq!(lung.slice(0).to_mask(), open);
    }
}
