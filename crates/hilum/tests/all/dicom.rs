//! Stories about DICOM: a series measures like its NIfTI, heaps are sorted, damage has a reason, and nobody is named.

use crate::series::{Plant, Series};
use crate::story::Story;
use hilum_cohort::{RunRequest, SpreadRun, Worker, scan::ScanSettings};
use hilum_io::store::{Location, StoreOptions};
use hilum_testkit::StoreServer;
use std::{collections::BTreeMap, fs, num::NonZeroUsize, path::Path};

/// A story with one phantom as NIfTI, and its voxels to be written as series.
fn with_series() -> (Story, Series) {
    let story = Story::with_phantoms(1);
    let series = Series::of(&story.path("scans/phantom_0001.nii.gz"));
    (story, series)
}

#[test]
fn a_series_measures_like_the_nifti_it_came_from() {
    let (story, series) = with_series();
    series.write(&story.path("heap/a"), Plant::Nothing, |_, _| true);
    let ran = story.hilum(&["run", "heap", "--out", "dicom"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(story.hilum(&["run", "scans/phantom_0001.nii.gz", "--out", "nifti"]).code, 0);
    let numbers = |out: &str| {
        let mut row = story.table(out).into_values().next().unwrap();
        for of_the_input in ["image_id", "uri", "findings"] {
            assert!(row.remove(of_the_input).is_some());
        }
        row
    };
    assert_eq!(numbers("dicom"), numbers("nifti"));

    assert_eq!(story.hilum(&["convert", "heap/a", "back.nii"]).code, 0);
    let [back, from] = ["back.nii", "scans/phantom_0001.nii.gz"].map(|name| Series::of(&story.path(name)));
    assert!(back.voxels == from.voxels);
}

#[test]
fn masks_go_back_as_a_segmentation_of_the_series() {
    let (story, series) = with_series();
    series.write(&story.path("ward"), Plant::EveryText, |_, _| true);
    let asked = ["segment", "ward", "--out", "masks", "--dicom-seg"];
    let ran = story.hilum(&asked);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("masks.dcm"), "{}", ran.out);
    let bytes = story.read("masks/masks.dcm");
    let named = |bytes: &[u8]| String::from_utf8_lossy(bytes).contains("Plantagenet");
    assert!(!named(&bytes));
    assert_eq!(story.hilum(&asked).code, 0);
    assert!(story.read("masks/masks.dcm") == bytes, "the same masks, the same bytes");
    assert_eq!(story.hilum(&[&asked[..], &["--keep-identity"]].concat()).code, 0);
    assert!(named(&story.read("masks/masks.dcm")), "named when asked for");
    assert_eq!(story.hilum(&["segment", "ward", "--out", "masks", "--keep-identity"]).code, 2);

    let nifti = ["run", "scans/phantom_0001.nii.gz", "--out", "nifti", "--dicom-seg"];
    assert_eq!(story.hilum(&nifti).code, 0);
    let table = story.table("nifti");
    let row = table.values().next().unwrap();
    assert!(row["status"] == "measured" && row["findings"].contains("no_segmentation"), "{row:?}");
}

#[test]
fn heaps_of_images_are_sorted_into_series() {
    let (story, series) = with_series();
    series.write(&story.path("heap/mixed"), Plant::Nothing, |_, _| true);
    series.with_uid("1.2.3.9").write(&story.path("heap/mixed"), Plant::Nothing, |_, _| true);
    series.with_uid("1.2.3.10").write(&story.path("heap/gappy"), Plant::Nothing, |k, _| k != 13);
    series
        .with_uid("1.2.3.14")
        .write(&story.path("heap/holey"), Plant::Nothing, |k, _| !(9..15).contains(&k));
    series.with_uid("1.2.3.11").write(&story.path("heap/localizer"), Plant::Nothing, |k, image| {
        image.image_type("ORIGINAL\\PRIMARY\\LOCALIZER");
        k == 0
    });
    series.with_uid("1.2.3.12").write(&story.path("heap/coronal"), Plant::Nothing, |k, image| {
        image.place([1.0, 0.0, 0.0, 0.0, 0.0, -1.0], [0.0, k as f64 * 5.0, 0.0]);
        true
    });
    series.with_uid("1.2.3.13").write(&story.path("heap/nowhere"), Plant::Nothing, |k, image| {
        if k == 5 {
            image.forget_position();
        }
        true
    });
    story.write("heap/picture.png", b"-");
    let ran = story.hilum(&["run", "heap", "--out", "out"]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("1 CT localizer"), "{}", ran.out);
    let table = story.table("out");
    let found: Vec<(&str, &str)> =
        table.iter().map(|(id, row)| (id.split("__").next().unwrap(), row["status"].as_str())).collect();
    let expected = [
        ("coronal", "rejected"),
        ("gappy", "measured"),
        ("holey", "rejected"),
        ("mixed", "measured"),
        ("mixed", "measured"),
        ("nowhere", "failed"),
    ];
    assert_eq!(found, expected);
    assert!(table["coronal"]["reason"].contains("not axial"));
    assert!(table["gappy"]["findings"].contains("uneven_slices"), "{}", table["gappy"]["findings"]);
    assert!(table["holey"]["reason"].contains("mm off, which is too much"), "{}", table["holey"]["reason"]);
    assert!(table["nowhere"]["reason"].contains("Image Position (Patient) is missing"));
    assert!(story.hilum(&["info", "heap/mixed"]).err.contains("2 scans"));
}

#[test]
fn damaged_series_fail_with_a_reason() {
    let (story, series) = with_series();
    series.write(&story.path("heap/cut"), Plant::Nothing, |_, _| true);
    let bytes = story.read("heap/cut/image_20.dcm");
    story.write("heap/cut/image_20.dcm", &bytes[..bytes.len() - 5000]);
    series.with_uid("1.2.3.20").write(&story.path("heap/short"), Plant::Nothing, |k, image| {
        if k == 7 {
            image.shorten();
        }
        true
    });
    let ran = story.hilum(&["run", "heap", "--out", "out"]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    let table = story.table("out");
    assert!(table["cut"]["reason"].contains("breaks off"), "{}", table["cut"]["reason"]);
    assert!(table["short"]["reason"].contains("image_07.dcm"), "{}", table["short"]["reason"]);
    assert!(table["short"]["reason"].contains("9216 pixels"), "{}", table["short"]["reason"]);
}

#[test]
fn no_patient_is_named_in_what_a_run_writes_or_prints() {
    let (story, series) = with_series();
    series.write(&story.path("in/ward 3"), Plant::EveryText, |_, _| true);
    let named = format!("in/{}", crate::series::WORD);
    series.with_uid("1.2.826.73917391.2").write(&story.path(&named), Plant::EveryText, |_, _| true);
    series.with_uid("1.2.826.73917391.3").write(&story.path("in/nowhere"), Plant::EveryText, |_, image| {
        image.forget_position();
        true
    });
    series.with_uid("1.2.826.73917391.4").write(&story.path("in/short"), Plant::EveryText, |_, image| {
        image.shorten();
        true
    });

    let mut said = String::new();
    for args in [
        &["run", "in", "--out", "out", "--figures"][..],
        &["run", "in", "--out", "out", "--json", "--retry-failed"],
        &["run", "in", "--out", "out/with seg", "--dicom-seg"],
        &["match", "in/ward 3", "in/ward 3", "--json", "--out", "out/matched"],
        &["info", "in/ward 3"],
        &["info", "in/ward 3", "--json"],
        &["info", "in/nowhere"],
        &["measure", "in/short"],
        &["measure", "in/ward 3", "--json"],
        &["segment", "in/ward 3", "--out", "out/segmented", "--json"],
        &["convert", "in/ward 3", "out/ward.nii"],
        &["convert", "in/short", "out/short.nii"],
    ] {
        let ran = story.hilum(args);
        said += &(ran.out + &ran.err);
    }
    let table = story.table("out");
    let measured = table.values().filter(|row| row["status"] == "measured").count();
    assert_eq!((table.len(), measured), (4, 2));
    assert!(table.values().all(|row| row["group"] == "g0001"), "one Patient ID, one group");
    assert!(table.keys().any(|id| id.starts_with("series-")), "{:?}", table.keys());

    let mut written = vec![("what was printed".to_owned(), said.into_bytes())];
    written.extend(crate::series::files_below(&story.path("out")));
    assert!(written.len() > 20);
    let segmentations = written.iter().filter(|(name, _)| name.ends_with("masks.dcm")).count();
    assert_eq!(segmentations, 2, "one of each measured series");
    for (name, content) in written {
        let text = (name.clone() + &String::from_utf8_lossy(&content)).to_lowercase();
        for secret in crate::series::SECRETS {
            // The UIDs of the images are what a segmentation is for.
            if secret == crate::series::OF_UIDS && name.ends_with("masks.dcm") {
                continue;
            }
            assert!(!text.contains(&secret.to_lowercase()), "{name} holds {secret}");
        }
    }
}

/// A run in which every scan is measured by a worker that was told of it in a text; how many scans there were.
fn by_workers(story: &Story, input: &str, out: &str, endpoint: &str) -> usize {
    let store =
        StoreOptions { no_sign: true, endpoint: Some(endpoint.to_owned()), ..StoreOptions::default() };
    let request = RunRequest {
        input: Location::Store(input.parse().unwrap()),
        out: story.path(out),
        mirror: None,
        store: store.clone(),
        labels: None,
        class_names: BTreeMap::new(),
        jobs: NonZeroUsize::MIN,
        max_memory_bytes: None,
        retry_failed: false,
    };
    let settings = ScanSettings::default();
    let plan = SpreadRun::begin(request, settings.clone()).unwrap();
    let mut worker = Worker::open(settings, &story.path(out).into(), store, None).unwrap();
    for task in plan.tasks().unwrap() {
        let text = serde_json::to_string(&task).unwrap();
        worker.measure(&serde_json::from_str(&text).unwrap()).unwrap();
    }
    plan.finish().unwrap().rows.len()
}

#[test]
fn series_in_a_store_are_read_as_on_a_disk() {
    let Some(server) = StoreServer::start() else { return };
    let (story, series) = with_series();
    series.write(&story.path("ward/a"), Plant::Nothing, |_, _| true);
    series.with_uid("1.2.3.9").write(&story.path("ward/mixed"), Plant::Nothing, |_, _| true);
    series.with_uid("1.2.3.10").write(&story.path("ward/mixed"), Plant::Nothing, |_, _| true);
    series.with_uid("1.2.3.11").write(&story.path("ward/scout"), Plant::Nothing, |k, image| {
        image.image_type("ORIGINAL\\PRIMARY\\LOCALIZER");
        k == 0
    });
    // A series whose folder and files are named after the patient, who has another one.
    let named = format!("ward/{}", crate::series::WORD);
    series.with_uid("1.2.826.73917391.2").write(&story.path(&named), Plant::EveryText, |_, _| true);
    story.write("ward/a/report.txt", "no image".repeat(100));
    story.write("ward/a/raw", "no image either".repeat(100));
    fs::copy(story.path("scans/phantom_0001.nii.gz"), story.path("ward/b.nii.gz")).unwrap();
    server.make_bucket("lab");
    for (name, bytes) in crate::series::files_below(&story.path("ward")) {
        let key = Path::new(&name).strip_prefix(story.path("")).unwrap().display().to_string();
        server.put("lab", &key.replace('\\', "/"), &bytes, true);
    }
    let endpoint = server.endpoint();
    let said = std::cell::RefCell::new(String::new());
    let run = |input: &str, out: &str| {
        let ran = story.hilum(&["run", input, "--out", out, "--no-sign", "--endpoint", &endpoint]);
        assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
        said.borrow_mut().push_str(&(ran.out + &ran.err));
        let run: serde_json::Value = serde_json::from_slice(&story.read(&format!("{out}/run.json"))).unwrap();
        run
    };
    let (near, far) = (run("ward", "near"), run("s3://lab/ward", "far"));
    for table in ["measurements.csv", "measurements.parquet"] {
        assert!(story.read(&format!("near/{table}")) == story.read(&format!("far/{table}")), "{table}");
    }
    let table = story.table("far");
    assert_eq!(table.len(), 5, "{:?}", table.keys());
    assert!(table.values().all(|row| row["status"] == "measured"), "{table:?}");
    assert_eq!(near["left_out"], far["left_out"]);

    // Other processes measure them too, from what a text says of where they lie.
    let rows = by_workers(&story, "s3://lab/ward", "spread", &endpoint);
    assert_eq!(rows, 5);
    assert!(story.read("spread/measurements.csv") == story.read("near/measurements.csv"));

    // Done once, until an image changes.
    assert_eq!(run("s3://lab/ward", "far")["this_run"]["kept"], 5);
    let image = story.read("ward/a/image_03.dcm");
    server.put("lab", "ward/a/image_04.dcm", &image, true);
    let args = ["run", "s3://lab/ward", "--out", "far", "--no-sign", "--endpoint", &endpoint];
    assert_ne!(story.hilum(&args).code, 3);
    let again: serde_json::Value = serde_json::from_slice(&story.read("far/run.json")).unwrap();
    assert_eq!(again["this_run"]["kept"], 4);
    assert!(story.table("far")["a"]["findings"].contains("duplicate_images"));

    let ran = story.hilum(&["info", "s3://lab/ward/mixed", "--no-sign", "--endpoint", &endpoint]);
    assert!(ran.code != 0 && ran.err.contains("2 scans"), "{}", ran.err);
    let ran = story.hilum(&["info", "s3://lab/ward/a", "--no-sign", "--endpoint", &endpoint]);
    assert!(ran.code == 0 && ran.out.contains("DICOM"), "{}{}", ran.out, ran.err);

    let mut written = vec![("what was printed".to_owned(), said.into_inner().into_bytes())];
    written.extend(crate::series::files_below(&story.path("far")));
    for (name, content) in written {
        let text = (name.clone() + &String::from_utf8_lossy(&content)).to_lowercase();
        let secret = crate::series::SECRETS.iter().find(|secret| text.contains(&secret.to_lowercase()));
        assert_eq!(secret, None, "in {name}");
    }
}
