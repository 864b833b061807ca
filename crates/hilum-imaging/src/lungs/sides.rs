//! Right and left lung of one mask.
//!
//! The mask is eroded, deeper and deeper, until two lungs stand apart: lungs touch in thin sheets, before and behind the
//! heart. From these two the mask is filled again, slice by slice and step by step, so that they meet where the sheet is
//! thinnest; what no step reaches on its slice is reached over its neighbours, and specks that hang on neither go by the plane
//! halfway between the lungs. Right and left are those of the affine.
//!
//! Nothing is guessed: [`Sides::of`] gives nothing where one lung is missing, or where two do not lie side by side.
//!
//! Source: the splitting of touching objects by markers is that of Vincent and Soille 1991 (doi:10.1109/34.87344), on the
//! distance from what is left of an erosion.

use crate::components::{Components, Connectivity};
use crate::morphology::{Disk, dilate, erode};
use crate::runs::Run;
use crate::sets::DisjointSets;
use hilum_core::{Geometry, Mask, MaskVolume};

/// Depths of erosion, tried in turn. Junction lines are a few millimetres thick; what holds together under 12 mm is one lung.
const EROSIONS_MM: [f64; 6] = [0.0, 1.5, 3.0, 5.0, 8.0, 12.0];
/// The smaller lung has at least this share of both, and both have this share of the whole eroded mask.
const SMALLER_FRAC: f64 = 0.1;
const BOTH_FRAC: f64 = 0.9;
/// This share of each lung lies on its own side of the plane halfway between their middles.
const OWN_SIDE_FRAC: f64 = 0.8;

/// The lungs, apart. Together they are the mask that they come from, and no voxel is in both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sides {
    /// The lung on the patient's right.
    pub right: MaskVolume,
    /// The lung on the patient's left.
    pub left: MaskVolume,
}

/// A three-dimensional component: how many voxels, and the sum of their places in RAS+ mm.
#[derive(Debug, Clone, Copy, Default)]
struct Body {
    voxels: u64,
    sum_mm: [f64; 3],
}

impl Sides {
    /// The two lungs of `lung`; `None` where they cannot be told with certainty.
    pub fn of(lung: &MaskVolume, geometry: &Geometry) -> Option<Self> {
        EROSIONS_MM.iter().find_map(|&depth_mm| {
            let seeds = Seeds::of(lung, depth_mm, geometry)?;
            Some(seeds.grown(lung, geometry))
        })
    }
}

/// What is left of the lungs, apart, after an erosion.
struct Seeds {
    sides: Sides,
    /// Right of it is right, in mm along the right-left axis.
    midplane_mm: f64,
}

impl Seeds {
    fn of(lung: &MaskVolume, depth_mm: f64, geometry: &Geometry) -> Option<Self> {
        let spacing = geometry.in_plane_spacing_mm();
        let disk = Disk::ellipse(depth_mm / spacing.row, depth_mm / spacing.col);
        let eroded = |slice: usize| match depth_mm > 0.0 {
            true => erode(lung.slice(slice), &disk),
            false => lung.slice(slice).to_mask(),
        };
        let parts = Parts::of(lung.slices(), eroded, geometry);
        let [first, second] = parts.two_largest()?;
        let (a, b) = (parts.bodies[first].middle_mm(), parts.bodies[second].middle_mm());
        let apart = [0, 1, 2].map(|axis| (a[axis] - b[axis]).abs());
        if apart[0] <= apart[1] || apart[0] <= apart[2] {
            return None;
        }
        let (right, left) = if a[0] > b[0] { (first, second) } else { (second, first) };
        let midplane_mm = (a[0] + b[0]) / 2.0;
        let sides = Sides { right: parts.paint(right, lung), left: parts.paint(left, lung) };
        let own_right = share_right_of(&sides.right, midplane_mm, geometry);
        let own_left = 1.0 - share_right_of(&sides.left, midplane_mm, geometry);
        (own_right.min(own_left) >= OWN_SIDE_FRAC).then_some(Self { sides, midplane_mm })
    }

