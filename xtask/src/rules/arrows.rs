//! Which crate may use which, and which dependency may live where.

use crate::problem::Problem;
use cargo_metadata::{DependencyKind, MetadataCommand};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

/// An arrow: the crate, what it may use of hilum, and why no more.
struct Arrow(&'static str, &'static [&'static str], &'static str);

const ARROWS: &[Arrow] = &[
    Arrow("hilum-core", &[], "it is the vocabulary: everything uses it, it uses nothing of hilum"),
    Arrow("hilum-imaging", &["hilum-core"], "arrays in, values out: it never sees a file"),
    Arrow("hilum-io", &["hilum-core"], "files in, files out: it never sees an algorithm"),
    Arrow("hilum-report", &["hilum-core"], "tables and pictures already on disk: it never reads a volume"),
    Arrow(
        "hilum-learn",
        &["hilum-core", "hilum-imaging"],
        "numbers and pictures in, statistics and models out: it never sees a file",
    ),
    Arrow("hilum-phantom", &["hilum-core"], "phantoms are made in memory; others write them"),
    Arrow(
        "hilum-cohort",
        &["hilum-core", "hilum-imaging", "hilum-io", "hilum-learn", "hilum-report"],
        "the one place where files meet algorithms; it knows no phantom and no command line",
    ),
    Arrow(
        "hilum",
        &[
            "hilum-core",
            "hilum-imaging",
            "hilum-io",
            "hilum-learn",
            "hilum-report",
            "hilum-phantom",
            "hilum-cohort",
        ],
        "the command line sees all but the tests' own crate",
    ),
    Arrow(
        "hilum-python",
        &["hilum-core", "hilum-imaging", "hilum-io", "hilum-learn", "hilum-cohort"],
        "a face of hilum-cohort: arguments in, arrays and tables out",
    ),
    Arrow(
        "hilum-testkit",
        &["hilum-core", "hilum-phantom"],
        "it serves the tests of all, so it must stay low",
    ),
    Arrow("xtask", &["hilum-core"], "it checks the house and writes docs from the schema"),
];

/// What every crate may use in its tests, besides its arrows.
const FOR_TESTS: &[&str] = &["hilum-testkit", "hilum-phantom"];

/// Dependencies that may be reached, however deep, from the named crates alone. A name ending in `*` is a beginning.
struct Home {
    what: &'static str,
    names: &'static [&'static str],
    only_in: &'static [&'static str],
}

/// Who may reach the network: hilum-io alone talks to it, the others only contain hilum-io.
const STORES: &[&str] = &["hilum-io", "hilum-cohort", "hilum", "hilum-python"];

const HOMES: &[Home] = &[
    Home {
        what: "an async runtime",
        names: &["tokio", "async-std", "smol", "async-executor"],
        only_in: STORES,
    },
    Home {
        what: "stores and the network",
        names: &["object_store", "reqwest", "hyper", "rustls", "url"],
        only_in: STORES,
    },
    Home {
        what: "a tensor library",
        names: &["burn*", "candle-core", "tch", "ort", "tract*", "ndarray", "nalgebra"],
        only_in: &["hilum-learn", "hilum-cohort", "hilum", "hilum-python"],
    },
    Home { what: "Python", names: &["pyo3*", "numpy"], only_in: &["hilum-python"] },
    Home {
        what: "Arrow and Parquet",
        names: &["arrow*", "parquet"],
        only_in: &["hilum-io", "hilum-cohort", "hilum", "hilum-python"],
    },
    Home {
        what: "DICOM",
        names: &["dicom-*", "pure_jpegls"],
        only_in: &["hilum-io", "hilum-cohort", "hilum", "hilum-python"],
    },
    Home {
        what: "the command line",
        names: &["clap*", "indicatif", "anstream", "ctrlc"],
        only_in: &["hilum"],
    },
    Home {
        what: "the drawing of figures",
        names: &["resvg", "usvg", "tiny-skia*", "fontdb", "notosans"],
        only_in: &["hilum-report", "hilum-cohort", "hilum", "hilum-python"],
    },
    Home {
        what: "page templates",
        names: &["minijinja*"],
        // hilum-learn holds it inside tract, which reads another format of its own with it.
        only_in: &["hilum-learn", "hilum-report", "hilum-cohort", "hilum", "hilum-python"],
    },
];

/// The dependencies of the workspace's own crates.
#[derive(Debug, Clone, Default)]
pub(crate) struct Graph {
    crates: BTreeMap<String, Uses>,
}

#[derive(Debug, Clone, Default)]
struct Uses {
    /// Crates of the workspace, in the crate itself or its build script.
    own: BTreeSet<String>,
    /// Crates of the workspace, in tests alone.
    tests: BTreeSet<String>,
    /// Everything from outside that the crate reaches, however deep, tests aside.
    reached: BTreeSet<String>,
}

