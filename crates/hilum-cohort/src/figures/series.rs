//! Figures of several pictures a scan: windows, montage, closed and open lungs.

use super::{
    Composed, FigureRequest, Take, WindowWish,
    candidate::{Candidate, Source},
    gather::{gather, share_in_words},
    grid::{ORIENTATION, only},
    load::{Pick, load},
    panel::{Paint, grey_scale, panel, resolved, window_in_words, window_use},
    shown::Shown,
};
use crate::CohortError;
use hilum_core::schema::LungState;
use hilum_imaging::Window;
use hilum_report::{GreyScale, Panel, Plate, Section};

/// Level and width of the 2022 notebook's windows: soft tissue, lung, bone, brain.
const NOTEBOOK_WINDOWS: [(f32, f32); 4] = [(50.0, 350.0), (-200.0, 2000.0), (400.0, 1800.0), (40.0, 80.0)];
/// More windows than this go into further rows.
const MOST_IN_A_ROW: usize = 6;
/// Panels in a row of a montage.
const MONTAGE_COLUMNS: usize = 4;
/// Panels in a row of lungs by how they stand.
const STATE_COLUMNS: usize = 5;

/// Which slices to take for a figure of one slice a scan without masks.
fn bare(request: &FigureRequest) -> Pick {
    request.slice.map_or(Pick::Chosen, |index| Pick::At { index, masks: false })
}

pub(super) fn windows(
    request: &FigureRequest,
    list: &[Candidate],
    progress: &dyn Fn(&str),
) -> Result<Composed, CohortError> {
    let usual = || {
        let fixed = |(level_hu, width_hu)| WindowWish::Fixed(Window { level_hu, width_hu });
        [WindowWish::Full].into_iter().chain(NOTEBOOK_WINDOWS.map(fixed)).collect()
    };
    let windows: Vec<WindowWish> = if request.windows.is_empty() { usual() } else { request.windows.clone() };
    let gathered = gather(list, request.per_class, progress, |candidate| {
        let shown = only(load(candidate, request.recipe, bare(request))?)?;
        let panels = windows.iter().map(|&wish| {
            let drawn = panel(&shown, wish, Paint::Slice, request.whole)?;
            let scale = grey_scale(resolved(&shown, wish));
            Ok(Some(Panel {
                title: sentence(&window_in_words(wish)),
                note: window_use(wish).to_owned(),
                grey_scale: Some(scale),
                ..drawn
            }))
        });
        Ok((panels.collect::<Result<Vec<_>, String>>()?, shown.place()))
    });
    let share = match (gathered.made.len(), list.len()) {
        (shown, of) if shown < of => format!("; {}", share_in_words(shown, of)),
        _ => String::new(),
    };
    let mut shown = Vec::new();
    let mut sections = Vec::new();
    for (image_id, (panels, note)) in gathered.made {
        shown.push(image_id.clone());
        sections.push(Section { heading: image_id, note, row_names: Vec::new(), panels });
    }
    let plate = Plate {
        title: "Windows".to_owned(),
        subtitle: format!(
            "One axial slice through windows of the Hounsfield scale: width W and level L in HU{share}."
        ),
        sections,
        notes: vec![ORIENTATION.to_owned()],
        ..Plate::default()
    };
    let columns = if windows.len() <= MOST_IN_A_ROW { windows.len() } else { MOST_IN_A_ROW - 1 };
    Ok(Composed { plate, columns, shown, left_out: gathered.left_out })
}

pub(super) fn montage(
    request: &FigureRequest,
    list: &[Candidate],
    progress: &dyn Fn(&str),
) -> Result<Composed, CohortError> {
    let window = request.windows.first().copied().unwrap_or(WindowWish::Fixed(Window::LUNG));
    let (pick, which) = match request.take {
        Take::Every(step) => (Pick::Every(step), format!("every {step}th axial slice of the file")),
        Take::Spread(count) => {
            (Pick::Spread(count), format!("{count} axial slices, evenly over the length of the lungs"))
        }
    };
    let mut scale = None;
    let gathered = gather(list, request.per_class, progress, |candidate| {
        let slices = load(candidate, request.recipe, pick)?;
        scale = scale_of(window, slices.first());
        same_focus(slices.iter().map(|s| {
            let drawn = panel(s, window, Paint::Slice, request.whole)?;
            Ok(Panel { title: String::new(), note: s.place(), ..drawn })
        }))
    });
    let columns = request.columns.unwrap_or(MONTAGE_COLUMNS).max(1);
    let (shown, rows): (Vec<String>, Vec<Vec<Panel>>) = gathered.made.into_iter().unzip();
    let plate = Plate {
        title: "Slice by slice".to_owned(),
        subtitle: format!("From head to feet: {which}; {}.", shades(window)),
        sections: bands(&shown, &rows, columns),
        grey_scale: scale,
        notes: vec![ORIENTATION.to_owned()],
        ..Plate::default()
    };
    Ok(Composed { plate, columns, shown, left_out: gathered.left_out })
}

/// Scans below each other, so that slices of one height stand in one column; as many bands as the slices need.
fn bands(names: &[String], rows: &[Vec<Panel>], columns: usize) -> Vec<Section> {
    let longest = rows.iter().map(Vec::len).max().unwrap_or(0);
    let place = |row: &Vec<Panel>, at: usize| row.get(at).cloned();
    let band = |start: usize| Section {
        row_names: names.to_vec(),
        panels: rows.iter().flat_map(|row| (start..start + columns).map(|at| place(row, at))).collect(),
        ..Section::default()
    };
    (0..longest).step_by(columns).map(band).collect()
}

