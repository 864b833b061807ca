//! Walking over candidates until there are enough panels, keeping account of what was left out.

use super::{LeftOut, candidate::Candidate};

/// What came of it.
pub(super) struct Gathered<T> {
    /// What was made of each scan shown, with the scan's name.
    pub(super) made: Vec<(String, T)>,
    pub(super) left_out: Vec<LeftOut>,
}

/// Makes something of at most `most` candidates, in their order; one that fails gives its place to the next.
pub(super) fn gather<'a, T>(
    candidates: impl IntoIterator<Item = &'a Candidate>,
    most: usize,
    progress: &dyn Fn(&str),
    mut make: impl FnMut(&Candidate) -> Result<T, String>,
) -> Gathered<T> {
    let mut gathered = Gathered { made: Vec::new(), left_out: Vec::new() };
    for candidate in candidates {
        if gathered.made.len() == most {
            break;
        }
        let image_id = candidate.image_id.clone();
        progress(&image_id);
        match make(candidate) {
            Ok(made) => gathered.made.push((image_id, made)),
            Err(reason) => gathered.left_out.push(LeftOut { image_id, reason }),
        }
    }
    gathered
}

/// `7 scans`, or `10 of 455 scans`.
pub(super) fn share_in_words(shown: usize, of: usize) -> String {
    match (shown, of) {
        (1, 1) => "1 scan".to_owned(),
        (shown, of) if shown == of => format!("{of} scans"),
        (shown, of) => format!("{shown} of {of} scans"),
    }
}