    /// All of `lung`, given to the lung that is nearest within it.
    fn grown(self, lung: &MaskVolume, geometry: &Geometry) -> Sides {
        let Self { mut sides, midplane_mm } = self;
        let right_of = |slice: usize| right_of_plane(slice, midplane_mm, geometry);
        loop {
            (0..lung.slices()).for_each(|slice| sides.grow_within(slice, lung, &right_of(slice)));
            let up = (1..lung.slices()).map(|slice| (slice - 1, slice));
            let down = (1..lung.slices()).rev().map(|slice| (slice, slice - 1));
            if !up.chain(down).fold(false, |any, (from, to)| sides.grow_over(from, to, lung) | any) {
                break;
            }
        }
        for slice in 0..lung.slices() {
            let mut open = sides.open(slice, lung);
            let mut right = open.clone();
            right.view_mut().and(right_of(slice).view());
            open.view_mut().and_not(right.view());
            sides.right.slice_mut(slice).or(right.view());
            sides.left.slice_mut(slice).or(open.view());
        }
        sides
    }
}

impl Sides {
    /// Lung of the slice that belongs to no side yet.
    fn open(&self, slice: usize, lung: &MaskVolume) -> Mask {
        let mut open = lung.slice(slice).to_mask();
        open.view_mut().and_not(self.right.slice(slice));
        open.view_mut().and_not(self.left.slice(slice));
        open
    }

    /// Widens both sides within the slice, a pixel at a time, until they meet or end. Pixels that both reach at once go by the
    /// plane.
    fn grow_within(&mut self, slice: usize, lung: &MaskVolume, right_of_plane: &Mask) {
        let cross = Disk::new(1.0);
        let mut open = self.open(slice, lung);
        while !open.view().is_empty() {
            let mut right = dilate(self.right.slice(slice), &cross);
            right.view_mut().and(open.view());
            let mut left = dilate(self.left.slice(slice), &cross);
            left.view_mut().and(open.view());
            if right.view().is_empty() && left.view().is_empty() {
                return;
            }
            let mut both = right.clone();
            both.view_mut().and(left.view());
            let mut to_right = both.clone();
            to_right.view_mut().and(right_of_plane.view());
            both.view_mut().and_not(to_right.view());
            right.view_mut().and_not(both.view());
            left.view_mut().and_not(to_right.view());
            open.view_mut().and_not(right.view());
            open.view_mut().and_not(left.view());
            self.right.slice_mut(slice).or(right.view());
            self.left.slice_mut(slice).or(left.view());
        }
    }

    /// Gives open lung of slice `to` the side of the voxel next to it in slice `from`; whether there was any.
    fn grow_over(&mut self, from: usize, to: usize, lung: &MaskVolume) -> bool {
        let mut open = self.open(to, lung);
        let mut right = open.clone();
        right.view_mut().and(self.right.slice(from));
        open.view_mut().and(self.left.slice(from));
        self.right.slice_mut(to).or(right.view());
        self.left.slice_mut(to).or(open.view());
        !(right.view().is_empty() && open.view().is_empty())
    }
}

/// The three-dimensional components of a mask that is made slice by slice.
struct Parts<F> {
    eroded: F,
    /// For every slice, the body of each of its components.
    of_slice: Vec<Vec<u32>>,
    bodies: Vec<Body>,
}

