//! Bytes that become an object, whole or not at all.

use super::error::StoreError;
use object_store::{MultipartUpload, PutPayload};
use std::io::{self, Write};
use tokio::runtime::Runtime;

/// Bytes of one part. S3 takes 10 000 parts: objects of up to 80 GB.
pub(super) const PART_BYTES: usize = 8 << 20;

/// Writes an object part by part. It appears when [`ObjectWriter::finish`] is called; dropped before, what was sent is
/// taken back.
///
/// A program that is killed leaves its parts in the store, unseen and paid for: give buckets that are written to a
/// lifecycle rule that aborts incomplete multipart uploads.
#[derive(Debug)]
pub struct ObjectWriter {
    pub(super) runtime: &'static Runtime,
    pub(super) address: String,
    pub(super) upload: Option<Box<dyn MultipartUpload>>,
    pub(super) part: Vec<u8>,
}

impl ObjectWriter {
    fn send_part(&mut self) -> io::Result<()> {
        let part = PutPayload::from(std::mem::take(&mut self.part));
        if let Some(upload) = &mut self.upload {
            self.runtime
                .block_on(upload.put_part(part))
                .map_err(StoreError::request(&self.address, "written"))?;
        }
        Ok(())
    }

    /// Sends the rest and makes the object appear. Returns its ETag, where the store tells.
    ///
    /// # Errors
    /// [`StoreError`] if the store does not take it; nothing is left then.
    pub fn finish(mut self) -> Result<Option<String>, StoreError> {
        let sent = StoreError::request(&self.address, "written");
        let Some(mut upload) = self.upload.take() else { return Ok(None) };
        let last = PutPayload::from(std::mem::take(&mut self.part));
        let done = self.runtime.block_on(async {
            let outcome = match upload.put_part(last).await {
                Ok(()) => upload.complete().await,
                Err(refusal) => Err(refusal),
            };
            if outcome.is_err() {
                // The first fault is the one to tell of.
                let _ = upload.abort().await;
            }
            outcome
        });
        done.map(|put| put.e_tag).map_err(sent)
    }
}

impl Write for ObjectWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = bytes.len().min(PART_BYTES - self.part.len());
        self.part.extend_from_slice(&bytes[..n]);
        if self.part.len() == PART_BYTES {
            self.send_part()?;
        }
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        // Parts have a least size: what is there waits for more or for `finish`.
        Ok(())
    }
}

impl Drop for ObjectWriter {
    fn drop(&mut self) {
        if let Some(mut upload) = self.upload.take() {
            // Nobody is left to tell; the lifecycle rule of the bucket is for this case.
            let _ = self.runtime.block_on(upload.abort());
        }
    }
}
