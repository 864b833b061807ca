//! Data sets from folders, told in small stories; and the folder of real pictures.

use hilum_cohort::{
    CohortError,
    learn::{
        ClassChoice, DatasetError, DatasetRequest, Division, LoadedDataset, Preparing, PreprocessingChoice,
        Relation, load_dataset,
    },
};
use hilum_io::raster::write_png_gray8;
use hilum_learn::dataset::{Fold, Holdout, Preprocessing, Side};
use std::{collections::BTreeSet, fs, path::Path};

/// A folder with these pictures: noise that a name decides, 24 x 20 px.
fn folder(files: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in files {
        add(folder.path(), file);
    }
    folder
}

fn add(folder: &Path, file: &str) {
    let path = folder.join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut state =
        file.bytes().fold(7u32, |state, byte| state.wrapping_mul(31).wrapping_add(u32::from(byte)));
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    let pixels: Vec<u8> = (0..24 * 20).map(|_| next()).collect();
    write_png_gray8(&path, 24, 20, &pixels).unwrap();
}

fn request(folder: &Path) -> DatasetRequest {
    let small = PreprocessingChoice { size_px: 16, ..PreprocessingChoice::default() };
    DatasetRequest { preparing: Preparing::Chosen(small), ..DatasetRequest::new(folder) }
}

fn load(request: &DatasetRequest) -> Result<LoadedDataset, DatasetError> {
    match load_dataset(request, &|_, _| {}) {
        Ok(loaded) => Ok(loaded),
        Err(CohortError::Dataset(error)) => Err(error),
        Err(error) => panic!("{error}"),
    }
}

fn on(loaded: &LoadedDataset, side: Side) -> Vec<&str> {
    let examples = loaded.dataset.examples.iter().zip(&loaded.sides);
    examples.filter(|(_, s)| **s == side).map(|(e, _)| e.id.as_str()).collect()
}

#[test]
fn folders_of_a_split_are_known_by_their_names() {
    let folder = folder(&[
        "train/sick/a.png",
        "train/nonsick/b.png",
        "Validation/sick/c.png",
        "Validation/nonsick/d.png",
    ]);
    fs::write(folder.path().join("train/sick/notes.txt"), "x").unwrap();
    let loaded = load(&request(folder.path())).unwrap();
    assert_eq!(loaded.dataset.classes, ["nonsick", "sick"]);
    assert_eq!(on(&loaded, Side::Val), ["Validation/nonsick/d.png", "Validation/sick/c.png"]);
    assert_eq!(loaded.facts.split, "as given");
    assert_eq!(loaded.facts.other_files[".txt"], 1);
    assert_eq!(loaded.dataset.examples[0].picture.size_px(), [16, 16]);
}

#[test]
fn folders_of_classes_are_divided_by_the_seed_in_any_order_of_files() {
    let names: Vec<String> = (0..40).map(|n| format!("{}/{n}.png", ["x", "y"][n % 2])).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let forwards = folder(&names);
    let backwards = folder(&names.iter().rev().copied().collect::<Vec<_>>());
    let first = load(&request(forwards.path())).unwrap();
    let second = load(&DatasetRequest { jobs: 3, ..request(backwards.path()) }).unwrap();
    assert_eq!((&first.dataset, &first.sides), (&second.dataset, &second.sides));
    assert_eq!(on(&first, Side::Val).len(), 8);
    let other = Division::Given(Holdout { val_share: 0.2, test_share: 0.0, seed: 2 });
    assert_ne!(
        first.sides,
        load(&DatasetRequest { division: other, ..request(forwards.path()) }).unwrap().sides
    );
}

#[test]
fn what_cannot_be_read_is_told_with_its_reason() {
    let folder = folder(&["train/a/1.png", "train/b/2.png", "val/a/3.png", "val/b/4.png", "stray.png"]);
    fs::write(folder.path().join("train/a/broken.png"), b"\x89PNG\r\n\x1a\nand no more").unwrap();
    fs::write(folder.path().join("val/b/page.jpg"), b"<html>not found</html>").unwrap();
    let loaded = load(&request(folder.path())).unwrap();
    assert_eq!(loaded.dataset.examples.len(), 4);
    let left: Vec<&str> = loaded.facts.left_out.iter().map(|left| left.id.as_str()).collect();
    assert_eq!(left, ["stray.png", "train/a/broken.png", "val/b/page.jpg"]);
    assert!(loaded.facts.left_out.iter().all(|left| !left.reason.is_empty()));
    assert!(loaded.facts.findings.iter().any(|finding| finding.code == "examples_left_out"));
}

