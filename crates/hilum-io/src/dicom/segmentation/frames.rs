//! The frames of a Segmentation object: which slice of which segment each is, and their bits.

use super::super::error::DicomError;
use super::super::image::Image;
use super::super::series::DicomSeries;
use super::Segment;
use super::data_set::DataSet;
use super::kind::Code;
use super::modules::{code, reference};
use dicom_core::VR;
use dicom_dictionary_std::{tags, uids};
use hilum_core::MaskView;

/// Where a frame comes from.
pub(super) struct Frame {
    /// Number of its segment, from 0.
    pub(super) segment: usize,
    /// Number of its slice in the sorted series, from 0.
    pub(super) slice: usize,
}

/// All frames: segment after segment, slice after slice.
pub(super) struct Frames {
    pub(super) list: Vec<Frame>,
    /// One bit a pixel, without gaps between frames; the first pixel in the lowest bit.
    pub(super) bits: Vec<u8>,
}

/// Bits in the order in which they come.
#[derive(Default)]
struct BitString {
    bytes: Vec<u8>,
    pending: u128,
    pending_bits: usize,
}

impl Frames {
    pub(super) fn of(series: &DicomSeries, segments: &[Segment<'_>]) -> Result<Self, DicomError> {
        let geometry = series.geometry();
        let shape = [geometry.rows(), geometry.cols(), geometry.slices()];
        let mut list = Vec::new();
        let mut bits = BitString::default();
        for (number, segment) in segments.iter().enumerate() {
            let found = [segment.mask.rows(), segment.mask.cols(), segment.mask.slices()];
            if found != shape {
                let problem = format!(
                    "the mask '{}' has {found:?} rows, columns and slices, the series {shape:?}",
                    segment.kind.label
                );
                return Err(DicomError::NoSegment { problem });
            }
            for slice in (0..shape[2]).filter(|&slice| !segment.mask.slice(slice).is_empty()) {
                list.push(Frame { segment: number, slice });
                bits.push_mask(segment.mask.slice(slice));
            }
        }
        if list.is_empty() {
            return Err(DicomError::NoSegment { problem: "no voxel is set in any mask".to_owned() });
        }
        Ok(Self { list, bits: bits.finish() })
    }

    /// Per-Frame Functional Groups (PS3.3 C.7.6.16).
    pub(super) fn groups(&self, series: &DicomSeries) -> Vec<DataSet> {
        self.list.iter().map(|frame| frame.group(&series.images[frame.slice])).collect()
    }
}

impl Frame {
    fn group(&self, image: &Image) -> DataSet {
        let (segment, place) = (self.segment as u32 + 1, self.slice as u32 + 1);
        DataSet::new()
            .item(
                tags::FRAME_CONTENT_SEQUENCE,
                DataSet::new().longs(tags::DIMENSION_INDEX_VALUES, &[segment, place]),
            )
            .item(
                tags::PLANE_POSITION_SEQUENCE,
                DataSet::new().decimals(tags::IMAGE_POSITION_PATIENT, &image.position_mm),
            )
            .item(
                tags::SEGMENT_IDENTIFICATION_SEQUENCE,
                DataSet::new().shorts(tags::REFERENCED_SEGMENT_NUMBER, &[segment as u16]),
            )
            .item(tags::DERIVATION_IMAGE_SEQUENCE, derivation(image))
    }
}

/// The image that a frame was made from.
fn derivation(image: &Image) -> DataSet {
    const SOURCE: Code = Code::dicom("121322", "Source image for image processing operation");
    const SEGMENTATION: Code = Code::dicom("113076", "Segmentation");
    let source = reference(image).item(tags::PURPOSE_OF_REFERENCE_CODE_SEQUENCE, code(&SOURCE)).text(
        tags::SPATIAL_LOCATIONS_PRESERVED,
        VR::CS,
        "YES",
    );
    let source = if image.file.class_uid == uids::CT_IMAGE_STORAGE {
        source
    } else {
        source.text(tags::REFERENCED_FRAME_NUMBER, VR::IS, &(image.frame + 1).to_string())
    };
    DataSet::new()
        .item(tags::DERIVATION_CODE_SEQUENCE, code(&SEGMENTATION))
        .item(tags::SOURCE_IMAGE_SEQUENCE, source)
}

impl BitString {
    fn push_mask(&mut self, mask: MaskView<'_>) {
        for row in 0..mask.rows() {
            let mut left = mask.cols();
            for &word in mask.row(row) {
                self.push(word, left.min(64));
                left = left.saturating_sub(64);
            }
        }
    }

    /// Appends the lowest `bits` of `word`; the others are zero.
    fn push(&mut self, word: u64, bits: usize) {
        self.pending |= u128::from(word) << self.pending_bits;
        self.pending_bits += bits;
        while self.pending_bits >= 8 {
            self.bytes.push(self.pending as u8);
            self.pending >>= 8;
            self.pending_bits -= 8;
        }
    }

    /// The bytes, an even number of them as DICOM wants it.
    fn finish(mut self) -> Vec<u8> {
        if self.pending_bits > 0 {
            self.bytes.push(self.pending as u8);
        }
        if !self.bytes.len().is_multiple_of(2) {
            self.bytes.push(0);
        }
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hilum_core::Mask;

    #[test]
    fn bits_run_on_over_rows_and_frames() {
        let mask = Mask::drawn("# . #\n. # #");
        let mut bits = BitString::default();
        bits.push_mask(mask.view());
        bits.push_mask(mask.view());
        // 101 011 101 011, the first in the lowest bit.
        assert_eq!(bits.finish(), [0b0111_0101, 0b0000_1101]);
    }
}
