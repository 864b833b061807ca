//! What an ETag says about the bytes of an object, and whether bytes agree with it.
//!
//! S3 and what speaks like it give an object that was put in one request the MD5 of its bytes, and one that was put in parts
//! the MD5 of its parts' MD5s, with the number of parts behind a dash
//! (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html>). How large the parts were
//! is not told: those sizes are tried that the usual tools send and that make the right number of parts. Encrypted buckets
//! (SSE-KMS), Google and Azure give ETags that say nothing about the bytes.

use super::object::StoredObject;
use md5::{Digest, Md5};

/// Sizes of parts that tools are known to send, in MiB: 5 (rclone), 8 (AWS), 15 (s3cmd), 16 (AWS in a browser), and what people
/// set by hand.
const PARTS_MIB: [u64; 17] = [5, 6, 8, 10, 12, 15, 16, 20, 25, 32, 50, 64, 100, 128, 256, 512, 1024];

/// The digest of bytes as they pass, and what the ETag of an object needs to be compared with.
pub(super) struct ContentHash {
    blake3: Box<blake3::Hasher>,
    bytes: u64,
    tag: Tag,
}

/// What was found out about bytes that have all passed.
pub(super) struct Content {
    pub(super) blake3: blake3::Hash,
    /// Whether the bytes are those that the ETag is a digest of; `None` where it cannot be told.
    pub(super) agrees: Option<bool>,
}

enum Tag {
    /// One request: the MD5 of the bytes.
    Whole { expected: [u8; 16], md5: Md5 },
    /// Parts: one digest for each size that they may have had.
    Parts { expected: [u8; 16], tried: Vec<PartsHash> },
    /// Something else, or parts of an unusual size.
    Unknown,
}

impl ContentHash {
    /// Of no bytes yet, to be compared with the ETag of `object`.
    pub(super) fn of(object: &StoredObject) -> Self {
        Self::with_tag(object.etag.as_deref().map_or(Tag::Unknown, |etag| Tag::of(etag, object.bytes)))
    }

    fn with_tag(tag: Tag) -> Self {
        Self { blake3: Box::default(), bytes: 0, tag }
    }

    /// How many bytes have passed.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Whether the ETag can say that the bytes are right.
    pub(super) fn can_agree(&self) -> bool {
        !matches!(self.tag, Tag::Unknown)
    }

    /// Takes in the next bytes.
    pub(super) fn update(&mut self, bytes: &[u8]) {
        self.blake3.update(bytes);
        self.bytes += bytes.len() as u64;
        match &mut self.tag {
            Tag::Whole { md5, .. } => md5.update(bytes),
            Tag::Parts { tried, .. } => tried.iter_mut().for_each(|parts| parts.update(bytes)),
            Tag::Unknown => {}
        }
    }

    /// When all have passed.
    pub(super) fn finish(self) -> Content {
        let agrees = match self.tag {
            Tag::Whole { expected, md5 } => Some(md5.finalize()[..] == expected),
            Tag::Parts { expected, tried } => Some(tried.into_iter().any(|parts| parts.finish() == expected)),
            Tag::Unknown => None,
        };
        Content { blake3: self.blake3.finalize(), agrees }
    }
}

impl Tag {
    fn of(etag: &str, bytes: u64) -> Self {
        let bare = etag.trim_start_matches("W/").trim_matches('"');
        let (digits, parts) = match bare.split_once('-') {
            Some((digits, parts)) => (digits, parts.parse::<u64>().ok()),
            None => (bare, Some(0)),
        };
        match (sixteen_bytes(digits), parts) {
            (Some(expected), Some(0)) => Self::Whole { expected, md5: Md5::new() },
            (Some(expected), Some(parts)) => {
                let fitting =
                    PARTS_MIB.iter().map(|mib| mib << 20).filter(|&part| bytes.div_ceil(part) == parts);
                let tried: Vec<PartsHash> = fitting.map(PartsHash::new).collect();
                if tried.is_empty() { Self::Unknown } else { Self::Parts { expected, tried } }
            }
            _ => Self::Unknown,
        }
    }
}

/// The bytes that 32 hexadecimal digits stand for.
fn sixteen_bytes(digits: &str) -> Option<[u8; 16]> {
    if digits.len() != 32 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    u128::from_str_radix(digits, 16).ok().map(u128::to_be_bytes)
}

/// The ETag of bytes that are put in parts of one size.
struct PartsHash {
    part_bytes: u64,
    in_part: u64,
    part: Md5,
    parts: Md5,
    count: u64,
}

impl PartsHash {
    fn new(part_bytes: u64) -> Self {
        Self { part_bytes, in_part: 0, part: Md5::new(), parts: Md5::new(), count: 0 }
    }

    fn update(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let free = usize::try_from(self.part_bytes - self.in_part).unwrap_or(usize::MAX);
            let (now, later) = bytes.split_at(bytes.len().min(free));
            self.part.update(now);
            self.in_part += now.len() as u64;
            if self.in_part == self.part_bytes {
                self.close_part();
            }
            bytes = later;
        }
    }

    fn close_part(&mut self) {
        self.parts.update(self.part.finalize_reset());
        self.in_part = 0;
        self.count += 1;
    }

    fn finish(mut self) -> [u8; 16] {
        if self.in_part > 0 || self.count == 0 {
            self.close_part();
        }
        self.parts.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agrees(etag: &str, bytes: &[u8]) -> Option<bool> {
        let mut hash = ContentHash::with_tag(Tag::of(etag, bytes.len() as u64));
        bytes.chunks(1_000_003).for_each(|piece| hash.update(piece));
        assert_eq!(hash.bytes(), bytes.len() as u64);
        hash.finish().agrees
    }

    /// Digests by Python's hashlib of `bytes(n * 7 >> 3 & 255 for n in range(20_000_000))`: whole, and in parts of 8 MiB.
    const WHOLE: &str = "\"842eb102921884dd62dfadce926e8d51\"";
    const PARTS: &str = "\"5d095ce9f691644b27a98719cb590203-3\"";

    #[test]
    fn bytes_are_held_against_the_digests_of_s3() {
        let mut bytes: Vec<u8> = (0..20_000_000u64).map(|n| ((n * 7) >> 3) as u8).collect();
        assert_eq!(agrees(WHOLE, &bytes), Some(true));
        assert_eq!(agrees(PARTS, &bytes), Some(true));
        bytes[12_345_678] ^= 1;
        assert_eq!(agrees(WHOLE, &bytes), Some(false));
        assert_eq!(agrees(PARTS, &bytes), Some(false));
        assert_eq!(agrees("\"d41d8cd98f00b204e9800998ecf8427e\"", b""), Some(true));
    }

    #[test]
    fn other_etags_say_nothing() {
        for etag in [
            "\"0x8DA5C1B4F3E2A10\"",
            "CKih16GjycICEAE=",
            "\"12-34\"",
            "",
            "\"zz1d8cd98f00b204e9800998ecf8427e\"",
        ] {
            assert_eq!(agrees(etag, b"scan"), None, "{etag}");
        }
        // Three parts of no usual size.
        assert_eq!(agrees(PARTS, b"scan"), None);
    }
}
