//! A look through RLE codes (PS3.5 G) before they are decoded: the decoder stops the thread, with a message on stderr, where a
//! code ends early.

/// Bytes of the header: the number of segments, and where they begin.
const HEADER_BYTES: usize = 64;

/// Whether the code holds one segment for each byte of a pixel, and each of them all pixels.
pub(super) fn is_whole(code: &[u8], pixels: usize, bytes_a_pixel: usize) -> bool {
    let number = |n: usize| {
        let bytes = code.get(4 * n..4 * n + 4)?;
        Some(u32::from_le_bytes(bytes.try_into().ok()?) as usize)
    };
    if code.len() < HEADER_BYTES || number(0) != Some(bytes_a_pixel) || bytes_a_pixel > 2 {
        return false;
    }
    let start = |n: usize| if n < bytes_a_pixel { number(n + 1) } else { Some(code.len()) };
    (0..bytes_a_pixel).all(|n| match (start(n), start(n + 1)) {
        (Some(from), Some(to)) if from >= HEADER_BYTES => {
            code.get(from..to).is_some_and(|segment| unpacked_bytes(segment, pixels) == Some(pixels))
        }
        _ => false,
    })
}

/// Bytes that the segment unpacks to, no further than `enough`; `None` where a run breaks off.
fn unpacked_bytes(segment: &[u8], enough: usize) -> Option<usize> {
    let (mut at, mut bytes) = (0, 0);
    while bytes < enough && at < segment.len() {
        let (taken, given) = match segment[at] {
            literal @ 0..=127 => (2 + usize::from(literal), 1 + usize::from(literal)),
            128 => (1, 0),
            repeated => (2, 257 - usize::from(repeated)),
        };
        at += taken;
        bytes += given;
    }
    (at <= segment.len()).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(segments: &[&[u8]]) -> Vec<u8> {
        let mut code = vec![0; HEADER_BYTES];
        code[0] = segments.len() as u8;
        for (n, segment) in segments.iter().enumerate() {
            let start = code.len() as u32;
            code[4 * (n + 1)..][..4].copy_from_slice(&start.to_le_bytes());
            code.extend_from_slice(segment);
        }
        code
    }

    #[test]
    fn whole_codes_pass_and_cut_ones_do_not() {
        // A run of four, then two as they are; padding at the end is allowed.
        let segment: &[u8] = &[253, 7, 1, 8, 9, 0];
        let whole = code(&[segment, segment]);
        assert!(is_whole(&whole, 6, 2));
        assert!(!is_whole(&whole, 7, 2), "a pixel more than there is");
        assert!(!is_whole(&whole, 6, 1), "another number of segments");
        for length in 0..whole.len() - 1 {
            assert!(!is_whole(&whole[..length], 6, 2), "{length}");
        }
        let mut astray = whole.clone();
        astray[4] = 3;
        assert!(!is_whole(&astray, 6, 2), "a segment in the header");
    }
}
