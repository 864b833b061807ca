//! Walking over the slices of an open file.
//!
//! | file | whole | streamed |
//! |---|---|---|
//! | plain | a slice at a time, from disk | the same |
//! | gzip | unpacked into memory at once | unpacked a slice at a time |
//! | axial axis i or j | all voxels in memory, slices gathered | refused |
//! | in a store, plain | a slice at a time, as it arrives; one slice alone by its range | the same |
//! | in a store, gzip | unpacked into memory as it arrives | unpacked a slice at a time, and kept packed in a temporary file |
//!
//! An object is never fetched twice: a second pass reads the memory or the temporary file.
//!
//! Files are never mapped into memory: one that is truncated meanwhile would kill the program.

use super::arrival::{Arrival, Content, Remote};
use super::convert::Converted;
use super::error::NiftiError;
use super::file::NiftiFile;
use super::gather::slices_at_once;
use super::gzip::{Members, STREAM_BYTES, unpack};
use super::pages::Pages;
use super::pass::{Pass, Voxels, read_at};
use super::stored::Place;
use crate::store::RemoteFile;
use hilum_core::{Geometry, SliceSource, SliceView};
use std::io::Read;
use std::ops::ControlFlow;
use std::path::Path;

/// How much of a volume is held in memory while it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReadMode {
    /// As much as makes reading fastest.
    Whole,
    /// A slice or two.
    Streamed,
}

/// Memory of a reader, to be used again for the next scan: it grows to the largest and stays.
#[derive(Debug, Default)]
pub struct ReadBuffers {
    packed: Pages,
    unpacked: Pages,
    stored: Pages,
    converted: Converted,
}

