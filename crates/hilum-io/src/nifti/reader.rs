//! Walking over the slices of an open file.
//!
//! | file | on disk | in a store |
//! |---|---|---|
//! | plain | a slice at a time; one slice alone at its place | a slice at a time, as it arrives; one slice alone by its range |
//! | gzip | unpacked a slice at a time | the same, as it arrives, and kept packed in a temporary file |
//! | axial axis i or j | all voxels in memory, slices gathered | the same |
//!
//! An object is never fetched twice: a second pass reads the memory or the temporary file. One slice of a packed file is
//! unpacked from the nearest of the bookmarks that the first pass has left.
//!
//! Files are never mapped into memory: one that is truncated meanwhile would kill the program.

use super::arrival::{Arrival, Content, Remote};
use super::convert::Converted;
use super::error::NiftiError;
use super::file::NiftiFile;
use super::gather::slices_at_once;
use super::pages::Pages;
use super::pass::{Pass, Voxels, read_at};
use super::stored::Place;
use crate::gzip::{Bookmark, Members, STREAM_BYTES};
use crate::store::RemoteFile;
use hilum_core::{Geometry, SliceSource, SliceView};
use std::io::Read;
use std::ops::ControlFlow;
use std::path::Path;

/// Memory of a reader, to be used again for the next scan: it grows to the largest and stays.
#[derive(Debug, Default)]
pub struct ReadBuffers {
    block: Pages,
    stored: Pages,
    converted: Converted,
}

impl ReadBuffers {
    /// Bytes held now, to be counted against a memory limit; `ReadBuffers::default()` in their place gives them back.
    pub fn held_bytes(&self) -> u64 {
        self.block.held_bytes() + self.stored.held_bytes() + self.converted.held_bytes()
    }
}

/// Shows the slices of one volume.
#[derive(Debug)]
pub struct NiftiReader<'a> {
    file: &'a NiftiFile,
    voxels: Voxels<'a>,
    stored: &'a mut Pages,
    converted: &'a mut Converted,
    content: Option<Content>,
}

impl NiftiFile {
    /// Bytes of memory that reading takes at its peak, so that a cohort can be planned: a slice or two, or all voxels where
    /// the axial axis is i or j.
    pub fn memory_bytes(&self) -> u64 {
        let pixels = self.slice_voxels() as u64;
        let at_once = slices_at_once(self.geometry().frame(), self.voxel_bytes()) as u64;
        let slices =
            pixels * self.voxel_bytes() as u64 * at_once + self.extent.format.converted_bytes(pixels);
        let stream = if self.image_file.gzip { STREAM_BYTES } else { 0 };
        if self.is_sliced_along_k() {
            let bookmarks = if self.image_file.gzip { Bookmark::bytes_of_all(self.extent.end()) } else { 0 };
            slices + stream + bookmarks
        } else {
            slices + stream + self.extent.end()
        }
    }

    /// A reader of the slices. Where the axial axis is i or j, all voxels are read here, at once.
    ///
    /// # Errors
    /// [`NiftiError`] if the file cannot be read or unpacked.
    pub fn reader<'a>(&'a self, buffers: &'a mut ReadBuffers) -> Result<NiftiReader<'a>, NiftiError> {
        let ReadBuffers { block, stored, converted } = buffers;
        let image = &self.image_file;
        let mut content = None;
        let voxels = match (&image.place, self.is_sliced_along_k()) {
            (Place::Disk(path), true) if image.gzip => {
                Voxels::Packed { path: path.clone(), bookmarks: Vec::new() }
            }
            (Place::Disk(path), true) => Voxels::Disk(image.open(path)?),
            (Place::Store(object), true) => Voxels::Remote(Box::new(Remote::new(object.clone()))),
            (Place::Disk(path), false) => Voxels::Block(self.read_block(path, block)?),
            (Place::Store(object), false) => {
                let (voxels, whole) = self.receive_block(object, block)?;
                content = Some(whole);
                Voxels::Block(voxels)
            }
        };
        Ok(NiftiReader { file: self, voxels, stored, converted, content })
    }

