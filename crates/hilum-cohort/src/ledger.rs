//! What is already done: the folders under `OUT/scans`, each whole or not there at all.
//!
//! A scan's outputs are written into `.tmp-<folder>-...` and renamed when complete, so that a kill at any moment costs at
//! most the scans in flight. Several machines may work in one folder: should two of them have taken the same scan, the
//! first record stays. A record is kept while its key is unchanged: the key covers the input file and every
//! setting that changes results, but not the label, group, site and split, which are put in anew.

use crate::{CohortError, RECORD_VERSION, Remote, ScanRecord, ScanRef, files::write_json, mirror::Mirror};
use hilum_core::Status;
use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};
use tempfile::TempDir;

/// The lock file of an output folder, which also marks it as one.
pub(crate) const LOCK_FILE: &str = ".hilum.lock";
/// The record beside the pictures and masks of a scan.
pub(crate) const RECORD_FILE: &str = "scan.json";
const TEMPORARY: &str = ".tmp-";

/// The scans folder of one output folder.
#[derive(Debug)]
pub(crate) struct Ledger {
    scans: PathBuf,
    mirror: Option<Mirror>,
}

/// The outputs of one scan while they are written; gone when dropped.
#[derive(Debug)]
pub(crate) struct Unfinished {
    folder: TempDir,
}

impl Unfinished {
    /// Where the outputs go.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Takes away what was written so far.
    pub(crate) fn clear(&self) -> Result<(), CohortError> {
        for name in names_in(self.path())? {
            let file = self.path().join(name);
            fs::remove_file(&file).map_err(CohortError::write(&file))?;
        }
        Ok(())
    }
}

impl Ledger {
    /// Opens `OUT/scans`, where others may be at work.
    pub(crate) fn join(out: &Path) -> Result<Self, CohortError> {
        let scans = out.join("scans");
        fs::create_dir_all(&scans).map_err(CohortError::write(&scans))?;
        Ok(Self { scans, mirror: None })
    }

    /// Opens `OUT/scans`, where nobody else is at work, removing what a killed run left behind.
    pub(crate) fn open(out: &Path) -> Result<Self, CohortError> {
        let ledger = Self::join(out)?;
        for folder in [out, ledger.scans.as_path()] {
            for name in names_in(folder)?.iter().filter(|n| is_leftover(n)) {
                let path = folder.join(name);
                let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
                removed.map_err(CohortError::write(&path))?;
            }
        }
        Ok(ledger)
    }

    /// The same, with everything that is committed put into a store too.
    pub(crate) fn with_mirror(self, mirror: Option<Mirror>) -> Self {
        Self { mirror, ..self }
    }

    /// Takes away the record of a scan that is to be done anew, so that one that lies there later is new.
    pub(crate) fn forget(&self, folder: &str) -> Result<(), CohortError> {
        remove_if_there(&self.scans.join(folder))?;
        self.mirror.as_ref().map_or(Ok(()), |mirror| mirror.forget(folder))
    }

    /// Takes in what other machines have put into the store since it was last looked at.
    pub(crate) fn look_again(&mut self, out: &Path) -> Result<(), CohortError> {
        let Some(mirror) = &mut self.mirror else { return Ok(()) };
        mirror.look()?;
        mirror.bring(out)
    }

    /// The record in a scan's folder, whoever put it there.
    pub(crate) fn record(&self, image_id: &str, folder: &str) -> Option<ScanRecord> {
        read_record(&self.scans.join(folder)).filter(|record| record.row.image_id == image_id)
    }

    /// Gives back the disk space of a scan that lies in a store.
    pub(crate) fn drop_copy(&self, folder: &str) -> Result<(), CohortError> {
        if self.mirror.is_none() { Ok(()) } else { remove_if_there(&self.scans.join(folder)) }
    }

    /// The prefix of a store that holds the same.
    pub(crate) fn mirror(&self) -> Option<&Mirror> {
        self.mirror.as_ref()
    }

    /// The record kept for `scan` under `key`, with today's label, group, site and split; `None` if there is none, or
    /// if `outputs` are not all there.
    pub(crate) fn kept(
        &self,
        scan: &ScanRef,
        folder: &str,
        key: &str,
        outputs: &[&str],
    ) -> Result<Option<ScanRecord>, CohortError> {
        let (name, folder) = (folder, self.scans.join(folder));
        let Some(mut record) = read_record(&folder) else { return Ok(None) };
        let there = |file: &str| match &self.mirror {
            Some(mirror) => mirror.has(name, file),
            None => folder.join(file).is_file(),
        };
        let whole = record.row.status != Status::Measured || outputs.iter().all(|file| there(file));
        if key.is_empty() || record.key != key || record.row.image_id != scan.image_id || !whole {
            return Ok(None);
        }
        let before = record.clone();
        scan.describe(&mut record);
        if record != before {
            write_record(&folder, &record)?;
            if let Some(mirror) = &self.mirror {
                mirror.send(&format!("scans/{name}/{RECORD_FILE}"), &folder.join(RECORD_FILE))?;
            }
        }
        Ok(Some(record))
    }

