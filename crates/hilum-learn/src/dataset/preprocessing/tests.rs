//! Values, parts and channels, each worked out by hand; and what is refused.

use super::*;
use std::collections::BTreeMap;

/// 8 x 8 HU that rise by 50 from -1000, lung in the middle.
fn slice() -> Source {
    let hu = (0..64).map(|n| n as f32 * 50.0 - 1000.0).collect();
    let lung = Mask::from_fn(8, 8, |r, c| (2..6).contains(&r) && (2..6).contains(&c));
    let dense = Mask::from_fn(8, 8, |r, c| (r, c) == (4, 4));
    Source { lung: Some(lung), dense: Some(dense), ..Source::of_hu(8, 8, hu) }
}

fn pixel(preprocessing: &Preprocessing, source: &Source, row: usize, col: usize) -> u16 {
    preprocessing.apply(source).unwrap().picture.channel(0)[row * 8 + col]
}

#[test]
fn a_window_goes_from_black_to_white() {
    let window = Preprocessing {
        values: Values::Window { level_hu: -500.0, width_hu: 1000.0 },
        ..Preprocessing::of_hu_slices(8)
    };
    // -1000 HU is black, 0 HU and above white, -950 a twentieth: 3276.75.
    assert_eq!([0, 1, 20, 40].map(|n| pixel(&window, &slice(), n / 8, n % 8)), [0, 3277, 65535, 65535]);
    let odd = Source::of_hu(8, 8, vec![f32::NAN; 64]);
    assert_eq!(pixel(&window, &odd, 3, 3), 0);
}

#[test]
fn the_notebook_stretches_every_slice_and_cuts() {
    let notebook = Preprocessing { size_px: [8; 2], ..Preprocessing::notebook(SourceKind::HuSlice) };
    // 255 * n / 63, cut to whole numbers: 4.05 and 251.0 (in doubles 250.95).
    assert_eq!(
        [0, 1, 62, 63].map(|n| pixel(&notebook, &slice(), n / 8, n % 8)),
        [0, 4 * 257, 250 * 257, 65535]
    );
    let grey = Source::of_grey(8, 8, (0..64).map(|n| (n + 64) as f32 / 255.0).collect());
    let notebook = Preprocessing { size_px: [8; 2], ..Preprocessing::notebook(SourceKind::GreyPicture) };
    // Within uint8 OpenCV rounds: 4.05 is 4, 250.95 is 251.
    assert_eq!([0, 1, 62, 63].map(|n| pixel(&notebook, &grey, n / 8, n % 8)), [0, 4 * 257, 251 * 257, 65535]);
}

#[test]
fn the_lungs_are_cut_out_and_the_rest_blackened() {
    let crop = Preprocessing { region: Region::LungCrop, ..Preprocessing::of_hu_slices(8) };
    let whole = Preprocessing::of_hu_slices(8);
    // Each pixel of the 4 x 4 box becomes about two by two: the corner is the box's corner.
    assert_eq!(pixel(&crop, &slice(), 0, 0), pixel(&whole, &slice(), 2, 2));
    let mut source = slice();
    source.lung =
        Some(Mask::from_fn(8, 8, |r, c| (2..6).contains(&r) && (2..6).contains(&c) && (r, c) != (2, 2)));
    let masked = Preprocessing { region: Region::LungMask, ..crop.clone() };
    assert_eq!(pixel(&masked, &source, 0, 0), 0);
    assert_ne!(pixel(&crop, &source, 0, 0), 0);
    source.lung = Some(Mask::new(8, 8));
    let prepared = masked.apply(&source).unwrap();
    assert!(prepared.without_lungs);
    assert_eq!(prepared.picture, whole.apply(&source).unwrap().picture);
}

#[test]
fn channels_come_in_their_order() {
    let channels = vec![Channel::Dense, Channel::Lung, Channel::Slice { offset_mm: 10 }];
    let several = Preprocessing { channels, ..Preprocessing::of_hu_slices(8) };
    let mut source = slice();
    source.planes.insert(10, vec![150.0; 64]);
    let picture = several.apply(&source).unwrap().picture;
    assert_eq!(picture.channel(0).iter().filter(|v| **v == 65535).count(), 1);
    assert_eq!(picture.channel(1).iter().filter(|v| **v == 65535).count(), 16);
    assert_eq!(picture.channel(2), [65535; 64]);
    source.planes.remove(&10);
    let refused = several.apply(&source).unwrap_err();
    assert_eq!(refused.to_string(), "the channel 'slice+10mm' is wanted, and the input does not have it");
}

