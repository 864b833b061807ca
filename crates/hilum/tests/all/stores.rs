//! Stories about cohorts in stores, on an S3 server of this machine.

use crate::story::{Ran, Story};
use hilum_testkit::StoreServer;
use std::fs;

/// A server with a bucket `lab` that holds the story's scans under `cohort/`.
struct Lab {
    story: Story,
    server: StoreServer,
}

impl Lab {
    /// Packed and plain scans, in a folder and below it; `None` where there is no server.
    fn open(public: bool) -> Option<Self> {
        let server = StoreServer::start()?;
        let story = Story::with_phantoms(3);
        fs::create_dir(story.path("scans/site")).unwrap();
        let plain = story.hilum(&["convert", "scans/phantom_0001.nii.gz", "scans/site/plain.nii"]);
        assert_eq!(plain.code, 0, "{}", plain.err);
        story.write("scans/notes.txt", "not a scan");
        server.make_bucket("lab");
        for name in ["manifest.csv", "notes.txt", "site/plain.nii"]
            .map(str::to_owned)
            .into_iter()
            .chain((1..=3).map(|n| format!("phantom_000{n}.nii.gz")))
        {
            let bytes = story.read(&format!("scans/{name}"));
            server.put("lab", &format!("cohort/{name}"), &bytes, public);
        }
        Some(Self { story, server })
    }

    /// Runs the program with keys in the environment and none of the user's own settings.
    fn hilum(&self, args: &[&str], settings: &[(&str, &str)]) -> Ran {
        let settings: Vec<_> = settings.iter().map(|&(name, value)| (name, value.to_owned())).collect();
        self.story.hilum_with(args, &settings)
    }

    fn signed(&self, args: &[&str]) -> Ran {
        let endpoint = self.server.endpoint();
        let settings = [
            ("AWS_ENDPOINT_URL", endpoint.as_str()),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", "lab"),
            ("AWS_SECRET_ACCESS_KEY", "lab"),
        ];
        self.hilum(args, &settings)
    }

    fn run(&self, input: &str, out: &str) {
        let ran = self.signed(&["run", input, "--out", out, "--quiet"]);
        assert_eq!(ran.code, 0, "{input}: {}{}", ran.out, ran.err);
    }

    fn same_tables(&self, one: &str, other: &str) {
        for table in ["measurements.csv", "measurements.parquet"] {
            assert!(
                self.story.read(&format!("{one}/{table}")) == self.story.read(&format!("{other}/{table}"))
            );
        }
    }

    fn kept(&self, run_json: &[u8]) -> u64 {
        let run: serde_json::Value = serde_json::from_slice(run_json).unwrap();
        run["this_run"]["kept"].as_u64().unwrap()
    }
}

#[test]
fn a_run_over_a_store_writes_the_tables_of_a_run_over_a_disk() {
    let Some(lab) = Lab::open(false) else { return };
    lab.run("scans", "near");
    lab.run("s3://lab/cohort", "far");
    lab.same_tables("near", "far");
    assert!(lab.story.table("far").contains_key("site__plain"));
    lab.run("scans/manifest.csv", "near-listed");
    lab.run("s3://lab/cohort/manifest.csv", "far-listed");
    lab.same_tables("near-listed", "far-listed");

    // Nothing is done twice, unless an object has changed.
    lab.run("s3://lab/cohort", "far");
    assert_eq!(lab.kept(&lab.story.read("far/run.json")), 4);
    let other = lab.story.read("scans/phantom_0002.nii.gz");
    lab.server.put("lab", "cohort/phantom_0001.nii.gz", &other, false);
    lab.run("s3://lab/cohort", "far");
    assert_eq!(lab.kept(&lab.story.read("far/run.json")), 3);
}

#[test]
fn the_output_may_lie_in_the_store_too() {
    let Some(lab) = Lab::open(false) else { return };
    lab.run("scans", "near");
    // Inside the input, which must not count it as scans.
    let out = "s3://lab/cohort/results";
    lab.run("s3://lab/cohort", out);
    for name in ["measurements.csv", "measurements.parquet"] {
        let there = lab.server.get("lab", &format!("cohort/results/{name}"));
        assert!(there == lab.story.read(&format!("near/{name}")), "{name}");
    }
    for name in ["report.html", "scans/phantom_0001/lung_mask.nii.gz", "scans/phantom_0001/scan.json"] {
        assert!(!lab.server.get("lab", &format!("cohort/results/{name}")).is_empty(), "{name}");
    }
    lab.run("s3://lab/cohort", out);
    assert_eq!(lab.kept(&lab.server.get("lab", "cohort/results/run.json")), 4);
}

