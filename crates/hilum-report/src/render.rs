//! Filling in the template and writing the file.

use crate::{ReportError, ReportInput, page::Page};
use base64::{Engine, engine::general_purpose::STANDARD};
use minijinja::{Environment, UndefinedBehavior, Value, context, syntax::SyntaxConfig, value::Serde};
use sha2::{Digest, Sha256};
use std::{
    fs,
    io::{self, Write},
    path::Path,
};

/// The name of a scan's page in its folder.
pub const SCAN_PAGE: &str = "index.html";
const TEMPLATES: [(&str, &str); 5] = [
    ("page.html", include_str!("../templates/page.html")),
    ("scans.html", include_str!("../templates/scans.html")),
    ("scan.html", include_str!("../templates/scan.html")),
    ("facts.html", include_str!("../templates/facts.html")),
    ("chip.html", include_str!("../templates/chip.html")),
];
const STYLE: &str = include_str!("../templates/style.css");
const SCRIPT: &str = include_str!("../templates/script.js");

/// Makes the report as one HTML document.
///
/// Reads `slice.png` and `overlay.png` of every measured scan, with the threads of the rayon pool that it is called in. A
/// picture that is missing or damaged is named in the page, it does not stop the report. The same input gives the same bytes.
///
/// # Errors
/// [`ReportError::Template`] if the page's template does not fit its data.
pub fn render(input: &ReportInput<'_>) -> Result<String, ReportError> {
    report(&environment()?, Value::from(Serde(&Page::of(input)?)))
}

/// Makes the report and writes it to `path`, and writes `index.html` into the folder of every scan; pages that are
/// already there are replaced in one step each.
///
/// # Errors
/// As [`render`], and [`ReportError::Write`] if a file cannot be written.
pub fn write(path: &Path, input: &ReportInput<'_>) -> Result<(), ReportError> {
    let (environment, page) = (environment()?, Page::of(input)?);
    let cohort = Value::from(Serde(&page));
    for (place, scan) in page.scans.iter().enumerate() {
        let path = input.scans_dir.join(&scan.folder).join(SCAN_PAGE);
        write_whole(&path, &scan_page(&environment, &cohort, place)?)?;
    }
    write_whole(path, &report(&environment, cohort)?)
}

fn environment() -> Result<Environment<'static>, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    for (name, template) in TEMPLATES {
        environment.add_template(name, template)?;
    }
    Ok(environment)
}

fn report(environment: &Environment<'_>, page: Value) -> Result<String, ReportError> {
    let html = environment.get_template("page.html")?.render(context! {
        style => Value::from_safe_string(STYLE.to_owned()),
        script => Value::from_safe_string(SCRIPT.to_owned()),
        policy => format!("{}; img-src data:; script-src {}", policy(), hash(SCRIPT)),
        ..page
    })?;
    Ok(html)
}

/// The page of the scan at `place` of the cohort. Its pictures are files of its folder, and it needs no script.
fn scan_page(environment: &Environment<'_>, cohort: &Value, place: usize) -> Result<String, ReportError> {
    let scans = cohort.get_attr("scans")?;
    let scan_at = |place: usize| scans.get_item(&Value::from(place));
    let last = scans.len().unwrap_or(0).saturating_sub(1);
    let html = environment.get_template("scan.html")?.render(context! {
        style => Value::from_safe_string(STYLE.to_owned()),
        // Where a page is opened as a file, a browser may take 'self' for nothing.
        policy => format!("{}; img-src data: file: 'self'", policy()),
        scan => scan_at(place)?,
        place,
        before => place.checked_sub(1).map(scan_at).transpose()?,
        after => (place < last).then(|| scan_at(place + 1)).transpose()?,
        cohort,
    })?;
    Ok(html)
}

/// The content security policy: nothing is fetched from elsewhere, and only this style counts.
fn policy() -> String {
    format!("default-src 'none'; style-src {}; base-uri 'none'; form-action 'none'", hash(STYLE))
}

fn hash(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)))
}

fn write_whole(path: &Path, html: &str) -> Result<(), ReportError> {
    replace(path, html.as_bytes()).map_err(|source| ReportError::Write { path: path.to_owned(), source })
}

/// Writes a file so that readers see the old one or the new one, never a part.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let name = path.file_name().ok_or_else(|| io::Error::other("the path names no file"))?;
    let unfinished = path.with_file_name(format!(".{}.tmp", name.to_string_lossy()));
    let written = fs::File::create(&unfinished)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&unfinished, path));
    if written.is_err() {
        // The first fault is the one to tell; a leftover that cannot be removed is hidden and harmless.
        let _ = fs::remove_file(&unfinished);
    }
    written
}
