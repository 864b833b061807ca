//! Stories about what people put in: mixed folders, manifests, labels, names of patients.

use crate::story::Story;
use hilum_core::{Geometry, Volume, VoxelData, schema::Column, schema::Kind, schema::Table, schema::Value};
use hilum_io::{
    nifti::{NiftiFile, write_volume},
    raster::write_png_gray8,
    table::write_parquet,
};

/// Byte offset of `dim[8]`, 16-bit, in a NIfTI-1 header.
const DIM: usize = 40;
/// Byte offset of `descrip[80]`.
const DESCRIP: usize = 148;

fn set_dim(bytes: &mut [u8], axis: usize, value: i16) {
    bytes[DIM + 2 * axis..][..2].copy_from_slice(&value.to_le_bytes());
}

#[test]
fn pictures_are_refused_with_a_reason_wherever_hu_are_needed() {
    let story = Story::with_phantoms(1);
    write_png_gray8(&story.path("figure 3%2C b.png"), 8, 4, &[7; 32]).unwrap();
    let why = "is a PNG picture of 8 x 4 px, 8 bit grey: its grey values are no Hounsfield units and cannot be measured";
    for command in ["info", "measure", "select"] {
        let ran = story.hilum(&[command, "figure 3%2C b.png"]);
        assert_eq!(ran.code, 1, "{command}: {}", ran.err);
        assert!(ran.err.replace("\n", " ").contains(why), "{command}: {}", ran.err);
    }
    assert_eq!(story.hilum(&["run", "figure 3%2C b.png", "--out", "out"]).code, 1);
    let reason = &story.table("out").into_values().next().unwrap()["reason"];
    assert!(reason.contains(why) && reason.contains("give the CT itself"), "{reason}");
}

#[test]
fn every_file_of_a_mixed_folder_gets_a_row() {
    let story = Story::with_phantoms(1);
    let whole = story.read("scans/phantom_0001.nii.gz");
    story.write("mixed/whole.nii.gz", &whole);
    story.write("mixed/cut_short.nii.gz", &whole[..whole.len() / 2]);
    story.write("mixed/empty.nii", b"");
    story.write("mixed/text.nii", b"these are my notes about the scan");
    story.write("mixed/notes.txt", b"-");

    let geometry = Geometry::lps([40, 40, 20], [2.0, 2.0, 5.0]).unwrap();
    let air = (0..geometry.voxels()).map(|n| -1000 + (n % 11) as i16).collect();
    let air = Volume::new(geometry, VoxelData::I16(air)).unwrap();
    write_volume(&story.path("mixed/air.nii"), &air).unwrap();
    let mut series = story.read("mixed/air.nii");
    let voxels = series[352..].to_vec();
    let mut promise = series.clone();
    series.extend(voxels);
    set_dim(&mut series, 0, 4);
    set_dim(&mut series, 4, 2);
    story.write("mixed/series.nii", &series);
    set_dim(&mut promise, 3, 200);
    story.write("mixed/promise.nii", &promise);

    let ran = story.hilum(&["run", "mixed", "--out", "out"]);
    assert_eq!(ran.code, 1, "a scan failed: {}", ran.err);
    let table = story.table("out");
    let status: Vec<_> = table.iter().map(|(id, row)| (id.as_str(), row["status"].as_str())).collect();
    let failed = |id| (id, "failed");
    assert_eq!(
        status,
        [
            ("air", "rejected"),
            failed("cut_short"),
            failed("empty"),
            failed("promise"),
            failed("series"),
            failed("text"),
            ("whole", "measured"),
        ]
    );
    for (id, row) in &table {
        assert_eq!(row["reason"].is_empty(), id == "whole", "{id}: {}", row["reason"]);
        assert_eq!(row["lung_area_mm2"].is_empty(), id != "whole", "{id}: null, not 0");
        assert!(story.path("out/scans").join(id).join("scan.json").is_file());
    }
    assert!(ran.out.contains("1 .txt"), "what is left out is said: {}", ran.out);
    let report = String::from_utf8(story.read("out/report.html")).unwrap();
    assert!(table.keys().all(|id| report.contains(id.as_str())));
}

