//! Paints one slice of a scene: background to foreground, then the edges of the kernel, then grain.

use crate::abdomen::{DIAPHRAGM_MM, Gas, liver};
use crate::canvas::{Canvas, label};
use crate::mediastinum::Organ;
use crate::noise::{Kernel, TexturePlane, grain, smear, stream};
use crate::scene::Scene;
use crate::shape::{Extent, Tube, cover};
use crate::thorax::Level;

const LIVER_HU: f32 = 58.0;
const DIAPHRAGM_HU: f32 = 45.0;
const AIRWAY_WALL_HU: f32 = 10.0;
const LUMEN_HU: f32 = -985.0;
/// Airways with a narrower lumen exist inside the lungs only.
const MAIN_BRONCHUS_MM: f32 = 5.0;
/// Above this height the shoulders starve the detector sideways.
const SHOULDER_Z_MM: f32 = 72.0;
/// What lung gains in density from front to back of a lying patient, HU per mm.
const GRAVITY_HU_PER_MM: f32 = 0.32;

/// A finished slice, row-major.
pub(crate) struct Slice {
    pub(crate) hu: Vec<i16>,
    /// Bits of [`label`].
    pub(crate) labels: Vec<u8>,
}

/// Paints slice `k`.
pub(crate) fn slice(scene: &Scene, k: usize) -> Slice {
    let mut canvas = Canvas::new(&scene.frame, k);
    let level = scene.thorax.level(canvas.z);
    scene.torso.paint(&mut canvas, &level);
    canvas.paint(&cage_extent(&level), |pixel| *pixel.lung = level.lung(pixel.at[0], pixel.at[1]));
    paint_abdomen(scene, &mut canvas, &level);
    for organ in scene.bones.iter().chain(&scene.organs) {
        paint_organ(&mut canvas, organ);
    }
    paint_lungs(scene, &mut canvas, &level);
    for lesion in &scene.lesions {
        lesion.paint(&mut canvas);
    }
    let blood_hu = 40.0 + scene.patient.contrast_hu * 0.85;
    for vessel in &scene.vessels {
        paint_vessel(&mut canvas, vessel, blood_hu);
    }
    for (lumen, wall) in &scene.airways {
        paint_airway(&mut canvas, lumen, *wall);
    }
    scene.table.paint(&mut canvas);
    finish(scene, canvas, k)
}

/// The box of the cage and its gutters.
fn cage_extent(level: &Level<'_>) -> Extent {
    Extent {
        centre: [0.0, level.cage.centre_y],
        half: [level.cage.half_width + 4.0, level.cage.half_depth + 14.0],
    }
}

