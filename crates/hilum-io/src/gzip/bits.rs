//! Packed bytes, taken bit by bit: the least significant bit of a byte comes first (RFC 1951, 3.1.1).

use std::io::{self, Read};

/// How much is read from the source at once.
const READ: usize = 128 << 10;
/// Zeros behind the last byte, so that eight bytes can always be loaded.
const PADDING: usize = 64;

/// The part of the source that is at hand.
pub(super) type Buffer = [u8; READ + PADDING];

/// A place in the buffer, to the bit.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Cursor {
    /// The next byte to load.
    at: usize,
    /// Loaded and not yet taken, the next bit lowest.
    bits: u64,
    /// How many of `bits` count, modulo 64: takers may subtract a number of which only the six lowest bits mean something.
    count: u32,
}

impl Cursor {
    /// Loads whole bytes until at least 56 bits are there.
    #[inline(always)]
    pub(super) fn refill(&mut self, buffer: &Buffer) {
        let mut eight = [0; 8];
        eight.copy_from_slice(&buffer[self.at..self.at + 8]);
        self.bits |= u64::from_le_bytes(eight).wrapping_shl(self.count);
        self.at += ((!self.count & 63) >> 3) as usize;
        self.count |= 56;
    }

    /// The bits that are there, the next one lowest.
    #[inline(always)]
    pub(super) fn bits(&self) -> u64 {
        self.bits
    }

    /// Passes over as many bits as the six lowest bits of `count` say.
    #[inline(always)]
    pub(super) fn pass(&mut self, count: u32) {
        self.bits = self.bits.wrapping_shr(count);
        self.count = self.count.wrapping_sub(count);
    }

    /// The next byte to load.
    #[inline(always)]
    pub(super) fn at(&self) -> usize {
        self.at
    }

    fn count(&self) -> usize {
        (self.count & 63) as usize
    }

    /// How many bits of the buffer have been taken.
    fn taken_bits(&self) -> usize {
        self.at * 8 - self.count()
    }
}

/// Bits of a source.
#[derive(Debug)]
pub(super) struct Bits<R> {
    source: R,
    buffer: Box<Buffer>,
    /// Bytes of the source in the buffer; zeros follow once it has ended.
    filled: usize,
    ended: bool,
    /// Bytes of the source before the buffer.
    before: u64,
    cursor: Cursor,
}

impl<R: Read> Bits<R> {
    pub(super) fn new(source: R) -> Self {
        let buffer = Box::new([0; READ + PADDING]);
        Self { source, buffer, filled: 0, ended: false, before: 0, cursor: Cursor::default() }
    }

    /// Goes on from the bit `position` of a source that stands at its byte `position / 8`.
    pub(super) fn from_position(source: R, position: u64) -> io::Result<Self> {
        let mut bits = Self { before: position / 8, ..Self::new(source) };
        bits.take((position % 8) as u32)?;
        Ok(bits)
    }

    /// How many bits of the source have been taken.
    pub(super) fn position(&self) -> u64 {
        self.before * 8 + self.cursor.taken_bits() as u64
    }

    /// The buffer and the place in it.
    pub(super) fn at_hand(&self) -> (&Buffer, Cursor) {
        (&self.buffer, self.cursor)
    }

    /// Goes on from `cursor`, a later place in the buffer.
    pub(super) fn go_on(&mut self, cursor: Cursor) {
        self.cursor = cursor;
    }

    /// Sees to it that bytes for several symbols are at hand, unless the source ends before. Returns the last place from
    /// which a symbol can be decoded without reading beyond them; `None` near the end of the source.
    pub(super) fn prepare(&mut self) -> io::Result<Option<usize>> {
        // The longest symbol, a match with all its extra bits, takes 48 bits, and eight bytes are loaded at a time.
        const AHEAD: usize = 32;
        if !self.ended && self.filled < self.cursor.at + AHEAD {
            self.read_on()?;
        }
        Ok(self.filled.checked_sub(AHEAD).filter(|&last| self.cursor.at <= last))
    }

