//! The lung mask of one slice, from its air regions: edge, closing, and what must stay out.

use crate::components::{Components, Connectivity};
use crate::lungs::airway::Airway;
use crate::lungs::choose::Air;
use crate::lungs::planes::Planes;
use crate::lungs::regions::AirRegions;
use crate::morphology::{Disk, close, dilate};
use hilum_core::{InPlaneSpacingMm, Mask, MaskVolume};
use std::ops::Range;

/// Radius of the closing (mm): takes in vessels and bronchial walls at the edge of the lung, up to 1 cm wide, and
/// follows the chest wall otherwise.
pub const CLOSING_RADIUS_MM: f64 = 5.0;

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

    /// Writes the closed lung of `slice`, holes still open, into `planes.edge`, and returns the rows it occupies.
    ///
    /// Also marks in `planes.air` the pixels of the outer edge that hold lung and wall at once (-500 to -400 HU), so that
    /// they never count as dense tissue; edges of vessels inside the lung are no such pixels.
    pub(crate) fn draw(&self, slice: usize, planes: &mut Planes) -> Range<usize> {
        let Some(window) = self.window(slice, &planes.air) else {
            planes.edge.slice_mut(slice).clear();
            return 0..0;
        };
        let core = window.cut(&self.core(slice, &planes.air));
        let mut closed = close(core.view(), &self.closing);
        closed.view_mut().and_not(window.cut(&self.other_air(slice, &planes.air)).view());
        closed.view_mut().or(core.view());

        let outside =
            Components::of_background(closed.view(), Connectivity::Four).select(|_, c| c.touches_border);
        let mut rim = dilate(closed.view(), &Disk::new(1.0));
        rim.view_mut().and(outside.view());
        rim.view_mut().and(window.cut_view(planes.edge.slice(slice)).view());
        rim.view_mut().and_not(window.cut_view(planes.air.slice(slice)).view());
        closed.view_mut().or(rim.view());

        window.paste(&rim, planes.air.slice_mut(slice), false);
        window.paste(&closed, planes.edge.slice_mut(slice), true);
        window.rows
    }

    fn core(&self, slice: usize, like: &MaskVolume) -> Mask {
        let mut core = Mask::new(like.rows(), like.cols());
        for region in self.regions.on_slice(slice).filter(|&r| self.kinds[r as usize] == Air::Lung) {
            self.regions.paint(region, &mut core.view_mut());
        }
        for (_, section) in self.airway.projected.iter().filter(|(s, _)| *s == slice) {
            core.view_mut().and_not(section.view());
        }
        core
    }

    fn other_air(&self, slice: usize, like: &MaskVolume) -> Mask {
        let mut other = Mask::new(like.rows(), like.cols());
        for region in self.regions.on_slice(slice).filter(|&r| self.kinds[r as usize] != Air::Lung) {
            self.regions.paint(region, &mut other.view_mut());
        }
        for (_, section) in self.airway.projected.iter().filter(|(s, _)| *s == slice) {
            other.view_mut().or(section.view());
        }
        other
    }

    /// The part of the slice that the closing can change; `None` without lung.
    fn window(&self, slice: usize, like: &MaskVolume) -> Option<Window> {
        let lungs = self.regions.on_slice(slice).filter(|&r| self.kinds[r as usize] == Air::Lung);
        let bounds = lungs
            .map(|r| self.regions.region(r).bounds)
            .reduce(|a, b| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])])?;
        let [top, left, bottom, right] = bounds.map(|b| b as usize);
        let margin = self.closing.reach() + 2;
        // Columns are cut at whole words, with a margin as wide as the disk.
        let side = self.closing.half_width() + 2;
        Some(Window {
            rows: top.saturating_sub(margin)..(bottom + margin).min(like.rows()),
            words: left.saturating_sub(side) / 64..(right + side).min(like.cols()).div_ceil(64),
            cols: like.cols(),
        })
    }
}

/// A rectangle of a mask, whole words wide.
struct Window {
    rows: Range<usize>,
    words: Range<usize>,
    cols: usize,
}

impl Window {
    fn cut(&self, mask: &Mask) -> Mask {
        self.cut_view(mask.view())
    }

    fn cut_view(&self, mask: hilum_core::MaskView<'_>) -> Mask {
        let width = (self.words.end * 64).min(self.cols) - self.words.start * 64;
        let mut part = Mask::new(self.rows.len(), width);
        let mut view = part.view_mut();
        for (row, from) in self.rows.clone().enumerate() {
            view.row_mut(row).copy_from_slice(&mask.row(from)[self.words.clone()]);
        }
        part
    }

    /// Adds `part` to `mask`; with `instead`, everything that was in `mask` is cleared first.
    fn paste(&self, part: &Mask, mut mask: hilum_core::MaskViewMut<'_>, instead: bool) {
        if instead {
            mask.clear();
        }
        for (row, to) in self.rows.clone().enumerate() {
            for (a, &b) in mask.row_mut(to)[self.words.clone()].iter_mut().zip(part.view().row(row)) {
                *a |= b;
            }
        }
    }
}
