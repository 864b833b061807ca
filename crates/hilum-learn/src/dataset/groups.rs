//! What belongs together: relations between examples, joined until none is left.

use std::collections::BTreeMap;

/// Disjoint sets of examples, joined one relation at a time (union-find after Tarjan 1975,
/// doi:10.1145/321879.321884).
#[derive(Debug, Clone)]
pub struct Groups {
    parent: Vec<usize>,
}

impl Groups {
    /// `examples` groups of one.
    #[must_use]
    pub fn apart(examples: usize) -> Self {
        Self { parent: (0..examples).collect() }
    }

    /// Joins the groups of two examples.
    ///
    /// # Panics
    /// Where there is no such example.
    pub fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        // The first example of a group is its root: the result does not depend on the order of relations.
        self.parent[a.max(b)] = a.min(b);
    }

    /// Joins all examples that share a key; examples without one stay where they are.
    pub fn join_by<K: Ord>(&mut self, keys: impl IntoIterator<Item = Option<K>>) {
        let mut first: BTreeMap<K, usize> = BTreeMap::new();
        for (example, key) in keys.into_iter().enumerate() {
            if let Some(key) = key {
                self.join(*first.entry(key).or_insert(example), example);
            }
        }
    }

    fn root(&mut self, mut example: usize) -> usize {
        while self.parent[example] != example {
            self.parent[example] = self.parent[self.parent[example]];
            example = self.parent[example];
        }
        example
    }

    /// The number of every example's group, from 1 on, in the order of their first examples.
    #[must_use]
    pub fn numbers(mut self) -> Vec<u32> {
        let mut numbers: BTreeMap<usize, u32> = BTreeMap::new();
        (0..self.parent.len())
            .map(|example| {
                let next = numbers.len() as u32 + 1;
                *numbers.entry(self.root(example)).or_insert(next)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn relations_chain() {
        let mut groups = Groups::apart(5);
        groups.join_by([Some("p1"), None, Some("p2"), Some("p1"), None]);
        groups.join(4, 3);
        assert_eq!(groups.numbers(), [1, 2, 3, 1, 1]);
    }

    proptest! {
        #[test]
        fn the_order_of_relations_plays_no_part(relations in prop::collection::vec((0usize..12, 0usize..12), 0..20)) {
            let joined = |relations: &[(usize, usize)]| {
                let mut groups = Groups::apart(12);
                relations.iter().for_each(|&(a, b)| groups.join(a, b));
                groups.numbers()
            };
            let backwards: Vec<_> = relations.iter().rev().map(|&(a, b)| (b, a)).collect();
            let numbers = joined(&relations);
            prop_assert!(relations.iter().all(|&(a, b)| numbers[a] == numbers[b]));
            prop_assert_eq!(numbers, joined(&backwards));
        }
    }
}
