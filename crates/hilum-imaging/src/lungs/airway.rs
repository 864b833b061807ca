//! The trachea and the main bronchi, followed from the top of the scan.
//!
//! A capped region growth on the graph of air regions: the trachea is a region of 0.4 to 7 cm2 that holds gas, is about
//! as wide as deep, and keeps its size from slice to slice for at least 2 cm. It is followed downwards through regions
//! that overlap it and stay below a cap; a region that grows past the cap is lung. Where the thin wall between trachea
//! and lung vanishes for a few slices, the last section of the trachea is projected through them.
//! A bronchus that opens into its lung is taken off for another 13 mm (`lumen`); beyond the second parting bronchi count
//! as lung where lung surrounds them.

use crate::lungs::choose::Air;
use crate::lungs::lumen::Lumen;
use crate::lungs::planes::Gas;
use crate::lungs::regions::{AirRegions, count_in_run};
use crate::lungs::window::{Part, Window, bounds};
use hilum_core::{Mask, MaskVolume};

const LEAST_TRACHEA_MM2: f64 = 40.0;
const LARGEST_TRACHEA_MM2: f64 = 700.0;
/// A section at the carina may be this many times the trachea's.
const CARINA_FACTOR: f64 = 2.5;
/// Share of gas in a trachea; partial volume lowers it on coarse grids.
const LEAST_GAS_FRAC: f64 = 0.1;
/// Width over depth and depth over width.
const MOST_ASPECT: f64 = 2.5;
/// Shorter than this it is not a trachea but the tip of a lung.
const LEAST_LENGTH_MM: f64 = 20.0;
/// Longest stretch through which the trachea is projected when its wall is not seen.
const LONGEST_GAP_MM: f64 = 15.0;
/// A bronchus is taken off for this far (mm) beyond the slice on which it was last seen apart from its lung.
const OPENING_MM: f64 = 13.0;
/// A projected section that outgrows the first by this factor has leaked into the lung.
const MOST_GROWTH: f64 = 2.0;

/// Pixel and slice sizes, and which way is down.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Grid {
    /// Area of a pixel.
    pub pixel_mm2: f64,
    /// Distance between slices.
    pub slice_mm: f64,
    /// Whether the last slice is the topmost one.
    pub superior_is_last: bool,
}

/// What was found of the airway.
#[derive(Debug, Clone, Default)]
pub(crate) struct Airway {
    /// Whole regions that are airway.
    pub regions: Vec<u32>,
    /// Sections cut out of larger regions: slice and pixels.
    pub projected: Vec<(usize, Part)>,
    /// Those of `regions` that are trachea or main bronchus: above the second parting.
    pub main: Vec<u32>,
}

/// Finds the airway among the regions named lung. Empty when there is no trachea in the scan.
pub(crate) fn find_airway(
    regions: &AirRegions,
    kinds: &[Air],
    air: &MaskVolume,
    gas: &Gas,
    grid: Grid,
) -> Airway {
    let links = Links::of(regions, grid.superior_is_last);
    let slices = regions.slices();
    let from_top = |n: usize| if grid.superior_is_last { slices - 1 - n } else { n };
    let lung_slices: Vec<usize> = (0..slices)
        .map(from_top)
        .filter(|&s| regions.on_slice(s).any(|r| kinds[r as usize] == Air::Lung))
        .collect();
    for &slice in lung_slices.iter().take(lung_slices.len().div_ceil(3)) {
        for seed in regions.on_slice(slice).filter(|&r| kinds[r as usize] == Air::Lung) {
            if may_be_trachea(regions, seed, grid) {
                let airway = Tracker { regions, kinds, air, gas, grid, links: &links }.follow(seed);
                if let Some(airway) = airway {
                    return airway;
                }
            }
        }
    }
    Airway::default()
}

fn may_be_trachea(regions: &AirRegions, region: u32, grid: Grid) -> bool {
    let r = regions.region(region);
    let area_mm2 = r.area_px as f64 * grid.pixel_mm2;
    let [top, left, bottom, right] = r.bounds.map(f64::from);
    let aspect = (right - left) / (bottom - top);
    (LEAST_TRACHEA_MM2..=LARGEST_TRACHEA_MM2).contains(&area_mm2)
        && (1.0 / MOST_ASPECT..=MOST_ASPECT).contains(&aspect)
        && r.gas_px as f64 >= LEAST_GAS_FRAC * r.area_px as f64
}

/// For every region, the regions below it (towards the feet) that share pixels with it.
struct Links {
    starts: Vec<usize>,
    down: Vec<u32>,
}

impl Links {
    fn of(regions: &AirRegions, superior_is_last: bool) -> Self {
        let mut pairs: Vec<(u32, u32)> = regions
            .links()
            .iter()
            .map(|l| if superior_is_last { (l.above, l.below) } else { (l.below, l.above) })
            .collect();
        pairs.sort_unstable();
        let mut starts = vec![0; regions.list().len() + 1];
        for &(from, _) in &pairs {
            starts[from as usize + 1] += 1;
        }
        for i in 1..starts.len() {
            starts[i] += starts[i - 1];
        }
        Self { starts, down: pairs.into_iter().map(|(_, to)| to).collect() }
    }

    fn down(&self, region: u32) -> &[u32] {
        &self.down[self.starts[region as usize]..self.starts[region as usize + 1]]
    }
}

