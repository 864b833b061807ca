//! What became of every object: lines of JSON beside the copies, the last line of a name holds.
//!
//! Lines are added while objects move, so that a kill at any moment loses at most the last; when the fetch ends, the ledger
//! is written anew, one line an object, sorted by name. It knows no times: fetching the same again writes the same bytes. While
//! a fetch holds it, no other works in the same folder.

use crate::{CohortError, files::write_whole};
use hilum_io::store::{Received, StoredObject};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// Its name, beside the copies.
pub(super) const LEDGER_FILE: &str = ".hilum-fetch.jsonl";

/// What became of an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "lowercase")]
enum State {
    /// It is on its way: what is there of it, belongs to this object.
    Begun,
    /// It is there.
    Arrived {
        /// BLAKE3 of its bytes, in hexadecimal digits.
        blake3: String,
        /// How it was checked.
        check: String,
    },
    /// It is not.
    Failed {
        /// Why not.
        reason: String,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Line {
    name: String,
    bytes: u64,
    etag: Option<String>,
    #[serde(flatten)]
    state: State,
}

impl Line {
    fn is_of(&self, object: &StoredObject) -> bool {
        // An object without an ETag is never known to be the one seen before.
        self.bytes == object.bytes && self.etag.is_some() && self.etag == object.etag
    }
}

/// The ledger of one destination.
#[derive(Debug)]
pub(super) struct Ledger {
    lines: BTreeMap<String, Line>,
    /// Where lines are added; `None` for a destination that cannot be added to.
    file: Option<(PathBuf, File)>,
}

impl Ledger {
    /// The ledger of the folder `root`, as an earlier fetch left it.
    pub(super) fn in_folder(root: &Path) -> Result<Self, CohortError> {
        let path = root.join(LEDGER_FILE);
        let text = match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            read => read.map_err(CohortError::read(&path))?,
        };
        let mut file =
            OpenOptions::new().create(true).append(true).open(&path).map_err(CohortError::write(&path))?;
        if let Err(TryLockError::WouldBlock) = file.try_lock() {
            return Err(CohortError::Locked { path: root.to_owned(), holder: String::new() });
        }
        if text.last().is_some_and(|&last| last != b'\n') {
            // The line that a kill cut off ends here.
            file.write_all(b"\n").map_err(CohortError::write(&path))?;
        }
        Ok(Self { file: Some((path, file)), ..Self::from_text(&text) })
    }

    /// The ledger that reads `text`; what is no line of a ledger is passed over.
    pub(super) fn from_text(text: &[u8]) -> Self {
        let lines =
            text.split(|&byte| byte == b'\n').filter_map(|line| serde_json::from_slice::<Line>(line).ok());
        Self { lines: lines.map(|line| (line.name.clone(), line)).collect(), file: None }
    }

    /// Whether `object` has arrived under `name`.
    pub(super) fn has(&self, name: &str, object: &StoredObject) -> bool {
        let line = self.lines.get(name).filter(|line| line.is_of(object));
        line.is_some_and(|line| matches!(line.state, State::Arrived { .. }))
    }

    /// Whether what is there of `name` belongs to `object`.
    pub(super) fn has_begun(&self, name: &str, object: &StoredObject) -> bool {
        self.lines.get(name).is_some_and(|line| line.is_of(object))
    }

    pub(super) fn begin(&mut self, name: &str, object: &StoredObject) -> Result<(), CohortError> {
        self.say(name, object, State::Begun)
    }

    pub(super) fn arrived(
        &mut self,
        name: &str,
        object: &StoredObject,
        received: &Received,
    ) -> Result<(), CohortError> {
        let state = State::Arrived { blake3: received.blake3.clone(), check: received.check.to_string() };
        self.say(name, object, state)
    }

    pub(super) fn failed(
        &mut self,
        name: &str,
        object: &StoredObject,
        reason: &str,
    ) -> Result<(), CohortError> {
        self.say(name, object, State::Failed { reason: reason.to_owned() })
    }

    fn say(&mut self, name: &str, object: &StoredObject, state: State) -> Result<(), CohortError> {
        let line = Line { name: name.to_owned(), bytes: object.bytes, etag: object.etag.clone(), state };
        if let Some((path, file)) = &mut self.file {
            file.write_all(&text_of(&line)).map_err(CohortError::write(&*path))?;
        }
        self.lines.insert(line.name.clone(), line);
        Ok(())
    }

    /// One line an object, sorted by name.
    pub(super) fn text(&self) -> Vec<u8> {
        self.lines.values().flat_map(text_of).collect()
    }

    /// Writes the file anew and closes it.
    pub(super) fn tidy(mut self) -> Result<(), CohortError> {
        self.file.take().map_or(Ok(()), |(path, _)| write_whole(&path, &self.text()))
    }
}

fn text_of(line: &Line) -> Vec<u8> {
    // Text and numbers always become JSON.
    let mut text = serde_json::to_vec(line).unwrap_or_default();
    text.push(b'\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use hilum_io::store::Check;

    #[test]
    fn the_last_line_holds_and_a_torn_one_does_not() {
        let dir = tempfile::tempdir().unwrap();
        let object = |etag: &str| StoredObject::new("site/a.nii", 3, Some(etag.to_owned())).unwrap();
        let received = Received { blake3: "00".into(), check: Check::Digest };
        let mut ledger = Ledger::in_folder(dir.path()).unwrap();
        ledger.begin("a.nii", &object("x")).unwrap();
        assert!(ledger.has_begun("a.nii", &object("x")) && !ledger.has("a.nii", &object("x")));
        ledger.arrived("a.nii", &object("x"), &received).unwrap();
        ledger.failed("b.nii", &object("y"), "403").unwrap();
        drop(ledger);

        let path = dir.path().join(LEDGER_FILE);
        let mut text = fs::read(&path).unwrap();
        assert_eq!(text.split(|&b| b == b'\n').count(), 4);
        text.extend_from_slice(b"{\"name\":\"b.nii\",\"byt");
        fs::write(&path, &text).unwrap();
        let mut ledger = Ledger::in_folder(dir.path()).unwrap();
        assert!(ledger.has("a.nii", &object("x")) && !ledger.has("a.nii", &object("z")));
        assert!(!ledger.has("b.nii", &object("y")));
        ledger.arrived("b.nii", &object("y"), &received).unwrap();
        assert!(matches!(Ledger::in_folder(dir.path()), Err(CohortError::Locked { .. })));
        drop(ledger);
        let ledger = Ledger::in_folder(dir.path()).unwrap();
        assert!(ledger.has("b.nii", &object("y")));
        let text = ledger.text();
        ledger.tidy().unwrap();
        assert_eq!(fs::read(&path).unwrap(), text);
        assert_eq!(text.iter().filter(|&&b| b == b'\n').count(), 2);
    }

    #[test]
    fn without_an_etag_nothing_is_known() {
        let object = StoredObject::new("a.nii", 3, None).unwrap();
        let mut ledger = Ledger::from_text(b"");
        let received = Received { blake3: "00".into(), check: Check::Size };
        ledger.arrived("a.nii", &object, &received).unwrap();
        assert!(!ledger.has("a.nii", &object) && !ledger.has_begun("a.nii", &object));
    }
}
