//! A CT series whose headers have been read.

use super::catalog::{catalog, is_dicom};
use super::error::DicomError;
use super::file::{DicomFile, of_each};
use super::header::{Header, Kind};
use super::image::Image;
use super::stack::{Stack, stack};
use super::syntax;
use crate::store::StoreError;
use hilum_core::{Finding, Geometry};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// One CT series on disk, of which only the headers have been read.
#[derive(Debug, Clone)]
pub struct DicomSeries {
    pub(super) images: Vec<Image>,
    geometry: Geometry,
    findings: Vec<Finding>,
    format: String,
    stored_bytes: u64,
}

impl DicomSeries {
    /// Opens the series that `files` are, in any order. Localizers and files that are no CT images are passed over.
    ///
    /// # Errors
    /// [`DicomError`] if a header cannot be read or lacks what places the image, if there is no CT image or more than one
    /// series, or if images share a place.
    pub fn open(files: &[PathBuf]) -> Result<Self, DicomError> {
        Self::open_files(&files.iter().cloned().map(DicomFile::from).collect::<Vec<_>>())
    }

    /// The same, of files on disk or objects of stores. Of objects the header alone is fetched.
    ///
    /// # Errors
    /// As [`DicomSeries::open`].
    pub fn open_files(files: &[DicomFile]) -> Result<Self, DicomError> {
        let mut images = Vec::new();
        let mut uids = BTreeSet::new();
        let mut others: BTreeMap<&'static str, u64> = BTreeMap::new();
        let headers = of_each(files, |file| {
            let header = Header::read(file)?;
            let images = if header.kind == Kind::Ct { header.images(file)? } else { Vec::new() };
            Ok::<_, DicomError>((header.kind, images, header.series_uid))
        });
        for header in headers {
            match header? {
                (Kind::Other(what), ..) => *others.entry(what).or_default() += 1,
                (Kind::Ct, of_file, uid) => {
                    images.extend(of_file);
                    uids.insert(uid);
                }
            }
        }
        if images.is_empty() {
            let found: Vec<String> = others.iter().map(|(what, n)| format!("{n} {what}")).collect();
            return Err(DicomError::NoCt { files: files.len(), found: found.join(", ") });
        }
        if uids.len() > 1 {
            return Err(DicomError::ManySeries { series: uids.len() });
        }
        let Stack { images, geometry, mut findings } = stack(images)?;
        findings.extend(rescale_finding(&images));
        let stored: BTreeMap<&Path, u64> =
            images.iter().map(|image| (image.file.source.path(), image.file.bytes)).collect();
        let stored_bytes = stored.values().sum();
        let format = format_words(&images);
        Ok(Self { images, geometry, findings, format, stored_bytes })
    }

    /// Opens the CT series in `folder`, not in folders below it; other files may lie there.
    ///
    /// # Errors
    /// As [`DicomSeries::open`], and if the folder cannot be listed.
    pub fn in_folder(folder: &Path) -> Result<Self, DicomError> {
        let files: Vec<DicomFile> = Self::files_in(folder)?.into_iter().map(DicomFile::from).collect();
        let failed = |error: StoreError| DicomError::Io {
            file: crate::file_name(folder),
            action: "listed",
            source: error.into(),
        };
        let found = catalog(&files).map_err(failed)?;
        match &found.series[..] {
            [one] => Self::open_files(&one.files),
            [] => {
                let words: Vec<String> =
                    found.left_out.iter().map(|(what, n)| format!("{n} {what}")).collect();
                Err(DicomError::NoCt { files: files.len(), found: words.join(", ") })
            }
            many => Err(DicomError::ManySeries { series: many.len() }),
        }
    }

    /// The DICOM files that lie in `folder`, sorted.
    ///
    /// # Errors
    /// [`DicomError::Io`] if the folder cannot be listed.
    pub fn files_in(folder: &Path) -> Result<Vec<PathBuf>, DicomError> {
        let list = || -> std::io::Result<Vec<PathBuf>> {
            std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect()
        };
        let failed = |source| DicomError::Io { file: crate::file_name(folder), action: "listed", source };
        let mut files = list().map_err(failed)?;
        files.retain(|path| path.is_file() && is_dicom(path));
        files.sort();
        Ok(files)
    }

    /// The voxel grid and where it lies in the patient.
    pub fn geometry(&self) -> &Geometry {
        &self.geometry
    }

    /// What is odd about the headers but does not keep the series from being read.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Type of the stored pixels and their coding in words, such as `DICOM int16 JPEG Lossless`.
    pub fn format(&self) -> &str {
        &self.format
    }

    /// Bytes on disk, of all images used.
    pub fn stored_bytes(&self) -> u64 {
        self.stored_bytes
    }

    /// Slope and intercept where all images have the same.
    pub fn rescale(&self) -> Option<[f64; 2]> {
        let first = self.images.first()?.rescale?;
        self.images.iter().all(|image| image.rescale == Some(first)).then_some(first)
    }
}

fn rescale_finding(images: &[Image]) -> Option<Finding> {
    let without = images.iter().filter(|image| image.rescale.is_none()).count();
    (without > 0).then(|| {
        Finding::warn(
            "no_rescale",
            format!(
                "{without} of {} images have no Rescale Slope and Intercept: stored values are taken as HU",
                images.len()
            ),
        )
    })
}

fn format_words(images: &[Image]) -> String {
    let pixel = |image: &Image| {
        format!("{}int{}", if image.file.signed { "" } else { "u" }, image.file.bits_allocated)
    };
    let coding = |image: &Image| syntax::words(&image.file.transfer_syntax).to_owned();
    let all = |word: &dyn Fn(&Image) -> String| {
        let words: BTreeSet<String> = images.iter().map(word).collect();
        if words.len() > 1 { "mixed".to_owned() } else { words.into_iter().next().unwrap_or_default() }
    };
    format!("DICOM {} {}", all(&pixel), all(&coding)).trim_end().to_owned()
}
