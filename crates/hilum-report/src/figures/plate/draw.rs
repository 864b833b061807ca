//! Writing a plate as SVG.

use super::{
    Drawing, GreyScale, Panel, Plate, Section,
    layout::{Block, Layout},
    tile::{Tile, tile},
    words::{shortened, width},
};
use crate::{
    ReportError,
    figures::svg::{escape, px},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use std::fmt::Write;

/// Lengths of scale bars in mm, the longest first, and their names.
const BARS: [(f64, &str); 6] =
    [(100.0, "10 cm"), (50.0, "5 cm"), (20.0, "2 cm"), (10.0, "1 cm"), (5.0, "5 mm"), (1.0, "1 mm")];
/// A scale bar takes at most this share of its panel.
const LONGEST_BAR_FRAC: f64 = 0.2;
/// The lung's outline: yellow of Okabe and Ito's palette, seen on every grey.
const OUTLINE: &str = "#f0e442";
const INK: &str = "#111111";
const QUIET: &str = "#555555";

pub(super) fn draw(plate: &Plate, layout: &Layout) -> Result<Drawing, ReportError> {
    let (width, height) = (layout.width, layout.height);
    let mm = |v: f64| px4(v / layout.paper.dpi * 25.4);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}mm\" height=\"{}mm\" viewBox=\"0 0 {} {}\" \
         font-family=\"Noto Sans, Helvetica, Arial, sans-serif\"><title>{}</title><desc>{}</desc>\
         <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>",
        mm(width),
        mm(height),
        px(width),
        px(height),
        escape(&plate.title),
        escape(&described(plate)),
    );
    let font = layout.font;
    let margin = layout.mm(1.4).round();
    text(&mut svg, [margin, layout.title_y], font.title, INK, "font-weight=\"bold\"", &plate.title);
    lines(&mut svg, &layout.subtitle, [margin, layout.subtitle_y], font.text, 1.4);
    for (section, block) in plate.sections.iter().zip(&layout.blocks) {
        draw_section(&mut svg, layout, section, block)?;
    }
    key(&mut svg, plate, layout, margin);
    lines(&mut svg, &layout.notes, [margin, layout.notes_y], font.small, 1.45);
    svg.push_str("</svg>\n");
    Ok(Drawing { svg, width_px: width as u32 })
}

/// The figure in words, for readers who do not see it.
fn described(plate: &Plate) -> String {
    let sections = plate.sections.iter().map(|s| {
        let names: Vec<&str> = s.panels.iter().flatten().map(|p| p.title.as_str()).collect();
        format!("{} {}: {}.", s.heading, s.note, names.join(", "))
    });
    [plate.subtitle.clone()]
        .into_iter()
        .chain(sections)
        .chain(plate.notes.iter().cloned())
        .collect::<Vec<_>>()
        .join(" ")
}

fn draw_section(
    svg: &mut String,
    layout: &Layout,
    section: &Section,
    block: &Block,
) -> Result<(), ReportError> {
    let font = layout.font;
    if let Some(y) = block.heading_y {
        heading(svg, layout, section, block, y);
    }
    for (name, start) in section.row_names.iter().zip(layout.row_starts(section)) {
        let [_, y] = block.corners[start];
        let (x, middle) = (layout.left - font.text * 0.7, y + layout.panel[1] as f64 / 2.0);
        let turned = format!(
            "text-anchor=\"middle\" font-weight=\"bold\" transform=\"rotate(-90 {} {})\"",
            px(x),
            px(middle)
        );
        text(svg, [x, middle], font.text, INK, &turned, &shortened(name, layout.panel[1] as f64, font.text));
    }
    let first = section.panels.iter().position(Option::is_some);
    for (i, panel) in section.panels.iter().enumerate() {
        if let Some(panel) = panel {
            draw_panel(svg, layout, panel, block.corners[i], Some(i) == first)?;
        }
    }
    Ok(())
}

