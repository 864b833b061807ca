//! Explanations as pictures: what speaks for a class and what against it, drawn over what the model was shown.

use super::{ExplainMethod, ExplainedCase, ExplanationFile};
use crate::{
    CohortError,
    learn::{entry::Entry, read::Place},
    upright::Upright,
};
use hilum_imaging::{Window, superpixels::Pieces};
use hilum_learn::{
    dataset::{Source, SourceKind},
    explain::Attribution,
};
use hilum_report::{Drawing, Panel, PanelPicture, Paper, Plate, Section};
use std::collections::BTreeMap;

const FOR: [u8; 3] = [46, 204, 94];
const AGAINST: [u8; 3] = [232, 62, 54];
/// How much of a segment's own grey its tint leaves.
const TINT: f32 = 0.16;
/// Of a heat map, where it is strongest.
const HEAT: f32 = 0.65;
/// A boundary is about this share of the width of a picture.
const LINE_FRAC: f64 = 1.0 / 320.0;
const MOST_IN_A_ROW: usize = 5;
const WIDTH_MM: f64 = 180.0;
const DPI: f64 = 300.0;

/// What is drawn of a case.
#[derive(Debug, Clone)]
pub(super) struct DrawnCase {
    pub(super) entry: Entry,
    pub(super) source: Source,
    /// Where in a scan the slice lies.
    pub(super) place: Option<Place>,
    /// For each pixel of the source the pixel of the input that shows it.
    pub(super) at: Vec<Option<u32>>,
    pub(super) pieces: Pieces,
    /// One number a segment.
    pub(super) weights: Vec<f64>,
    pub(super) map: Attribution,
}

impl DrawnCase {
    /// The attribution of every pixel of the source, upright; 0 where the input shows nothing of it.
    pub(super) fn values(&self) -> Vec<f32> {
        self.at.iter().map(|at| at.map_or(0.0, |at| self.map.values()[at as usize])).collect()
    }

    /// The picture with the explanation over it, three bytes a pixel.
    pub(super) fn painted(&self, method: ExplainMethod, features: usize) -> PanelPicture {
        let grey = self.grey();
        let bytes = match method {
            ExplainMethod::Lime => self.with_segments(&grey, features),
            _ => self.with_heat(&grey),
        };
        PanelPicture { width: self.source.cols, height: self.source.rows, bytes }
    }

    fn grey(&self) -> Vec<u8> {
        let plane = self.source.planes.get(&0).map(Vec::as_slice).unwrap_or_default();
        match self.source.kind {
            SourceKind::HuSlice => plane.iter().map(|&hu| Window::LUNG.grey(hu)).collect(),
            SourceKind::GreyPicture => {
                plane.iter().map(|v| (v * 255.0).round().clamp(0.0, 255.0) as u8).collect()
            }
        }
    }

    /// The segments with the largest weights: tinted, with a line round them.
    fn with_segments(&self, grey: &[u8], features: usize) -> Vec<u8> {
        let mut order: Vec<usize> = (0..self.weights.len()).filter(|&n| self.weights[n] != 0.0).collect();
        order.sort_by(|&a, &b| self.weights[b].abs().total_cmp(&self.weights[a].abs()).then(a.cmp(&b)));
        order.truncate(features);
        let piece = |pixel: usize| self.at[pixel].map(|at| self.pieces.labels()[at as usize] as usize);
        let drawn = |pixel: usize| piece(pixel).filter(|piece| order.contains(piece));
        let (rows, cols) = (self.source.rows, self.source.cols);
        let reach = ((cols as f64 * LINE_FRAC).round() as usize).max(1);
        let on_the_edge = |row: usize, col: usize| {
            let own = piece(row * cols + col);
            let others = [
                (row.saturating_sub(reach), col),
                ((row + reach).min(rows - 1), col),
                (row, col.saturating_sub(reach)),
                (row, (col + reach).min(cols - 1)),
            ];
            others.into_iter().any(|(r, c)| piece(r * cols + c) != own)
        };
        let mut bytes = Vec::with_capacity(3 * grey.len());
        for (pixel, &level) in grey.iter().enumerate() {
            let colour = drawn(pixel).map(|piece| if self.weights[piece] > 0.0 { FOR } else { AGAINST });
            bytes.extend(match colour {
                Some(colour) if on_the_edge(pixel / cols, pixel % cols) => colour,
                Some(colour) => mixed(level, colour, TINT),
                None => [level; 3],
            });
        }
        bytes
    }

