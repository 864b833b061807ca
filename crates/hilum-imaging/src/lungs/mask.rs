//! The lung mask of one slice, from its air regions: edge, closing, and what must stay out.

use crate::lungs::airway::Airway;
use crate::lungs::choose::Air;
use crate::lungs::holes::Holes;
use crate::lungs::planes::Planes;
use crate::lungs::regions::AirRegions;
use crate::lungs::window::{Window, bounds_of_both};
use crate::morphology::{Disk, close, dilate};
use hilum_core::{InPlaneSpacingMm, Mask, MaskVolume};

/// Radius of the closing (mm): takes in vessels and bronchial walls at the edge of the lung, up to 1 cm wide, and
/// follows the chest wall otherwise.
pub const CLOSING_RADIUS_MM: f64 = 5.0;

/// The part of a slice that holds its lung.
pub(crate) struct Drawn {
    pub(crate) window: Window,
    pub(crate) lung: Mask,
    /// Below -500 HU, and the outer edge of the lung.
    pub(crate) air: Mask,
    /// Below -400 HU.
    pub(crate) below_edge: Mask,
}

/// Draws slice after slice.
pub(crate) struct SliceMasks<'a> {
    regions: &'a AirRegions,
    kinds: &'a [Air],
    airway: &'a Airway,
    closing: Disk,
}

impl<'a> SliceMasks<'a> {
    /// Prepares for slices of this spacing.
    pub(crate) fn new(
        regions: &'a AirRegions,
        kinds: &'a [Air],
        airway: &'a Airway,
        spacing: InPlaneSpacingMm,
    ) -> Self {
        let closing = Disk::ellipse(CLOSING_RADIUS_MM / spacing.row, CLOSING_RADIUS_MM / spacing.col);
        Self { regions, kinds, airway, closing }
    }

    /// Writes the closed lung of `slice` into `planes.edge`, its small holes filled; the large ones go to `holes`. What was
    /// drawn; `None` without lung.
    ///
    /// Also marks in `planes.air` the pixels of the outer edge that hold lung and wall at once (-500 to -400 HU), so that
    /// they never count as dense tissue; edges of vessels inside the lung are no such pixels.
    pub(crate) fn draw(&self, slice: usize, planes: &mut Planes, holes: &mut Holes) -> Option<Drawn> {
        let Some(window) = self.window(slice, &planes.air) else {
            planes.edge.slice_mut(slice).clear();
            return None;
        };
        let core = self.core(slice, &window);
        let mut air = window.cut(planes.air.slice(slice));
        let mut lung = close(core.view(), &self.closing);
        // All other air stays out: airways, bowel, air outside the body.
        lung.view_mut().combine([air.view(), core.view()], |closed, [air, core]| closed & (core | !air));

        let below_edge = window.cut(planes.edge.slice(slice));
        let mut rim = dilate(lung.view(), &Disk::new(1.0));
        rim.view_mut().combine([below_edge.view(), air.view(), lung.view()], |rim, [edge, air, lung]| {
            rim & edge & !air & !lung
        });
        let inside = holes.take(&mut lung, slice, &window);
        rim.view_mut().and_not(inside.view());
        lung.view_mut().or(rim.view());
        air.view_mut().or(rim.view());

        window.paste(&rim, planes.air.slice_mut(slice));
        planes.edge.slice_mut(slice).clear();
        window.paste(&lung, planes.edge.slice_mut(slice));
        Some(Drawn { window, lung, air, below_edge })
    }

    /// The lung regions of a slice without the projected airway, in the window.
    fn core(&self, slice: usize, window: &Window) -> Mask {
        let mut core = window.empty();
        let mut view = core.view_mut();
        for region in self.regions.on_slice(slice).filter(|&r| self.kinds[r as usize] == Air::Lung) {
            self.regions.runs(region).iter().for_each(|r| window.set_run(&mut view, r.row(), r.run()));
        }
        for (_, section) in self.airway.projected.iter().filter(|(s, _)| *s == slice) {
            core.view_mut().and_not(section.cut(window).view());
        }
        core
    }

    /// The part of the slice that the closing can change; `None` without lung.
    fn window(&self, slice: usize, like: &MaskVolume) -> Option<Window> {
        let lungs = self.regions.on_slice(slice).filter(|&r| self.kinds[r as usize] == Air::Lung);
        let bounds = lungs.map(|r| self.regions.region(r).bounds).reduce(bounds_of_both)?;
        Some(Window::around(bounds, &self.closing, 1, like))
    }
}
