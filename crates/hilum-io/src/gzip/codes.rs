//! Code words to look-up tables (RFC 1951, 3.2).
//!
//! A table is asked with the next bits of the stream and answers with an entry: what they mean, and how many of them that
//! took. CT slices are noise: nearly every symbol is a literal or a match of three to five bytes, in turns. So an entry for
//! literals and lengths holds, where the index has room for it, a literal *and* what follows: another literal, or the
//! length of a match. That halves the look-ups, each of which has to wait for the one before.

use super::Fault;
use super::entries::{Distance, Entry, Second, Symbol};
use super::words::{Word, Words};

/// Bits that index the table of literals and lengths: 16 KiB, a third of a first-level cache.
const SYMBOL_BITS: u32 = 12;
/// Bits that index the table of distances; symbols have room for a mask of as many.
const DISTANCE_BITS: u32 = 8;

/// Room for the tables of longer words: each serves the words that share their first bits, and is at least half full.
const LONGER_SYMBOLS: usize = 640;
const LONGER_DISTANCES: usize = 512;

/// The tables of one block.
#[derive(Debug, Clone)]
pub(super) struct Codes {
    symbols: [Symbol; (1 << SYMBOL_BITS) + LONGER_SYMBOLS],
    /// Behind [`Distance::NONE`], which symbols without a match lead to.
    distances: [Distance; 1 + (1 << DISTANCE_BITS) + LONGER_DISTANCES],
    /// What can follow a literal, for every number of bits that can be left, n, from 2^n on; used while tables are made.
    seconds: [Second; 1 << SYMBOL_BITS],
}

impl Codes {
    /// Tables in which no word has a meaning.
    pub(super) fn new() -> Box<Self> {
        let symbols = [Symbol::MEANINGLESS; (1 << SYMBOL_BITS) + LONGER_SYMBOLS];
        let mut distances = [Distance::MEANINGLESS; 1 + (1 << DISTANCE_BITS) + LONGER_DISTANCES];
        distances[0] = Distance::NONE;
        Box::new(Self { symbols, distances, seconds: [Second::NOTHING; 1 << SYMBOL_BITS] })
    }

    /// Makes the tables of a block from the lengths of its code words, 0 where a symbol has none.
    pub(super) fn set(&mut self, symbols: &[u8], distances: &[u8]) -> Result<(), Fault> {
        self.set_symbols(&Words::of(symbols)?)?;
        let words = Words::of(distances)?;
        let (table, longer) = self.distances[1..].split_at_mut(1 << DISTANCE_BITS);
        table.fill(Distance::MEANINGLESS);
        for &word in words.up_to(DISTANCE_BITS) {
            set_every(table, word, Distance::of(word));
        }
        set_longer(table, longer, DISTANCE_BITS, &words)
    }

    /// Lets one entry hold a literal and what follows it, where both words fit the index.
    fn set_symbols(&mut self, words: &Words) -> Result<(), Fault> {
        // What can follow where n bits are left: as for one bit less, twice, and the words of just n bits.
        let seconds = &mut self.seconds;
        let shortest_bits = words.up_to(SYMBOL_BITS).first().map_or(SYMBOL_BITS, |word| u32::from(word.bits));
        for left in 1..=SYMBOL_BITS - shortest_bits {
            let (before, seconds) = seconds.split_at_mut(1 << left);
            let before = &before[1 << (left - 1)..];
            seconds[..before.len()].copy_from_slice(before);
            seconds[before.len()..1 << left].copy_from_slice(before);
            for &word in words.of_length(left) {
                seconds[word.index()] = Symbol::of(word).as_second();
            }
        }
        let (table, longer) = self.symbols.split_at_mut(1 << SYMBOL_BITS);
        if !words.is_complete() {
            table.fill(Symbol::MEANINGLESS);
        }
        for bits in 1..=SYMBOL_BITS {
            let words = words.of_length(bits);
            let (literals, others) = words.split_at(words.partition_point(|word| word.symbol < 256));
            let left = SYMBOL_BITS - bits;
            let seconds = &seconds[1 << left..2 << left];
            for &word in literals {
                let literal = Symbol::of(word);
                let mut place = word.index();
                for &second in seconds {
                    table[place] = literal.then(second);
                    place += 1 << bits;
                }
            }
            for &word in others {
                set_every(table, word, Symbol::of(word));
            }
        }
        set_longer(table, longer, SYMBOL_BITS, words)
    }

