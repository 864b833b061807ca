//! One pass over the slices of a file, in ascending order, from wherever the voxels are.

use super::arrival::{Feed, Remote};
use super::error::NiftiError;
use super::extent::Extent;
use super::file::NiftiFile;
use super::gather::{gather, slices_at_once};
use super::gzip::{Members, READ_BYTES};
use super::pages::Pages;
use super::stored::StoredFile;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::PathBuf;

/// Where voxels come from.
#[derive(Debug)]
pub(super) enum Voxels<'a> {
    /// All in memory, as stored.
    Memory(&'a [u8]),
    /// On disk, at their place.
    Disk(File),
    /// On disk, packed: to be unpacked from the beginning in each pass.
    Packed(PathBuf),
    /// In a store.
    Remote(Box<Remote>),
}

/// A pass.
pub(super) struct Pass<'a> {
    file: &'a NiftiFile,
    source: Source<'a>,
}

enum Source<'a> {
    Slices(&'a [u8]),
    Block(&'a [u8]),
    Disk(&'a mut File),
    Stream(Box<Members<BufReader<File>>>),
    Unpacked(Box<Members<BufReader<Feed<'a>>>>),
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
            Voxels::Memory(voxels) if file.supports_streaming() => Source::Slices(voxels),
            Voxels::Memory(voxels) => Source::Block(voxels),
            Voxels::Disk(disk) => Source::Disk(disk),
            Voxels::Packed(path) => {
                let mut members = Members::buffered(image.open(path)?);
                members.skip(start).map_err(|error| members.explain(&image.name, extent, error))?;
                Source::Stream(Box::new(members))
            }
            Voxels::Remote(remote) => match (image.gzip, alone) {
                (false, true) => Source::Ranges(remote),
                (true, _) => {
                    let mut members = Members::buffered(remote.feed(image)?);
                    members.skip(start).map_err(|error| members.explain(&image.name, extent, error))?;
                    Source::Unpacked(Box::new(members))
                }
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
        if let Source::Slices(voxels) = self.source {
            return Ok(&voxels[start * slice_bytes..][..slice_bytes]);
        }
        let out =
            buffer.bytes_mut(count * slice_bytes).map_err(|source| image.io("held in memory", source))?;
        match &mut self.source {
            Source::Slices(_) => {}
            Source::Block(block) => {
                gather(block, extent.dims, file.geometry().frame(), file.voxel_bytes(), start, out);
            }
            Source::Disk(disk) => read_at(image, extent, disk, (start * slice_bytes) as u64, out)?,
            Source::Stream(members) => {
                members.read_exact(out).map_err(|error| members.explain(&image.name, extent, error))?;
            }
            Source::Unpacked(members) => {
                members.read_exact(out).map_err(|error| members.explain(&image.name, extent, error))?;
            }
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

    /// Checks what stands behind the last slice: the checksum of a stream.
    pub(super) fn check_end(&mut self) -> Result<(), NiftiError> {
        match &mut self.source {
            Source::Stream(members) => members
                .check_end()
                .map_err(|error| members.explain(&self.file.image_file.name, &self.file.extent, error)),
            Source::Unpacked(members) => members
                .check_end()
                .map_err(|error| members.explain(&self.file.image_file.name, &self.file.extent, error)),
            _ => Ok(()),
        }
    }
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