    fn read_on(&mut self) -> io::Result<()> {
        // Bytes that were loaded stay: those that were not taken can be asked for as bytes.
        let keep = self.cursor.at.saturating_sub(8);
        self.buffer.copy_within(keep..self.filled, 0);
        self.before += keep as u64;
        self.filled -= keep;
        self.cursor.at -= keep;
        while self.filled < READ {
            match self.source.read(&mut self.buffer[self.filled..READ]) {
                Ok(0) => {
                    self.ended = true;
                    self.buffer[self.filled..].fill(0);
                    break;
                }
                Ok(n) => self.filled += n,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Whether more was taken than the source has.
    pub(super) fn is_overdrawn(&self) -> bool {
        self.ended && self.cursor.taken_bits() > self.filled * 8
    }

    /// The next `count` bits, at most 32.
    pub(super) fn take(&mut self, count: u32) -> io::Result<u32> {
        let bits = self.peek(count)?;
        self.pass(count)?;
        Ok(bits)
    }

    /// Passes over `count` of the bits that were peeked at.
    pub(super) fn pass(&mut self, count: u32) -> io::Result<()> {
        self.cursor.pass(count);
        if self.is_overdrawn() { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
    }

    /// The next `count` bits, at most 32, left where they are; beyond the end of the source they are 0.
    pub(super) fn peek(&mut self, count: u32) -> io::Result<u32> {
        self.prepare()?;
        if self.is_overdrawn() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.cursor.refill(&self.buffer);
        Ok((self.cursor.bits() & !(u64::MAX << count)) as u32)
    }

    /// Passes over what is left of the byte at hand.
    pub(super) fn align(&mut self) {
        self.cursor.pass(self.cursor.count % 8);
    }

    /// Copies the next whole bytes to `out`, as many as are at hand; call [`Bits::align`] before. None at the end of the
    /// source.
    pub(super) fn copy_bytes(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.cursor = Cursor { at: self.cursor.taken_bits() / 8, ..Cursor::default() };
        self.prepare()?;
        let from = self.cursor.at;
        let n = out.len().min(self.filled.saturating_sub(from));
        out[..n].copy_from_slice(&self.buffer[from..from + n]);
        self.cursor.at += n;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_come_lowest_first_and_end_where_the_source_ends() {
        let mut bits = Bits::new(&[0b1010_0110, 0xff, 0x01][..]);
        assert_eq!(bits.take(1).unwrap(), 0);
        assert_eq!(bits.take(3).unwrap(), 0b011);
        assert_eq!(bits.peek(8).unwrap(), 0b1111_1010);
        assert_eq!(bits.take(12).unwrap(), 0b1111_1111_1010);
        assert_eq!(bits.take(8).unwrap(), 1);
        assert_eq!(bits.peek(16).unwrap(), 0);
        assert_eq!(bits.take(1).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    }

    #[test]
    fn whole_bytes_follow_the_bits() {
        let source: Vec<u8> = (0..200_000u32).map(|n| (n % 251) as u8).collect();
        let mut bits = Bits::new(&source[..]);
        assert_eq!(bits.take(3).unwrap(), 0);
        bits.align();
        let (mut out, mut done) = (vec![0; source.len()], 0);
        loop {
            let n = bits.copy_bytes(&mut out[done..]).unwrap();
            if n == 0 {
                break;
            }
            done += n;
        }
        assert_eq!(out[..done], source[1..]);
    }

    #[test]
    fn a_position_leads_back() {
        let source: Vec<u8> = (0..1000u32).map(|n| ((n * n) >> 3) as u8).collect();
        let mut bits = Bits::new(&source[..]);
        (0..51).for_each(|_| assert!(bits.take(13).is_ok()));
        assert_eq!(bits.position(), 51 * 13);
        let mut again = Bits::from_position(&source[51 * 13 / 8..], 51 * 13).unwrap();
        for _ in 0..400 {
            assert_eq!(bits.take(17).unwrap(), again.take(17).unwrap());
            assert_eq!(bits.position(), again.position());
        }
    }
}
