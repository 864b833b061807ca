//! DICOM: CT series as scans, one axial slice at a time.
//!
//! # In
//! [`catalog`] sorts files into series by what their headers say; names and folders play no part. [`DicomSeries::open`]
//! reads the headers of one series, orders its images along the normal of their plane and says what is odd;
//! [`DicomSeries::reader`] decodes one image after the other. Stored values become HU as
//! `stored * Rescale Slope + Rescale Intercept`, with the two numbers of each image.
//!
//! Read: CT Image Storage and (Legacy Converted) Enhanced CT; uncompressed, deflated, RLE, JPEG (baseline to lossless),
//! JPEG-LS and JPEG 2000, by decoders in Rust. The grid leaves as NIfTI has it: voxel axes i along a row of an image, j down
//! its columns, k along their normal, so that a usual supine scan is LPS; millimetres in RAS+.
//!
//! Files lie on disk or in a store: of an object the header is fetched by ranges, and the whole when its slice is wanted
//! ([`DicomFile`]).
//!
//! Written: masks on a series' grid, as a Segmentation object ([`write_segmentation`]).
//!
//! # Not here
//! Nothing is resampled: a series whose images do not make a regular grid is rejected, or warned about where the error is
//! small. Patients are not named: see [`Identity`].
//!
//! # Source
//! DICOM PS3.3 C.7.6.2 (Image Plane), C.7.6.3 (Image Pixel), C.11.1 (Modality LUT), C.7.6.16 (functional groups).

mod catalog;
mod error;
mod file;
mod functional_groups;
mod header;
mod identity;
mod image;
mod pixels;
mod reader;
mod rle;
mod segmentation;
mod series;
mod stack;
mod syntax;

pub use catalog::{Catalog, SeriesFiles, catalog, is_dicom};
pub use error::DicomError;
pub use file::DicomFile;
pub use identity::{Identity, PatientKey};
pub use reader::DicomReader;
pub use segmentation::{Code, Filing, Segment, SegmentKind, write_segmentation};
pub use series::DicomSeries;
