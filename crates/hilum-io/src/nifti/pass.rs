//! One pass over the slices of a file, in ascending order, from wherever the voxels are.

use super::error::NiftiError;
use super::extent::Extent;
use super::file::NiftiFile;
use super::gather::{gather, slices_at_once};
use super::gzip::Members;
use super::pages::Pages;
use super::stored::StoredFile;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};

/// Where voxels come from.
#[derive(Debug)]
pub(super) enum Voxels<'a> {
    /// All in memory, as stored.
    Memory(&'a [u8]),
    /// On disk, at their place.
    Disk(File),
    /// On disk, packed: to be unpacked from the beginning in each pass.
    Packed,
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
}

impl<'a> Pass<'a> {
    /// A pass that begins with slice `first`.
    pub(super) fn begin(
        file: &'a NiftiFile,
        voxels: &'a mut Voxels<'_>,
        first: usize,
    ) -> Result<Self, NiftiError> {
        let source = match voxels {
            Voxels::Memory(voxels) if file.supports_streaming() => Source::Slices(voxels),
            Voxels::Memory(voxels) => Source::Block(voxels),
            Voxels::Disk(disk) => Source::Disk(disk),
            Voxels::Packed => {
                let (image, extent) = (&file.image_file, &file.extent);
                let mut members = Members::buffered(image.open()?);
                let start = extent.first_byte + (first * slice_bytes(file)) as u64;
                members.skip(start).map_err(|error| members.explain(&image.name, extent, error))?;
                Source::Stream(Box::new(members))
            }
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
        }
        Ok(out)
    }

    /// Checks what stands behind the last slice: the checksum of a stream.
    pub(super) fn check_end(&mut self) -> Result<(), NiftiError> {
        match &mut self.source {
            Source::Stream(members) => members
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