    /// All voxels of a file on disk, as stored.
    fn read_block<'a>(&self, path: &Path, block: &'a mut Pages) -> Result<&'a [u8], NiftiError> {
        let (image, extent) = (&self.image_file, &self.extent);
        let mut file = image.open(path)?;
        if image.gzip {
            return self.unpack_block(&mut file, block);
        }
        let voxels = block.bytes_mut(extent.voxel_bytes() as usize);
        let voxels = voxels.map_err(|source| image.io("held in memory", source))?;
        read_at(image, extent, &mut file, 0, voxels)?;
        Ok(voxels)
    }

    /// All voxels of an object, unpacked while they arrive, and what the object holds.
    fn receive_block<'a>(
        &self,
        object: &RemoteFile,
        block: &'a mut Pages,
    ) -> Result<(&'a [u8], Content), NiftiError> {
        let (image, extent) = (&self.image_file, &self.extent);
        let mut arrival = Arrival::begin(image, object, false)?;
        let voxels = if image.gzip {
            self.unpack_block(&mut arrival, block)?
        } else {
            let content = block.bytes_mut(extent.end() as usize);
            let content = content.map_err(|source| image.io("held in memory", source))?;
            arrival.read_exact(content).map_err(|source| image.io("read", source))?;
            &content[extent.first_byte as usize..]
        };
        let (content, _) = arrival.finish().map_err(|source| image.io("read", source))?;
        Ok((voxels, content))
    }

    /// All voxels out of a packed file.
    fn unpack_block<'a>(&self, packed: impl Read, block: &'a mut Pages) -> Result<&'a [u8], NiftiError> {
        let (image, extent) = (&self.image_file, &self.extent);
        let voxels = block.bytes_mut(extent.voxel_bytes() as usize);
        let voxels = voxels.map_err(|source| image.io("held in memory", source))?;
        let mut members = Members::new(packed);
        let unpacked = members.skip_to(extent.first_byte).and_then(|()| members.read_exact(voxels));
        unpacked
            .and_then(|()| members.check_end())
            .map_err(|error| extent.cannot_unpack(&image.name, members.unpacked(), error))?;
        Ok(voxels)
    }

    pub(super) fn voxel_bytes(&self) -> usize {
        self.extent.format.datatype.bytes()
    }

    pub(super) fn slice_voxels(&self) -> usize {
        self.geometry().rows() * self.geometry().cols()
    }
}

impl NiftiReader<'_> {
    /// Shows the axial slice `index` alone. Of a packed file what lies between the last bookmark and the slice is unpacked, too.
    ///
    /// # Errors
    /// [`NiftiError`] if there is no such slice or reading fails.
    pub fn read_slice(
        &mut self,
        index: usize,
        visit: &mut dyn FnMut(SliceView<'_>),
    ) -> Result<(), NiftiError> {
        let slices = self.file.geometry().slices();
        if index >= slices {
            let file = self.file.image_file.name.clone();
            return Err(NiftiError::NoSuchSlice { file, index, slices });
        }
        self.visit_from(index, true, &mut |_, slice| {
            visit(slice);
            ControlFlow::Break(())
        })
    }

    /// What the file holds: known of an object of which all bytes were read, and of nothing else.
    pub fn content(&self) -> Option<&Content> {
        self.content.as_ref()
    }

    /// Visits slices from `first` upwards until `visit` breaks, at once if `first` is wanted `alone`.
    fn visit_from(
        &mut self,
        first: usize,
        alone: bool,
        visit: &mut dyn FnMut(usize, SliceView<'_>) -> ControlFlow<()>,
    ) -> Result<(), NiftiError> {
        let geometry = self.file.geometry();
        let slice_bytes = self.file.slice_voxels() * self.file.voxel_bytes();
        let mut pass = Pass::begin(self.file, &mut self.voxels, first, alone)?;
        for start in (first..geometry.slices()).step_by(pass.slices_at_once()) {
            let stored = pass.stored_slices(start, self.stored)?;
            for (index, stored) in (start..).zip(stored.chunks_exact(slice_bytes)) {
                let hu = self.file.extent.format.to_hu(stored, self.converted);
                if let Some(slice) = SliceView::new(geometry.rows(), geometry.cols(), hu)
                    && visit(index, slice).is_break()
                {
                    return Ok(());
                }
            }
        }
        pass.check_end()?;
        drop(pass);
        if let Voxels::Remote(remote) = &mut self.voxels
            && let Some(content) = remote.settle(&self.file.image_file)?
        {
            self.content = Some(content);
        }
        Ok(())
    }
}

impl SliceSource for NiftiReader<'_> {
    type Error = NiftiError;

    fn geometry(&self) -> &Geometry {
        self.file.geometry()
    }

    fn visit_slices(
        &mut self,
        visit: &mut dyn FnMut(usize, SliceView<'_>) -> ControlFlow<()>,
    ) -> Result<(), NiftiError> {
        self.visit_from(0, false, visit)
    }
}
