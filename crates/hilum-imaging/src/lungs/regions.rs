//! Air as a graph: every enclosed 4-connected region of air on every slice is a node; regions of neighbouring slices that
//! share pixels are linked. What is joined to the border of a slice is one node more. Three-dimensional questions (which
//! lungs, which airway, which bowel) are asked of the graph, which is thousands of times smaller than the volume.

use crate::enclosed::{Enclosed, EnclosedRun, OUTSIDE, SharedPixels};
use crate::runs::Run;
use bytemuck::{Pod, Zeroable};
use hilum_core::{LargeList, MOST_SLICE_SIDE_PX, MaskView, MaskViewMut};
use std::ops::Range;

/// A run and the row it lies in, in as few bytes as will do: a scan holds up to a million of them, and fresh memory costs more
/// than what is done with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct RowRun {
    row: u16,
    start: u16,
    end: u16,
}

impl RowRun {
    /// A run of `row`. Slices have at most [`MOST_SLICE_SIDE_PX`] rows and columns.
    #[inline(always)]
    pub fn new(row: u32, run: Run) -> Self {
        debug_assert!(row.max(run.end) <= u32::from(u16::MAX));
        Self { row: row as u16, start: run.start as u16, end: run.end as u16 }
    }

    /// The row.
    #[inline(always)]
    pub fn row(self) -> usize {
        usize::from(self.row)
    }

    /// The columns.
    #[inline(always)]
    pub fn run(self) -> Run {
        Run { start: u32::from(self.start), end: u32::from(self.end) }
    }

    /// Adds its pixels to `mask`.
    #[inline(always)]
    pub fn paint(self, mask: &mut MaskViewMut<'_>) {
        mask.set_run(self.row(), usize::from(self.start), usize::from(self.end));
    }
}

/// One enclosed 4-connected region of air on one slice, or all the air there that is joined to the border.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// Slice.
    pub slice: usize,
    /// Pixels.
    pub area_px: u64,
    /// Pixels that are gas (below -950 HU); not counted, 0, for what touches the border.
    pub gas_px: u64,
    /// Whether it touches the border of the image: air outside the body, or a lung cut off by the field of view.
    pub touches_border: bool,
    /// First row, first column, one past the last row, one past the last column; the whole slice for what touches the border.
    pub bounds: [u32; 4],
    runs: Range<usize>,
}

/// Two regions of neighbouring slices that share pixels (same row and column), at least one of them enclosed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// The region on the slice with the smaller index.
    pub below: u32,
    /// The region on the next slice.
    pub above: u32,
    /// Pixels that both have.
    pub overlap_px: u64,
}

/// All air regions of a volume and their links.
#[derive(Debug, Clone, Default)]
pub struct AirRegions {
    regions: Vec<Region>,
    runs: LargeList<RowRun>,
    slice_starts: Vec<usize>,
    links: Vec<Link>,
    latest: Enclosed,
    before: Enclosed,
    shared: SharedPixels,
}

impl AirRegions {
    /// Takes in the next slice: its `air`, and which of it is `gas`. Panics beyond [`MOST_SLICE_SIDE_PX`].
    pub fn push_slice(&mut self, air: MaskView<'_>, gas: MaskView<'_>) {
        assert!(air.rows().max(air.cols()) <= MOST_SLICE_SIDE_PX, "slices of that size do not fit a run");
        let slice = self.slice_starts.len();
        self.slice_starts.push(self.regions.len());
        std::mem::swap(&mut self.before, &mut self.latest);
        self.latest.set(air);
        self.add_regions(slice, air, gas);
        if slice > 0 {
            self.link_slices();
        }
    }

    /// Adds the regions of the latest slice: the enclosed ones in the order of their labels, then the outside, if any.
    fn add_regions(&mut self, slice: usize, air: MaskView<'_>, gas: MaskView<'_>) {
        let first = self.regions.len();
        let empty = Region {
            slice,
            area_px: 0,
            gas_px: 0,
            touches_border: false,
            bounds: [u32::MAX, u32::MAX, 0, 0],
            runs: 0..0,
        };
        self.regions.resize(first + self.latest.regions(), empty.clone());
        let regions = &mut self.regions[first..];
        for &EnclosedRun { row, run, label } in self.latest.runs() {
            let region = &mut regions[label as usize - 1];
            region.area_px += u64::from(run.len_px());
            let [top, left, bottom, right] = &mut region.bounds;
            *top = (*top).min(row);
            *left = (*left).min(run.start);
            *bottom = row + 1;
            *right = (*right).max(run.end);
            region.runs.end += 1;
        }
        // Every region gets its place among the runs, which are then sorted by region.
        let mut next = self.runs.len();
        for region in regions.iter_mut() {
            let count = region.runs.end;
            region.runs = next..next;
            next += count;
        }
        self.runs.grow_to(next);
        let runs = &mut self.runs[..];
        for &EnclosedRun { row, run, label } in self.latest.runs() {
            let region = &mut regions[label as usize - 1];
            region.gas_px += count_in_run(gas.row(row as usize), run);
            runs[region.runs.end] = RowRun::new(row, run);
            region.runs.end += 1;
        }
        if self.latest.outside_px() > 0 {
            let bounds = [0, 0, air.rows() as u32, air.cols() as u32];
            let area_px = self.latest.outside_px();
            self.regions.push(Region { area_px, touches_border: true, bounds, ..empty });
        }
    }

