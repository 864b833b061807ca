//! Trees of vessels and airways that fill the lungs.
//!
//! A tree is grown towards points scattered in its lung, after the volume-filling method of Tawhai, Pullan and Hunter
//! (2000, doi:10.1114/1.1289457): a branch heads for the centre of its points, the points are parted by a plane through
//! that centre, and each part gets a branch. A branch that serves n of N points has the
//! radius of the root times (n / N)^(3/8), a little steeper than the cube root of Murray's law, as in real lungs.

use crate::mediastinum::{BRONCHUS_ENDS, VEIN_ROOTS};
use crate::noise::Rng;
use crate::shape::{Point, Tube, along, cross, dot, length, sub, unit};
use crate::thorax::Thorax;

/// Radius of the lobar artery, vein and bronchus at the root of a lung, mm.
const ARTERY_MM: f32 = 6.6;
const VEIN_MM: f32 = 6.2;
/// An airway is a little narrower than the artery beside it.
const AIRWAY_PER_ARTERY: f32 = 0.82;
/// Airways with a narrower lumen are not drawn: no CT resolves them.
const SMALLEST_AIRWAY_MM: f32 = 0.9;
/// Ends of one tree in one lung.
const ENDS: usize = 1800;
/// Ends stay this far inside the lung.
const PLEURAL_GAP_MM: f32 = 3.5;

/// Vessels and airways inside the lungs.
#[derive(Debug, Clone, Default)]
pub(crate) struct Trees {
    pub(crate) vessels: Vec<Tube>,
    /// Lumen and thickness of the wall.
    pub(crate) airways: Vec<(Tube, f32)>,
}

/// One stretch between two partings.
#[derive(Debug, Clone, Copy)]
struct Branch {
    start: Point,
    end: Point,
    start_radius: f32,
    radius: f32,
    /// Which way the companion lies, at start and end.
    aside: [Point; 2],
}

impl Trees {
    /// Grows arteries with airways, and veins, in both lungs.
    pub(crate) fn grow(seed: u64, thorax: &Thorax) -> Self {
        let mut rng = Rng::new(seed, "trees");
        let mut trees = Self::default();
        for (side, sign) in [(0, -1.0), (1, 1.0)] {
            for branch in skeleton(&mut rng, thorax, BRONCHUS_ENDS[side], ARTERY_MM, sign) {
                trees.add_pair(&branch, &mut rng);
            }
            for branch in skeleton(&mut rng, thorax, VEIN_ROOTS[side], VEIN_MM, sign) {
                trees.add_vessel(branch.start, branch.start_radius, branch.end, branch.radius, &mut rng);
            }
        }
        trees
    }

    /// An airway where the branch runs, and its artery beside it.
    fn add_pair(&mut self, branch: &Branch, rng: &mut Rng) {
        let lumen = branch.radius * AIRWAY_PER_ARTERY;
        let apart = |radius: f32| radius * (1.05 + AIRWAY_PER_ARTERY) + 0.9;
        let start = along(branch.start, branch.aside[0], apart(branch.start_radius));
        let end = along(branch.end, branch.aside[1], apart(branch.radius));
        self.add_vessel(start, branch.start_radius, end, branch.radius, rng);
        if lumen >= SMALLEST_AIRWAY_MM {
            let wall = 0.35 + 0.16 * lumen;
            let start_lumen = branch.start_radius * AIRWAY_PER_ARTERY;
            self.airways.push((Tube::new(branch.start, start_lumen, branch.end, lumen), wall));
        }
    }

    /// A vessel with a slight bend halfway.
    fn add_vessel(&mut self, start: Point, start_radius: f32, end: Point, radius: f32, rng: &mut Rng) {
        let sway = 0.05 * length(sub(end, start));
        let bend = [0; 3].map(|_| rng.between(-sway, sway));
        let middle = along(along(start, sub(end, start), 0.5), bend, 1.0);
        let middle_radius = 0.3 * start_radius + 0.7 * radius;
        self.vessels.push(Tube::new(start, start_radius.min(1.25 * radius), middle, middle_radius));
        self.vessels.push(Tube::new(middle, middle_radius, end, radius));
    }
}

