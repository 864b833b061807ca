//! Files in and out: NIfTI volumes, DICOM series, pictures and tables.
//!
//! * [`nifti`]: chest CT volumes, read slice by slice in Hounsfield units, and masks, slices and volumes written back
//!   on the same grid;
//! * [`dicom`]: CT series, one image at a time;
//! * [`ScanFile`]: either of them, for those who only want slices in HU;
//! * [`raster`]: pictures (PNG, JPEG, TIFF) as grey values, and PNG written;
//! * [`table`]: the measurement table as CSV and Parquet, and manifests in either form;
//! * [`store`]: object stores and web servers, read and written like files;
//! * [`weights`]: weights of nets that PyTorch wrote.
//!
//! Whatever this crate writes appears whole or not at all ([`write_atomically`]), and the same content gives the same
//! bytes. Messages name a file by its last component only, so that no folder of the user's machine ends up in a table.
//!
//! It knows nothing about lungs: arrays and tables go through it, and nothing is measured here.

mod atomic;
pub mod dicom;
mod gzip;
pub mod nifti;
pub mod raster;
mod remote_scan;
mod scan_file;
mod skew;
pub mod store;
pub mod table;
pub mod weights;

pub use atomic::{file_name, write_atomically};
pub use remote_scan::{RemoteScan, RemoteSeries};
pub use scan_file::{ScanError, ScanFile, ScanReader};
