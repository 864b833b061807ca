//! Explanations of nets whose reasons are known, because they were planted: a mark beside the lungs, or a lesion in them.

use hilum_imaging::superpixels::Pieces;
use hilum_learn::{
    Architecture, Augmentation, Compute, Example, Keep, LearnError, Moment, NetClassifier, NetPlan, Onward,
    Picture, TrainSettings, Training,
    explain::{
        Hidden, LimeSettings, Question,
        checks::{
            deletion::deletion_insertion,
            inside::Inside,
            repeat::Repeatability,
            verdict::{Checks, Verdict, judge},
        },
        lime,
    },
};

const SIDE: usize = 48;

/// Where class 1 differs.
#[derive(Clone, Copy, PartialEq)]
enum Planted {
    /// A bright square in the upper left corner, as of a marker on the film.
    Mark,
    /// A bright disc somewhere in a lung.
    Lesion,
}

/// Numbers without a library: xorshift.
struct Noise(u64);

impl Noise {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) as usize % n
    }
}

fn in_lung(row: usize, col: usize) -> bool {
    let off = |centre: f64| ((row as f64 - 26.0) / 14.0).powi(2) + ((col as f64 - centre) / 8.0).powi(2);
    off(13.0) < 1.0 || off(35.0) < 1.0
}

/// A grey body with two dark lungs, noise, and what class 1 has; and where that is.
fn drawn(planted: Planted, class: usize, noise: &mut Noise) -> (Picture, Vec<bool>) {
    let centre = [19 + noise.below(14), [12, 35][noise.below(2)] + noise.below(3)];
    let there = |row: usize, col: usize| match planted {
        _ if class == 0 => false,
        Planted::Mark => (2..8).contains(&row) && (2..8).contains(&col),
        Planted::Lesion => row.abs_diff(centre[0]).pow(2) + col.abs_diff(centre[1]).pow(2) <= 10,
    };
    let places: Vec<(usize, usize)> = (0..SIDE * SIDE).map(|n| (n / SIDE, n % SIDE)).collect();
    let mut level = |&(row, col): &(usize, usize)| {
        let plain = if there(row, col) {
            56_000
        } else if in_lung(row, col) {
            9_000
        } else {
            30_000
        };
        (plain + noise.below(6_000)) as u16
    };
    let values = places.iter().map(&mut level).collect();
    (Picture::new(1, SIDE, SIDE, values).unwrap(), places.iter().map(|&(r, c)| there(r, c)).collect())
}

fn trained(planted: Planted) -> NetClassifier {
    let mut noise = Noise(0x1234_5678);
    let mut examples = |count: usize, name: &str| -> Vec<Example> {
        let example = |n: usize| Example {
            id: format!("{name}{n}"),
            class: n % 2,
            group: n as u32,
            picture: drawn(planted, n % 2, &mut noise).0,
        };
        (0..count).map(example).collect()
    };
    let (train, val) = (examples(96, "t"), examples(24, "v"));
    let architecture = Architecture::Residual { widths: vec![8, 16, 32], blocks: 1, dropout: 0.0 };
    let plan = NetPlan::new(architecture.clone(), 1, [SIDE, SIDE], 2);
    let settings = TrainSettings {
        epochs: 12,
        batch: 16,
        learning_rate: 5e-3,
        warmup_epochs: 1.0,
        mixup: 0.0,
        average: 0.0,
        augmentation: Augmentation::NONE,
        mirrored_scoring: false,
        keep: Keep::Last,
        ..TrainSettings::recipe(&architecture)
    };
    let classes = vec!["without".to_owned(), "with".to_owned()];
    let training = Training {
        plan: &plan,
        settings: &settings,
        classes: &classes,
        train: train.iter().collect(),
        val: val.iter().collect(),
        start: None,
        compute: Compute::Cpu,
        key: String::new(),
    };
    let mut watch = |_: Moment<'_>| Ok::<_, LearnError>(Onward::Go);
    let trained = training.run(None, &mut watch).unwrap();
    let last = trained.history.last().unwrap();
    assert!(last.val_auc.unwrap() > 0.98, "it did not learn what was planted: {last:?}");
    NetClassifier::new(&plan, &trained.weights, classes, false, Compute::Cpu).unwrap()
}

/// Checks of LIME on four pictures of class 1, and the share of positive weight in what was planted in each.
fn explained(planted: Planted) -> (Vec<Checks>, Vec<f64>) {
    let net = trained(planted);
    let question = Question { classifier: &net, class: 1 };
    // Squares of 8 x 8 px, as large as what was planted: about as many as quick shift makes of a slice.
    let marks: Vec<u32> = (0..SIDE * SIDE).map(|n| (n / SIDE / 8 * 6 + n % SIDE / 8) as u32).collect();
    let pieces = Pieces::from_marks(SIDE, SIDE, &marks).unwrap();
    let lung: Vec<bool> = (0..SIDE * SIDE).map(|n| in_lung(n / SIDE, n % SIDE)).collect();
    let mut noise = Noise(0x9999_7777);
    let one = |_: usize| {
        let (picture, there) = drawn(planted, 1, &mut noise);
        let with = |seed| {
            let settings =
                LimeSettings { samples: 1000, seed, hidden: Hidden::Mean, ..LimeSettings::default() };
            lime(question, &picture, &pieces, &settings).unwrap()
        };
        let all: Vec<Vec<f64>> = (0..3).map(|seed| with(seed).surrogate.weights).collect();
        let map = with(0).attribution(&pieces);
        // What is planted is a piece of its own size: weight in the squares that it touches counts.
        let touched: Vec<bool> = {
            let mut of_piece = vec![false; pieces.count()];
            for (label, there) in pieces.labels().iter().zip(&there) {
                of_piece[*label as usize] |= there;
            }
            pieces.labels().iter().map(|label| of_piece[*label as usize]).collect()
        };
        let checks = Checks {
            lung: Inside::of(&map, &lung),
            dense: Inside::of(&map, &touched),
            repeatability: Repeatability::of(&all, 10),
            deletion: Some(deletion_insertion(question, &picture, &pieces, &map, 5, 1).unwrap()),
            ..Checks::default()
        };
        let share = checks.dense.unwrap().weight_frac.unwrap();
        (checks, share)
    };
    (0..4).map(one).unzip()
}

#[test]
fn a_net_that_sees_a_mark_beside_the_lungs_is_found_out() {
    let (checks, shares) = explained(Planted::Mark);
    let judged = judge(&checks, true);
    println!("{judged:?} {shares:?}");
    assert!(checks.iter().all(|c| c.lung.unwrap().weight_frac.unwrap() < 0.5), "{checks:?}");
    assert_eq!(judged.verdict, Verdict::LooksElsewhere, "{judged:?}");
}

#[test]
fn a_net_that_sees_a_lesion_points_at_it() {
    let (checks, shares) = explained(Planted::Lesion);
    let judged = judge(&checks, true);
    println!("{judged:?} {shares:?}");
    let area = checks[0].dense.unwrap().area_frac;
    assert!(shares.iter().all(|&share| share > 0.5 && share > 5.0 * area), "{shares:?}, {area}");
    assert_eq!(judged.verdict, Verdict::Trustworthy, "{judged:?}");
}
