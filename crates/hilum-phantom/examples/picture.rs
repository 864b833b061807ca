//! Writes montages of a phantom as PGM pictures: axial slices in a lung and a soft-tissue window, and coronal planes.
//!
//! `cargo run --release -p hilum-phantom --example picture -- OUT_FOLDER [SEED] [healthy|covid] [256x256x100]`

use hilum_core::{Volume, VoxelData};
use hilum_phantom::{PhantomSpec, generate};
use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let folder = args.next().ok_or("name a folder for the pictures")?;
    let seed: u64 = args.next().map_or(Ok(1), |s| s.parse())?;
    let covid = args.next().is_some_and(|kind| kind == "covid");
    let mut spec = if covid { PhantomSpec::covid(seed) } else { PhantomSpec::healthy(seed) };
    if let Some(dims) = args.next() {
        let dims: Vec<usize> = dims.split('x').map(str::parse).collect::<Result<_, _>>()?;
        spec = spec.with_dims(dims.try_into().map_err(|_| "dims are three numbers: 256x256x100")?);
    }
    let phantom = generate(&spec)?;
    let name = |what: &str| Path::new(&folder).join(format!("{seed}_{what}.pgm"));
    for (window, centre, width) in [("lung", -600.0, 1500.0), ("soft", 40.0, 400.0)] {
        axial(&phantom.volume, centre, width).write(&name(window))?;
    }
    coronal(&phantom.volume).write(&name("coronal"))?;
    Ok(())
}

/// A grey picture.
struct Picture {
    width: usize,
    pixels: Vec<u8>,
}

impl Picture {
    fn write(&self, path: &Path) -> std::io::Result<()> {
        let mut bytes = format!("P5 {} {} 255\n", self.width, self.pixels.len() / self.width).into_bytes();
        bytes.extend(&self.pixels);
        std::fs::write(path, bytes)
    }
}

fn grey(hu: i16, centre: f32, width: f32) -> u8 {
    ((f32::from(hu) - centre + width / 2.0) / width * 255.0).clamp(0.0, 255.0) as u8
}

fn voxels(volume: &Volume) -> &[i16] {
    match volume.data() {
        VoxelData::I16(voxels) => voxels,
        VoxelData::F32(_) => &[],
    }
}

/// Eight slices from the bottom to the top, in two rows of four.
fn axial(volume: &Volume, centre: f32, width: f32) -> Picture {
    let [ni, nj, nk] = volume.geometry().dims();
    let voxels = voxels(volume);
    let at = [0.10, 0.22, 0.33, 0.45, 0.58, 0.70, 0.82, 0.95].map(|part| (nk as f64 * part) as usize);
    let mut pixels = Vec::with_capacity(8 * ni * nj);
    for row in 0..2 * nj {
        for tile in &at[row / nj * 4..row / nj * 4 + 4] {
            let start = (tile * nj + row % nj) * ni;
            pixels.extend(voxels[start..start + ni].iter().map(|&hu| grey(hu, centre, width)));
        }
    }
    Picture { width: 4 * ni, pixels }
}

/// Three coronal planes from front to back, head up, rows repeated so that pixels are about square.
fn coronal(volume: &Volume) -> Picture {
    let [ni, nj, nk] = volume.geometry().dims();
    let [si, _, sk] = volume.geometry().spacing_mm();
    let voxels = voxels(volume);
    let rows = (nk as f64 * sk / si) as usize;
    let mut pixels = Vec::with_capacity(3 * ni * rows);
    for row in 0..rows {
        let k = nk - 1 - row * nk / rows;
        for part in [0.36, 0.46, 0.56] {
            let start = (k * nj + (nj as f64 * part) as usize) * ni;
            pixels.extend(voxels[start..start + ni].iter().map(|&hu| grey(hu, -600.0, 1500.0)));
        }
    }
    Picture { width: 3 * ni, pixels }
}
