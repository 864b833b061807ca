//! Figures for papers: slices of scans, or of the scans of a finished run, as one plate.
//!
//! In: files, folders, manifests or output folders, and what to show of them. Out: a drawing (SVG and the pixels that it is
//! made for), and which scans were left out and why. A scan that cannot be shown is left out with its reason, and the next
//! of its class takes its place; only a figure without any panel is an error.

mod candidate;
mod gather;
mod grid;
mod load;
mod of_run;
mod panel;
mod series;
mod shown;

pub(crate) use of_run::of_this_run;
pub use of_run::write_figures_of_run;

use crate::CohortError;
pub(crate) use candidate::{Candidate, Candidates, Source, candidates_of};
pub(crate) use load::{Pick, load};
pub(crate) use shown::Shown;

use candidate::candidates;
use hilum_core::Recipe;
use hilum_imaging::Window;
use hilum_report::{Drawing, Paper, Plate};
use serde::Serialize;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// What a figure shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FigureKind {
    /// One slice through several windows.
    Windows,
    /// Slices from top to bottom, scans below each other.
    Montage,
    /// A slice where the lungs are closed beside the one where they are largest.
    ClosedOpen,
    /// The lung's outline on the slice, by class.
    Outline,
    /// The lung mask, by class.
    Lung,
    /// The dense-tissue mask within the lung, by class.
    Dense,
    /// Lung and dense tissue over the slice, by class.
    Overlay,
}

impl FigureKind {
    /// The figures that are drawn of every cohort, with the names of their files.
    const OF_A_RUN: [(Self, &'static str); 4] = [
        (Self::Outline, "outline"),
        (Self::Lung, "lung"),
        (Self::Dense, "dense"),
        (Self::Overlay, "overlay"),
    ];
}

/// Which slices a montage takes of every scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Take {
    /// Every n-th slice of the file, from slice n on.
    Every(usize),
    /// So many slices, evenly over the length of the lungs.
    Spread(usize),
}

/// A window, or all values of the slice.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum WindowWish {
    /// From the smallest to the largest value of the slice.
    Full,
    /// This window.
    Fixed(Window),
}

/// What to draw.
#[derive(Debug, Clone, PartialEq)]
pub struct FigureRequest {
    /// What the figure shows.
    pub kind: FigureKind,
    /// Scans, folders, manifests or output folders of runs.
    pub inputs: Vec<PathBuf>,
    /// How lungs are found in scans that no run has measured.
    pub recipe: Recipe,
    /// The slice to show in place of the one with the largest lung area, counted from 0.
    pub slice: Option<usize>,
    /// The slices of a montage.
    pub take: Take,
    /// Windows: all of them for [`FigureKind::Windows`], else the first; the usual ones where there are none.
    pub windows: Vec<WindowWish>,
    /// At most so many scans of a class.
    pub per_class: usize,
    /// A table of class labels.
    pub labels: Option<PathBuf>,
    /// Names of class labels.
    pub class_names: BTreeMap<String, String>,
    /// Whether the whole slice is shown and not the body alone.
    pub whole: bool,
    /// Width of the figure in mm.
    pub width_mm: f64,
    /// Dots on an inch.
    pub dpi: f64,
    /// Panels in a row; by what is shown where `None`.
    pub columns: Option<usize>,
}

/// A figure, and what did not come into it.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// The drawing.
    pub drawing: Drawing,
    /// Names of the scans shown.
    pub shown: Vec<String>,
    /// Scans that could not be shown, and why.
    pub left_out: Vec<LeftOut>,
    /// What the user should know.
    pub notes: Vec<String>,
}

/// A scan that could not be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// The scan.
    pub image_id: String,
    /// Why.
    pub reason: String,
}

/// Draws a figure; `progress` is told the name of each scan before it is read.
///
/// # Errors
/// [`CohortError`] if an input or table makes no sense, or if no scan can be shown.
pub fn draw_figure(request: &FigureRequest, progress: &dyn Fn(&str)) -> Result<Figure, CohortError> {
    let Candidates { list, class_names, mut notes, unmeasured } = candidates(request)?;
    let composed = match request.kind {
        FigureKind::Windows => series::windows(request, &list, progress)?,
        FigureKind::Montage => series::montage(request, &list, progress)?,
        FigureKind::ClosedOpen => series::closed_open(request, &list, progress)?,
        _ => {
            if list.len() > 1 && list.iter().all(|c| c.label.is_none()) {
                notes.push("no scan has a class label; --labels tells the classes apart".to_owned());
            }
            grid::by_class(request, &list, &class_names, progress)?
        }
    };
    let Composed { mut plate, columns, shown, left_out } = composed;
    if shown.is_empty() {
        return Err(nothing_to_show(&left_out, unmeasured));
    }
    if shown.len() + left_out.len() < list.len() {
        plate.notes.push("Where not all scans are shown, they are the first by name.".to_owned());
    }
    if unmeasured + left_out.len() > 0 {
        let count = unmeasured + left_out.len();
        let scans = if count == 1 { "scan was" } else { "scans were" };
        plate.notes.push(format!("{count} {scans} left out."));
        notes.extend((unmeasured > 0).then(|| format!("{unmeasured} of the run's scans were not measured")));
    }
    let paper =
        Paper { width_mm: request.width_mm, dpi: request.dpi, columns: request.columns.unwrap_or(columns) };
    let drawing = plate.draw(paper).map_err(|source| CohortError::Figure { source })?;
    Ok(Figure { drawing, shown, left_out, notes })
}

/// Writes a figure: PNG where the path ends in `.png`, else SVG.
///
/// # Errors
/// [`CohortError::Figure`] if it cannot be drawn or written.
pub fn write_figure(path: &Path, drawing: &Drawing) -> Result<(), CohortError> {
    hilum_report::write_figure(path, &drawing.svg, drawing.width_px)
        .map_err(|source| CohortError::Figure { source })
}

/// A plate before it is drawn.
struct Composed {
    plate: Plate,
    columns: usize,
    shown: Vec<String>,
    left_out: Vec<LeftOut>,
}

fn nothing_to_show(left_out: &[LeftOut], unmeasured: usize) -> CohortError {
    let problem = match left_out {
        [] => format!("none of the run's {unmeasured} scans was measured; its report says why"),
        [LeftOut { image_id, reason }] => format!("{image_id}: {reason}"),
        [LeftOut { image_id, reason }, ..] => {
            format!("none of {} scans can be; the first is {image_id}: {reason}", left_out.len())
        }
    };
    CohortError::NothingToShow { problem }
}
