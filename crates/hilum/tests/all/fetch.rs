//! Stories about prefixes that are copied, over a network that does not want to.

use crate::story::{Ran, Story};
use hilum_testkit::{Fault, FaultyProxy, SeenRequest, StoreServer};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs,
    time::{Duration, Instant},
};

/// An S3 server with a bucket `lab`, and a network before it.
struct Yard {
    story: Story,
    server: StoreServer,
    proxy: FaultyProxy,
    objects: BTreeMap<String, Vec<u8>>,
}

impl Yard {
    /// A bucket with these objects under `cohort/`; `None` where there is no server.
    fn open(
        objects: &[(&str, usize)],
        plan: impl Fn(&SeenRequest) -> Option<Fault> + Send + Sync + 'static,
    ) -> Option<Self> {
        let server = StoreServer::start()?;
        server.make_bucket("lab");
        let proxy = FaultyProxy::start(server.port(), plan);
        let mut yard = Self { story: Story::new(), server, proxy, objects: BTreeMap::new() };
        objects.iter().for_each(|(name, bytes)| yard.put(name, noise(name, *bytes)));
        Some(yard)
    }

    fn put(&mut self, name: &str, bytes: Vec<u8>) {
        self.server.put("lab", &format!("cohort/{name}"), &bytes, false);
        self.objects.insert(name.to_owned(), bytes);
    }

    fn hilum(&self, args: &[&str]) -> Ran {
        self.story.hilum_with(args, &self.settings())
    }

    fn settings(&self) -> Vec<(&'static str, String)> {
        let keys =
            [("AWS_REGION", "us-east-1"), ("AWS_ACCESS_KEY_ID", "lab"), ("AWS_SECRET_ACCESS_KEY", "lab")];
        let mut settings: Vec<_> = keys.map(|(name, value)| (name, value.to_owned())).into();
        settings.push(("AWS_ENDPOINT_URL", self.proxy.endpoint()));
        settings
    }

    /// Fetches with `--json`: the exit code and what was said.
    fn fetch(&self, args: &[&str]) -> (i32, Value) {
        let args: Vec<&str> = ["fetch"].iter().chain(args).chain(&["--json"]).copied().collect();
        let ran = self.hilum(&args);
        let said = serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}: {}{}", ran.out, ran.err));
        (ran.code, said)
    }

    /// The names below `cohort/` whose bytes were asked for since it was last looked.
    fn asked(&self) -> Vec<String> {
        let seen = self.proxy.take_seen().into_iter().filter(|request| request.method == "GET");
        let mut names: Vec<String> =
            seen.filter_map(|request| Some(request.path.strip_prefix("/lab/cohort/")?.to_owned())).collect();
        names.sort();
        names.dedup();
        names
    }

    /// Asserts that the copy of every object but `missing` is there with its bytes, and nothing unfinished of it.
    fn assert_copies(&self, folder: &str, missing: &[&str]) {
        for (name, bytes) in &self.objects {
            let path = self.story.path(folder).join(name);
            if missing.contains(&name.as_str()) {
                assert!(!path.exists(), "{name}");
            } else {
                assert!(&fs::read(&path).unwrap() == bytes, "{name}");
                let (below, own) = name.rsplit_once('/').unwrap_or(("", name));
                assert!(!self.story.path(folder).join(below).join(format!(".{own}.part")).exists(), "{name}");
            }
        }
    }
}

