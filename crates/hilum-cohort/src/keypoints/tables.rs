//! The tables of keypoints and matches.

use super::{
    alike::Alike,
    all_pairs::PairCounts,
    claim::{self, ClassPair},
    described::{Described, PICTURES},
    percent,
};
use hilum_core::schema::{Column, Kind, Table, Value};
use hilum_imaging::sift::{Features, Keypoint};

const PAPER: &str = "Lowe 2004, with OpenCV's choices";

const fn column(
    name: &'static str,
    kind: Kind,
    unit: &'static str,
    definition: &'static str,
) -> Column<'static> {
    Column { name, kind, unit, definition, source: PAPER }
}

/// Columns of keypoints.parquet.
const KEYPOINT_COLUMNS: &[Column] = &[
    column("image_id", Kind::Text, "-", "The scan or picture."),
    column("picture", Kind::Text, "-", "`whole`, or `lungs` for the box around them."),
    column("keypoint", Kind::Integer, "-", "Number of the keypoint in its picture, from 0."),
    column("x_px", Kind::Real, "px", "Column of the centre; 0 is the middle of the first."),
    column("y_px", Kind::Real, "px", "Row of the centre."),
    column("size_px", Kind::Real, "px", "Diameter: twice the scale."),
    column("angle_degrees", Kind::Real, "degrees", "Direction, clockwise on the picture from the row's."),
    column("response", Kind::Real, "-", "Contrast of the blob, 0 to 1."),
    column("octave", Kind::Integer, "-", "OpenCV's packed octave, layer and offset."),
];

const MATCH_COLUMNS: &[Column] = &[
    column("keypoint_a", Kind::Integer, "-", "Number of the first picture's keypoint."),
    column("keypoint_b", Kind::Integer, "-", "Number of the second picture's keypoint."),
    column("distance", Kind::Real, "-", "Distance of the descriptors."),
    column("second_distance", Kind::Real, "-", "Distance to the second nearest; null if there is only one."),
    column("distinct", Kind::Integer, "-", "1 if it passes the ratio test."),
    column("consistent", Kind::Integer, "-", "1 if the transform explains it."),
    column("x_a_px", Kind::Real, "px", "Column in the first picture."),
    column("y_a_px", Kind::Real, "px", "Row in the first picture."),
    column("x_b_px", Kind::Real, "px", "Column in the second picture."),
    column("y_b_px", Kind::Real, "px", "Row in the second picture."),
];

const PAIR_COLUMNS: &[Column] = &[
    column("image_id_a", Kind::Text, "-", "The first scan."),
    column("image_id_b", Kind::Text, "-", "The second scan."),
    column("type_a", Kind::Text, "-", "Class of the first scan."),
    column("type_b", Kind::Text, "-", "Class of the second scan."),
    column("whole_keypoints_a", Kind::Integer, "-", "Keypoints on the first scan's slice."),
    column("whole_keypoints_b", Kind::Integer, "-", "Keypoints on the second scan's slice."),
    column("whole_matches", Kind::Integer, "-", "Whole slices: keypoints that are each other's nearest."),
    column("whole_distinct", Kind::Integer, "-", "Of those, passing the ratio test."),
    column("whole_consistent", Kind::Integer, "-", "Of those, explained by one transform (RANSAC)."),
    column("whole_matches_percent", Kind::Real, "%", "Matches for 100 keypoints of the slice with fewer."),
    column("lungs_keypoints_a", Kind::Integer, "-", "Keypoints in the box around the first scan's lungs."),
    column("lungs_keypoints_b", Kind::Integer, "-", "Keypoints in the box around the second scan's lungs."),
    column(
        "lungs_matches",
        Kind::Integer,
        "-",
        "Boxes around the lungs: keypoints that are each other's nearest.",
    ),
    column("lungs_distinct", Kind::Integer, "-", "Of those, passing the ratio test."),
    column("lungs_consistent", Kind::Integer, "-", "Of those, explained by one transform (RANSAC)."),
    column("lungs_matches_percent", Kind::Real, "%", "Matches for 100 keypoints of the box with fewer."),
];

