//! The lumen of a bronchus where it is joined to its lung, and taking it off the lung with its wall.
//!
//! Where a bronchus enters its lung, the wall is thinner than a voxel and breaks: lumen and parenchyma become one region of
//! air. They still differ: the breaks are narrow, and the lumen is gas where parenchyma is not.

use crate::components::{Components, Connectivity};
use crate::lungs::airway::Airway;
use crate::lungs::planes::Gas;
use crate::lungs::regions::{AirRegions, Region};
use crate::lungs::window::{Window, bounds};
use crate::morphology::{Disk, close, dilate, erode};
use hilum_core::{InPlaneSpacingMm, Mask, MaskView, MaskVolume};

/// How far a bronchus may move sideways from slice to slice (mm).
const DRIFT_MM: f64 = 2.0;
/// How far round the section above the lumen is looked for (mm).
const SEARCHED_MM: f64 = 10.0;
/// Breaks in the wall narrower than twice this (mm) do not join the lumen to the lung.
const BREAK_MM: f64 = 3.0;
/// Noise parts the gas of a lumen into specks nearer than twice this (mm).
const SPECK_MM: f64 = 2.0;
/// How far the edge of a lumen, where air shares its voxels with the wall, lies from its gas (mm).
const EDGE_MM: f64 = 2.0;
/// A lumen that outgrows the last one seen apart from the lung by this factor has leaked.
const MOST_GROWTH: f64 = 1.5;
/// A lumen holds at least this share of the gas that the last one seen apart did, pixel for pixel.
const LEAST_GAS_OF_FIRST: f64 = 0.5;
/// Walls of trachea and main bronchi (mm).
const WALL_MM: f64 = 2.0;

/// A bronchus to be followed beyond the slice on which it was last seen apart from its lung.
pub(crate) struct Lumen<'a> {
    air: &'a MaskVolume,
    gas: &'a Gas,
    pixel_mm: f64,
    most_px: f64,
    least_gas_frac: f64,
}

impl<'a> Lumen<'a> {
    /// The bronchus whose last separate section is `first`.
    pub(crate) fn of(first: &Region, air: &'a MaskVolume, gas: &'a Gas, pixel_mm2: f64) -> Self {
        Self {
            air,
            gas,
            pixel_mm: pixel_mm2.sqrt(),
            most_px: MOST_GROWTH * first.area_px as f64,
            least_gas_frac: LEAST_GAS_OF_FIRST * first.gas_px as f64 / first.area_px as f64,
        }
    }

    /// The lumen on `slice`, where that on the slice before is `section`: what narrow breaks join to the lung, if that is
    /// as much gas as a lumen is; else gas and what air surrounds it; else all air within the drift of a bronchus.
    pub(crate) fn on_slice(&self, slice: usize, section: &Mask) -> Mask {
        // Nothing farther away is looked at.
        let reach = self.disk(SEARCHED_MM + SPECK_MM + EDGE_MM + BREAK_MM);
        let window = Window::around(bounds(section), &reach, 1, self.air);
        let mut gas = Mask::new(self.air.rows(), self.air.cols());
        self.gas.paint(slice, &mut gas.view_mut());
        let [section, air, gas] =
            [section.view(), self.air.slice(slice), gas.view()].map(|mask| window.cut(mask));
        let lumen = self.in_window(&section, air.view(), gas.view());
        let mut whole = Mask::new(self.air.rows(), self.air.cols());
        window.paste(&lumen, whole.view_mut());
        whole
    }

    fn in_window(&self, section: &Mask, air: MaskView<'_>, gas: MaskView<'_>) -> Mask {
        let within = |mask: &Mask, of| {
            let mut part = mask.clone();
            part.view_mut().and(of);
            part
        };
        let drifted = within(&dilate(section.view(), &self.disk(DRIFT_MM)), air);
        let near = dilate(section.view(), &self.disk(SEARCHED_MM));

        if let Some(lumen) = self.part_under(&within(&near, air), &drifted) {
            let gas_px = within(&lumen, gas).view().count_px() as f64;
            if gas_px >= self.least_gas_frac * lumen.view().count_px() as f64 {
                return lumen;
            }
        }
        let joined = close(within(&near, gas).view(), &self.disk(SPECK_MM));
        match self.part_under(&joined, &drifted) {
            Some(core) => within(&dilate(core.view(), &self.disk(EDGE_MM)), air),
            None => drifted,
        }
    }

    /// Of the parts that `mask` falls into at narrow breaks, none larger than a lumen, the one that shares the most pixels
    /// with `drifted`.
    fn part_under(&self, mask: &Mask, drifted: &Mask) -> Option<Mask> {
        let narrow = self.disk(BREAK_MM);
        let cores = Components::of(erode(mask.view(), &narrow).view(), Connectivity::Four);
        let mut best: Option<(u64, Mask)> = None;
        let small = cores.list().iter().enumerate().filter(|(_, core)| core.area_px as f64 <= self.most_px);
        for (label, _) in small {
            let part = dilate(cores.select(|other, _| other == label).view(), &narrow);
            let mut shared = part.clone();
            shared.view_mut().and(drifted.view());
            let shared_px = shared.view().count_px();
            let better = shared_px > best.as_ref().map_or(0, |(most, _)| *most);
            if better && part.view().count_px() as f64 <= self.most_px {
                best = Some((shared_px, part));
            }
        }
        best.map(|(_, part)| part)
    }

