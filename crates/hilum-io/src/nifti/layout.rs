//! Where each field of the header lies. One walk over the fields serves reading and writing, so that the two cannot
//! disagree.

use super::header::{Endian, Header, Version};

/// Something that passes over the bytes of a header, field by field.
pub(super) trait Walk {
    /// A signed integer of `bytes` bytes.
    fn int(&mut self, bytes: usize, value: &mut i64);
    /// A real number of `bytes` bytes: 4 or 8.
    fn real(&mut self, bytes: usize, value: &mut f64);
    /// Bytes that are not looked at, and zero when written.
    fn skip(&mut self, bytes: usize);
}

/// Passes over all fields of `header` in the order of the file.
pub(super) fn walk(header: &mut Header, walk: &mut impl Walk) {
    let mut sizeof_hdr = header.version.header_bytes() as i64;
    walk.int(4, &mut sizeof_hdr);
    match header.version {
        Version::Nifti1 => walk_nifti1(header, walk),
        Version::Nifti2 => walk_nifti2(header, walk),
    }
}

fn walk_nifti1(h: &mut Header, w: &mut impl Walk) {
    w.skip(10 + 18 + 4 + 2 + 1); // data_type, db_name, extents, session_error, regular
    w.int(1, &mut h.dim_info);
    ints(w, 2, &mut h.dim);
    reals(w, 4, [&mut h.intent_p1, &mut h.intent_p2, &mut h.intent_p3]);
    w.int(2, &mut h.intent_code);
    w.int(2, &mut h.datatype);
    w.int(2, &mut h.bitpix);
    w.int(2, &mut h.slice_start);
    reals(w, 4, &mut h.pixdim);
    reals(w, 4, [&mut h.vox_offset, &mut h.scl_slope, &mut h.scl_inter]);
    w.int(2, &mut h.slice_end);
    w.int(1, &mut h.slice_code);
    w.int(1, &mut h.xyzt_units);
    reals(w, 4, [&mut h.cal_max, &mut h.cal_min, &mut h.slice_duration, &mut h.toffset]);
    w.skip(4 + 4 + 80 + 24); // glmax, glmin, descrip, aux_file
    w.int(2, &mut h.qform_code);
    w.int(2, &mut h.sform_code);
    space(h, w, 4);
    w.skip(16 + 4); // intent_name, magic
}

fn walk_nifti2(h: &mut Header, w: &mut impl Walk) {
    w.skip(8); // magic
    w.int(2, &mut h.datatype);
    w.int(2, &mut h.bitpix);
    ints(w, 8, &mut h.dim);
    reals(w, 8, [&mut h.intent_p1, &mut h.intent_p2, &mut h.intent_p3]);
    reals(w, 8, &mut h.pixdim);
    let mut vox_offset = h.vox_offset as i64;
    w.int(8, &mut vox_offset);
    h.vox_offset = vox_offset as f64;
    reals(w, 8, [&mut h.scl_slope, &mut h.scl_inter]);
    reals(w, 8, [&mut h.cal_max, &mut h.cal_min, &mut h.slice_duration, &mut h.toffset]);
    w.int(8, &mut h.slice_start);
    w.int(8, &mut h.slice_end);
    w.skip(80 + 24); // descrip, aux_file
    w.int(4, &mut h.qform_code);
    w.int(4, &mut h.sform_code);
    space(h, w, 8);
    w.int(4, &mut h.slice_code);
    w.int(4, &mut h.xyzt_units);
    w.int(4, &mut h.intent_code);
    w.skip(16); // intent_name
    w.int(1, &mut h.dim_info);
    w.skip(15); // unused_str
}

fn space(h: &mut Header, w: &mut impl Walk, bytes: usize) {
    reals(w, bytes, [&mut h.quatern_b, &mut h.quatern_c, &mut h.quatern_d]);
    reals(w, bytes, [&mut h.qoffset_x, &mut h.qoffset_y, &mut h.qoffset_z]);
    reals(w, bytes, &mut h.srow_x);
    reals(w, bytes, &mut h.srow_y);
    reals(w, bytes, &mut h.srow_z);
}

