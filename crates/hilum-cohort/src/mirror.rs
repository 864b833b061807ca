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
use hilum_report::SCAN_PAGE;
use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    sync::{Mutex, PoisonError},
};

/// The files of a run, beside the folders of its scans.
const RESULTS: [&str; 5] =
    ["measurements.parquet", "measurements.csv", "config.toml", "report.html", "run.json"];
/// Small objects that are brought or put at one time.
const AT_ONCE: usize = 8;

/// A prefix of a store that holds what an output folder holds.
#[derive(Debug)]
pub(crate) struct Mirror {
    store: Store,
    url: StoreUrl,
    /// What lay there when it was last looked at, by its place below the prefix.
    there: BTreeMap<String, StoredObject>,
}

impl Mirror {
    /// Looks at what lies under `url`, and marks it as the output of a run.
    pub(crate) fn open(url: &StoreUrl, options: &StoreOptions) -> Result<Self, CohortError> {
        let mut mirror = Self::join(url, options)?;
        mirror.look()?;
        mirror.store.put(&url.join(LOCK_FILE)?, Vec::new())?;
        Ok(mirror)
    }

    /// The same prefix, for a worker among others who adds scans to it.
    pub(crate) fn join(url: &StoreUrl, options: &StoreOptions) -> Result<Self, CohortError> {
        Ok(Self { store: Store::open(url, options)?, url: url.clone(), there: BTreeMap::new() })
    }

    /// Sees what lies there now.
    pub(crate) fn look(&mut self) -> Result<(), CohortError> {
        let objects = self.store.list(&self.url)?.into_iter();
        self.there = objects.map(|object| (self.url.name_of(&object).to_owned(), object)).collect();
        Ok(())
    }

    /// Where `name` lies in the store.
    pub(crate) fn address(&self, name: &str) -> String {
        format!("{}/{name}", self.url)
    }

    /// Whether `file` of a scan's folder was there when it was last looked at.
    pub(crate) fn has(&self, folder: &str, file: &str) -> bool {
        self.there.contains_key(&format!("scans/{folder}/{file}"))
    }

    /// Brings records and pictures of earlier runs, or of other machines, into `out`: those that are not there yet.
    pub(crate) fn bring(&self, out: &Path) -> Result<(), CohortError> {
        let wanted = |name: &str| {
            let of_a_scan =
                name.starts_with("scans/") && (name.ends_with(".png") || name.ends_with(RECORD_FILE));
            of_a_scan && !out.join(name).exists()
        };
        let queue: Vec<_> = self.there.iter().filter(|(name, _)| wanted(name)).collect();
        at_once(&queue, |(name, object)| self.bring_one(object, &out.join(name)))
    }

    fn bring_one(&self, object: &StoredObject, path: &Path) -> Result<(), CohortError> {
        let bytes = self.store.range(object, 0..object.bytes)?;
        let folder = path.parent().unwrap_or(Path::new(""));
        fs::create_dir_all(folder).and_then(|()| fs::write(path, bytes)).map_err(CohortError::write(path))
    }

    /// Takes away a scan's record, if there is one.
    pub(crate) fn forget(&self, folder: &str) -> Result<(), CohortError> {
        if self.has(folder, RECORD_FILE) {
            self.store.remove(&self.url.join(&format!("scans/{folder}/{RECORD_FILE}"))?)?;
        }
        Ok(())
    }

    /// Takes away all that lies below `place`.
    pub(crate) fn remove_below(&self, place: &str) -> Result<(), CohortError> {
        for object in self.store.list(&self.url.join(place)?)? {
            self.store.remove(&self.url.join(self.url.name_of(&object))?)?;
        }
        Ok(())
    }

    /// Puts the folder of one scan into the store, its record last, and gives back the disk space of its masks.
    pub(crate) fn send_scan(&self, folder: &str, path: &Path) -> Result<(), CohortError> {
        let place = format!("scans/{folder}");
        // Listed anew: another machine may have put the scan there meanwhile.
        let there = self.store.list(&self.url.join(&place)?)?;
        let name_of = |object: &StoredObject| object.key().rsplit('/').next().unwrap_or_default().to_owned();
        let earlier: Vec<String> = there.iter().map(name_of).collect();
        if earlier.iter().any(|name| name == RECORD_FILE) {
            self.store.remove(&self.url.join(&format!("{place}/{RECORD_FILE}"))?)?;
        }
        let mut names = Vec::new();
        for entry in fs::read_dir(path).map_err(CohortError::read(path))? {
            let name = entry.map_err(CohortError::read(path))?.file_name().to_string_lossy().into_owned();
            names.push(name);
        }
        names.sort_by_key(|name| (name == RECORD_FILE, name.clone()));
        for stale in earlier.iter().filter(|name| !names.contains(name)) {
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

    /// Puts the page of every scan, the tables and the report; run.json last, which says that all is there.
    pub(crate) fn send_results(&self, out: &Path, folders: &[&str]) -> Result<(), CohortError> {
        let pages: Vec<String> = folders.iter().map(|folder| format!("scans/{folder}/{SCAN_PAGE}")).collect();
        at_once(&pages, |page| self.send(page, &out.join(page)))?;
        RESULTS.iter().try_for_each(|name| self.send(name, &out.join(name)))
    }
}

/// Does `work` for every item, several at a time; after a fault no other is begun, and the first is told.
fn at_once<T: Sync>(
    items: &[T],
    work: impl Fn(&T) -> Result<(), CohortError> + Sync,
) -> Result<(), CohortError> {
    let next = Mutex::new(items.iter());
    let fault = Mutex::new(None);
    let take = || next.lock().unwrap_or_else(PoisonError::into_inner).next();
    let keep_on = || {
        while let Some(item) = take() {
            if let Err(error) = work(item) {
                fault.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                // The others find nothing more to take.
                next.lock().unwrap_or_else(PoisonError::into_inner).by_ref().for_each(drop);
                return;
            }
        }
    };
    std::thread::scope(|scope| (0..AT_ONCE).for_each(|_| drop(scope.spawn(keep_on))));
    fault.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
}
