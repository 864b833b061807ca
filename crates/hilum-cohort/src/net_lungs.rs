//! Lungs that a user's own net outlines: slices in, upright to the net and its mask back as the scan is stored.

use crate::{
    learn::LungModel,
    method::{Measured, measured},
    upright::Upright,
};
use hilum_core::{Finding, Geometry, Mask, SliceView};
use hilum_imaging::lungs::DrawnLungs;
use hilum_learn::LearnError;

/// Characters of the net's hash that a finding tells.
const TOLD_OF_HASH: usize = 12;

/// A net at work on one scan.
#[derive(Debug)]
pub(crate) struct NetLungs {
    model: LungModel,
    upright: Upright,
    drawn: DrawnLungs,
    /// The first slice that the net has no mask of, and why.
    broke_off: Option<(usize, LearnError)>,
}

impl NetLungs {
    pub(crate) fn new(model: &LungModel, geometry: &Geometry) -> Self {
        Self {
            model: model.clone(),
            upright: Upright::of(geometry),
            drawn: DrawnLungs::new(geometry.rows(), geometry.cols(), geometry.slices()),
            broke_off: None,
        }
    }

    /// Takes in the next slice; after one that the net fails on, the rest is not shown to it.
    pub(crate) fn take(&mut self, index: usize, slice: SliceView<'_>) {
        if self.broke_off.is_some() {
            return;
        }
        match self.lung_on(slice) {
            Ok(lung) => self.drawn.take(index, slice, &lung),
            Err(error) => self.broke_off = Some((index, error)),
        }
    }

    fn lung_on(&self, slice: SliceView<'_>) -> Result<Mask, LearnError> {
        let hu = self.upright.values(&slice.to_hu());
        let lung = self.model.segmenter().segment(self.upright.rows(), self.upright.cols(), hu)?;
        Ok(self.upright.stored_mask(&lung))
    }

    /// What was measured; a finding of level reject where there is nothing.
    pub(crate) fn finish(self, geometry: &Geometry, findings: &mut Vec<Finding>) -> Option<Measured> {
        let name = self.model.name();
        if let Some((index, error)) = self.broke_off {
            let message = format!("the net '{name}' gives no mask of slice {index}: {error}");
            findings.push(Finding::reject("lung_net_failed", message));
            return None;
        }
        let hash = self.model.weights_blake3().get(..TOLD_OF_HASH).unwrap_or_default();
        let message = format!(
            "the lungs are those that the net '{name}' outlines (weights {hash}), slice by slice, and not hilum's own: not to \
             be compared with those of another net or none"
        );
        findings.push(Finding::note("lungs_by_net", message));
        let none = format!(
            "no lung was found: the net '{name}' outlines none on any slice (another body part, or a net that is shown slices \
             in another way than in its training)"
        );
        measured(self.drawn.measure(geometry), geometry, findings, &none)
    }
}
