//! What reading a volume costs, beside bare decoders: `cargo run --release --example read_speed -- SCAN [ROUNDS]`.
//!
//! Prints seconds of processor time (user and system) of the fastest round. libdeflate gets the whole file in memory, zlib-rs
//! streams. Slices are looked at through one pixel each.

#![expect(clippy::print_stdout, reason = "an example prints")]

use hilum_core::SliceSource;
use hilum_io::nifti::{NiftiFile, ReadBuffers};
use std::error::Error;
use std::hint::black_box;
use std::io::Read;
use std::ops::ControlFlow;
use std::path::Path;

type Outcome = Result<(), Box<dyn Error>>;

fn main() -> Outcome {
    let mut arguments = std::env::args().skip(1);
    let scan = arguments.next().ok_or("name a .nii or .nii.gz file")?;
    let rounds: usize = arguments.next().map_or(Ok(5), |rounds| rounds.parse())?;
    let path = Path::new(&scan);
    let file = NiftiFile::open(path)?;
    println!("{} {:?}", file.format(), file.geometry().dims());

    if file.format().ends_with("gz") {
        let unpacked_bytes = file.header().vox_offset as usize + file.voxel_bytes_total() as usize;
        report("libdeflate alone, into fresh memory", rounds, || {
            let packed = black_box(std::fs::read(path)?);
            let mut unpacked = vec![0; unpacked_bytes];
            libdeflater::Decompressor::new().gzip_decompress(&packed, &mut unpacked)?;
            black_box(&unpacked);
            Ok(())
        })?;
        let packed = std::fs::read(path)?;
        let mut unpacked = vec![0; unpacked_bytes];
        report("libdeflate alone, into used memory", rounds, || {
            libdeflater::Decompressor::new().gzip_decompress(&packed, &mut unpacked)?;
            black_box(&unpacked);
            Ok(())
        })?;
        let some = &mut unpacked[..128 << 10];
        report("zlib-rs alone, as a stream", rounds, || {
            let mut stream = flate2::read::GzDecoder::new(std::fs::File::open(path)?);
            while stream.read(some)? > 0 {}
            Ok(())
        })?;
    }
    let mut buffers = ReadBuffers::default();
    report("slices", rounds, || {
        NiftiFile::open(path)?.reader(&mut buffers)?.visit_slices(&mut |_, slice| {
            black_box(slice.hu(0, 0));
            ControlFlow::Continue(())
        })?;
        Ok(())
    })
}

fn report(what: &str, rounds: usize, mut work: impl FnMut() -> Outcome) -> Outcome {
    let mut fastest = f64::INFINITY;
    for _ in 0..rounds {
        let start = processor_seconds()?;
        work()?;
        fastest = fastest.min(processor_seconds()? - start);
    }
    println!("{what:40} {fastest:8.4} s");
    Ok(())
}

/// Seconds that this thread has spent on a processor: the first number of Linux' schedstat, in nanoseconds.
fn processor_seconds() -> Result<f64, Box<dyn Error>> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat")
        .map_err(|_| "this example reads /proc/thread-self/schedstat, which only Linux has")?;
    let nanoseconds: f64 = text.split(' ').next().unwrap_or_default().parse()?;
    Ok(nanoseconds / 1e9)
}
