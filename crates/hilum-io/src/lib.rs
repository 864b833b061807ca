//! NIfTI volumes, pictures and tables, in and out.