/// Bytes that look like nothing, the same for the same name.
fn noise(name: &str, bytes: usize) -> Vec<u8> {
    let mut state = name
        .bytes()
        .fold(0x2545_f491_4f6c_dd1d_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    (0..bytes.div_ceil(8)).flat_map(|_| next()).take(bytes).collect()
}

fn failed(said: &Value) -> Vec<String> {
    said["failed"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
}

/// What goes wrong, by the end of the name, with the first requests for the bytes of an object, or with all.
fn weather(request: &SeenRequest) -> Option<Fault> {
    let name = request.path.strip_prefix("/lab/cohort/")?;
    if request.method != "GET" {
        return None;
    }
    let first = request.nth == 0;
    match name {
        "reset.nii" => (request.nth < 2).then_some(Fault::Reset),
        "busy.nii" => (request.nth < 2).then_some(Fault::Status(503)),
        "broken.nii" => first.then_some(Fault::Status(500)),
        "cut.nii" => (request.nth < 3).then_some(Fault::CutAfter(30_000)),
        "stalled.nii" => first.then_some(Fault::StallAfter(20_000, Duration::from_secs(8))),
        "short.nii" => (request.nth < 2).then_some(Fault::ShortenTo(25_000)),
        "site/flipped.nii" => first.then_some(Fault::Flip(70_000)),
        "closed.nii" => Some(Fault::Status(403)),
        "down.nii" => Some(Fault::Status(500)),
        "nothing.nii" => Some(Fault::ShortenTo(0)),
        "noise.nii" => Some(Fault::Flip(request.nth)),
        _ => None,
    }
}

#[test]
fn every_object_arrives_whole_or_is_named() {
    let names = [
        "reset.nii",
        "busy.nii",
        "broken.nii",
        "cut.nii",
        "stalled.nii",
        "short.nii",
        "site/flipped.nii",
        "closed.nii",
        "down.nii",
        "nothing.nii",
        "noise.nii",
        "fine.nii",
        "site/one.nii.gz",
    ];
    let mut objects = names.map(|name| (name, 120_001)).to_vec();
    objects.extend([("empty.txt", 0), ("byte.txt", 1), ("large.nii", 5_000_000)]);
    let Some(yard) = Yard::open(&objects, weather) else { return };
    let patience = ["--stall", "1", "--retries", "3"];
    let args: Vec<&str> = ["s3://lab/cohort", "copy"].iter().chain(&patience).copied().collect();

    let (code, said) = yard.fetch(&args);
    let never = ["closed.nii", "down.nii", "noise.nii", "nothing.nii"];
    assert_eq!(failed(&said), never, "{said}");
    assert_eq!(code, 1);
    yard.assert_copies("copy", &never);
    let reason = |n: usize| said["failed"][n]["reason"].as_str().unwrap().to_owned();
    assert!(reason(0).contains("403") && reason(2).contains("different each time"), "{said}");
    let ledger = String::from_utf8(yard.story.read("copy/.hilum-fetch.jsonl")).unwrap();
    assert_eq!(ledger.lines().count(), objects.len(), "{ledger}");
    let lines: Vec<Value> = ledger.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for line in &lines {
        let (name, state) = (line["name"].as_str().unwrap(), line["state"].as_str().unwrap());
        assert_eq!(state == "failed", never.contains(&name), "{line}");
        if state == "arrived" {
            assert_eq!(line["blake3"], blake3::hash(&yard.objects[name]).to_hex().as_str(), "{line}");
            assert_eq!(line["check"], "digest", "{line}");
        }
    }

    // In better weather the same command moves what is missing, and nothing else.
    yard.asked();
    yard.proxy.heal();
    let (code, said) = yard.fetch(&args);
    assert_eq!((code, &said["arrived"], &said["kept"]), (0, &4.into(), &12.into()), "{said}");
    assert_eq!(yard.asked(), never);
    yard.assert_copies("copy", &[]);

    // A copy without a ledger is known by its bytes; one of other bytes is fetched again.
    fs::remove_file(yard.story.path("copy/.hilum-fetch.jsonl")).unwrap();
    yard.story.write("copy/fine.nii", noise("other", 120_001));
    let (code, said) = yard.fetch(&args);
    assert_eq!((code, &said["arrived"], &said["kept"]), (0, &1.into(), &15.into()), "{said}");
    assert_eq!(yard.asked(), ["fine.nii"]);
    yard.assert_copies("copy", &[]);
}

#[cfg(unix)]
#[test]
fn a_killed_fetch_goes_on_in_the_middle_of_an_object() {
    const LARGE: usize = 6_000_000;
    let stall = |request: &SeenRequest| {
        (request.path.ends_with("large.nii") && request.method == "GET")
            .then_some(Fault::StallAfter(4_000_000, Duration::from_secs(60)))
    };
    let Some(mut yard) = Yard::open(&[("large.nii", LARGE), ("a.nii", 1000), ("b.nii", 2000)], stall) else {
        return;
    };
    let mut command = yard.story.command(&["fetch", "s3://lab/cohort", "copy", "--quiet", "--jobs", "2"]);
    command.env_remove("AWS_PROFILE").envs(yard.settings());
    let mut child = command.spawn().unwrap();
    let partial = yard.story.path("copy/.large.nii.part");
    let arrived = || fs::metadata(&partial).map_or(0, |facts| facts.len());
    let there = || ["a.nii", "b.nii"].iter().all(|name| yard.story.path("copy").join(name).exists());
    let started = Instant::now();
    while (arrived() < 4_000_000 || !there()) && started.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(20));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(arrived(), 4_000_000);
    assert!(!yard.story.path("copy/large.nii").exists());

    yard.proxy.heal();
    yard.proxy.take_seen();
    let (code, said) = yard.fetch(&["s3://lab/cohort", "copy"]);
    assert_eq!((code, &said["arrived"], &said["kept"]), (0, &1.into(), &2.into()), "{said}");
    let seen = yard.proxy.take_seen();
    let ranges: Vec<_> =
        seen.iter().filter(|one| one.path.starts_with("/lab/cohort/")).map(|one| &one.range).collect();
    assert_eq!(ranges, [&Some("bytes=4000000-".to_owned())]);
    yard.assert_copies("copy", &[]);

    // Another object under the same name is not gone on with, and takes the place of the old one.
    yard.story.write("copy/.a.nii.part", "left over");
    yard.put("a.nii", noise("newer", 3000));
    let (code, said) = yard.fetch(&["s3://lab/cohort", "copy"]);
    assert_eq!((code, &said["arrived"]), (0, &1.into()), "{said}");
    yard.assert_copies("copy", &[]);
}

#[test]
fn a_prefix_is_copied_into_another_bucket() {
    let objects = [("small.nii", 300_000), ("site/large.nii", 20_000_000), ("empty.txt", 0)];
    let cut = |request: &SeenRequest| {
        let wanted = request.method == "GET" && request.path.starts_with("/lab/cohort/") && request.nth == 0;
        wanted.then_some(Fault::CutAfter(200_000))
    };
    let Some(mut yard) = Yard::open(&objects, cut) else { return };
    yard.server.make_bucket("mirror");
    let args = ["s3://lab/cohort", "s3://mirror/ct"];
    let (code, said) = yard.fetch(&args);
    assert_eq!((code, &said["arrived"]), (0, &3.into()), "{said}");
    let same = |yard: &Yard| {
        for (name, bytes) in &yard.objects {
            assert!(&yard.server.get("mirror", &format!("ct/{name}")) == bytes, "{name}");
        }
    };
    same(&yard);
    yard.asked();
    let (code, said) = yard.fetch(&args);
    assert_eq!((code, &said["arrived"], &said["kept"]), (0, &0.into(), &3.into()), "{said}");
    assert_eq!(yard.asked(), [""; 0]);
    yard.put("small.nii", noise("newer", 300_000));
    let (code, said) = yard.fetch(&args);
    assert_eq!((code, &said["arrived"], &said["kept"]), (0, &1.into(), &2.into()), "{said}");
    assert_eq!(yard.asked(), ["small.nii"]);
    same(&yard);

    // The ledger of a copy is not copied with it.
    let (code, said) = yard.fetch(&["s3://mirror/ct", "back"]);
    assert_eq!((code, &said["arrived"]), (0, &3.into()), "{said}");
    yard.assert_copies("back", &[]);
}

/// Asserts that neither objects nor parts of objects lie in the bucket.
fn assert_empty(yard: &Yard, bucket: &str) {
    let text = |question: &str| String::from_utf8(yard.server.get(bucket, question)).unwrap();
    let (uploads, objects) = (text("?uploads"), text("?list-type=2"));
    assert!(uploads.contains("ListMultipartUploadsResult") && !uploads.contains("<Upload>"), "{uploads}");
    assert!(objects.contains("ListBucketResult") && !objects.contains("large.nii"), "{objects}");
}

#[test]
fn a_large_copy_that_the_other_store_refuses_leaves_no_parts_behind() {
    let refuse = |request: &SeenRequest| {
        let is_part = request.method == "PUT" && request.path == "/mirror/large.nii";
        (is_part && request.nth >= 2).then_some(Fault::Status(403))
    };
    let Some(yard) = Yard::open(&[("large.nii", 40_000_000)], refuse) else { return };
    yard.server.make_bucket("mirror");
    let (code, said) = yard.fetch(&["s3://lab/cohort", "s3://mirror"]);
    assert_eq!((code, failed(&said).len()), (1, 1), "{said}");
    assert!(yard.proxy.take_seen().iter().any(|request| request.method == "PUT" && request.nth == 2));
    assert_empty(&yard, "mirror");
}

#[cfg(unix)]
#[test]
fn a_large_copy_that_is_stopped_leaves_no_parts_behind() {
    let Some(yard) = Yard::open(&[("large.nii", 120_000_000)], |_| None) else { return };
    yard.server.make_bucket("mirror");
    let mut command = yard.story.command(&["fetch", "s3://lab/cohort", "s3://mirror", "--quiet"]);
    let mut child = command.env_remove("AWS_PROFILE").envs(yard.settings()).spawn().unwrap();
    let is_part = |request: &SeenRequest| request.method == "PUT" && request.path == "/mirror/large.nii";
    let started = Instant::now();
    while !yard.proxy.take_seen().iter().any(is_part) && started.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(5));
    }
    let sent = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_empty(&yard, "mirror");
}

