//! Reads the vectors under `tests/oracle/superpixels`.
//!
//! The format and the tolerances stand in `tests/oracle/superpixels/README.md`.

use crate::GreyPicture;
use serde::Deserialize;
use std::{fs::File, io::BufReader, path::Path};

/// A picture, cut into pieces by scikit-image.
#[derive(Debug, Clone)]
pub struct QuickshiftCase {
    /// Name of the picture.
    pub name: String,
    /// What was cut.
    pub picture: GreyPicture,
    /// `kernel_size` of scikit-image.
    pub kernel_size: f64,
    /// `max_dist` of scikit-image.
    pub max_dist: f64,
    /// `ratio` of scikit-image.
    pub ratio: f64,
    /// `rng` of scikit-image.
    pub seed: u32,
    /// Number of labels.
    pub count: usize,
    /// The label of every pixel, `[row, col]`.
    pub labels: Vec<u32>,
}

/// A picture, cut into pieces by scikit-image's SLIC.
#[derive(Debug, Clone)]
pub struct SlicCase {
    /// Name of the case.
    pub name: String,
    /// What was cut.
    pub picture: GreyPicture,
    /// `n_segments` of scikit-image.
    pub segments: u32,
    /// `compactness` of scikit-image.
    pub compactness: f64,
    /// Number of labels.
    pub count: usize,
    /// The label of every pixel from 0, `[row, col]`.
    pub labels: Vec<u32>,
}

#[derive(Deserialize)]
struct ListedSlic {
    name: String,
    picture: String,
    n_segments: u32,
    compactness: f64,
    count: usize,
}

#[derive(Deserialize)]
struct Listed {
    picture: String,
    kernel_size: f64,
    max_dist: f64,
    ratio: f64,
    rng: u32,
    count: usize,
}

#[derive(Deserialize)]
struct List<T> {
    cases: Vec<T>,
}

/// All cases of quick shift.
///
/// # Panics
/// If a vector is missing or damaged.
pub fn cases() -> Vec<QuickshiftCase> {
    let oracle = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/oracle");
    let folder = oracle.join("superpixels");
    let read = || -> Result<Vec<QuickshiftCase>, Box<dyn std::error::Error>> {
        let list: List<Listed> =
            serde_json::from_reader(BufReader::new(File::open(folder.join("quickshift.json"))?))?;
        let case = |listed: Listed| {
            Ok(QuickshiftCase {
                picture: GreyPicture::read(&oracle.join(format!("sift/{}.png", listed.picture))),
                labels: labels(&folder.join(format!("{}.png", listed.picture)))?,
                name: listed.picture,
                kernel_size: listed.kernel_size,
                max_dist: listed.max_dist,
                ratio: listed.ratio,
                seed: listed.rng,
                count: listed.count,
            })
        };
        list.cases.into_iter().map(case).collect()
    };
    read().unwrap_or_else(|e| panic!("{}: {e}", folder.display()))
}

/// All cases of SLIC.
///
/// # Panics
/// If a vector is missing or damaged.
pub fn slic_cases() -> Vec<SlicCase> {
    let oracle = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/oracle");
    let folder = oracle.join("superpixels");
    let read = || -> Result<Vec<SlicCase>, Box<dyn std::error::Error>> {
        let list: List<ListedSlic> =
            serde_json::from_reader(BufReader::new(File::open(folder.join("slic.json"))?))?;
        let case = |listed: ListedSlic| {
            Ok(SlicCase {
                picture: GreyPicture::read(&oracle.join(format!("sift/{}.png", listed.picture))),
                labels: labels(&folder.join(format!("{}.png", listed.name)))?,
                name: listed.name,
                segments: listed.n_segments,
                compactness: listed.compactness,
                count: listed.count,
            })
        };
        list.cases.into_iter().map(case).collect()
    };
    read().unwrap_or_else(|e| panic!("{}: {e}", folder.display()))
}

fn labels(path: &Path) -> Result<Vec<u32>, Box<dyn std::error::Error>> {
    let mut reader = png::Decoder::new(BufReader::new(File::open(path)?)).read_info()?;
    let mut bytes = vec![0; reader.output_buffer_size().ok_or("too large")?];
    let frame = reader.next_frame(&mut bytes)?;
    if (frame.color_type, frame.bit_depth) != (png::ColorType::Grayscale, png::BitDepth::Sixteen) {
        return Err("not 16-bit grey".into());
    }
    Ok(bytes.chunks_exact(2).map(|pair| u32::from(u16::from_be_bytes([pair[0], pair[1]]))).collect())
}
