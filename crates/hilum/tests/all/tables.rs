//! Stories about tables of scans: `describe` and `compare`.

use crate::story::{Ran, Story};
use serde_json::Value;

fn json(ran: &Ran) -> Value {
    assert_eq!(ran.code, 0, "{}", ran.err);
    serde_json::from_str(&ran.out).unwrap()
}

/// Twelve healthy scans and twelve sick ones, and rows of every kind that cannot take part.
const TABLE: &str = "image_id,type,ratio,status
a1,0,1,measured\na2,0,2,measured\na3,0,2.5,measured\na4,0,3,measured\na5,0,3.5,measured\na6,0,12,measured
b1,2,4,measured\nb2,2,9,measured\nb3,2,11,measured\nb4,2,2.2,measured\nb5,2,30,measured\nb6,2,14,measured
c1,2,,rejected\nc2,0,,failed\nc3,2,NaN,measured\nc4,0,inf,measured\nc5,,3,measured\na1,0,1,measured
d1,1,5,measured
";

#[test]
fn nothing_is_lost_in_silence() {
    let story = Story::new();
    story.write("t.csv", TABLE);
    let found = json(&story.hilum(&["compare", "t.csv", "--only", "0,2", "--json"]));
    assert_eq!((&found["rows"], &found["compared"]), (&19.into(), &12.into()));
    let left: Vec<(&str, u64)> = found["left_out"]
        .as_array()
        .unwrap()
        .iter()
        .map(|l| (l["reason"].as_str().unwrap(), l["rows"].as_u64().unwrap()))
        .collect();
    let each_once = ["rejected", "failed", "no_value", "not_finite", "no_label", "repeat", "not_asked_for"];
    assert_eq!(left, each_once.map(|reason| (reason, 1)));
    let said = story.hilum(&["compare", "t.csv", "--only", "0,2"]);
    assert!(
        said.out.contains("row 13 (c1)") && said.out.contains("row 18 (a1) repeats row 1"),
        "{}",
        said.out
    );
    assert!(said.out.contains("2 against 0") && said.out.contains("held back"), "{}", said.out);
}

#[test]
fn three_classes_are_compared_in_pairs_and_with_the_rest() {
    let story = Story::new();
    story.write("t.csv", format!("{TABLE}d2,1,5.5,measured\nd3,1,6,measured\n"));
    let found = json(&story.hilum(&["compare", "t.csv", "--json"]));
    assert_eq!(found["pairs"].as_array().unwrap().len(), 3);
    assert_eq!(found["one_vs_rest"].as_array().unwrap().len(), 3);
    assert_eq!(found["kruskal_wallis"]["degrees_of_freedom"], 2);
    let said = story.hilum(&["compare", "t.csv", "--class-name", "1=Other"]);
    assert!(said.out.contains("Other vs rest") && said.out.contains("Kruskal-Wallis"), "{}", said.out);
}

#[test]
fn faults_name_row_and_column() {
    let story = Story::new();
    let labels = "image_id,type\na,0\nb,2\nz,2\n";
    story.write("labels.csv", labels);
    for (table, args, code, words) in [
        ("image_id,type,ratio\na,0,1\nb,2,many\n", &[][..], 2, "row 2, column ratio: 'many' is no number"),
        ("image_id,kind,ratio\na,0,1\n", &[], 2, "no column type (or label, class)"),
        ("image_id,type,area\na,0,1\n", &[], 2, "no column dense_ratio_percent or ratio"),
        ("image_id,type,ratio\na,0,1\n", &["--value", "size"], 2, "no column size"),
        (
            "image_id,type,ratio\na,0,1\nb,2,3\na,0,7\n",
            &[],
            2,
            "row 3, column image_id: 'a' stands in row 1 too",
        ),
        (
            "image_id,type,ratio\na,2,1\n",
            &["--labels", "labels.csv"],
            2,
            "'a' is of class '2' here and of class '0'",
        ),
        ("type,ratio\n0,1\n", &["--labels", "labels.csv"], 2, "no column image_id"),
        ("image_id,type,ratio\na,0,\nb,,2\n", &[], 3, "1 without a number, 1 without a label"),
        ("image_id,type,ratio\n", &[], 3, "the table has no rows"),
        (
            "image_id,type,ratio\na,0,1\nb,2,3\n",
            &["--positive", "COVID"],
            2,
            "no scan that takes part is of class 'COVID'",
        ),
    ] {
        story.write("t.csv", table);
        let ran = story.hilum(&[&["compare", "t.csv"], args].concat());
        assert_eq!(ran.code, code, "{words}: {}", ran.err);
        assert!(ran.err.contains(words) && ran.err.contains("help: "), "{words}: {}", ran.err);
    }
    let many: String = (0..30).map(|i| format!("s{i},name{i},{i}\n")).collect();
    story.write("t.csv", format!("image_id,type,ratio\n{many}"));
    let ran = story.hilum(&["compare", "t.csv"]);
    assert!(ran.code == 2 && ran.err.contains("30 different labels"), "{}", ran.err);
}

#[test]
fn one_class_is_described_and_the_word_is_said() {
    let story = Story::new();
    story.write("t.csv", "image_id,type,ratio\na,0,1\nb,0,2\n");
    let found = json(&story.hilum(&["compare", "t.csv", "--json"]));
    assert_eq!(found["pairs"], serde_json::json!([]));
    assert!(found["notes"][0].as_str().unwrap().contains("nothing to compare it with"));
}

#[test]
fn labels_come_from_a_table_of_their_own_and_what_it_lacks_is_told() {
    let story = Story::new();
    story.write("t.csv", "file,ratio\ns/a.nii.gz,1\nb,4\nq,2\n");
    story.write("labels.csv", "image_id,type\na,0\nb,2\nz,2\n");
    let found = json(&story.hilum(&["compare", "t.csv", "--labels", "labels.csv", "--json"]));
    assert_eq!(
        found["missing"]["by_label"]["2"],
        serde_json::json!({"listed": 2, "missing": 1, "asked_for": true})
    );
    assert_eq!(found["left_out"][0]["reason"], "no_label");
    assert!(
        found["notes"][0].as_str().unwrap().contains("1 rows hold a scan that the label table does not know")
    );
}

#[test]
fn a_run_can_be_described_and_compared_with_the_same_bytes_each_time() {
    let story = Story::with_phantoms(4);
    let ran = story.hilum(&["run", "scans/manifest.csv", "--out", "out", "--quiet"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for table in ["out/measurements.csv", "out/measurements.parquet"] {
        let described = json(&story.hilum(&["describe", table, "--json", "--out", "a"]));
        assert_eq!(described["rows"], 4);
        let column =
            described["columns"].as_array().unwrap().iter().find(|c| c["name"] == "slices_px").unwrap();
        assert_eq!(column["range"]["max"], 32.0);
        assert_eq!(described["classes"][0]["outcomes"].as_array().unwrap().len(), 3);
    }
    for out in ["a", "b"] {
        assert_eq!(story.hilum(&["compare", "out/measurements.csv", "--out", out]).code, 0);
    }
    for file in ["compare.json", "classes.csv", "contrasts.csv", "histograms.svg", "histograms.png"] {
        assert!(story.read(&format!("a/{file}")) == story.read(&format!("b/{file}")), "{file}");
    }
    assert!(story.read("a/class-counts.png").starts_with(b"\x89PNG"));
}