/// The heading of a section and the note beside it, no wider than the section.
fn heading(svg: &mut String, layout: &Layout, section: &Section, block: &Block, y: f64) {
    let font = layout.font;
    let words = shortened(&section.heading, block.width, font.heading);
    let left = block.width - width(&words, font.heading) - font.text;
    let note = if left > 0.0 { shortened(&section.note, left, font.text) } else { String::new() };
    let _ = write!(
        svg,
        "<text x=\"{}\" y=\"{}\" font-size=\"{}\" font-weight=\"bold\" fill=\"{INK}\">{}<tspan fill=\"{QUIET}\" \
         font-weight=\"normal\" font-size=\"{}\" dx=\"{}\">{}</tspan></text>",
        px(block.heading_x),
        px(y),
        px(font.heading),
        escape(&words),
        px(font.text),
        px(font.text * 0.8),
        escape(&note),
    );
}

/// One picture with all that belongs on it; the first of a section carries all letters and the length of its bar.
fn draw_panel(
    svg: &mut String,
    layout: &Layout,
    panel: &Panel,
    [x, y]: [f64; 2],
    first: bool,
) -> Result<(), ReportError> {
    let font = layout.font;
    let [width, height] = layout.panel.map(|side| side as f64);
    let note_y = y - font.small * 0.45;
    let title_y = if panel.note.is_empty() { y - font.text * 0.4 } else { note_y - font.small * 1.3 };
    text(svg, [x, title_y], font.text, INK, "", &shortened(&panel.title, width, font.text));
    text(svg, [x, note_y], font.small, QUIET, "", &shortened(&panel.note, width * 1.1, font.small));
    let Tile { png, origin, span_px } = tile(panel, layout.extent_mm, layout.panel)?;
    let _ = write!(
        svg,
        "<image x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" preserveAspectRatio=\"none\" href=\"data:image/png;base64,{}\"/>",
        px(x),
        px(y),
        px(width),
        px(height),
        STANDARD.encode(png)
    );
    let scale = width / span_px;
    outline(
        svg,
        layout,
        panel,
        |[px, py]| [x + (px - origin[0]) * scale, y + (py - origin[1]) * scale],
        [x, y, width, height],
    );
    if panel.anatomical {
        letters(svg, layout, [x, y, width, height], first);
        scale_bar(svg, layout, scale / panel.mm_per_px, [x, y, width, height], first);
    }
    if let Some(grey) = panel.grey_scale {
        grey_scale(svg, grey, [x, y + height + font.small * 0.5, width], font.small);
    }
    Ok(())
}

/// The outlines, kept within the panel.
fn outline(
    svg: &mut String,
    layout: &Layout,
    panel: &Panel,
    place: impl Fn([f64; 2]) -> [f64; 2],
    [x, y, w, h]: [f64; 4],
) {
    if panel.outlines.is_empty() {
        return;
    }
    let inside = |[px, py]: [f64; 2]| [px.clamp(x, x + w), py.clamp(y, y + h)];
    let line = |points: &Vec<[f64; 2]>| {
        let steps: Vec<String> = points
            .iter()
            .map(|&p| inside(place(p)))
            .map(|[px, py]| format!("{} {}", self::px(px), self::px(py)))
            .collect();
        format!("M{}Z", steps.join("L"))
    };
    let path: String = panel.outlines.iter().map(line).collect();
    let _ = write!(
        svg,
        "<path class=\"outline\" d=\"{path}\" fill=\"none\" stroke=\"{OUTLINE}\" stroke-width=\"{}\" stroke-linejoin=\"round\"/>",
        px(layout.mm(0.2))
    );
}

/// R, L, A and P on the sides of the patient that they name.
fn letters(svg: &mut String, layout: &Layout, [x, y, w, h]: [f64; 4], all: bool) {
    let size = layout.font.small;
    let gap = size * 0.35;
    let middle = y + h / 2.0 + size * 0.36;
    let sides = [
        ("R", x + gap, middle, "start"),
        ("L", x + w - gap, middle, "end"),
        ("A", x + w / 2.0, y + size * 1.05, "middle"),
        ("P", x + w / 2.0, y + h - gap, "middle"),
    ];
    for (letter, x, y, anchor) in sides.into_iter().take(if all { 4 } else { 1 }) {
        let style = format!("font-weight=\"bold\" {} text-anchor=\"{anchor}\"", halo(size));
        text(svg, [x, y], size, "#ffffff", &style, letter);
    }
}

/// A dark rim, so that white words are read on any grey.
fn halo(size: f64) -> String {
    format!(
        "stroke=\"#000000\" stroke-width=\"{}\" stroke-opacity=\"0.75\" paint-order=\"stroke\"",
        px(size * 0.16)
    )
}

