//! Several tests at once.

/// P values adjusted for their number, so that the chance of any false alarm among them stays what one of them promises.
///
/// # Source
/// Holm (1979), A simple sequentially rejective multiple test procedure, Scand J Statist 6:65-70: the smallest p times
/// the number of tests, the next times one less, ..., never below the one before, at most 1.
///
/// # Examples
/// ```
/// assert_eq!(hilum_learn::holm(&[0.5, 0.01, 0.02]), [0.5, 0.03, 0.04]);
/// ```
pub fn holm(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
    let mut adjusted = vec![0.0; p.len()];
    let mut highest: f64 = 0.0;
    for (rank, &i) in order.iter().enumerate() {
        highest = highest.max((p.len() - rank) as f64 * p[i]).min(1.0);
        adjusted[i] = highest;
    }
    adjusted
}