    /// What `bits`, the next of the stream, mean.
    #[inline(always)]
    pub(super) fn symbol(&self, bits: u64) -> Symbol {
        self.symbols[bits as usize & ((1 << SYMBOL_BITS) - 1)]
    }

    /// The same for a word that is longer than the index: `of` says where to look, `bits` follow what it took.
    pub(super) fn longer_symbol(&self, of: Symbol, bits: u64) -> Symbol {
        self.symbols[of.place_of_longer(bits)]
    }

    /// The distance of the match with which `symbol` ends; [`Distance::NONE`] if it ends with none.
    #[inline(always)]
    pub(super) fn distance_after(&self, symbol: Symbol, bits: u64) -> Distance {
        const { assert!(DISTANCE_BITS == Symbol::MATCH_MASK_BITS) }
        // In two steps: where the table begins is known before the place in it, so that only one of them is waited for.
        let distances = &self.distances[symbol.has_match()..][..1 << DISTANCE_BITS];
        distances[bits as usize & symbol.match_mask()]
    }

    /// The distance that follows a length.
    pub(super) fn distance(&self, bits: u64) -> Distance {
        self.distances[1 + (bits as usize & ((1 << DISTANCE_BITS) - 1))]
    }

    /// The same for a word that is longer than the index.
    pub(super) fn longer_distance(&self, of: Distance, bits: u64) -> Distance {
        self.distances[1 + of.place_of_longer(bits)]
    }
}

/// The code in which the lengths of the other code words come (3.2.7).
#[derive(Debug)]
pub(super) struct LengthCode([LengthOfWord; 1 << LengthCode::BITS]);

/// A symbol of that code; `bits` is 0 where there is none.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct LengthOfWord {
    pub(super) symbol: u8,
    pub(super) bits: u32,
}

impl LengthCode {
    /// No word of this code is longer.
    pub(super) const BITS: u32 = 7;

    /// The code of these lengths.
    pub(super) fn of(lengths: &[u8; 19]) -> Result<Self, Fault> {
        let mut table = [LengthOfWord::default(); 1 << Self::BITS];
        for &word in Words::of(lengths)?.up_to(Self::BITS) {
            set_every(
                &mut table,
                word,
                LengthOfWord { symbol: word.symbol as u8, bits: u32::from(word.bits) },
            );
        }
        Ok(Self(table))
    }

    /// What `bits`, the next of the stream, mean.
    pub(super) fn symbol(&self, bits: u32) -> LengthOfWord {
        self.0[bits as usize & ((1 << Self::BITS) - 1)]
    }
}

/// Makes the tables for the words that are longer than the `index_bits` bits of `table`.
fn set_longer<E: Entry>(
    table: &mut [E],
    longer: &mut [E],
    index_bits: u32,
    words: &Words,
) -> Result<(), Fault> {
    let beginning = |word: &Word| word.index() & ((1 << index_bits) - 1);
    let mut room = 0;
    for alike in words.longer_than(index_bits).chunk_by(|a, b| beginning(a) == beginning(b)) {
        // The last of those that begin alike is the longest.
        let bits = alike.last().map_or(0, |word| u32::from(word.bits)) - index_bits;
        let Some(rests) = longer.get_mut(room..room + (1 << bits)) else {
            return Err("code words of impossible lengths");
        };
        table[beginning(&alike[0])] = E::longer((1 << index_bits) + room, bits, index_bits);
        for word in alike {
            let rest = word.after(index_bits);
            set_every(rests, rest, E::of(rest));
        }
        room += 1 << bits;
    }
    Ok(())
}

/// Sets the places that begin with `word`.
#[inline(always)]
fn set_every<E: Copy>(table: &mut [E], word: Word, entry: E) {
    let mut place = word.index();
    while place < table.len() {
        table[place] = entry;
        place += 1 << word.bits;
    }
}
