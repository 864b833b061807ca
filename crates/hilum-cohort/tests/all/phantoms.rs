//! The default recipe on phantoms whose truth is known: 20 patients, half of them with disease.

use hilum_core::{Mask, MaskView, Volume};
use hilum_imaging::lungs::{AIR_BELOW_HU, Lungs, Planes};
use hilum_imaging::morphology::{Disk, dilate};
use hilum_imaging::{Components, Connectivity, SliceChoice, fill_holes};
use hilum_phantom::{Phantom, PhantomSpec, Truth, generate};
use hilum_testkit::Overlap;

/// 2 x 2 x 3.125 mm: as fine as 20 phantoms can be while tests stay quick.
const DIMS: [usize; 3] = [192, 192, 96];
const PATIENTS: u64 = 20;
/// The chosen slice's true area over the true largest: at least this counts as the largest.
const WITHIN_FRAC: f64 = 0.995;

/// A phantom and what the default recipe makes of it.
struct Case {
    name: String,
    phantom: Phantom,
    lungs: Lungs,
    choice: SliceChoice,
}

impl Case {
    fn new(seed: u64, ill: bool) -> Self {
        let spec = if ill { PhantomSpec::covid(seed) } else { PhantomSpec::healthy(seed) };
        let phantom = generate(&spec.with_dims(DIMS)).unwrap();
        let lungs = segment(&phantom.volume);
        let choice = SliceChoice::largest(&lungs.area_px).unwrap();
        let name = format!("seed {seed} ({})", if ill { "covid" } else { "healthy" });
        Self { name, phantom, lungs, choice }
    }

    fn truth(&self) -> &Truth {
        &self.phantom.truth
    }

    /// Pixels of a slice where `test` holds for the HU.
    fn hu_mask(&self, slice: usize, test: impl Fn(f32) -> bool) -> Mask {
        let view = self.phantom.volume.slice(slice).unwrap();
        Mask::from_fn(view.rows(), view.cols(), |row, col| test(view.hu(row, col)))
    }
}

fn segment(volume: &Volume) -> Lungs {
    let geometry = volume.geometry();
    let mut planes = Planes::new(geometry.rows(), geometry.cols(), geometry.slices());
    for index in 0..geometry.slices() {
        planes.take(index, volume.slice(index).unwrap());
    }
    Lungs::segment(planes, geometry)
}

fn without(mask: MaskView<'_>, other: MaskView<'_>) -> Mask {
    let mut rest = mask.to_mask();
    rest.view_mut().and_not(other);
    rest
}

/// True lung area of the chosen slice over the true largest.
fn true_share(case: &Case) -> f64 {
    let area = &case.truth().lung_area_px;
    area[case.choice.index] as f64 / area[case.truth().largest_slice] as f64
}

/// Organs that lie in the lung like an island on a slice: the liver's dome, the heart. Holes of the true lung of more
/// than 3 cm2.
fn islands(truth: MaskView<'_>, pixel_mm2: f64) -> Mask {
    let holes = without(fill_holes(truth).view(), truth);
    Components::of(holes.view(), Connectivity::Four).select(|_, c| c.area_px as f64 * pixel_mm2 > 300.0)
}

/// Air that is neither lung nor airway nor within 4 mm of them: foam of the table, gas in stomach and colon, the room.
fn other_air(case: &Case, slice: usize) -> Mask {
    let mut near = case.truth().lung.slice(slice).to_mask();
    near.view_mut().or(case.truth().airway.slice(slice));
    let near = dilate(near.view(), &Disk::new(2.0));
    without(case.hu_mask(slice, |hu| hu < f32::from(AIR_BELOW_HU)).view(), near.view())
}

fn overlap_with(case: &Case, other: impl Fn(usize) -> Mask) -> Overlap {
    (0..DIMS[2]).map(|k| Overlap::of(case.lungs.lung.slice(k), other(k).view())).sum()
}

/// What is known of the dense tissue on the chosen slice: lung at or above -500 HU, all of it and what is vessel or
/// lesion (the rest are airway walls, and edges of the lung that share a pixel with the wall).
fn true_dense(case: &Case) -> (Mask, Mask) {
    let (truth, k) = (case.truth(), case.choice.index);
    let mut all = case.hu_mask(k, |hu| hu >= f32::from(AIR_BELOW_HU));
    all.view_mut().and(truth.lung.slice(k));
    let mut named = truth.vessel.slice(k).to_mask();
    named.view_mut().or(truth.lesion.slice(k));
    named.view_mut().and(all.view());
    (all, named)
}

