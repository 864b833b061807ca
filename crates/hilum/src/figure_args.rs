//! The command line of `hilum figure`.

use crate::units::ClassName;
use clap::{Args, Subcommand, builder::RangedU64ValueParser};
use hilum_cohort::figures::WindowWish;
use hilum_core::Recipe;
use hilum_imaging::Window;
use std::{path::PathBuf, str::FromStr};

const EXAMPLES: &str = "\
Examples:
  hilum figure windows patient7.nii.gz                   one slice through five windows
  hilum figure windows patient7.nii.gz --slice 72 --window none --window 1500/-600
  hilum figure montage sick.nii.gz healthy.nii.gz        two scans, slice by slice
  hilum figure closed-open patient7.nii.gz               closed lungs beside open ones
  hilum figure overlay results --out fig13               from the output folder of `hilum run`
  hilum figure outline scans/ --labels classes.csv --per-class 10 --out outlines.svg

Every figure is drawn as radiologists look at slices: the patient's right on the left, anterior up,
square pixels, one scale for all panels. Without --out both figure-<kind>.svg and .png are written.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct FigureArgs {
    #[command(subcommand)]
    pub(crate) figure: FigureCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum FigureCommand {
    /// One slice of a scan through several windows: none, 350/50, 2000/-200, 1800/400 and 80/40, or those given.
    Windows(SliceFigureArgs),
    /// Slices from head to feet, scans below each other.
    Montage(MontageArgs),
    /// A slice on which the lungs are closed beside the one where they are largest; of a run, scans by how their lungs
    /// stand.
    ClosedOpen(DrawArgs),
    /// Outlines of the lung masks, by class.
    Outline(ClassFigureArgs),
    /// Lung masks, by class.
    Lung(ClassFigureArgs),
    /// Dense-tissue masks within the lungs, by class.
    Dense(ClassFigureArgs),
    /// Lung and dense tissue over the slices, by class.
    Overlay(ClassFigureArgs),
}

/// What every figure can be told.
#[derive(Debug, Args)]
pub(crate) struct DrawArgs {
    /// Scans, folders, manifests, or output folders of `hilum run`.
    #[arg(value_name = "INPUT", required = true)]
    pub(crate) inputs: Vec<PathBuf>,
    /// File to write; ending in .png or .svg, or without ending for both.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Window as width/level in HU, or `none` for all values; may be given many times where many are shown.
    #[arg(long = "window", value_name = "W/L", allow_hyphen_values = true)]
    pub(crate) windows: Vec<WindowArg>,
    /// At most so many scans, of each class where there are classes, first by name.
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = RangedU64ValueParser::<u64>::new().range(1..=1000))]
    pub(crate) per_class: u64,
    /// How lungs are found in scans that no run has measured: default or notebook.
    #[arg(long, default_value_t)]
    pub(crate) recipe: Recipe,
    /// Panels in a row [default: by figure].
    #[arg(long, value_name = "N", value_parser = RangedU64ValueParser::<u64>::new().range(1..=40))]
    pub(crate) columns: Option<u64>,
    /// Show whole slices, not the body alone.
    #[arg(long)]
    pub(crate) whole: bool,
    /// Width of the figure in mm: 180 fills two columns of a journal, 85 one.
    #[arg(long, value_name = "MM", default_value_t = 180.0, value_parser = within::<20, 2000>)]
    pub(crate) width_mm: f64,
    /// Dots on an inch.
    #[arg(long, value_name = "N", default_value_t = 300.0, value_parser = within::<50, 1200>)]
    pub(crate) dpi: f64,
    /// Print one JSON document on standard output, for programs.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct SliceFigureArgs {
    #[command(flatten)]
    pub(crate) draw: DrawArgs,
    /// Slice to show, counted from 0 [default: the one with the largest lung area].
    #[arg(long, value_name = "N")]
    pub(crate) slice: Option<usize>,
}

#[derive(Debug, Args)]
pub(crate) struct MontageArgs {
    #[command(flatten)]
    pub(crate) draw: DrawArgs,
    /// Slices of each scan, evenly over the length of its lungs.
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = RangedU64ValueParser::<u64>::new().range(1..=200))]
    pub(crate) count: u64,
    /// Take every N-th slice of the file instead, starting with slice N.
    #[arg(long, value_name = "N", conflicts_with = "count", value_parser = RangedU64ValueParser::<u64>::new().range(1..))]
    pub(crate) every: Option<u64>,
}

#[derive(Debug, Args)]
pub(crate) struct ClassFigureArgs {
    #[command(flatten)]
    pub(crate) slice: SliceFigureArgs,
    /// Class labels: a table with the columns image_id (or file, uri) and type (or label).
    #[arg(long, value_name = "TABLE")]
    pub(crate) labels: Option<PathBuf>,
    /// Name of a label in the figure, as in 2=COVID-19; may be given many times.
    #[arg(long = "class-name", value_name = "LABEL=NAME")]
    pub(crate) class_names: Vec<ClassName>,
}

/// A window as typed: `1500/-600` or `none`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct WindowArg(pub(crate) WindowWish);

impl FromStr for WindowArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.eq_ignore_ascii_case("none") {
            return Ok(Self(WindowWish::Full));
        }
        let wrong =
            || format!("'{text}' is no window: write width/level in HU, as in 350/50 or 1500/-600, or none");
        let (width, level) = text.split_once('/').ok_or_else(wrong)?;
        let number = |text: &str| text.trim().parse::<f32>().ok().filter(|v| v.is_finite());
        let (width_hu, level_hu) = number(width).zip(number(level)).ok_or_else(wrong)?;
        if width_hu <= 0.0 {
            return Err(format!(
                "a window is wider than 0 HU; '{text}' gives the width first, then the level"
            ));
        }
        Ok(Self(WindowWish::Fixed(Window { level_hu, width_hu })))
    }
}

fn within<const LEAST: u32, const MOST: u32>(text: &str) -> Result<f64, String> {
    let number: f64 = text.parse().map_err(|_| format!("'{text}' is no number"))?;
    match number >= f64::from(LEAST) && number <= f64::from(MOST) {
        true => Ok(number),
        false => Err(format!("it lies between {LEAST} and {MOST}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_written_width_first() {
        let window = |text: &str| text.parse::<WindowArg>().map(|w| w.0);
        let lung = WindowWish::Fixed(Window { level_hu: -600.0, width_hu: 1500.0 });
        assert_eq!((window("1500/-600"), window("None")), (Ok(lung), Ok(WindowWish::Full)));
        for wrong in ["-600/1500", "0/40", "350", "a/b", "350/", "inf/0"] {
            assert!(window(wrong).is_err(), "{wrong}");
        }
    }
}
