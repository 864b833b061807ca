//! Small text files of the output folder, written whole or not at all.

use crate::CohortError;
use hilum_io::write_atomically;
use serde::Serialize;
use std::{io::Write, path::Path};

/// Writes `value` as indented JSON.
pub(crate) fn write_json(path: &Path, value: &impl Serialize) -> Result<(), CohortError> {
    let mut json = serde_json::to_vec_pretty(value).map_err(|e| CohortError::write(path)(e.into()))?;
    json.push(b'\n');
    write_whole(path, &json)
}

/// Writes a file so that readers see the old one or the new one, never a part.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), CohortError> {
    write_atomically(path, |file| file.write_all(bytes)).map_err(CohortError::write(path))
}