    /// What speaks for the class, from dark to bright.
    fn with_heat(&self, grey: &[u8]) -> Vec<u8> {
        let values = self.values();
        let most = values.iter().copied().fold(0.0_f32, f32::max);
        let share = |value: f32| if most > 0.0 { (value / most).clamp(0.0, 1.0) } else { 0.0 };
        let pixels = grey.iter().zip(values).flat_map(|(&level, value)| {
            let share = share(value);
            mixed(level, heat(share), HEAT * share.sqrt())
        });
        pixels.collect()
    }
}

fn mixed(level: u8, colour: [u8; 3], share: f32) -> [u8; 3] {
    colour.map(|c| (f32::from(level) * (1.0 - share) + f32::from(c) * share).round() as u8)
}

/// Dark red over orange to light yellow: lighter is more, evenly.
fn heat(share: f32) -> [u8; 3] {
    const STOPS: [[f32; 3]; 5] = [
        [66.0, 10.0, 104.0],
        [147.0, 38.0, 103.0],
        [221.0, 81.0, 58.0],
        [252.0, 165.0, 10.0],
        [252.0, 255.0, 164.0],
    ];
    let place = share.clamp(0.0, 1.0) * (STOPS.len() - 1) as f32;
    let below = (place as usize).min(STOPS.len() - 2);
    let part = place - below as f32;
    std::array::from_fn(|n| (STOPS[below][n] * (1.0 - part) + STOPS[below + 1][n] * part).round() as u8)
}

/// The cases of every class side by side: with LIME the notebook's figure 18.
pub(super) fn plate(file: &ExplanationFile) -> Result<Drawing, CohortError> {
    let method = file.settings.method;
    let mut sections: BTreeMap<Option<&str>, Section> = BTreeMap::new();
    for (case, drawn) in file.cases.iter().zip(&file.drawn) {
        let section = sections.entry(case.class.as_deref()).or_insert_with(|| Section {
            heading: case.class.clone().unwrap_or_else(|| "Cases".to_owned()),
            ..Section::default()
        });
        section.panels.push(Some(panel(case, drawn, method, file.settings.features)));
    }
    let columns =
        sections.values().map(|section| section.panels.len()).max().unwrap_or(1).clamp(2, MOST_IN_A_ROW);
    let plate = Plate {
        title: format!("What {} goes by: {}", file.model, in_words(method)),
        subtitle: subtitle(file),
        legend: match method {
            ExplainMethod::Lime => {
                vec![("speaks for the class".to_owned(), FOR), ("against it".to_owned(), AGAINST)]
            }
            _ => {
                vec![("speaks for the class, a little".to_owned(), heat(0.2)), ("most".to_owned(), heat(1.0))]
            }
        },
        notes: vec![
            "For research, not for diagnosis. An explanation says what the model goes by, not what is true."
                .to_owned(),
        ],
        grey_scale: None,
        sections: sections.into_values().collect(),
    };
    plate
        .draw(Paper { width_mm: WIDTH_MM, dpi: DPI, columns })
        .map_err(|source| CohortError::Figure { source })
}

fn subtitle(file: &ExplanationFile) -> String {
    let settings = &file.settings;
    match settings.method {
        ExplainMethod::Lime => format!(
            "{} samples, seed {}; the {} segments with the largest weights.",
            settings.samples, settings.seed, settings.features
        ),
        ExplainMethod::Rise => format!("{} masks, seed {}.", settings.samples, settings.seed),
        ExplainMethod::GradCam => "Last feature maps, weighted by their gradients.".to_owned(),
        ExplainMethod::Occlusion => "What the probability loses where a square is covered.".to_owned(),
    }
}

fn in_words(method: ExplainMethod) -> &'static str {
    match method {
        ExplainMethod::Lime => "LIME",
        ExplainMethod::GradCam => "Grad-CAM",
        ExplainMethod::Rise => "RISE",
        ExplainMethod::Occlusion => "occlusion",
    }
}

