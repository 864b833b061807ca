//! Makes a report from drawn scans, to look at: `cargo run -p hilum-report --example trial -- FOLDER [SCANS]`.
//!
//! Pictures are ellipses in the greys of a lung window; all numbers are drawn too. Every seventh scan or so was not measured.

use hilum_core::{
    Finding, Recipe, Status,
    schema::{LungState, Measurement},
};
use hilum_report::{AreaCurve, Provenance, ReportInput, ScanEntry};
use std::{collections::BTreeMap, error::Error, f64::consts::PI, fs, path::Path};

const SIDE: usize = 512;
/// So many scans get pictures of their own; a multiple of the periods of class (7) and status (13).
const DRAWN: usize = 91;

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let folder = words.next().ok_or("usage: trial FOLDER [SCANS]")?;
    let count = words.next().map_or(Ok(24), |n| n.parse())?;
    let folder = Path::new(&folder);
    let scans_dir = folder.join("scans");
    let scans = (0..count).map(|i| scan(i, &scans_dir)).collect::<Result<Vec<_>, _>>()?;
    let names = [("0", "Healthy"), ("1", "Other"), ("2", "COVID-19")];
    let input = ReportInput {
        title: "Drawn lungs, autumn cohort",
        scans,
        provenance: Provenance {
            version: "0.1.0".into(),
            recipe: Recipe::Default,
            command: "hilum run cohort --labels labels.csv --out results".into(),
            settings: vec![("Lung threshold".into(), "-500 HU".into())],
            inputs_hash: Some("blake3:0f5c1d7c9b".repeat(2)),
            left_out: BTreeMap::from([("txt".into(), 3), ("json".into(), 1)]),
        },
        class_names: names.iter().map(|(label, name)| (label.to_string(), name.to_string())).collect(),
        contrasts: vec![],
        scans_dir: &scans_dir,
        classifier: None,
        explanation: None,
        figures_dir: None,
        model_dir: None,
    };
    hilum_report::write(&folder.join("report.html"), &input)?;
    Ok(())
}

/// Numbers between 0 and 1 that look random and are the same on every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f64 / (1u64 << 24) as f64
    }
}

fn scan(i: usize, scans_dir: &Path) -> Result<ScanEntry, Box<dyn Error>> {
    let mut dice = Dice(i as u64 * 7919 + 3);
    for _ in 0..4 {
        dice.roll();
    }
    let (class, id) = (class(i), name(i));
    let uri = format!("volumes/{id}.nii.gz");
    let mut row = Measurement::unmeasured(&id, &uri, Recipe::Default, Status::Measured, None);
    row.label = Some(class.to_string());
    fs::create_dir_all(scans_dir.join(&id))?;
    let mut entry = ScanEntry {
        row,
        findings: vec![],
        curve: None,
        folder: id.clone(),
        files: vec![],
        explanation: None,
    };
    match i % 13 {
        5 => {
            return Ok(unmeasured(
                entry,
                Status::Rejected,
                "few_slices",
                "only 9 axial slices (at least 20 are needed): give the whole series",
            ));
        }
        9 => {
            return Ok(unmeasured(
                entry,
                Status::Rejected,
                "not_hu",
                "values lie between 0 and 255, not in HU: give the original volume, not an exported picture",
            ));
        }
        12 => {
            return Ok(unmeasured(
                entry,
                Status::Failed,
                "",
                "the gzip stream ends at byte 18 874 368, before its last voxel: copy the file again",
            ));
        }
        3 => entry.findings.push(Finding::warn(
            "thick_slices",
            "slices are 8.0 mm apart: areas are right, the choice of slice is coarse",
        )),
        7 => entry.findings.push(Finding::note("oblique", "the axial plane is tilted by 6.1 degrees")),
        _ => {}
    }
    let lungs = Lungs::rolled(class, &mut dice);
    let (lung_px, dense_px) = lungs.size_px();
    measured(&mut entry, lung_px, dense_px, &mut dice);
    if i < DRAWN {
        lungs.draw(&scans_dir.join(&entry.folder))?;
    } else {
        // Drawing takes long: a later scan borrows the picture of an earlier one of its class and status.
        entry.folder = name(i % DRAWN);
    }
    entry.row.findings = entry.findings.iter().map(|f| f.code.clone()).collect();
    Ok(entry)
}

fn class(i: usize) -> usize {
    [0, 2, 2, 0, 1, 2, 0][i % 7]
}

fn name(i: usize) -> String {
    format!("{}_{:03}", ["healthy", "other", "covid"][class(i)], i + 1)
}

fn unmeasured(mut entry: ScanEntry, status: Status, code: &str, reason: &str) -> ScanEntry {
    entry.row.status = status;
    entry.row.reason = Some(reason.to_owned());
    if !code.is_empty() {
        entry.findings.push(Finding::reject(code, reason));
        entry.row.findings.push(code.to_owned());
    }
    entry
}

