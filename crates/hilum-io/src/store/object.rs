//! What a store says about an object before a byte of it is read.

use super::error::StoreError;
use object_store::{ObjectMeta, path::Path as Key};

/// An object of a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredObject {
    pub(super) key: Key,
    /// Its length in bytes.
    pub bytes: u64,
    /// Its ETag, where the store tells.
    pub etag: Option<String>,
}

impl StoredObject {
    /// The object that a store would speak of in these words.
    ///
    /// # Errors
    /// [`StoreError::Address`] if `key` is no key.
    pub fn new(key: &str, bytes: u64, etag: Option<String>) -> Result<Self, StoreError> {
        let fault = |error: object_store::path::Error| StoreError::Address {
            address: key.to_owned(),
            problem: error.to_string(),
        };
        Ok(Self { key: Key::parse(key).map_err(fault)?, bytes, etag })
    }

    /// Its key, parts divided by `/`.
    pub fn key(&self) -> &str {
        self.key.as_ref()
    }

    /// Size and ETag: equal for equal objects. `None` where the store tells no ETag: such an object is never known to be
    /// the one seen before.
    pub fn identity(&self) -> Option<String> {
        self.etag.as_ref().map(|etag| format!("{} {etag}", self.bytes))
    }
}

impl From<ObjectMeta> for StoredObject {
    fn from(meta: ObjectMeta) -> Self {
        Self { key: meta.location, bytes: meta.size, etag: meta.e_tag }
    }
}