/// Work on every seed, on all processors; results in the order of the seeds.
fn of_each<R: Send>(seeds: std::ops::Range<u64>, work: impl Fn(u64) -> R + Sync) -> Vec<R> {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get) as u64;
    let part = |thread: u64| seeds.clone().filter(move |seed| seed % threads == thread);
    let mut done: Vec<(u64, R)> = std::thread::scope(|scope| {
        let work = &work;
        let running: Vec<_> = (0..threads)
            .map(|thread| {
                scope.spawn(move || part(thread).map(|seed| (seed, work(seed))).collect::<Vec<_>>())
            })
            .collect();
        running.into_iter().flat_map(|part| part.join().unwrap()).collect()
    });
    done.sort_by_key(|(seed, _)| *seed);
    done.into_iter().map(|(_, result)| result).collect()
}

#[test]
fn the_slice_choice_on_160_patients() {
    for (ill, least) in [(false, 160), (true, 134)] {
        let shares = of_each(0..160, |seed| true_share(&Case::new(seed, ill)));
        let within = shares.iter().filter(|&&share| share >= WITHIN_FRAC).count();
        let worst = shares.iter().copied().fold(1.0, f64::min);
        println!("with lesions: {ill}; {within} of 160 within 0.5 % of the largest, worst {worst:.4}");
        assert!(within >= least, "with lesions: {ill}; {within}");
    }
}

#[test]
fn the_default_recipe_keeps_to_the_truth_of_twenty_phantoms() {
    let mut faults = Vec::new();
    let mut within = 0;
    let healthy = (0..PATIENTS).map(|seed| (seed, false));
    let with_lesions = (1..PATIENTS).step_by(2).map(|seed| (seed, true));
    for (seed, ill) in healthy.chain(with_lesions) {
        let case = Case::new(seed, ill);
        let (truth, k) = (case.truth(), case.choice.index);
        let share = true_share(&case);
        let dice =
            Overlap::of_slices(&case.lungs.lung, &truth.lung).into_iter().sum::<Overlap>().dice().unwrap();
        let pixel_mm2 = case.phantom.volume.geometry().pixel_area_mm2();
        let organ = overlap_with(&case, |slice| islands(truth.lung.slice(slice), pixel_mm2));
        let air = overlap_with(&case, |slice| other_air(&case, slice));
        let (all, named) = true_dense(&case);
        let percent = |px: u64, of: u64| 100.0 * px as f64 / of as f64;
        let found_percent = percent(case.lungs.dense.slice(k).count_px(), case.choice.area_px);
        let true_percent = percent(named.view().count_px(), truth.lung_area_px[k]);
        let all_percent = percent(all.view().count_px(), truth.lung_area_px[k]);
        println!(
            "{}: slice {k} for {}, {share:.4} of the largest; Dice {dice:.4}; dense {found_percent:.2} %, vessels and \
             lesions {true_percent:.2} %, all {all_percent:.2} %; organs {} of {} vox, other air {} of {}",
            case.name, truth.largest_slice, organ.both, organ.second, air.both, air.second
        );
        let mut hold = |what: &str, holds: bool| {
            if !holds {
                faults.push(format!("{}: {what}", case.name));
            }
        };
        within += usize::from(share >= WITHIN_FRAC);
        // With lesions short of it in three of ten: see "The chosen slice" in docs/accuracy.md.
        hold(
            "the true area of the chosen slice over the largest",
            share >= if ill { 0.98 } else { WITHIN_FRAC },
        );
        // The floors are those of 40 seeds, less a third of what is missing to 1.
        hold("Dice of the lung volume", dice >= if ill { 0.97 } else { 0.992 });
        hold("organs stay out of the lung", organ.both as f64 <= 0.05 * organ.second as f64);
        hold("foam, bowel and the room stay out of the lung", air.both <= 5);
        // Walls and edges are dense too and no vessel; disease on the chest wall is outside the mask: one pulls up, the
        // other down.
        hold("dense tissue", (found_percent - true_percent).abs() <= 2.75);
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(within >= 27, "only {within} of 30 choices are within 0.5 % of the largest");
}
