//! A stage for stories about the program: a folder of its own, the binary, and a few ways to look at what it did.

#![allow(dead_code, reason = "no story uses every prop")]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};
use tempfile::TempDir;

pub(crate) mod pictures;

/// A folder for one story.
pub(crate) struct Story {
    dir: TempDir,
}

/// How a command ended.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Story {
    pub(crate) fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    /// A story that begins with `count` phantoms on a small grid in `scans/`, listed in `scans/manifest.csv`.
    pub(crate) fn with_phantoms(count: usize) -> Self {
        let story = Self::new();
        let ran =
            story.hilum(&["phantom", "--out", "scans", "--dims", "96x96x32", "--count", &count.to_string()]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        story
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        fs::write(self.path(name), bytes).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hilum"));
        command.args(args).current_dir(self.dir.path()).stdin(Stdio::null());
        command.env_remove(hilum_learn::Engine::LIBRARY);
        command
    }

    /// Runs the program in the story's folder.
    pub(crate) fn hilum(&self, args: &[&str]) -> Ran {
        ended(self.command(args).output().unwrap())
    }

    /// Runs the program with these settings in place of those of the user for the tools of Amazon's cloud.
    pub(crate) fn hilum_with(&self, args: &[&str], settings: &[(&str, String)]) -> Ran {
        let mut command = self.command(args);
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("AWS_")) {
            command.env_remove(name);
        }
        let nowhere = self.path("no-such-file");
        command.env("AWS_CONFIG_FILE", &nowhere).env("AWS_SHARED_CREDENTIALS_FILE", &nowhere);
        command.envs(settings.iter().map(|(name, value)| (name, value)));
        ended(command.output().unwrap())
    }

    /// Starts the program and lets it run.
    pub(crate) fn start(&self, args: &[&str]) -> Child {
        self.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// The rows of a measurement table, by image id.
    pub(crate) fn table(&self, out: &str) -> BTreeMap<String, BTreeMap<String, String>> {
        let mut reader = csv::Reader::from_path(self.path(out).join("measurements.csv")).unwrap();
        let rows: Vec<BTreeMap<String, String>> = reader.deserialize().map(|row| row.unwrap()).collect();
        rows.into_iter().map(|row| (row["image_id"].clone(), row)).collect()
    }

    /// Every file below `folder` that does not tell times, with its content.
    pub(crate) fn content(&self, folder: &str) -> BTreeMap<PathBuf, Vec<u8>> {
        let root = self.path(folder);
        let mut content = BTreeMap::new();
        let mut folders = vec![root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()) {
                if entry.is_dir() {
                    folders.push(entry);
                } else if !entry.ends_with("run.json") {
                    content.insert(entry.strip_prefix(&root).unwrap().to_owned(), fs::read(&entry).unwrap());
                }
            }
        }
        content
    }
}

fn ended(Output { status, stdout, stderr }: Output) -> Ran {
    Ran {
        code: status.code().unwrap_or(-1),
        out: String::from_utf8(stdout).unwrap(),
        err: String::from_utf8(stderr).unwrap(),
    }
}

/// How many scans lie whole in an output folder.
pub(crate) fn scans_done(out: &Path) -> usize {
    let Ok(entries) = fs::read_dir(out.join("scans")) else { return 0 };
    entries.flatten().filter(|e| !e.file_name().to_string_lossy().starts_with('.')).count()
}

/// Names of unfinished things in an output folder.
pub(crate) fn leftovers(out: &Path) -> Vec<String> {
    let folders = [out.to_owned(), out.join("scans")];
    let names = folders.iter().flat_map(|f| fs::read_dir(f).into_iter().flatten().flatten());
    let names = names.map(|e| e.file_name().to_string_lossy().into_owned());
    names.filter(|n| n.starts_with('.') && n != ".hilum.lock").collect()
}

/// Asserts that two folders hold the same files with the same bytes.
pub(crate) fn assert_same(a: &BTreeMap<PathBuf, Vec<u8>>, b: &BTreeMap<PathBuf, Vec<u8>>) {
    assert_eq!(a.keys().collect::<Vec<_>>(), b.keys().collect::<Vec<_>>());
    for (path, bytes) in a {
        assert!(bytes == &b[path], "{} differs", path.display());
    }
}
