//! Reads the vectors under `tests/oracle/sift`: what OpenCV finds in pictures of phantoms, and how it matches them.
//!
//! The format and the tolerances stand in `tests/oracle/sift/README.md`.

use crate::GreyPicture;
use serde::{Deserialize, de::DeserializeOwned};
use std::{collections::BTreeMap, fs, path::PathBuf};

/// A keypoint as OpenCV gives it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KnownKeypoint {
    /// Column, px.
    pub x_px: f32,
    /// Row, px.
    pub y_px: f32,
    /// Diameter, px.
    pub size_px: f32,
    /// Direction, degrees clockwise.
    pub angle_degrees: f32,
    /// Contrast, 0 to 1.
    pub response: f32,
    /// OpenCV's packed octave.
    pub octave: i32,
}

impl KnownKeypoint {
    /// Whether the other lies within 0.5 px, its size within 5 % and its angle within 5 degrees.
    pub fn agrees_with(&self, x_px: f32, y_px: f32, size_px: f32, angle_degrees: f32) -> bool {
        let turn = (self.angle_degrees - angle_degrees).abs() % 360.0;
        (self.x_px - x_px).hypot(self.y_px - y_px) <= 0.5
            && (size_px / self.size_px - 1.0).abs() <= 0.05
            && turn.min(360.0 - turn) <= 5.0
    }
}

/// A picture and what OpenCV finds in it.
#[derive(Debug, Clone)]
pub struct SiftCase {
    /// The picture.
    pub picture: GreyPicture,
    /// Its keypoints, in OpenCV's order.
    pub keypoints: Vec<KnownKeypoint>,
    /// A descriptor for each.
    pub descriptors: Vec<[u8; 128]>,
}

/// OpenCV's cross-checked matches of two pictures: query, train, distance; by distance.
#[derive(Debug, Clone, Deserialize)]
pub struct MatchCase {
    /// Name of the first picture.
    pub query: String,
    /// Name of the second.
    pub train: String,
    /// With `NORM_L1`.
    pub l1: Vec<(usize, usize, f32)>,
    /// With `NORM_L2`.
    pub l2: Vec<(usize, usize, f32)>,
}

/// Every picture, by name.
///
/// # Panics
/// If a file is missing or damaged.
pub fn pictures() -> BTreeMap<String, SiftCase> {
    #[derive(Deserialize)]
    struct File {
        keypoints: Vec<[f32; 5]>,
        octaves: Vec<i32>,
        descriptors: Vec<String>,
    }
    let folder = folder();
    let entries = fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let paths = entries.flatten().map(|entry| entry.path());
    paths
        .filter(|path| path.extension().is_some_and(|e| e == "png"))
        .map(|path| {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let file: File = read(&name);
            let keypoints =
                file.keypoints.iter().zip(&file.octaves).map(|(&[x, y, size, angle, response], &octave)| {
                    KnownKeypoint { x_px: x, y_px: y, size_px: size, angle_degrees: angle, response, octave }
                });
            let case = SiftCase {
                picture: GreyPicture::read(&path),
                keypoints: keypoints.collect(),
                descriptors: file.descriptors.iter().map(|hex| bytes(hex)).collect(),
            };
            (name, case)
        })
        .collect()
}

/// Every pair that is matched.
///
/// # Panics
/// As [`pictures`].
pub fn matches() -> Vec<MatchCase> {
    #[derive(Deserialize)]
    struct File {
        pairs: Vec<MatchCase>,
    }
    read::<File>("matches").pairs
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/oracle/sift")
}

fn read<T: DeserializeOwned>(name: &str) -> T {
    let path = folder().join(format!("{name}.json"));
    let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn bytes(hex: &str) -> [u8; 128] {
    std::array::from_fn(|n| {
        let digits = &hex[2 * n..2 * n + 2];
        u8::from_str_radix(digits, 16).unwrap_or_else(|e| panic!("'{digits}': {e}"))
    })
}
