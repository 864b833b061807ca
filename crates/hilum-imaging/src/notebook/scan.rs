//! The notebook's choice among the slices of a scan.

use super::{Dropped, NOTEBOOK_AIR_BELOW_HU, NotebookDense, NotebookSlice};
use crate::threshold::threshold_below;
use hilum_core::{Mask, SliceView};

/// The notebook's walk over a scan: slices in, the first one with the largest area out.
#[derive(Debug, Clone, Default)]
pub struct NotebookScan {
    /// Lung area of every slice seen, in pixels; 0 where it was dropped.
    pub area_px: Vec<u64>,
    /// Why slices were dropped, and how many for each reason.
    pub dropped: Vec<(Dropped, usize)>,
    /// The best slice so far.
    pub best: Option<BestSlice>,
    variant: NotebookDense,
}

/// The slice that the notebook keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BestSlice {
    /// Its index.
    pub index: usize,
    /// Its masks.
    pub slice: NotebookSlice,
    /// What the notebook calls vessel.
    pub dense: Mask,
}

impl NotebookScan {
    /// A walk that computes this variant of the vessels.
    pub fn new(variant: NotebookDense) -> Self {
        Self { variant, ..Self::default() }
    }

    /// Takes in the next slice.
    pub fn take(&mut self, slice: SliceView<'_>) {
        let mut air = Mask::new(slice.rows(), slice.cols());
        threshold_below(slice, [NOTEBOOK_AIR_BELOW_HU], [air.view_mut()]);
        let index = self.area_px.len();
        match NotebookSlice::of(&air) {
            Ok(found) => {
                let area_px = found.lung.view().count_px();
                if self.area_px.iter().all(|&before| before < area_px) {
                    let dense = found.dense(slice, self.variant);
                    self.best = Some(BestSlice { index, slice: found, dense });
                }
                self.area_px.push(area_px);
            }
            Err(why) => {
                match self.dropped.iter_mut().find(|(reason, _)| *reason == why) {
                    Some((_, count)) => *count += 1,
                    None => self.dropped.push((why, 1)),
                }
                self.area_px.push(0);
            }
        }
    }

    /// Why slices were dropped, in words: `fewer_than_two_closed_contours on 12 slices, ...`; empty if none was.
    pub fn dropped_in_words(&self) -> String {
        let mut dropped = self.dropped.clone();
        dropped.sort_by_key(|&(reason, count)| (std::cmp::Reverse(count), reason.to_string()));
        let words: Vec<String> =
            dropped.iter().map(|(reason, count)| format!("{reason} on {count} slices")).collect();
        words.join(", ")
    }
}
