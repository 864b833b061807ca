//! Ground glass and consolidation: lumpy ellipsoids near the pleura, more behind and below, as COVID-19 has them.

use crate::canvas::{Canvas, label};
use crate::noise::{Rng, stream, texture};
use crate::shape::{Point, Shape, cover};
use crate::spec::Disease;
use crate::thorax::Thorax;

/// The pleura stays crisp however hazy the lesion.
const PLEURAL_EDGE_MM: f32 = 1.2;

/// A patch of denser lung.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lesion {
    shape: Shape,
    /// Mean radius, mm.
    radius: f32,
    hu: f32,
    /// Half the width of its edge, mm.
    fuzz: f32,
    /// Depth of its lobes against the radius.
    lobes: f32,
    /// Unevenness of its inside, as a fraction of its density.
    patchy: f32,
    seed: u64,
}

/// The lesions of a patient.
pub(crate) fn lesions(seed: u64, disease: Disease, thorax: &Thorax) -> Vec<Lesion> {
    let (hazy, dense) = match disease {
        Disease::Healthy => (0, 0),
        Disease::GroundGlass { lesions } => (lesions, 0),
        Disease::Consolidation { lesions } => (0, lesions),
        Disease::Covid { ground_glass, consolidations } => (ground_glass, consolidations),
    };
    let mut rng = Rng::new(seed, "lesions");
    let seed = stream(seed, "lobes");
    let mut lesions: Vec<Lesion> =
        (0..hazy).map(|n| ground_glass(&mut rng, thorax, seed.wrapping_add(n as u64))).collect();
    lesions.extend((0..dense).map(|n| consolidation(&mut rng, thorax, seed.wrapping_sub(1 + n as u64), n)));
    lesions
}

fn ground_glass(rng: &mut Rng, thorax: &Thorax, seed: u64) -> Lesion {
    let radius = rng.between(12.0, 29.0);
    let centre = place(rng, thorax, [-0.9 * radius, 2.0]);
    Lesion {
        shape: flattened(rng, centre, radius),
        radius,
        hu: rng.between(-590.0, -340.0),
        fuzz: rng.between(4.0, 7.0),
        lobes: 0.55,
        patchy: 0.16,
        seed,
    }
}

/// Every second one sits on the pleura, the others are surrounded by lung.
fn consolidation(rng: &mut Rng, thorax: &Thorax, seed: u64, nth: usize) -> Lesion {
    let (radius, depth) = if nth.is_multiple_of(2) {
        let radius = rng.between(10.0, 21.0);
        (radius, [-0.5 * radius, 0.0])
    } else {
        let radius = rng.between(5.0, 11.0);
        (radius, [-3.0 * radius, -1.7 * radius])
    };
    let centre = place(rng, thorax, depth);
    Lesion {
        shape: flattened(rng, centre, radius),
        radius,
        hu: rng.between(-60.0, 45.0),
        fuzz: rng.between(1.2, 2.5),
        lobes: 0.40,
        patchy: 0.05,
        seed,
    }
}

fn flattened(rng: &mut Rng, centre: Point, radius: f32) -> Shape {
    let radii = [rng.between(0.8, 1.25), rng.between(0.7, 1.1), rng.between(0.8, 1.3)].map(|k| k * radius);
    Shape::Ellipsoid { centre, radii, turn_sine: rng.between(-0.8, 0.8) }
}

/// A place at a signed distance from the surface of the lungs, by preference behind and below.
fn place(rng: &mut Rng, thorax: &Thorax, depth: [f32; 2]) -> Point {
    loop {
        let at = [rng.between(-150.0, 150.0), rng.between(-95.0, 95.0), rng.between(-165.0, 90.0)];
        let liking = (0.18 + 0.5 * ((at[1] + 30.0) / 120.0).max(0.0)) * (1.0 - (at[2] + 165.0) / 330.0);
        let wall = thorax.cage(at[2]).distance(at[0], at[1]) > -50.0;
        let surface = thorax.lung(at);
        if wall && surface > depth[0] && surface < depth[1] && rng.chance(liking) {
            return at;
        }
    }
}

impl Lesion {
    /// Signed distance from the lobed surface.
    fn distance(&self, at: Point) -> f32 {
        let smooth = self.shape.distance(at);
        let lobe =
            texture(self.seed, 0.55 * self.radius, at) + 0.5 * texture(!self.seed, 0.25 * self.radius, at);
        smooth + self.lobes * self.radius * lobe
    }

    /// Paints the lesion into the lung. The lesion of the truth is where it gives at least half of a voxel.
    pub(crate) fn paint(&self, canvas: &mut Canvas<'_>) {
        let margin = self.fuzz + self.lobes * self.radius;
        let Some(extent) = self.shape.extent(canvas.z, margin) else { return };
        let edge = self.fuzz.max(canvas.frame.blur);
        canvas.paint(&extent, |mut pixel| {
            if *pixel.lung > 1.5 {
                return;
            }
            let distance = self.distance(pixel.at);
            if distance < edge {
                let patchy = 1.0 - self.patchy + self.patchy * texture(self.seed ^ 1, 3.5, pixel.at);
                let density = cover(distance, edge) * patchy * cover(*pixel.lung, edge.min(PLEURAL_EDGE_MM));
                if self.hu > *pixel.hu {
                    pixel.blend(self.hu, density);
                }
                if distance < 0.0 && pixel.is(label::LUNG) {
                    pixel.mark(label::LESION);
                }
            }
        });
    }
}
