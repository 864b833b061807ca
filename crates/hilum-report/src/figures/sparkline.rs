//! Lung area along one scan, with the chosen slice marked.

use super::svg::Svg;
use crate::{AreaCurve, words::number};

const WIDTH: f64 = 320.0;
const TOP: f64 = 22.0;
const FLOOR: f64 = 92.0;

/// Draws the curve from the base of the lungs (left) to their apex (right); `None` for an empty or broken curve.
pub(crate) fn sparkline(curve: &AreaCurve) -> Option<String> {
    let mut areas = curve.area_mm2.clone();
    let mut chosen = curve.chosen;
    let last = areas.len().checked_sub(1)?;
    if chosen > last || !areas.iter().all(|a| a.is_finite()) {
        return None;
    }
    if !curve.superior_is_last {
        areas.reverse();
        chosen = last - chosen;
    }
    let largest = areas.iter().copied().fold(1.0, f64::max);
    let x = |i: usize| if last == 0 { WIDTH / 2.0 } else { i as f64 / last as f64 * WIDTH };
    let y = |area: f64| FLOOR - area / largest * (FLOOR - TOP);
    let line: Vec<(f64, f64)> = areas.iter().enumerate().map(|(i, &a)| (x(i), y(a))).collect();
    let outline = [vec![(0.0, FLOOR)], line.clone(), vec![(WIDTH, FLOOR)]].concat();
    let mut svg = Svg::new();
    svg.path("fill", &outline);
    svg.path("line", &line);
    svg.line("axis", 0.0, FLOOR, WIDTH, FLOOR);
    svg.line("chosen", x(chosen), TOP - 6.0, x(chosen), FLOOR);
    let (side, shift) = if x(chosen) > WIDTH / 2.0 { ("unit end", -6.0) } else { ("unit", 6.0) };
    let area = format!("slice {}: {} cm²", curve.chosen, number(areas[chosen] / 100.0, 1));
    svg.text(side, x(chosen) + shift, TOP - 8.0, &area);
    svg.text("tick", 0.0, FLOOR + 16.0, "base");
    svg.text("tick end", WIDTH, FLOOR + 16.0, "apex");
    let length = format!("{} slices, {} mm", areas.len(), number(last as f64 * curve.slice_spacing_mm, 0));
    svg.text("tick middle", WIDTH / 2.0, FLOOR + 16.0, &length);
    Some(svg.finish(
        "sparkline",
        WIDTH,
        FLOOR + 22.0,
        &format!("Lung area along the scan; {area} is the largest"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(superior_is_last: bool) -> AreaCurve {
        AreaCurve { area_mm2: vec![0.0, 100.0, 50.0], chosen: 1, superior_is_last, slice_spacing_mm: 2.0 }
    }

    #[test]
    fn the_apex_is_always_on_the_right() {
        let (up, down) = (sparkline(&curve(true)).unwrap(), sparkline(&curve(false)).unwrap());
        assert!(up.contains("M0 92L160 22L320 57") && down.contains("M0 57L160 22L320 92"));
        assert!(up.contains("slice 1: 1.0 cm²") && down.contains("slice 1: 1.0 cm²"));
    }

    #[test]
    fn a_broken_curve_is_not_drawn() {
        assert_eq!(sparkline(&AreaCurve { chosen: 3, ..curve(true) }), None);
        assert_eq!(sparkline(&AreaCurve { area_mm2: vec![], ..curve(true) }), None);
        assert_eq!(sparkline(&AreaCurve { area_mm2: vec![f64::NAN; 3], ..curve(true) }), None);
    }
}
