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

const PAGE: &str = include_str!("../templates/page.html");
const SCANS: &str = include_str!("../templates/scans.html");
const STYLE: &str = include_str!("../templates/style.css");
const SCRIPT: &str = include_str!("../templates/script.js");

/// Makes the report as one HTML document.
///
/// Reads `slice.png` and `overlay.png` of every measured scan. A picture that is missing or damaged is named in the page,
/// it does not stop the report. The same input gives the same bytes.
///
/// # Errors
/// [`ReportError::Template`] if the page's template does not fit its data.
pub fn render(input: &ReportInput<'_>) -> Result<String, ReportError> {
    let page = Page::of(input)?;
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    environment.add_template("page.html", PAGE)?;
    environment.add_template("scans.html", SCANS)?;
    let html = environment.get_template("page.html")?.render(context! {
        style => Value::from_safe_string(STYLE.to_owned()),
        script => Value::from_safe_string(SCRIPT.to_owned()),
        policy => policy(),
        ..Value::from(Serde(&page))
    })?;
    Ok(html)
}

/// Makes the report and writes it to `path`; a report that is already there is replaced in one step.
///
/// # Errors
/// As [`render`], and [`ReportError::Write`] if the file cannot be written.
pub fn write(path: &Path, input: &ReportInput<'_>) -> Result<(), ReportError> {
    let html = render(input)?;
    replace(path, html.as_bytes()).map_err(|source| ReportError::Write { path: path.to_owned(), source })
}

/// The content security policy: nothing is fetched, and only this style and this script count.
fn policy() -> String {
    let hash = |text: &str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)));
    format!(
        "default-src 'none'; img-src data:; style-src {}; script-src {}; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
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