fn panel(case: &ExplainedCase, drawn: &DrawnCase, method: ExplainMethod, features: usize) -> Panel {
    let picture = squared(drawn.painted(method, features), drawn.place.as_ref());
    let lung = case.checks.lung.and_then(|lung| lung.weight_frac);
    let lung = lung.map_or(String::new(), |share| format!(", {:.0} % in lung", 100.0 * share));
    Panel {
        title: case.id.rsplit('/').next().unwrap_or(&case.id).to_owned(),
        note: format!("{} {:.2}{lung}", case.explained, case.probability),
        mm_per_px: drawn
            .place
            .as_ref()
            .map_or(1.0, |place| upright_spacing_mm(place).0.min(upright_spacing_mm(place).1)),
        anatomical: drawn.place.is_some(),
        focus: [0, 0, picture.height, picture.width],
        outlines: Vec::new(),
        grey_scale: None,
        picture,
    }
}

/// Between rows and between columns of the upright slice.
fn upright_spacing_mm(place: &Place) -> (f64, f64) {
    let spacing = place.geometry.in_plane_spacing_mm();
    match Upright::of(&place.geometry).is_transposed() {
        true => (spacing.col, spacing.row),
        false => (spacing.row, spacing.col),
    }
}

/// Pixels as wide as they are high: the finer of both spacings, by the nearest pixel.
fn squared(picture: PanelPicture, place: Option<&Place>) -> PanelPicture {
    let Some((row_mm, col_mm)) = place.map(upright_spacing_mm) else { return picture };
    let fine = row_mm.min(col_mm);
    let sized = |len: usize, mm: f64| ((len as f64 * mm / fine).round() as usize).clamp(1, 4 * len);
    let (height, width) = (sized(picture.height, row_mm), sized(picture.width, col_mm));
    if (height, width) == (picture.height, picture.width) {
        return picture;
    }
    let mut bytes = Vec::with_capacity(3 * height * width);
    for row in 0..height {
        let from = row * picture.height / height * picture.width;
        for col in 0..width {
            bytes.extend_from_slice(&picture.bytes[3 * (from + col * picture.width / width)..][..3]);
        }
    }
    PanelPicture { width, height, bytes }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learn::entry::EntryFile;

    fn drawn(weights: Vec<f64>) -> DrawnCase {
        let marks: Vec<u32> = (0..40 * 40).map(|n| n % 40 / 10).collect();
        let pieces = Pieces::from_marks(40, 40, &marks).unwrap();
        DrawnCase {
            entry: Entry::unknown("x.png".to_owned(), EntryFile::Picture("x.png".into())),
            source: Source::of_grey(40, 40, vec![0.5; 1600]),
            place: None,
            at: (0..1600).map(Some).collect(),
            map: Attribution::of_pieces(&pieces, &weights),
            pieces,
            weights,
        }
    }

    #[test]
    fn green_speaks_for_the_class_and_red_against_it() {
        let case = drawn(vec![0.5, -0.4, 0.01, 0.0]);
        let painted = case.painted(ExplainMethod::Lime, 2).bytes;
        let at = |row: usize, col: usize| [0, 1, 2].map(|c| painted[3 * (row * 40 + col) + c]);
        assert_eq!((at(20, 9), at(20, 10)), (FOR, AGAINST), "lines where segments meet");
        let [r, g, _] = at(20, 5);
        assert!(g > 128 && r < 128, "{:?}", at(20, 5));
        assert_eq!((at(20, 25), at(20, 35)), ([128; 3], [128; 3]), "the third of two is not drawn");
    }

    #[test]
    fn heat_is_where_the_map_is_large() {
        let case = drawn(vec![0.0, -1.0, 0.5, 1.0]);
        let painted = case.painted(ExplainMethod::GradCam, 2).bytes;
        let at = |col: usize| [0, 1, 2].map(|c| painted[3 * (800 + col) + c]);
        assert_eq!((at(5), at(15)), ([128; 3], [128; 3]), "nothing and less than nothing");
        assert!(at(35)[0] > at(25)[0] && at(25)[0] > 128);
        let bright = |n: u8| heat(f32::from(n) / 100.0).iter().map(|&v| u32::from(v)).sum::<u32>();
        assert!((0..100).all(|n| bright(n) <= bright(n + 1)));
    }
}