impl ReadBuffers {
    /// Bytes held now, to be counted against a memory limit; `ReadBuffers::default()` in their place gives them back.
    pub fn held_bytes(&self) -> u64 {
        self.packed.held_bytes()
            + self.unpacked.held_bytes()
            + self.stored.held_bytes()
            + self.converted.held_bytes()
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
    /// Bytes of memory that reading takes at its peak, so that a cohort can be planned.
    pub fn memory_bytes(&self, mode: ReadMode) -> u64 {
        let pixels = self.slice_voxels() as u64;
        let at_once = slices_at_once(self.geometry().frame(), self.voxel_bytes()) as u64;
        let stored = pixels * self.voxel_bytes() as u64 * at_once;
        let slices = stored + self.extent.format.converted_bytes(pixels);
        let whole = if self.image_file.gzip {
            self.packed_bytes() + self.extent.end()
        } else {
            self.extent.voxel_bytes()
        };
        match (mode, self.supports_streaming()) {
            (ReadMode::Whole, true) if self.image_file.gzip => {
                whole + self.extent.format.converted_bytes(pixels)
            }
            (_, true) if self.image_file.gzip => slices + STREAM_BYTES,
            (_, true) => slices,
            (_, false) => whole + slices,
        }
    }

    /// Bytes of memory that stay taken while slices are visited: less than the peak where a packed file was unpacked
    /// before.
    pub fn visiting_bytes(&self, mode: ReadMode) -> u64 {
        let peak = self.memory_bytes(mode);
        let packed_whole = mode == ReadMode::Whole && self.image_file.gzip;
        if packed_whole { peak - self.packed_bytes() } else { peak }
    }

    /// Bytes of a packed file that are in memory while it is unpacked whole: of an object only what is on its way.
    fn packed_bytes(&self) -> u64 {
        match self.image_file.place {
            Place::Disk(_) => self.image_file.bytes,
            Place::Store(_) => STREAM_BYTES,
        }
    }

    /// A reader of the slices. [`ReadMode::Whole`] unpacks a gzip file here, at once.
    ///
    /// # Errors
    /// [`NiftiError`] if the file cannot be read or unpacked, or cannot be streamed
    /// ([`NiftiFile::supports_streaming`]).
    pub fn reader<'a>(
        &'a self,
        mode: ReadMode,
        buffers: &'a mut ReadBuffers,
    ) -> Result<NiftiReader<'a>, NiftiError> {
        let ReadBuffers { packed, unpacked, stored, converted } = buffers;
        let image = &self.image_file;
        let mut content = None;
        let voxels = match (mode, self.supports_streaming()) {
            (ReadMode::Streamed, false) => {
                let axis = ['i', 'j', 'k'][self.geometry().frame().slice_axis];
                return Err(NiftiError::NotStreamable { file: image.name.clone(), axis });
            }
            (mode, streams) => match &image.place {
                Place::Disk(path) if streams && !image.gzip => Voxels::Disk(image.open(path)?),
                Place::Store(object) if streams && (!image.gzip || mode == ReadMode::Streamed) => {
                    Voxels::Remote(Box::new(Remote::new(object.clone())))
                }
                Place::Disk(path) if mode == ReadMode::Streamed => Voxels::Packed(path.clone()),
                Place::Disk(path) => Voxels::Memory(self.read_whole(path, packed, unpacked)?),
                Place::Store(object) => {
                    let (voxels, whole) = self.receive_whole(object, unpacked)?;
                    content = Some(whole);
                    Voxels::Memory(voxels)
                }
            },
        };
        Ok(NiftiReader { file: self, voxels, stored, converted, content })
    }

    /// All voxels of an object as stored, unpacked while they arrive.
    fn receive_whole<'a>(
        &self,
        object: &RemoteFile,
        unpacked: &'a mut Pages,
    ) -> Result<(&'a [u8], Content), NiftiError> {
        let (image, extent) = (&self.image_file, &self.extent);
        let unpacked = unpacked.bytes_mut(extent.end() as usize);
        let out = unpacked.map_err(|source| image.io("held in memory", source))?;
        let mut arrival = Arrival::begin(image, object, false)?;
        if image.gzip {
            let mut members = Members::buffered(&mut arrival);
            let outcome = members.read_exact(out).and_then(|()| members.check_end());
            outcome.map_err(|error| members.explain(&image.name, extent, error))?;
        } else {
            arrival.read_exact(out).map_err(|source| image.io("read", source))?;
        }
        let (content, _) = arrival.finish().map_err(|source| image.io("read", source))?;
        Ok((&out[extent.first_byte as usize..], content))
    }

    /// All voxels as stored.
    fn read_whole<'a>(
        &self,
        path: &Path,
        packed: &mut Pages,
        unpacked: &'a mut Pages,
    ) -> Result<&'a [u8], NiftiError> {
        let (image, extent) = (&self.image_file, &self.extent);
        let no_memory = |source| image.io("held in memory", source);
        let mut file = image.open(path)?;
        if !image.gzip {
            let voxels = unpacked.bytes_mut(extent.voxel_bytes() as usize).map_err(no_memory)?;
            read_at(image, extent, &mut file, 0, voxels)?;
            return Ok(voxels);
        }
        let packed_bytes = packed.bytes_mut(image.bytes as usize).map_err(no_memory)?;
        file.read_exact(packed_bytes).map_err(|source| image.io("read", source))?;
        let content = unpacked.bytes_mut(extent.end() as usize).map_err(no_memory)?;
        unpack(&image.name, extent, packed_bytes, content)?;
        // What was unpacked needs the memory no more; masks will.
        *packed = Pages::default();
        Ok(&content[extent.first_byte as usize..])
    }

    pub(super) fn voxel_bytes(&self) -> usize {
        self.extent.format.datatype.bytes()
    }

    pub(super) fn slice_voxels(&self) -> usize {
        self.geometry().rows() * self.geometry().cols()
    }
}

impl NiftiReader<'_> {
    /// Shows the axial slice `index` alone. A packed file that is streamed is unpacked up to that slice.
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
