//! One object of a store, as something that can be opened again and again.

use super::address::StoreUrl;
use super::error::StoreError;
use super::object::StoredObject;
use super::open::Store;
use super::reader::ObjectReader;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// Bytes of the beginning that are fetched once and kept: a header, also a packed one.
const BEGINNING_BYTES: u64 = 4096;

/// An object with all that is needed to read it. Clones share what was fetched of its beginning.
#[derive(Debug, Clone)]
pub struct RemoteFile {
    store: Store,
    object: StoredObject,
    beginning: Arc<OnceLock<Vec<u8>>>,
}

impl RemoteFile {
    /// The object `object` of `store`; nothing is read yet.
    pub fn new(store: Store, object: StoredObject) -> Self {
        Self { store, object, beginning: Arc::default() }
    }

    /// Where it lies, for messages.
    pub fn address(&self) -> String {
        self.store.address(&self.object)
    }

    /// Where it lies, with what may be a signature: for another process, never for a message.
    pub fn url(&self) -> StoreUrl {
        self.store.url_of(&self.object)
    }

    /// Its key, parts divided by `/`.
    pub fn key(&self) -> &str {
        self.object.key()
    }

    /// What stands behind the last slash of its key.
    pub fn name(&self) -> &str {
        self.object.key().rsplit('/').next().unwrap_or_default()
    }

    /// Its length in bytes.
    pub fn bytes(&self) -> u64 {
        self.object.bytes
    }

    /// Size and ETag, as [`StoredObject::identity`].
    pub fn identity(&self) -> Option<String> {
        self.object.identity()
    }

    /// Its first bytes, 4096 where it has so many; fetched when first asked for.
    ///
    /// # Errors
    /// [`StoreError`] as [`Store::range`].
    pub fn beginning(&self) -> Result<&[u8], StoreError> {
        if let Some(bytes) = self.beginning.get() {
            return Ok(bytes);
        }
        let bytes = self.store.range(&self.object, 0..BEGINNING_BYTES)?;
        Ok(self.beginning.get_or_init(|| bytes))
    }

    /// All its bytes as they arrive.
    ///
    /// # Errors
    /// [`StoreError`] as [`Store::reader`].
    pub fn reader(&self) -> Result<ObjectReader, StoreError> {
        self.store.reader(&self.object, 0)
    }

    /// The bytes `range`; fewer where it ends earlier.
    ///
    /// # Errors
    /// [`StoreError`] as [`Store::range`].
    pub fn range(&self, range: Range<u64>) -> Result<Vec<u8>, StoreError> {
        self.store.range(&self.object, range)
    }
}

/// The same object in the same state.
impl PartialEq for RemoteFile {
    fn eq(&self, other: &Self) -> bool {
        self.object == other.object && self.address() == other.address()
    }
}

impl Eq for RemoteFile {}
