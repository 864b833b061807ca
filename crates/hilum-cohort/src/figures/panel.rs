//! From a slice with its masks to the panel of a plate.

use super::{FigureKind, WindowWish, shown::Shown};
use hilum_imaging::{Display, Picture, Window, outlines};
use hilum_report::{GreyScale, Panel, PanelPicture};

/// The windows of the 2022 notebook and hilum's own, by width and level, with what they are for.
const NAMED: [(f32, f32, &str); 5] = [
    (350.0, 50.0, "soft tissue"),
    (2000.0, -200.0, "lung, wide"),
    (1800.0, 400.0, "bone"),
    (80.0, 40.0, "brain"),
    (1500.0, -600.0, "lung"),
];

/// Grey of the lung round its dense tissue in a picture of masks.
const LUNG_GREY: u8 = 84;

/// What is painted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Paint {
    /// The slice alone.
    Slice,
    /// One of the figures by class.
    Masks(FigureKind),
}

/// The panel of one slice, without words.
///
/// # Errors
/// In words, if the slice has no masks where they are wanted, or is damaged.
pub(super) fn panel(shown: &Shown, window: WindowWish, paint: Paint, whole: bool) -> Result<Panel, String> {
    let slice = shown.slice().ok_or("its slice is damaged; run the cohort again")?;
    let spacing = shown.geometry.in_plane_spacing_mm();
    let display = Display::radiological(slice.rows(), slice.cols(), shown.geometry.frame(), spacing);
    let grey = display.grey(slice, resolved(shown, window));
    let focus =
        if whole { [0, 0, grey.height as usize, grey.width as usize] } else { display.body(slice, spacing) };
    let mut outlined = Vec::new();
    let picture = match (paint, &shown.masks) {
        (Paint::Slice, _) => grey,
        (Paint::Masks(_), None) => return Err("it has no masks".to_owned()),
        (Paint::Masks(kind), Some(masks)) => {
            let (lung, dense) = (masks.lung.view(), masks.dense.view());
            match kind {
                FigureKind::Outline => {
                    outlined = outlines(display.mask(lung).view());
                    grey
                }
                FigureKind::Lung => display.masks(&[(lung, 255)]),
                FigureKind::Dense => display.masks(&[(lung, LUNG_GREY), (dense, 255)]),
                _ => display.overlay(&grey, lung, dense),
            }
        }
    };
    let Picture { width, height, bytes } = picture;
    Ok(Panel {
        title: shown.image_id.clone(),
        note: shown.place(),
        picture: PanelPicture { width: width as usize, height: height as usize, bytes },
        mm_per_px: display.pixel_mm(),
        anatomical: true,
        focus,
        outlines: outlined,
        grey_scale: None,
    })
}

/// The window itself.
pub(super) fn resolved(shown: &Shown, wish: WindowWish) -> Window {
    match (wish, shown.slice()) {
        (WindowWish::Fixed(window), _) => window,
        (WindowWish::Full, Some(slice)) => Window::full(slice),
        (WindowWish::Full, None) => Window::LUNG,
    }
}

/// From black to white.
pub(super) fn grey_scale(window: Window) -> GreyScale {
    let (black, white) = window.ends_hu();
    GreyScale { black_hu: f64::from(black), white_hu: f64::from(white) }
}

/// `W 350 L 50`, with a true minus sign and spaces that do not break.
pub(super) fn window_in_words(wish: WindowWish) -> String {
    match wish {
        WindowWish::Full => "no window".to_owned(),
        WindowWish::Fixed(Window { level_hu, width_hu }) => {
            format!("W\u{a0}{width_hu}\u{a0}L\u{a0}{level_hu}").replace('-', "−")
        }
    }
}

/// What a window is for, where it is one of the usual ones.
pub(super) fn window_use(wish: WindowWish) -> &'static str {
    match wish {
        WindowWish::Full => "all values of the slice",
        WindowWish::Fixed(Window { level_hu, width_hu }) => {
            NAMED.iter().find(|(w, l, _)| (*w, *l) == (width_hu, level_hu)).map_or("", |(_, _, name)| name)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_named_by_width_and_level() {
        let wide = WindowWish::Fixed(Window { level_hu: -200.0, width_hu: 2000.0 });
        assert_eq!(
            (window_in_words(wide).as_str(), window_use(wide)),
            ("W\u{a0}2000\u{a0}L\u{a0}−200", "lung, wide")
        );
        let own = WindowWish::Fixed(Window { level_hu: 12.5, width_hu: 7.0 });
        assert_eq!((window_in_words(own).as_str(), window_use(own)), ("W\u{a0}7\u{a0}L\u{a0}12.5", ""));
    }
}
