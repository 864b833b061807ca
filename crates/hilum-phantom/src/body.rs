//! The torso: skin, subcutaneous fat, muscle, the wall of the chest with its ribs, and folds of cloth on top.

use crate::bones::Rib;
use crate::canvas::{Canvas, Frame, Pixel};
use crate::noise::{TexturePlane, stream};
use crate::patient::Patient;
use crate::shape::{Extent, Oval, Shape, cover, profile, unite};
use crate::thorax::Level;

const FAT_HU: f32 = -102.0;
const MUSCLE_HU: f32 = 54.0;
const SKIN_HU: f32 = 15.0;
const SKIN_MM: f32 = 1.8;
/// Outline of the muscles: z, half width, half depth, centre y.
const MUSCLE: [(f32, f32, f32, f32); 8] = [
    (-170.0, 156.0, 110.0, 9.0),
    (-110.0, 156.0, 109.0, 9.0),
    (-40.0, 152.0, 106.0, 11.0),
    (0.0, 152.0, 102.0, 13.0),
    (30.0, 158.0, 96.0, 15.0),
    (60.0, 166.0, 86.0, 19.0),
    (90.0, 172.0, 72.0, 22.0),
    (125.0, 170.0, 56.0, 25.0),
];

/// The torso of one patient.
#[derive(Debug, Clone)]
pub(crate) struct Torso {
    fat_mm: f32,
    cage_width: f32,
    cage_depth: f32,
    /// Shoulders, arms and breasts, each with the thickness of fat over its muscle (`None`: fat alone).
    lumps: Vec<(Shape, Option<f32>)>,
    cloth: bool,
    seed: u64,
}

impl Torso {
    pub(crate) fn new(seed: u64, patient: &Patient) -> Self {
        let mut lumps = vec![];
        let fat = patient.fat_mm;
        let mut both =
            |shape: Shape, over: Option<f32>| lumps.extend([(shape, over), (shape.mirrored(), over)]);
        both(Shape::ellipsoid([150.0, 14.0, 122.0], [62.0 + fat * 0.6, 50.0, 58.0]), Some(9.0 + fat * 0.3));
        if !patient.arms_up {
            both(Shape::tube([188.0, 22.0, 105.0], 44.0, [216.0, 32.0, -220.0], 38.0), Some(8.0));
        }
        if let Some(size) = patient.breast_mm {
            let front = -86.0 - fat * 0.7 - 92.0 * (patient.cage_depth - 1.0);
            both(Shape::ellipsoid([84.0, front + 14.0, -36.0], [64.0, 8.0 + size, 60.0]), None);
        }
        Self {
            fat_mm: fat,
            cage_width: patient.cage_width,
            cage_depth: patient.cage_depth,
            lumps,
            cloth: patient.clothes,
            seed: stream(seed, "torso"),
        }
    }

    /// The outline of the trunk's muscles at height `z`.
    fn muscle(&self, z: f32) -> Oval {
        let column = |n: usize| profile(z, &MUSCLE.map(|row| (row.0, [row.1, row.2, row.3][n])));
        Oval {
            half_width: column(0) + 144.0 * (self.cage_width - 1.0),
            half_depth: column(1) + 92.0 * (self.cage_depth - 1.0),
            centre_y: column(2),
            squareness: 0.42,
            front: 0.8,
        }
    }

    /// The outline of the trunk's skin at height `z`.
    fn skin(&self, z: f32) -> Oval {
        let muscle = self.muscle(z);
        Oval {
            half_width: muscle.half_width + self.fat_mm * 1.05,
            half_depth: muscle.half_depth + self.fat_mm * 0.75,
            ..muscle
        }
    }

    /// The largest y of the trunk: where the table carries it.
    pub(crate) fn back_y(&self) -> f32 {
        (-20..=12)
            .map(|step| self.skin(step as f32 * 10.0))
            .map(|outline| outline.centre_y + outline.half_depth)
            .fold(f32::MIN, f32::max)
    }

    /// Paints everything of the torso that is not bone, organ or lung; leaves the distance from the skin behind.
    pub(crate) fn paint(&self, canvas: &mut Canvas<'_>, level: &Level<'_>) {
        let z = level.z;
        let wall = Wall::new(self, canvas.frame, level);
        let blur = canvas.frame.blur;
        let skin = self.skin(z);
        let reach = Extent { centre: [0.0, skin.centre_y], half: [290.0, skin.half_depth + 75.0] };
        let lumps: Vec<_> =
            self.lumps.iter().filter(|(shape, _)| shape.extent(z, 20.0).is_some()).copied().collect();
        canvas.paint(&reach, |mut pixel| {
            let [x, y, _] = pixel.at;
            let trunk = skin.distance(x, y) + groove(x, y, skin.centre_y) + 2.5 * wall.bulk.at(x, y);
            let outside = lumps.iter().fold(trunk, |d, (shape, over)| {
                unite(d, shape.distance(pixel.at), if over.is_some() { 16.0 } else { 22.0 })
            });
            *pixel.skin = outside;
            if outside > blur {
                if self.cloth && outside < 16.0 {
                    wall.paint_cloth(&mut pixel, outside);
                }
                return;
            }
            let from_pleura = level.pleura(x, y);
            if outside < -25.0 && from_pleura < -3.0 - blur {
                *pixel.hu = wall.bed_hu(x, y);
                return;
            }
            pixel.blend(SKIN_HU, cover(outside, blur));
            pixel.blend(FAT_HU + 7.0 * wall.lumpy.at(x, y), cover(outside + SKIN_MM, blur));
            let mut muscle = wall.muscle.distance(x, y);
            for (shape, over) in &lumps {
                let inside = shape.distance(pixel.at);
                match over {
                    Some(fat) => muscle = unite(muscle, inside + fat, 8.0),
                    None => wall.paint_gland(&mut pixel, inside),
                }
            }
            wall.paint_muscle(&mut pixel, muscle.max(outside + 4.0));
            wall.paint_chest_wall(&mut pixel, from_pleura);
        });
    }
}

