//! gzip, unpacked as a stream.
//!
//! In: packed bytes from any reader. Out: [`Members`], a reader of the unpacked ones, which keeps 300 KiB in memory however
//! large the file is, and can put a [`Bookmark`] on the way to go on from there later.
//!
//! Most scans arrive packed, and unpacking is nearly all that reading them costs, so the decoder is hilum's own: as fast as
//! the fastest that want the whole file in memory, without wanting it. Why, with figures: decision 0023.
//!
//! | file | what it is about |
//! |---|---|
//! | `members` | the frame: headers, checksums, one member after the other |
//! | `blocks` | a deflate stream as a sequence of blocks |
//! | `symbols` | literals and matches of one block: the loop in which all time goes |
//! | `codes` | code words to tables for that loop |
//! | `bits`, `window` | packed bytes in, unpacked bytes out |
//!
//! Source: RFC 1951 (deflate) and RFC 1952 (gzip). Comments cite their sections.

mod bits;
mod blocks;
mod codes;
mod entries;
mod members;
mod symbols;
#[cfg(test)]
mod tests;
mod window;
mod words;

pub(crate) use members::{Bookmark, MOST_EXPANSION, Members, STREAM_BYTES};

/// A fault of the packed data, in words.
type Fault = &'static str;

fn damaged(fault: Fault) -> std::io::Error {
    std::io::Error::new(std::io::ErrorKind::InvalidData, fault)
}
