//! The lungs of a whole scan, without learned weights.
//!
//! In: bit masks of the volume at three thresholds ([`Planes`], filled slice by slice). Out: lung and dense tissue masks
//! of every axial slice, and the area curve. Coordinates are voxel indices; areas and lengths become mm only through
//! the spacing given.
//!
//! The method, in the order of the code:
//! 1. air is what lies below -500 HU; its 4-connected regions on every slice, linked across slices (`regions`);
//! 2. lungs are the largest three-dimensional components of enclosed air inside the body that are not mostly gas
//!    (`choose`, `body`);
//! 3. the trachea and main bronchi are followed from the top and taken off, walls included (`airway`, `lumen`);
//! 4. on every slice the mask is closed with a disk of 5 mm, and its outer edge is moved to the half-way value of -400 HU
//!    (one pixel at most) (`mask`);
//! 5. ground glass above -500 HU, which pixels up to -400 HU tell, is taken in (`haze`);
//! 6. what lies against the chest wall is taken in where lung above and below, or on both sides of it,
//!    shows how far the lung reaches (`cells`, `polar`, `dips`, `gaps`, `along`, `wall`, `bay`);
//! 7. holes are filled unless they are organs: the liver dome, the heart (`holes`, `organs`);
//! 8. dense tissue is every pixel of the mask at or above -500 HU, except the edge pixels of step 4.
//!
//! What it does NOT do: consolidation at the chest wall that is longer than 6 cm along the slices and 5 cm along the wall
//! stays outside. Right and left lung share the mask; [`Sides`] tells them apart afterwards.
//!
//! Sources: Hu, Hoffman, Reinhardt 2001 (doi:10.1109/42.929615) for threshold, connectivity and airway removal; Armato
//! and Sensakovic 2004 (doi:10.1016/j.acra.2004.06.005) for the closing. Constants are named and argued in their files.

mod airway;
mod along;
mod bay;
mod body;
mod cells;
mod choose;
mod dips;
mod drawn;
mod gaps;
mod haze;
mod holes;
mod lumen;
mod mask;
mod organs;
mod planes;
mod polar;
mod regions;
mod sides;
mod wall;
mod window;

pub use body::Body;
pub use choose::Air;
pub use drawn::DrawnLungs;
pub use mask::CLOSING_RADIUS_MM;
pub use planes::{AIR_BELOW_HU, EDGE_BELOW_HU, GAS_BELOW_HU, Gas, Planes};
pub use regions::{AirRegions, Link, Region, RowRun};
pub use sides::Sides;

use airway::{Grid, find_airway};
use cells::Cells;
use choose::choose_lungs;
use haze::Haze;
use hilum_core::{Direction, Geometry, InPlaneSpacingMm, MaskView, MaskVolume};
use holes::Holes;
use lumen::take_off;
use mask::SliceMasks;
use wall::take_in_walls;

/// The lungs of a scan.
#[derive(Debug, Clone)]
pub struct Lungs {
    /// Lung: parenchyma with its vessels, lesions and inner airways; on every axial slice.
    pub lung: MaskVolume,
    /// Dense tissue: the part of the lung at or above -500 HU.
    pub dense: MaskVolume,
    /// Lung area of every axial slice in pixels.
    pub area_px: Vec<u64>,
    /// The body outline on the slice with the largest area, coarsely; `None` without lung.
    pub body: Option<Body>,
    /// For every slice, whether lung seems to be lost there because it touches the border of the image.
    pub cut_off: Vec<bool>,
    /// Whether a trachea was found; `false` where nobody looked for one ([`DrawnLungs`]).
    pub airway_found: bool,
}

impl Lungs {
    /// Segments the lungs of a scan. All areas are 0 when there is no lung.
    pub fn segment(mut planes: Planes, geometry: &Geometry) -> Self {
        let spacing = geometry.in_plane_spacing_mm();
        let pixel_mm2 = geometry.pixel_area_mm2();
        let grid = Grid {
            pixel_mm2,
            slice_mm: geometry.slice_spacing_mm(),
            superior_is_last: geometry.frame().slice_direction == Direction::Superior,
        };
        let regions = std::mem::take(&mut planes.regions);
        let mut kinds = choose_lungs(&regions, &planes.air, spacing);
        let cut_off = lung_lost_at_border(&regions, &kinds);
        let airway = find_airway(&regions, &kinds, &planes.air, &planes.gas, grid);
        for &region in &airway.regions {
            kinds[region as usize] = Air::Airway;
        }

        let masks = SliceMasks::new(&regions, &kinds, &airway, spacing);
        let mut holes = Holes::new(grid);
        let haze = Haze::new(geometry);
        let mut cells = Cells::new(&planes.edge, geometry);
        for slice in 0..regions.slices() {
            if let Some(drawn) = masks.draw(slice, &mut planes, &mut holes) {
                haze.take_in(drawn, slice, &mut planes.edge, &mut holes);
                // Now, while it is at hand.
                cells.look_at(slice, planes.edge.slice(slice));
            }
        }
        let Planes { air, edge: mut lung, .. } = planes;
        take_in_walls(&mut lung, cells, &air, &mut holes, geometry);
        holes.fill_all_but_organs(&mut lung);
        take_off(&airway, &regions, &air, &mut lung, spacing);
        Self::of_masks(lung, air, cut_off, !airway.regions.is_empty(), spacing)
    }

    /// What follows from the lung and the air, bit masks of one shape.
    fn of_masks(
        lung: MaskVolume,
        air: MaskVolume,
        cut_off: Vec<bool>,
        airway_found: bool,
        spacing: InPlaneSpacingMm,
    ) -> Self {
        let area_px: Vec<u64> = (0..lung.slices()).map(|s| count_px(lung.slice(s))).collect();
        let largest = crate::select::first_maximum(&area_px).filter(|&s| area_px[s] > 0);
        let body = largest.map(|s| Body::on_slice(air.slice(s), spacing));
        let mut dense = air;
        for slice in 0..lung.slices() {
            dense.slice_mut(slice).leave_of(lung.slice(slice));
        }
        Self { lung, dense, area_px, body, cut_off, airway_found }
    }
}

/// Set pixels of a mask, counted with the machine's own instruction where it has one.
fn count_px(mask: MaskView<'_>) -> u64 {
    struct Count<'a>(&'a [u64]);
    impl pulp::NullaryFnOnce for Count<'_> {
        type Output = u64;

        #[inline(always)]
        fn call(self) -> u64 {
            self.0.iter().map(|word| u64::from(word.count_ones())).sum()
        }
    }
    pulp::Arch::new().dispatch(Count(mask.words()))
}

/// Where lung on one slice continues, on a neighbouring slice, into air that touches the border of the image.
fn lung_lost_at_border(regions: &AirRegions, kinds: &[Air]) -> Vec<bool> {
    const LOST_FROM_FRAC: f64 = 0.25;
    let mut lost = vec![false; regions.slices()];
    for link in regions.links() {
        let (outside, lung) = match (kinds[link.below as usize], kinds[link.above as usize]) {
            (Air::Outside, Air::Lung) => (link.below, link.above),
            (Air::Lung, Air::Outside) => (link.above, link.below),
            _ => continue,
        };
        if link.overlap_px as f64 >= LOST_FROM_FRAC * regions.region(lung).area_px as f64 {
            lost[regions.region(outside).slice] = true;
        }
    }
    lost
}
