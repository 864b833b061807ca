//! How often the scout chooses the slice that a full read chooses, and from how many slices, on phantoms.
//!
//!     cargo run --release -p hilum-imaging --example scout -- FIRST_SEED PHANTOMS SLICES [PIXELS]

use hilum_core::{Mask, SliceView};
use hilum_imaging::notebook::{NotebookScan, notebook_air};
use hilum_imaging::scout::{Seen, air_inside_px, largest, scout};
use hilum_phantom::{PhantomSpec, generate_on};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::error::Error;
use std::io::Write;

/// Rows and columns, where nothing else is asked for.
const PIXELS: u64 = 256;

fn main() -> Result<(), Box<dyn Error>> {
    let given: Vec<u64> = std::env::args().skip(1).map(|word| word.parse()).collect::<Result<_, _>>()?;
    let (first_seed, phantoms, slices, pixels) = match given[..] {
        [first_seed, phantoms, slices] => (first_seed, phantoms, slices, PIXELS),
        [first_seed, phantoms, slices, pixels] => (first_seed, phantoms, slices, pixels),
        _ => return Err("FIRST_SEED PHANTOMS SLICES [PIXELS]".into()),
    };
    let mut out = std::io::stdout().lock();
    let [mut same, mut looked, mut with_lungs] = [0; 3];
    let seeds = first_seed..first_seed + phantoms;
    for spec in seeds.flat_map(|seed| [PhantomSpec::healthy(seed), PhantomSpec::covid(seed)]) {
        let (seed, disease) = (spec.seed, spec.disease);
        let phantom = generate_on(&spec.with_dims([pixels as usize, pixels as usize, slices as usize]), 2)?;
        let geometry = phantom.volume.geometry();
        let whole: Vec<Seen> =
            (0..geometry.slices()).filter_map(|index| phantom.volume.slice(index)).map(look).collect();
        let mut seen = BTreeMap::new();
        let found = scout(geometry.slices(), geometry.slice_spacing_mm(), |next| {
            seen.extend(next.iter().map(|&index| (index, whole[index])));
            Ok::<_, Infallible>(seen.clone())
        })?;
        let chosen = largest(&found);
        let expected = largest(&whole.iter().copied().enumerate().collect());
        if expected.is_none() {
            continue;
        }
        with_lungs += 1;
        same += u64::from(chosen == expected);
        looked += found.len() as u64;
        if chosen != expected {
            writeln!(out, "seed {seed}, {disease:?}: {chosen:?} in place of {expected:?}")?;
        }
    }
    let share = 100.0 * looked as f64 / (with_lungs * slices).max(1) as f64;
    writeln!(out, "the same slice in {same} of {with_lungs}, from {share:.1} % of the slices")?;
    Ok(())
}

/// The lung area that the notebook finds on one slice, and the air inside the body.
fn look(slice: SliceView<'_>) -> Seen {
    let mut scan = NotebookScan::new(slice.rows(), slice.cols());
    scan.take(slice);
    let mut air = Mask::new(slice.rows(), slice.cols());
    notebook_air(slice, &mut air);
    Seen { area: scan.area_px[0], air: air_inside_px(air.view()) }
}
