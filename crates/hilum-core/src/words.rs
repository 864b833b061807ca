//! Memory for large masks: zeroed words, on huge pages where the system has them.
//!
//! A mask volume is 14 MB of fresh memory. Touched 4 KiB at a time it costs the system as long as the mask's arithmetic;
//! an anonymous map with huge pages takes a few faults instead of thousands.

use memmap2::MmapMut;
use std::ops::{Deref, DerefMut};

/// Below this many bytes the ordinary allocator serves as well.
const MAPPED_FROM_BYTES: usize = 1 << 20;
/// What is left over at the end of a map comes in small pages.
const HUGE_PAGE_BYTES: usize = 2 << 20;

/// A fixed number of words, zero at first.
#[derive(Debug)]
pub(crate) enum Words {
    Allocated(Vec<u64>),
    /// The map, and how many of its words are meant.
    Mapped(MmapMut, usize),
}

impl Words {
    pub(crate) fn zeroed(len: usize) -> Self {
        let bytes = len * size_of::<u64>();
        if bytes < MAPPED_FROM_BYTES {
            return Self::Allocated(vec![0; len]);
        }
        match MmapMut::map_anon(bytes.next_multiple_of(HUGE_PAGE_BYTES)) {
            Ok(map) => {
                // A wish, not a need: a kernel without huge pages refuses and the map works all the same.
                #[cfg(target_os = "linux")]
                let _ = map.advise(memmap2::Advice::HugePage);
                Self::Mapped(map, len)
            }
            Err(_) => Self::Allocated(vec![0; len]),
        }
    }
}

impl Deref for Words {
    type Target = [u64];

    #[inline]
    fn deref(&self) -> &[u64] {
        match self {
            Self::Allocated(words) => words,
            // A map begins at a page and is a whole number of words long, so the cast cannot fail.
            Self::Mapped(map, len) => &bytemuck::cast_slice(map)[..*len],
        }
    }
}

impl DerefMut for Words {
    #[inline]
    fn deref_mut(&mut self) -> &mut [u64] {
        match self {
            Self::Allocated(words) => words,
            Self::Mapped(map, len) => &mut bytemuck::cast_slice_mut(map)[..*len],
        }
    }
}

impl Clone for Words {
    fn clone(&self) -> Self {
        let mut copy = Self::zeroed(self.len());
        copy.copy_from_slice(self);
        copy
    }
}

impl PartialEq for Words {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Words {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_and_large_behave_alike() {
        for len in [0, 10, MAPPED_FROM_BYTES / 8 + 3] {
            let mut words = Words::zeroed(len);
            assert_eq!(words.len(), len);
            assert!(words.iter().all(|&w| w == 0));
            if let Some(last) = words.last_mut() {
                *last = 7;
            }
            let copy = words.clone();
            assert_eq!(copy, words);
            assert_eq!(copy.last().copied().unwrap_or(7), 7);
        }
    }
}
