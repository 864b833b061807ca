//! The report as a reader gets it: nothing lost, nothing unescaped, nothing fetched, the same bytes each time.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use hilum_core::{Finding, Recipe, Status, schema::Measurement};
use hilum_report::{
    AreaCurve, ClassContrast, ClassifierFigure, ClassifierMeasure, ClassifierReport, ClassifierSide,
    ClassifierVerdict, ExplanationReport, Provenance, ReportInput, ScanEntry, ScanExplanation, render, write,
};
use std::{collections::BTreeMap, fs, path::Path};

fn entry(id: &str, label: Option<&str>, status: Status) -> ScanEntry {
    let mut row = Measurement::unmeasured(id, &format!("in/{id}.nii.gz"), Recipe::Default, status, None);
    row.label = label.map(str::to_owned);
    ScanEntry { row, findings: vec![], curve: None, folder: id.to_owned(), files: vec![], explanation: None }
}

fn measured(id: &str, label: Option<&str>, ratio_percent: f64, area_mm2: f64) -> ScanEntry {
    let mut scan = entry(id, label, Status::Measured);
    scan.row.dense_ratio_percent = Some(ratio_percent);
    scan.row.lung_area_mm2 = Some(area_mm2);
    scan.curve = Some(AreaCurve {
        area_mm2: vec![0.0, area_mm2, 10.0],
        chosen: 1,
        superior_is_last: true,
        slice_spacing_mm: 1.5,
    });
    scan
}

fn not_measured(id: &str, status: Status, code: &str, reason: &str) -> ScanEntry {
    let mut scan = entry(id, Some("2"), status);
    scan.row.reason = Some(reason.to_owned());
    scan.findings = vec![Finding::reject(code, reason)];
    scan
}

fn input(scans: Vec<ScanEntry>, scans_dir: &Path) -> ReportInput<'_> {
    ReportInput {
        title: "A cohort",
        scans,
        provenance: Provenance {
            version: "0.1.0".into(),
            recipe: Recipe::Default,
            command: "hilum run in --out out".into(),
            settings: vec![],
            inputs_hash: Some("blake3:00ff".into()),
            left_out: BTreeMap::from([("txt".into(), 2)]),
        },
        class_names: BTreeMap::from([("0".into(), "Healthy".into()), ("2".into(), "COVID-19".into())]),
        contrasts: vec![],
        scans_dir,
        classifier: None,
        explanation: None,
        figures_dir: None,
        model_dir: None,
    }
}

/// The part of the page from one section's id to its end.
fn section<'a>(html: &'a str, id: &str) -> &'a str {
    let from = html.find(&format!("<section id=\"{id}\"")).expect("the section is there");
    let length = html[from..].find("</section>").expect("the section ends");
    &html[from..from + length]
}

fn mixed() -> Vec<ScanEntry> {
    vec![
        measured("alpha", Some("0"), 3.25, 25_000.0),
        measured("beta", Some("2"), 9.0, 31_000.0),
        not_measured("gamma", Status::Rejected, "few_slices", "only 3 slices"),
        not_measured("delta", Status::Failed, "truncated", "the file \"ends\" early"),
        measured("epsilon", Some("2"), 14.5, 18_000.0),
        measured("zeta", Some("7"), 6.0, 21_000.0),
    ]
}

#[test]
fn every_scan_is_on_the_wall_and_in_the_table_and_exclusions_tell_why() {
    let html = render(&input(mixed(), Path::new("nowhere"))).unwrap();
    assert!(html.contains("6 scans: 4 measured, 1 rejected, 1 failed"));
    for scan in mixed() {
        for part in ["scans", "table"] {
            assert!(section(&html, part).contains(&format!(">{}</a>", scan.row.image_id)), "{part}");
        }
    }
    let excluded = section(&html, "excluded");
    for said in ["gamma", "few_slices", "only 3 slices", "delta", "truncated", "in/delta.nii.gz"] {
        assert!(excluded.contains(said) || excluded.contains(&said.replace('/', "&#x2f;")), "{said}");
    }
    assert!(excluded.contains("the file &quot;ends&quot; early"));
    assert!(!excluded.contains("alpha"));
    assert!(html.contains(">Healthy<") && html.contains(">COVID-19<") && html.contains(">7<"));
}

