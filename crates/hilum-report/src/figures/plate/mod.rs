//! Plates: figures made of slices, for papers and posters.
//!
//! In: pictures of slices as displayed (patient's right on the left, anterior up, square pixels), words, and outlines in
//! pixels of their picture. Out: SVG text whose user units are the pixels of the print, so that it can be rasterised
//! without a second resampling. All panels of a plate are at one scale: a centimetre is as long on each of them.
//!
//! Nothing is measured or segmented here, and no volume is read.

mod draw;
mod layout;
pub(super) mod tile;
mod words;

use crate::ReportError;
use layout::Layout;

/// A figure made of slices.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Plate {
    /// Heading of the figure.
    pub title: String,
    /// What it shows and how it was made, in a sentence or two.
    pub subtitle: String,
    /// Groups of panels, one below the other.
    pub sections: Vec<Section>,
    /// Colours and what they mean: name and red, green, blue.
    pub legend: Vec<(String, [u8; 3])>,
    /// The window of all panels, where they share one.
    pub grey_scale: Option<GreyScale>,
    /// Further lines below the panels.
    pub notes: Vec<String>,
}

/// Panels under one heading.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Section {
    /// Heading, such as the name of a class; may be empty.
    pub heading: String,
    /// Beside the heading, such as how many of how many scans are shown.
    pub note: String,
    /// Names of the rows, written along their left edge; as many as there are rows, or none.
    pub row_names: Vec<String>,
    /// Panels, row by row; `None` leaves a place empty.
    pub panels: Vec<Option<Panel>>,
}

/// One slice.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// First line above the picture.
    pub title: String,
    /// Second line above the picture.
    pub note: String,
    /// The slice as displayed.
    pub picture: PanelPicture,
    /// The side of one pixel.
    pub mm_per_px: f64,
    /// Whether sides and lengths are known: a picture without them gets no letters and no scale bar.
    pub anatomical: bool,
    /// The part to show: first row and column, and the ones past the last.
    pub focus: [usize; 4],
    /// Closed lines to draw over the picture, as `[x, y]` in its pixels.
    pub outlines: Vec<Vec<[f64; 2]>>,
    /// The window of this panel, drawn below it; `None` where the plate has one for all.
    pub grey_scale: Option<GreyScale>,
}

/// 8-bit pixels, row-major, first row on top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PanelPicture {
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// One byte a pixel where grey, three (red, green, blue) where coloured.
    pub bytes: Vec<u8>,
}

/// From black to white on the Hounsfield scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GreyScale {
    /// The value shown as black (HU).
    pub black_hu: f64,
    /// The value shown as white (HU).
    pub white_hu: f64,
}

/// The paper.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Paper {
    /// Width of the figure; its height follows. Two columns of a journal are about 180 mm.
    pub width_mm: f64,
    /// Dots on an inch.
    pub dpi: f64,
    /// Panels in a row.
    pub columns: usize,
}

/// A figure ready to be written: SVG text, and how many pixels it is made for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawing {
    /// The SVG, its words still text.
    pub svg: String,
    /// Pixels across at which one user unit is one pixel.
    pub width_px: u32,
}

impl Plate {
    /// Draws the plate.
    ///
    /// # Errors
    /// [`ReportError::NoPanels`] without a panel; [`ReportError::PanelSize`] if a picture's bytes do not fit its size or
    /// its pixels have none; [`ReportError::FigureSize`] if the paper has no room for its columns.
    pub fn draw(&self, paper: Paper) -> Result<Drawing, ReportError> {
        for panel in self.panels() {
            panel.check()?;
        }
        let layout = Layout::of(self, paper)?;
        draw::draw(self, &layout)
    }

    fn panels(&self) -> impl Iterator<Item = &Panel> {
        self.sections.iter().flat_map(|s| s.panels.iter().flatten())
    }
}

