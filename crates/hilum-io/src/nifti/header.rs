//! The NIfTI header, versions 1 and 2, either byte order: bytes to fields and back.
//!
//! Fields carry the names of the standard (nifti1.h, nifti2.h). Integers are `i64` and reals `f64` whatever the
//! version stores, so that one set of fields serves both. The text fields (`descrip`, `aux_file`, `intent_name`,
//! `db_name`, ...) are not read: they may hold names of people, and nothing here needs them; writing leaves them blank.

use super::layout::{self, Decode, Encode};

/// Version of the standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// NIfTI-1: a header of 348 bytes.
    Nifti1,
    /// NIfTI-2: a header of 540 bytes.
    Nifti2,
}

impl Version {
    /// Length of the header in bytes, which is also its first field, `sizeof_hdr`.
    pub fn header_bytes(self) -> usize {
        match self {
            Self::Nifti1 => 348,
            Self::Nifti2 => 540,
        }
    }

    /// Where voxels begin in a single file without extensions: the header and its four extender bytes.
    pub fn first_voxel_byte(self) -> usize {
        self.header_bytes() + 4
    }
}

/// Byte order of header and voxels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endian {
    /// Least significant byte first.
    Little,
    /// Most significant byte first.
    Big,
}

impl Endian {
    /// The order of this machine.
    pub const NATIVE: Self = if cfg!(target_endian = "big") { Self::Big } else { Self::Little };
}

/// The fields of a header.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the fields are those of the standard, under its names")]
pub struct Header {
    /// Version of the standard.
    pub version: Version,
    /// Byte order.
    pub endian: Endian,
    /// Header and voxels in one file (`n+1`, `n+2`) and not a `.hdr`/`.img` pair (`ni1`, `ni2`).
    pub single_file: bool,
    pub dim_info: i64,
    pub dim: [i64; 8],
    pub intent_p1: f64,
    pub intent_p2: f64,
    pub intent_p3: f64,
    pub intent_code: i64,
    pub datatype: i64,
    pub bitpix: i64,
    pub slice_start: i64,
    pub slice_end: i64,
    pub slice_code: i64,
    pub slice_duration: f64,
    pub pixdim: [f64; 8],
    /// A float in NIfTI-1 and an integer in NIfTI-2; exact here up to 2^53.
    pub vox_offset: f64,
    pub scl_slope: f64,
    pub scl_inter: f64,
    pub xyzt_units: i64,
    pub cal_max: f64,
    pub cal_min: f64,
    pub toffset: f64,
    pub qform_code: i64,
    pub sform_code: i64,
    pub quatern_b: f64,
    pub quatern_c: f64,
    pub quatern_d: f64,
    pub qoffset_x: f64,
    pub qoffset_y: f64,
    pub qoffset_z: f64,
    pub srow_x: [f64; 4],
    pub srow_y: [f64; 4],
    pub srow_z: [f64; 4],
}

impl Header {
    /// A header with every field zero, of a single file.
    pub fn zeroed(version: Version, endian: Endian) -> Self {
        Self {
            version,
            endian,
            single_file: true,
            dim_info: 0,
            dim: [0; 8],
            intent_p1: 0.0,
            intent_p2: 0.0,
            intent_p3: 0.0,
            intent_code: 0,
            datatype: 0,
            bitpix: 0,
            slice_start: 0,
            slice_end: 0,
            slice_code: 0,
            slice_duration: 0.0,
            pixdim: [0.0; 8],
            vox_offset: 0.0,
            scl_slope: 0.0,
            scl_inter: 0.0,
            xyzt_units: 0,
            cal_max: 0.0,
            cal_min: 0.0,
            toffset: 0.0,
            qform_code: 0,
            sform_code: 0,
            quatern_b: 0.0,
            quatern_c: 0.0,
            quatern_d: 0.0,
            qoffset_x: 0.0,
            qoffset_y: 0.0,
            qoffset_z: 0.0,
            srow_x: [0.0; 4],
            srow_y: [0.0; 4],
            srow_z: [0.0; 4],
        }
    }