#[test]
fn what_is_wanted_is_chosen_by_pattern_or_manifest() {
    let objects =
        [("a.nii", 1000), ("site/b.nii.gz", 2000), ("site/masks/b.nii.gz", 3000), ("notes.txt", 10)];
    let Some(yard) = Yard::open(&objects, |_| None) else { return };
    // As some tools mark folders.
    ["", "site/"].iter().for_each(|folder| yard.server.put("lab", &format!("cohort/{folder}"), b"", false));
    let (code, said) = yard.fetch(&["s3://lab/cohort", "--scan-size"]);
    assert_eq!(code, 0);
    assert_eq!((&said["objects"], &said["bytes"]), (&4.into(), &6010.into()), "{said}");
    assert_eq!(said["by_ending"][".nii.gz"], serde_json::json!({"objects": 2, "bytes": 5000}), "{said}");
    let ran = yard.hilum(&["fetch", "s3://lab/cohort", "--scan-size", "--exclude", "*/masks/*"]);
    let last = ran.out.lines().last().unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(last, "all 3 3010 4 kB", "{}", ran.out);

    let some =
        ["s3://lab/cohort", "some", "--include", "*.nii.gz", "--include", "*.nii", "--exclude", "*masks*"];
    let (code, said) = yard.fetch(&some);
    assert_eq!((code, &said["arrived"]), (0, &2.into()), "{said}");
    yard.assert_copies("some", &["notes.txt", "site/masks/b.nii.gz"]);

    let table = "image_id,type,uri\nb,1,site/b.nii.gz\na,0,s3://lab/cohort/a.nii\nc,0,gone.nii\n";
    yard.story.write("wanted.csv", table);
    let (code, said) = yard.fetch(&["s3://lab/cohort", "listed", "--manifest", "wanted.csv"]);
    assert_eq!(
        (code, &said["arrived"], failed(&said)),
        (1, &2.into(), vec!["gone.nii".to_owned()]),
        "{said}"
    );
    yard.assert_copies("listed", &["notes.txt", "site/masks/b.nii.gz"]);

    let one = yard.fetch(&["s3://lab/cohort/a.nii", "one"]);
    assert_eq!(one.0, 0, "{}", one.1);
    assert!(yard.story.read("one/a.nii") == yard.objects["a.nii"]);

    let refused = |args: &[&str], code: i32, word: &str| {
        let args: Vec<&str> = ["fetch"].iter().chain(args).copied().collect();
        let ran = yard.hilum(&args);
        assert!(ran.code == code && ran.err.contains(word), "{args:?}: {} {}", ran.code, ran.err);
    };
    refused(&["s3://lab/cohort", "x", "--include", "a[b"], 2, "'a[b'");
    refused(&["s3://lab/cohort", "x", "--include", "*.mha"], 3, "of 4 objects, the patterns take none");
    refused(&["s3://lab/typo", "x"], 3, "nothing lies there");
    refused(&["s3://lab/cohort", "s3://lab/cohort/copy"], 2, "copied into itself");
    refused(&["scans", "x"], 2, "s3://");
    refused(&["s3://lab/cohort"], 2, "DST");
}

