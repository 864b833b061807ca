//! Reading the slices that a figure wants, from a scan or from what a run left of it.

use super::{
    candidate::{Candidate, Source},
    shown::{Masks, Shown},
};
use crate::error::with_causes;
use crate::{
    Measured, ScanRecord, ScanRef,
    scan::{ScanSettings, Workspace, examine, open_voxels},
};
use hilum_core::{Direction, Geometry, Level, Mask, Recipe};
use hilum_io::{
    ScanError, ScanFile, ScanReader,
    nifti::{NiftiFile, ReadBuffers},
};
use std::path::Path;

/// Lungs of at most this share of the largest section are closed.
const CLOSED_FRAC: f64 = 0.1;
/// Slices with less than this share of the largest section do not count to the length of the lungs.
const END_FRAC: f64 = 0.02;

/// Which slices of a scan are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pick {
    /// The one with the largest lung area.
    Chosen,
    /// This one; with its masks or without.
    At { index: usize, masks: bool },
    /// Every n-th of the file, from n on; without masks.
    Every(usize),
    /// So many over the length of the lungs.
    Spread(usize),
    /// One where the lungs are closed, then the chosen one.
    ClosedThenOpen,
}

/// The slices, from the head to the feet except for [`Pick::ClosedThenOpen`]; or why there are none.
pub(crate) fn load(candidate: &Candidate, recipe: Recipe, pick: Pick) -> Result<Vec<Shown>, String> {
    match &candidate.source {
        Source::Scan(scan) => from_scan(scan, recipe, pick),
        Source::Run { folder, record } => {
            from_run(&candidate.image_id, folder, record, pick).map(|s| vec![s])
        }
    }
}

fn from_scan(scan: &ScanRef, recipe: Recipe, pick: Pick) -> Result<Vec<Shown>, String> {
    let settings = ScanSettings { recipe, ..ScanSettings::default() };
    let file = scan.open().map_err(|error| with_causes(&error))?;
    let mut workspace = Workspace::default();
    let mut voxels = open_voxels(&file, &mut workspace).map_err(|error| with_causes(&error))?;
    let measured = match pick {
        Pick::Every(_) | Pick::At { masks: false, .. } => None,
        _ => {
            let examined = examine(&file, &mut voxels, &settings).map_err(|error| with_causes(&error))?;
            let reject = examined.findings.into_iter().find(|f| f.level == Level::Reject);
            let reason = reject.map_or_else(|| "no lung was found".to_owned(), |f| f.message);
            Some(examined.measured.ok_or(reason)?)
        }
    };
    let indices = indices(pick, file.geometry(), measured.as_ref())?;
    let mut shown = Vec::with_capacity(indices.len());
    for index in indices {
        if let (Some(m), Pick::At { .. }, Recipe::Notebook) = (&measured, pick, recipe)
            && index != m.choice.index
        {
            let chosen = m.choice.index;
            return Err(format!("the recipe notebook has masks on slice {chosen} alone, not on {index}"));
        }
        shown.push(
            read(&mut voxels, &file, scan, index, measured.as_ref()).map_err(|error| with_causes(&error))?,
        );
    }
    Ok(shown)
}

fn read(
    voxels: &mut ScanReader<'_>,
    file: &ScanFile,
    scan: &ScanRef,
    index: usize,
    measured: Option<&Measured>,
) -> Result<Shown, ScanError> {
    let mut hu = Vec::new();
    voxels.read_slice(index, &mut |slice| hu = slice.to_hu())?;
    let masks = measured
        .map(|m| Masks { lung: m.lung.slice(index).to_mask(), dense: m.dense.slice(index).to_mask() });
    Ok(Shown {
        image_id: scan.image_id.clone(),
        index,
        slices: file.geometry().slices(),
        geometry: file.geometry().clone(),
        hu,
        masks,
    })
}

fn indices(pick: Pick, geometry: &Geometry, measured: Option<&Measured>) -> Result<Vec<usize>, String> {
    let slices = geometry.slices();
    let superior_is_last = geometry.frame().slice_direction == Direction::Superior;
    let from_the_head = |mut indices: Vec<usize>| {
        if superior_is_last {
            indices.reverse();
        }
        indices
    };
    let chosen = measured.map_or(0, |m| m.choice.index);
    let area: &[u64] = measured.map_or(&[], |m| &m.area_px);
    match pick {
        Pick::Chosen => Ok(vec![chosen]),
        Pick::At { index, .. } if index < slices => Ok(vec![index]),
        Pick::At { index, .. } => {
            Err(format!("there is no slice {index}: it has {slices}, counted from 0 to {}", slices - 1))
        }
        Pick::Every(step) if step < slices => {
            Ok(from_the_head((step..slices).step_by(step.max(1)).collect()))
        }
        Pick::Every(step) => Err(format!("it has {slices} slices, none at every {step}th")),
        Pick::Spread(count) => {
            let least = area.iter().copied().max().unwrap_or(0) as f64 * END_FRAC;
            let has_lung = |&a: &u64| a as f64 > least;
            let (first, last) = (area.iter().position(has_lung), area.iter().rposition(has_lung));
            let (first, last) = first.zip(last).unwrap_or((0, slices - 1));
            Ok(from_the_head(spread(first, last, count)))
        }
        Pick::ClosedThenOpen => match closed(area, chosen, superior_is_last) {
            Some(index) => Ok(vec![index, chosen]),
            None => Err("on no slice are its lungs closed: the scan ends within them".to_owned()),
        },
    }
}

