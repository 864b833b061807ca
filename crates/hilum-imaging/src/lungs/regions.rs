//! Air as a graph: every 4-connected region of air on every slice is a node; regions of neighbouring slices that share
//! pixels are linked. Three-dimensional questions (which lungs, which airway, which bowel) are asked of the graph,
//! which is thousands of times smaller than the volume.

use crate::labelled::LabelledRuns;
use crate::runs::{Run, for_each_touching, push_runs};
use hilum_core::{MaskView, MaskViewMut};
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
    runs: Vec<RowRun>,
    slice_starts: Vec<usize>,
    links: Vec<Link>,
    latest: LabelledSlice,
    before: LabelledSlice,
}

/// One slice in row-major order, until its neighbour is linked to it.
#[derive(Debug, Clone, Default)]
struct LabelledSlice {
    labelled: LabelledRuns,
    /// The first region of the slice: label n is region `first + n`.
    first: usize,
}

impl AirRegions {
    /// Takes in the next slice: its `air`, and which of it is `gas`.
    pub fn push_slice(&mut self, air: MaskView<'_>, gas: MaskView<'_>) {
        let slice = self.slice_starts.len();
        self.slice_starts.push(self.regions.len());
        std::mem::swap(&mut self.before, &mut self.latest);
        let mut latest = std::mem::take(&mut self.latest);
        self.label_slice(slice, air, gas, &mut latest);
        if slice > 0 {
            let before = std::mem::take(&mut self.before);
            self.link_slices(&before, &latest);
            self.before = before;
        }
        self.latest = latest;
    }

    #[inline(always)]
    fn label_slice(
        &mut self,
        slice: usize,
        air: MaskView<'_>,
        gas: MaskView<'_>,
        current: &mut LabelledSlice,
    ) {
        let (rows, cols) = (air.rows(), air.cols());
        let count = current.labelled.label(rows, 0, |row, runs| push_runs(air.row(row), runs));
        let first = self.regions.len();
        current.first = first;
        let empty = Region {
            slice,
            area_px: 0,
            gas_px: 0,
            touches_border: false,
            bounds: [u32::MAX, u32::MAX, 0, 0],
            runs: 0..0,
        };
        self.regions.resize(first + count, empty);
        let regions = &mut self.regions[first..];
        for row in 0..rows {
            let edge = row == 0 || row + 1 == rows;
            let range = current.labelled.row(row);
            let labels = &current.labelled.labels[range.clone()];
            for (run, &label) in current.labelled.runs[range].iter().zip(labels) {
                let region = &mut regions[label as usize];
                region.area_px += u64::from(run.len_px());
                region.touches_border |= edge || run.start == 0 || run.end as usize == cols;
                region.bounds[0] = region.bounds[0].min(row as u32);
                region.bounds[1] = region.bounds[1].min(run.start);
                region.bounds[2] = row as u32 + 1;
                region.bounds[3] = region.bounds[3].max(run.end);
                region.runs.end += 1;
            }
        }
        self.gather_runs(current, rows);
        for region in &mut self.regions[first..] {
            if !region.touches_border {
                let runs = &self.runs[region.runs.clone()];
                region.gas_px = runs.iter().map(|r| count_in_run(gas.row(r.row as usize), r.run)).sum();
            }
        }
    }

    /// Sorts the runs of the enclosed regions of a slice by region: `runs.end` holds each region's count, and becomes its
    /// range. The runs of regions that touch the border are many and never asked for: theirs stays empty.
    #[inline(always)]
    fn gather_runs(&mut self, current: &LabelledSlice, rows: usize) {
        let regions = &mut self.regions[current.first..];
        let mut next = self.runs.len();
        for region in regions.iter_mut() {
            let count = if region.touches_border { 0 } else { region.runs.end };
            region.runs = next..next;
            next += count;
        }
        self.runs.resize(next, RowRun { row: 0, run: Run { start: 0, end: 0 } });
        for row in 0..rows {
            let range = current.labelled.row(row);
            let labels = &current.labelled.labels[range.clone()];
            for (&run, &label) in current.labelled.runs[range].iter().zip(labels) {
                let region = &mut regions[label as usize];
                if !region.touches_border {
                    self.runs[region.runs.end] = RowRun { row: row as u32, run };
                    region.runs.end += 1;
                }
            }
        }
    }

    #[inline(always)]
    fn link_slices(&mut self, below: &LabelledSlice, above: &LabelledSlice) {
        let first_link = self.links.len();
        let mut latest = 0;
        let outside = |region: usize| self.regions[region].touches_border;
        for row in 0..below.labelled.rows() {
            let (b, a) = (below.labelled.row(row), above.labelled.row(row));
            let (labels_b, labels_a) = (&below.labelled.labels[b.clone()], &above.labelled.labels[a.clone()]);
            let (runs_b, runs_a) = (&below.labelled.runs[b], &above.labelled.runs[a]);
            for_each_touching(runs_b, runs_a, 0, |i, j| {
                let pair = (below.first as u32 + labels_b[i], above.first as u32 + labels_a[j]);
                if outside(pair.0 as usize) && outside(pair.1 as usize) {
                    return;
                }
                let overlap_px = u64::from(runs_b[i].overlap_px(runs_a[j]));
                let links = &mut self.links[first_link..];
                let is_pair = |l: &Link| (l.below, l.above) == pair;
                // Runs of one pair of regions follow each other; otherwise few pairs share a slice.
                if !links.get(latest).is_some_and(is_pair) {
                    latest = links.iter().rposition(is_pair).unwrap_or(links.len());
                }
                match links.get_mut(latest) {
                    Some(link) => link.overlap_px += overlap_px,
                    None => self.links.push(Link { below: pair.0, above: pair.1, overlap_px }),
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

    /// The runs of an enclosed region, row by row; none for a region that touches the border.
    pub fn runs(&self, region: u32) -> &[RowRun] {
        &self.runs[self.region(region).runs.clone()]
    }

    /// Adds the pixels of an enclosed region to `mask`.
    pub fn paint(&self, region: u32, mask: &mut MaskViewMut<'_>) {
        for r in self.runs(region) {
            mask.set_run(r.row as usize, r.run.start as usize, r.run.end as usize);
        }
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