#[test]
fn a_measured_scan_without_pictures_is_shown_and_says_so() {
    let html = render(&input(mixed(), Path::new("nowhere"))).unwrap();
    assert_eq!(section(&html, "scans").matches("slice.png is missing").count(), 4);
}

#[test]
fn text_from_the_data_cannot_become_markup() {
    let evil = "<script>alert(1)</script>";
    let quote = "\"><img src=x onerror='alert(2)'></script>";
    let mut scan = measured(evil, Some(evil), 5.0, 20_000.0);
    scan.findings = vec![Finding::warn(quote, quote)];
    scan.row.site = Some(quote.into());
    let scans = vec![scan, not_measured(quote, Status::Failed, quote, quote)];
    let mut input = input(scans, Path::new("nowhere"));
    input.title = evil;
    input.provenance.command = quote.into();
    let html = render(&input).unwrap();
    assert_eq!(html.matches("<script").count(), 1, "only the page's own script");
    assert_eq!(html.matches("</script").count(), 1);
    assert!(!html.contains("<img src=x") && !html.contains("\"><img"));
    assert!(html.contains("&lt;script&gt;alert(1)"));
}

#[test]
fn nothing_is_fetched_and_the_policy_forbids_it() {
    let html = render(&input(mixed(), Path::new("nowhere"))).unwrap();
    assert!(!html.contains("http://") && !html.contains("https://"));
    for attribute in [" src=\"", " href=\""] {
        for value in html.split(attribute).skip(1) {
            // A link to a scan's own page is followed by a reader alone.
            let followed = attribute == " href=\"" && value.starts_with("scans/");
            let within = value.starts_with('#') || value.starts_with("data:");
            assert!(within || followed, "{attribute}{}", &value[..20]);
        }
    }
    assert!(html.contains("default-src 'none'") || html.contains("default-src &#x27;none&#x27;"));
    // The policy allows no style attributes and no inline handlers: there must be none.
    assert!(!html.contains(" style=\"") && !html.contains(" onclick="));
}

#[test]
fn medians_on_the_cards_are_those_of_the_rows() {
    let ratios = [4.0, 19.5, 7.25, 6.5, 11.0, 2.0, 8.0];
    let scans: Vec<_> =
        ratios.iter().enumerate().map(|(i, &r)| measured(&format!("s{i}"), None, r, 1e4 + r)).collect();
    let mut sorted = ratios;
    sorted.sort_by(f64::total_cmp);
    let html = render(&input(scans, Path::new("nowhere"))).unwrap();
    let summary = section(&html, "summary");
    assert!(summary.contains(&format!(">{:.1}<span class=\"unit\"> %", sorted[3])));
    // Seven values: the quartiles lie at places 1.5 and 4.5.
    let (q1, q3) = ((sorted[1] + sorted[2]) / 2.0, (sorted[4] + sorted[5]) / 2.0);
    assert!(summary.contains(&format!("IQR {q1:.1}–{q3:.1} %")), "{summary}");
}

#[test]
fn cohorts_without_scans_measurements_or_labels_have_a_report() {
    let none = render(&input(vec![], Path::new("nowhere"))).unwrap();
    assert!(none.contains("No scans.") && !none.contains("Every scan was measured"));
    let failed = vec![not_measured("only", Status::Failed, "truncated", "ends early")];
    let failed = render(&input(failed, Path::new("nowhere"))).unwrap();
    assert!(failed.contains("nothing to draw") && failed.contains("1 scan: 1 failed"));
    let one = render(&input(vec![measured("one", None, 0.0, 0.0)], Path::new("nowhere"))).unwrap();
    assert!(one.contains("All scans") && !one.contains("NaN") && !one.contains("inf\""));
}

