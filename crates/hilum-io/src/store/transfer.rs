//! One object, read to its end whatever the network does, and held against what the store says about it.
//!
//! A body that breaks off, also without a word, is asked for again from where it broke off. When the bytes are not those of the
//! ETag, the object is read once more from the beginning: either the second reading agrees, or both readings give the same
//! bytes, and then the ETag is no digest of them.

use super::error::{StoreError, StoreFault};
use super::etag::ContentHash;
use super::object::StoredObject;
use super::open::Store;
use std::fmt;
use std::ops::ControlFlow;

/// How often an object is read that comes different each time.
const READINGS: usize = 4;
/// How often the body of one reading may break off.
const MOST_BREAKS: usize = 20;

/// Told how many bytes have moved, negative where some are to move again; says whether to go on.
pub type Watch<'a> = &'a dyn Fn(i64) -> ControlFlow<()>;

/// How it is known that an object arrived as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// Its bytes are those that its ETag is a digest of.
    Digest,
    /// It was read twice, alike: its ETag has the shape of a digest and is none.
    ReadTwice,
    /// It is as long as it should be: its ETag has not even the shape.
    Size,
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Digest => "digest",
            Self::ReadTwice => "read twice",
            Self::Size => "size",
        })
    }
}

/// What arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// BLAKE3 of its bytes, in hexadecimal digits.
    pub blake3: String,
    /// How it was checked.
    pub check: Check,
}

/// Where bytes go.
pub(super) trait Sink {
    fn take(&mut self, bytes: &[u8]) -> Result<(), StoreError>;

    /// Forgets all that was taken.
    fn start_over(&mut self) -> Result<(), StoreError>;
}

/// Bytes that are only looked at.
pub(super) struct Nowhere;

impl Sink for Nowhere {
    fn take(&mut self, _: &[u8]) -> Result<(), StoreError> {
        Ok(())
    }

    fn start_over(&mut self) -> Result<(), StoreError> {
        Ok(())
    }
}

/// Moves `object` into `sink`, which holds what `begun` has seen of it already.
pub(super) fn transfer(
    store: &Store,
    object: &StoredObject,
    sink: &mut dyn Sink,
    begun: ContentHash,
    watch: Watch<'_>,
) -> Result<Received, StoreError> {
    let mut content = begun;
    let mut earlier = None;
    for _ in 0..READINGS {
        read_to_end(store, object, sink, &mut content, watch)?;
        let found = content.finish();
        let check = match found.agrees {
            Some(true) => Check::Digest,
            None => Check::Size,
            Some(false) if earlier == Some(found.blake3) => Check::ReadTwice,
            Some(false) => {
                earlier = Some(found.blake3);
                content = again(object, object.bytes, sink, watch)?;
                continue;
            }
        };
        return Ok(Received { blake3: found.blake3.to_hex().to_string(), check });
    }
    Err(damaged(store, object, format!("it was read {READINGS} times and came different each time")))
}

fn read_to_end(
    store: &Store,
    object: &StoredObject,
    sink: &mut dyn Sink,
    content: &mut ContentHash,
    watch: Watch<'_>,
) -> Result<(), StoreError> {
    let mut breaks = 0;
    while content.bytes() < object.bytes {
        let before = content.bytes();
        let outcome = read_on(store, object, sink, content, watch);
        let fruitless = content.bytes() == before || breaks == MOST_BREAKS;
        match outcome {
            Err(error) if fruitless || !may_pass(&error) => return Err(error),
            Ok(()) if fruitless && content.bytes() < object.bytes => {
                let said = format!("it ends after {} of {} bytes", content.bytes(), object.bytes);
                return Err(damaged(store, object, said));
            }
            _ => breaks += 1,
        }
        // Without an ETag nobody knows whether the rest belongs to the same object.
        if object.etag.is_none() && content.bytes() < object.bytes {
            *content = again(object, content.bytes(), sink, watch)?;
        }
    }
    Ok(())
}

/// Reads on from where `content` ends, until the body ends or breaks off.
fn read_on(
    store: &Store,
    object: &StoredObject,
    sink: &mut dyn Sink,
    content: &mut ContentHash,
    watch: Watch<'_>,
) -> Result<(), StoreError> {
    let mut reader = store.reader(object, content.bytes())?;
    while let Some(piece) = reader.next_piece()? {
        if content.bytes() + piece.len() as u64 > object.bytes {
            let said = format!("it goes on after the {} bytes that it should have", object.bytes);
            return Err(damaged(store, object, said));
        }
        sink.take(&piece)?;
        content.update(&piece);
        if watch(piece.len() as i64).is_break() {
            return Err(StoreError::Stopped { address: store.address(object) });
        }
    }
    Ok(())
}

fn again(
    object: &StoredObject,
    moved: u64,
    sink: &mut dyn Sink,
    watch: Watch<'_>,
) -> Result<ContentHash, StoreError> {
    sink.start_over()?;
    // Whether to go on is asked with the next bytes.
    let _ = watch(-(moved as i64));
    Ok(ContentHash::of(object))
}

fn damaged(store: &Store, object: &StoredObject, said: String) -> StoreError {
    let (address, fault) = (store.address(object), StoreFault::Damaged { said });
    StoreError::Request { address, action: "read", fault }
}

fn may_pass(error: &StoreError) -> bool {
    matches!(error.fault(), Some(StoreFault::Other { .. }))
}