/// The branches of one tree in the lung on the side of `sign` (-1 right, 1 left).
fn skeleton(rng: &mut Rng, thorax: &Thorax, root: Point, root_radius: f32, sign: f32) -> Vec<Branch> {
    let mut ends = scatter(rng, thorax, sign);
    let mut growth =
        Growth { rng, thorax, per_end: root_radius / narrowing(ends.len() as f32), branches: Vec::new() };
    let inwards = unit([sign, 0.1, -0.5]);
    let aside = unit([sign * 0.3, -0.8, 0.4]);
    growth.extend(&mut ends, root, root_radius, inwards, aside, 0);
    growth.branches
}

/// Points all over the lung.
fn scatter(rng: &mut Rng, thorax: &Thorax, sign: f32) -> Vec<Point> {
    let mut points = Vec::with_capacity(ENDS);
    while points.len() < ENDS {
        let at = [sign * rng.between(3.0, 150.0), rng.between(-100.0, 100.0), rng.between(-185.0, 105.0)];
        if thorax.lung(at) < -PLEURAL_GAP_MM {
            points.push(at);
        }
    }
    points
}

struct Growth<'a> {
    rng: &'a mut Rng,
    thorax: &'a Thorax,
    /// Radius of a branch that serves one point.
    per_end: f32,
    branches: Vec<Branch>,
}

impl Growth<'_> {
    fn extend(
        &mut self,
        ends: &mut [Point],
        start: Point,
        start_radius: f32,
        heading: Point,
        aside: Point,
        depth: usize,
    ) {
        let n = ends.len() as f32;
        let centre = ends.iter().fold([0.0; 3], |sum, &p| along(sum, p, 1.0 / n));
        let reach = match (depth, ends.len()) {
            (_, 1) => 0.95,
            (0, _) => 0.22,
            (1, _) => 0.30,
            _ => self.rng.between(0.36, 0.46),
        };
        let towards = sub(centre, start);
        let direction = unit(along(unit(towards).map(|x| 0.7 * x), heading, 0.3));
        let end = self.inside(start, direction, reach * length(towards));
        let radius = self.per_end * narrowing(n);
        let across = sub(aside, direction.map(|x| x * dot(aside, direction)));
        let next_aside = unit(across);
        self.branches.push(Branch { start, end, start_radius, radius, aside: [aside, next_aside] });
        if ends.len() == 1 {
            return;
        }
        let parted = self.part(ends, centre, direction);
        let (left, right) = ends.split_at_mut(parted);
        self.extend(left, end, radius, direction, next_aside, depth + 1);
        self.extend(right, end, radius, direction, next_aside, depth + 1);
    }

    /// The end of a branch, drawn back until it lies in the lung (the first branches may start outside).
    fn inside(&self, start: Point, direction: Point, reach: f32) -> Point {
        let full = along(start, direction, reach);
        [1.0, 0.7, 0.45]
            .map(|part| along(start, direction, reach * part))
            .into_iter()
            .find(|&end| self.thorax.lung(end) < -1.5)
            .unwrap_or(full)
    }

    /// Sorts the points to the two sides of a plane through their centre that holds the branch and parts them where
    /// they spread most; returns how many come first, at least one and not all.
    fn part(&mut self, ends: &mut [Point], centre: Point, direction: Point) -> usize {
        let u = unit(cross(direction, [0.31, 0.22, 0.92]));
        let v = cross(direction, u);
        let candidates = [(1.0, 0.0), (0.0, 1.0), (1.0, 1.0), (1.0, -1.0)]
            .map(|(a, b)| unit([0, 1, 2].map(|axis| a * u[axis] + b * v[axis])));
        let spread =
            |normal: &Point| ends.iter().map(|&p| dot(sub(p, centre), *normal)).map(|d| d * d).sum::<f32>();
        let mut normal = candidates[0];
        for candidate in &candidates[1..] {
            if spread(candidate) > spread(&normal) {
                normal = *candidate;
            }
        }
        let shift = self.rng.between(-0.35, 0.35) * (spread(&normal) / ends.len() as f32).sqrt();
        ends.sort_by(|a, b| dot(*a, normal).total_cmp(&dot(*b, normal)));
        let cut = dot(centre, normal) + shift;
        ends.partition_point(|p| dot(*p, normal) < cut).clamp(1, ends.len() - 1)
    }
}

/// `n` to the power 3 / 8.
fn narrowing(n: f32) -> f32 {
    (n * n * n).sqrt().sqrt().sqrt()
}
