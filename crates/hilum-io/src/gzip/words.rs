//! The code words of a canonical Huffman code, from their lengths alone (RFC 1951, 3.2.2).

use super::Fault;

/// No word is longer.
const LONGEST: usize = 15;
/// No alphabet is larger: that of literals and lengths.
const MOST_SYMBOLS: usize = 288;

/// A code word.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Word {
    /// Its length; 0 where a symbol has none.
    pub(super) bits: u32,
    /// The word as it comes: its first bit lowest.
    reversed: u16,
}

impl Word {
    /// The word as an index.
    pub(super) fn index(self) -> usize {
        usize::from(self.reversed)
    }
}

/// The words of an alphabet.
#[derive(Debug)]
pub(super) struct Words {
    words: [Word; MOST_SYMBOLS],
    symbols: usize,
}

impl Words {
    /// The words of these lengths, 0 for a symbol without one.
    ///
    /// # Errors
    /// If there are more words of these lengths than can be told apart, or fewer than would use all of them; a code of one
    /// word of one bit, or of none at all, may be that incomplete.
    pub(super) fn of(lengths: &[u8]) -> Result<Self, Fault> {
        let mut count = [0u32; LONGEST + 1];
        for &length in lengths {
            count[usize::from(length)] += 1;
        }
        count[0] = 0;
        let mut next = [0u32; LONGEST + 1];
        let mut code = 0;
        for length in 1..=LONGEST {
            code = (code + count[length - 1]) << 1;
            next[length] = code;
            if code + count[length] > 1 << length {
                return Err("more code words than there can be");
            }
        }
        let is_complete = code + count[LONGEST] == 1 << LONGEST;
        let words: u32 = count.iter().sum();
        if !is_complete && words > 0 && (words, count[1]) != (1, 1) {
            return Err("fewer code words than there must be");
        }
        let mut list = [Word::default(); MOST_SYMBOLS];
        for (word, &length) in list.iter_mut().zip(lengths) {
            if length > 0 {
                let next = &mut next[usize::from(length)];
                *word = Word {
                    bits: u32::from(length),
                    reversed: (*next as u16).reverse_bits() >> (16 - length),
                };
                *next += 1;
            }
        }
        Ok(Self { words: list, symbols: lengths.len() })
    }

    /// The symbols that have a word, ascending.
    pub(super) fn list(&self) -> impl Iterator<Item = (usize, Word)> + '_ {
        self.words[..self.symbols].iter().copied().enumerate().filter(|(_, word)| word.bits > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_the_standard() {
        // The example of RFC 1951, 3.2.2: symbols A to H.
        let words = Words::of(&[3, 3, 3, 3, 3, 2, 4, 4]).unwrap();
        let expected = [0b010, 0b011, 0b100, 0b101, 0b110, 0b00, 0b1110, 0b1111];
        for ((_, word), code) in words.list().zip(expected) {
            assert_eq!(word.index(), (code as u16).reverse_bits() as usize >> (16 - word.bits));
        }
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
