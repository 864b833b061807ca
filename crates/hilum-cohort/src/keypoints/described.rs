//! Keypoints of all scans of a run: of the whole slice, and of the box around the lungs.

use super::{GreyMapping, alike::features, picture::Upright};
use crate::{
    CohortError, Stop,
    figures::{Candidate, LeftOut, Pick, Source, load},
};
use hilum_core::Recipe;
use hilum_imaging::sift::{Features, Sift, SiftSettings};
use std::{
    num::NonZeroUsize,
    path::PathBuf,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

/// The two pictures of every scan.
pub(super) const PICTURES: [&str; 2] = ["whole", "lungs"];

/// One scan's keypoints.
#[derive(Debug, Clone)]
pub(super) struct Described {
    pub(super) image_id: String,
    pub(super) label: Option<String>,
    /// The patient's group; scans of one patient look alike whatever they have.
    pub(super) group: Option<String>,
    /// As in [`PICTURES`].
    pub(super) features: [Features; 2],
}

impl Described {
    /// Whether both are known to be of one patient.
    pub(super) fn is_of_patient_of(&self, other: &Self) -> bool {
        self.group.is_some() && self.group == other.group
    }
}

/// All scans that can be read, sorted by class and name, and the others with the reason.
pub(super) fn describe_all(
    list: &[Candidate],
    mapping: GreyMapping,
    jobs: NonZeroUsize,
    stop: &Stop,
    done: &(dyn Fn() + Sync),
) -> Result<(Vec<Described>, Vec<LeftOut>), CohortError> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut sift = Sift::new(SiftSettings::default());
        let mut found = Vec::new();
        while let Some(candidate) = list.get(next.fetch_add(1, Ordering::Relaxed)) {
            if stop.is_requested() {
                break;
            }
            let described = match &mut sift {
                Ok(sift) => described(sift, candidate, mapping),
                Err(error) => Err(error.to_string()),
            };
            found.push(described.map_err(|reason| LeftOut { image_id: candidate.image_id.clone(), reason }));
            done();
        }
        found
    };
    let all = on_threads(jobs, &work);
    if stop.is_requested() {
        return Err(CohortError::Interrupted { done: 0, total: list.len() });
    }
    let (mut scans, mut left_out) = (Vec::new(), Vec::new());
    for one in all.into_iter().flatten() {
        match one {
            Ok(scan) => scans.push(scan),
            Err(reason) => left_out.push(reason),
        }
    }
    let place = |scan: &Described| (scan.label.clone(), scan.image_id.clone());
    scans.sort_by_key(place);
    left_out.sort_by(|a, b| a.image_id.cmp(&b.image_id));
    Ok((scans, left_out))
}

fn described(sift: &mut Sift, candidate: &Candidate, mapping: GreyMapping) -> Result<Described, String> {
    let shown = load(candidate, Recipe::Default, Pick::Chosen)?;
    let shown = shown.first().ok_or("it has no slice")?;
    let upright = Upright::of(shown, mapping);
    let lungs = upright.lungs().ok_or("its lung mask is empty on the chosen slice")?;
    let mut find = |picture| features(sift, picture).map_err(|error| error.to_string());
    Ok(Described {
        image_id: candidate.image_id.clone(),
        label: candidate.label.clone(),
        group: match &candidate.source {
            Source::Run { record, .. } => record.row.group.clone(),
            Source::Scan(_) => None,
        },
        features: [find(&upright.whole)?, find(&lungs)?],
    })
}

/// The results of `work` on so many threads.
pub(super) fn on_threads<T: Send>(jobs: NonZeroUsize, work: &(dyn Fn() -> T + Sync)) -> Vec<T> {
    thread::scope(|scope| {
        let threads: Vec<_> = (0..jobs.get()).map(|_| scope.spawn(work)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    })
}

/// Where the counts of these scans are kept: a name that changes with anything that changes them.
pub(super) fn key(scans: &[Described], settings: &str) -> PathBuf {
    let mut hash = blake3::Hasher::new();
    hash.update(env!("CARGO_PKG_VERSION").as_bytes()).update(settings.as_bytes());
    for scan in scans {
        hash.update(&(scan.image_id.len() as u64).to_le_bytes()).update(scan.image_id.as_bytes());
        for features in &scan.features {
            hash.update(&(features.keypoints.len() as u64).to_le_bytes());
            for keypoint in &features.keypoints {
                hash.update(&keypoint.x_px.to_le_bytes()).update(&keypoint.y_px.to_le_bytes());
            }
            features.descriptors.iter().for_each(|descriptor| {
                hash.update(descriptor);
            });
        }
    }
    PathBuf::from(&hash.finalize().to_hex()[..16])
}
