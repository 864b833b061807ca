//! A deflate stream as a sequence of blocks (RFC 1951, 3.2.3).

use super::bits::Bits;
use super::codes::{Codes, LengthCode};
use super::symbols::{Pause, decode};
use super::window::{FULL, Window};
use super::{Fault, damaged};
use std::io::{self, Read};

/// Where in a deflate stream decoding stands.
#[derive(Debug, Clone)]
pub(super) struct Inflate {
    at: Block,
    /// Whether the block at hand is the last one.
    is_last: bool,
    codes: Box<Codes>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Block {
    /// Before the header of one.
    Header,
    /// In one of bytes as they are, of which so many are left.
    Stored(usize),
    /// In one of symbols.
    Coded,
    /// Behind the last one.
    End,
}

/// The order in which the lengths of the code of lengths come (3.2.7).
const ORDER_OF_LENGTHS: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

impl Inflate {
    pub(super) fn new() -> Self {
        Self { at: Block::Header, is_last: false, codes: Codes::new() }
    }

    /// Begins another stream.
    pub(super) fn begin(&mut self) {
        self.at = Block::Header;
        self.is_last = false;
    }

    /// Whether all blocks are behind.
    pub(super) fn has_ended(&self) -> bool {
        self.at == Block::End
    }

    /// Unpacks until the window is full or the stream ends. What was unpacked before an error stands in the window.
    pub(super) fn fill<R: Read>(&mut self, packed: &mut Bits<R>, window: &mut Window) -> io::Result<()> {
        while window.end < FULL {
            match self.at {
                Block::Header if self.is_last => self.at = Block::End,
                Block::Header => self.header(packed)?,
                Block::Stored(left) => {
                    let end = FULL.min(window.end + left);
                    let copied = packed.copy_bytes(&mut window.bytes[window.end..end])?;
                    if copied == 0 {
                        return Err(io::ErrorKind::UnexpectedEof.into());
                    }
                    window.grow_to(window.end + copied);
                    self.at = if copied == left { Block::Header } else { Block::Stored(left - copied) };
                }
                Block::Coded => {
                    if self.symbols(packed, window)? {
                        self.at = Block::Header;
                    }
                }
                Block::End => break,
            }
        }
        Ok(())
    }

    /// Decodes symbols; whether the block ends with them.
    fn symbols<R: Read>(&mut self, packed: &mut Bits<R>, window: &mut Window) -> io::Result<bool> {
        let last = packed.prepare()?;
        let before = window.end;
        let (buffer, cursor) = packed.at_hand();
        // Near the end of the source one symbol at a time: each could be made of what is not there.
        let (cursor, pause) = decode(&self.codes, buffer, cursor, last.unwrap_or(0), window);
        packed.go_on(cursor);
        if packed.is_overdrawn() {
            window.shrink_to(before);
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        match pause {
            Pause::Limit => Ok(false),
            Pause::EndOfBlock => Ok(true),
            Pause::Fault(fault) => Err(damaged(fault)),
        }
    }

    fn header<R: Read>(&mut self, packed: &mut Bits<R>) -> io::Result<()> {
        self.is_last = packed.take(1)? == 1;
        self.at = match packed.take(2)? {
            0 => {
                packed.align();
                let (length, complement) = (packed.take(16)?, packed.take(16)?);
                if length != complement ^ 0xffff {
                    return Err(damaged("a stored block whose length contradicts itself"));
                }
                if length == 0 { Block::Header } else { Block::Stored(length as usize) }
            }
            1 => {
                let mut symbols = [8; 288];
                symbols[144..256].fill(9);
                symbols[256..280].fill(7);
                self.codes.set(&symbols, &[5; 32]).map_err(damaged)?;
                Block::Coded
            }
            2 => {
                self.read_codes(packed)?;
                Block::Coded
            }
            _ => return Err(damaged("a block of unknown type")),
        };
        Ok(())
    }

    /// The codes of a block that brings its own (3.2.7).
    fn read_codes<R: Read>(&mut self, packed: &mut Bits<R>) -> io::Result<()> {
        let symbols = packed.take(5)? as usize + 257;
        let distances = packed.take(5)? as usize + 1;
        if symbols > 286 || distances > 30 {
            return Err(damaged("more code words than there are symbols"));
        }
        let mut lengths_of_lengths = [0; 19];
        let count = packed.take(4)? as usize + 4;
        for &symbol in &ORDER_OF_LENGTHS[..count] {
            lengths_of_lengths[symbol] = packed.take(3)? as u8;
        }
        let code = LengthCode::of(&lengths_of_lengths).map_err(damaged)?;
        let mut lengths = [0; 286 + 30];
        let lengths = &mut lengths[..symbols + distances];
        read_lengths(packed, &code, lengths)?;
        if lengths[256] == 0 {
            return Err(damaged("a block without an end"));
        }
        let (symbols, distances) = lengths.split_at(symbols);
        self.codes.set(symbols, distances).map_err(damaged)
    }
}

/// Lengths of code words, the repeated ones in short.
fn read_lengths<R: Read>(packed: &mut Bits<R>, code: &LengthCode, lengths: &mut [u8]) -> io::Result<()> {
    const TOO_MANY: Fault = "more lengths of code words than were promised";
    /// How often a length is repeated takes at most so many bits.
    const TIMES_BITS: u32 = 7;
    let mut done = 0;
    while done < lengths.len() {
        let bits = packed.peek(LengthCode::BITS + TIMES_BITS)?;
        let word = code.symbol(bits);
        if word.bits == 0 {
            return Err(damaged("a code word without a meaning"));
        }
        let (length, least_times, times_bits) = match word.symbol {
            length @ 0..=15 => (length, 1, 0),
            16 => {
                let last =
                    done.checked_sub(1).ok_or_else(|| damaged("a repeated length without a first one"))?;
                (lengths[last], 3, 2)
            }
            17 => (0, 3, 3),
            _ => (0, 11, TIMES_BITS),
        };
        let times = least_times + (bits >> word.bits & !(u32::MAX << times_bits));
        packed.pass(word.bits + times_bits)?;
        let end = done + times as usize;
        lengths.get_mut(done..end).ok_or_else(|| damaged(TOO_MANY))?.fill(length);
        done = end;
    }
    Ok(())
}