/// `count` slices evenly over `first..=last`, each in the middle of its share; fewer where there are not so many.
fn spread(first: usize, last: usize, count: usize) -> Vec<usize> {
    let length = (last - first + 1) as f64;
    let mut indices: Vec<usize> =
        (0..count).map(|n| first + ((n as f64 + 0.5) / count as f64 * length) as usize).collect();
    indices.dedup();
    indices
}

/// The slice next to the chosen one, towards the feet, on which the lungs are closed; towards the head where the scan
/// ends before.
fn closed(area: &[u64], chosen: usize, superior_is_last: bool) -> Option<usize> {
    let most = area.get(chosen).copied()? as f64 * CLOSED_FRAC;
    let is_closed = |&i: &usize| area[i] as f64 <= most;
    let (down, up) = ((0..chosen).rev().find(is_closed), (chosen..area.len()).find(is_closed));
    if superior_is_last { down.or(up) } else { up.or(down) }
}

fn from_run(image_id: &str, folder: &Path, record: &ScanRecord, pick: Pick) -> Result<Shown, String> {
    let row = &record.row;
    let (index, slices) = match (row.slice_index, row.slices_px) {
        (Some(index), Some(slices)) => (index as usize, slices as usize),
        _ => return Err("its record names no slice; run the cohort again".to_owned()),
    };
    match pick {
        Pick::Chosen => {}
        Pick::At { index: wanted, .. } if wanted == index => {}
        Pick::At { index: wanted, .. } => {
            return Err(format!(
                "the output folder holds slice {index} of it alone; give the scan itself to show slice {wanted}"
            ));
        }
        _ => return Err(format!("the output folder holds slice {index} of it alone; give the scan itself")),
    }
    let (geometry, hu) = slice_of(&folder.join("slice.nii.gz"), 0)?;
    let mask = |name: &str| {
        let (mask_geometry, values) = slice_of(&folder.join(name), index)?;
        if (mask_geometry.rows(), mask_geometry.cols()) != (geometry.rows(), geometry.cols()) {
            return Err(format!("{name} and slice.nii.gz differ in size; run the cohort again"));
        }
        let cols = geometry.cols();
        Ok(Mask::from_fn(geometry.rows(), cols, |r, c| values[r * cols + c] > 0.5))
    };
    let masks = Some(Masks { lung: mask("lung_mask.nii.gz")?, dense: mask("dense_mask.nii.gz")? });
    Ok(Shown { image_id: image_id.to_owned(), index, slices, geometry, hu, masks })
}

fn slice_of(path: &Path, index: usize) -> Result<(Geometry, Vec<f32>), String> {
    let file = NiftiFile::open(path).map_err(|error| with_causes(&error))?;
    let mut buffers = ReadBuffers::default();
    let mut hu = Vec::new();
    let mut reader = file.reader(&mut buffers).map_err(|error| with_causes(&error))?;
    reader.read_slice(index, &mut |slice| hu = slice.to_hu()).map_err(|error| with_causes(&error))?;
    Ok((file.geometry().clone(), hu))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_are_spread_evenly_and_not_twice() {
        assert_eq!(spread(10, 49, 4), [15, 25, 35, 45]);
        assert_eq!(spread(3, 4, 8), [3, 4]);
    }

    #[test]
    fn closed_lungs_are_sought_towards_the_feet() {
        let area = [0, 5, 60, 100, 50, 8, 0];
        assert_eq!(closed(&area, 3, true), Some(1));
        assert_eq!(closed(&area, 3, false), Some(5));
        assert_eq!(closed(&[60, 100, 50, 8], 1, true), Some(3));
        assert_eq!(closed(&[60, 100, 50], 1, true), None);
    }

    #[test]
    fn a_montage_starts_at_the_head() {
        let geometry = Geometry::lps([4, 4, 10], [1.0; 3]).unwrap();
        assert_eq!(indices(Pick::Every(3), &geometry, None).unwrap(), [9, 6, 3]);
        let words = indices(Pick::At { index: 10, masks: false }, &geometry, None).unwrap_err();
        assert_eq!(words, "there is no slice 10: it has 10, counted from 0 to 9");
        assert!(indices(Pick::Every(10), &geometry, None).is_err());
    }
}