/// A section of the airway, and how often the airway has parted above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Branch {
    region: u32,
    partings: usize,
}

struct Tracker<'a> {
    regions: &'a AirRegions,
    kinds: &'a [Air],
    air: &'a MaskVolume,
    gas: &'a Gas,
    grid: Grid,
    links: &'a Links,
}

impl Tracker<'_> {
    /// Follows the trachea from `seed`; `None` if it turns out too short to be one.
    fn follow(&self, seed: u32) -> Option<Airway> {
        let mut airway = Airway::default();
        let mut sections_px = vec![self.regions.region(seed).area_px];
        let mut front = vec![Branch { region: seed, partings: 0 }];
        while !front.is_empty() {
            let cap_px = self.cap_px(&sections_px);
            let mut next: Vec<Branch> = Vec::new();
            for &branch in &front {
                airway.regions.push(branch.region);
                if branch.partings <= 1 {
                    airway.main.push(branch.region);
                }
                let mut below = self.airways_below(branch.region, cap_px);
                if below.is_empty() {
                    below = self.project(branch, cap_px, &mut airway);
                }
                let partings = branch.partings + usize::from(below.len() > 1);
                next.extend(below.into_iter().map(|region| Branch { region, partings }));
            }
            next.sort_unstable();
            next.dedup_by_key(|branch| branch.region);
            if let ([one], [_]) = (&next[..], &front[..]) {
                sections_px.push(self.regions.region(one.region).area_px);
            }
            front = next;
        }
        let length_mm = sections_px.len() as f64 * self.grid.slice_mm;
        (length_mm >= LEAST_LENGTH_MM && sections_px.len() >= 3).then_some(airway)
    }

    /// The largest section that still counts as airway: 2.5 times the median so far, at most 7 cm2.
    fn cap_px(&self, sections_px: &[u64]) -> f64 {
        let mut sections_px = sections_px.to_vec();
        let middle = sections_px.len() / 2;
        let (_, median, _) = sections_px.select_nth_unstable(middle);
        (*median as f64 * CARINA_FACTOR).min(LARGEST_TRACHEA_MM2 / self.grid.pixel_mm2)
    }

    /// The airway-sized regions of the next slice that share pixels with this one.
    fn airways_below(&self, from: u32, cap_px: f64) -> Vec<u32> {
        self.links.down(from).iter().copied().filter(|&r| self.may_be_airway(r, cap_px)).collect()
    }

    fn may_be_airway(&self, region: u32, cap_px: f64) -> bool {
        let r = self.regions.region(region);
        self.kinds[region as usize] == Air::Lung
            && r.area_px as f64 <= cap_px
            && r.gas_px as f64 >= LEAST_GAS_FRAC * r.area_px as f64
    }

    /// Carries a section down through slices on which it is joined to the lung, until it stands alone again, and returns
    /// the regions where it does. A trachea that never does was none: nothing is kept. A bronchus opens into its lung: what
    /// lies within 13 mm of where it was last seen alone is still taken off.
    fn project(&self, from: Branch, cap_px: f64, airway: &mut Airway) -> Vec<u32> {
        let mut section = Mask::new(self.air.rows(), self.air.cols());
        self.regions.paint(from.region, &mut section.view_mut());
        let first_px = self.regions.region(from.region).area_px as f64;
        let mut slice = self.regions.region(from.region).slice;
        let lumen = Lumen::of(self.regions.region(from.region), self.air, self.gas, self.grid.pixel_mm2);
        let mut projected = Vec::new();
        let slices_in = |mm: f64| (mm / self.grid.slice_mm).floor().max(1.0) as usize;
        for _ in 0..=slices_in(LONGEST_GAP_MM) {
            let Some(below) = self.slice_below(slice) else { break };
            slice = below;
            section = if from.partings == 0 {
                section.view_mut().and(self.air.slice(slice));
                section
            } else {
                lumen.on_slice(slice, &section)
            };
            let section_px = section.view().count_px() as f64;
            if section_px == 0.0 || section_px > MOST_GROWTH * first_px {
                break;
            }
            let alone = self.standing_alone(slice, &section, cap_px);
            if !alone.is_empty() {
                airway.projected.append(&mut projected);
                return alone;
            }
            let window = Window::of(bounds(&section), self.air);
            projected.push((slice, Part { mask: window.cut(section.view()), window }));
        }
        if from.partings > 0 {
            projected.truncate(slices_in(OPENING_MM));
            airway.projected.append(&mut projected);
        }
        Vec::new()
    }

    fn slice_below(&self, slice: usize) -> Option<usize> {
        if self.grid.superior_is_last {
            slice.checked_sub(1)
        } else {
            Some(slice + 1).filter(|&s| s < self.regions.slices())
        }
    }

    /// Airway-sized regions of `slice` that share pixels with `section`.
    fn standing_alone(&self, slice: usize, section: &Mask, cap_px: f64) -> Vec<u32> {
        let view = section.view();
        let meets =
            |r: u32| self.regions.runs(r).iter().any(|run| count_in_run(view.row(run.row()), run.run()) > 0);
        self.regions.on_slice(slice).filter(|&r| self.may_be_airway(r, cap_px) && meets(r)).collect()
    }
}
