//! What the tables hold, packed into 32 bits. The six lowest bits of every entry say how many bits of the stream it takes:
//! there a shift needs no mask.

use super::words::Word;

/// An entry of a table for code words.
pub(super) trait Entry: Copy {
    /// For bits that are no word.
    const MEANINGLESS: Self;

    /// For a word, or what is left of one.
    fn of(word: Word) -> Self;

    /// For the first `index_bits` bits of longer words: a table of `2^bits` entries for their rests begins at `place`.
    fn longer(place: usize, bits: u32, index_bits: u32) -> Self;

    /// Whether it is the beginning of longer words.
    fn is_longer(self) -> bool;

    /// Where the rest of a longer word stands, of which `bits` are next.
    fn place_of_longer(self, bits: u64) -> usize;
}

/// One or two literals, or a length, or a literal and a length.
///
/// | bits | plain | odd |
/// |---|---|---|
/// | 0-5 | bits taken, extra bits included | the same |
/// | 6-7 | number of literals, 0 to 2 | 3 |
/// | 8-15 | first literal | |
/// | 16-23 | second literal; or the length of a match, less 3 | |
/// | 24-31 | ones if it ends with a match, else zeros | 28-29: what it is |
///
/// An odd entry is a length with extra bits (8-16 the shortest, 17-20 the word's own bits), the end of the block, the way to
/// longer words (8-20 the place, 21-24 its index bits), or without a meaning.
#[derive(Debug, Clone, Copy)]
pub(super) struct Symbol(u32);

/// What an odd symbol is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Odd {
    /// A length with extra bits.
    Length,
    /// The end of the block.
    EndOfBlock,
    /// A longer word.
    Longer,
    /// No word of the code.
    Meaningless,
}

/// Shortest match of the words from 257 on, and how many bits more say by how much it is longer (3.2.5).
const LENGTHS: [(u32, u32); 29] = {
    let mut lengths = [(0, 0); 29];
    let (mut shortest, mut word) = (3, 0);
    while word < 28 {
        let extra = if word < 8 { 0 } else { word as u32 / 4 - 1 };
        lengths[word] = (shortest, extra);
        shortest += 1 << extra;
        word += 1;
    }
    // The longest has a word of its own.
    lengths[28] = (258, 0);
    lengths
};

impl Symbol {
    /// Bits of [`Symbol::match_mask`].
    pub(super) const MATCH_MASK_BITS: u32 = 8;

    const MATCH: u32 = 0xff << 24;
    const ODD: u32 = 3 << 6;
    const ONE_LITERAL: u32 = 1 << 6;

    const fn odd(kind: Odd) -> u32 {
        (kind as u32) << 28 | Self::ODD
    }

    /// How many bits of the stream it takes, in the six lowest bits.
    #[inline(always)]
    pub(super) fn bits(self) -> u32 {
        self.0
    }

    #[inline(always)]
    pub(super) fn is_odd(self) -> bool {
        self.0 & Self::ODD == Self::ODD
    }

    /// Number of literals. Not for odd ones.
    #[inline(always)]
    pub(super) fn literals(self) -> usize {
        (self.0 >> 6 & 3) as usize
    }

    /// The literals; what is not one is anything.
    #[inline(always)]
    pub(super) fn two_bytes(self) -> [u8; 2] {
        ((self.0 >> 8) as u16).to_le_bytes()
    }

    /// 1 if it ends with a match. Not for odd ones.
    #[inline(always)]
    pub(super) fn has_match(self) -> usize {
        (self.0 >> 31) as usize
    }

    /// Ones if it ends with a match, else zeros.
    #[inline(always)]
    pub(super) fn match_mask(self) -> usize {
        (self.0 >> 24) as usize
    }