    /// The version and byte order that the first four bytes (`sizeof_hdr`) declare; `None` if they are no NIfTI's.
    pub fn sniff(bytes: &[u8]) -> Option<(Version, Endian)> {
        let first: [u8; 4] = bytes.get(..4)?.try_into().ok()?;
        [Version::Nifti1, Version::Nifti2].into_iter().find_map(|version| {
            let size = version.header_bytes() as i32;
            match () {
                () if i32::from_le_bytes(first) == size => Some((version, Endian::Little)),
                () if i32::from_be_bytes(first) == size => Some((version, Endian::Big)),
                () => None,
            }
        })
    }

    /// The header that `bytes` begin with; `None` if they are too short, or `sizeof_hdr` or `magic` are no NIfTI's.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (version, endian) = Self::sniff(bytes)?;
        let bytes = bytes.get(..version.header_bytes())?;
        let single_file = layout::single_file(version, bytes)?;
        let mut header = Self { single_file, ..Self::zeroed(version, endian) };
        layout::walk(&mut header, &mut Decode::new(bytes, endian));
        Some(header)
    }

    /// The bytes of this header, text fields blank. A value too large for its field in NIfTI-1 is cut off as an `as`
    /// cast would.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut encode = Encode::new(self.version.header_bytes(), self.endian);
        layout::walk(&mut self.clone(), &mut encode);
        let mut bytes = encode.into_bytes();
        layout::write_magic(self.version, self.single_file, &mut bytes);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_header() -> impl Strategy<Value = Header> {
        let int16 = || i64::from(i16::MIN)..=i64::from(i16::MAX);
        let real = || prop_oneof![any::<f32>().prop_filter("a number", |x| !x.is_nan()).prop_map(f64::from)];
        let start = (any::<bool>(), any::<bool>(), any::<bool>()).prop_map(|(second, big, single_file)| {
            let version = if second { Version::Nifti2 } else { Version::Nifti1 };
            let endian = if big { Endian::Big } else { Endian::Little };
            Header { single_file, ..Header::zeroed(version, endian) }
        });
        let ints =
            (prop::array::uniform8(int16()), prop::array::uniform8(int16()), -128i64..128, -128i64..128);
        let reals = (
            prop::array::uniform8(real()),
            prop::array::uniform12(real()),
            prop::array::uniform12(real()),
            -(1i64 << 24)..1i64 << 24,
        );
        (start, ints, -128i64..128, reals).prop_map(
            |(h, (dim, i, units, info), code, (pixdim, r, s, offset))| Header {
                dim_info: info,
                dim,
                intent_p1: r[0],
                intent_p2: r[1],
                intent_p3: r[2],
                intent_code: i[0],
                datatype: i[1],
                bitpix: i[2],
                slice_start: i[3],
                slice_end: i[4],
                slice_code: code,
                slice_duration: r[3],
                pixdim,
                vox_offset: offset as f64,
                scl_slope: r[4],
                scl_inter: r[5],
                xyzt_units: units,
                cal_max: r[6],
                cal_min: r[7],
                toffset: r[8],
                qform_code: i[5],
                sform_code: i[6],
                quatern_b: r[9],
                quatern_c: r[10],
                quatern_d: r[11],
                qoffset_x: pixdim[1],
                qoffset_y: pixdim[2],
                qoffset_z: pixdim[3],
                srow_x: [s[0], s[1], s[2], s[3]],
                srow_y: [s[4], s[5], s[6], s[7]],
                srow_z: [s[8], s[9], s[10], s[11]],
                ..h
            },
        )
    }

    proptest! {
        #[test]
        fn a_header_goes_there_and_back(header in any_header()) {
            let bytes = header.to_bytes();
            prop_assert_eq!(bytes.len(), header.version.header_bytes());
            prop_assert_eq!(Header::from_bytes(&bytes), Some(header));
        }
    }

    #[test]
    fn other_bytes_are_no_header() {
        assert!(Header::from_bytes(b"").is_none());
        assert!(Header::from_bytes(&[0; 400]).is_none());
        let good = Header::zeroed(Version::Nifti1, Endian::Big).to_bytes();
        assert!(Header::from_bytes(&good).is_some());
        assert!(Header::from_bytes(&good[..347]).is_none());
        let mut analyze = good;
        analyze[344..].fill(0);
        assert!(Header::from_bytes(&analyze).is_none());
    }
}
