//! Objects that are copied into another store, through this machine.

use super::address::StoreUrl;
use super::error::{StoreError, StoreFault};
use super::etag::ContentHash;
use super::object::StoredObject;
use super::open::Store;
use super::transfer::{Nowhere, Received, Sink, Watch, transfer};
use super::writer::{ObjectWriter, PART_BYTES};
use std::io::Write;
use std::ops::ControlFlow;

impl Store {
    /// Copies `object` to `url` of the store `to`, in place of what is there: in one request, or in parts where it is larger
    /// than 8 MiB. It appears when all of it has arrived and been checked.
    ///
    /// What lies there then is held against what was sent: by its ETag, or, where that says nothing, by reading it back.
    ///
    /// # Errors
    /// [`StoreError`] if the store does not give the object, if what it gives is not the object, if the other does not take it,
    /// or if `watch` says to stop.
    pub fn copy_object(
        &self,
        object: &StoredObject,
        to: &Store,
        url: &StoreUrl,
        watch: Watch<'_>,
    ) -> Result<Received, StoreError> {
        let mut sink =
            Upload { to, url, in_parts: object.bytes > PART_BYTES as u64, whole: Vec::new(), writer: None };
        let received = transfer(self, object, &mut sink, ContentHash::of(object), watch)?;
        sink.finish()?;
        let copy = to.find(url)?;
        let same_tag = object.etag.is_some() && copy.etag == object.etag;
        if copy.bytes == object.bytes && (same_tag || to.holds(&copy, &received)?) {
            return Ok(received);
        }
        let said =
            format!("it was put there with {} bytes and does not come back as it was sent", object.bytes);
        let fault = StoreFault::Damaged { said };
        Err(StoreError::Request { address: url.to_string(), action: "written", fault })
    }

    /// Whether reading `copy` gives what was received.
    fn holds(&self, copy: &StoredObject, received: &Received) -> Result<bool, StoreError> {
        let unseen = |_| ControlFlow::Continue(());
        let back = transfer(self, copy, &mut Nowhere, ContentHash::of(copy), &unseen)?;
        Ok(back.blake3 == received.blake3)
    }
}

/// An object that is being put.
struct Upload<'a> {
    to: &'a Store,
    url: &'a StoreUrl,
    in_parts: bool,
    /// What is put in one request.
    whole: Vec<u8>,
    /// What is put in parts.
    writer: Option<ObjectWriter>,
}

impl Upload<'_> {
    fn finish(self) -> Result<(), StoreError> {
        match self.writer {
            Some(writer) => writer.finish()?,
            None => self.to.put(self.url, self.whole)?,
        };
        Ok(())
    }
}

impl Sink for Upload<'_> {
    fn take(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        if !self.in_parts {
            self.whole.extend_from_slice(bytes);
            return Ok(());
        }
        let writer = match &mut self.writer {
            Some(writer) => writer,
            none => none.insert(self.to.writer(self.url)?),
        };
        writer.write_all(bytes).map_err(|error| StoreError::writing(self.url, error))
    }

    fn start_over(&mut self) -> Result<(), StoreError> {
        self.whole.clear();
        self.writer = None;
        Ok(())
    }
}
