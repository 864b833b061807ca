//! Opening a NIfTI file: header, geometry and everything that is odd about it, without touching a voxel.

use super::affine;
use super::error::NiftiError;
use super::extent::Extent;
use super::header::{Header, Version};
use super::stored::{Place, StoredFile, is_image_half, other_half};
use crate::gzip::MOST_EXPANSION;
use crate::store::RemoteFile;
use hilum_core::{Finding, Geometry};
use std::path::Path;

/// A NIfTI volume on disk or in a store, of which only the header has been read.
///
/// Single files and `.hdr`/`.img` pairs (either half may be named), packed or not, NIfTI-1 and NIfTI-2, both byte
/// orders. Content decides, not the name: a `.nii` that is gzip inside is read as gzip, with a finding.
#[derive(Debug, Clone)]
pub struct NiftiFile {
    pub(super) header_file: StoredFile,
    pub(super) image_file: StoredFile,
    pub(super) header: Header,
    pub(super) extent: Extent,
    raw_header: Vec<u8>,
    geometry: Geometry,
    findings: Vec<Finding>,
}

impl NiftiFile {
    /// Opens `path` and reads its header.
    ///
    /// # Errors
    /// [`NiftiError`] if the file is no NIfTI, holds no single volume of real numbers, has no usable position in space,
    /// or is too small for the voxels that its header promises. Nothing larger than the header is read or allocated.
    pub fn open(path: &Path) -> Result<Self, NiftiError> {
        let header_path = if is_image_half(path) { &other_half(path, "hdr")? } else { path };
        let header_file = StoredFile::probe(header_path)?;
        Self::of(header_file, |single_file, header_file| match single_file {
            true => Ok(header_file.clone()),
            false => StoredFile::probe(&other_half(header_path, "img")?),
        })
    }

    /// Opens an object of a store and reads its header. Of a pair, neither half can be opened there.
    ///
    /// # Errors
    /// [`NiftiError`] as [`NiftiFile::open`], or if the store refuses.
    pub fn open_object(object: &RemoteFile) -> Result<Self, NiftiError> {
        let header_file = StoredFile::of_object(object)?;
        Self::of(header_file, |single_file, header_file| match single_file {
            true => Ok(header_file.clone()),
            false => Err(NiftiError::PairInStore { file: header_file.name.clone() }),
        })
    }

    fn of(
        header_file: StoredFile,
        image_file: impl FnOnce(bool, &StoredFile) -> Result<StoredFile, NiftiError>,
    ) -> Result<Self, NiftiError> {
        let file = header_file.name.clone();
        let mut raw_header = header_file.beginning(Version::Nifti2.header_bytes() as u64)?;
        let header = Header::from_bytes(&raw_header).ok_or_else(|| refusal(&header_file, &raw_header))?;
        raw_header.truncate(header.version.header_bytes());
        let image_file = image_file(header.single_file, &header_file)?;

        let mut findings = Vec::new();
        if header_file.misnamed() || image_file.misnamed() {
            findings.push(Finding::note(
                "misnamed_gzip",
                "the name says the opposite of whether the content is gzip: content decides",
            ));
        }
        let extent = Extent::of(&file, &header, &mut findings)?;
        check_promise(&image_file, &extent)?;
        let (geometry, odd) = affine::geometry(&file, &header, extent.dims)?;
        findings.extend(odd);
        Ok(Self { header_file, image_file, header, extent, raw_header, geometry, findings })
    }

    /// The fields of the header.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The header as it lies in the file, 348 or 540 bytes. Its text fields may hold names of people.
    pub fn raw_header_bytes(&self) -> &[u8] {
        &self.raw_header
    }

    /// The voxel grid and where it lies in the patient.
    pub fn geometry(&self) -> &Geometry {
        &self.geometry
    }

    /// What is odd about the header but does not keep the volume from being read.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Version, voxel type and packing in words, such as `NIfTI-1 int16 gz` or `NIfTI-2 float32 big-endian pair`.
    pub fn format(&self) -> String {
        let version = match self.header.version {
            Version::Nifti1 => "NIfTI-1",
            Version::Nifti2 => "NIfTI-2",
        };
        let mut words = vec![version, self.extent.format.datatype.name()];
        let details = [
            (self.header.endian == super::Endian::Big, "big-endian"),
            (!self.header.single_file, "pair"),
            (self.image_file.gzip, "gz"),
        ];
        words.extend(details.into_iter().filter_map(|(holds, word)| holds.then_some(word)));
        words.join(" ")
    }