#[test]
fn labels_reach_the_table_and_what_did_not_meet_is_said() {
    let story = Story::with_phantoms(2);
    story.write("labels.csv", "file,label,sex\nphantom_0001.nii.gz,COVID-19,F\nphantom_0009,Normal,M\n");
    let ran = story.hilum(&["run", "scans", "--out", "out", "--labels", "labels.csv"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let table = story.table("out");
    assert_eq!(table["phantom_0001"]["type"], "COVID-19");
    assert_eq!(table["phantom_0002"]["type"], "");
    assert!(ran.out.contains("1 of 2 scans have no label"), "{}", ran.out);
    assert!(ran.out.contains("1 labels are for scans that are not in the input"), "{}", ran.out);
}

#[test]
fn labels_given_later_are_put_in_without_measuring_again() {
    let story = Story::with_phantoms(2);
    story.hilum(&["run", "scans", "--out", "out", "--quiet"]);
    story.write("labels.csv", "image_id,type\nphantom_0001,0\nphantom_0002,2\n");
    let ran = story.hilum(&["run", "scans", "--out", "out", "--labels", "labels.csv", "--json"]);
    let summary: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((&summary["this_run"]["kept"], &summary["this_run"]["done"]), (&2.into(), &0.into()));
    assert_eq!(story.table("out")["phantom_0002"]["type"], "2");
}

#[test]
fn a_manifest_in_parquet_gives_the_table_of_the_one_in_csv() {
    let story = Story::with_phantoms(2);
    const fn text(name: &'static str) -> Column<'static> {
        Column { name, kind: Kind::Text, unit: "-", definition: "", source: "" }
    }
    const COLUMNS: &[Column] = &[text("image_id"), text("type"), text("uri")];
    let manifest = String::from_utf8(story.read("scans/manifest.csv")).unwrap();
    let cell = |text: &str| Value::Text(Some(text.to_owned()));
    let rows = manifest.lines().skip(1).map(|line| line.split(',').map(cell).collect()).collect();
    write_parquet(&story.path("scans/manifest.parquet"), &Table { columns: COLUMNS, rows }).unwrap();

    for (input, out) in [("scans/manifest.csv", "csv"), ("scans/manifest.parquet", "parquet")] {
        let ran = story.hilum(&["run", input, "--out", out]);
        assert_eq!(ran.code, 0, "{}", ran.err);
    }
    assert_eq!(story.read("csv/measurements.csv"), story.read("parquet/measurements.csv"));
    let table = story.table("csv");
    assert_eq!((&*table["phantom_0001"]["type"], &*table["phantom_0002"]["type"]), ("covid", "healthy"));
}

#[test]
fn a_broken_manifest_names_its_row_and_column() {
    let story = Story::with_phantoms(1);
    story.write("scans/bad.csv", "image_id,type,uri\na,0,phantom_0001.nii.gz\na,1,phantom_0001.nii.gz\n");
    let ran = story.hilum(&["run", "scans/bad.csv", "--out", "out"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("row 2, column image_id"), "{}", ran.err);
    assert!(!story.path("out").exists(), "nothing is written for a run that cannot begin");
}

#[test]
fn patients_are_named_nowhere() {
    let story = Story::with_phantoms(3);
    let volume = "scans/phantom_0003.nii";
    let file = NiftiFile::open(&story.path("scans/phantom_0003.nii.gz")).unwrap();
    let geometry = Geometry::lps(file.geometry().dims(), file.geometry().spacing_mm()).unwrap();
    let air = Volume::new(geometry.clone(), VoxelData::I16(vec![-1000; geometry.voxels()])).unwrap();
    write_volume(&story.path(volume), &air).unwrap();
    let mut bytes = story.read(volume);
    bytes[DESCRIP..DESCRIP + 9].copy_from_slice(b"ROE^RICHD");
    story.write(volume, &bytes);

    story.write(
        "scans/cohort.csv",
        "image_id,type,uri,patient_id\n\
         a,0,phantom_0001.nii.gz,DOE^JANE^19700101\nb,0,phantom_0002.nii.gz,DOE^JANE^19700101\n\
         c,0,phantom_0003.nii,ROE^RICHD\nd,0,gone.nii,MOE^MAX\n",
    );
    let ran = story.hilum(&["run", "scans/cohort.csv", "--out", "out"]);
    assert_eq!(ran.code, 1, "one file is missing: {}", ran.err);
    let groups: Vec<_> = story.table("out").values().map(|row| row["group"].clone()).collect();
    assert_eq!(groups, ["g0001", "g0001", "g0002", "g0003"]);

    let mut seen = story.content("out");
    seen.insert("run.json".into(), story.read("out/run.json"));
    seen.insert("standard output".into(), ran.out.into_bytes());
    seen.insert("standard error".into(), ran.err.into_bytes());
    for path in ["out/scans/a/slice.nii.gz", "out/scans/a/lung_mask.nii.gz"] {
        let header = NiftiFile::open(&story.path(path)).unwrap().raw_header_bytes().to_vec();
        seen.insert(path.into(), header);
    }
    let machine = story.path("").display().to_string();
    for (path, bytes) in seen {
        let text = String::from_utf8_lossy(&bytes);
        for secret in ["DOE^JANE", "ROE^RICHD", "MOE^MAX", machine.trim_end_matches('/')] {
            assert!(!text.contains(secret), "{secret} in {}", path.display());
        }
    }
}
