//! Against flate2 with zlib-rs, on data of every kind and streams of every strategy; damage; bookmarks.

use super::Members;
use super::members::MOST_EXPANSION;
use flate2::{Compress, Compression, FlushCompress, GzBuilder};
use proptest::prelude::*;
use std::io::{self, Read, Write};

fn member(data: &[u8], level: u32) -> Vec<u8> {
    let mut encoder = GzBuilder::new().write(Vec::new(), Compression::new(level));
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

/// A member round a deflate stream.
fn framed(deflated: &[u8], data: &[u8]) -> Vec<u8> {
    let mut packed = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    packed.extend(deflated);
    packed.extend(crc32fast::hash(data).to_le_bytes());
    packed.extend((data.len() as u32).to_le_bytes());
    packed
}

fn all(packed: &[u8]) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    Members::new(packed).read_to_end(&mut out).map(|_| out)
}

/// What zlib makes of the data of one member; `None` if it refuses.
fn by_zlib(packed: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    flate2::bufread::GzDecoder::new(packed).read_to_end(&mut out).ok().map(|_| out)
}

/// Noise of so many values in words of two bytes, as CT slices are, with repetitions of every distance and length.
fn noise(bytes: usize, values: u32, seed: u64) -> Vec<u8> {
    let mut state = seed | 1;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 20) as u32
    };
    let mut data = Vec::with_capacity(bytes + 300);
    while data.len() < bytes {
        if next() % 16 == 0 && !data.is_empty() {
            let distance = 1 + next() as usize % data.len().min(40_000);
            let length = 3 + next() as usize % 300;
            (0..length).for_each(|_| data.push(data[data.len() - distance]));
        } else {
            data.extend(((next() % values) as u16).to_le_bytes());
        }
    }
    data.truncate(bytes);
    data
}

#[test]
fn what_zlib_packs_comes_out_as_it_was() {
    for bytes in [0, 1, 2, 7, 300, 32_768, 32_769, 131_071, 131_072, 400_000] {
        for values in [1, 2, 7, 200, 4000, 65_536] {
            let data = noise(bytes, values, bytes as u64 + u64::from(values));
            for level in [0, 1, 2, 6, 9] {
                assert!(
                    all(&member(&data, level)).unwrap() == data,
                    "{bytes} bytes, {values} values, level {level}"
                );
            }
        }
    }
}

#[test]
fn blocks_of_all_kinds_follow_each_other() {
    let (mut data, mut deflated) = (Vec::new(), Vec::new());
    for n in 0..60u64 {
        let part = noise(1 + (n * n * 37 % 9000) as usize, [3, 300, 65_536][n as usize % 3], n);
        // A flush ends in an empty stored block, on a whole byte: another stream can follow.
        let mut encoder = Compress::new(Compression::new([0, 1, 6, 9][n as usize % 4]), false);
        deflated.reserve(20_000);
        let flush = if n < 59 { FlushCompress::Sync } else { FlushCompress::Finish };
        encoder.compress_vec(&part, &mut deflated, flush).unwrap();
        data.extend(part);
    }
    assert!(all(&framed(&deflated, &data)).unwrap() == data);
}

#[test]
fn members_join_and_what_follows_them_is_left_alone() {
    let mut packed = member(b"lung", 6);
    packed.extend(member(b"", 6));
    packed.extend(member(b" and airway", 0));
    assert_eq!(all(&packed).unwrap(), b"lung and airway");
    packed.extend(b"\0\0\0 a note");
    assert_eq!(all(&packed).unwrap(), b"lung and airway");
}

#[test]
fn headers_may_hold_names_comments_and_more() {
    let mut encoder = GzBuilder::new()
        .filename("scan.nii")
        .comment("axial")
        .extra(vec![1; 700])
        .mtime(9)
        .write(Vec::new(), Compression::fast());
    encoder.write_all(b"thorax").unwrap();
    assert_eq!(all(&encoder.finish().unwrap()).unwrap(), b"thorax");
}

