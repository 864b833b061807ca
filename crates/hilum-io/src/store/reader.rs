//! The bytes of an object as they arrive.

use super::error::StoreError;
use bytes::Bytes;
use futures_util::{StreamExt, stream::BoxStream};
use std::io::{self, Read};
use tokio::runtime::Runtime;

/// The bytes of an object, or of its end, in order, read from the network a piece at a time: whoever reads slowly holds
/// the sender back.
///
/// A body that breaks off is gone on with unseen, as the [module](super) says; one that cannot be is an error of kind
/// [`io::ErrorKind::Other`] with a [`StoreError`] inside.
pub struct ObjectReader {
    pub(super) runtime: &'static Runtime,
    pub(super) address: String,
    pub(super) pieces: BoxStream<'static, object_store::Result<Bytes>>,
    pub(super) piece: Bytes,
}

impl std::fmt::Debug for ObjectReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ObjectReader").field("address", &self.address).finish_non_exhaustive()
    }
}

impl ObjectReader {
    /// The next bytes, as many as have come together; `None` at the end.
    pub(super) fn next_piece(&mut self) -> Result<Option<Bytes>, StoreError> {
        let next = self.runtime.block_on(self.pieces.next());
        next.transpose().map_err(StoreError::request(&self.address, "read"))
    }
}

impl Read for ObjectReader {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() {
            match self.next_piece()? {
                Some(piece) => self.piece = piece,
                None => return Ok(0),
            }
        }
        let n = out.len().min(self.piece.len());
        out[..n].copy_from_slice(&self.piece.split_to(n));
        Ok(n)
    }
}
