//! Accuracy and loss over the epochs of a training, on the training and the validation side: the notebook's figure 17.

use super::{
    paper,
    svg::{Scale, Svg},
};

const WIDTH: f64 = 300.0;
const HEIGHT: f64 = 220.0;
const TOP: f64 = 34.0;
/// Left edges of the two panels.
const EDGES: [f64; 2] = [58.0, 444.0];

/// The numbers of one epoch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EpochPoint {
    /// Share of the training pictures that was right, 0 to 1.
    pub accuracy: f64,
    /// The same on the validation side.
    pub val_accuracy: f64,
    /// Mean cross-entropy over the training pictures.
    pub loss: f64,
    /// The same on the validation side.
    pub val_loss: f64,
}

/// Draws accuracy beside loss, epochs from 1 across; a dotted line marks the epoch `kept` whose weights were kept. `None`
/// without an epoch. 195 mm wide.
pub fn learning_curves(epochs: &[EpochPoint], kept: usize) -> Option<String> {
    let last = epochs.last()?;
    let losses = epochs.iter().flat_map(|e| [e.loss, e.val_loss]).filter(|loss| loss.is_finite());
    let bottom = TOP + HEIGHT;
    let panels: [(&str, Scale, [Series; 2]); 2] = [
        ("Accuracy", Scale::covering(0.0, 1.0, bottom, TOP), [|e| e.accuracy, |e| e.val_accuracy]),
        ("Loss", Scale::from_zero(losses.fold(0.0, f64::max), bottom, TOP), [|e| e.loss, |e| e.val_loss]),
    ];
    let mut svg = Svg::new();
    for (edge, (name, scale, series)) in EDGES.into_iter().zip(panels) {
        panel(&mut svg, edge, name, &scale, epochs.len());
        let x = |epoch: usize| at(edge, epoch, epochs.len());
        if (1..=epochs.len()).contains(&kept) {
            svg.line("kept", x(kept), TOP, x(kept), bottom);
        }
        for (colour, value) in series.into_iter().enumerate() {
            let points: Vec<(f64, f64)> = (epochs.iter().enumerate())
                .filter(|(_, epoch)| value(epoch).is_finite())
                .map(|(i, epoch)| (x(i + 1), scale.px(value(epoch))))
                .collect();
            if points.is_empty() {
                continue;
            }
            svg.path(&format!("stroke c{colour}"), &points);
            if epochs.len() <= 30 {
                points.iter().for_each(|&(x, y)| svg.circle(&format!("k{colour}"), x, y, 3.0));
            }
        }
    }
    let y = bottom + 70.0;
    svg.line("stroke c0", EDGES[0], y - 4.5, EDGES[0] + 26.0, y - 4.5);
    svg.text("note", EDGES[0] + 34.0, y, "training");
    svg.line("stroke c1", EDGES[0] + 110.0, y - 4.5, EDGES[0] + 136.0, y - 4.5);
    svg.text("note", EDGES[0] + 144.0, y, "validation");
    svg.line("kept", EDGES[0] + 238.0, y - 4.5, EDGES[0] + 264.0, y - 4.5);
    svg.text("note", EDGES[0] + 272.0, y, &format!("weights kept: epoch {kept}"));
    let label = format!(
        "Accuracy and loss over {} epochs; in the last, training accuracy {:.2}, validation accuracy {:.2}",
        epochs.len(),
        last.accuracy,
        last.val_accuracy
    );
    Some(paper::document(svg, EDGES[1] + WIDTH + 14.0, y + 6.0, &label))
}

/// A number of an epoch.
type Series = fn(&EpochPoint) -> f64;

/// Where an epoch stands across a panel; a single one in the middle.
fn at(edge: f64, epoch: usize, epochs: usize) -> f64 {
    match epochs {
        0 | 1 => edge + WIDTH / 2.0,
        _ => edge + WIDTH * (epoch - 1) as f64 / (epochs - 1) as f64,
    }
}

/// Grid, axes and their names.
fn panel(svg: &mut Svg, edge: f64, name: &str, scale: &Scale, epochs: usize) {
    let bottom = TOP + HEIGHT;
    svg.text("name", edge, 14.0, name);
    for tick in scale.ticks() {
        svg.line("grid", edge, scale.px(tick), edge + WIDTH, scale.px(tick));
        svg.text("tick end", edge - 8.0, scale.px(tick) + 4.5, &scale.label(tick));
    }
    let step = epochs.div_ceil(6).max(1);
    let marked = (1..=epochs).filter(|epoch| epochs <= 10 || *epoch == 1 || epoch % step == 0);
    for epoch in marked {
        svg.text("tick middle", at(edge, epoch, epochs), bottom + 18.0, &epoch.to_string());
    }
    svg.line("axis", edge, bottom, edge + WIDTH, bottom);
    svg.line("axis", edge, TOP, edge, bottom);
    svg.text("unit middle", edge + WIDTH / 2.0, bottom + 42.0, "Epoch");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn epochs(count: usize) -> Vec<EpochPoint> {
        let point = |i: usize| EpochPoint {
            accuracy: 0.5 + 0.05 * i as f64,
            val_accuracy: 0.5,
            loss: 2.0 / (i + 1) as f64,
            val_loss: 1.0,
        };
        (0..count).map(point).collect()
    }

    #[test]
    fn both_sides_are_drawn_in_both_panels() {
        let svg = learning_curves(&epochs(10), 7).unwrap();
        assert_eq!(svg.matches(r#"<path class="stroke c0""#).count(), 2);
        assert_eq!(svg.matches(r#"<path class="stroke c1""#).count(), 2);
        // Accuracy 0.5 lies half way down; epoch 1 at the left edge.
        assert!(svg.contains("d=\"M58 144L"), "{svg}");
        assert!(svg.contains("weights kept: epoch 7"));
        assert!(crate::rasterise(&svg, 800).is_ok());
    }

    #[test]
    fn one_epoch_is_a_dot_and_none_is_no_figure() {
        let svg = learning_curves(&epochs(1), 1).unwrap();
        assert!(svg.contains(r#"class="k0" cx="208""#), "{svg}");
        assert_eq!(learning_curves(&[], 0), None);
    }

    #[test]
    fn a_loss_without_a_number_leaves_a_gap() {
        let mut broken = epochs(3);
        broken[1].val_loss = f64::NAN;
        let svg = learning_curves(&broken, 1).unwrap();
        assert!(!svg.contains("NaN"));
    }
}