#[test]
fn pictures_are_embedded_small_and_the_same_input_gives_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let scans_dir = folder.path().join("scans");
    draw(&scans_dir.join("alpha"));
    let input = input(mixed(), &scans_dir);
    make_folders(&input);
    let first = render(&input).unwrap();
    assert_eq!(first, render(&input).unwrap());
    assert!(first.contains("data:image/jpeg;base64,") && first.contains("data:image/png;base64,"));
    assert!(!first.contains(&folder.path().display().to_string()), "no path of this machine");
    let path = folder.path().join("report.html");
    write(&path, &input).unwrap();
    write(&path, &input).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), first);
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|f| f.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "the report and the scans, no leftover: {left:?}");
}

/// The folder of every scan, which a run leaves there.
fn make_folders(input: &ReportInput<'_>) {
    for scan in &input.scans {
        fs::create_dir_all(input.scans_dir.join(&scan.folder)).unwrap();
    }
}

#[test]
fn every_scan_has_a_page_in_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    let scans_dir = folder.path().join("scans");
    draw(&scans_dir.join("alpha"));
    let mut input = input(mixed(), &scans_dir);
    make_folders(&input);
    input.scans[0].files = vec!["slice.png".into(), "lung_mask.nii.gz".into()];
    input.scans[0].row.slice_index = Some(7);
    input.scans[0].explanation = Some(ScanExplanation {
        picture: "../../model/explanations/pictures/alpha.png".into(),
        method: "LIME, 1000 samples".into(),
        class: "<COVID-19>".into(),
        checks: vec![("Positive weight in the lung".into(), "12 % (area 18 %)".into())],
        verdict: "Judged: looks elsewhere.".into(),
        trusted: false,
    });
    write(&folder.path().join("report.html"), &input).unwrap();
    let page =
        |id: &str| fs::read_to_string(scans_dir.join(id).join("index.html")).unwrap().replace("&#x2f;", "/");
    let alpha = page("alpha");
    for said in [
        "Slice 7,",
        "3.2 %",
        "src=\"overlay.png\"",
        "<a href=\"lung_mask.nii.gz\">",
        "src=\"../../model/explanations/pictures/alpha.png\"",
        "&lt;COVID-19&gt;",
        "12 % (area 18 %)",
        "verdict suspect",
        "../beta/index.html",
        "../../report.html#s0",
    ] {
        assert!(alpha.contains(said), "{said}");
    }
    assert!(!alpha.contains("rel=\"prev\"") && !alpha.contains("<script"));
    let gamma = page("gamma");
    assert!(
        gamma.contains("only 3 slices") && !gamma.contains("<img") && !gamma.contains("id=\"explanation\"")
    );
    assert!(!page("zeta").contains("rel=\"next\"") && page("zeta").contains("slice.png is missing"));
    let report = fs::read_to_string(folder.path().join("report.html")).unwrap();
    assert!(report.contains("href=\"scans/gamma/index.html\""));
}

#[test]
fn a_damaged_picture_is_told_and_stops_nothing() {
    let folder = tempfile::tempdir().unwrap();
    draw(&folder.path().join("alpha"));
    let slice = folder.path().join("alpha/slice.png");
    let half = fs::read(&slice).unwrap();
    fs::write(&slice, &half[..half.len() / 2]).unwrap();
    let html = render(&input(mixed(), folder.path())).unwrap();
    assert!(html.contains("slice.png cannot be read"));
}

#[test]
fn a_folder_that_is_not_there_is_an_error_that_names_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let fault = write(&folder.path().join("no/report.html"), &input(vec![], folder.path())).unwrap_err();
    assert!(fault.to_string().contains("report.html"), "{fault}");
}