fn ints(w: &mut impl Walk, bytes: usize, values: &mut [i64]) {
    values.iter_mut().for_each(|value| w.int(bytes, value));
}

fn reals<'a>(w: &mut impl Walk, bytes: usize, values: impl IntoIterator<Item = &'a mut f64>) {
    values.into_iter().for_each(|value| w.real(bytes, value));
}

/// The magic words: at the end of NIfTI-1, after `sizeof_hdr` in NIfTI-2.
fn magic(version: Version, single_file: bool) -> (usize, &'static [u8]) {
    match (version, single_file) {
        (Version::Nifti1, true) => (344, b"n+1\0"),
        (Version::Nifti1, false) => (344, b"ni1\0"),
        (Version::Nifti2, true) => (4, b"n+2\0\r\n\x1a\n"),
        (Version::Nifti2, false) => (4, b"ni2\0\r\n\x1a\n"),
    }
}

/// Whether the magic word of a whole header says one file (`true`) or a pair (`false`); `None` if it says neither.
pub(super) fn single_file(version: Version, bytes: &[u8]) -> Option<bool> {
    [true, false].into_iter().find(|&single| {
        let (at, word) = magic(version, single);
        bytes.get(at..at + word.len()) == Some(word)
    })
}

pub(super) fn write_magic(version: Version, single_file: bool, bytes: &mut [u8]) {
    let (at, word) = magic(version, single_file);
    bytes[at..at + word.len()].copy_from_slice(word);
}

/// Reads fields. Bytes beyond the end read as zero; callers hand in a whole header.
pub(super) struct Decode<'a> {
    rest: &'a [u8],
    endian: Endian,
}

impl<'a> Decode<'a> {
    pub(super) fn new(bytes: &'a [u8], endian: Endian) -> Self {
        Self { rest: bytes, endian }
    }

    /// The next `bytes` bytes as a little-endian word of eight, filled up with zeros.
    fn word(&mut self, bytes: usize) -> [u8; 8] {
        let (field, rest) = self.rest.split_at(bytes.min(self.rest.len()));
        self.rest = rest;
        let mut word = [0; 8];
        word[..field.len()].copy_from_slice(field);
        if self.endian == Endian::Big {
            word[..field.len()].reverse();
        }
        word
    }
}

impl Walk for Decode<'_> {
    fn int(&mut self, bytes: usize, value: &mut i64) {
        let unused_bits = 64 - 8 * bytes as u32;
        *value = i64::from_le_bytes(self.word(bytes)) << unused_bits >> unused_bits;
    }

    fn real(&mut self, bytes: usize, value: &mut f64) {
        let word = u64::from_le_bytes(self.word(bytes));
        *value = if bytes == 4 { f64::from(f32::from_bits(word as u32)) } else { f64::from_bits(word) };
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = &self.rest[bytes.min(self.rest.len())..];
    }
}

/// Writes fields.
pub(super) struct Encode {
    bytes: Vec<u8>,
    endian: Endian,
}

impl Encode {
    pub(super) fn new(capacity: usize, endian: Endian) -> Self {
        Self { bytes: Vec::with_capacity(capacity), endian }
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    fn word(&mut self, bytes: usize, word: [u8; 8]) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(&word[..bytes]);
        if self.endian == Endian::Big {
            self.bytes[start..].reverse();
        }
    }
}

impl Walk for Encode {
    fn int(&mut self, bytes: usize, value: &mut i64) {
        self.word(bytes, value.to_le_bytes());
    }

    fn real(&mut self, bytes: usize, value: &mut f64) {
        let bits = if bytes == 4 { u64::from((*value as f32).to_bits()) } else { value.to_bits() };
        self.word(bytes, bits.to_le_bytes());
    }

    fn skip(&mut self, bytes: usize) {
        self.bytes.resize(self.bytes.len() + bytes, 0);
    }
}
