//! Where copies go: a folder, or a prefix of another store.

use super::{
    FetchRequest,
    ledger::{LEDGER_FILE, Ledger},
    plan::Wanted,
};
use crate::CohortError;
use hilum_io::store::{
    Location, Received, Store, StoreError, StoreUrl, StoredObject, Watch, received_before,
};
use std::{
    collections::BTreeMap,
    fs,
    path::{Component, Path, PathBuf},
};

/// A place for copies.
#[derive(Debug)]
pub(super) enum Destination {
    Folder(PathBuf),
    Prefix {
        store: Store,
        url: StoreUrl,
        /// What lay there when the fetch began, by its place below the prefix.
        there: BTreeMap<String, StoredObject>,
    },
}

impl Destination {
    /// Opens the place, and the ledger that an earlier fetch left there.
    pub(super) fn open(request: &FetchRequest) -> Result<(Self, Ledger), CohortError> {
        match &request.destination {
            Location::Disk(root) => {
                fs::create_dir_all(root).map_err(CohortError::write(root))?;
                Ok((Self::Folder(root.clone()), Ledger::in_folder(root)?))
            }
            Location::Store(url) => {
                let from = &request.source.url;
                let one_server = request.destination_options.endpoint == request.source.options.endpoint;
                if one_server && from.holds(url) {
                    return Err(CohortError::IntoItself { from: from.to_string(), to: url.to_string() });
                }
                let store = Store::open(url, &request.destination_options)?;
                let named = |object: StoredObject| (url.name_of(&object).to_owned(), object);
                let there: BTreeMap<String, StoredObject> = store.list(url)?.into_iter().map(named).collect();
                let ledger = match there.get(LEDGER_FILE) {
                    Some(object) => Ledger::from_text(&store.range(object, 0..object.bytes)?),
                    None => Ledger::from_text(b""),
                };
                Ok((Self::Prefix { store, url: url.clone(), there }, ledger))
            }
        }
    }

    /// Why nothing can lie here under this name, if so.
    pub(super) fn refuses(&self, name: &str) -> Option<&'static str> {
        if name == LEDGER_FILE {
            return Some("its name is that of the ledger");
        }
        let plain = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
        (matches!(self, Self::Folder(_)) && !plain).then_some("its key is no path of a file")
    }

    /// Whether the copy that the ledger tells of is there.
    pub(super) fn keeps(&self, wanted: &Wanted) -> bool {
        match self {
            Self::Folder(root) => {
                let facts = fs::metadata(root.join(&wanted.name));
                facts.is_ok_and(|facts| facts.is_file() && facts.len() == wanted.object.bytes)
            }
            Self::Prefix { there, .. } => {
                there.get(&wanted.name).is_some_and(|copy| copy.bytes == wanted.object.bytes)
            }
        }
    }

    /// The copy that is there and that no ledger tells of, if its bytes are those that the ETag is a digest of.
    pub(super) fn holds(&self, wanted: &Wanted) -> Option<Received> {
        match self {
            // A file that cannot be read is fetched, and then cannot be written.
            Self::Folder(root) => received_before(&root.join(&wanted.name), &wanted.object).ok().flatten(),
            Self::Prefix { .. } => None,
        }
    }

    /// Copies an object; with `resume`, what is there of it belongs to it.
    pub(super) fn take(
        &self,
        from: &Store,
        wanted: &Wanted,
        resume: bool,
        watch: Watch<'_>,
    ) -> Result<Received, StoreError> {
        match self {
            Self::Folder(root) => from.fetch_file(&wanted.object, &root.join(&wanted.name), resume, watch),
            Self::Prefix { store, url, .. } => {
                from.copy_object(&wanted.object, store, &url.join(&wanted.name)?, watch)
            }
        }
    }

    /// Leaves the ledger for the next fetch.
    pub(super) fn keep(&self, ledger: Ledger) -> Result<(), CohortError> {
        match self {
            Self::Folder(_) => ledger.tidy(),
            Self::Prefix { store, url, .. } => {
                store.put(&url.join(LEDGER_FILE)?, ledger.text())?;
                Ok(())
            }
        }
    }
}