    /// A fresh, empty folder for the outputs of one scan.
    pub(crate) fn begin(&self, folder: &str) -> Result<Unfinished, CohortError> {
        let prefix = format!("{TEMPORARY}{folder}-");
        let mut builder = tempfile::Builder::new();
        builder.prefix(&prefix);
        // It becomes the scan's folder, which others read as far as the umask lets them.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o777));
        let folder = builder.tempdir_in(&self.scans).map_err(CohortError::write(&self.scans))?;
        Ok(Unfinished { folder })
    }

    /// Puts the record beside the outputs and gives their folder its name.
    pub(crate) fn commit(
        &self,
        unfinished: Unfinished,
        folder: &str,
        record: &ScanRecord,
    ) -> Result<(), CohortError> {
        let path = self.scans.join(folder);
        write_record(unfinished.path(), record)?;
        remove_if_there(&path)?;
        match fs::rename(unfinished.path(), &path) {
            Ok(()) => drop(unfinished.folder.keep()),
            // Another worker had taken the same scan and was faster.
            Err(_) if read_record(&path).is_some_and(|r| r.key == record.key) => return Ok(()),
            Err(error) => return Err(CohortError::write(&path)(error)),
        }
        self.mirror.as_ref().map_or(Ok(()), |mirror| mirror.send_scan(folder, &path))
    }

    /// Folders that none of `known` is.
    pub(crate) fn strangers(&self, known: &BTreeSet<&str>) -> Result<Vec<String>, CohortError> {
        let mut names = names_in(&self.scans)?;
        names.retain(|n| !known.contains(n.as_str()) && !n.starts_with('.'));
        names.sort();
        Ok(names)
    }
}

impl ScanRef {
    /// Puts what the manifest and the labels say about the scan into its row.
    pub(crate) fn describe(&self, record: &mut ScanRecord) {
        let row = &mut record.row;
        row.image_id.clone_from(&self.image_id);
        row.uri.clone_from(&self.uri);
        row.label.clone_from(&self.label);
        row.group.clone_from(&self.group);
        row.site.clone_from(&self.site);
        row.split.clone_from(&self.split);
    }
}

fn names_in(folder: &Path) -> Result<Vec<String>, CohortError> {
    let list = || -> io::Result<Vec<String>> {
        fs::read_dir(folder)?.map(|e| Ok(e?.file_name().to_string_lossy().into_owned())).collect()
    };
    list().map_err(CohortError::read(folder))
}

/// Folders of unfinished scans, and files that were being written.
fn is_leftover(name: &str) -> bool {
    name.starts_with(TEMPORARY) || name.starts_with(".writing-")
}

/// The record in a scan's folder; `None` if there is none or it cannot be understood.
pub(crate) fn read_record(folder: &Path) -> Option<ScanRecord> {
    serde_json::from_slice(&fs::read(folder.join(RECORD_FILE)).ok()?).ok()
}

fn write_record(folder: &Path, record: &ScanRecord) -> Result<(), CohortError> {
    write_json(&folder.join(RECORD_FILE), record)
}

/// Takes a folder away, where there is one.
pub(crate) fn remove_if_there(path: &Path) -> Result<(), CohortError> {
    match fs::remove_dir_all(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(CohortError::write(path)(e)),
        _ => Ok(()),
    }
}