/// A furrow along the spine and, shallower, along the sternum.
fn groove(x: f32, y: f32, centre_y: f32) -> f32 {
    let t = (1.0 - (x / 34.0) * (x / 34.0)).max(0.0);
    let depth = if y > centre_y { 7.0 } else { 3.5 };
    t * t * depth
}

/// What the tissues of the wall look like at one height.
struct Wall<'a> {
    muscle: Oval,
    level: &'a Level<'a>,
    blur: f32,
    lumpy: TexturePlane,
    septa: TexturePlane,
    gland: TexturePlane,
    folds: TexturePlane,
    bulk: TexturePlane,
}

impl<'a> Wall<'a> {
    fn new(torso: &Torso, frame: &Frame, level: &'a Level<'a>) -> Self {
        let (centre, reach) = frame.reach();
        let plane = |purpose: &str, cell: f32| {
            TexturePlane::new(stream(torso.seed, purpose), cell, centre, reach, level.z)
        };
        Self {
            muscle: torso.muscle(level.z),
            level,
            blur: frame.blur,
            lumpy: plane("lumps", 6.0),
            septa: plane("septa", 27.0),
            gland: plane("gland", 9.0),
            folds: plane("folds", 26.0),
            bulk: plane("bulk", 70.0),
        }
    }

    /// Sheets of fat part the muscles outside the ribs.
    fn paint_muscle(&self, pixel: &mut Pixel<'_>, distance: f32) {
        if distance > self.blur {
            return;
        }
        let [x, y, _] = pixel.at;
        pixel.blend(MUSCLE_HU + 6.0 * self.lumpy.at(x, y), cover(distance, self.blur));
        let sheet = self.septa.at(x, y * 1.4 + 0.25 * x.abs());
        let thickness = 0.10 * self.bulk.at(y, x) + 0.02 * self.lumpy.at(y, x);
        let fat = cover((sheet.abs() - thickness) * 27.0, 1.5 + self.blur * 0.5);
        pixel.blend(-75.0, 0.7 * fat * cover(distance + 4.0, 2.0));
    }

    fn paint_gland(&self, pixel: &mut Pixel<'_>, inside: f32) {
        if inside < -8.0 {
            let [x, y, _] = pixel.at;
            let strands = (self.gland.at(x, y) + 0.6 * self.lumpy.at(x, y) - 0.25) * 9.0;
            pixel.blend(15.0, 0.75 * cover(-strands, 2.5) * cover(inside + 12.0, 4.0));
        }
    }

    /// Intercostal muscle, ribs, and the bed of fat and muscle inside the cage that organs and lungs lie in.
    fn paint_chest_wall(&self, pixel: &mut Pixel<'_>, from_pleura: f32) {
        let [x, y, z] = pixel.at;
        if from_pleura > 14.0 {
            return;
        }
        pixel.blend(42.0, cover(from_pleura - 9.0, 1.5) * cover(3.0 - from_pleura, 1.5) * 0.8);
        if from_pleura > -1.0 {
            let rib = Rib::nearest(&self.level.cage, z, x, y, from_pleura);
            if rib.distance < self.blur {
                let (core, rim) = rib.hu();
                pixel.blend(rim, cover(rib.distance, self.blur));
                pixel.blend(core, cover(rib.distance + Rib::CORTEX_MM, self.blur));
            }
        }
        if from_pleura < 3.0 {
            pixel.blend(self.bed_hu(x, y), cover(from_pleura + 1.0, self.blur));
        }
    }

    /// Mediastinal fat, or the muscles of the neck above the apices.
    fn bed_hu(&self, x: f32, y: f32) -> f32 {
        let neck = ((self.level.z - 82.0) / 20.0).clamp(0.0, 1.0) * ((x.abs() - 18.0) / 20.0).clamp(0.0, 1.0);
        -96.0 + 8.0 * self.lumpy.at(x, y) + 130.0 * neck
    }

    /// Thin folds that hover in front of the skin.
    fn paint_cloth(&self, pixel: &mut Pixel<'_>, outside: f32) {
        let [x, y, z] = pixel.at;
        if y > -20.0 {
            return;
        }
        let height = 5.5 + 5.0 * self.folds.at(x, z * 0.5 - 40.0);
        let sheet = ((outside - height).abs() - 0.45) * 1.2;
        pixel.blend(-520.0 + 250.0 * self.gland.at(x, y), 0.55 * cover(sheet, self.blur));
    }
}