pub(super) fn closed_open(
    request: &FigureRequest,
    list: &[Candidate],
    progress: &dyn Fn(&str),
) -> Result<Composed, CohortError> {
    // A run keeps one slice a scan: there, scans are told apart by how their lungs stand on it.
    if list.iter().any(|c| matches!(c.source, Source::Run { .. })) {
        return by_state(request, list, progress);
    }
    let window = request.windows.first().copied().unwrap_or(WindowWish::Fixed(Window::LUNG));
    let mut scale = None;
    let gathered = gather(list, request.per_class, progress, |candidate| {
        let slices = load(candidate, request.recipe, Pick::ClosedThenOpen)?;
        scale = scale_of(window, slices.first());
        same_focus(slices.iter().zip(["Closed", "Open"]).map(|(s, title)| {
            let drawn = panel(s, window, Paint::Slice, request.whole)?;
            Ok(Panel { title: title.to_owned(), note: s.place(), ..drawn })
        }))
    });
    let mut shown = Vec::new();
    let mut sections = Vec::new();
    for (image_id, panels) in gathered.made {
        shown.push(image_id.clone());
        let panels = panels.into_iter().map(Some).collect();
        sections.push(Section { heading: image_id, panels, ..Section::default() });
    }
    let plate = Plate {
        title: "Closed and open lungs".to_owned(),
        subtitle: format!(
            "Open: the axial slice with the largest lung area. Closed: the nearest one below on which the lungs have \
             at most a tenth of it; {}.",
            shades(window)
        ),
        sections,
        grey_scale: scale,
        notes: vec![ORIENTATION.to_owned()],
        ..Plate::default()
    };
    // A pair a scan; two scans beside each other where there are more.
    let columns = if shown.len() > 1 { 4 } else { 2 };
    Ok(Composed { plate, columns, shown, left_out: gathered.left_out })
}

/// How lungs stand, in the order of the figure.
const STATES: [(LungState, &str); 4] = [
    (LungState::Open, "Open: two lungs, apart"),
    (LungState::Fused, "Fused: both lungs in one region"),
    (LungState::Single, "Single: only one lung found"),
    (LungState::CutOff, "Cut off: lung beyond the field of view"),
];

fn by_state(
    request: &FigureRequest,
    list: &[Candidate],
    progress: &dyn Fn(&str),
) -> Result<Composed, CohortError> {
    let window = request.windows.first().copied().unwrap_or(WindowWish::Fixed(Window::LUNG));
    let mut plate = Plate {
        title: "How the lungs stand".to_owned(),
        subtitle: format!("Lungs on the axial slice with the largest lung area; {}.", shades(window)),
        notes: vec![ORIENTATION.to_owned()],
        ..Plate::default()
    };
    let (mut all, mut left_out) = (Vec::new(), Vec::new());
    let state_of = |c: &Candidate| match &c.source {
        Source::Run { record, .. } => record.row.lung_state,
        Source::Scan(_) => None,
    };
    for (state, heading) in STATES {
        let members: Vec<&Candidate> = list.iter().filter(|c| state_of(c) == Some(state)).collect();
        let gathered = gather(members.iter().copied(), request.per_class, progress, |candidate| {
            let shown = only(load(candidate, request.recipe, Pick::Chosen)?)?;
            plate.grey_scale = scale_of(window, Some(&shown));
            panel(&shown, window, Paint::Slice, request.whole)
        });
        left_out.extend(gathered.left_out);
        let (names, panels): (Vec<String>, Vec<Panel>) = gathered.made.into_iter().unzip();
        if !panels.is_empty() {
            plate.sections.push(Section {
                heading: heading.to_owned(),
                note: share_in_words(panels.len(), members.len()),
                panels: panels.into_iter().map(Some).collect(),
                ..Section::default()
            });
        }
        all.extend(names);
    }
    let silent = list.iter().filter(|c| state_of(c).is_none());
    let reason = "nothing says how its lungs stand: give runs of the recipe default, or scans alone";
    left_out
        .extend(silent.map(|c| super::LeftOut { image_id: c.image_id.clone(), reason: reason.to_owned() }));
    Ok(Composed { plate, columns: STATE_COLUMNS, shown: all, left_out })
}

/// Panels of one scan show the same part of it, so that it does not jump from slice to slice.
fn same_focus(panels: impl Iterator<Item = Result<Panel, String>>) -> Result<Vec<Panel>, String> {
    let mut panels = panels.collect::<Result<Vec<_>, _>>()?;
    let joint = panels
        .iter()
        .map(|p| p.focus)
        .reduce(|[a, b, c, d], [e, f, g, h]| [a.min(e), b.min(f), c.max(g), d.max(h)]);
    if let Some(joint) = joint {
        panels.iter_mut().for_each(|p| p.focus = joint);
    }
    Ok(panels)
}

fn shades(window: WindowWish) -> String {
    match window {
        WindowWish::Full => "each from its smallest to its largest value".to_owned(),
        fixed => format!("window {} HU", window_in_words(fixed)),
    }
}

fn scale_of(window: WindowWish, shown: Option<&Shown>) -> Option<GreyScale> {
    match window {
        WindowWish::Full => None,
        fixed => shown.map(|s| grey_scale(resolved(s, fixed))),
    }
}

/// With a capital letter.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
