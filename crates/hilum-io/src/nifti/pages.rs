//! Memory that is faulted in once and used again from scan to scan.
//!
//! Touching fresh memory 4 KiB at a time costs the system about as much as decoding a volume into it. An anonymous map
//! with huge pages, kept between scans, makes that cost vanish.

use memmap2::MmapMut;
use std::io;

/// Page-aligned memory that only grows.
#[derive(Debug, Default)]
pub(super) struct Pages {
    map: Option<MmapMut>,
}

impl Pages {
    /// The first `len` bytes, whatever they hold from before; more memory is taken where it does not suffice.
    pub(super) fn bytes_mut(&mut self, len: usize) -> io::Result<&mut [u8]> {
        if self.map.as_ref().is_none_or(|map| map.len() < len) {
            // The old memory goes first: the two together would be a peak that nobody planned for.
            self.map = None;
            self.map = Some(anonymous(len.max(1))?);
        }
        match &mut self.map {
            Some(map) => Ok(&mut map[..len]),
            None => Ok(&mut []),
        }
    }

    /// Bytes held.
    pub(super) fn held_bytes(&self) -> u64 {
        self.map.as_ref().map_or(0, |map| map.len() as u64)
    }
}

fn anonymous(len: usize) -> io::Result<MmapMut> {
    let map = MmapMut::map_anon(len)?;
    // A wish, not a need: a kernel without huge pages refuses and the map works all the same.
    #[cfg(target_os = "linux")]
    let _ = map.advise(memmap2::Advice::HugePage);
    Ok(map)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_grows_and_stays() {
        let mut pages = Pages::default();
        assert_eq!(pages.held_bytes(), 0);
        pages.bytes_mut(10).unwrap().fill(7);
        assert_eq!(pages.bytes_mut(5).unwrap(), &[7; 5]);
        assert_eq!(pages.bytes_mut(0).unwrap().len(), 0);
        assert_eq!(pages.bytes_mut(1 << 20).unwrap().len(), 1 << 20);
        assert_eq!(pages.held_bytes(), 1 << 20);
    }
}
