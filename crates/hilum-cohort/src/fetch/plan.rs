//! What there is to copy: the objects that are there and wanted, each with its name below the prefix.

use super::{Choice, FetchRequest, NotArrived, Source, ledger::LEDGER_FILE};
use crate::CohortError;
use hilum_io::store::{Store, StoreFault, StoreKind, StoredObject};
use std::collections::BTreeSet;

/// An object that is wanted.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    /// Its key below the prefix, parts divided by `/`.
    pub(super) name: String,
    pub(super) object: StoredObject,
}

/// What is wanted of a source.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) store: Store,
    /// Sorted by name.
    pub(super) wanted: Vec<Wanted>,
    /// What a manifest names and the store does not give.
    pub(super) missing: Vec<NotArrived>,
}

impl Plan {
    pub(super) fn of(request: &FetchRequest) -> Result<Self, CohortError> {
        Self::of_source(&request.source, &request.choice)
    }

    /// Looks up what is wanted of `source`.
    pub(super) fn of_source(source: &Source, choice: &Choice) -> Result<Self, CohortError> {
        let store = Store::open(&source.url, &source.options)?;
        let mut plan = Self { store, wanted: Vec::new(), missing: Vec::new() };
        let there = match choice.listed(&source.url)? {
            Some(names) => plan.look_up(source, names)?,
            None => plan.list(source)?,
        };
        let all = there.len();
        plan.wanted = there.into_iter().filter(|wanted| choice.takes(&wanted.name)).collect();
        plan.wanted.sort_by(|a, b| a.name.cmp(&b.name));
        if plan.wanted.is_empty() && plan.missing.is_empty() {
            let problem = match all {
                0 => "nothing lies there".to_owned(),
                _ => format!("of {all} objects, the patterns take none"),
            };
            return Err(CohortError::NothingToFetch { from: source.url.to_string(), problem });
        }
        Ok(plan)
    }

    /// The objects with these names.
    fn look_up(&mut self, source: &Source, names: BTreeSet<String>) -> Result<Vec<Wanted>, CohortError> {
        let urls = names.iter().map(|name| source.url.join(name)).collect::<Result<Vec<_>, _>>()?;
        let mut there = Vec::new();
        for (name, found) in names.into_iter().zip(self.store.find_all(&urls)) {
            match found {
                Ok(object) => there.push(Wanted { name, object }),
                Err(error) => self.missing.push(NotArrived { name, reason: error.to_string() }),
            }
        }
        Ok(there)
    }

    /// Everything under the prefix, or the one object that lies there.
    fn list(&self, source: &Source) -> Result<Vec<Wanted>, CohortError> {
        let url = &source.url;
        let one = || -> Result<Vec<Wanted>, CohortError> {
            Ok(vec![Wanted { name: url.name().to_owned(), object: self.store.find(url)? }])
        };
        if url.kind() == StoreKind::Web {
            return one();
        }
        let objects = without_markers(self.store.list(url)?);
        if objects.is_empty() && !url.key().is_empty() {
            return match one() {
                Err(CohortError::Store { source })
                    if matches!(source.fault(), Some(StoreFault::NotFound { .. })) =>
                {
                    Ok(Vec::new())
                }
                found => found,
            };
        }
        let named =
            objects.into_iter().map(|object| Wanted { name: url.name_of(&object).to_owned(), object });
        // What is left without a name marks the prefix itself; the ledger of another fetch is no part of what it copied.
        Ok(named.filter(|wanted| !wanted.name.is_empty() && wanted.name != LEDGER_FILE).collect())
    }
}

/// Leaves out the empty objects by which some tools mark folders.
fn without_markers(objects: Vec<StoredObject>) -> Vec<StoredObject> {
    let folders: BTreeSet<String> = objects
        .iter()
        .flat_map(|object| object.key().match_indices('/').map(|(at, _)| object.key()[..at].to_owned()))
        .collect();
    objects.into_iter().filter(|object| object.bytes > 0 || !folders.contains(object.key())).collect()
}
