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