    /// Length of the match with which it ends; 0 if it ends with none. Not for odd ones.
    #[inline(always)]
    pub(super) fn length(self) -> usize {
        let ones_if_match = (self.0.cast_signed() >> 31).cast_unsigned();
        ((3 + (self.0 >> 16 & 0xff)) & ones_if_match) as usize
    }

    /// What an odd symbol is.
    pub(super) fn kind(self) -> Odd {
        match self.0 >> 28 & 3 {
            0 => Odd::Length,
            1 => Odd::EndOfBlock,
            2 => Odd::Longer,
            _ => Odd::Meaningless,
        }
    }

    /// The length of an odd symbol of that kind, where `bits` are the next of the stream.
    pub(super) fn odd_length(self, bits: u64) -> usize {
        let extra = (bits & !(u64::MAX << (self.0 & 63))) >> (self.0 >> 17 & 15);
        (self.0 >> 8 & 0x1ff) as usize + extra as usize
    }

    /// As what follows a literal in the same entry.
    pub(super) fn as_second(self) -> Second {
        if self.is_odd() {
            return Second::NOTHING;
        }
        let literal = self.0 >> 8 & 0xff;
        Second(self.0 & !0xff00 | literal << 16)
    }

    /// This literal, and then `second`.
    #[inline(always)]
    pub(super) fn then(self, second: Second) -> Self {
        Self(self.0 + second.0)
    }
}

/// What follows a literal in its entry: what has to be added to the literal's own.
#[derive(Debug, Clone, Copy)]
pub(super) struct Second(u32);

impl Second {
    /// What follows stands in another entry.
    pub(super) const NOTHING: Self = Self(0);
}

impl Entry for Symbol {
    const MEANINGLESS: Self = Self(Self::odd(Odd::Meaningless));

    fn of(word: Word) -> Self {
        let (symbol, bits) = (usize::from(word.symbol), u32::from(word.bits));
        let entry = match symbol {
            0..=255 => Self::ONE_LITERAL | (symbol as u32) << 8,
            256 => Self::odd(Odd::EndOfBlock),
            _ => match LENGTHS.get(symbol - 257) {
                Some((length, 0)) => Self::MATCH | (length - 3) << 16,
                Some((shortest, extra)) => Self::odd(Odd::Length) | shortest << 8 | bits << 17 | extra,
                None => Self::odd(Odd::Meaningless),
            },
        };
        Self(entry + bits)
    }

    fn longer(place: usize, bits: u32, index_bits: u32) -> Self {
        Self(Self::odd(Odd::Longer) | (place as u32) << 8 | bits << 21 | index_bits)
    }

    fn is_longer(self) -> bool {
        self.is_odd() && self.kind() == Odd::Longer
    }

    fn place_of_longer(self, bits: u64) -> usize {
        (self.0 >> 8 & 0x1fff) as usize + (bits & !(u64::MAX << (self.0 >> 21 & 15))) as usize
    }
}

/// A distance.
///
/// | bits | plain | odd |
/// |---|---|---|
/// | 0-5 | bits taken, extra bits included | the same |
/// | 8-11 | the word's own bits | index bits of the table of longer words |
/// | 12 | 0 | 1 |
/// | 13 | | 1 where longer words begin, 0 without a meaning |
/// | 16-31 | the shortest distance | the place of that table |
#[derive(Debug, Clone, Copy)]
pub(super) struct Distance(u32);

impl Distance {
    /// Of no match: takes no bits, and reaches far enough back for eight bytes to be copied at once.
    pub(super) const NONE: Self = Self(64 << 16);

    const ODD: u32 = 1 << 12;
    const LONGER: u32 = 1 << 13;

    /// How many bits of the stream it takes, in the six lowest bits.
    #[inline(always)]
    pub(super) fn bits(self) -> u32 {
        self.0
    }

    #[inline(always)]
    pub(super) fn is_odd(self) -> bool {
        self.0 & Self::ODD != 0
    }

