//! NIfTI files from the outside: against nibabel, real scans, hostile files, and back again.

#![expect(clippy::unwrap_used, reason = "a test that meets an error has failed")]

mod hostile;
mod making;
mod mutation;
mod nibabel;
mod real_scans;
mod writing;
