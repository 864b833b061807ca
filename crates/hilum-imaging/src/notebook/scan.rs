//! The notebook's choice among the slices of a scan.

use super::lungs::{LungFinder, NotebookSlice};
use super::{Dropped, NOTEBOOK_AIR_BELOW_HU, NotebookDense};
use crate::threshold::threshold_below;
use hilum_core::{Mask, SliceData, SliceView};

/// The notebook's walk over a scan: slices in, the first one with the largest area out.
#[derive(Debug, Clone)]
pub struct NotebookScan {
    /// Lung area of every slice seen, in pixels; 0 where it was dropped.
    pub area_px: Vec<u64>,
    /// Why slices were dropped, and how many for each reason.
    pub dropped: Vec<(Dropped, usize)>,
    /// Measured slices with [`NotebookSlice::equal_hulls`].
    pub equal_hulls: usize,
    best: Option<Candidate>,
    air: Mask,
    finder: LungFinder,
}

/// The best slice so far, with its pixels: dense tissue is asked for when no better one has come.
#[derive(Debug, Clone)]
struct Candidate {
    index: usize,
    area_px: u64,
    slice: NotebookSlice,
    pixels: Pixels,
}

#[derive(Debug, Clone)]
enum Pixels {
    I16(Vec<i16>),
    F32(Vec<f32>),
}

/// The slice that the notebook keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BestSlice {
    /// Its index.
    pub index: usize,
    /// Its lung.
    pub lung: Mask,
    /// What the notebook calls vessel.
    pub dense: Mask,
}

impl NotebookScan {
    /// A walk over slices of `rows` x `cols`. Panics beyond [`hilum_core::MOST_SLICE_SIDE_PX`].
    pub fn new(rows: usize, cols: usize) -> Self {
        Self {
            area_px: Vec::new(),
            dropped: Vec::new(),
            equal_hulls: 0,
            best: None,
            air: Mask::new(rows, cols),
            finder: LungFinder::new(rows, cols),
        }
    }

    /// Takes in the next slice. Panics if its shape differs.
    pub fn take(&mut self, slice: SliceView<'_>) {
        notebook_air(slice, &mut self.air);
        let index = self.area_px.len();
        let area_px = match self.finder.find(self.air.view()) {
            Ok(area_px) => {
                self.equal_hulls += usize::from(self.finder.equal_hulls);
                area_px
            }
            Err(why) => {
                self.count_dropped(why);
                0
            }
        };
        self.area_px.push(area_px);
        if area_px > self.best.as_ref().map_or(0, |best| best.area_px) {
            let found = self.finder.found();
            match &mut self.best {
                Some(best) => best.replace(index, area_px, found, slice),
                None => {
                    let pixels = Pixels::of(slice);
                    self.best = Some(Candidate { index, area_px, slice: found, pixels });
                }
            }
        }
    }

    fn count_dropped(&mut self, why: Dropped) {
        match self.dropped.iter_mut().find(|(reason, _)| *reason == why) {
            Some((_, count)) => *count += 1,
            None => self.dropped.push((why, 1)),
        }
    }

    /// The slice that the notebook keeps, with its vessels in the variant asked for; `None` if every slice was dropped.
    pub fn best(&self, variant: NotebookDense) -> Option<BestSlice> {
        let Candidate { index, slice, pixels, .. } = self.best.as_ref()?;
        let lung = slice.lung.view();
        let view = SliceView::new(lung.rows(), lung.cols(), pixels.data())?;
        Some(BestSlice { index: *index, lung: slice.lung.clone(), dense: slice.dense(view, variant) })
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

impl Candidate {
    /// Another slice in place of this one; the memory stays.
    fn replace(&mut self, index: usize, area_px: u64, found: NotebookSlice, slice: SliceView<'_>) {
        (self.index, self.area_px, self.slice) = (index, area_px, found);
        match (&mut self.pixels, slice.data()) {
            (Pixels::I16(kept), SliceData::I16(pixels)) => kept.copy_from_slice(pixels),
            (Pixels::F32(kept), SliceData::F32(pixels)) => kept.copy_from_slice(pixels),
            _ => self.pixels = Pixels::of(slice),
        }
    }
}

impl Pixels {
    fn of(slice: SliceView<'_>) -> Self {
        match slice.data() {
            SliceData::I16(pixels) => Self::I16(pixels.to_vec()),
            SliceData::F32(pixels) => Self::F32(pixels.to_vec()),
        }
    }

    fn data(&self) -> SliceData<'_> {
        match self {
            Self::I16(pixels) => SliceData::I16(pixels),
            Self::F32(pixels) => SliceData::F32(pixels),
        }
    }
}

/// What the notebook takes for air: pixels below -300 HU, and those without a value, which its clipping leaves unequal to
/// -300. Panics if the shapes differ.
pub fn notebook_air(slice: SliceView<'_>, air: &mut Mask) {
    threshold_below(slice, [NOTEBOOK_AIR_BELOW_HU], [air.view_mut()]);
    if let SliceData::F32(pixels) = slice.data() {
        let mut view = air.view_mut();
        for at in pixels.iter().enumerate().filter(|(_, hu)| hu.is_nan()).map(|(at, _)| at) {
            view.set(at / slice.cols(), at % slice.cols(), true);
        }
    }
}
