//! How many voxels, of what type, where in the file: everything that must be known, and plausible, before a byte of
//! memory is taken.

use super::convert::StoredFormat;
use super::datatype::{Datatype, unsupported_name};
use super::error::NiftiError;
use super::header::{Header, Version};
use hilum_core::Finding;
use std::io;

/// The block of voxels that a header describes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Extent {
    /// Voxels along i, j, k; none is zero.
    pub(super) dims: [usize; 3],
    /// How a voxel is stored.
    pub(super) format: StoredFormat,
    /// Where the first voxel begins in the (unpacked) image file.
    pub(super) first_byte: u64,
}

impl Extent {
    /// Reads the extent off a header.
    pub(super) fn of(file: &str, header: &Header, findings: &mut Vec<Finding>) -> Result<Self, NiftiError> {
        let code = header.datatype;
        let datatype = Datatype::from_code(code).ok_or_else(|| NiftiError::Datatype {
            file: file.to_owned(),
            code,
            name: unsupported_name(code),
        })?;
        let bits = 8 * datatype.bytes() as i64;
        if header.bitpix != bits {
            findings.push(Finding::note(
                "bitpix_disagrees",
                format!(
                    "bitpix = {} but {} takes {bits} bits: datatype decides",
                    header.bitpix,
                    datatype.name()
                ),
            ));
        }
        let format =
            StoredFormat { datatype, endian: header.endian, scaling: scaling(file, header, findings)? };
        let extent =
            Self { dims: dims(file, header)?, format, first_byte: first_byte(file, header, findings)? };
        extent.checked_end().ok_or_else(|| NiftiError::Dimensions {
            file: file.to_owned(),
            dim: header.dim,
            problem: "more voxels than can be counted",
        })?;
        Ok(extent)
    }

    /// Number of voxels.
    pub(super) fn voxels(&self) -> u64 {
        self.dims.iter().map(|&n| n as u64).product()
    }

    /// Bytes of all voxels.
    pub(super) fn voxel_bytes(&self) -> u64 {
        self.voxels() * self.format.datatype.bytes() as u64
    }

    /// The byte after the last voxel, in the (unpacked) image file.
    pub(super) fn end(&self) -> u64 {
        self.first_byte + self.voxel_bytes()
    }

    fn checked_end(&self) -> Option<u64> {
        let bytes = self.format.datatype.bytes() as u64;
        let voxel_bytes = self.dims.iter().try_fold(bytes, |product, &n| product.checked_mul(n as u64))?;
        let end = voxel_bytes.checked_add(self.first_byte)?;
        // Sizes in memory are signed in places: half the address space is as far as a slice can reach.
        isize::try_from(end).ok().map(|_| end)
    }

    /// The error for a file whose unpacked content ends after `found_bytes`.
    pub(super) fn too_short(&self, file: &str, found_bytes: u64) -> NiftiError {
        let voxel = self.format.datatype.bytes() as u64;
        NiftiError::TooShort {
            file: file.to_owned(),
            expected_voxels: self.voxels(),
            found_voxels: found_bytes.saturating_sub(self.first_byte) / voxel,
            expected_bytes: self.end(),
            found_bytes,
        }
    }
}

impl Extent {
    /// What `error`, met when `unpacked` bytes of a packed file had been unpacked, means for the volume.
    pub(super) fn cannot_unpack(&self, file: &str, unpacked: u64, error: io::Error) -> NiftiError {
        let file = file.to_owned();
        match error.kind() {
            io::ErrorKind::UnexpectedEof if unpacked < self.end() => self.too_short(&file, unpacked),
            io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData => {
                NiftiError::DamagedGzip { file, decoded_bytes: unpacked, problem: error.to_string() }
            }
            _ => NiftiError::Io { file, action: "read", source: error },
        }
    }
}

fn dims(file: &str, header: &Header) -> Result<[usize; 3], NiftiError> {
    let dim = header.dim;
    let fault = |problem| NiftiError::Dimensions { file: file.to_owned(), dim, problem };
    let axes = match usize::try_from(dim[0]) {
        Ok(axes @ 2..=7) => axes,
        Ok(1) => return Err(fault("a single line of voxels")),
        _ => return Err(fault("dim[0], the number of axes, must be 2 to 7")),
    };
    if dim[1..=axes].iter().any(|&n| n <= 0) {
        return Err(fault("a dimension is zero or negative"));
    }
    let trailing = dim[1..=axes].iter().skip(3);
    let volumes = trailing.fold(1u64, |product, &n| product.saturating_mul(n.unsigned_abs()));
    if volumes > 1 {
        return Err(NiftiError::ManyVolumes { file: file.to_owned(), dim, volumes });
    }
    let mut dims = [1; 3];
    for (axis, n) in dims.iter_mut().enumerate().take(axes) {
        *n = usize::try_from(dim[axis + 1]).map_err(|_| fault("more voxels than can be counted"))?;
    }
    Ok(dims)
}

fn first_byte(file: &str, header: &Header, findings: &mut Vec<Finding>) -> Result<u64, NiftiError> {
    let vox_offset = header.vox_offset;
    let fault = |problem| NiftiError::VoxOffset { file: file.to_owned(), vox_offset, problem };
    if vox_offset.is_nan() || vox_offset.fract() != 0.0 {
        return Err(fault("it is not a whole number"));
    }
    if !(0.0..1e15).contains(&vox_offset) {
        return Err(fault("it lies outside any file"));
    }
    if !header.single_file {
        return Ok(vox_offset as u64);
    }
    let earliest = header.version.first_voxel_byte();
    if vox_offset == 0.0 {
        findings.push(Finding::note(
            "no_vox_offset",
            format!("vox_offset is 0: voxels taken from byte {earliest}"),
        ));
        return Ok(earliest as u64);
    }
    if vox_offset < header.version.header_bytes() as f64 {
        return Err(fault(match header.version {
            Version::Nifti1 => "it lies inside the header of 348 bytes",
            Version::Nifti2 => "it lies inside the header of 540 bytes",
        }));
    }
    Ok(vox_offset as u64)
}

/// Slope and intercept; `None` where stored values are HU already. A slope of 0 or NaN means no scaling.
fn scaling(
    file: &str,
    header: &Header,
    findings: &mut Vec<Finding>,
) -> Result<Option<(f64, f64)>, NiftiError> {
    let (slope, inter) = (header.scl_slope, header.scl_inter);
    if slope.is_infinite() {
        findings
            .push(Finding::warn("infinite_scl_slope", "scl_slope is infinite: values are taken as stored"));
    }
    if slope == 0.0 || !slope.is_finite() {
        return Ok(None);
    }
    if !inter.is_finite() {
        return Err(NiftiError::Scaling { file: file.to_owned(), scl_slope: slope, scl_inter: inter });
    }
    Ok(((slope, inter) != (1.0, 0.0)).then_some((slope, inter)))
}
