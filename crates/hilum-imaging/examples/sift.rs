//! Keypoints and matches from files, over and over: what tools/bench/sift.py times and tools/oracle/sift/real.py compares.
//!
//!     sift detect ROWS COLS PIXELS OUT REPEATS     8-bit grey pixels in; keypoints and descriptors out
//!     sift match A B OUT REPEATS                   two such files in; cross-checked L1 matches out
//!
//! A keypoint is written as x, y, size, angle, response (float32), octave (int32), 128 bytes; a match as query, train
//! (uint32), distance (float32); all little-endian.

use hilum_imaging::Grey;
use hilum_imaging::matching::{Norm, nearest};
use hilum_imaging::sift::{DESCRIPTOR_LEN, Features, Sift, SiftSettings};
use std::{error::Error, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["detect", rows, cols, pixels, out, repeats] => {
            detect((rows.parse()?, cols.parse()?), pixels, out, repeats.parse()?)
        }
        ["match", a, b, out, repeats] => match_files(a, b, out, repeats.parse()?),
        _ => Err("say: detect ROWS COLS PIXELS OUT REPEATS, or: match A B OUT REPEATS".into()),
    }
}

fn detect(
    (rows, cols): (usize, usize),
    pixels: &str,
    out: &str,
    repeats: usize,
) -> Result<(), Box<dyn Error>> {
    let pixels = fs::read(pixels)?;
    let image = Grey::new(rows, cols, &pixels)?;
    let mut sift = Sift::new(SiftSettings::default())?;
    let mut found = Features::default();
    for _ in 0..repeats {
        found = std::hint::black_box(sift.detect(std::hint::black_box(image))?);
    }
    let mut bytes = Vec::new();
    for (k, descriptor) in found.keypoints.iter().zip(&found.descriptors) {
        for value in [k.x_px, k.y_px, k.size_px, k.angle_degrees, k.response] {
            bytes.extend(value.to_le_bytes());
        }
        bytes.extend(k.octave.to_le_bytes());
        bytes.extend(descriptor);
    }
    Ok(fs::write(out, bytes)?)
}

fn match_files(a: &str, b: &str, out: &str, repeats: usize) -> Result<(), Box<dyn Error>> {
    const RECORD: usize = 24 + DESCRIPTOR_LEN;
    let read = |path: &str| -> Result<Vec<[u8; DESCRIPTOR_LEN]>, Box<dyn Error>> {
        let bytes = fs::read(path)?;
        Ok(bytes.as_chunks::<RECORD>().0.iter().filter_map(|record| record[24..].try_into().ok()).collect())
    };
    let (a, b) = (read(a)?, read(b)?);
    let mut matches = Vec::new();
    for _ in 0..repeats {
        matches = nearest(std::hint::black_box(&a), std::hint::black_box(&b), Norm::L1).cross_checked();
    }
    let bytes = matches.iter().flat_map(|m| {
        [(m.query as u32).to_le_bytes(), (m.train as u32).to_le_bytes(), m.distance.to_le_bytes()].concat()
    });
    Ok(fs::write(out, bytes.collect::<Vec<u8>>())?)
}