#[test]
fn profiles_and_flags_are_those_of_the_aws_tools() {
    let Some(lab) = Lab::open(false) else { return };
    let endpoint = lab.server.endpoint();
    lab.story.write("aws/credentials", "[lab]\naws_access_key_id = a\naws_secret_access_key = b\n");
    lab.story.write("aws/config", format!("[profile lab]\nregion = us-east-1\nendpoint_url = {endpoint}\n"));
    let (credentials, config) = (lab.story.path("aws/credentials"), lab.story.path("aws/config"));
    let files = [
        ("AWS_SHARED_CREDENTIALS_FILE", credentials.to_str().unwrap()),
        ("AWS_CONFIG_FILE", config.to_str().unwrap()),
    ];
    let scan = "s3://lab/cohort/phantom_0001.nii.gz";
    let ran = lab.hilum(&["info", scan, "--profile", "lab"], &files);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("phantom_0001.nii.gz") && ran.out.contains("96 x 96 x 32"), "{}", ran.out);
    let ran = lab.hilum(&["info", scan, "--profile", "nobody"], &files);
    assert!(ran.code == 3 && ran.err.contains("there is no profile 'nobody'"), "{}", ran.err);

    // Without keys the store refuses every scan, and each row says what to do.
    let unsigned =
        ["run", "s3://lab/cohort", "--out", "out", "--no-sign", "--endpoint", &endpoint, "--quiet"];
    assert_eq!(lab.hilum(&unsigned, &[]).code, 1);
    let table = lab.story.table("out");
    assert!(table.values().all(|row| row["findings"].contains("unreachable")), "{table:?}");
    assert!(table["phantom_0001"]["reason"].contains("403"), "{table:?}");
    // What failed for want of keys is tried again.
    lab.run("s3://lab/cohort", "out");
}

#[test]
fn public_buckets_and_web_servers_need_no_keys() {
    let Some(lab) = Lab::open(true) else { return };
    let endpoint = lab.server.endpoint();
    let measure = |scan: &str, flags: &[&str]| {
        let args: Vec<&str> = ["measure", scan, "--json"].iter().chain(flags).copied().collect();
        let ran = lab.hilum(&args, &[]);
        assert_eq!(ran.code, 0, "{scan}: {}", ran.err);
        let row: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        row
    };
    let near = measure("scans/phantom_0002.nii.gz", &[]);
    let open = measure("s3://lab/cohort/phantom_0002.nii.gz", &["--no-sign", "--endpoint", &endpoint]);
    let web = measure(&format!("{endpoint}/lab/cohort/phantom_0002.nii.gz"), &[]);
    assert!(near == open && near == web, "{near} {open} {web}");
    let ran = lab.hilum(&["run", &format!("{endpoint}/lab/cohort"), "--out", "out"], &[]);
    assert!(ran.code == 3 && ran.err.contains("a manifest"), "{}", ran.err);
}

#[test]
fn google_is_asked_in_its_own_words() {
    // Its XML interface is near enough to S3 for the same server.
    let Some(lab) = Lab::open(false) else { return };
    let endpoint = lab.server.endpoint();
    let settings = [("STORAGE_EMULATOR_HOST", endpoint.as_str()), ("GOOGLE_BEARER_TOKEN", "lab")];
    let run = |input: &str, out: &str| {
        let ran = lab.hilum(&["run", input, "--out", out, "--quiet"], &settings);
        assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    };
    lab.run("scans", "near");
    run("gs://lab/cohort", "far");
    lab.same_tables("near", "far");
    run("gs://lab/cohort", "gs://lab/results");
    let there = lab.server.get("lab", "results/measurements.csv");
    assert!(there == lab.story.read("near/measurements.csv"));
    let ran = lab.hilum(&["fetch", "gs://lab/cohort", "copy", "--quiet"], &settings);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(lab.story.read("copy/site/plain.nii") == lab.story.read("scans/site/plain.nii"));
}

#[test]
fn the_scout_chooses_the_slice_of_a_full_read_from_a_part_of_the_bytes() {
    let Some(server) = StoreServer::start() else { return };
    let story = Story::new();
    let made = story.hilum(&["phantom", "--out", "packed", "--dims", "256x256x150", "--seed", "3"]);
    assert_eq!(made.code, 0, "{}", made.err);
    fs::create_dir(story.path("scans")).unwrap();
    let plain = story.hilum(&["convert", "packed/phantom_0003.nii.gz", "scans/a.nii"]);
    assert_eq!(plain.code, 0, "{}", plain.err);
    server.make_bucket("open");
    server.put("open", "a.nii", &story.read("scans/a.nii"), true);

    let endpoint = server.endpoint();
    let run = |input: &str, out: &str, flags: &[&str]| {
        let store = ["--no-sign", "--endpoint", &endpoint, "--quiet", "--recipe", "notebook"];
        let args: Vec<&str> =
            ["run", input, "--out", out].iter().chain(&store).chain(flags).copied().collect();
        let ran = story.hilum(&args);
        assert_eq!(ran.code, 0, "{}", ran.err);
        let run: serde_json::Value = serde_json::from_slice(&story.read(&format!("{out}/run.json"))).unwrap();
        (story.table(out)["a"].clone(), run["this_run"]["read_bytes"].as_u64().unwrap())
    };
    let (whole, all_bytes) = run("scans", "whole", &[]);
    let (near, near_bytes) = run("scans", "near", &["--scout"]);
    let (far, far_bytes) = run("s3://open", "far", &["--scout"]);
    assert_eq!(near, far);
    assert_eq!(near_bytes, far_bytes);
    for column in ["slice_index", "lung_area_px", "dense_area_px"] {
        assert!(!whole[column].is_empty() && whole[column] == near[column], "{column}: {whole:?} {near:?}");
    }
    assert!(near_bytes * 5 < all_bytes, "{near_bytes} of {all_bytes}");
    assert!(near["findings"].contains("scout_chosen") && near["plateau_width_mm"].is_empty(), "{near:?}");
    let refused = story.hilum(&["measure", "scans/a.nii", "--scout"]);
    assert!(refused.code == 2 && refused.err.contains("--recipe notebook"), "{}", refused.err);
}
