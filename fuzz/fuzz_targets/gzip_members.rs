//! Any bytes as a gzip file, and as a deflate stream in a whole frame: hilum's decoder and zlib-rs must agree on what they take, and on
//! every byte of it.

#![no_main]

use flate2::bufread::MultiGzDecoder;
use libfuzzer_sys::fuzz_target;
use std::io::Read;

#[path = "../../crates/hilum-io/src/gzip/mod.rs"]
#[allow(dead_code, unused_imports)]
mod gzip;

/// A header without fields: what zlib checks there and hilum does not is left out.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];

fuzz_target!(|data: &[u8]| {
    let mut packed = HEADER.to_vec();
    packed.extend_from_slice(data);
    compare(&packed);
    // What the stream unpacks to, by zlib alone, gets the right checksum behind it.
    let mut stream = flate2::bufread::DeflateDecoder::new(data);
    let mut unpacked = Vec::new();
    if stream.by_ref().take(1 << 22).read_to_end(&mut unpacked).is_ok() {
        let end = stream.total_in() as usize;
        packed.truncate(HEADER.len() + end);
        packed.extend(crc32fast::hash(&unpacked).to_le_bytes());
        packed.extend((unpacked.len() as u32).to_le_bytes());
        compare(&packed);
    }
});

fn compare(packed: &[u8]) {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    let outcome = gzip::Members::new(packed).read_to_end(&mut ours);
    let expected = MultiGzDecoder::new(packed).read_to_end(&mut theirs);
    // Where the source breaks off, a literal may be lost with the match that follows it.
    let common = ours.len().min(theirs.len());
    assert!(ours[..common] == theirs[..common] && theirs.len() <= common + 2, "other bytes");
    if expected.is_ok() {
        assert!(outcome.is_ok() && ours.len() == theirs.len(), "refused: {outcome:?}");
    } else if outcome.is_ok() {
        // Bytes behind the last member are no fault for hilum, unless they begin as a member does.
        let first = flate2::bufread::GzDecoder::new(packed).read_to_end(&mut Vec::new());
        assert!(first.is_ok(), "taken");
    }
}