#[test]
fn inputs_of_another_kind_are_refused() {
    let picture = Source::of_grey(8, 8, vec![0.5; 64]);
    let refused = Preprocessing::of_hu_slices(8).apply(&picture).unwrap_err();
    assert!(
        refused.to_string().starts_with("this is a grey picture without HU, and a slice in HU is wanted")
    );
    assert!(Preprocessing::of_grey_pictures(8).apply(&slice()).is_err());
    let no_lung =
        Preprocessing { region: Region::LungCrop, ..Preprocessing::of_grey_pictures(8) }.apply(&picture);
    assert_eq!(no_lung, Err(LearnError::NoChannel { channel: Channel::Lung }));
    let short = Source { planes: BTreeMap::from([(0, vec![0.0; 3])]), ..picture };
    assert!(matches!(
        Preprocessing::of_grey_pictures(8).apply(&short),
        Err(LearnError::Preprocessing { .. })
    ));
}

#[test]
fn settings_that_make_no_sense_are_refused() {
    let good = Preprocessing::of_hu_slices(64);
    assert_eq!(good.check(), Ok(()));
    let flat = Values::Window { level_hu: 0.0, width_hu: 0.0 };
    let twice = vec![Channel::Lung, Channel::Lung];
    for bad in [
        Preprocessing { values: flat, ..good.clone() },
        Preprocessing { values: Values::AsIs, ..good.clone() },
        Preprocessing { source: SourceKind::GreyPicture, ..good.clone() },
        Preprocessing { size_px: [4; 2], ..good.clone() },
        Preprocessing { channels: twice, ..good.clone() },
        Preprocessing { channels: Vec::new(), ..good.clone() },
        Preprocessing { channels: vec![Channel::Dense], ..Preprocessing::of_grey_pictures(64) },
    ] {
        assert!(matches!(bad.check(), Err(LearnError::Preprocessing { .. })), "{bad:?}");
    }
}

#[test]
fn it_is_stored_in_words_and_read_back() {
    let crop = Preprocessing { region: Region::LungCrop, ..Preprocessing::of_hu_slices(224) };
    let json = serde_json::to_string(&crop).unwrap();
    assert_eq!(
        json,
        r#"{"source":"hu_slice","values":{"kind":"window","level_hu":-600.0,"width_hu":1500.0},"region":"lung_crop","fit":"stretch","size_px":224,"channels":["slice"]}"#
    );
    assert_eq!(serde_json::from_str::<Preprocessing>(&json).unwrap(), crop);
    let wide = Preprocessing { size_px: [96, 224], ..crop };
    let json = serde_json::to_string(&wide).unwrap();
    assert!(json.contains("\"size_px\":[96,224]"), "{json}");
    assert_eq!(serde_json::from_str::<Preprocessing>(&json).unwrap(), wide);
}

#[test]
fn what_is_known_of_an_input_goes_back_to_where_it_comes_from() {
    let halved = Preprocessing { size_px: [8; 2], ..Preprocessing::of_hu_slices(8) };
    let large = Source::of_hu(16, 24, vec![0.0; 16 * 24]);
    let back = halved.shown_at(&large).unwrap();
    // Two rows and three columns to a pixel.
    assert_eq!(
        [back[0], back[2], back[3], back[24], back[48]],
        [Some(0), Some(0), Some(1), Some(0), Some(8)]
    );
    assert_eq!(back[16 * 24 - 1], Some(63));
    let lungs = Preprocessing { region: Region::LungCrop, ..halved };
    let back = lungs.shown_at(&slice()).unwrap();
    // The box of rows and columns 2 to 5 is stretched to twice its size: a pixel's centre falls on the second of two.
    assert_eq!((back[0], back[2 * 8 + 1]), (None, None));
    assert_eq!((back[2 * 8 + 2], back[5 * 8 + 5]), (Some(9), Some(63)));
    let padded = Preprocessing { fit: Fit::Pad, size_px: [8; 2], ..Preprocessing::of_hu_slices(8) };
    let back = padded.shown_at(&Source::of_hu(4, 8, vec![0.0; 32])).unwrap();
    assert_eq!((back[0], back[31]), (Some(16), Some(47)));
}
