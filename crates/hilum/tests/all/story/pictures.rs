//! Pictures that a small net can tell apart.

use super::Story;
use std::{fs, path::Path};

const SIDE: usize = 40;

/// Pictures of two classes in `folder`, `count` of each: grey noise, without and with a bright square. Another `seed`
/// gives others.
pub(crate) fn pictures(story: &Story, folder: &str, count: usize, seed: u32) {
    let mut state = seed;
    let mut draw = |below: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) % below
    };
    for class in ["empty", "square"] {
        fs::create_dir_all(story.path(&format!("{folder}/{class}"))).unwrap();
        for at in 0..count {
            let mut values: Vec<u8> = (0..SIDE * SIDE).map(|_| draw(120) as u8).collect();
            if class == "square" {
                let (row, col) = (draw(28) as usize, draw(28) as usize);
                for y in row..row + 12 {
                    values[y * SIDE + col..][..12].fill(230);
                }
            }
            png(&story.path(&format!("{folder}/{class}/p{at:02}.png")), &values);
        }
    }
}

fn png(path: &Path, values: &[u8]) {
    let mut encoder = png::Encoder::new(fs::File::create(path).unwrap(), SIDE as u32, SIDE as u32);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.write_header().unwrap().write_image_data(values).unwrap();
}

/// The words of a small and short training on `in` into `out`.
pub(crate) fn small_training(out: &str) -> Vec<&str> {
    let words = "train in --model residual --size 32 --epochs 5 --warmup 1 --batch 8 --group-by patient --no-progress --out";
    words.split(' ').chain([out]).collect()
}
