//! Walking over the slices of a series, one image decoded at a time.

use super::error::DicomError;
use super::pixels::Decoder;
use super::series::DicomSeries;
use hilum_core::{Geometry, SliceSource, SliceView};
use std::fmt;
use std::ops::ControlFlow;

/// Bytes a pixel takes while an image is decoded: compressed, decoded, and in HU in two types.
const BYTES_A_PIXEL: u64 = 12;

/// Shows the slices of one series.
pub struct DicomReader<'a> {
    series: &'a DicomSeries,
    decoder: Decoder,
}

impl DicomSeries {
    /// Bytes of memory that reading takes: one file and what becomes of it.
    pub fn memory_bytes(&self) -> u64 {
        let largest = self.images.iter().map(|image| image.file.bytes).max().unwrap_or(0);
        largest + (self.geometry().rows() * self.geometry().cols()) as u64 * BYTES_A_PIXEL
    }

    /// A reader of the slices.
    ///
    /// # Errors
    /// [`DicomError::NotAxial`] for a coronal or sagittal series, whose images are no axial slices.
    pub fn reader(&self) -> Result<DicomReader<'_>, DicomError> {
        if self.geometry().frame().slice_axis != 2 {
            return Err(DicomError::NotAxial { orientation: self.geometry().orientation().to_string() });
        }
        Ok(DicomReader { series: self, decoder: Decoder::default() })
    }
}

impl DicomReader<'_> {
    /// Shows the axial slice `index` alone.
    ///
    /// # Errors
    /// [`DicomError`] if there is no such slice or it cannot be decoded.
    pub fn read_slice(
        &mut self,
        index: usize,
        visit: &mut dyn FnMut(SliceView<'_>),
    ) -> Result<(), DicomError> {
        let image = self.series.images.get(index);
        let image = image.ok_or(DicomError::NoSuchSlice { index, slices: self.series.images.len() })?;
        let hu = self.decoder.hu(image)?;
        if let Some(slice) = SliceView::new(image.plane.rows, image.plane.cols, hu) {
            visit(slice);
        }
        Ok(())
    }
}

impl SliceSource for DicomReader<'_> {
    type Error = DicomError;

    fn geometry(&self) -> &Geometry {
        self.series.geometry()
    }

    fn visit_slices(
        &mut self,
        visit: &mut dyn FnMut(usize, SliceView<'_>) -> ControlFlow<()>,
    ) -> Result<(), DicomError> {
        for index in 0..self.series.images.len() {
            let mut flow = ControlFlow::Continue(());
            self.read_slice(index, &mut |slice| flow = visit(index, slice))?;
            if flow.is_break() {
                break;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for DicomReader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DicomReader").field("series", &self.series).finish_non_exhaustive()
    }
}
