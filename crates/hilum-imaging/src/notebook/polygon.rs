//! The polygon that the notebook draws along a contour, as a set of pixels.

use super::region::{Region, Side};
use crate::components::{Connectivity, fill_holes_of};
use crate::morphology::{Disk, dilate, erode};
use hilum_core::Mask;

/// A drawn region, on a crop of the image with a margin of one pixel where there is one.
pub(super) struct Polygon {
    /// The region with its holes filled.
    filled: Mask,
    /// What is drawn of it.
    drawn: Mask,
    side: Side,
    first_row: i64,
    first_col: i64,
}

impl Polygon {
    /// Draws the polygon of a region: vertices are cut to whole pixels and the outline is erased, which leaves the
    /// pixels of the filled region whose right and lower neighbours belong to it too.
    pub(super) fn of(region: &Region) -> Self {
        let [top, left, bottom, right] = region.bounds.map(|b| b as usize);
        let mut outline = Mask::new(bottom - top + 2, right - left + 2);
        let mut view = outline.view_mut();
        for &(row, run) in &region.runs {
            view.set_run(row - top + 1, run.start as usize - left + 1, run.end as usize - left + 1);
        }
        // A contour enters a pocket of tissue that meets the tissue outside in a corner: tissue is 8-connected.
        let background = match region.side {
            Side::Air => Connectivity::Eight,
            Side::Tissue => Connectivity::Four,
        };
        let filled = fill_holes_of(outline.view(), background);
        let mut drawn = filled.clone();
        let source = filled.view();
        let mut target = drawn.view_mut();
        for row in 0..source.rows() - 1 {
            let (here, below) = (source.row(row), source.row(row + 1));
            for (index, word) in target.row_mut(row).iter_mut().enumerate() {
                let next = here.get(index + 1).copied().unwrap_or(0);
                let right = here[index] >> 1 | next << 63;
                *word = here[index] & right & below[index];
            }
        }
        Self { filled, drawn, side: region.side, first_row: top as i64 - 1, first_col: left as i64 - 1 }
    }

    /// Number of pixels drawn.
    pub(super) fn area_px(&self) -> u64 {
        self.drawn.view().count_px()
    }

    /// Whether a drawn pixel is set in `mask`.
    pub(super) fn overlaps(&self, mask: &Mask) -> bool {
        let view = mask.view();
        self.pixels(&self.drawn, view.rows(), view.cols()).any(|(row, col)| view.get(row, col))
    }

    /// Adds the drawn pixels to `mask`.
    pub(super) fn paint(&self, mask: &mut Mask) {
        self.paint_part(&self.drawn, mask);
    }

    /// Adds the air pixels along the contour to `mask`: the border of a region of air, the surroundings of one of tissue.
    pub(super) fn paint_edge(&self, mask: &mut Mask) {
        let cross = Disk::new(1.0);
        let filled = self.filled.view();
        let mut edge = match self.side {
            Side::Air => self.filled.clone(),
            Side::Tissue => dilate(filled, &cross),
        };
        match self.side {
            Side::Air => edge.view_mut().and_not(erode(filled, &cross).view()),
            Side::Tissue => edge.view_mut().and_not(filled),
        }
        self.paint_part(&edge, mask);
    }

    fn paint_part(&self, part: &Mask, mask: &mut Mask) {
        let (rows, cols) = (mask.view().rows(), mask.view().cols());
        let mut view = mask.view_mut();
        for (row, col) in self.pixels(part, rows, cols) {
            view.set(row, col, true);
        }
    }

    /// The set pixels of a part, in the coordinates of the image and inside it.
    fn pixels<'a>(
        &'a self,
        part: &'a Mask,
        rows: usize,
        cols: usize,
    ) -> impl Iterator<Item = (usize, usize)> + 'a {
        let view = part.view();
        (0..view.rows()).flat_map(move |row| {
            let at_row = usize::try_from(row as i64 + self.first_row).ok().filter(|&r| r < rows);
            view.columns(row).filter_map(move |col| {
                let at_col = usize::try_from(col as i64 + self.first_col).ok().filter(|&c| c < cols);
                at_row.zip(at_col)
            })
        })
    }
}
