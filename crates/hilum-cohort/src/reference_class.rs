//! Which class others are held against, by its name: it comes first, and the one to be found last.

const REFERENCE: [&str; 6] = ["healthy", "normal", "control", "controls", "negative", "0"];
const DENIED: [&str; 5] = ["non", "no_", "no-", "no ", "not"];

/// Whether a class is one that others are held against: `Healthy`, `NonCOVID`, `no_covid`, `0`.
pub(crate) fn is_reference(class: &str) -> bool {
    let class = class.to_lowercase();
    DENIED.iter().any(|word| class.starts_with(word)) || REFERENCE.contains(&class.as_str())
}

#[cfg(test)]
mod tests {
    use super::is_reference;

    #[test]
    fn classes_that_others_are_held_against_are_known_by_name() {
        assert!(
            ["Healthy", "NonCOVID", "no_covid", "not sick", "CONTROL", "0"].into_iter().all(is_reference)
        );
        assert!(!["COVID", "1", "10", "abnormal", "healthy-ish"].into_iter().any(is_reference));
    }
}