/// Diaphragm, liver, and the clipped organs under the domes.
fn paint_abdomen(scene: &Scene, canvas: &mut Canvas<'_>, level: &Level<'_>) {
    let top = -70.0 + scene.patient.dome_lift_mm;
    if level.z > top {
        return;
    }
    let blur = canvas.frame.blur;
    let (centre, reach) = canvas.frame.reach();
    let lumpy = TexturePlane::new(stream(scene.seed, "abdomen"), 11.0, centre, reach, level.z);
    let enhanced = scene.patient.contrast_hu * 0.25;
    canvas.paint(&cage_extent(level), |mut pixel| {
        let [x, y, _] = pixel.at;
        let (from_lung, wall) = (DIAPHRAGM_MM - *pixel.lung, level.pleura(x, y) + DIAPHRAGM_MM);
        if wall > 2.0 * DIAPHRAGM_MM {
            return;
        }
        let under = level.under_dome(x, y);
        pixel.blend(DIAPHRAGM_HU, cover(under, blur) * cover(-from_lung, blur));
        pixel.blend(DIAPHRAGM_HU, cover(under, blur) * cover(-wall, blur));
        let from_liver = liver(level, x, y, from_lung).max(wall);
        pixel.blend(LIVER_HU + enhanced + 3.0 * lumpy.at(x, y), cover(from_liver, blur));
    });
    for organ in &scene.abdominal {
        let Some(extent) = organ.shape.extent(level.z, blur) else { continue };
        canvas.paint(&extent, |mut pixel| {
            let [x, y, _] = pixel.at;
            let from_organ = organ.shape.distance(pixel.at).max(DIAPHRAGM_MM - *pixel.lung);
            pixel.blend(organ.rim_hu, cover(from_organ, blur));
            pixel.blend(organ.hu + 5.0 * lumpy.at(x, y), cover(from_organ + organ.rim_mm, blur));
        });
    }
    for gas in &scene.gas {
        let around = gas.wall.unwrap_or(gas.shape);
        let Some(extent) = around.extent(level.z, blur) else { continue };
        canvas.paint(&extent, |mut pixel| {
            let [x, y, _] = pixel.at;
            let clip = DIAPHRAGM_MM - *pixel.lung;
            if let Some(wall) = gas.wall {
                let content = 30.0 + 60.0 * lumpy.at(2.0 * x, 2.0 * y);
                pixel.blend(content, cover(wall.distance(pixel.at).max(clip), blur));
            }
            pixel.blend(Gas::HU, cover(gas.distance(pixel.at).max(clip + 3.0), blur));
        });
    }
}

fn paint_organ(canvas: &mut Canvas<'_>, organ: &Organ) {
    let blur = canvas.frame.blur;
    let Some(extent) = organ.shape.extent(canvas.z, blur) else { return };
    canvas.paint(&extent, |mut pixel| {
        let distance = organ.shape.distance(pixel.at);
        if distance < blur && *pixel.skin < -1.0 {
            pixel.blend(organ.rim_hu, cover(distance, blur));
            pixel.blend(organ.hu, cover(distance + organ.rim_mm, blur));
        }
    });
}

/// Parenchyma, denser behind, with the fine lumps of lobules and faint fissures.
fn paint_lungs(scene: &Scene, canvas: &mut Canvas<'_>, level: &Level<'_>) {
    let blur = canvas.frame.blur;
    let (centre, reach) = canvas.frame.reach();
    let plane = |purpose: &str, cell: f32| {
        TexturePlane::new(stream(scene.seed, purpose), cell, centre, reach, level.z)
    };
    let (broad, lobules, warp) = (plane("broad", 24.0), plane("lobules", 4.2), plane("fissure", 45.0));
    canvas.paint(&cage_extent(level), |mut pixel| {
        let [x, y, z] = pixel.at;
        let distance = *pixel.lung;
        if distance > blur {
            return;
        }
        let mut hu = scene.patient.parenchyma_hu
            + GRAVITY_HU_PER_MM * y
            + 10.0 * broad.at(x, y)
            + 16.0 * lobules.at(x, y);
        hu += 85.0 * cover(fissure(x, y, z, 7.0 * warp.at(x, y)) - 0.3, blur);
        pixel.blend(hu, cover(distance, blur));
        if distance < 0.0 {
            pixel.mark(if x > 0.0 { label::LUNG | label::LEFT } else { label::LUNG });
        }
    });
}

/// Distance from the nearest fissure: oblique in both lungs, horizontal in front of it in the right one.
fn fissure(x: f32, y: f32, z: f32, warp: f32) -> f32 {
    let oblique = (z + 30.0 - 1.15 * y + warp) / 1.52;
    let horizontal = z + 18.0 + 0.1 * y + warp;
    if x < -30.0 && oblique > 0.0 { oblique.abs().min(horizontal.abs()) } else { oblique.abs() }
}