const CLASS_COLUMNS: &[Column] = &[
    column("picture", Kind::Text, "-", "`whole`, or `lungs` for the box around them."),
    column("type_a", Kind::Text, "-", "A class."),
    column("type_b", Kind::Text, "-", "Another, or the same for pairs within it."),
    column("pairs", Kind::Integer, "-", "Pairs of scans."),
    column("matches", Kind::Real, "-", "Mean number of matches."),
    column(
        "matches_percent",
        Kind::Real,
        "%",
        "Mean of matches for 100 keypoints of the picture with fewer.",
    ),
    column("distinct_percent", Kind::Real, "%", "The same after the ratio test."),
    column("consistent_percent", Kind::Real, "%", "The same after RANSAC."),
];

fn text(value: &str) -> Value {
    Value::Text((!value.is_empty()).then(|| value.to_owned()))
}

fn integer(value: usize) -> Value {
    Value::Integer(Some(value as i64))
}

fn real(value: f32) -> Value {
    Value::Real(Some(f64::from(value)))
}

/// The keypoints of pictures: name, kind of picture, keypoints.
pub(super) fn keypoints<'a>(
    pictures: impl Iterator<Item = (&'a str, &'a str, &'a [Keypoint])>,
) -> Table<'static> {
    let mut rows = Vec::new();
    for (image_id, picture, keypoints) in pictures {
        rows.extend(keypoints.iter().enumerate().map(|(n, k)| {
            vec![
                text(image_id),
                text(picture),
                integer(n),
                real(k.x_px),
                real(k.y_px),
                real(k.size_px),
                real(k.angle_degrees),
                real(k.response),
                Value::Integer(Some(i64::from(k.octave))),
            ]
        }));
    }
    Table { columns: KEYPOINT_COLUMNS, rows }
}

/// The matches of two pictures, by distance.
pub(super) fn matches(alike: &Alike, [a, b]: &[Features; 2]) -> Table<'static> {
    let consistent = alike.consistent();
    let flag = |list: &[usize], n: usize| integer(usize::from(list.binary_search(&n).is_ok()));
    let rows = alike.matches.iter().enumerate().map(|(n, m)| {
        let (from, to) = (&a.keypoints[m.query], &b.keypoints[m.train]);
        vec![
            integer(m.query),
            integer(m.train),
            real(m.distance),
            real(m.second_distance),
            flag(&alike.distinct, n),
            flag(&consistent, n),
            real(from.x_px),
            real(from.y_px),
            real(to.x_px),
            real(to.y_px),
        ]
    });
    Table { columns: MATCH_COLUMNS, rows: rows.collect() }
}

/// The pairs of a run.
pub(super) fn pairs(scans: &[Described], counts: &PairCounts) -> Table<'static> {
    let rows = claim::pairs(scans.len()).zip(counts).map(|((a, b), counted)| {
        let (a, b) = (&scans[a], &scans[b]);
        let label = |scan: &Described| Value::Text(scan.label.clone());
        let mut row = vec![text(&a.image_id), text(&b.image_id), label(a), label(b)];
        for (n, counts) in counted.iter().enumerate().take(PICTURES.len()) {
            let keypoints = [a, b].map(|scan| scan.features[n].keypoints.len());
            row.extend(keypoints.map(integer));
            row.extend([counts.matches, counts.distinct, counts.consistent].map(|c| integer(c as usize)));
            row.push(Value::Real(percent(counts.matches, keypoints.map(|k| k as u32))));
        }
        row
    });
    Table { columns: PAIR_COLUMNS, rows: rows.collect() }
}

/// Means within and between classes.
pub(super) fn class_pairs(pairs: &[ClassPair]) -> Table<'static> {
    let rows = pairs.iter().map(|pair| {
        let mean = |column: &Column| Value::Real(pair.mean.get(column.name).copied().flatten());
        let names = [text(pair.picture), text(&pair.first), text(&pair.second), integer(pair.pairs)];
        names.into_iter().chain(CLASS_COLUMNS[4..].iter().map(mean)).collect()
    });
    Table { columns: CLASS_COLUMNS, rows: rows.collect() }
}
