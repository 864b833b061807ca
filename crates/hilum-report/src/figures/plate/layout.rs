//! Where everything of a plate lies, in pixels of the print.

use super::{Paper, Plate, Section, words::wrapped};
use crate::ReportError;

/// Points in an inch.
const PT_PER_INCH: f64 = 72.0;
/// Millimetres in an inch.
const MM_PER_INCH: f64 = 25.4;
/// Sizes of type.
const TITLE_PT: f64 = 10.0;
const HEADING_PT: f64 = 8.5;
const TEXT_PT: f64 = 7.0;
const SMALL_PT: f64 = 6.0;
/// Between panels, and round the figure.
const GUTTER_MM: f64 = 1.4;
/// Width of the grey scale of a whole plate.
const GREY_SCALE_MM: f64 = 38.0;
/// Round the part of a slice that matters.
const MARGIN_MM: f64 = 5.0;
/// A panel narrower than this shows nothing.
const NARROWEST_PX: usize = 24;

/// Sizes of type in pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Type {
    pub(super) title: f64,
    pub(super) heading: f64,
    pub(super) text: f64,
    pub(super) small: f64,
}

/// Places of one section.
#[derive(Debug)]
pub(super) struct Block {
    /// Base line of the heading; `None` without one.
    pub(super) heading_y: Option<f64>,
    pub(super) heading_x: f64,
    /// Room for the heading.
    pub(super) width: f64,
    /// Upper left corner of every panel's picture, in the order of the panels.
    pub(super) corners: Vec<[f64; 2]>,
}

/// Places of a whole plate.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) paper: Paper,
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) font: Type,
    pub(super) left: f64,
    pub(super) title_y: f64,
    pub(super) subtitle: Vec<String>,
    pub(super) subtitle_y: f64,
    pub(super) blocks: Vec<Block>,
    /// What every panel shows, across and down.
    pub(super) extent_mm: [f64; 2],
    pub(super) panel: [usize; 2],
    /// Top of the row with legend and grey scale.
    pub(super) key_y: f64,
    /// Width of the grey scale.
    pub(super) key_width: f64,
    pub(super) notes: Vec<String>,
    pub(super) notes_y: f64,
}

