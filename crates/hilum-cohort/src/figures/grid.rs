//! The figures by class: outlines, masks and overlays of the first scans of each class.

use super::{
    Composed, FigureKind, FigureRequest, WindowWish,
    candidate::{Candidate, Source},
    gather::{gather, share_in_words},
    load::{Pick, load},
    panel::{Paint, grey_scale, panel, window_in_words},
    shown::Shown,
};
use crate::CohortError;
use hilum_imaging::{DENSE_RGB, LUNG_RGB, Window};
use hilum_report::{Panel, Plate, Section};
use std::collections::{BTreeMap, BTreeSet};

/// The most panels in a row where nothing else is asked for.
const MOST_IN_A_ROW: usize = 5;
/// What every plate says of its panels.
pub(super) const ORIENTATION: &str =
    "The patient’s right (R) is on the left of each picture. All panels are at one scale.";

pub(super) fn by_class(
    request: &FigureRequest,
    list: &[Candidate],
    class_names: &BTreeMap<String, String>,
    progress: &dyn Fn(&str),
) -> Result<Composed, CohortError> {
    let window = request.windows.first().copied().unwrap_or(WindowWish::Fixed(Window::LUNG));
    let pick = request.slice.map_or(Pick::Chosen, |index| Pick::At { index, masks: true });
    let mut composed =
        Composed { plate: Plate::default(), columns: MOST_IN_A_ROW, shown: Vec::new(), left_out: Vec::new() };
    let labelled = list.iter().any(|c| c.label.is_some());
    for (label, members) in classes(list) {
        let gathered = gather(members.iter().copied(), request.per_class, progress, |candidate| {
            let shown = only(load(candidate, request.recipe, pick)?)?;
            let drawn = panel(&shown, window, Paint::Masks(request.kind), request.whole)?;
            Ok(Panel { note: note(&shown, request.kind), ..drawn })
        });
        let share = share_in_words(gathered.made.len(), members.len());
        let (names, panels): (Vec<String>, Vec<Panel>) = gathered.made.into_iter().unzip();
        composed.left_out.extend(gathered.left_out);
        if !panels.is_empty() {
            let heading = if labelled { heading(label, class_names) } else { "Scans".to_owned() };
            composed.plate.sections.push(Section {
                heading,
                note: share,
                row_names: Vec::new(),
                panels: panels.into_iter().map(Some).collect(),
            });
        }
        composed.shown.extend(names);
    }
    composed.columns = columns(&composed.plate.sections);
    let plate = &mut composed.plate;
    (plate.title, plate.subtitle) = words(request, list, window);
    plate.legend = match request.kind {
        FigureKind::Overlay => {
            vec![("lung".to_owned(), LUNG_RGB), ("dense tissue (at or above −500 HU)".to_owned(), DENSE_RGB)]
        }
        _ => Vec::new(),
    };
    if let (FigureKind::Outline | FigureKind::Overlay, WindowWish::Fixed(window)) = (request.kind, window) {
        plate.grey_scale = Some(grey_scale(window));
    }
    plate.notes.push(ORIENTATION.to_owned());
    Ok(composed)
}

/// All classes in one row where they fit, else as many panels as the largest class has.
fn columns(sections: &[Section]) -> usize {
    let sizes = || sections.iter().map(|s| s.panels.len());
    match sizes().sum() {
        0..=2 => 2,
        all @ 3..=MOST_IN_A_ROW => all,
        _ => sizes().max().unwrap_or(0).clamp(3, MOST_IN_A_ROW),
    }
}

/// The one slice that was asked for.
pub(super) fn only(shown: Vec<Shown>) -> Result<Shown, String> {
    shown.into_iter().next().ok_or_else(|| "it has no slice".to_owned())
}

/// Candidates by label, those without one last; names in order within each.
fn classes(list: &[Candidate]) -> Vec<(Option<&str>, Vec<&Candidate>)> {
    let mut by_label: BTreeMap<(bool, Option<&str>), Vec<&Candidate>> = BTreeMap::new();
    for candidate in list {
        let label = candidate.label.as_deref();
        by_label.entry((label.is_none(), label)).or_default().push(candidate);
    }
    let mut classes: Vec<_> = by_label.into_iter().map(|((_, label), members)| (label, members)).collect();
    classes.iter_mut().for_each(|(_, members)| members.sort_by(|a, b| a.image_id.cmp(&b.image_id)));
    classes
}

fn heading(label: Option<&str>, class_names: &BTreeMap<String, String>) -> String {
    match label {
        Some(label) => class_names.get(label).cloned().unwrap_or_else(|| format!("Class {label}")),
        None => "Without a class label".to_owned(),
    }
}

fn note(shown: &Shown, kind: FigureKind) -> String {
    let ratio = shown.masks.as_ref().and_then(|m| m.ratio_percent());
    match (kind, ratio) {
        (FigureKind::Dense | FigureKind::Overlay, Some(ratio)) => {
            format!("{} · {ratio:.1} %", shown.place())
        }
        _ => shown.place(),
    }
}

/// Title and subtitle.
fn words(request: &FigureRequest, list: &[Candidate], window: WindowWish) -> (String, String) {
    let slice = match request.slice {
        Some(index) => format!("axial slice {index}"),
        None => "the axial slice with the largest lung area".to_owned(),
    };
    let recipe = recipes_in_words(request, list);
    let shades = match window {
        WindowWish::Full => "all values of the slice from black to white".to_owned(),
        WindowWish::Fixed(_) => format!("window {} HU", window_in_words(window)),
    };
    let (title, text) = match request.kind {
        FigureKind::Outline => {
            ("Lung outlines", format!("Outline of the lung mask on {slice}; {recipe}; {shades}."))
        }
        FigureKind::Lung => ("Lung masks", format!("Lung mask (white) on {slice}; {recipe}.")),
        FigureKind::Dense => (
            "Dense tissue",
            format!(
                "Dense tissue at or above −500 HU (white) within the lung mask (grey) on {slice}, and its share of the lung’s area; {recipe}."
            ),
        ),
        _ => (
            "Lung and dense tissue",
            format!(
                "Masks over {slice}, and the share of dense tissue in the lung’s area; {recipe}; {shades}."
            ),
        ),
    };
    (title.to_owned(), text)
}

fn recipes_in_words(request: &FigureRequest, list: &[Candidate]) -> String {
    let recipe = |candidate: &Candidate| match &candidate.source {
        Source::Scan(_) => request.recipe.to_string(),
        Source::Run { record, .. } => record.row.recipe.to_string(),
    };
    let recipes: BTreeSet<String> = list.iter().map(recipe).collect();
    let names: Vec<String> = recipes.into_iter().collect();
    format!("{} {}", if names.len() == 1 { "recipe" } else { "recipes" }, names.join(" and "))
}
