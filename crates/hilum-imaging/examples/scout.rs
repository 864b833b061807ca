//! How often the scout chooses the slice that a full read chooses, and from how many slices, on phantoms.
//!
//!     cargo run --release -p hilum-imaging --example scout -- FIRST_SEED PHANTOMS SLICES

use hilum_core::SliceView;
use hilum_imaging::first_maximum;
use hilum_imaging::notebook::NotebookScan;
use hilum_imaging::scout::scout;
use hilum_phantom::{PhantomSpec, generate_on};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::error::Error;
use std::io::Write;

const PIXELS: usize = 256;

fn main() -> Result<(), Box<dyn Error>> {
    let given: Vec<u64> = std::env::args().skip(1).map(|word| word.parse()).collect::<Result<_, _>>()?;
    let [first_seed, phantoms, slices] = given[..] else { return Err("FIRST_SEED PHANTOMS SLICES".into()) };
    let mut out = std::io::stdout().lock();
    let [mut same, mut looked, mut with_lungs] = [0; 3];
    for seed in first_seed..first_seed + phantoms {
        let spec = if seed % 2 == 0 { PhantomSpec::covid(seed) } else { PhantomSpec::healthy(seed) };
        let phantom = generate_on(&spec.with_dims([PIXELS, PIXELS, slices as usize]), 2)?;
        let geometry = phantom.volume.geometry();
        let area_px = |index: usize| phantom.volume.slice(index).map_or(0, area_px);
        let whole: Vec<u64> = (0..geometry.slices()).map(area_px).collect();
        let mut seen = BTreeMap::new();
        let found = scout(geometry.slices(), geometry.slice_spacing_mm(), |next| {
            seen.extend(next.iter().map(|&index| (index, whole[index])));
            Ok::<_, Infallible>(seen.clone())
        })?;
        let most = found.values().max();
        let chosen = found.iter().find(|&(_, area_px)| Some(area_px) == most).map(|(&index, _)| index);
        let expected = first_maximum(&whole).filter(|&index| whole[index] > 0);
        if expected.is_none() {
            continue;
        }
        with_lungs += 1;
        same += u64::from(chosen == expected);
        looked += found.len() as u64;
        if chosen != expected {
            writeln!(out, "seed {seed}: {chosen:?} in place of {expected:?}")?;
        }
    }
    let share = 100.0 * looked as f64 / (with_lungs * slices).max(1) as f64;
    writeln!(out, "the same slice in {same} of {with_lungs}, from {share:.1} % of the slices")?;
    Ok(())
}

/// The lung area that the notebook finds on one slice.
fn area_px(slice: SliceView<'_>) -> u64 {
    let mut scan = NotebookScan::new(slice.rows(), slice.cols());
    scan.take(slice);
    scan.area_px[0]
}
