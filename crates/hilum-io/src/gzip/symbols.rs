//! Literals and matches of one block: the loop in which all time goes.
//!
//! What bounds it is not work but waiting: the place of a word is known only when the one before has been looked up. So
//! each turn takes one entry, which may be a literal and a length at once, and a distance, also where there is no match:
//! an unforeseen branch would cost more than the look-up it saves. Eight bytes are copied in every turn, and the end moves
//! on by as many as count. All else is rare, and stands aside.

use super::Fault;
use super::bits::{Buffer, Cursor};
use super::codes::Codes;
use super::entries::{Entry, Odd, Symbol};
use super::window::{FULL, Window, WindowBytes};

/// Why decoding stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pause {
    /// Either side has reached its limit.
    Limit,
    /// The block ends here.
    EndOfBlock,
    /// The data is damaged.
    Fault(Fault),
}

/// Decodes symbols into `window` until it is full or the cursor is beyond `last`; one symbol at least.
#[inline(never)]
pub(super) fn decode(
    codes: &Codes,
    packed: &Buffer,
    from: Cursor,
    last: usize,
    window: &mut Window,
) -> (Cursor, Pause) {
    let work = Decode { codes, packed, from, last, window };
    // For AVX-512 the same code comes out 3 % slower.
    #[cfg(target_arch = "x86_64")]
    if let Some(machine) = pulp::x86::V3::try_new() {
        return machine.vectorize(work);
    }
    pulp::NullaryFnOnce::call(work)
}

/// What [`decode`] is given, to be compiled for the machine's own shifts.
struct Decode<'a> {
    codes: &'a Codes,
    packed: &'a Buffer,
    from: Cursor,
    last: usize,
    window: &'a mut Window,
}

impl pulp::NullaryFnOnce for Decode<'_> {
    type Output = (Cursor, Pause);

    #[inline(always)]
    fn call(self) -> Self::Output {
        let Self { codes, packed, from, last, window } = self;
        let mut cursor = from;
        let earliest = window.earliest();
        let (bytes, mut end) = (&mut *window.bytes, window.end);
        cursor.refill(packed);
        let mut symbol = codes.symbol(cursor.bits());
        let pause = loop {
            cursor.refill(packed);
            let (length, mut distance);
            if symbol.is_odd() {
                // By value: a cursor that somebody else can write to would live in memory.
                let (behind, meaning) = odd(codes, packed, cursor, symbol);
                cursor = behind;
                match meaning {
                    OddSymbol::Literal(literal) => {
                        bytes[end] = literal;
                        end += 1;
                        symbol = codes.symbol(cursor.bits());
                        if cursor.at() > last || end >= FULL {
                            break Pause::Limit;
                        }
                        continue;
                    }
                    OddSymbol::Length(bytes) => length = bytes,
                    OddSymbol::Pause(pause) => break pause,
                }
                distance = codes.distance(cursor.bits());
            } else {
                cursor.pass(symbol.bits());
                distance = codes.distance_after(symbol, cursor.bits());
                bytes[end..end + 2].copy_from_slice(&symbol.two_bytes());
                end += symbol.literals();
                length = symbol.length();
            }
            if distance.is_odd() {
                if distance.is_longer() {
                    cursor.pass(distance.bits());
                    distance = codes.longer_distance(distance, cursor.bits());
                }
                if distance.is_odd() {
                    break Pause::Fault("a distance that does not exist");
                }
            }
            let distance_bytes = distance.bytes(cursor.bits());
            cursor.pass(distance.bits());
            symbol = codes.symbol(cursor.bits());
            if distance_bytes <= end - earliest {
                copy(bytes, end, distance_bytes, length);
            } else if length > 0 {
                break Pause::Fault("a reference to bytes before the first");
            }
            end += length;
            if cursor.at() > last || end >= FULL {
                break Pause::Limit;
            }
        };
        window.grow_to(end);
        (cursor, pause)
    }
}

enum OddSymbol {
    Literal(u8),
    Length(usize),
    Pause(Pause),
}

/// A symbol whose word is longer than the index of the table, or that is neither a literal nor a length without extra bits.
#[inline(never)]
fn odd(codes: &Codes, packed: &Buffer, mut cursor: Cursor, mut symbol: Symbol) -> (Cursor, OddSymbol) {
    if symbol.kind() == Odd::Longer {
        cursor.pass(symbol.bits());
        symbol = codes.longer_symbol(symbol, cursor.bits());
    }
    let bits = cursor.bits();
    cursor.pass(symbol.bits());
    cursor.refill(packed);
    let meaning = if !symbol.is_odd() {
        match symbol.length() {
            0 => OddSymbol::Literal(symbol.two_bytes()[0]),
            length => OddSymbol::Length(length),
        }
    } else {
        match symbol.kind() {
            Odd::Length => OddSymbol::Length(symbol.odd_length(bits)),
            Odd::EndOfBlock => OddSymbol::Pause(Pause::EndOfBlock),
            Odd::Longer | Odd::Meaningless => OddSymbol::Pause(Pause::Fault("a code word without a meaning")),
        }
    };
    (cursor, meaning)
}

/// Copies `length` bytes that begin `distance` bytes before `end` to `end`; what follows them may be overwritten.
#[inline(always)]
fn copy(bytes: &mut WindowBytes, end: usize, distance: usize, length: usize) {
    let eight = load(bytes, end - distance);
    if distance >= 8 && length <= 8 {
        store(bytes, end, eight);
    } else {
        copy_more(bytes, end, distance, length, eight);
    }
}

/// The same where one copy of `eight` bytes does not do: more are wanted, or they overlap their copy.
#[inline(never)]
fn copy_more(bytes: &mut WindowBytes, end: usize, distance: usize, length: usize, eight: u64) {
    /// For a pattern of n bytes: ones at its repetitions in eight bytes.
    const REPETITIONS: [u64; 8] = {
        let mut ones = [0; 8];
        let mut bytes = 1;
        while bytes < 8 {
            let mut at = 0;
            while at < 8 {
                ones[bytes] |= 1 << (8 * at);
                at += bytes;
            }
            bytes += 1;
        }
        ones
    };
    let mut done = 0;
    if distance >= 8 {
        while done < length {
            let eight = load(bytes, end - distance + done);
            store(bytes, end + done, eight);
            done += 8;
        }
    } else {
        let pattern = eight & !(u64::MAX << (8 * distance));
        let repeated = pattern.wrapping_mul(REPETITIONS[distance]);
        let whole_patterns = 8 - 8 % distance;
        while done < length {
            store(bytes, end + done, repeated);
            done += whole_patterns;
        }
    }
}

#[inline(always)]
fn load(bytes: &WindowBytes, at: usize) -> u64 {
    let mut eight = [0; 8];
    eight.copy_from_slice(&bytes[at..at + 8]);
    u64::from_le_bytes(eight)
}

#[inline(always)]
fn store(bytes: &mut WindowBytes, at: usize, eight: u64) {
    bytes[at..at + 8].copy_from_slice(&eight.to_le_bytes());
}