#[test]
fn a_copy_and_a_run_over_bad_weather_give_the_same_tables() {
    let rain = |request: &SeenRequest| {
        if request.method != "GET" || !request.path.contains("phantom") {
            return None;
        }
        match request.nth {
            0 => Some(Fault::Status(503)),
            1 => Some(Fault::CutAfter(5_000)),
            2 => Some(Fault::Reset),
            _ => None,
        }
    };
    let Some(mut yard) = Yard::open(&[], rain) else { return };
    let made = yard.story.hilum(&["phantom", "--out", "scans", "--dims", "96x96x32", "--count", "3"]);
    assert_eq!(made.code, 0, "{}", made.err);
    for n in 1..=3 {
        let name = format!("phantom_000{n}.nii.gz");
        yard.put(&name, yard.story.read(&format!("scans/{name}")));
    }
    fs::remove_dir_all(yard.story.path("scans")).unwrap();
    let run = |input: &str, out: &str| {
        let ran = yard.hilum(&["run", input, "--out", out, "--quiet"]);
        assert_eq!(ran.code, 0, "{input}: {}", ran.err);
    };
    run("s3://lab/cohort", "far");
    assert_eq!(yard.fetch(&["s3://lab/cohort", "copy"]).0, 0);
    run("copy", "near");
    for table in ["measurements.csv", "measurements.parquet"] {
        assert!(
            yard.story.read(&format!("far/{table}")) == yard.story.read(&format!("near/{table}")),
            "{table}"
        );
    }
}
