//! What can go wrong while a report is made.

use std::path::PathBuf;

/// Why no report was written.
///
/// A picture that is missing or damaged is not here: the report is made and says so beside the scan.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// The page's template does not fit its data: a fault of hilum, not of the input.
    #[error(
        "the report's template could not be filled in: {source}; this is a fault of hilum, please report it"
    )]
    Template {
        /// What the template engine says.
        #[from]
        source: minijinja::Error,
    },
    /// The file could not be written.
    #[error("cannot write {}: {source}; check that the folder exists and is writable", path.display())]
    Write {
        /// The file that was being written.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A drawing cannot be understood.
    #[error("the figure is no SVG that can be drawn: {problem}")]
    Figure {
        /// What the SVG reader says.
        problem: String,
    },
    /// A picture would be empty or too large.
    #[error(
        "a figure of {width_px} x {height_px} pixels cannot be drawn: each side has 1 to {most_px}; ask for other --dpi or --width-mm"
    )]
    FigureSize {
        /// Pixels across.
        width_px: u32,
        /// Pixels down.
        height_px: u32,
        /// The most pixels of a side.
        most_px: u32,
    },
    /// A picture could not be packed.
    #[error("the figure could not be made a PNG: {source}")]
    FigurePng {
        /// What the encoder says.
        source: png::EncodingError,
    },
    /// There is nothing to draw.
    #[error("the figure has no panel: no scan could be shown")]
    NoPanels,
    /// The pixels of a panel do not fit its size, or it shows no part of them.
    #[error(
        "panel {panel}: its pixels do not fit a picture of {width} x {height}; this is a fault of hilum, please report it"
    )]
    PanelSize {
        /// Title of the panel.
        panel: String,
        /// Pixels across.
        width: usize,
        /// Pixels down.
        height: usize,
    },
}
