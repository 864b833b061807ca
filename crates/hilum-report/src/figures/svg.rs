//! Writing SVG, and scales with round ticks.

use base64::{Engine, engine::general_purpose::STANDARD};
use hilum_core::round_step;
use minijinja::HtmlEscape;

/// An SVG picture in the making.
pub(super) struct Svg {
    body: String,
}

impl Svg {
    pub(super) fn new() -> Self {
        Self { body: String::new() }
    }

    pub(super) fn line(&mut self, class: &str, x1: f64, y1: f64, x2: f64, y2: f64) {
        let (x1, y1, x2, y2) = (px(x1), px(y1), px(x2), px(y2));
        self.push(&format!(r#"<line class="{class}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>"#));
    }

    pub(super) fn text(&mut self, class: &str, x: f64, y: f64, text: &str) {
        let (x, y) = (px(x), px(y));
        self.push(&format!(r#"<text class="{class}" x="{x}" y="{y}">{}</text>"#, escape(text)));
    }

    /// Text that runs upwards, its middle at (x, y).
    pub(super) fn text_up(&mut self, class: &str, x: f64, y: f64, text: &str) {
        let (x, y) = (px(x), px(y));
        self.push(&format!(
            r#"<text class="{class}" transform="translate({x} {y}) rotate(-90)">{}</text>"#,
            escape(text)
        ));
    }

    /// A picture as PNG; its pixels stay square-edged where they are enlarged.
    pub(super) fn image(&mut self, (x, y): (f64, f64), (width, height): (f64, f64), png: &[u8]) {
        let (x, y, width, height, data) = (px(x), px(y), px(width), px(height), STANDARD.encode(png));
        self.push(&format!(
            r#"<image x="{x}" y="{y}" width="{width}" height="{height}" preserveAspectRatio="none" style="image-rendering:pixelated" href="data:image/png;base64,{data}"/>"#
        ));
    }

    /// A circle.
    pub(super) fn circle(&mut self, class: &str, x: f64, y: f64, radius: f64) {
        let (x, y, radius) = (px(x), px(y), px(radius));
        self.push(&format!(r#"<circle class="{class}" cx="{x}" cy="{y}" r="{radius}"/>"#));
    }

    /// What a picture is called.
    pub(super) fn title(text: &str) -> String {
        format!("<title>{}</title>\n", escape(text))
    }

    /// All elements, without the picture around them.
    pub(super) fn body(self) -> String {
        self.body
    }

    /// A rectangle; `tip` is shown when it is pointed at.
    pub(super) fn rect(&mut self, class: &str, (x, y): (f64, f64), (width, height): (f64, f64), tip: &str) {
        let (x, y, width, height) = (px(x), px(y), px(width), px(height));
        let tip = if tip.is_empty() { String::new() } else { format!("<title>{}</title>", escape(tip)) };
        self.push(&format!(
            r#"<rect class="{class}" x="{x}" y="{y}" width="{width}" height="{height}" rx="1.5">{tip}</rect>"#
        ));
    }

    /// A line or an area through points.
    pub(super) fn path(&mut self, class: &str, points: &[(f64, f64)]) {
        let steps: Vec<String> = points.iter().map(|&(x, y)| format!("{} {}", px(x), px(y))).collect();
        self.push(&format!(r#"<path class="{class}" d="M{}"/>"#, steps.join("L")));
    }

    /// The dot of a scan.
    pub(super) fn dot(&mut self, dot: &super::Dot, colour: usize, x: f64, y: f64, radius: f64) {
        let (x, y, scan) = (px(x), px(y), dot.scan);
        let tip = escape(&format!("{}: {:.1} %", dot.id, dot.ratio_percent));
        self.push(&format!(
            r#"<circle class="dot k{colour}" data-scan="{scan}" cx="{x}" cy="{y}" r="{radius}"><title>{tip}</title></circle>"#
        ));
    }

    /// The whole element; `label` says in words what the picture shows. It fills the box that the style gives it.
    pub(super) fn finish(self, class: &str, width: f64, height: f64, label: &str) -> String {
        let (width, height, label) = (px(width), px(height), escape(label));
        format!(
            r#"<svg class="{class}" viewBox="0 0 {width} {height}" preserveAspectRatio="none" role="img" aria-label="{label}">{}</svg>"#,
            self.body
        )
    }

    fn push(&mut self, element: &str) {
        self.body.push_str(element);
    }
}

/// Text as it may stand in an element or a quoted attribute.
pub(super) fn escape(text: &str) -> String {
    HtmlEscape(text).to_string()
}

/// A coordinate with at most one decimal.
pub(super) fn px(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

/// From values to places on the page, with round ticks.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scale {
    from: f64,
    to: f64,
    step: f64,
    start_px: f64,
    end_px: f64,
}

impl Scale {
    /// From 0 to the first tick at or above `largest`.
    pub(super) fn from_zero(largest: f64, start_px: f64, end_px: f64) -> Self {
        Self::covering(0.0, if largest > 0.0 { largest } else { 1.0 }, start_px, end_px)
    }

    /// From the last tick at or below `smallest` to the first at or above `largest`.
    pub(super) fn covering(smallest: f64, largest: f64, start_px: f64, end_px: f64) -> Self {
        let spread = if largest > smallest { largest - smallest } else { smallest.abs().max(1.0) };
        let step = round_step(spread / 6.0);
        let from = (smallest / step).floor() * step;
        let to = ((largest / step).ceil() * step).max(from + step);
        Self { from, to, step, start_px, end_px }
    }

    /// From 0 to `largest` itself, for bars without an axis.
    pub(super) fn exact(largest: f64, start_px: f64, end_px: f64) -> Self {
        Self { from: 0.0, to: largest, step: largest, start_px, end_px }
    }

    pub(super) fn px(&self, value: f64) -> f64 {
        self.start_px + (value - self.from) / (self.to - self.from) * (self.end_px - self.start_px)
    }

    pub(super) fn ticks(&self) -> impl Iterator<Item = f64> {
        let count = ((self.to - self.from) / self.step).round() as usize;
        (0..=count).map(|i| self.from + i as f64 * self.step)
    }

    /// A tick in as few decimals as the step needs.
    pub(super) fn label(&self, tick: f64) -> String {
        let decimals = (-self.step.log10().floor()).max(0.0) as usize;
        format!("{tick:.decimals$}")
    }

    /// The largest value of the scale.
    pub(super) fn end(&self) -> f64 {
        self.to
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_cover_the_data() {
        let scale = Scale::from_zero(37.2, 0.0, 100.0);
        assert_eq!(scale.ticks().collect::<Vec<_>>(), [0.0, 10.0, 20.0, 30.0, 40.0]);
        assert_eq!((scale.px(0.0), scale.px(40.0), scale.end()), (0.0, 100.0, 40.0));
        let small = Scale::covering(0.11, 0.32, 0.0, 1.0);
        assert_eq!(small.label(small.ticks().next().unwrap()), "0.10");
        assert!(Scale::from_zero(0.0, 0.0, 1.0).px(0.0).is_finite());
        assert!(Scale::covering(5.0, 5.0, 0.0, 1.0).px(5.0).is_finite());
    }

    #[test]
    fn text_cannot_leave_its_element() {
        let mut svg = Svg::new();
        svg.text("tick", 1.0, 2.25, "<script>\"&");
        let whole = svg.finish("figure", 10.0, 10.0, "a \"b\"");
        assert!(whole.contains("&lt;script&gt;&quot;&amp;"));
        assert!(whole.contains(r#"aria-label="a &quot;b&quot;""#) && !whole.contains("<script>"));
    }
}