/// The longest bar that fits, at the lower left; `px_per_mm` is that of the print on this panel.
fn scale_bar(svg: &mut String, layout: &Layout, px_per_mm: f64, [x, y, w, h]: [f64; 4], named: bool) {
    let size = layout.font.small;
    let Some((mm, name)) = BARS.into_iter().find(|(mm, _)| mm * px_per_mm <= LONGEST_BAR_FRAC * w) else {
        return;
    };
    let (thick, gap) = (layout.mm(0.45).round().max(1.0), size * 0.5);
    let top = y + h - gap - thick;
    let _ = write!(
        svg,
        "<rect class=\"scale-bar\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"#ffffff\" stroke=\"#000000\" stroke-opacity=\"0.75\" stroke-width=\"{}\" paint-order=\"stroke\"/>",
        px(x + gap),
        px(top),
        px(mm * px_per_mm),
        px(thick),
        px(thick * 0.4)
    );
    if named {
        text(svg, [x + gap, top - size * 0.35], size, "#ffffff", &halo(size), name);
    }
}

/// Legend on the left, grey scale on the right.
fn key(svg: &mut String, plate: &Plate, layout: &Layout, margin: f64) {
    let size = layout.font.small;
    let mut x = margin;
    for (name, [r, g, b]) in &plate.legend {
        let _ = write!(
            svg,
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"#{r:02x}{g:02x}{b:02x}\" stroke=\"{QUIET}\" stroke-width=\"{}\"/>",
            px(x),
            px(layout.key_y),
            px(size * 1.3),
            px(size * 0.9),
            px(size * 0.06)
        );
        text(svg, [x + size * 1.7, layout.key_y + size * 0.82], size, INK, "", name);
        x += size * (3.2 + 0.56 * name.chars().count() as f64);
    }
    if let Some(grey) = plate.grey_scale {
        let width = layout.key_width;
        grey_scale(svg, grey, [layout.width - margin - width, layout.key_y, width], size);
    }
}

/// A bar from black to white with its ends and middle in HU.
fn grey_scale(
    svg: &mut String,
    GreyScale { black_hu, white_hu }: GreyScale,
    [x, y, width]: [f64; 3],
    size: f64,
) {
    let id = format!("grey{}", svg.len());
    let _ = write!(
        svg,
        "<linearGradient id=\"{id}\"><stop offset=\"0\" stop-color=\"#000000\"/><stop offset=\"1\" stop-color=\"#ffffff\"/></linearGradient>\
        <rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"url(#{id})\" stroke=\"{QUIET}\" stroke-width=\"{}\"/>",
        px(x),
        px(y),
        px(width),
        px(size * 0.7),
        px(size * 0.06)
    );
    let ends =
        [(black_hu, 0.0, "start"), ((black_hu + white_hu) / 2.0, 0.5, "middle"), (white_hu, 1.0, "end")];
    for (hu, at, anchor) in ends {
        let unit = if at == 1.0 { " HU" } else { "" };
        let words = format!("{}{unit}", hu_in_words(hu));
        text(
            svg,
            [x + at * width, y + size * 1.75],
            size,
            QUIET,
            &format!("text-anchor=\"{anchor}\""),
            &words,
        );
    }
}

/// A value in HU with a true minus sign, in as few decimals as it needs.
fn hu_in_words(hu: f64) -> String {
    let rounded = (hu * 10.0).round() / 10.0;
    format!("{rounded}").replace('-', "−")
}

fn lines(svg: &mut String, lines: &[String], [x, y]: [f64; 2], size: f64, leading: f64) {
    for (i, line) in lines.iter().enumerate() {
        text(svg, [x, y + i as f64 * size * leading], size, QUIET, "", line);
    }
}

fn text(svg: &mut String, [x, y]: [f64; 2], size: f64, colour: &str, style: &str, words: &str) {
    if !words.is_empty() {
        let _ = write!(
            svg,
            "<text x=\"{}\" y=\"{}\" font-size=\"{}\" fill=\"{colour}\" {style}>{}</text>",
            px(x),
            px(y),
            px(size),
            escape(words)
        );
    }
}

/// A length with at most four decimals.
fn px4(value: f64) -> String {
    format!("{}", (value * 1e4).round() / 1e4)
}
