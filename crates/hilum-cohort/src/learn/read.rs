//! One entry to a picture or slice in memory, upright, with its masks where they are wanted.

use super::entry::{Entry, EntryFile};
use crate::{
    ScanRef,
    error::with_causes,
    figures::{Candidate, Pick, Shown, Source as ScanSource, load},
    upright::Upright,
};
use hilum_core::{Direction, Geometry, Mask, Recipe};
use hilum_imaging::lungs_of_picture;
use hilum_io::raster::{self, read_picture};
use hilum_learn::dataset::{Preprocessing, Source};
use std::path::Path;

/// Where in a scan a slice lies.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// Index of the slice in its scan.
    pub(super) index: usize,
    /// The grid of the scan, or of the slice that a run left of it.
    pub(super) geometry: Geometry,
}

/// What an entry holds; or why it cannot be used.
pub(super) fn read(entry: &Entry, preprocessing: &Preprocessing) -> Result<Source, String> {
    read_in_place(entry, preprocessing).map(|(source, _)| source)
}

/// The same, and of a scan where it comes from.
pub(super) fn read_in_place(
    entry: &Entry,
    preprocessing: &Preprocessing,
) -> Result<(Source, Option<Place>), String> {
    match &entry.file {
        EntryFile::Picture(path) => picture(path, preprocessing).map(|source| (source, None)),
        EntryFile::Scan(candidate) => {
            slice(entry, candidate, preprocessing).map(|(source, place)| (source, Some(place)))
        }
    }
}

fn picture(path: &Path, preprocessing: &Preprocessing) -> Result<Source, String> {
    let raster::Picture { rows, cols, grey, .. } = read_picture(path).map_err(|error| with_causes(&error))?;
    // An empty mask says that lungs were looked for and not found.
    let look = || lungs_of_picture(rows, cols, &grey).unwrap_or_else(|| Mask::new(rows, cols));
    let lung = preprocessing.needs_lungs().then(look);
    Ok(Source { lung, ..Source::of_grey(rows, cols, grey) })
}

/// The slice with the largest lung area, of a file with one slice that one; and its neighbours, where they are wanted.
fn slice(
    entry: &Entry,
    candidate: &Candidate,
    preprocessing: &Preprocessing,
) -> Result<(Source, Place), String> {
    let neighbours: Vec<i16> = preprocessing.neighbours_mm().collect();
    let alone = match &candidate.source {
        ScanSource::Scan(scan) if neighbours.is_empty() && !preprocessing.needs_lungs() => {
            let file = scan.open().map_err(|error| with_causes(&error))?;
            file.geometry().slices() == 1
        }
        _ => false,
    };
    let pick = if alone { Pick::At { index: 0, masks: false } } else { Pick::Chosen };
    let shown = load(candidate, Recipe::Default, pick)?;
    let chosen = shown.first().ok_or("it has no slice")?;
    let mut source = of_slice(chosen);
    for offset_mm in neighbours {
        let scan = match &candidate.source {
            ScanSource::Scan(scan) => scan,
            ScanSource::Run { .. } => entry.scan.as_ref().ok_or(
                "the output folder of a run holds one slice of each scan: give the scans, too, for its neighbours",
            )?,
        };
        let neighbour = of_slice(&neighbour(scan, chosen.index, offset_mm)?);
        if (neighbour.rows, neighbour.cols) != (source.rows, source.cols) {
            return Err("the scan has another size than the slice that the run left of it".to_owned());
        }
        source.planes.extend(neighbour.planes.into_values().map(|plane| (offset_mm, plane)));
    }
    let place = Place { index: chosen.index, geometry: chosen.geometry.clone() };
    Ok((source, place))
}

/// The slice that lies nearest to `offset_mm` from the chosen one, towards the head where positive.
fn neighbour(scan: &ScanRef, chosen: usize, offset_mm: i16) -> Result<Shown, String> {
    let file = scan.open().map_err(|error| with_causes(&error))?;
    let (geometry, frame) = (file.geometry(), file.geometry().frame());
    let towards_head = if frame.slice_direction == Direction::Superior { 1.0 } else { -1.0 };
    let steps = towards_head * f64::from(offset_mm) / geometry.spacing_mm()[frame.slice_axis];
    let index = chosen as f64 + steps.round();
    if !(0.0..geometry.slices() as f64).contains(&index) {
        return Err(format!("it ends less than {} mm from the chosen slice", offset_mm.unsigned_abs()));
    }
    let pick = Pick::At { index: index as usize, masks: false };
    let shown = load(&Candidate::of_scan(scan.clone()), Recipe::Default, pick)?;
    shown.into_iter().next().ok_or_else(|| "it has no such slice".to_owned())
}

fn of_slice(shown: &Shown) -> Source {
    let upright = Upright::of(&shown.geometry);
    let mask = |mask: &Mask| upright.mask(mask);
    let masks = shown.masks.as_ref();
    Source {
        lung: masks.map(|masks| mask(&masks.lung)),
        dense: masks.map(|masks| mask(&masks.dense)),
        ..Source::of_hu(upright.rows(), upright.cols(), upright.values(&shown.hu))
    }
}
