//! Symmetric positive definite systems.

/// Solves `matrix x = right` in place of `right`; `matrix` is `[n, n]`, its lower half is read and overwritten. `false` if it is
/// not positive definite.
pub(crate) fn solve(matrix: &mut [f64], right: &mut [f64]) -> bool {
    let n = right.len();
    for i in 0..n {
        for j in 0..=i {
            let (above, row) = matrix.split_at_mut(i * n);
            let row_j = if j < i { &above[j * n..j * n + j] } else { &[] };
            let sum = if j < i { dot(&row[..j], row_j) } else { dot(&row[..i], &row[..i]) };
            let rest = row[j] - sum;
            if j < i {
                row[j] = rest / above[j * n + j];
            } else if rest > 0.0 {
                row[i] = rest.sqrt();
            } else {
                return false;
            }
        }
    }
    for i in 0..n {
        let known = dot(&matrix[i * n..i * n + i], &right[..i]);
        right[i] = (right[i] - known) / matrix[i * n + i];
    }
    for i in (0..n).rev() {
        right[i] /= matrix[i * n + i];
        let x = right[i];
        for (r, m) in right[..i].iter_mut().zip(&matrix[i * n..i * n + i]) {
            *r -= m * x;
        }
    }
    true
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_by_hand() {
        // [[4, 2, 0], [2, 5, 3], [0, 3, 6]] (1, 2, -1) = (8, 9, 0)
        let mut matrix = vec![4.0, 0.0, 0.0, 2.0, 5.0, 0.0, 0.0, 3.0, 6.0];
        let mut right = vec![8.0, 9.0, 0.0];
        assert!(solve(&mut matrix, &mut right));
        for (found, expected) in right.iter().zip([1.0, 2.0, -1.0]) {
            assert!((found - expected).abs() < 1e-14, "{right:?}");
        }
        assert!(!solve(&mut [1.0, 0.0, 2.0, 1.0], &mut [1.0, 1.0]));
    }
}