/// The resume key of a scan: its name, its files' sizes and times (in a store: size and ETag), `settings`, and the
/// versions that write records. Empty, which is no key, where a store does not tell which object it holds.
pub(crate) fn resume_key(scan: &ScanRef, settings: &str) -> String {
    let mut hash = blake3::Hasher::new();
    // Lengths go first, so that no two lists of fields read alike.
    let mut field = |bytes: &[u8]| {
        hash.update(&(bytes.len() as u64).to_le_bytes()).update(bytes);
    };
    field(env!("CARGO_PKG_VERSION").as_bytes());
    field(&RECORD_VERSION.to_le_bytes());
    for text in [&scan.image_id, &scan.uri, settings] {
        field(text.as_bytes());
    }
    if let Some(Remote::Object(object)) = &scan.remote {
        match object.identity() {
            Some(identity) => field(identity.as_bytes()),
            None => return String::new(),
        }
    }
    for file in scan.files() {
        let facts = fs::metadata(&file).ok();
        let modified = facts.as_ref().and_then(|m| m.modified().ok()?.duration_since(UNIX_EPOCH).ok());
        field(format!("{:?} {:?}", facts.map(|m| m.len()), modified).as_bytes());
    }
    hash.finalize().to_hex().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use hilum_core::Recipe;

    fn scan(dir: &Path) -> ScanRef {
        ScanRef::bare("a".into(), "a.nii".into(), dir.join("a.nii"))
    }

    fn record(key: &str) -> ScanRecord {
        let failed = ScanRecord::failed("a", "a.nii", Recipe::Default, "unreadable", "cut off");
        ScanRecord { key: key.into(), ..failed }
    }

    #[test]
    fn a_scan_is_there_whole_or_not_at_all() {
        let dir = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(dir.path()).unwrap();
        let killed = ledger.begin("a").unwrap().folder.keep();
        fs::write(killed.join("slice.png"), b"half").unwrap();
        fs::write(dir.path().join(".writing-x.tmp"), b"half").unwrap();
        let ledger = Ledger::open(dir.path()).unwrap();
        assert!(names_in(&ledger.scans).unwrap().is_empty());
        assert_eq!(names_in(dir.path()).unwrap(), ["scans"]);

        ledger.commit(ledger.begin("a").unwrap(), "a", &record("k")).unwrap();
        let mut named = scan(dir.path());
        named.label = Some("2".into());
        let kept = ledger.kept(&named, "a", "k", &[]).unwrap().unwrap();
        assert_eq!(kept.row.label.as_deref(), Some("2"));
        assert_eq!(read_record(&ledger.scans.join("a")), Some(kept));
        assert_eq!(ledger.kept(&named, "a", "other key", &[]).unwrap(), None);
        assert_eq!(ledger.strangers(&BTreeSet::new()).unwrap(), ["a"]);
    }

    #[test]
    fn two_who_took_the_same_scan_leave_one_whole_folder() {
        let dir = tempfile::tempdir().unwrap();
        let (one, other) = (Ledger::open(dir.path()).unwrap(), Ledger::join(dir.path()).unwrap());
        let (first, second) = (one.begin("a").unwrap(), other.begin("a").unwrap());
        assert_ne!(first.path(), second.path());
        fs::write(first.path().join("slice.png"), b"whole").unwrap();
        fs::write(second.path().join("slice.png"), b"whole").unwrap();
        one.commit(first, "a", &record("k")).unwrap();
        other.commit(second, "a", &record("k")).unwrap();
        assert_eq!(names_in(&one.scans).unwrap(), ["a"]);
        assert_eq!(fs::read(one.scans.join("a/slice.png")).unwrap(), b"whole");
    }

    #[test]
    fn a_measured_scan_without_its_files_is_done_again() {
        let dir = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(dir.path()).unwrap();
        let mut measured = record("k");
        measured.row.status = Status::Measured;
        ledger.commit(ledger.begin("a").unwrap(), "a", &measured).unwrap();
        assert!(ledger.kept(&scan(dir.path()), "a", "k", &[]).unwrap().is_some());
        assert!(ledger.kept(&scan(dir.path()), "a", "k", &["slice.png"]).unwrap().is_none());
    }

    #[test]
    fn numbers_come_back_from_a_record_as_the_same_bits() {
        let dir = tempfile::tempdir().unwrap();
        let mut written = record("k");
        // Areas and ratios of this kind are where a hasty parser is one unit in the last place off.
        let numbers = (1..2000).map(|n| f64::from(n) * 0.7480469941 * 0.7480469941 / 7.3);
        let area_mm2: Vec<f64> = numbers.collect();
        written.curve = Some(crate::AreaCurve {
            slice_spacing_mm: 0.1 + 0.2,
            area_mm2,
            chosen: 3,
            superior_is_last: true,
        });
        write_record(dir.path(), &written).unwrap();
        assert_eq!(read_record(dir.path()), Some(written));
    }

    #[test]
    fn the_key_follows_the_file_and_the_settings() {
        let dir = tempfile::tempdir().unwrap();
        let scan = scan(dir.path());
        let missing = resume_key(&scan, "s");
        fs::write(&scan.path, b"1").unwrap();
        let there = resume_key(&scan, "s");
        assert_ne!(missing, there);
        assert_eq!(there, resume_key(&scan, "s"));
        assert_ne!(there, resume_key(&scan, "t"));
        fs::write(&scan.path, b"12").unwrap();
        assert_ne!(there, resume_key(&scan, "s"));
    }
}
