//! Air as a graph: every 4-connected region of air on every slice is a node; regions of neighbouring slices that share
//! pixels are linked. Three-dimensional questions (which lungs, which airway, which bowel) are asked of the graph,
//! which is thousands of times smaller than the volume.

use crate::runs::{Run, for_each_touching, push_runs};
use crate::sets::DisjointSets;
use hilum_core::{MaskView, MaskViewMut, MaskVolume};
use std::ops::Range;

/// A run and the row it lies in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowRun {
    /// Row.
    pub row: u32,
    /// Columns.
    pub run: Run,
}

/// One 4-connected region of air on one slice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// Slice.
    pub slice: usize,
    /// Pixels.
    pub area_px: u64,
    /// Pixels that are gas (below -950 HU); not counted, 0, for regions that touch the border.
    pub gas_px: u64,
    /// Whether it touches the border of the image: air outside the body, or a lung cut off by the field of view.
    pub touches_border: bool,
    /// First row, first column, one past the last row, one past the last column.
    pub bounds: [u32; 4],
    runs: Range<usize>,
}

/// Two regions of neighbouring slices that share pixels (same row and column).
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
    runs: Vec<RowRun>,
    slice_starts: Vec<usize>,
    links: Vec<Link>,
}

/// One slice in row-major order, while its neighbour is being linked to it.
#[derive(Default)]
struct LabelledSlice {
    runs: Vec<Run>,
    row_starts: Vec<usize>,
    region: Vec<u32>,
}

impl LabelledSlice {
    fn row(&self, row: usize) -> Range<usize> {
        self.row_starts[row]..self.row_starts[row + 1]
    }
}

impl AirRegions {
    /// The regions of `air`, with the share of `gas` in each.
    pub fn of(air: &MaskVolume, gas: &MaskVolume) -> Self {
        let mut graph = Self::default();
        let mut sets = DisjointSets::default();
        let (mut previous, mut current) = (LabelledSlice::default(), LabelledSlice::default());
        for slice in 0..air.slices() {
            graph.slice_starts.push(graph.regions.len());
            graph.label_slice(slice, air.slice(slice), gas.slice(slice), &mut current, &mut sets);
            if slice > 0 {
                graph.link_slices(&previous, &current);
            }
            std::mem::swap(&mut previous, &mut current);
        }
        graph.slice_starts.push(graph.regions.len());
        graph
    }

    fn label_slice(
        &mut self,
        slice: usize,
        air: MaskView<'_>,
        gas: MaskView<'_>,
        labelled: &mut LabelledSlice,
        sets: &mut DisjointSets,
    ) {
        let (rows, cols) = (air.rows(), air.cols());
        labelled.runs.clear();
        labelled.row_starts.clear();
        for row in 0..rows {
            labelled.row_starts.push(labelled.runs.len());
            push_runs(air.row(row), &mut labelled.runs);
        }
        labelled.row_starts.push(labelled.runs.len());
        sets.clear();
        labelled.runs.iter().for_each(|_| _ = sets.push());
        for row in 1..rows {
            let (above, here) = (labelled.row(row - 1), labelled.row(row));
            let (a, h) = (above.start, here.start);
            for_each_touching(&labelled.runs[here], &labelled.runs[above], 0, |i, j| {
                sets.union((h + i) as u32, (a + j) as u32);
            });
        }
        let (numbers, count) = sets.numbered();
        let first = self.regions.len();
        labelled.region.clear();
        labelled.region.extend(numbers.iter().map(|&n| first as u32 + n));
        self.regions.resize(
            first + count,
            Region {
                slice,
                area_px: 0,
                gas_px: 0,
                touches_border: false,
                bounds: [u32::MAX, u32::MAX, 0, 0],
                runs: 0..0,
            },
        );
        for row in 0..rows {
            let edge = row == 0 || row + 1 == rows;
            for index in labelled.row(row) {
                let run = labelled.runs[index];
                let region = &mut self.regions[labelled.region[index] as usize];
                region.area_px += u64::from(run.len_px());
                region.touches_border |= edge || run.start == 0 || run.end as usize == cols;
                region.bounds[0] = region.bounds[0].min(row as u32);
                region.bounds[1] = region.bounds[1].min(run.start);
                region.bounds[2] = row as u32 + 1;
                region.bounds[3] = region.bounds[3].max(run.end);
                region.runs.end += 1;
            }
        }
        self.gather_runs(first, labelled, rows);
        for region in &mut self.regions[first..] {
            if !region.touches_border {
                let runs = &self.runs[region.runs.clone()];
                region.gas_px = runs.iter().map(|r| count_in_run(gas.row(r.row as usize), r.run)).sum();
            }
        }
    }

    /// Sorts the runs of a slice by region: `runs.end` holds each region's count, and becomes its range.
    fn gather_runs(&mut self, first: usize, labelled: &LabelledSlice, rows: usize) {
        let mut next = self.runs.len();
        for region in &mut self.regions[first..] {
            let count = region.runs.end;
            region.runs = next..next;
            next += count;
        }
        self.runs.resize(next, RowRun { row: 0, run: Run { start: 0, end: 0 } });
        for row in 0..rows {
            for index in labelled.row(row) {
                let region = &mut self.regions[labelled.region[index] as usize];
                self.runs[region.runs.end] = RowRun { row: row as u32, run: labelled.runs[index] };
                region.runs.end += 1;
            }
        }
    }

    fn link_slices(&mut self, below: &LabelledSlice, above: &LabelledSlice) {
        let first = self.links.len();
        for row in 0..below.row_starts.len() - 1 {
            let (b, a) = (below.row(row), above.row(row));
            let (b0, a0) = (b.start, a.start);
            for_each_touching(&below.runs[b], &above.runs[a], 0, |i, j| {
                let (run, other) = (below.runs[b0 + i], above.runs[a0 + j]);
                let (below, above) = (below.region[b0 + i], above.region[a0 + j]);
                let overlap_px = u64::from(run.overlap_px(other));
                // Few regions share a slice, and neighbours in a row alternate between the same few pairs.
                match self.links[first..].iter_mut().rev().find(|l| l.below == below && l.above == above) {
                    Some(link) => link.overlap_px += overlap_px,
                    None => self.links.push(Link { below, above, overlap_px }),
                }
            });
        }
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
        self.slice_starts[slice] as u32..self.slice_starts[slice + 1] as u32
    }

    /// Number of slices.
    pub fn slices(&self) -> usize {
        self.slice_starts.len() - 1
    }

    /// All links, ascending by slice.
    pub fn links(&self) -> &[Link] {
        &self.links
    }

    /// The runs of a region, row by row.
    pub fn runs(&self, region: u32) -> &[RowRun] {
        &self.runs[self.region(region).runs.clone()]
    }

    /// Adds the pixels of a region to `mask`.
    pub fn paint(&self, region: u32, mask: &mut MaskViewMut<'_>) {
        for r in self.runs(region) {
            mask.set_run(r.row as usize, r.run.start as usize, r.run.end as usize);
        }
    }
}

/// Set pixels of `row` inside `run`.
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
    use hilum_core::Mask;

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
        let graph = AirRegions::of(&air, &gas);
        let areas: Vec<(u64, u64, bool)> =
            graph.list().iter().map(|r| (r.area_px, r.gas_px, r.touches_border)).collect();
        assert_eq!(areas, [(2, 1, false), (3, 0, false), (1, 0, true), (3, 0, false)]);
        assert_eq!(
            graph.links(),
            [Link { below: 0, above: 3, overlap_px: 1 }, Link { below: 1, above: 3, overlap_px: 1 }]
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