/// A grey disc with a tinted disc in it, as slice.png and overlay.png.
fn draw(folder: &Path) {
    const SIDE: usize = 96;
    let within = |at: usize, radius: usize| {
        let (x, y) = ((at % SIDE).abs_diff(SIDE / 2), (at / SIDE).abs_diff(SIDE / 2));
        x * x + y * y < radius * radius
    };
    let grey: Vec<u8> = (0..SIDE * SIDE).map(|at| if within(at, 40) { 210 } else { 55 }).collect();
    let tint = |at: usize| if within(at, 8) { [230, 110, 60] } else { [70, 130, 190] };
    let rgb: Vec<u8> =
        (0..SIDE * SIDE).flat_map(|at| if within(at, 24) { tint(at) } else { [grey[at]; 3] }).collect();
    fs::create_dir_all(folder).unwrap();
    for (name, colour, bytes) in
        [("slice.png", png::ColorType::Grayscale, &grey), ("overlay.png", png::ColorType::Rgb, &rgb)]
    {
        let mut encoder =
            png::Encoder::new(fs::File::create(folder.join(name)).unwrap(), SIDE as u32, SIDE as u32);
        encoder.set_color(colour);
        encoder.write_header().unwrap().write_image_data(bytes).unwrap();
    }
}

#[test]
fn classes_are_compared_with_the_numbers_given_and_not_at_all_without() {
    let dir = tempfile::tempdir().unwrap();
    let mut input = input(mixed(), dir.path());
    assert!(!render(&input).unwrap().contains("id=\"comparison\""));
    input.contrasts = vec![ClassContrast {
        positive: "2".into(),
        negative: "0".into(),
        positives: 455,
        negatives: 323,
        auc: 0.785_901,
        auc_interval: Some((0.753_825, 0.817_978)),
        p: 3.8e-42,
        effect: 0.5718,
        threshold_percent: Some((7.3497, true)),
        held_back_accuracy: None,
        held_back_interval: None,
        majority_accuracy: 0.584_83,
    }];
    let html = render(&input).unwrap();
    let part = section(&html, "comparison");
    for words in [
        "COVID-19 against Healthy",
        "0.786",
        "(0.754–0.818)",
        "&lt; 0.001",
        "≥ 7.35 %",
        "too few scans",
        "0.585",
    ] {
        assert!(part.contains(words), "{words}: {part}");
    }
}

#[test]
fn explanations_are_shown_with_their_verdict() {
    let folder = tempfile::tempdir().unwrap();
    let mut input = input(vec![measured("a", Some("0"), 4.0, 9000.0)], folder.path());
    assert!(!render(&input).unwrap().contains("id=\"explanations\""));
    input.explanation = Some(ExplanationReport {
        trusted: false,
        verdict: "Verdict: looks elsewhere.".to_owned(),
        reasons: vec!["10 % of the positive weight lies inside the lung.".to_owned()],
        figure: ClassifierFigure { title: "Cases".to_owned(), svg: "<svg/>".to_owned() },
    });
    let html = render(&input).unwrap();
    let section = section(&html, "explanations");
    assert!(section.contains("class=\"verdict suspect\""), "{section}");
    assert!(section.contains("looks elsewhere. 10 % of the positive weight"), "{section}");
    assert!(section.contains("data:image/svg+xml;base64,PHN2Zy8+"), "{section}");
}

#[test]
fn a_classifier_is_shown_with_its_verdict_and_its_figures() {
    let folder = tempfile::tempdir().unwrap();
    let mut input = input(vec![measured("a", Some("0"), 4.0, 9000.0)], folder.path());
    assert!(!render(&input).unwrap().contains("id=\"classifier\""));
    input.classifier = Some(ClassifierReport {
        sides: vec![ClassifierSide {
            name: "test".into(),
            cases: "98 COVID, 105 <b>NonCOVID".into(),
            measures: vec![ClassifierMeasure {
                name: "AUC".into(),
                value: "0.810".into(),
                interval: "0.750 – 0.868".into(),
            }],
            verdict: Some(ClassifierVerdict { suspect: Some(true), words: "SUSPECT: it does not".into() }),
            figures: vec![ClassifierFigure { title: "ROC".into(), svg: "<svg onload='x()'/>".into() }],
        }],
        notes: vec!["No groups are known.".into()],
    });
    let html = render(&input).unwrap();
    let section = section(&html, "classifier");
    assert!(section.contains("0.750 – 0.868") && section.contains("105 &lt;b&gt;NonCOVID"));
    assert!(section.contains("verdict suspect") && section.contains("No groups are known."));
    assert!(section.contains("data:image/svg+xml;base64,") && !section.contains("onload"));
}
