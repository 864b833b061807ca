//! NIfTI files from the outside: against nibabel, real scans, hostile files, and back again.

mod hostile;
mod making;
mod mutation;
mod nibabel;
mod real_scans;
mod writing;