    /// Links the latest slice to the one before.
    fn link_slices(&mut self) {
        let &[.., first_before, first_latest] = &self.slice_starts[..] else { return };
        let region = |first: usize, air: &Enclosed, label: u32| match label {
            OUTSIDE => (first + air.regions()) as u32,
            enclosed => first as u32 + enclosed - 1,
        };
        let (below, above) = (&self.before, &self.latest);
        below.count_shared(above, &mut self.shared);
        self.links.extend(self.shared.pairs().map(|(a, b, shared_px)| Link {
            below: region(first_before, below, a),
            above: region(first_latest, above, b),
            overlap_px: u64::from(shared_px),
        }));
    }

    /// All regions, slice by slice.
    pub fn list(&self) -> &[Region] {
        &self.regions
    }

    /// The region with this index.
    pub fn region(&self, index: u32) -> &Region {
        &self.regions[index as usize]
    }

    /// The indices of the regions of one slice.
    pub fn on_slice(&self, slice: usize) -> Range<u32> {
        let end = self.slice_starts.get(slice + 1).copied().unwrap_or(self.regions.len());
        self.slice_starts[slice] as u32..end as u32
    }

    /// Number of slices.
    pub fn slices(&self) -> usize {
        self.slice_starts.len()
    }

    /// The links, ascending by slice.
    pub fn links(&self) -> &[Link] {
        &self.links
    }

    /// The runs of an enclosed region, row by row; none for what touches the border.
    pub fn runs(&self, region: u32) -> &[RowRun] {
        &self.runs[self.region(region).runs.clone()]
    }

    /// Adds the pixels of an enclosed region to `mask`.
    pub fn paint(&self, region: u32, mask: &mut MaskViewMut<'_>) {
        self.runs(region).iter().for_each(|run| run.paint(mask));
    }
}

/// Set pixels of `row` inside `run`.
#[inline(always)]
pub(crate) fn count_in_run(row: &[u64], run: Run) -> u64 {
    if run.start >= run.end {
        return 0;
    }
    let (first, last) = (run.start as usize / 64, (run.end as usize - 1) / 64);
    let head = u64::MAX << (run.start % 64);
    let tail = u64::MAX >> (63 - (run.end - 1) % 64);
    if first == last {
        return u64::from((row[first] & head & tail).count_ones());
    }
    let middle: u32 = row[first + 1..last].iter().map(|w| w.count_ones()).sum();
    u64::from((row[first] & head).count_ones() + middle + (row[last] & tail).count_ones())
}

#[cfg(test)]
mod tests {
    use super::*;
    use hilum_core::{Mask, MaskVolume};

    fn volume(pictures: &[&str]) -> MaskVolume {
        let masks: Vec<Mask> = pictures.iter().map(|p| Mask::drawn(p)).collect();
        let view = masks[0].view();
        let mut volume = MaskVolume::new(view.rows(), view.cols(), masks.len());
        for (index, mask) in masks.iter().enumerate() {
            volume.slice_mut(index).or(mask.view());
        }
        volume
    }

    #[test]
    fn regions_are_linked_through_shared_pixels() {
        let air = volume(&[
            ". . . . . .
             . # . # # .
             . # . # . .
             . . . . . .",
            ". . . . . #
             . # # # . .
             . . . . . .
             . . . . . .",
        ]);
        let gas = volume(&[
            ". . . . . .
             . # . . . .
             . . . . . .
             . . . . . .",
            ". . . . . .
             . . . . . .
             . . . . . .
             . . . . . .",
        ]);
        let mut graph = AirRegions::default();
        for slice in 0..air.slices() {
            graph.push_slice(air.slice(slice), gas.slice(slice));
        }
        let areas: Vec<(u64, u64, bool)> =
            graph.list().iter().map(|r| (r.area_px, r.gas_px, r.touches_border)).collect();
        assert_eq!(areas, [(2, 1, false), (3, 0, false), (3, 0, false), (1, 0, true)]);
        assert_eq!(
            graph.links(),
            [Link { below: 0, above: 2, overlap_px: 1 }, Link { below: 1, above: 2, overlap_px: 1 }]
        );
        assert_eq!(graph.region(1).bounds, [1, 3, 3, 5]);
        assert_eq!(graph.runs(1).len(), 2);
    }

    #[test]
    fn counting_in_a_run_crosses_words() {
        let mask = Mask::from_fn(1, 200, |_, c| c % 3 == 0);
        for (start, end) in [(0, 0), (0, 1), (1, 3), (60, 70), (0, 200), (63, 129), (128, 192)] {
            let expected = (start..end).filter(|c| c % 3 == 0).count() as u64;
            assert_eq!(count_in_run(mask.view().row(0), Run { start, end }), expected, "{start}..{end}");
        }
    }
}
