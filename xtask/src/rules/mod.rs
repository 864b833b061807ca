//! The rules: each a function from what there is to a list of problems.

pub(crate) mod arrows;
pub(crate) mod crate_folders;
pub(crate) mod files;
pub(crate) mod finding_codes;
pub(crate) mod links;
pub(crate) mod words;
