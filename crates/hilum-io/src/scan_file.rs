//! One scan, whatever its format: the seam between files and those who only want slices in HU.

use crate::dicom::{DicomError, DicomReader, DicomSeries, is_dicom};
use crate::file_name;
use crate::nifti::{Content, Grid, Header, NiftiError, NiftiFile, NiftiReader, ReadBuffers};
use crate::raster::{PictureFacts, RasterError, picture_facts};
use crate::remote_scan::RemoteScan;
use hilum_core::{Finding, Geometry, SliceData, SliceSource, SliceView, Volume, VolumeError, VoxelData};
use std::ops::ControlFlow;
use std::path::Path;

/// A scan that cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScanError {
    /// A NIfTI file.
    #[error(transparent)]
    Nifti(#[from] NiftiError),
    /// A DICOM series.
    #[error(transparent)]
    Dicom(#[from] DicomError),
    /// A picture: it has no Hounsfield units.
    #[error(
        "{file} is a {facts}: its grey values are no Hounsfield units and cannot be measured; give the CT itself, as NIfTI or DICOM series"
    )]
    #[expect(missing_docs, reason = "the fields are what the message says")]
    Picture { file: String, facts: PictureFacts },
    /// A picture that is damaged, too.
    #[error(transparent)]
    Raster(#[from] RasterError),
    /// Fewer or more slices than the grid has.
    #[error(transparent)]
    Volume(#[from] VolumeError),
}

/// A scan of which only headers have been read.
#[derive(Debug, Clone)]
pub enum ScanFile {
    /// A NIfTI file or pair.
    Nifti(Box<NiftiFile>),
    /// The images of a DICOM series.
    Dicom(Box<DicomSeries>),
}

/// Shows the slices of one scan.
#[derive(Debug)]
pub enum ScanReader<'a> {
    /// Of a NIfTI file.
    Nifti(NiftiReader<'a>),
    /// Of a DICOM series.
    Dicom(Box<DicomReader<'a>>),
}

impl ScanFile {
    /// Opens what lies at `path`: a NIfTI file, one DICOM image, or a folder with the images of one DICOM series.
    ///
    /// # Errors
    /// [`ScanError`] as [`NiftiFile::open`], [`DicomSeries::open`] and [`DicomSeries::in_folder`]; [`ScanError::Picture`] for a
    /// picture, whatever it is named.
    pub fn open(path: &Path) -> Result<Self, ScanError> {
        if path.is_dir() {
            return Ok(DicomSeries::in_folder(path)?.into());
        }
        if is_dicom(path) {
            return Ok(DicomSeries::open(&[path.to_owned()])?.into());
        }
        match picture_facts(path) {
            Ok(Some(facts)) => Err(ScanError::Picture { file: file_name(path), facts }),
            // What cannot be read at all is for the NIfTI reader to tell.
            Ok(None) | Err(RasterError::Io { .. }) => Ok(NiftiFile::open(path)?.into()),
            Err(damaged) => Err(damaged.into()),
        }
    }

    /// Opens a scan in a store: one NIfTI file, or a DICOM series.
    ///
    /// # Errors
    /// [`ScanError`] as [`NiftiFile::open_object`] and [`DicomSeries::open`].
    pub fn open_remote(scan: &RemoteScan) -> Result<Self, ScanError> {
        Ok(match scan {
            RemoteScan::File(object) => NiftiFile::open_object(object)?.into(),
            RemoteScan::Series(series) => series.open()?.into(),
        })
    }

    /// The voxel grid and where it lies in the patient.
    pub fn geometry(&self) -> &Geometry {
        match self {
            Self::Nifti(file) => file.geometry(),
            Self::Dicom(series) => series.geometry(),
        }
    }

    /// What is odd about the headers.
    pub fn findings(&self) -> &[Finding] {
        match self {
            Self::Nifti(file) => file.findings(),
            Self::Dicom(series) => series.findings(),
        }
    }

    /// The format in words, such as `NIfTI-1 int16 gz` or `DICOM int16 JPEG Lossless`.
    pub fn format(&self) -> String {
        match self {
            Self::Nifti(file) => file.format(),
            Self::Dicom(series) => series.format().to_owned(),
        }
    }

    /// Bytes on disk.
    pub fn stored_bytes(&self) -> u64 {
        match self {
            Self::Nifti(file) => file.stored_bytes(),
            Self::Dicom(series) => series.stored_bytes(),
        }
    }

    /// Slope and intercept from stored values to HU; `None` where the images of a series differ or have none.
    pub fn rescale(&self) -> Option<[f64; 2]> {
        match self {
            Self::Nifti(file) => Some([file.header().scl_slope, file.header().scl_inter]),
            Self::Dicom(series) => series.rescale(),
        }
    }

    /// Whether any slice can be read alone, at no cost but its own: so in plain NIfTI files.
    pub fn supports_single_slices(&self) -> bool {
        match self {
            Self::Nifti(file) => file.supports_single_slices(),
            Self::Dicom(_) => false,
        }
    }

    /// Bytes of all voxels as stored, unpacked; of a series the bytes of its files.
    pub fn voxel_bytes(&self) -> u64 {
        match self {
            Self::Nifti(file) => file.voxel_bytes_total(),
            Self::Dicom(series) => series.stored_bytes(),
        }
    }

    /// Bytes of memory that reading takes at its peak: a slice or two, or all voxels of a NIfTI file whose axial axis is i
    /// or j.
    pub fn memory_bytes(&self) -> u64 {
        match self {
            Self::Nifti(file) => file.memory_bytes(),
            Self::Dicom(series) => series.memory_bytes(),
        }
    }

    /// A reader of the axial slices.
    ///
    /// # Errors
    /// [`ScanError`] as [`NiftiFile::reader`] and [`DicomSeries::reader`].
    pub fn reader<'a>(&'a self, buffers: &'a mut ReadBuffers) -> Result<ScanReader<'a>, ScanError> {
        Ok(match self {
            Self::Nifti(file) => ScanReader::Nifti(file.reader(buffers)?),
            Self::Dicom(series) => ScanReader::Dicom(Box::new(series.reader()?)),
        })
    }
}

impl ScanReader<'_> {
    /// All slices in HU: whole numbers where every slice has whole numbers that fit.
    ///
    /// # Errors
    /// [`ScanError`] if reading fails.
    pub fn read_volume(&mut self) -> Result<Volume, ScanError> {
        let mut voxels = VoxelData::I16(Vec::new());
        self.visit_slices(&mut |_, slice| {
            append(&mut voxels, slice.data());
            ControlFlow::Continue(())
        })?;
        Ok(Volume::new(self.geometry().clone(), voxels)?)
    }
}

fn append(voxels: &mut VoxelData, slice: SliceData<'_>) {
    match (voxels, slice) {
        (VoxelData::I16(all), SliceData::I16(new)) => all.extend(new),
        (VoxelData::F32(all), SliceData::F32(new)) => all.extend(new),
        (VoxelData::F32(all), SliceData::I16(new)) => all.extend(new.iter().map(|&hu| f32::from(hu))),
        (whole @ VoxelData::I16(_), SliceData::F32(new)) => {
            let VoxelData::I16(before) = &*whole else { return };
            let all = before.iter().map(|&hu| f32::from(hu)).chain(new.iter().copied()).collect();
            *whole = VoxelData::F32(all);
        }
    }
}

impl From<NiftiFile> for ScanFile {
    fn from(file: NiftiFile) -> Self {
        Self::Nifti(Box::new(file))
    }
}

impl From<DicomSeries> for ScanFile {
    fn from(series: DicomSeries) -> Self {
        Self::Dicom(Box::new(series))
    }
}

impl Grid for ScanFile {
    fn geometry(&self) -> &Geometry {
        self.geometry()
    }

    fn nifti_header(&self) -> Header {
        match self {
            Self::Nifti(file) => file.nifti_header(),
            Self::Dicom(series) => Header::of_grid(series.geometry()),
        }
    }
}

impl ScanReader<'_> {
    /// What the file holds: known of an object of which all bytes were read, and of nothing else.
    pub fn content(&self) -> Option<&Content> {
        match self {
            Self::Nifti(reader) => reader.content(),
            Self::Dicom(_) => None,
        }
    }

    /// Shows the axial slice `index` alone.
    ///
    /// # Errors
    /// [`ScanError`] if there is no such slice or reading fails.
    pub fn read_slice(
        &mut self,
        index: usize,
        visit: &mut dyn FnMut(SliceView<'_>),
    ) -> Result<(), ScanError> {
        match self {
            Self::Nifti(reader) => reader.read_slice(index, visit)?,
            Self::Dicom(reader) => reader.read_slice(index, visit)?,
        }
        Ok(())
    }
}

impl SliceSource for ScanReader<'_> {
    type Error = ScanError;

    fn geometry(&self) -> &Geometry {
        match self {
            Self::Nifti(reader) => reader.geometry(),
            Self::Dicom(reader) => reader.geometry(),
        }
    }

    fn visit_slices(
        &mut self,
        visit: &mut dyn FnMut(usize, SliceView<'_>) -> ControlFlow<()>,
    ) -> Result<(), ScanError> {
        match self {
            Self::Nifti(reader) => reader.visit_slices(visit)?,
            Self::Dicom(reader) => reader.visit_slices(visit)?,
        }
        Ok(())
    }
}
