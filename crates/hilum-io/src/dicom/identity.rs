//! Words that name a patient, kept to recognise them in folder and file names, and never shown.

use super::header::text;
use dicom_dictionary_std::tags;
use dicom_object::{DefaultDicomObject, Tag};
use std::collections::BTreeSet;
use std::fmt;

/// Other Patient IDs: retired, and found in many archives.
const OTHER_PATIENT_IDS: Tag = Tag(0x0010, 0x1000);

/// Shorter words would be found in every name.
const SHORTEST: usize = 3;

/// The patient's name, identifiers, birth date and accession number as an image has them.
///
/// Headers that say that the identity was removed (Patient Identity Removed, `YES`) leave nothing here: their names and
/// identifiers are pseudonyms, which a researcher wants to see.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// Lower case, letters and digits alone.
    words: BTreeSet<String>,
}

impl Identity {
    pub(super) fn of(object: &DefaultDicomObject) -> Self {
        let text = |tag: Tag| {
            let element = object.element_opt(tag).ok().flatten();
            element.and_then(|e| e.to_str().ok().map(|s| s.into_owned())).unwrap_or_default()
        };
        if text(tags::PATIENT_IDENTITY_REMOVED).trim().eq_ignore_ascii_case("YES") {
            return Self::default();
        }
        let mut words = BTreeSet::new();
        for tag in [tags::PATIENT_NAME, tags::OTHER_PATIENT_NAMES] {
            let name = text(tag);
            words.extend(name.split(['^', '=', '\\', ' ', ',']).map(plain));
            words.insert(plain(&name));
        }
        for tag in [tags::PATIENT_ID, OTHER_PATIENT_IDS, tags::PATIENT_BIRTH_DATE, tags::ACCESSION_NUMBER] {
            words.extend(text(tag).split('\\').map(plain));
        }
        words.remove("");
        Self { words }
    }

    /// Adds the words of another image of the same series.
    pub(super) fn join(&mut self, other: &Self) {
        self.words.extend(other.words.iter().cloned());
    }

    /// Whether `text`, a name of a file or folder, tells who the patient is.
    ///
    /// Case and punctuation do not matter; words of less than three letters count only where they are all of the text.
    pub fn appears_in(&self, text: &str) -> bool {
        let text = plain(text);
        self.words.iter().any(|word| *word == text || (word.len() >= SHORTEST && text.contains(word)))
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identity({} words)", self.words.len())
    }
}

/// Equal for images of one patient and, hash collisions aside, for no others: a hash of Patient ID and its issuer.
///
/// It can be told by trying identifiers, so it is compared and never shown.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PatientKey([u8; 32]);

impl PatientKey {
    pub(super) fn of(object: &DefaultDicomObject) -> Option<Self> {
        let id = text(object, tags::PATIENT_ID)?;
        let issuer = text(object, tags::ISSUER_OF_PATIENT_ID).unwrap_or_default();
        let mut hash = blake3::Hasher::new();
        hash.update(&(id.len() as u64).to_le_bytes()).update(id.as_bytes()).update(issuer.as_bytes());
        Some(Self(*hash.finalize().as_bytes()))
    }
}

impl fmt::Debug for PatientKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PatientKey")
    }
}

fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_in_any_dress() {
        let words = ["doe", "jane", "doejane", "p1234", "7"].map(str::to_owned).into();
        let identity = Identity { words };
        for named in ["DOE_JANE", "scan of Jane", "P-1234_ct.dcm", "7"] {
            assert!(identity.appears_in(named), "{named}");
        }
        assert!(!identity.appears_in("IM-0007.dcm"));
        assert!(!format!("{identity:?}").contains("doe"));
    }
}
