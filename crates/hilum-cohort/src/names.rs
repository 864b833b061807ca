//! Folder names that every operating system accepts, one for each scan.

use std::collections::BTreeMap;

/// Longer names are cut: some file systems stop at 143 bytes, and files are put below the folder.
const LONGEST: usize = 96;

/// Names that Windows keeps for devices, whatever ending they carry.
const RESERVED: [&str; 6] = ["con", "prn", "aux", "nul", "com", "lpt"];

/// One folder name for each image id, in their order: the id itself where it is safe everywhere, else a cleaned
/// form with a short hash of the id. Ids that differ only in case get the hash too.
pub(crate) fn folder_names(ids: &[&str]) -> Vec<String> {
    let mut names: Vec<String> =
        ids.iter().map(|id| if is_safe(id) { (*id).to_owned() } else { hashed(id) }).collect();
    // Twice is enough: once for ids alike but for case, once for an id that is spelled like another one's hash.
    for _ in 0..2 {
        let mut same: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, name) in names.iter().enumerate() {
            same.entry(name.to_lowercase()).or_default().push(index);
        }
        for index in same.into_values().filter(|v| v.len() > 1).flatten() {
            names[index] = hashed(ids[index]);
        }
    }
    names
}

fn is_safe(id: &str) -> bool {
    !id.is_empty()
        && id.len() <= LONGEST
        && id.chars().all(is_safe_char)
        && !id.starts_with(['.', '-'])
        && !id.ends_with('.')
        && !is_reserved(id)
}

fn is_safe_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-')
}

fn is_reserved(id: &str) -> bool {
    let stem = id.split('.').next().unwrap_or_default().to_ascii_lowercase();
    RESERVED.contains(&stem.trim_end_matches(|c: char| c.is_ascii_digit()))
}

fn hashed(id: &str) -> String {
    let clean: String =
        id.chars().take(LONGEST - 16).map(|c| if is_safe_char(c) { c } else { '_' }).collect();
    let clean = clean.trim_start_matches(['.', '-']);
    let hash = blake3::hash(id.as_bytes()).to_hex();
    format!("{}-{}", if clean.is_empty() || is_reserved(clean) { "scan" } else { clean }, &hash[..10])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_names_stay_as_they_are() {
        let ids = ["covid_P001", "normal-001", "site1__scan.2"];
        assert_eq!(folder_names(&ids), ids);
    }

    #[test]
    fn awkward_names_are_cleaned_and_stay_apart() {
        let long = "x".repeat(300);
        let ids = ["p27-52%0", "a, b", "a; b", ".hidden", "NUL", "com1.old", "lung.", "", "Lunge é", &long];
        let names = folder_names(&ids);
        for name in &names {
            assert!(is_safe(name), "{name}");
        }
        let apart: std::collections::BTreeSet<_> = names.iter().map(|n| n.to_lowercase()).collect();
        assert_eq!(apart.len(), ids.len());
        assert!(names[0].starts_with("p27-52_0-"));
    }

    #[test]
    fn names_alike_but_for_case_are_told_apart() {
        let names = folder_names(&["Scan1", "scan1", "scan2"]);
        assert_ne!(names[0].to_lowercase(), names[1].to_lowercase());
        assert_eq!(names[2], "scan2");
    }

    #[test]
    fn an_id_spelled_like_the_hash_of_another_gets_its_own() {
        let hash = hashed("a b");
        let names = folder_names(&["a b", &hash]);
        assert_ne!(names[0], names[1]);
    }
}