#[test]
fn figures_of_one_paper_stay_together() {
    let mut names = Vec::new();
    for page in 1..=12 {
        for panel in 0..3 {
            names.push(format!("{}/2020.02.10.20021584-p{page}-5%{panel}.png", ["ill", "other"][page % 2]));
        }
    }
    let folder = folder(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let loaded = load(&request(folder.path())).unwrap();
    assert_eq!((loaded.facts.groups, loaded.facts.largest_group), (12, 3));
    assert!(loaded.facts.divided_groups.is_empty());
    let alone = DatasetRequest { relations: BTreeSet::new(), ..request(folder.path()) };
    assert_eq!(load(&alone).unwrap().facts.groups, 36);
    let folds = |fold| Division::Fold(Fold { folds: 3, fold, seed: 1 });
    let held_back: BTreeSet<String> = (0..3)
        .flat_map(|n| {
            let part = load(&DatasetRequest { division: folds(n), ..request(folder.path()) }).unwrap();
            on(&part, Side::Val).into_iter().map(str::to_owned).collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(held_back.len(), 36);
    let error = load(&DatasetRequest {
        division: Division::Fold(Fold { folds: 7, fold: 0, seed: 1 }),
        ..request(folder.path())
    });
    assert!(error.unwrap_err().to_string().starts_with("the class 'ill' has 6 groups"));
}

#[test]
fn a_given_split_that_divides_a_figure_is_told() {
    let paper = "2020.03.13.20035212-p23";
    let names = ["train/a/1.png", "train/b/2.png", "val/a/3.png", "val/b/4.png"].map(str::to_owned);
    let names =
        [names.to_vec(), vec![format!("train/a/{paper}-154.png"), format!("val/a/{paper}-155.png")]].concat();
    let folder = folder(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let loaded = load(&request(folder.path())).unwrap();
    assert_eq!(loaded.facts.divided_groups.len(), 1);
    assert_eq!(loaded.facts.divided_groups[0].examples[&Side::Val], [format!("val/a/{paper}-155.png")]);
    assert!(loaded.facts.findings.iter().any(|finding| finding.code == "groups_divided"));
}

#[test]
fn a_finished_model_takes_its_own_kind_and_classes() {
    let folder = folder(&["sick/a.png", "well/b.png"]);
    let known =
        ClassChoice { known: Some(vec!["well".to_owned(), "sick".to_owned()]), ..ClassChoice::default() };
    let tried = DatasetRequest {
        preparing: Preparing::Fixed(Preprocessing::of_grey_pictures(32)),
        division: Division::Finished,
        classes: known,
        ..request(folder.path())
    };
    let loaded = load(&tried).unwrap();
    assert_eq!(on(&loaded, Side::Test).len(), 2);
    assert_eq!(loaded.dataset.examples.iter().map(|e| e.class).collect::<Vec<_>>(), [1, 0]);
    let hu = Preparing::Fixed(Preprocessing::of_hu_slices(32));
    let error = load(&DatasetRequest { preparing: hu, ..tried.clone() }).unwrap_err();
    assert!(error.to_string().contains("was trained on a slice in HU"), "{error}");
    add(folder.path(), "flu/c.png");
    assert!(matches!(load(&tried), Err(DatasetError::UnknownClass { .. })));
}

#[test]
fn inputs_that_make_no_data_set_are_refused() {
    let one = folder(&["a/1.png"]);
    assert!(matches!(load(&request(one.path())), Err(DatasetError::OneClass { .. })));
    fs::create_dir(one.path().join("b")).unwrap();
    assert_eq!(
        load(&request(one.path())).unwrap_err().to_string(),
        "the class folder b holds no picture and no scan"
    );
    fs::write(one.path().join("b/x.nii"), b"x").unwrap();
    let error = load(&request(one.path())).unwrap_err();
    assert!(matches!(error, DatasetError::Mixed { pictures: 1, scans: 1, .. }), "{error}");
    let flat = folder(&["1.png"]);
    assert!(matches!(load(&request(flat.path())), Err(DatasetError::NoClasses { .. })));
    let broken = tempfile::tempdir().unwrap();
    for class in ["a", "b"] {
        fs::create_dir(broken.path().join(class)).unwrap();
        fs::write(broken.path().join(class).join("x.png"), b"nothing").unwrap();
    }
    assert!(matches!(load(&request(broken.path())), Err(DatasetError::NothingReadable { files: 2, .. })));
}

#[test]
fn the_real_pictures_load_whole() {
    let Some(shared) = hilum_testkit::shared_data() else { return };
    let loaded = load(&DatasetRequest { jobs: 2, ..request(&shared.join("covid-ct-2d")) }).unwrap();
    assert_eq!(loaded.facts.left_out, []);
    assert_eq!(loaded.dataset.classes, ["NonCOVID", "COVID"]);
    let counts =
        loaded.facts.sides.iter().map(|side| side.classes.iter().map(|c| c.examples).collect::<Vec<_>>());
    assert_eq!(counts.collect::<Vec<_>>(), [[234, 191], [58, 60]]);
    // 2020.03.13.20035212, page 23: pictures 152 to 154 are for training, 155 to 163 for validation.
    let divided = &loaded.facts.divided_groups;
    assert_eq!(divided.iter().map(|group| group.examples[&Side::Val].len()).collect::<Vec<_>>(), [9]);
    let pairs = &loaded.facts.near_duplicates;
    // As counted when all were looked at; rounding may move a pair over the limit.
    assert!((95..=99).contains(&pairs.len()), "{}", pairs.len());
    assert!((220..=224).contains(&loaded.facts.groups), "{}", loaded.facts.groups);
    let across: Vec<_> = pairs.iter().filter(|pair| pair.sides[0] != pair.sides[1]).collect();
    assert!(across.len() == 1 && across[0].ids[1].ends_with("20035212-p23-155.png"), "{across:?}");
    let by_name = DatasetRequest {
        relations: BTreeSet::from([Relation::PaperFigure]),
        ..request(&shared.join("covid-ct-2d"))
    };
    let again = Division::Holdout(Holdout { val_share: 0.25, test_share: 0.0, seed: 3 });
    let divided = load(&DatasetRequest { division: again, jobs: 2, ..by_name }).unwrap();
    assert!(divided.facts.divided_groups.is_empty());
}