impl Layout {
    pub(super) fn of(plate: &Plate, paper: Paper) -> Result<Self, ReportError> {
        let mm = |v: f64| v / MM_PER_INCH * paper.dpi;
        let pt = |v: f64| v / PT_PER_INCH * paper.dpi;
        let font =
            Type { title: pt(TITLE_PT), heading: pt(HEADING_PT), text: pt(TEXT_PT), small: pt(SMALL_PT) };
        let (width, gutter) = (mm(paper.width_mm).round(), mm(GUTTER_MM).round());
        let named = plate.sections.iter().any(|s| !s.row_names.is_empty());
        let left = gutter + if named { (font.text * 1.6).round() } else { 0.0 };
        let columns = paper.columns.max(1);
        let room = width - left - gutter - gutter * (columns as f64 - 1.0);
        let panel_width = (room / columns as f64).floor().max(0.0) as usize;
        let extent_mm = common_extent(plate).ok_or(ReportError::NoPanels)?;
        let panel = [panel_width, (panel_width as f64 * extent_mm[1] / extent_mm[0]).round() as usize];
        if panel_width < NARROWEST_PX || panel[1] == 0 {
            let (width_px, height_px) = (panel_width as u32, panel[1] as u32);
            return Err(ReportError::FigureSize { width_px, height_px, most_px: 30_000 });
        }
        let text_width = width - 2.0 * gutter;
        let key_width = if plate.grey_scale.is_some() { mm(GREY_SCALE_MM).min(width / 3.0) } else { 0.0 };
        let subtitle = wrapped(&plate.subtitle, text_width, font.text);
        // Without a legend the notes stand beside the grey scale.
        let beside = plate.legend.is_empty();
        let notes_width = if beside { text_width - key_width - 2.0 * gutter } else { text_width };
        let notes: Vec<String> =
            plate.notes.iter().flat_map(|n| wrapped(n, notes_width, font.small)).collect();
        let title_y = (gutter + font.title).round();
        let subtitle_y = title_y + font.text * 1.5;
        let mut y =
            if plate.title.is_empty() { gutter } else { title_y } + font.text * 1.4 * subtitle.len() as f64;
        let mut blocks: Vec<Block> = Vec::new();
        // Short sections stand beside each other: where the last one began, and how many columns are taken there.
        let (mut top, mut taken) = (y, columns);
        for section in &plate.sections {
            let beside = is_short(section) && section.panels.len() <= columns - taken;
            let first = if beside { taken } else { 0 };
            top = if beside { top } else { y };
            let heading_y = (!section.heading.is_empty()).then_some(top + font.heading * 1.8);
            let mut end = heading_y.map_or(top + 1.5 * gutter, |heading| heading + font.heading * 0.3);
            let mut corners = Vec::new();
            for row in section.panels.chunks(columns) {
                let has_scale = row.iter().flatten().any(|p| p.grey_scale.is_some());
                let below = if has_scale { font.small * 2.4 } else { 0.0 };
                end = (end + words_above(row, font)).round();
                let place = |col: usize| [left + (first + col) as f64 * (panel[0] as f64 + gutter), end];
                corners.extend((0..row.len()).map(place));
                end += panel[1] as f64 + below + gutter;
            }
            y = if beside { y.max(end) } else { end };
            taken = if is_short(section) { (first + section.panels.len()).min(columns) } else { columns };
            let shown = section.panels.len().min(columns) as f64;
            let heading_x =
                if first == 0 { gutter } else { left + first as f64 * (panel[0] as f64 + gutter) };
            let width =
                if taken < columns || first > 0 { shown * (panel[0] as f64 + gutter) } else { text_width };
            blocks.push(Block { heading_y, heading_x, width, corners });
        }
        let key_y = (y + gutter).round();
        let has_key = plate.grey_scale.is_some() || !plate.legend.is_empty();
        let key_end = if has_key { key_y + font.small * 2.2 } else { key_y };
        let notes_y = if beside { key_y } else { key_end } + font.small * 0.95;
        let notes_end = notes_y + font.small * (1.45 * notes.len() as f64 - 0.7);
        let height = (notes_end.max(key_end) + gutter).ceil();
        Ok(Self {
            paper,
            width,
            height,
            font,
            left,
            title_y,
            subtitle,
            subtitle_y,
            blocks,
            extent_mm,
            panel,
            key_y,
            key_width,
            notes,
            notes_y,
        })
    }

    /// Millimetres of the paper in pixels.
    pub(super) fn mm(&self, mm: f64) -> f64 {
        mm / MM_PER_INCH * self.paper.dpi
    }

    /// How many panels a row has.
    pub(super) fn columns(&self) -> usize {
        self.paper.columns.max(1)
    }

    /// First panel of every row of a section.
    pub(super) fn row_starts<'a>(&'a self, section: &'a Section) -> impl Iterator<Item = usize> + 'a {
        (0..section.panels.len()).step_by(self.columns())
    }
}

/// Whether a section may stand beside others.
fn is_short(section: &Section) -> bool {
    !section.heading.is_empty() && section.row_names.is_empty()
}

/// Height of the lines above a row of panels.
fn words_above(row: &[Option<super::Panel>], font: Type) -> f64 {
    let any = |of: fn(&super::Panel) -> &str| row.iter().flatten().any(|p| !of(p).is_empty());
    let line = |there: bool, size: f64| if there { size * 1.35 } else { 0.0 };
    line(any(|p| &p.title), font.text) + line(any(|p| &p.note), font.small)
}

/// The largest part that any panel wants to show, with a margin, but no more than the largest slice; across and down.
fn common_extent(plate: &Plate) -> Option<[f64; 2]> {
    let largest = |of: &dyn Fn(&super::Panel) -> f64| plate.panels().map(of).fold(0.0, f64::max);
    let wanted = |from: usize, to: usize| {
        largest(&|p| (p.focus[to] - p.focus[from]) as f64 * p.mm_per_px) + 2.0 * MARGIN_MM
    };
    let across = wanted(1, 3).min(largest(&|p| p.picture.width as f64 * p.mm_per_px));
    let down = wanted(0, 2).min(largest(&|p| p.picture.height as f64 * p.mm_per_px));
    (across > 0.0 && down > 0.0).then_some([across, down])
}
