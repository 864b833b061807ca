//! A list of many small numbers that grows, on huge pages where the system has them.

use crate::words::Words;
use bytemuck::Pod;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

/// Words to begin with: one huge page.
const FIRST_WORDS: usize = (2 << 20) / size_of::<u64>();

/// A list that only grows. Each value takes as many bytes as it is large, and what is new costs the system one fault in megabytes.
///
/// ```
/// let mut list = hilum_core::LargeList::<[u16; 3]>::default();
/// list.grow_to(2);
/// list[1] = [1, 2, 3];
/// assert_eq!(*list, [[0; 3], [1, 2, 3]]);
/// ```
#[derive(Debug, Clone)]
pub struct LargeList<T> {
    /// None before the first value comes.
    words: Option<Words>,
    len: usize,
    values: PhantomData<T>,
}

impl<T> Default for LargeList<T> {
    fn default() -> Self {
        Self { words: None, len: 0, values: PhantomData }
    }
}

impl<T: Pod> LargeList<T> {
    /// Adds values of nothing but zeros until there are `len`; less does nothing.
    pub fn grow_to(&mut self, len: usize) {
        const { assert!(align_of::<T>() <= align_of::<u64>()) }
        let needed = (len * size_of::<T>()).div_ceil(size_of::<u64>());
        let room = self.words.as_ref().map_or(0, |words| words.len());
        if needed > room {
            let mut words = Words::zeroed(needed.max(2 * room).max(FIRST_WORDS));
            if let Some(before) = &self.words {
                words[..room].copy_from_slice(before);
            }
            self.words = Some(words);
        }
        self.len = self.len.max(len);
    }
}

impl<T: Pod> Deref for LargeList<T> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        let words = self.words.as_deref().unwrap_or_default();
        let bytes: &[u8] = bytemuck::cast_slice(words);
        bytemuck::cast_slice(&bytes[..self.len * size_of::<T>()])
    }
}

impl<T: Pod> DerefMut for LargeList<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut [T] {
        let words = self.words.as_deref_mut().unwrap_or_default();
        let bytes: &mut [u8] = bytemuck::cast_slice_mut(words);
        bytemuck::cast_slice_mut(&mut bytes[..self.len * size_of::<T>()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_there_stays_and_what_is_new_is_zero() {
        let mut list = LargeList::<[u16; 3]>::default();
        assert!(list.is_empty());
        let mut len = 1;
        while len < 3_000_000 {
            let before = list.len();
            list.grow_to(len);
            assert_eq!(list.len(), len);
            assert!(list[before..].iter().all(|value| *value == [0; 3]));
            assert!(before == 0 || list[before - 1] == [before as u16, 7, 1]);
            list[len - 1] = [len as u16, 7, 1];
            list.grow_to(len / 2);
            len = 3 * len + 1;
        }
        assert_eq!(list.clone()[..], list[..]);
    }
}
