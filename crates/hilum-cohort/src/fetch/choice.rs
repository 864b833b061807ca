//! Which objects under a prefix are wanted.

use crate::{
    CohortError,
    manifest::{Columns, read_table},
};
use glob::Pattern;
use hilum_io::store::StoreUrl;
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

/// Which objects are wanted, by their keys below the prefix.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    include: Vec<Pattern>,
    exclude: Vec<Pattern>,
    manifest: Option<PathBuf>,
}

impl Choice {
    /// Objects that one of `include` takes, or any if there is none, and none of `exclude`; with a manifest, those alone that
    /// its column `uri` names.
    ///
    /// In a pattern `*` stands for any text, also with slashes in it, `?` for one character, `[ab]` for one of these; case
    /// matters.
    ///
    /// # Errors
    /// [`CohortError::Pattern`] for what is no pattern.
    pub fn new(
        include: &[String],
        exclude: &[String],
        manifest: Option<PathBuf>,
    ) -> Result<Self, CohortError> {
        let parsed = |texts: &[String]| texts.iter().map(|text| pattern(text)).collect::<Result<Vec<_>, _>>();
        Ok(Self { include: parsed(include)?, exclude: parsed(exclude)?, manifest })
    }

    /// Whether the patterns take the object that lies at `name` below the prefix.
    pub(super) fn takes(&self, name: &str) -> bool {
        let one_of = |patterns: &[Pattern]| patterns.iter().any(|pattern| pattern.matches(name));
        (self.include.is_empty() || one_of(&self.include)) && !one_of(&self.exclude)
    }

    /// The names below `source` that the manifest lists; `None` where there is no manifest.
    pub(super) fn listed(&self, source: &StoreUrl) -> Result<Option<BTreeSet<String>>, CohortError> {
        self.manifest.as_deref().map(|path| names_in(path, source)).transpose()
    }
}

fn pattern(text: &str) -> Result<Pattern, CohortError> {
    Pattern::new(text)
        .map_err(|error| CohortError::Pattern { pattern: text.to_owned(), problem: error.msg.to_owned() })
}

fn names_in(path: &Path, source: &StoreUrl) -> Result<BTreeSet<String>, CohortError> {
    let table = read_table(path)?;
    let columns = Columns { path, names: &table.columns };
    let uri = columns.find("uri").ok_or_else(|| columns.missing("uri"))?;
    let prefix = format!("{source}/");
    let mut names = BTreeSet::new();
    for (index, cells) in table.rows.iter().enumerate() {
        let row = index + 1;
        let address = cells.get(uri).and_then(|cell| cell.as_deref()).map(str::trim).unwrap_or_default();
        if address.is_empty() {
            return Err(columns.empty(row, uri));
        }
        let name = match address.strip_prefix(&prefix) {
            Some(name) => name,
            None if address.contains("://") || address.starts_with('/') => {
                return Err(columns.fault(row, uri, format!("it does not lie under {source}")));
            }
            None => address.trim_start_matches("./"),
        };
        source.join(name).map_err(|error| columns.fault(row, uri, error.to_string()))?;
        names.insert(name.to_owned());
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(list: &[&str]) -> Vec<String> {
        list.iter().map(|&text| text.to_owned()).collect()
    }

    #[test]
    fn patterns_take_and_leave() {
        let all = ["a.nii", "site 1/b.nii.gz", "site 1/masks/b.nii.gz", "notes.txt"];
        let taken = |include: &[&str], exclude: &[&str]| {
            let choice = Choice::new(&texts(include), &texts(exclude), None).unwrap();
            all.into_iter().filter(|name| choice.takes(name)).collect::<Vec<_>>()
        };
        assert_eq!(taken(&[], &[]), all);
        assert_eq!(taken(&["*.nii", "*.nii.gz"], &["*/masks/*"]), ["a.nii", "site 1/b.nii.gz"]);
        assert_eq!(taken(&["site ?/[b]*"], &[]), ["site 1/b.nii.gz"]);
        let error = Choice::new(&texts(&["a[b"]), &[], None).unwrap_err();
        assert!(error.to_string().contains("'a[b'"), "{error}");
    }

    #[test]
    fn a_manifest_names_objects_below_the_prefix() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("wanted.csv");
        let source: StoreUrl = "s3://lab/cohort".parse().unwrap();
        let listed = |rows: &str| {
            std::fs::write(&path, format!("image_id,uri\n{rows}")).unwrap();
            Choice::new(&[], &[], Some(path.clone())).unwrap().listed(&source)
        };
        let names = listed("a,./site/a.nii\nb,s3://lab/cohort/b.nii\n").unwrap().unwrap();
        assert_eq!(names.into_iter().collect::<Vec<_>>(), ["b.nii", "site/a.nii"]);
        let error = listed("a,a.nii\nb,s3://lab/other/b.nii\n").unwrap_err().to_string();
        assert!(error.ends_with("row 2, column uri: it does not lie under s3://lab/cohort"), "{error}");
        assert!(listed("a,\n").unwrap_err().to_string().contains("row 1"));
    }
}
