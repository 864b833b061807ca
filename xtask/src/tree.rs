//! The files of the checkout: tracked by git, or new and not ignored.

use std::collections::BTreeSet;
use std::error::Error;
use std::path::Path;
use std::process::Command;

/// One file; paths are relative to the workspace and use `/`.
#[derive(Debug, Clone)]
pub(crate) struct File {
    /// Path from the root of the workspace.
    pub(crate) path: String,
    /// Size.
    pub(crate) bytes: u64,
    /// The text; `None` for pictures and other binary files.
    pub(crate) text: Option<String>,
}

/// All files.
#[derive(Debug, Clone)]
pub(crate) struct Tree {
    files: Vec<File>,
    folders: BTreeSet<String>,
}

impl Tree {
    /// Asks git for the files under `root` and reads them.
    pub(crate) fn of_checkout(root: &Path) -> Result<Self, Box<dyn Error>> {
        let arguments = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
        let output = Command::new("git").args(arguments).current_dir(root).output()?;
        if !output.status.success() {
            return Err(format!("git ls-files failed: {}", String::from_utf8_lossy(&output.stderr)).into());
        }
        let mut files = Vec::new();
        for path in String::from_utf8(output.stdout)?.split('\0').filter(|path| !path.is_empty()) {
            let full = root.join(path);
            if full.is_file() {
                let content = std::fs::read(&full)?;
                files.push(File {
                    path: path.to_owned(),
                    bytes: content.len() as u64,
                    text: String::from_utf8(content).ok().filter(|text| !text.contains('\0')),
                });
            }
        }
        Ok(Self::new(files))
    }

    fn new(mut files: Vec<File>) -> Self {
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let folders = files
            .iter()
            .flat_map(|file| file.path.match_indices('/').map(|(end, _)| file.path[..end].to_owned()))
            .collect();
        Self { files, folders }
    }

    /// Files made up by a test: path and text.
    #[cfg(test)]
    pub(crate) fn of_texts(texts: &[(&str, &str)]) -> Self {
        let file = |&(path, text): &(&str, &str)| File {
            path: path.to_owned(),
            bytes: text.len() as u64,
            text: Some(text.to_owned()),
        };
        Self::new(texts.iter().map(file).collect())
    }

    /// The files, by path.
    pub(crate) fn files(&self) -> &[File] {
        &self.files
    }

    /// The files with text, and that text.
    pub(crate) fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().filter_map(|file| Some((file.path.as_str(), file.text.as_deref()?)))
    }

    /// The text of one file.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        let index = self.files.binary_search_by(|file| file.path.as_str().cmp(path)).ok()?;
        self.files[index].text.as_deref()
    }

    /// Whether a file or a folder lies at `path`.
    pub(crate) fn holds(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        path.is_empty()
            || self.folders.contains(path)
            || self.files.binary_search_by(|file| file.path.as_str().cmp(path)).is_ok()
    }

    /// Folders that hold a Cargo.toml of a package (not the workspace's own).
    pub(crate) fn crate_folders(&self) -> impl Iterator<Item = &str> {
        self.files.iter().filter_map(|file| file.path.strip_suffix("/Cargo.toml"))
    }
}