    fn disk(&self, mm: f64) -> Disk {
        Disk::new(mm / self.pixel_mm)
    }
}

/// Takes the trachea and the main bronchi off `lung` with their walls, where closing and filling took them in.
///
/// * `air` - pixels below -500 HU: parenchyma beside the wall stays.
pub(crate) fn take_off(
    airway: &Airway,
    regions: &AirRegions,
    air: &MaskVolume,
    lung: &mut MaskVolume,
    spacing: InPlaneSpacingMm,
) {
    let wall = Disk::ellipse(WALL_MM / spacing.row, WALL_MM / spacing.col);
    let take_tube = |slice: usize, lumen: Mask, window: Window, lung: &mut MaskVolume| {
        let mut tube = dilate(lumen.view(), &wall);
        tube.view_mut().and_not(window.cut(air.slice(slice)).view());
        tube.view_mut().or(lumen.view());
        window.take_away(&tube, lung.slice_mut(slice));
    };
    for &region in &airway.main {
        let window = Window::around(regions.region(region).bounds, &wall, 1, air);
        let mut lumen = window.empty();
        regions.runs(region).iter().for_each(|r| window.set_run(&mut lumen.view_mut(), r.row(), r.run()));
        take_tube(regions.region(region).slice, lumen, window, lung);
    }
    for (slice, section) in &airway.projected {
        let window = Window::around(section.bounds(), &wall, 1, air);
        take_tube(*slice, section.cut(&window), window, lung);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lungs::window::Part;

    /// A lumen of 11 x 11 mm of gas, its upper left pixel at (15, 20), in a wall with a break of 2 mm, in a lung that fills
    /// the slice of 1 mm pixels. Returns air and gas.
    fn slice_with_bronchus() -> (MaskVolume, Gas) {
        let (mut air, mut gas) = (MaskVolume::new(40, 64, 1), Mask::new(40, 64));
        for row in 0..40 {
            for col in 0..64 {
                let lumen = (15..26).contains(&row) && (20..31).contains(&col);
                let within_wall = (14..27).contains(&row) && (19..32).contains(&col);
                let at_break = (20..22).contains(&row) && col == 31;
                air.slice_mut(0).set(row, col, lumen || at_break || !within_wall);
                gas.view_mut().set(row, col, lumen);
            }
        }
        let mut central = Gas::new(40, 64);
        central.push(gas.view());
        (air, central)
    }

    fn square(rows: std::ops::Range<usize>, cols: std::ops::Range<usize>) -> Mask {
        Mask::from_fn(40, 64, |row, col| rows.contains(&row) && cols.contains(&col))
    }

    /// A separate section of 11 x 11 mm, all gas.
    fn first() -> Region {
        let mut regions = AirRegions::default();
        let section = square(15..26, 18..29);
        regions.push_slice(section.view(), section.view());
        regions.region(0).clone()
    }

    #[test]
    fn a_break_in_the_wall_does_not_let_the_lumen_out() {
        let (air, gas) = slice_with_bronchus();
        let lumen = Lumen::of(&first(), &air, &gas, 1.0);
        let found = lumen.on_slice(0, &square(15..26, 18..29));
        let mut outside = found.clone();
        outside.view_mut().and_not(square(15..26, 20..31).view());
        // The opening with a round disk takes the corners of a square lumen.
        assert!(found.view().count_px() >= 100, "{}", found.picture());
        // The two pixels of the break may count as lumen.
        assert!(outside.view().count_px() <= 2, "{}", found.picture());
    }

    #[test]
    fn without_a_wall_the_gas_tells_the_lumen() {
        let (_, gas) = slice_with_bronchus();
        let mut air = MaskVolume::new(40, 64, 1);
        air.slice_mut(0).or(square(0..40, 0..64).view());
        let lumen = Lumen::of(&first(), &air, &gas, 1.0);
        let found = lumen.on_slice(0, &square(15..26, 18..29));
        let mut missed = square(15..26, 20..31);
        missed.view_mut().and_not(found.view());
        assert_eq!(missed.view().count_px(), 0, "{}", found.picture());
        assert!(found.view().count_px() <= 15 * 15, "{}", found.picture());
    }

    #[test]
    fn what_is_taken_off_is_lumen_and_wall_but_no_parenchyma() {
        let (air, _) = slice_with_bronchus();
        let mut lung = MaskVolume::new(40, 64, 1);
        lung.slice_mut(0).or(square(0..40, 0..64).view());
        let section = Part { window: Window::whole(&lung), mask: square(15..26, 20..31) };
        let airway = Airway { projected: vec![(0, section)], ..Airway::default() };
        take_off(&airway, &AirRegions::default(), &air, &mut lung, InPlaneSpacingMm { row: 1.0, col: 1.0 });
        // 13 x 13 of lumen and wall, less the break of two pixels, which is air.
        assert_eq!(lung.slice(0).count_px(), 40 * 64 - 13 * 13 + 2);
    }
}
