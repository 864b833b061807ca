//! Whether probabilities mean what they say.

use super::frame::Frame;

/// A bin of probabilities.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReliabilityPoint {
    /// Mean of the probabilities in it.
    pub said: f64,
    /// Share of its cases for which it was true.
    pub observed: f64,
    /// Its cases.
    pub cases: u64,
}

/// Tallest bar of the counts, as a share of the square.
const TALLEST: f64 = 0.16;

/// Draws what came true over what was said, and below it how many cases each bin has; `None` without a case.
///
/// `of` says whose probability it is, `summary` sums it up, as in `ECE 0.08 (0.05 – 0.14), Brier 0.19`.
pub fn reliability_figure(points: &[ReliabilityPoint], of: &str, summary: &str) -> Option<String> {
    let most = points.iter().map(|point| point.cases).max().filter(|&cases| cases > 0)?;
    let mut frame = Frame::new("Reliability", &format!("Probability of {of}"), "How often it was true");
    for point in points {
        // A bin of a tenth stands around its tenth's middle.
        let middle = ((point.said * 10.0).ceil().clamp(1.0, 10.0) - 0.5) / 10.0;
        let height = TALLEST * point.cases as f64 / most as f64;
        let (left, top) = (frame.x(middle - 0.045), frame.y(height));
        let size = (frame.x(middle + 0.045) - left, frame.y(0.0) - top);
        frame.svg.rect("count", (left, top), size, &format!("{} cases", point.cases));
        let (x, y) = (frame.x(middle), top - 5.0);
        frame.svg.text("tick middle", x, y, &point.cases.to_string());
    }
    frame.path("stroke chance", &[(0.0, 0.0), (1.0, 1.0)]);
    let line: Vec<(f64, f64)> = points.iter().map(|point| (point.said, point.observed)).collect();
    if line.len() > 1 {
        frame.path("stroke c0", &line);
    }
    for &(x, y) in &line {
        let (cx, cy) = (frame.x(x), frame.y(y));
        frame.svg.circle("k0", cx, cy, 5.0);
    }
    frame.key("stroke c0", summary);
    frame.key("stroke chance", "keeps its word");
    frame.key("stroke count-key", "cases in each tenth");
    Some(frame.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_have_a_dot_and_a_count() {
        let points = [
            ReliabilityPoint { said: 0.12, observed: 0.2, cases: 30 },
            ReliabilityPoint { said: 1.0, observed: 0.9, cases: 7 },
        ];
        let svg = reliability_figure(&points, "COVID", "ECE 0.08").unwrap();
        assert_eq!(svg.matches(r#"<circle class="k0""#).count(), 2);
        assert!(svg.contains(">30</text>") && svg.contains(">7</text>") && svg.contains("ECE 0.08"));
        assert!(crate::rasterise(&svg, 500).is_ok());
        assert_eq!(reliability_figure(&[], "COVID", ""), None);
    }
}