#[test]
fn damage_is_noticed_even_behind_the_data() {
    let data = noise(1000, 50, 3);
    for level in [0, 6] {
        let packed = member(&data, level);
        for cut in 1..packed.len() {
            let mut found = Vec::new();
            let error = Members::new(&packed[..packed.len() - cut]).read_to_end(&mut found).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof, "{cut} bytes cut off");
            assert!(data.starts_with(&found), "{cut} bytes cut off: what comes before is right");
        }
        for (behind, word) in [(8, "checksum"), (4, "length")] {
            let mut wrong = packed.clone();
            let at = wrong.len() - behind;
            wrong[at] ^= 1;
            let error = all(&wrong).unwrap_err();
            assert!(
                error.kind() == io::ErrorKind::InvalidData && error.to_string().contains(word),
                "{error}"
            );
        }
    }
}

/// Bits as deflate packs them: numbers with the lowest bit first, code words (written as text) with the first bit first.
fn bits(parts: &[(u32, u32)], words: &[&str]) -> Vec<u8> {
    let numbers = parts.iter().flat_map(|&(value, count)| (0..count).map(move |bit| value >> bit & 1));
    let words = words.iter().flat_map(|word| word.bytes().map(|byte| u32::from(byte - b'0')));
    let mut bytes = Vec::new();
    for (n, bit) in numbers.chain(words).enumerate() {
        if n % 8 == 0 {
            bytes.push(0);
        }
        bytes[n / 8] |= (bit << (n % 8)) as u8;
    }
    bytes.extend([0; 8]);
    bytes
}

#[test]
fn streams_that_break_the_rules_are_refused() {
    let fixed = [(1, 1), (1, 2)];
    let own = |symbols: u32, distances: u32, lengths: &[u32]| {
        let mut parts =
            vec![(1, 1), (2, 2), (symbols - 257, 5), (distances - 1, 5), (lengths.len() as u32 - 4, 4)];
        parts.extend(lengths.iter().map(|&length| (length, 3)));
        parts
    };
    // Words of one bit: 0 for a length of 8, 1 for a repetition of the last (16) or of zeros (18).
    let streams = [
        ("unknown type", bits(&[(1, 1), (3, 2)], &[])),
        ("contradicts", bits(&[(1, 1), (0, 2), (0, 5), (5, 16), (5, 16)], &[])),
        // 'a', then a match of 3 bytes 2 before.
        ("before the first", bits(&fixed, &["10010001", "0000001", "00001"])),
        // The words of 286 and 287.
        ("without a meaning", bits(&fixed, &["11000110"])),
        ("without a meaning", bits(&fixed, &["11000111"])),
        // The words of distances 30 and 31.
        ("does not exist", bits(&fixed, &["10010001", "0000001", "11110"])),
        ("does not exist", bits(&fixed, &["10010001", "0000001", "11111"])),
        ("than there are symbols", bits(&own(287, 1, &[0, 0, 0, 1]), &[])),
        ("than there are symbols", bits(&own(257, 31, &[0, 0, 0, 1]), &[])),
        ("more code words", bits(&own(257, 1, &[1, 1, 1, 0]), &[])),
        ("fewer code words", bits(&own(257, 1, &[2, 0, 0, 0]), &[])),
        ("without a first one", bits(&own(257, 1, &[1, 0, 0, 0, 1]), &["1"])),
        (
            "than were promised",
            bits(&own(257, 1, &[0, 0, 1, 0, 1]), &["1", "1111111", "1", "1111111", "1", "1111111"]),
        ),
        ("without an end", bits(&own(257, 1, &[0, 0, 1, 0, 1]), &["1", "1111111", "1", "1011011"])),
    ];
    for (word, stream) in streams {
        let packed = framed(&stream, b"");
        assert_eq!(by_zlib(&packed), None, "{word}: zlib takes it");
        let error = all(&packed).unwrap_err();
        assert!(error.to_string().contains(word), "{word}: {error}");
    }
}