impl Panel {
    fn check(&self) -> Result<(), ReportError> {
        let PanelPicture { width, height, bytes } = &self.picture;
        let [top, left, bottom, right] = self.focus;
        let pixels = width * height;
        let fits = pixels > 0 && (bytes.len() == pixels || bytes.len() == 3 * pixels);
        let focused = top < bottom && left < right && bottom <= *height && right <= *width;
        if fits && focused && self.mm_per_px.is_finite() && self.mm_per_px > 0.0 {
            return Ok(());
        }
        Err(ReportError::PanelSize { panel: self.title.clone(), width: *width, height: *height })
    }

    /// Bytes a pixel: 1 or 3.
    fn channels(&self) -> usize {
        self.picture.bytes.len() / (self.picture.width * self.picture.height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rasterise;

    /// A white square of 20 x 20 px in the middle of 100 x 100 px of 2 mm.
    fn panel() -> Panel {
        let white = |i: usize| (40..60).contains(&(i % 100)) && (40..60).contains(&(i / 100));
        let bytes = (0..10_000).map(|i| if white(i) { 255 } else { 40 }).collect();
        Panel {
            title: "a<b".to_owned(),
            note: "slice 3 of 9".to_owned(),
            picture: PanelPicture { width: 100, height: 100, bytes },
            mm_per_px: 2.0,
            anatomical: true,
            focus: [0, 0, 100, 100],
            outlines: vec![vec![[40.0, 40.0], [60.0, 40.0], [60.0, 60.0], [40.0, 60.0]]],
            grey_scale: None,
        }
    }

    fn plate(panels: Vec<Option<Panel>>) -> Plate {
        Plate {
            title: "Title".to_owned(),
            sections: vec![Section { heading: "Class".to_owned(), panels, ..Section::default() }],
            grey_scale: Some(GreyScale { black_hu: -1350.0, white_hu: 150.0 }),
            legend: vec![("lung".to_owned(), [86, 180, 233])],
            ..Plate::default()
        }
    }

    const PAPER: Paper = Paper { width_mm: 100.0, dpi: 254.0, columns: 2 };

    /// The value of an attribute of the first element that has `mark` in it.
    fn attribute(svg: &str, mark: &str, name: &str) -> f64 {
        let element = svg.split('<').find(|e| e.contains(mark)).unwrap();
        let value = element.split(&format!(" {name}=\"")).nth(1).unwrap().split('"').next().unwrap();
        value.parse().unwrap()
    }

    #[test]
    fn the_svg_is_xml_and_the_png_has_the_papers_size() {
        let Drawing { svg, width_px } = plate(vec![Some(panel()), None, Some(panel())]).draw(PAPER).unwrap();
        let document = resvg::usvg::roxmltree::Document::parse(&svg).unwrap();
        assert_eq!(document.root_element().attribute("width"), Some("100mm"));
        assert_eq!(document.descendants().filter(|n| n.has_tag_name("image")).count(), 2);
        assert!(document.descendants().any(|n| n.text() == Some("a<b")));
        // 100 mm at 254 dots on 25.4 mm.
        assert_eq!(width_px, 1000);
        let png = rasterise(&svg, width_px).unwrap();
        let reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
        let (info, root) = (reader.info(), document.root_element());
        let height: f64 = root.attribute("height").unwrap().trim_end_matches("mm").parse().unwrap();
        assert_eq!((info.width, info.height), (1000, (height * 10.0).round() as u32));
    }

    #[test]
    fn a_picture_without_geometry_gets_no_letters_and_no_bar() {
        let plain = Panel { anatomical: false, ..panel() };
        let plate = Plate {
            sections: vec![Section { panels: vec![Some(plain)], ..Section::default() }],
            ..Plate::default()
        };
        let svg = plate.draw(Paper { width_mm: 80.0, dpi: 100.0, columns: 1 }).unwrap().svg;
        assert!(svg.contains("<image") && !svg.contains("scale-bar") && !svg.contains(">R<"), "{svg}");
    }

    #[test]
    fn the_scale_bar_is_as_long_as_it_says() {
        let svg = plate(vec![Some(panel())]).draw(PAPER).unwrap().svg;
        let panel_px = attribute(&svg, "image", "width");
        let bar_px = attribute(&svg, "scale-bar", "width");
        // The panel shows 100 px of 2 mm.
        assert!((bar_px / panel_px - 20.0 / 200.0).abs() < 0.005, "{bar_px} of {panel_px}");
        assert!(svg.contains(">2 cm<"));
    }

    #[test]
    fn panels_of_other_spacing_are_at_the_same_scale() {
        let fine = Panel { mm_per_px: 1.0, ..panel() };
        let svg = plate(vec![Some(panel()), Some(fine)]).draw(PAPER).unwrap().svg;
        let bars: Vec<f64> = svg
            .match_indices("scale-bar")
            .map(|(at, _)| attribute(&svg[at - 12..], "scale-bar", "width"))
            .collect();
        assert_eq!(bars.len(), 2);
        assert!((bars[0] - bars[1]).abs() < 0.01, "{bars:?}");
    }

    #[test]
    fn right_is_on_the_left_and_the_outline_lies_on_its_edge() {
        let svg = plate(vec![Some(panel())]).draw(PAPER).unwrap().svg;
        let place = |letter: &str| attribute(&svg, &format!("\">{letter}"), "x");
        assert!(place("R") < place("A") && place("A") < place("L"));
        let height = |letter: &str| attribute(&svg, &format!("\">{letter}"), "y");
        assert!(height("A") < height("R") && height("R") < height("P"));
        let (x, width) = (attribute(&svg, "image", "x"), attribute(&svg, "image", "width"));
        let path = svg.split("class=\"outline\" d=\"M").nth(1).unwrap();
        let first: f64 = path.split([' ', 'L']).next().unwrap().parse().unwrap();
        assert!((first - (x + 0.4 * width)).abs() < 0.06, "{first}");
    }

    #[test]
    fn short_sections_stand_beside_each_other_and_long_ones_below() {
        let section = |panels: usize| Section {
            heading: format!("Class of {panels}"),
            panels: vec![Some(panel()); panels],
            ..Section::default()
        };
        let corners = |sizes: &[usize]| {
            let plate = Plate { sections: sizes.iter().map(|&n| section(n)).collect(), ..Plate::default() };
            let svg = plate.draw(Paper { columns: 3, ..PAPER }).unwrap().svg;
            let images = svg.match_indices("<image").map(|(at, _)| &svg[at..]);
            images.map(|s| (attribute(s, "image", "x"), attribute(s, "image", "y"))).collect::<Vec<_>>()
        };
        let beside = corners(&[1, 2]);
        assert!(beside.windows(2).all(|w| w[0].0 < w[1].0 && w[0].1 == w[1].1), "{beside:?}");
        let below = corners(&[2, 2, 1]);
        assert!(below[2].1 > below[1].1 && below[2].0 == below[0].0, "{below:?}");
        assert!(below[4].1 == below[2].1 && below[4].0 > below[3].0, "{below:?}");
        let rows = corners(&[4, 1]);
        assert!(rows[3].1 > rows[2].1 && rows[4].1 > rows[3].1 && rows[4].0 == rows[0].0, "{rows:?}");
    }

    #[test]
    fn what_cannot_be_drawn_is_said() {
        assert!(matches!(plate(vec![None]).draw(PAPER), Err(ReportError::NoPanels)));
        let broken = Panel { picture: PanelPicture { width: 3, height: 3, bytes: vec![0; 8] }, ..panel() };
        assert!(matches!(plate(vec![Some(broken)]).draw(PAPER), Err(ReportError::PanelSize { .. })));
        let narrow = Paper { width_mm: 5.0, ..PAPER };
        assert!(matches!(plate(vec![Some(panel())]).draw(narrow), Err(ReportError::FigureSize { .. })));
    }
}