impl<F: Fn(usize) -> Mask> Parts<F> {
    fn of(slices: usize, eroded: F, geometry: &Geometry) -> Self {
        let mut sets = DisjointSets::default();
        let mut of_slice: Vec<Vec<u32>> = Vec::with_capacity(slices);
        let mut sections: Vec<Body> = Vec::new();
        let mut below: Option<Components> = None;
        for slice in 0..slices {
            let components = Components::of(eroded(slice).view(), Connectivity::Four);
            let members: Vec<u32> = components.list().iter().map(|_| sets.push()).collect();
            let first = sections.len();
            sections.resize(first + members.len(), Body::default());
            for (row, run, label) in components.all_runs() {
                let middle_col = f64::from(run.start + run.end - 1) / 2.0;
                sections[first + label as usize]
                    .add(run.len_px(), place_mm(slice, row, middle_col, geometry));
            }
            if let Some(others) = &below {
                let shared = meeting(&components, others);
                let members_below = of_slice.last().map_or(&[][..], Vec::as_slice);
                for (label, other) in shared {
                    sets.union(members[label as usize], members_below[other as usize]);
                }
            }
            of_slice.push(members);
            below = Some(components);
        }
        let (body_of, count) = sets.numbered();
        let mut bodies = vec![Body::default(); count];
        for (section, &body) in sections.iter().zip(&body_of) {
            bodies[body as usize].join(section);
        }
        of_slice.iter_mut().flatten().for_each(|member| *member = body_of[*member as usize]);
        Self { eroded, of_slice, bodies }
    }

    /// The two bodies that are lungs by their size; `None` where there are not two.
    fn two_largest(&self) -> Option<[usize; 2]> {
        let mut order: Vec<usize> = (0..self.bodies.len()).collect();
        order.sort_by_key(|&body| (std::cmp::Reverse(self.bodies[body].voxels), body));
        let &[first, second, ..] = &order[..] else { return None };
        let all: u64 = self.bodies.iter().map(|body| body.voxels).sum();
        let [one, other] = [first, second].map(|body| self.bodies[body].voxels as f64);
        let both = one + other;
        (other >= SMALLER_FRAC * both && both >= BOTH_FRAC * all as f64).then_some([first, second])
    }

    fn paint(&self, body: usize, like: &MaskVolume) -> MaskVolume {
        let mut painted = MaskVolume::new(like.rows(), like.cols(), like.slices());
        for (slice, body_of) in self.of_slice.iter().enumerate() {
            let mask = (self.eroded)(slice);
            let components = Components::of(mask.view(), Connectivity::Four);
            components.paint(&mut painted.slice_mut(slice), |index, _| body_of[index] as usize == body);
        }
        painted
    }
}

/// Pairs of components that share a pixel: one of this slice, one of the slice below.
fn meeting(these: &Components, those: &Components) -> Vec<(u32, u32)> {
    let mut pairs = Vec::new();
    let mut others = those.all_runs().peekable();
    let mut row_below: Vec<(usize, Run, u32)> = Vec::new();
    for (row, run, label) in these.all_runs() {
        row_below.retain(|(other_row, ..)| *other_row == row);
        while let Some(&(other_row, ..)) = others.peek().filter(|(other_row, ..)| *other_row <= row) {
            let next = others.next();
            row_below.extend(next.filter(|_| other_row == row));
        }
        let touching = row_below.iter().filter(|(_, other, _)| run.overlap_px(*other) > 0);
        pairs.extend(touching.map(|&(_, _, other)| (label, other)));
    }
    pairs
}

impl Body {
    fn add(&mut self, voxels: u32, middle_mm: [f64; 3]) {
        self.voxels += u64::from(voxels);
        for (sum, mm) in self.sum_mm.iter_mut().zip(middle_mm) {
            *sum += mm * f64::from(voxels);
        }
    }

    fn join(&mut self, other: &Self) {
        self.voxels += other.voxels;
        for (sum, more) in self.sum_mm.iter_mut().zip(other.sum_mm) {
            *sum += more;
        }
    }

    fn middle_mm(&self) -> [f64; 3] {
        self.sum_mm.map(|sum| sum / self.voxels as f64)
    }
}

/// The place of a pixel in RAS+ mm.
fn place_mm(slice: usize, row: usize, col: f64, geometry: &Geometry) -> [f64; 3] {
    let frame = geometry.frame();
    let mut voxel = [0.0; 3];
    voxel[frame.slice_axis] = slice as f64;
    voxel[frame.row_axis] = row as f64;
    voxel[frame.col_axis] = col;
    geometry.affine().apply(voxel)
}

