//! A file of a store while it arrives: read once, hashed on the way, and kept on disk only where it is read again.

use super::error::NiftiError;
use super::stored::StoredFile;
use crate::gzip::Bookmark;
use crate::store::{ObjectReader, RemoteFile};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

/// What a file holds, once all of it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// Its length.
    pub bytes: u64,
    /// BLAKE3 of its bytes, in hexadecimal.
    pub blake3: String,
}

/// The bytes of an object, from the first one on.
#[derive(Debug)]
pub(super) struct Arrival {
    reader: ObjectReader,
    hasher: blake3::Hasher,
    copy: Option<File>,
}

impl Arrival {
    /// Asks for the object. With `copy`, what arrives goes into a nameless temporary file, too.
    pub(super) fn begin(image: &StoredFile, object: &RemoteFile, copy: bool) -> Result<Self, NiftiError> {
        let reader = object.reader().map_err(|error| image.io("read", error.into()))?;
        let copy = copy.then(tempfile::tempfile).transpose();
        let copy = copy.map_err(|source| image.io("kept in a temporary file", source))?;
        Ok(Self { reader, hasher: blake3::Hasher::new(), copy })
    }

    /// Reads what is left, and tells what the file holds; with it the copy, if one was wanted.
    pub(super) fn finish(mut self) -> io::Result<(Content, Option<File>)> {
        io::copy(&mut self, &mut io::sink())?;
        let content =
            Content { bytes: self.hasher.count(), blake3: self.hasher.finalize().to_hex().to_string() };
        if let Some(copy) = &mut self.copy {
            copy.rewind()?;
        }
        Ok((content, self.copy))
    }
}

impl Read for Arrival {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.reader.read(out)?;
        self.hasher.update(&out[..n]);
        if let Some(copy) = &mut self.copy {
            copy.write_all(&out[..n])?;
        }
        Ok(n)
    }
}

/// An object whose slices are visited.
#[derive(Debug)]
pub(super) struct Remote {
    pub(super) object: RemoteFile,
    /// The pass at hand, while it reads from the store.
    arrival: Option<Arrival>,
    /// A whole packed file, after the first pass.
    copy: Option<File>,
    /// Places in a packed file to go on from, once there is a copy.
    bookmarks: Vec<Bookmark>,
}

/// Where one pass over a file reads from.
#[derive(Debug)]
pub(super) enum Feed<'a> {
    Disk(File),
    Store(&'a mut Arrival),
    Copy(&'a mut File),
}

impl Remote {
    pub(super) fn new(object: RemoteFile) -> Self {
        Self { object, arrival: None, copy: None, bookmarks: Vec::new() }
    }

    /// The bytes of a plain file from the first one on. It has its slices at known places and is never read from the
    /// beginning again.
    pub(super) fn feed(&mut self, image: &StoredFile) -> Result<Feed<'_>, NiftiError> {
        Ok(Feed::Store(self.arrival.insert(Arrival::begin(image, &self.object, false)?)))
    }

    /// The bytes of a packed file from the first one on, and where its bookmarks go: from the copy where there is one.
    pub(super) fn packed_feed(
        &mut self,
        image: &StoredFile,
    ) -> Result<(Feed<'_>, &mut Vec<Bookmark>), NiftiError> {
        let feed = match &mut self.copy {
            Some(copy) => {
                copy.rewind().map_err(|source| image.io("read again", source))?;
                Feed::Copy(copy)
            }
            None => {
                self.bookmarks.clear();
                Feed::Store(self.arrival.insert(Arrival::begin(image, &self.object, true)?))
            }
        };
        Ok((feed, &mut self.bookmarks))
    }

    /// Ends a pass that went to the last slice: what the file holds, if this pass read it from the store.
    pub(super) fn settle(&mut self, image: &StoredFile) -> Result<Option<Content>, NiftiError> {
        let Some(arrival) = self.arrival.take() else { return Ok(None) };
        let (content, copy) = arrival.finish().map_err(|source| image.io("read", source))?;
        self.copy = copy;
        Ok(Some(content))
    }
}

impl Read for Feed<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Disk(file) => file.read(out),
            Self::Store(arrival) => arrival.read(out),
            Self::Copy(file) => file.read(out),
        }
    }
}

impl Seek for Feed<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match self {
            Self::Disk(file) => file.seek(to),
            Self::Copy(file) => file.seek(to),
            // What arrives has no bookmarks yet.
            Self::Store(_) => Err(io::ErrorKind::NotSeekable.into()),
        }
    }
}