    /// Bytes on disk, of both halves where there are two.
    pub fn stored_bytes(&self) -> u64 {
        let image = if self.header.single_file { 0 } else { self.image_file.bytes };
        self.header_file.bytes + image
    }

    /// The files on disk that make up the volume: one, or header and image; none for an object of a store.
    pub fn paths(&self) -> Vec<&Path> {
        let halves = if self.header.single_file { 1 } else { 2 };
        let files = [&self.header_file, &self.image_file].into_iter().take(halves);
        files
            .filter_map(|file| match &file.place {
                Place::Disk(path) => Some(path.as_path()),
                Place::Store(_) => None,
            })
            .collect()
    }

    /// Whether any slice can be read alone, at no cost but its own: a plain file whose axial axis is k.
    pub fn supports_single_slices(&self) -> bool {
        self.is_sliced_along_k() && !self.image_file.gzip
    }

    /// Bytes of all voxels as stored, unpacked.
    pub fn voxel_bytes_total(&self) -> u64 {
        self.extent.voxel_bytes()
    }

    /// Whether the axial axis is k: slices lie one after the other, and the volume need not be held.
    pub(super) fn is_sliced_along_k(&self) -> bool {
        self.geometry.frame().slice_axis == 2
    }
}

/// Refuses a file that cannot hold what its header promises.
fn check_promise(image: &StoredFile, extent: &Extent) -> Result<(), NiftiError> {
    let expected_bytes = extent.end();
    if !image.gzip && image.bytes < expected_bytes {
        return Err(extent.too_short(&image.name, image.bytes));
    }
    if image.gzip && image.bytes.saturating_mul(MOST_EXPANSION) < expected_bytes {
        let (file, stored_bytes) = (image.name.clone(), image.bytes);
        return Err(NiftiError::Overpromise { file, expected_bytes, stored_bytes });
    }
    Ok(())
}

/// Why `bytes`, the unpacked beginning of a file, are no header.
fn refusal(stored: &StoredFile, bytes: &[u8]) -> NiftiError {
    let file = stored.name.clone();
    if stored.bytes == 0 || (bytes.is_empty() && !stored.gzip) {
        return NiftiError::Empty { file };
    }
    if let Some((version, _)) = Header::sniff(bytes) {
        let expected_bytes = version.header_bytes() as u64;
        let found_bytes = bytes.len() as u64;
        if found_bytes < expected_bytes {
            return NiftiError::ShortHeader { file, expected_bytes, found_bytes };
        }
        let found = match version {
            Version::Nifti1 => "the magic word is missing: an ANALYZE 7.5 header? Convert it to NIfTI first",
            Version::Nifti2 => "the magic word of NIfTI-2 is damaged; copy the file again",
        };
        return NiftiError::NotNifti { file, found: found.to_owned() };
    }
    if bytes.len() < 4 {
        let expected_bytes = Version::Nifti1.header_bytes() as u64;
        return NiftiError::ShortHeader { file, expected_bytes, found_bytes: bytes.len() as u64 };
    }
    NiftiError::NotNifti { file, found: describe(bytes).to_owned() }
}

/// What other content looks like, by its first bytes.
fn describe(bytes: &[u8]) -> &'static str {
    const SIGNATURES: [(usize, &[u8], &str); 9] = [
        (128, b"DICM", "it is a DICOM image"),
        (0, b"\x89PNG", "it is a PNG picture, whose grey values are no Hounsfield units; give the CT itself"),
        (
            0,
            b"\xff\xd8\xff",
            "it is a JPEG picture, whose grey values are no Hounsfield units; give the CT itself",
        ),
        (0, b"II*\0", "it is a TIFF picture, whose grey values are no Hounsfield units; give the CT itself"),
        (0, b"MM\0*", "it is a TIFF picture, whose grey values are no Hounsfield units; give the CT itself"),
        (0, b"PK\x03\x04", "it is a zip archive; unpack it first"),
        (0, b"NRRD", "it is NRRD; convert it to NIfTI first"),
        (0, b"\x89HDF", "it is HDF5 (MINC?); convert it to NIfTI first"),
        (0, b"version https://git-lfs", "it is a Git LFS pointer; fetch the file itself"),
    ];
    let known =
        SIGNATURES.into_iter().find(|(at, sign, _)| bytes.get(*at..).is_some_and(|b| b.starts_with(sign)));
    match known {
        Some((_, _, words)) => words,
        None if bytes.iter().all(|&b| b.is_ascii_graphic() || b.is_ascii_whitespace()) => {
            "it is text (a message saved in place of the file?); fetch it again"
        }
        None => "its first bytes are no NIfTI header (sizeof_hdr is neither 348 nor 540)",
    }
}
