//! An output folder in a store: what a run writes goes to a folder of its own on disk first, and from there to the store.
//!
//! A scan's objects are put when the scan is done, its record last; a record without the rest never lies there, so that a
//! run that is killed costs the scans in flight and no more. What a later run needs of an earlier one (records and
//! pictures, not masks) is brought back first. Two runs must not write under one prefix at a time: stores know no locks.

use crate::{
    CohortError,
    ledger::{LOCK_FILE, RECORD_FILE},
};
use hilum_io::store::{Store, StoreOptions, StoreUrl, StoredObject};
use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    sync::{Mutex, PoisonError},
};

/// The files of a run, beside the folders of its scans.
const RESULTS: [&str; 5] =
    ["measurements.parquet", "measurements.csv", "config.toml", "report.html", "run.json"];
/// Objects that are brought back at one time.
const BROUGHT_AT_ONCE: usize = 8;

/// A prefix of a store that holds what an output folder holds.
#[derive(Debug)]
pub(crate) struct Mirror {
    store: Store,
    url: StoreUrl,
    /// What lay there when the run began, by its place below the prefix.
    there: BTreeMap<String, StoredObject>,
}

impl Mirror {
    /// Looks at what lies under `url`, and marks it as the output of a run.
    pub(crate) fn open(url: &StoreUrl, options: &StoreOptions) -> Result<Self, CohortError> {
        let store = Store::open(url, options)?;
        let below = |object: &StoredObject| {
            object.key().strip_prefix(url.key()).unwrap_or_default().trim_start_matches('/').to_owned()
        };
        let there = store.list(url)?.into_iter().map(|object| (below(&object), object)).collect();
        store.put(&url.join(LOCK_FILE)?, Vec::new())?;
        Ok(Self { store, url: url.clone(), there })
    }

    /// Where `name` lies in the store.
    pub(crate) fn address(&self, name: &str) -> String {
        format!("{}/{name}", self.url)
    }

    /// Whether `file` of a scan's folder was there when the run began.
    pub(crate) fn has(&self, folder: &str, file: &str) -> bool {
        self.there.contains_key(&format!("scans/{folder}/{file}"))
    }

    /// Brings records and pictures of earlier runs into `out`.
    pub(crate) fn bring(&self, out: &Path) -> Result<(), CohortError> {
        let wanted = |name: &str| {
            name.starts_with("scans/") && (name.ends_with(".png") || name.ends_with(RECORD_FILE))
        };
        let queue: Vec<_> = self.there.iter().filter(|(name, _)| wanted(name)).collect();
        let next = Mutex::new(queue.iter());
        let fault = Mutex::new(None);
        let take = || next.lock().unwrap_or_else(PoisonError::into_inner).next();
        let work = || {
            while let Some((name, object)) = take() {
                if let Err(error) = self.bring_one(object, &out.join(name)) {
                    fault.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                    return;
                }
            }
        };
        std::thread::scope(|scope| (0..BROUGHT_AT_ONCE).for_each(|_| drop(scope.spawn(work))));
        fault.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
    }

    fn bring_one(&self, object: &StoredObject, path: &Path) -> Result<(), CohortError> {
        let bytes = self.store.range(object, 0..object.bytes)?;
        let folder = path.parent().unwrap_or(Path::new(""));
        fs::create_dir_all(folder).and_then(|()| fs::write(path, bytes)).map_err(CohortError::write(path))
    }

    /// Puts the folder of one scan into the store, its record last, and gives back the disk space of its masks.
    pub(crate) fn send_scan(&self, folder: &str, path: &Path) -> Result<(), CohortError> {
        let place = format!("scans/{folder}");
        let record = format!("{place}/{RECORD_FILE}");
        if self.there.contains_key(&record) {
            self.store.remove(&self.url.join(&record)?)?;
        }
        let mut names = Vec::new();
        for entry in fs::read_dir(path).map_err(CohortError::read(path))? {
            let name = entry.map_err(CohortError::read(path))?.file_name().to_string_lossy().into_owned();
            names.push(name);
        }
        names.sort_by_key(|name| (name == RECORD_FILE, name.clone()));
        let earlier = self.there.keys().filter_map(|key| key.strip_prefix(&place)?.strip_prefix('/'));
        for stale in earlier.filter(|name| !names.iter().any(|n| n == name)) {
            self.store.remove(&self.url.join(&format!("{place}/{stale}"))?)?;
        }
        for name in &names {
            self.send(&format!("{place}/{name}"), &path.join(name))?;
            if name.ends_with(".nii.gz") {
                fs::remove_file(path.join(name)).map_err(CohortError::write(path))?;
            }
        }
        Ok(())
    }

    /// Puts one file at `name`.
    pub(crate) fn send(&self, name: &str, path: &Path) -> Result<(), CohortError> {
        let bytes = fs::read(path).map_err(CohortError::read(path))?;
        self.store.put(&self.url.join(name)?, bytes)?;
        Ok(())
    }

    /// Puts the tables and the report; run.json last, which says that all is there.
    pub(crate) fn send_results(&self, out: &Path) -> Result<(), CohortError> {
        RESULTS.iter().try_for_each(|name| self.send(name, &out.join(name)))
    }
}