    /// The distance, where `bits` are the next of the stream. Not for odd ones.
    #[inline(always)]
    pub(super) fn bytes(self, bits: u64) -> usize {
        let extra = (bits & !(u64::MAX << (self.0 & 63))) >> (self.0 >> 8 & 15);
        (self.0 >> 16) as usize + extra as usize
    }
}

impl Entry for Distance {
    const MEANINGLESS: Self = Self(Self::ODD);

    fn of(word: Word) -> Self {
        let (symbol, bits) = (u32::from(word.symbol), u32::from(word.bits));
        // The two last words of the fixed code have no meaning (3.2.6).
        if symbol >= 30 {
            return Self::MEANINGLESS;
        }
        let extra = (symbol / 2).saturating_sub(1);
        let shortest = if symbol < 2 { 1 + symbol } else { 1 + ((2 + symbol % 2) << extra) };
        Self(shortest << 16 | bits << 8 | (bits + extra))
    }

    fn longer(place: usize, bits: u32, index_bits: u32) -> Self {
        Self((place as u32) << 16 | Self::LONGER | Self::ODD | bits << 8 | index_bits)
    }

    fn is_longer(self) -> bool {
        self.0 & Self::LONGER != 0
    }

    fn place_of_longer(self, bits: u64) -> usize {
        (self.0 >> 16) as usize + (bits & !(u64::MAX << (self.0 >> 8 & 15))) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(symbol: u16, bits: u16) -> Word {
        Word { symbol, bits, ..Word::default() }
    }

    #[test]
    fn lengths_are_those_of_the_standard() {
        let length = |symbol: u16, extra: u64| {
            let entry = Symbol::of(word(symbol, 9));
            if entry.is_odd() { entry.odd_length(extra << 9) } else { entry.length() }
        };
        for (symbol, extra, expected) in [
            (257, 0, 3),
            (264, 0, 10),
            (265, 0, 11),
            (265, 1, 12),
            (268, 1, 18),
            (269, 0, 19),
            (272, 3, 34),
            (273, 0, 35),
            (280, 15, 130),
            (281, 0, 131),
            (284, 30, 257),
            (285, 0, 258),
        ] {
            assert_eq!(length(symbol, extra), expected, "{symbol}");
        }
        assert_eq!(Symbol::of(word(286, 8)).kind(), Odd::Meaningless);
    }

    #[test]
    fn distances_are_those_of_the_standard() {
        let distance = |symbol: u16, extra: u64| Distance::of(word(symbol, 5)).bytes(extra << 5);
        for (symbol, extra, expected) in [
            (0, 0, 1),
            (1, 0, 2),
            (3, 0, 4),
            (4, 0, 5),
            (5, 1, 8),
            (6, 3, 12),
            (14, 63, 192),
            (15, 0, 193),
            (28, 0, 16385),
            (29, 8191, 32768),
        ] {
            assert_eq!(distance(symbol, extra), expected, "{symbol}");
        }
        assert!(Distance::of(word(30, 5)).is_odd() && !Distance::of(word(31, 5)).is_longer());
    }

    #[test]
    fn an_entry_holds_a_literal_and_what_follows() {
        let [literal, other, match_of_4, end] =
            [(7, 6), (200, 5), (258, 3), (256, 3)].map(|(symbol, bits)| Symbol::of(word(symbol, bits)));
        let one = literal.then(end.as_second());
        assert_eq!((one.literals(), one.two_bytes()[0], one.length(), one.bits() & 63), (1, 7, 0, 6));
        let two = literal.then(other.as_second());
        assert_eq!((two.literals(), two.two_bytes(), two.length(), two.bits() & 63), (2, [7, 200], 0, 11));
        let both = literal.then(match_of_4.as_second());
        assert_eq!((both.literals(), both.two_bytes()[0], both.length(), both.bits() & 63), (1, 7, 4, 9));
        assert_eq!((both.has_match(), both.match_mask()), (1, 255));
    }
}
