//! `hilum figure`: slices as plates for papers.

use crate::{
    config::class_names,
    failure::{Failure, NOTHING_DONE, SCAN_FAILED, WRONG_USE},
    figure_args::{
        ClassFigureArgs, DrawArgs, FigureArgs, FigureCommand, MontageArgs, SliceFigureArgs, WindowArg,
    },
    say,
};
use hilum_cohort::figures::{
    FigureKind, FigureRequest, LeftOut, Take, draw_figure, write_figure, write_figures_of_run,
};
use indicatif::ProgressBar;
use serde::Serialize;
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

/// What `hilum figure --json` prints.
#[derive(Debug, Serialize)]
struct Drawn<'a> {
    figure: FigureKind,
    files: Vec<String>,
    width_px: u32,
    shown: &'a [String],
    left_out: &'a [LeftOut],
    notes: &'a [String],
}

pub(crate) fn figure(args: FigureArgs) -> Result<u8, Failure> {
    match args.figure {
        FigureCommand::Windows(SliceFigureArgs { draw, slice }) => {
            let request = FigureRequest { slice, ..request(FigureKind::Windows, &draw)? };
            write(&request, &draw)
        }
        FigureCommand::Montage(MontageArgs { draw, count, every }) => {
            let size = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
            let take = every.map_or(Take::Spread(size(count)), |n| Take::Every(size(n)));
            write(&FigureRequest { take, ..request(FigureKind::Montage, &draw)? }, &draw)
        }
        FigureCommand::ClosedOpen(draw) => write(&request(FigureKind::ClosedOpen, &draw)?, &draw),
        FigureCommand::Outline(args) => by_class(FigureKind::Outline, args),
        FigureCommand::Lung(args) => by_class(FigureKind::Lung, args),
        FigureCommand::Dense(args) => by_class(FigureKind::Dense, args),
        FigureCommand::Overlay(args) => by_class(FigureKind::Overlay, args),
    }
}

fn by_class(kind: FigureKind, args: ClassFigureArgs) -> Result<u8, Failure> {
    let SliceFigureArgs { draw, slice } = args.slice;
    let class_names = class_names(args.class_names)?;
    write(&FigureRequest { slice, labels: args.labels, class_names, ..request(kind, &draw)? }, &draw)
}

fn request(kind: FigureKind, draw: &DrawArgs) -> Result<FigureRequest, Failure> {
    if kind != FigureKind::Windows && draw.windows.len() > 1 {
        let message = "this figure has one window: give --window once";
        return Err(Failure::new(WRONG_USE, message).with_help("`hilum figure windows` shows many"));
    }
    let size = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    Ok(FigureRequest {
        kind,
        inputs: draw.inputs.clone(),
        recipe: draw.recipe,
        slice: None,
        take: Take::Spread(8),
        windows: draw.windows.iter().map(|&WindowArg(wish)| wish).collect(),
        per_class: size(draw.per_class),
        labels: None,
        class_names: BTreeMap::new(),
        whole: draw.whole,
        width_mm: draw.width_mm,
        dpi: draw.dpi,
        columns: draw.columns.map(size),
    })
}

fn write(request: &FigureRequest, draw: &DrawArgs) -> Result<u8, Failure> {
    let files = files(request.kind, draw.out.as_deref())?;
    // Drawn on a terminal alone.
    let bar = ProgressBar::new_spinner();
    bar.enable_steady_tick(Duration::from_millis(120));
    let drawn = draw_figure(request, &|image_id| bar.set_message(image_id.to_owned()));
    bar.set_message("drawing");
    let written = drawn.map_err(Failure::from).and_then(|figure| {
        for file in &files {
            write_figure(file, &figure.drawing)?;
        }
        Ok(figure)
    });
    bar.finish_and_clear();
    let figure = written?;
    let names: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
    if draw.json {
        say::json(&Drawn {
            figure: request.kind,
            files: names,
            width_px: figure.drawing.width_px,
            shown: &figure.shown,
            left_out: &figure.left_out,
            notes: &figure.notes,
        })?;
    } else {
        names.iter().for_each(|name| say::result(name));
        for note in &figure.notes {
            say::aside(&format!("{}note:{:#} {note}", say::DIM, say::DIM));
        }
        for LeftOut { image_id, reason } in &figure.left_out {
            say::aside(&format!("{}left out:{:#} {image_id}: {reason}", say::ODD, say::ODD));
        }
    }
    Ok(if figure.left_out.is_empty() { 0 } else { SCAN_FAILED })
}

/// Draws the plates of a finished run beside its report.
pub(crate) fn figures_of_run(out: &Path) -> Result<PathBuf, Failure> {
    let bar = ProgressBar::new_spinner();
    bar.enable_steady_tick(Duration::from_millis(120));
    let written = write_figures_of_run(out, &|image_id| bar.set_message(format!("figures: {image_id}")));
    bar.finish_and_clear();
    Ok(written?)
}

/// The files to write, in a folder that is there.
fn files(kind: FigureKind, out: Option<&Path>) -> Result<Vec<PathBuf>, Failure> {
    let stem = match out {
        Some(out) => out.to_owned(),
        None => PathBuf::from(format!("figure-{}", name(kind))),
    };
    if let Some(folder) = stem.parent().filter(|f| !f.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(|e| {
            Failure::new(NOTHING_DONE, format!("cannot write to {}: {e}", folder.display()))
                .with_help("is the folder writable, and is there space on the disk?")
        })?;
    }
    if stem.is_dir() {
        let message = format!("{} is a folder: give --out a file", stem.display());
        return Err(Failure::new(WRONG_USE, message));
    }
    let ends = |ending: &str| stem.extension().is_some_and(|e| e.eq_ignore_ascii_case(ending));
    if ends("png") || ends("svg") {
        return Ok(vec![stem]);
    }
    let with = |ending: &str| {
        let mut name = stem.clone().into_os_string();
        name.push(ending);
        PathBuf::from(name)
    };
    Ok(vec![with(".svg"), with(".png")])
}

/// As the command is called.
fn name(kind: FigureKind) -> &'static str {
    match kind {
        FigureKind::Windows => "windows",
        FigureKind::Montage => "montage",
        FigureKind::ClosedOpen => "closed-open",
        FigureKind::Outline => "outline",
        FigureKind::Lung => "lung",
        FigureKind::Dense => "dense",
        FigureKind::Overlay => "overlay",
    }
}
