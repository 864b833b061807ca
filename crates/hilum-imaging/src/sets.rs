//! Disjoint sets (union-find) with path halving; the smaller index is the root, so labels do not depend on the order
//! of unions.

/// A family of disjoint sets over `0..len`.
#[derive(Debug, Clone, Default)]
pub(crate) struct DisjointSets {
    parent: Vec<u32>,
}

impl DisjointSets {
    /// `len` sets of one member each.
    pub(crate) fn new(len: usize) -> Self {
        Self { parent: (0..len as u32).collect() }
    }

    /// Forgets all sets, keeping the memory.
    pub(crate) fn clear(&mut self) {
        self.parent.clear();
    }

    /// Adds a set of one new member and returns it.
    #[inline(always)]
    pub(crate) fn push(&mut self) -> u32 {
        let member = self.parent.len() as u32;
        self.parent.push(member);
        member
    }

    /// The smallest member of the set that holds `member`.
    #[inline(always)]
    pub(crate) fn root(&mut self, mut member: u32) -> u32 {
        while self.parent[member as usize] != member {
            let grandparent = self.parent[self.parent[member as usize] as usize];
            self.parent[member as usize] = grandparent;
            member = grandparent;
        }
        member
    }

    /// Joins the sets of `a` and `b`; returns their common root.
    #[inline(always)]
    pub(crate) fn union(&mut self, a: u32, b: u32) -> u32 {
        let (a, b) = (self.root(a), self.root(b));
        let (root, other) = if a < b { (a, b) } else { (b, a) };
        self.parent[other as usize] = root;
        root
    }

    /// Numbers the sets 0, 1, ... by their smallest member: the number of each member's set, and how many there are.
    pub(crate) fn numbered(&mut self) -> (Vec<u32>, usize) {
        let mut count = 0u32;
        let mut number = vec![0u32; self.parent.len()];
        for member in 0..self.parent.len() as u32 {
            let root = self.root(member);
            number[member as usize] = if root == member {
                count += 1;
                count - 1
            } else {
                number[root as usize]
            };
        }
        (number, count as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_numbered_by_their_first_member() {
        let mut sets = DisjointSets::new(6);
        sets.union(5, 1);
        sets.union(4, 3);
        sets.union(3, 5);
        assert_eq!(sets.numbered(), (vec![0, 1, 2, 1, 1, 1], 3));
    }
}
