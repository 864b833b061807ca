//! ROC and precision-recall.

use super::frame::Frame;

/// The curve of one class against the rest.
#[derive(Debug, Clone, PartialEq)]
pub struct CurveSeries<'a> {
    /// Name of the class.
    pub name: &'a str,
    /// Points, `(x, y)` from 0 to 1, in the order of the curve.
    pub points: Vec<(f64, f64)>,
    /// A band around it, `(x, low, high)`; empty for none.
    pub band: Vec<(f64, f64, f64)>,
    /// The number that sums it up, as in `AUC 0.85 (0.80 – 0.90)`; empty for one class of several.
    pub summary: &'a str,
    /// The height of a classifier that knows nothing, for precision and recall: the share of the class.
    pub chance: f64,
}

/// Draws ROC curves with their bands, and the point of the threshold in use, `(1 - specificity, sensitivity)`; `None` without
/// a curve.
pub fn roc_figure(curves: &[CurveSeries<'_>], in_use: Option<(f64, f64)>) -> Option<String> {
    curves.first()?;
    let mut frame = Frame::new("ROC", "1 − specificity", "Sensitivity");
    frame.path("stroke chance", &[(0.0, 0.0), (1.0, 1.0)]);
    // The bands of several classes would hide each other.
    let banded = if curves.len() == 1 { curves } else { &[] };
    for (n, curve) in banded.iter().enumerate() {
        let forth = curve.band.iter().map(|&(x, _, high)| (x, high));
        let back = curve.band.iter().rev().map(|&(x, low, _)| (x, low));
        let outline: Vec<(f64, f64)> = forth.chain(back).collect();
        if !outline.is_empty() {
            frame.path(&format!("band k{n}"), &outline);
        }
    }
    for (n, curve) in curves.iter().enumerate() {
        frame.path(&format!("stroke c{n}"), &curve.points);
    }
    for (n, curve) in curves.iter().enumerate() {
        frame.key(&format!("stroke c{n}"), &said(curve));
    }
    if banded.iter().any(|curve| !curve.band.is_empty()) {
        frame.key("stroke band-key", "95 % of the bootstrap draws, at each 1 − specificity");
    }
    frame.key("stroke chance", "knows nothing");
    if let Some((x, y)) = in_use {
        let (cx, cy) = (frame.x(x), frame.y(y));
        frame.svg.circle("point", cx, cy, 5.0);
        frame.dot_key("point", &format!("threshold in use: sensitivity {y:.2}, specificity {:.2}", 1.0 - x));
    }
    Some(frame.finish())
}

/// Draws precision over recall as the steps that average precision sums; `None` without a curve.
pub fn precision_recall_figure(curves: &[CurveSeries<'_>]) -> Option<String> {
    curves.first()?;
    let mut frame = Frame::new("Precision and recall", "Recall (sensitivity)", "Precision");
    for (n, curve) in curves.iter().enumerate() {
        frame.path(&format!("stroke chance c{n}"), &[(0.0, curve.chance), (1.0, curve.chance)]);
    }
    for (n, curve) in curves.iter().enumerate() {
        let mut steps = Vec::with_capacity(2 * curve.points.len());
        let mut recall = 0.0;
        for &(x, y) in &curve.points {
            steps.extend([(recall, y), (x, y)]);
            recall = x;
        }
        frame.path(&format!("stroke c{n}"), &steps);
    }
    for (n, curve) in curves.iter().enumerate() {
        frame.key(&format!("stroke c{n}"), &said(curve));
    }
    frame.key("stroke chance", "knows nothing: the share of the class");
    Some(frame.finish())
}

fn said(curve: &CurveSeries<'_>) -> String {
    match curve.summary {
        "" => format!("{} against the rest", curve.name),
        summary => format!("{}: {summary}", curve.name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve() -> CurveSeries<'static> {
        CurveSeries {
            name: "COVID <b>",
            points: vec![(0.0, 0.0), (0.0, 0.5), (1.0, 1.0)],
            band: vec![(0.0, 0.2, 0.7), (1.0, 1.0, 1.0)],
            summary: "AUC 0.75 (0.60 – 0.90)",
            chance: 0.4,
        }
    }

    #[test]
    fn curves_have_their_band_their_summary_and_their_point() {
        let svg = roc_figure(&[curve()], Some((0.1, 0.8))).unwrap();
        assert!(svg.contains("COVID &lt;b&gt;: AUC 0.75 (0.60 – 0.90)") && svg.contains("band k0"), "{svg}");
        assert!(svg.contains("sensitivity 0.80, specificity 0.90"));
        assert!(crate::rasterise(&svg, 500).is_ok());
        assert_eq!(roc_figure(&[], None), None);
        let one_of_two = CurveSeries { summary: "", ..curve() };
        let several = roc_figure(&[one_of_two.clone(), one_of_two], None).unwrap();
        assert!(several.contains("COVID &lt;b&gt; against the rest") && !several.contains("band k0"));
    }

    #[test]
    fn precision_is_drawn_in_steps() {
        let points = vec![(0.5, 1.0), (1.0, 0.5)];
        let svg = precision_recall_figure(&[CurveSeries { points, ..curve() }]).unwrap();
        // (0, 1) (0.5, 1) (0.5, 0.5) (1, 0.5) in a square of 420 that begins at 62, 34.
        assert!(svg.contains("M62 34L272 34L272 244L482 244"), "{svg}");
        assert_eq!(precision_recall_figure(&[]), None);
    }
}
