//! Pictures against what Pillow, OpenCV and tifffile read (tools/oracle/pictures/make.py), and against real ones.

use hilum_io::ScanFile;
use hilum_io::raster::{Picture, picture_facts, read_picture};
use serde_json::Value;
use std::io::Read;
use std::path::{Path, PathBuf};

fn vectors(file: &str) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/oracle/pictures");
    serde_json::from_str(&std::fs::read_to_string(folder.join(file)).unwrap()).unwrap()
}

/// The cases of a list, each with its file written under a name that says nothing.
fn cases<'a>(list: &'a Value, folder: &'a Path) -> impl Iterator<Item = (&'a Value, PathBuf)> {
    list.as_array().unwrap().iter().enumerate().map(move |(n, case)| {
        let hex = case["file"].as_str().unwrap().as_bytes();
        let packed: Vec<u8> = hex
            .chunks(2)
            .map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect();
        let mut content = Vec::new();
        flate2::read::ZlibDecoder::new(&packed[..]).read_to_end(&mut content).unwrap();
        let path = folder.join(format!("{n}.png"));
        std::fs::write(&path, content).unwrap();
        (case, path)
    })
}

fn levels(picture: &Picture, white: f64) -> Vec<i64> {
    picture.grey.iter().map(|&grey| (f64::from(grey) * white).round() as i64).collect()
}

#[test]
fn every_kind_of_picture_reads_as_others_read_it() {
    let folder = tempfile::tempdir().unwrap();
    let vectors = vectors("pictures.json");
    for (case, path) in cases(&vectors["read"], folder.path()) {
        let name = &case["name"];
        let picture = read_picture(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(case["format"], picture.format.to_string(), "{name}");
        assert_eq!(case["mode"], picture.mode.to_string(), "{name}");
        assert_eq!(case["bits"], picture.bits, "{name}");
        assert_eq!(case["clear_px"], picture.clear_px, "{name}");
        let facts = picture_facts(&path).unwrap().unwrap();
        let of_picture = (picture.format, picture.rows, picture.cols, picture.bits, picture.mode);
        assert_eq!((facts.format, facts.rows, facts.cols, facts.bits, facts.mode), of_picture, "{name}");

        let found = levels(&picture, if picture.bits == 16 { 65535.0 } else { 255.0 });
        let expected: Vec<i64> = serde_json::from_value(case["levels"].clone()).unwrap();
        assert_eq!(found.len(), expected.len(), "{name}");
        let largest = found.iter().zip(&expected).map(|(a, b)| (a - b).abs()).max().unwrap();
        // The standard of JPEG leaves the inverse transform one level of room, and colour another.
        let room = if case["name"].as_str().unwrap().contains("JPEG") { 2 } else { 0 };
        assert!(largest <= room, "{name}: {largest} levels");
    }
}

#[test]
fn a_picture_is_no_scan_and_says_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let vectors = vectors("pictures.json");
    for (case, path) in cases(&vectors["read"], folder.path()) {
        let error = ScanFile::open(&path).unwrap_err().to_string();
        let kind = format!("{} bit {}", case["bits"], case["mode"].as_str().unwrap());
        for word in [
            path.file_name().unwrap().to_str().unwrap(),
            case["format"].as_str().unwrap(),
            &kind,
            "37 x 24 px",
        ] {
            assert!(error.contains(word), "{error}");
        }
        assert!(error.contains("no Hounsfield units") && error.contains("give the CT itself"), "{error}");
    }
}

#[test]
fn what_has_no_grey_of_its_own_is_refused_with_a_reason() {
    let folder = tempfile::tempdir().unwrap();
    let vectors = vectors("pictures.json");
    for (case, path) in cases(&vectors["refused"], folder.path()) {
        let error = read_picture(&path).unwrap_err().to_string();
        assert!(error.contains(case["word"].as_str().unwrap()), "{}: {error}", case["name"]);
        assert!(error.starts_with(path.file_name().unwrap().to_str().unwrap()), "{error}");
    }
}

#[test]
fn nothing_that_a_picture_holds_causes_a_panic() {
    let folder = tempfile::tempdir().unwrap();
    let vectors = vectors("pictures.json");
    let mut refused = 0;
    for (_, path) in cases(&vectors["read"], folder.path()) {
        let whole = std::fs::read(&path).unwrap();
        for step in 0..40 {
            let mut bytes = whole.clone();
            let place = whole.len() * step / 40;
            bytes[place] = !bytes[place];
            if step % 2 == 0 {
                bytes.truncate(place + 1);
            }
            std::fs::write(&path, bytes).unwrap();
            refused += usize::from(read_picture(&path).is_err());
            let _ = picture_facts(&path);
        }
    }
    assert!(refused > 400, "{refused}");
}

#[test]
fn real_figures_of_papers_read_as_pillow_reads_them() {
    let Some(data) = hilum_testkit::shared_data() else { return };
    let mut paths = Vec::new();
    files_below(&data.join("covid-ct-2d"), &mut paths);
    paths.sort();
    let vectors = vectors("shared.json");
    let known = vectors["pictures"].as_array().unwrap();
    assert_eq!((paths.len(), known.len()), (543, 543));
    for (path, known) in paths.iter().zip(known) {
        let picture = read_picture(path).unwrap();
        let facts = (picture.format.to_string(), picture.mode.to_string(), picture.rows, picture.cols);
        let sum: i64 = levels(&picture, 255.0).iter().sum();
        let (format, mode, rows, cols, known_sum): (String, String, usize, usize, i64) =
            serde_json::from_value(known.clone()).unwrap();
        assert_eq!(facts, (format, mode, rows, cols), "{}", path.display());
        // Rounding of the inverse cosine transform evens out over a picture.
        let room = if known[0] == "JPEG" { 0.1 * picture.grey.len() as f64 } else { 0.0 };
        assert!((sum - known_sum).abs() as f64 <= room, "{}: {sum} for {known_sum}", path.display());
    }
}

fn files_below(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files_below(&path, found) } else { found.push(path) }
    }
}