/// Bytes one at a time, as a slow network gives them.
struct Trickle<'a>(&'a [u8]);

impl Read for Trickle<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = out.len().min(self.0.len()).min(1);
        out[..n].copy_from_slice(&self.0[..n]);
        self.0 = &self.0[n..];
        Ok(n)
    }
}

#[test]
fn a_source_may_give_a_byte_at_a_time() {
    let data = noise(200_000, 900, 5);
    let packed = member(&data, 6);
    let mut found = Vec::new();
    Members::new(Trickle(&packed)).read_to_end(&mut found).unwrap();
    assert!(found == data);
}

#[test]
fn bookmarks_lead_on_from_everywhere() {
    let mut data = noise(40_000_000, 700, 11);
    data.truncate(36_000_001);
    let mut packed = member(&data[..20_000_000], 1);
    packed.extend(member(&data[20_000_000..], 0));
    let mut bookmarks = Vec::new();
    let mut members = Members::new(&packed[..]);
    let mut part = vec![0; 524_287];
    for expected in data.chunks(part.len()) {
        let part = &mut part[..expected.len()];
        members.read_with_bookmarks(part, &mut bookmarks).unwrap();
        assert!(part == expected);
    }
    members.check_end().unwrap();
    assert!((3..=5).contains(&bookmarks.len()), "{}", bookmarks.len());
    for bookmark in &bookmarks {
        let start = bookmark.unpacked + 12_345;
        let mut again = Members::from_bookmark(bookmark, &packed[bookmark.packed() as usize..]).unwrap();
        again.skip_to(start).unwrap();
        let mut rest = Vec::new();
        again.read_to_end(&mut rest).unwrap();
        assert!(rest == data[start as usize..], "from {}", bookmark.unpacked);
    }
}

#[test]
fn no_stream_unfolds_further_than_announced() {
    let data = vec![0; 10_000_000];
    let packed = member(&data, 9);
    assert!(all(&packed).unwrap() == data);
    assert!(data.len() as u64 <= packed.len() as u64 * MOST_EXPANSION);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn damaged_streams_are_refused_or_read_as_zlib_reads_them(
        (bytes, values, seed) in (1usize..3000, 1u32..2000, any::<u64>()),
        level in prop::sample::select(vec![0u32, 1, 6, 9]),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut packed = member(&noise(bytes, values, seed), level);
        for (at, byte) in changes {
            let at = at.index(packed.len());
            packed[at] = byte;
        }
        match (by_zlib(&packed), all(&packed)) {
            (Some(expected), Ok(found)) => prop_assert!(found == expected),
            (None, Err(_)) => {}
            // A changed header may announce what zlib judges otherwise: its own checksum, reserved flags.
            (Some(_), Err(error)) => prop_assert!(packed[3] != 0, "refused: {error}"),
            (None, Ok(_)) => prop_assert!(packed[3] != 0, "taken"),
        }
    }

    #[test]
    fn any_bytes_as_a_deflate_stream_are_judged_as_zlib_does(stream in prop::collection::vec(any::<u8>(), 0..200)) {
        // Without the right checksum both refuse at the end at the latest: what came before is compared.
        let mut found = Vec::new();
        let ours = Members::new(&framed(&stream, b"")[..]).read_to_end(&mut found);
        let mut expected = Vec::new();
        let theirs = flate2::bufread::GzDecoder::new(&framed(&stream, b"")[..]).read_to_end(&mut expected);
        prop_assert_eq!(ours.is_ok(), theirs.is_ok());
        // Where the source breaks off, a literal may be lost with the match that follows it.
        let common = found.len().min(expected.len());
        prop_assert!(found[..common] == expected[..common] && expected.len() <= common + 2);
    }
}