fn right_of_plane(slice: usize, midplane_mm: f64, geometry: &Geometry) -> Mask {
    let right = |row: usize, col: usize| place_mm(slice, row, col as f64, geometry)[0] > midplane_mm;
    Mask::from_fn(geometry.rows(), geometry.cols(), right)
}

fn share_right_of(mask: &MaskVolume, midplane_mm: f64, geometry: &Geometry) -> f64 {
    let right = (0..mask.slices()).map(|slice| {
        let mut right = right_of_plane(slice, midplane_mm, geometry);
        right.view_mut().and(mask.slice(slice));
        right.view().count_px()
    });
    right.sum::<u64>() as f64 / mask.count_vox() as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use hilum_core::{Affine, AffineSource};

    fn volume(slices: &[&str]) -> MaskVolume {
        let masks: Vec<Mask> = slices.iter().map(|picture| Mask::drawn(picture)).collect();
        let view = masks[0].view();
        let mut volume = MaskVolume::new(view.rows(), view.cols(), masks.len());
        for (slice, mask) in masks.iter().enumerate() {
            volume.slice_mut(slice).or(mask.view());
        }
        volume
    }

    /// Pixels of 4 mm; columns run to the patient's left, or with `-1.0` to the right.
    fn grid(mask: &MaskVolume, to_left: f64) -> Geometry {
        let affine = Affine([[-4.0 * to_left, 0.0, 0.0, 0.0], [0.0, -4.0, 0.0, 0.0], [0.0, 0.0, 4.0, 0.0]]);
        Geometry::new([mask.cols(), mask.rows(), mask.slices()], affine, AffineSource::Sform).unwrap()
    }

    const APART: &str = "
        . # # . . . # # .
        . # # . . . # # .
        . # # . . . # # .";
    const TOUCHING: &str = "
        . # # # . . # # .
        . # # # # # # # .
        . # # # . # # # .";

    #[test]
    fn lungs_apart_are_told_by_the_affine() {
        let lung = volume(&[APART, APART]);
        let sides = Sides::of(&lung, &grid(&lung, 1.0)).unwrap();
        let right = volume(&[". # # . . . . . .\n. # # . . . . . .\n. # # . . . . . ."; 2]);
        assert_eq!(sides.right, right, "the right lung is on the left of the picture");
        let mirrored = Sides::of(&lung, &grid(&lung, -1.0)).unwrap();
        assert_eq!((mirrored.right, mirrored.left), (sides.left, sides.right));
    }

    #[test]
    fn touching_lungs_meet_at_the_bridge() {
        let lung = volume(&[APART, TOUCHING, APART]);
        let sides = Sides::of(&lung, &grid(&lung, 1.0)).unwrap();
        let expected = Mask::drawn(
            ". # # # . . . . .
             . # # # # . . . .
             . # # # . . . . .",
        );
        assert_eq!(sides.right.slice(1).to_mask().picture(), expected.picture());
        let mut both = sides.left.slice(1).to_mask();
        both.view_mut().or(sides.right.slice(1));
        assert_eq!(both.picture(), lung.slice(1).to_mask().picture());
    }

    #[test]
    fn one_lung_or_two_behind_each_other_are_no_sides() {
        let one = volume(&[". # # . . . .\n. # # . . . ."]);
        assert_eq!(Sides::of(&one, &grid(&one, 1.0)), None);
        let behind = volume(&["# # #\n. . .\n. . .\n# # #"]);
        assert_eq!(Sides::of(&behind, &grid(&behind, 1.0)), None);
        assert_eq!(Sides::of(&MaskVolume::new(4, 4, 2), &grid(&MaskVolume::new(4, 4, 2), 1.0)), None);
    }

    #[test]
    fn every_voxel_has_one_side() {
        let speck = "
            # . . . . . . . .
            . # # . . . # # .
            . # # . . . # # .";
        let lung = volume(&[APART, speck, APART]);
        let sides = Sides::of(&lung, &grid(&lung, 1.0)).unwrap();
        assert_eq!(sides.right.count_vox() + sides.left.count_vox(), lung.count_vox());
        assert!(sides.right.slice(1).get(0, 0));
    }
}
