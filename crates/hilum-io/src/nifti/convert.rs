//! Stored voxels of one slice to Hounsfield units.
//!
//! 16-bit integers of this machine's byte order, and floats without scaling, are handed on where they lie. All else is
//! converted into a buffer that is used again: 8- and 16-bit integers without scaling stay whole numbers, the rest is
//! computed in `f64` and rounded to `f32` once.

use super::datatype::Datatype;
use super::header::Endian;
use hilum_core::SliceData;

/// How a voxel is stored and what it means.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct StoredFormat {
    pub(super) datatype: Datatype,
    pub(super) endian: Endian,
    /// Slope and intercept to HU; `None` where the stored value is HU.
    pub(super) scaling: Option<(f64, f64)>,
}

/// Converted pixels of the slice at hand.
#[derive(Debug, Default)]
pub(super) struct Converted {
    whole: Vec<i16>,
    real: Vec<f32>,
}

impl Converted {
    /// Bytes held.
    pub(super) fn held_bytes(&self) -> u64 {
        (self.whole.capacity() * 2 + self.real.capacity() * 4) as u64
    }
}

impl StoredFormat {
    /// Whether slices come as `I16`.
    pub(super) fn is_whole(&self) -> bool {
        let small = matches!(self.datatype, Datatype::UInt8 | Datatype::Int8 | Datatype::Int16);
        small && self.scaling.is_none()
    }

    /// Bytes that converting a slice of `pixels` takes at most.
    pub(super) fn converted_bytes(&self, pixels: u64) -> u64 {
        if self.is_whole() { pixels * 2 } else { pixels * 4 }
    }

    /// The pixels of a slice in HU.
    pub(super) fn to_hu<'a>(self, stored: &'a [u8], converted: &'a mut Converted) -> SliceData<'a> {
        if self.endian == Endian::NATIVE && self.scaling.is_none() {
            // A cast fails only where `vox_offset` is odd, so that pixels lie across the grain of memory.
            match self.datatype {
                Datatype::Int16 => {
                    if let Ok(pixels) = bytemuck::try_cast_slice(stored) {
                        return SliceData::I16(pixels);
                    }
                }
                Datatype::Float32 => {
                    if let Ok(pixels) = bytemuck::try_cast_slice(stored) {
                        return SliceData::F32(pixels);
                    }
                }
                _ => {}
            }
        }
        if self.is_whole() {
            let out = &mut converted.whole;
            match self.datatype {
                Datatype::UInt8 => fill(out, stored, self.endian, |[b]| i16::from(b)),
                Datatype::Int8 => fill(out, stored, self.endian, |b| i16::from(i8::from_le_bytes(b))),
                _ => fill(out, stored, self.endian, i16::from_le_bytes),
            }
            return SliceData::I16(&converted.whole);
        }
        let out = &mut converted.real;
        match self.datatype {
            Datatype::UInt8 => self.scale(out, stored, |[b]| f64::from(b)),
            Datatype::Int8 => self.scale(out, stored, |b| f64::from(i8::from_le_bytes(b))),
            Datatype::Int16 => self.scale(out, stored, |b| f64::from(i16::from_le_bytes(b))),
            Datatype::UInt16 => self.scale(out, stored, |b| f64::from(u16::from_le_bytes(b))),
            Datatype::Int32 => self.scale(out, stored, |b| f64::from(i32::from_le_bytes(b))),
            Datatype::UInt32 => self.scale(out, stored, |b| f64::from(u32::from_le_bytes(b))),
            Datatype::Int64 => self.scale(out, stored, |b| i64::from_le_bytes(b) as f64),
            Datatype::UInt64 => self.scale(out, stored, |b| u64::from_le_bytes(b) as f64),
            Datatype::Float32 => self.scale(out, stored, |b| f64::from(f32::from_le_bytes(b))),
            Datatype::Float64 => self.scale(out, stored, f64::from_le_bytes),
        }
        SliceData::F32(&converted.real)
    }

    fn scale<const N: usize>(&self, out: &mut Vec<f32>, stored: &[u8], value: impl Fn([u8; N]) -> f64) {
        match self.scaling {
            None => fill(out, stored, self.endian, |bytes| value(bytes) as f32),
            Some((slope, inter)) => {
                fill(out, stored, self.endian, |bytes| (value(bytes) * slope + inter) as f32);
            }
        }
    }
}

/// Fills `out` with one value for each `N` bytes, which `value` sees in little-endian order.
fn fill<T, const N: usize>(out: &mut Vec<T>, stored: &[u8], endian: Endian, value: impl Fn([u8; N]) -> T) {
    let (voxels, _) = stored.as_chunks::<N>();
    out.clear();
    match endian {
        Endian::Little => out.extend(voxels.iter().map(|&bytes| value(bytes))),
        Endian::Big => out.extend(voxels.iter().map(|&bytes| {
            let mut swapped = bytes;
            swapped.reverse();
            value(swapped)
        })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hu(
        datatype: Datatype,
        endian: Endian,
        scaling: Option<(f64, f64)>,
        stored: &[u8],
    ) -> (bool, Vec<f64>) {
        let format = StoredFormat { datatype, endian, scaling };
        match format.to_hu(stored, &mut Converted::default()) {
            SliceData::I16(v) => (true, v.iter().map(|&x| f64::from(x)).collect()),
            SliceData::F32(v) => (false, v.iter().map(|&x| f64::from(x)).collect()),
        }
    }

    #[test]
    fn small_integers_stay_whole_and_all_else_is_real() {
        let le = Endian::Little;
        assert_eq!(hu(Datatype::UInt8, le, None, &[200]), (true, vec![200.0]));
        assert_eq!(hu(Datatype::Int8, le, None, &[200]), (true, vec![-56.0]));
        assert_eq!(hu(Datatype::Int16, le, None, &[0x18, 0xfc]), (true, vec![-1000.0]));
        assert_eq!(hu(Datatype::Int16, Endian::Big, None, &[0xfc, 0x18]), (true, vec![-1000.0]));
        assert_eq!(hu(Datatype::UInt16, le, None, &[0x18, 0xfc]), (false, vec![64536.0]));
        assert_eq!(hu(Datatype::Int16, le, Some((0.5, -3.0)), &[0x18, 0xfc]), (false, vec![-503.0]));
        assert_eq!(hu(Datatype::Float64, Endian::Big, None, &(-0.25f64).to_be_bytes()), (false, vec![-0.25]));
        assert_eq!(hu(Datatype::UInt64, le, None, &u64::MAX.to_le_bytes()), (false, vec![2f64.powi(64)]));
    }

    #[test]
    fn pixels_across_the_grain_of_memory_are_copied() {
        let buffer: Vec<u64> = vec![0; 4];
        let bytes: &[u8] = bytemuck::cast_slice(&buffer);
        let (whole, pixels) = hu(Datatype::Int16, Endian::NATIVE, None, &bytes[1..9]);
        assert!(whole);
        assert_eq!(pixels, vec![0.0; 4]);
    }
}
