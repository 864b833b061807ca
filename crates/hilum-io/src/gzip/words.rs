//! The code words of a canonical Huffman code, from their lengths alone (RFC 1951, 3.2.2).

use super::Fault;

/// No word is longer.
const LONGEST: usize = 15;
/// No alphabet is larger: that of literals and lengths.
const MOST_SYMBOLS: usize = 288;

/// A code word.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Word {
    /// What it stands for.
    pub(super) symbol: u16,
    /// Its length.
    pub(super) bits: u16,
    /// The word as it comes: its first bit lowest.
    pub(super) reversed: u16,
}

impl Word {
    /// The word as an index.
    pub(super) fn index(self) -> usize {
        usize::from(self.reversed)
    }

    /// What is left of it when its first bits have been taken.
    pub(super) fn after(self, taken_bits: u32) -> Self {
        Self { bits: self.bits - taken_bits as u16, reversed: self.reversed >> taken_bits, ..self }
    }
}

/// The words of an alphabet, in their canonical order: the shortest first, those of one length by their symbols. In it, words
/// that begin alike are neighbours.
#[derive(Debug)]
pub(super) struct Words {
    list: [Word; MOST_SYMBOLS],
    /// Where the words of each length begin in the list, and where all end.
    first: [usize; LONGEST + 2],
    is_complete: bool,
}

impl Words {
    /// The words of these lengths, 0 for a symbol without one.
    ///
    /// # Errors
    /// If there are more words of these lengths than can be told apart, or fewer than would use all of them; a code of one
    /// word of one bit, or of none at all, may be that incomplete.
    pub(super) fn of(lengths: &[u8]) -> Result<Self, Fault> {
        let mut count = [0usize; LONGEST + 1];
        for &length in lengths {
            count[usize::from(length)] += 1;
        }
        // Symbols without a word stand before all others.
        let (mut first, mut codes) = ([0; LONGEST + 2], [0u32; LONGEST + 1]);
        first[1] = count[0];
        let (mut code, mut shorter) = (0, 0);
        for length in 1..=LONGEST {
            first[length + 1] = first[length] + count[length];
            code = (code + shorter) << 1;
            shorter = count[length] as u32;
            codes[length] = code;
            if code + shorter > 1 << length {
                return Err("more code words than there can be");
            }
        }
        let is_complete = code + shorter == 1 << LONGEST;
        let words = lengths.len() - count[0];
        if !is_complete && words > 0 && (words, count[1]) != (1, 1) {
            return Err("fewer code words than there must be");
        }
        let mut list = [Word::default(); MOST_SYMBOLS];
        let mut next = first;
        for (symbol, &length) in lengths.iter().enumerate() {
            let bits = usize::from(length);
            let reversed = (codes[bits] as u16).reverse_bits() >> ((16 - bits) & 15);
            list[next[bits]] = Word { symbol: symbol as u16, bits: u16::from(length), reversed };
            next[bits] += 1;
            codes[bits] += 1;
        }
        Ok(Self { list, first, is_complete })
    }

    /// Whether all bits begin with a word.
    pub(super) fn is_complete(&self) -> bool {
        self.is_complete
    }

    /// The words of `bits` bits.
    pub(super) fn of_length(&self, bits: u32) -> &[Word] {
        &self.list[self.first[bits as usize]..self.first[bits as usize + 1]]
    }

    /// The words of at most so many bits.
    pub(super) fn up_to(&self, bits: u32) -> &[Word] {
        &self.list[self.first[1]..self.first[bits as usize + 1]]
    }

    /// The words of more bits than that.
    pub(super) fn longer_than(&self, bits: u32) -> &[Word] {
        &self.list[self.first[bits as usize + 1]..self.first[LONGEST + 1]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_the_standard() {
        // The example of RFC 1951, 3.2.2: symbols A to H.
        let words = Words::of(&[3, 3, 3, 3, 3, 2, 4, 4]).unwrap();
        let expected =
            [(5, 0b00), (0, 0b010), (1, 0b011), (2, 0b100), (3, 0b101), (4, 0b110), (6, 0b1110), (7, 0b1111)];
        assert_eq!(words.up_to(15).len(), expected.len());
        for (&word, (symbol, code)) in words.up_to(15).iter().zip(expected) {
            assert_eq!(word.symbol, symbol);
            assert_eq!(word.index(), (code as u16).reverse_bits() as usize >> (16 - word.bits));
        }
        assert_eq!(words.of_length(3).len(), 5);
        assert_eq!((words.up_to(2), words.longer_than(3)), (&words.up_to(15)[..1], words.of_length(4)));
        let rest = words.of_length(4)[0].after(1);
        assert_eq!((rest.bits, rest.index()), (3, 0b011));
    }

    #[test]
    fn impossible_lengths_are_refused() {
        assert!(Words::of(&[1, 1, 1]).is_err());
        assert!(Words::of(&[1, 2]).is_err());
        assert!(Words::of(&[2]).is_err());
        assert!(Words::of(&[0, 1, 0]).is_ok());
        assert!(Words::of(&[0, 0]).is_ok());
        assert!(Words::of(&[15; 288]).is_err());
    }
}