/// A vessel thinner than the blur gives only part of its contrast.
fn paint_vessel(canvas: &mut Canvas<'_>, vessel: &Tube, blood_hu: f32) {
    let blur = canvas.frame.blur;
    let Some(extent) = vessel.extent(canvas.z, blur) else { return };
    canvas.paint(&extent, |mut pixel| {
        let (from_axis, radius) = vessel.axis(pixel.at);
        if from_axis - radius > blur || *pixel.lung > 4.0 {
            return;
        }
        let seen = radius * radius / (radius * radius + 0.18 * blur * blur);
        pixel.blend(blood_hu, seen * cover(from_axis - radius, blur));
        if from_axis < radius && pixel.is(label::LUNG) {
            pixel.mark(label::VESSEL);
        }
    });
}

fn paint_airway(canvas: &mut Canvas<'_>, lumen: &Tube, wall_mm: f32) {
    let blur = canvas.frame.blur;
    let Some(extent) = lumen.extent(canvas.z, wall_mm + blur) else { return };
    canvas.paint(&extent, |mut pixel| {
        let (from_axis, radius) = lumen.axis(pixel.at);
        let distance = from_axis - radius;
        if distance > wall_mm + blur || (radius < MAIN_BRONCHUS_MM && *pixel.lung > 3.0) {
            return;
        }
        if !pixel.is(label::AIRWAY) {
            let seen = (wall_mm / blur).min(1.0);
            pixel.blend(AIRWAY_WALL_HU, seen * cover(distance - wall_mm, blur));
        }
        pixel.blend(LUMEN_HU, cover(distance, blur));
        if distance < 0.0 {
            pixel.mark(label::AIRWAY);
            *pixel.labels &= !label::VESSEL;
        }
    });
}

/// Edges of the kernel, grain, rounding, padding.
fn finish(scene: &Scene, canvas: Canvas<'_>, k: usize) -> Slice {
    let frame = canvas.frame;
    let crisp = match scene.patient.kernel {
        Kernel::Soft => -0.35,
        Kernel::Sharp => 0.25,
    };
    let sharpened = sharpen(&canvas.hu, frame.rows, frame.cols, crisp);
    let mut grain = grain(stream(scene.seed, "grain"), k, frame.rows, frame.cols, scene.patient.kernel);
    smear(&mut grain, frame.cols, ((canvas.z - SHOULDER_Z_MM) / 35.0).clamp(0.0, 1.0));
    let mut hu: Vec<i16> = sharpened
        .iter()
        .zip(&grain)
        .zip(&canvas.skin)
        .map(|((&value, &grain), &skin)| {
            let in_body = cover(skin + 30.0, 60.0);
            let noise = scene.noise_sd_hu * (0.55 + 0.45 * in_body) * grain;
            (value + noise).round().clamp(-1024.0, 3071.0) as i16
        })
        .collect();
    if let Some(padding) = scene.patient.padding_hu {
        pad_outside_circle(&mut hu, frame.rows, frame.cols, padding);
    }
    Slice { hu, labels: canvas.labels }
}

/// Adds `amount` of the difference to the mean of the four neighbours: sharper if positive, softer if negative.
fn sharpen(hu: &[f32], rows: usize, cols: usize, amount: f32) -> Vec<f32> {
    let mut out = hu.to_vec();
    for row in 1..rows.saturating_sub(1) {
        for col in 1..cols.saturating_sub(1) {
            let n = row * cols + col;
            let around = (hu[n - 1] + hu[n + 1] + hu[n - cols] + hu[n + cols]) * 0.25;
            out[n] += amount * (hu[n] - around);
        }
    }
    out
}

fn pad_outside_circle(hu: &mut [i16], rows: usize, cols: usize, padding: i16) {
    let radius = rows.min(cols) as f32 / 2.0;
    for (index, value) in hu.iter_mut().enumerate() {
        let dy = (index / cols) as f32 - (rows as f32 - 1.0) / 2.0;
        let dx = (index % cols) as f32 - (cols as f32 - 1.0) / 2.0;
        if dx * dx + dy * dy > radius * radius {
            *value = padding;
        }
    }
}
