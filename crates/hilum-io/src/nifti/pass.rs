//! One pass over the slices of a file, in ascending order, from wherever the voxels are.

use super::arrival::{Feed, Remote};
use super::error::NiftiError;
use super::extent::Extent;
use super::file::NiftiFile;
use super::gather::{gather, slices_at_once};
use super::pages::Pages;
use super::stored::StoredFile;
use crate::gzip::{Bookmark, Members};
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::PathBuf;

/// How much of a plain object is read at once.
const READ_BYTES: usize = 128 << 10;

/// Where voxels come from.
#[derive(Debug)]
pub(super) enum Voxels<'a> {
    /// All in memory, as stored; the axial axis is i or j.
    Block(&'a [u8]),
    /// On disk, at their place.
    Disk(File),
    /// On disk, packed: unpacked anew in each pass, from the last bookmark before its first slice.
    Packed { path: PathBuf, bookmarks: Vec<Bookmark> },
    /// In a store.
    Remote(Box<Remote>),
}

/// A pass.
pub(super) struct Pass<'a> {
    file: &'a NiftiFile,
    source: Source<'a>,
}

enum Source<'a> {
    Block(&'a [u8]),
    Disk(&'a mut File),
    Packed {
        members: Box<Members<Feed<'a>>>,
        bookmarks: &'a mut Vec<Bookmark>,
    },
    Plain(BufReader<Feed<'a>>),
    /// Slices of an object, asked for one by one.
    Ranges(&'a Remote),
}

impl<'a> Pass<'a> {
    /// A pass that begins with slice `first`, and ends there if it is `alone`.
    pub(super) fn begin(
        file: &'a NiftiFile,
        voxels: &'a mut Voxels<'_>,
        first: usize,
        alone: bool,
    ) -> Result<Self, NiftiError> {
        let (image, extent) = (&file.image_file, &file.extent);
        let start = extent.first_byte + (first * slice_bytes(file)) as u64;
        let source = match voxels {
            Voxels::Block(block) => Source::Block(block),
            Voxels::Disk(disk) => Source::Disk(disk),
            Voxels::Packed { path, bookmarks } => {
                unpacking(image, extent, Feed::Disk(image.open(path)?), bookmarks, start)?
            }
            Voxels::Remote(remote) => match (image.gzip, alone) {
                (true, _) => {
                    let (feed, bookmarks) = remote.packed_feed(image)?;
                    unpacking(image, extent, feed, bookmarks, start)?
                }
                (false, true) => Source::Ranges(remote),
                (false, false) => {
                    let mut feed = BufReader::with_capacity(READ_BYTES, remote.feed(image)?);
                    io::copy(&mut feed.by_ref().take(start), &mut io::sink())
                        .map_err(|source| image.io("read", source))?;
                    Source::Plain(feed)
                }
            },
        };
        Ok(Self { file, source })
    }

    /// How many slices [`Pass::stored_slices`] gives at a time, but for the last.
    pub(super) fn slices_at_once(&self) -> usize {
        match self.source {
            Source::Block(_) => slices_at_once(self.file.geometry().frame(), self.file.voxel_bytes()),
            _ => 1,
        }
    }

    /// The slices that begin with `start`, as stored, one after the other.
    pub(super) fn stored_slices<'s>(
        &'s mut self,
        start: usize,
        buffer: &'s mut Pages,
    ) -> Result<&'s [u8], NiftiError> {
        let file = self.file;
        let (image, extent) = (&file.image_file, &file.extent);
        let slice_bytes = slice_bytes(file);
        let count = self.slices_at_once().min(file.geometry().slices() - start);
        let out =
            buffer.bytes_mut(count * slice_bytes).map_err(|source| image.io("held in memory", source))?;
        match &mut self.source {
            Source::Block(block) => {
                gather(block, extent.dims, file.geometry().frame(), file.voxel_bytes(), start, out);
            }
            Source::Disk(disk) => read_at(image, extent, disk, (start * slice_bytes) as u64, out)?,
            Source::Packed { members, bookmarks } => members
                .read_with_bookmarks(out, bookmarks)
                .map_err(|error| extent.cannot_unpack(&image.name, members.unpacked(), error))?,
            Source::Plain(feed) => feed.read_exact(out).map_err(|source| image.io("read", source))?,
            Source::Ranges(remote) => {
                let from = extent.first_byte + (start * slice_bytes) as u64;
                let bytes = remote.object.range(from..from + out.len() as u64);
                let bytes = bytes.map_err(|error| image.io("read", error.into()))?;
                if bytes.len() < out.len() {
                    return Err(extent.too_short(&image.name, from + bytes.len() as u64));
                }
                out.copy_from_slice(&bytes);
            }
        }
        Ok(out)
    }

    /// Checks what stands behind the last slice: the checksum of a packed file.
    pub(super) fn check_end(&mut self) -> Result<(), NiftiError> {
        let Source::Packed { members, .. } = &mut self.source else { return Ok(()) };
        let (image, extent) = (&self.file.image_file, &self.file.extent);
        members.check_end().map_err(|error| extent.cannot_unpack(&image.name, members.unpacked(), error))
    }
}

/// A packed file, unpacked up to byte `start`.
fn unpacking<'a>(
    image: &StoredFile,
    extent: &Extent,
    mut feed: Feed<'a>,
    bookmarks: &'a mut Vec<Bookmark>,
    start: u64,
) -> Result<Source<'a>, NiftiError> {
    let unreadable = |source| image.io("read", source);
    let mut members = match bookmarks.iter().rfind(|bookmark| bookmark.unpacked <= start) {
        Some(bookmark) => {
            feed.seek(SeekFrom::Start(bookmark.packed())).map_err(unreadable)?;
            Members::from_bookmark(bookmark, feed).map_err(unreadable)?
        }
        None => Members::new(feed),
    };
    members.skip_to(start).map_err(|error| extent.cannot_unpack(&image.name, members.unpacked(), error))?;
    Ok(Source::Packed { members: Box::new(members), bookmarks })
}

fn slice_bytes(file: &NiftiFile) -> usize {
    file.slice_voxels() * file.voxel_bytes()
}

/// Reads stored voxels that begin `offset` bytes after the first one, from a plain file.
pub(super) fn read_at(
    image: &StoredFile,
    extent: &Extent,
    disk: &mut File,
    offset: u64,
    out: &mut [u8],
) -> Result<(), NiftiError> {
    let read = disk.seek(SeekFrom::Start(extent.first_byte + offset)).and_then(|_| disk.read_exact(out));
    read.map_err(|source| match source.kind() {
        // It was long enough when it was opened.
        io::ErrorKind::UnexpectedEof => {
            let found_bytes = disk.metadata().map_or(0, |metadata| metadata.len());
            extent.too_short(&image.name, found_bytes)
        }
        _ => image.io("read", source),
    })
}