impl Graph {
    /// Reads `cargo metadata`, and `cargo tree` for what is really built: the metadata also name what a feature that is off,
    /// or another platform, would need.
    pub(crate) fn of_workspace(root: &Path) -> Result<Self, cargo_metadata::Error> {
        let metadata = MetadataCommand::new().manifest_path(root.join("Cargo.toml")).exec()?;
        let members: BTreeSet<&str> = metadata.workspace_packages().iter().map(|p| p.name.as_str()).collect();
        let mut crates = BTreeMap::new();
        for package in metadata.workspace_packages() {
            let named = |for_tests: bool| {
                package
                    .dependencies
                    .iter()
                    .filter(|d| (d.kind == DependencyKind::Development) == for_tests)
                    .filter(|d| members.contains(d.name.as_str()))
                    .map(|d| d.name.clone())
                    .collect()
            };
            let reached = reached_from(root, &package.name)?;
            crates.insert(package.name.to_string(), Uses { own: named(false), tests: named(true), reached });
        }
        Ok(Self { crates })
    }
}

/// Names of all packages that are built for `start`, however deep, tests aside.
fn reached_from(root: &Path, start: &str) -> Result<BTreeSet<String>, cargo_metadata::Error> {
    let tree = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["tree", "--locked", "--edges", "normal,build", "--prefix", "none", "--package", start])
        .current_dir(root)
        .output()?;
    if !tree.status.success() {
        let stderr = String::from_utf8_lossy(&tree.stderr).into_owned();
        return Err(cargo_metadata::Error::CargoMetadata { stderr });
    }
    let said = String::from_utf8_lossy(&tree.stdout);
    let names = said.lines().filter_map(|line| line.split_whitespace().next());
    Ok(names.filter(|name| *name != start).map(str::to_owned).collect())
}

/// Every crate keeps to its arrows, every dependency to its home.
pub(crate) fn check(graph: &Graph) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (name, uses) in &graph.crates {
        let Some(Arrow(_, allowed, why)) = ARROWS.iter().find(|arrow| arrow.0 == name) else {
            let message = "a crate without a row in ARROWS (xtask/src/rules/arrows.rs): say what it may use";
            problems.push(Problem::new(name, message));
            continue;
        };
        let may = |other: &&String| allowed.contains(&other.as_str());
        for other in uses.own.iter().filter(|other| !may(other)) {
            problems.push(Problem::new(name, format!("must not use {other}: {why}")));
        }
        let may_test = |other: &&String| may(other) || FOR_TESTS.contains(&other.as_str());
        for other in uses.tests.iter().filter(|other| !may_test(other)) {
            problems.push(Problem::new(name, format!("must not use {other}, even in tests: {why}")));
        }
        for home in HOMES.iter().filter(|home| !home.only_in.contains(&name.as_str())) {
            for dependency in uses.reached.iter().filter(|dependency| home.covers(dependency)) {
                let place = match home.only_in {
                    [] => "nowhere in this workspace".to_owned(),
                    homes => format!("only in {}", homes.join(", ")),
                };
                let message = format!("reaches {dependency}: {} may live {place}", home.what);
                problems.push(Problem::new(name, message));
            }
        }
    }
    problems
}

impl Home {
    fn covers(&self, dependency: &str) -> bool {
        self.names.iter().any(|name| match name.strip_suffix('*') {
            Some(beginning) => dependency.starts_with(beginning),
            None => dependency == *name,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(name: &str, own: &[&str], tests: &[&str], reached: &[&str]) -> Graph {
        let set = |names: &[&str]| names.iter().map(|&n| n.to_owned()).collect();
        let uses = Uses { own: set(own), tests: set(tests), reached: set(reached) };
        Graph { crates: BTreeMap::from([(name.to_owned(), uses)]) }
    }

    fn messages(graph: &Graph) -> Vec<String> {
        check(graph).iter().map(Problem::to_string).collect()
    }

    #[test]
    fn a_crate_that_keeps_to_its_arrows_passes() {
        let good = graph("hilum-imaging", &["hilum-core"], &["hilum-testkit"], &["serde", "bytemuck"]);
        assert_eq!(messages(&good), Vec::<String>::new());
    }

    #[test]
    fn io_and_imaging_never_see_each_other() {
        let found = messages(&graph("hilum-imaging", &["hilum-core", "hilum-io"], &[], &[]));
        assert_eq!(
            found,
            ["hilum-imaging: must not use hilum-io: arrays in, values out: it never sees a file"]
        );
        let found = messages(&graph("hilum-io", &[], &["hilum-imaging"], &[]));
        assert!(found[0].contains("even in tests"), "{found:?}");
    }

    #[test]
    fn the_testkit_serves_tests_alone() {
        assert_eq!(messages(&graph("hilum-cohort", &["hilum-testkit"], &[], &[])).len(), 1);
    }

    #[test]
    fn a_dependency_outside_its_home_is_named() {
        let found = messages(&graph("hilum-core", &[], &[], &["arrow-schema", "clap_builder"]));
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].contains("reaches arrow-schema"));
        assert!(messages(&graph("hilum", &[], &[], &["pyo3"]))[0].contains("only in hilum-python"));
        let found = messages(&graph("hilum-imaging", &[], &[], &["tokio"]));
        assert!(found[0].contains("only in hilum-io"), "{found:?}");
    }

    #[test]
    fn a_new_crate_must_be_placed() {
        assert!(messages(&graph("hilum-extra", &[], &[], &[]))[0].contains("ARROWS"));
    }
}