fn measured(entry: &mut ScanEntry, lung_px: u64, dense_px: u64, dice: &mut Dice) {
    let spacing = 0.62 + 0.2 * dice.roll();
    let slices = 120 + (60.0 * dice.roll()) as usize;
    let chosen = (slices as f64 * (0.4 + 0.15 * dice.roll())) as usize;
    let area = lung_px as f64 * spacing * spacing;
    let curve = |k: usize| {
        let place = (k as f64 - chosen as f64) / slices as f64;
        area * (place * PI * 0.95).cos().max(0.0).powf(0.8)
    };
    entry.curve = Some(AreaCurve {
        area_mm2: (0..slices).map(curve).collect(),
        chosen,
        superior_is_last: true,
        slice_spacing_mm: 2.0,
    });
    let row = &mut entry.row;
    (row.rows_px, row.cols_px, row.slices_px) = (Some(SIDE as u64), Some(SIDE as u64), Some(slices as u64));
    (row.row_spacing_mm, row.col_spacing_mm) = (Some(spacing), Some(spacing));
    row.slice_spacing_mm = Some(2.0);
    row.orientation = Some("LPS".into());
    row.slice_index = Some(chosen as u64);
    (row.lung_area_px, row.dense_area_px) = (Some(lung_px), Some(dense_px));
    row.lung_area_mm2 = Some(area);
    row.dense_area_mm2 = Some(dense_px as f64 * spacing * spacing);
    row.dense_ratio_percent = Some(100.0 * dense_px as f64 / lung_px as f64);
    row.lung_state = Some(LungState::Open);
    row.plateau_width_mm = Some(10.0 + (12.0 * dice.roll()).round());
    row.lung_volume_ml = Some(area * 0.11);
}

/// Two lungs with round patches of dense tissue: centre x, y and radii, in pixels.
struct Lungs {
    ellipses: [(f64, f64, f64, f64); 2],
    patches: Vec<(f64, f64, f64)>,
    grain: Dice,
}

impl Lungs {
    fn rolled(class: usize, dice: &mut Dice) -> Self {
        let size = 0.85 + 0.3 * dice.roll();
        let ellipses = [(165.0, 262.0, 70.0 * size, 105.0 * size), (347.0, 262.0, 66.0 * size, 102.0 * size)];
        let vessels = (0..34).map(|_| 2.0 + 3.0 * dice.roll()).collect::<Vec<_>>();
        let lesions = (0..class * 3).map(|_| 6.0 + 16.0 * dice.roll() * dice.roll()).collect::<Vec<_>>();
        let mut place = |radius: f64| {
            let (x, y, a, b) = ellipses[usize::from(dice.roll() > 0.5)];
            let (turn, far) = (2.0 * PI * dice.roll(), dice.roll().sqrt() * 0.86);
            (x + a * far * turn.cos(), y + b * far * turn.sin(), radius)
        };
        let patches = vessels.into_iter().chain(lesions).map(&mut place).collect();
        Self { ellipses, patches, grain: Dice(dice.0) }
    }

    /// Area of the lungs and of the patches, as if no two patches overlapped.
    fn size_px(&self) -> (u64, u64) {
        let lungs: f64 = self.ellipses.iter().map(|&(_, _, a, b)| PI * a * b).sum();
        let patches: f64 = self.patches.iter().map(|&(_, _, r)| PI * r * r).sum();
        (lungs as u64, patches as u64)
    }

    /// Writes slice.png and overlay.png.
    fn draw(mut self, folder: &Path) -> Result<(), Box<dyn Error>> {
        let (mut grey, mut rgb) = (Vec::new(), Vec::new());
        for at in 0..SIDE * SIDE {
            let (x, y) = ((at % SIDE) as f64, (at / SIDE) as f64);
            let within =
                |cx: f64, cy: f64, a: f64, b: f64| ((x - cx) / a).powi(2) + ((y - cy) / b).powi(2) <= 1.0;
            let body = within(256.0, 262.0, 215.0, 160.0);
            let spine = within(256.0, 372.0, 26.0, 24.0);
            let lung = self.ellipses.iter().any(|&(cx, cy, a, b)| within(cx, cy, a, b));
            let dense = lung && self.patches.iter().any(|&(cx, cy, r)| within(cx, cy, r, r));
            let level = match (dense, lung, spine, body) {
                (true, ..) => 195.0,
                (_, true, ..) => 82.0,
                (_, _, true, _) => 250.0,
                (.., true) => 222.0,
                _ => 58.0,
            };
            let v = (level + 14.0 * (self.grain.roll() - 0.5)) as u8;
            let mixed = |tint: [u16; 3]| tint.map(|c| ((u16::from(v) * 6 + c * 4) / 10) as u8);
            grey.push(v);
            rgb.extend(if dense {
                mixed([240, 90, 40])
            } else if lung {
                mixed([60, 150, 220])
            } else {
                [v; 3]
            });
        }
        fs::create_dir_all(folder)?;
        write_png(&folder.join("slice.png"), &grey, png::ColorType::Grayscale)?;
        write_png(&folder.join("overlay.png"), &rgb, png::ColorType::Rgb)?;
        Ok(())
    }
}

fn write_png(path: &Path, bytes: &[u8], colour: png::ColorType) -> Result<(), Box<dyn Error>> {
    let mut encoder = png::Encoder::new(fs::File::create(path)?, SIDE as u32, SIDE as u32);
    encoder.set_color(colour);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    encoder.write_header()?.write_image_data(bytes)?;
    Ok(())
}
