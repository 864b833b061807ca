//! Transfer syntaxes: their words.

use dicom_dictionary_std::uids;

/// Retired, and found in many archives.
const EXPLICIT_VR_BIG_ENDIAN: &str = "1.2.840.10008.1.2.2";

/// JPEG-LS has no decoder in the registry that does without a C++ compiler.
pub(super) const JPEG_LS: [&str; 2] = [uids::JPEGLS_LOSSLESS, uids::JPEGLS_NEAR_LOSSLESS];

/// How the pixels are coded, in words; empty for plain little-endian.
pub(super) fn words(uid: &str) -> &'static str {
    match uid.trim_end_matches('\0') {
        uids::IMPLICIT_VR_LITTLE_ENDIAN | uids::EXPLICIT_VR_LITTLE_ENDIAN => "",
        EXPLICIT_VR_BIG_ENDIAN => "big-endian",
        uids::DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN => "deflated",
        uids::RLE_LOSSLESS => "RLE",
        uids::JPEG_BASELINE8_BIT | uids::JPEG_EXTENDED12_BIT => "JPEG",
        uids::JPEG_LOSSLESS | uids::JPEG_LOSSLESS_SV1 => "JPEG Lossless",
        uids::JPEGLS_LOSSLESS | uids::JPEGLS_NEAR_LOSSLESS => "JPEG-LS",
        uids::JPEG2000_LOSSLESS | uids::JPEG2000 => "JPEG 2000",
        _ => "other coding",
    }
}

/// Columns and rows as the frame header of a JPEG, JPEG-LS or JPEG 2000 code says; `None` for other codes. A decoder takes
/// as much memory as they ask for.
pub(super) fn coded_size(code: &[u8]) -> Option<(usize, usize)> {
    let word = |at: usize| Some(usize::from(u16::from_be_bytes([*code.get(at)?, *code.get(at + 1)?])));
    match word(0)? {
        // JPEG 2000: SOC, then SIZ with two 32-bit extents less their offsets.
        0xff4f => {
            let long = |at: usize| Some((word(at)? << 16) | word(at + 2)?);
            Some((long(8)?.checked_sub(long(16)?)?, long(12)?.checked_sub(long(20)?)?))
        }
        0xffd8 => {
            let mut at = 2;
            loop {
                match word(at)? {
                    // Start of frame, but for the tables and reserved markers in between.
                    0xffc0..=0xffc3 | 0xffc5..=0xffc7 | 0xffc9..=0xffcb | 0xffcd..=0xffcf | 0xfff7 => {
                        return Some((word(at + 7)?, word(at + 5)?));
                    }
                    0xff01..=0xfffe => at += 2 + word(at + 2)?,
                    _ => return None,
                }
            }
        }
        _ => None,
    }
}
