//! Unpacking gzip: the whole file at once, or as a stream.
//!
//! libdeflate is the fastest decoder, but it wants the whole file, decodes one member and says little about a fault.
//! So it gets the first try; a file that it does not decode to exactly the bytes wanted (several members, more data than
//! the voxels, damage) is decoded again as a stream, which copes with all of that or says what is wrong and where.

use super::error::NiftiError;
use super::extent::Extent;
use flate2::bufread::GzDecoder;
use libdeflater::Decompressor;
use std::io::{self, BufRead, BufReader, Read};

/// No deflate stream unfolds to more than this many bytes a byte: a match of 258 bytes takes at least two bits.
pub(super) const MOST_EXPANSION: u64 = 1032;

/// Bytes that a [`Members`] stream over a file takes: window, tables and read buffer, rounded up.
pub(super) const STREAM_BYTES: u64 = 256 << 10;

/// How much is read from disk at once.
pub(super) const READ_BYTES: usize = 128 << 10;

/// The members of a gzip file, one after the other, as one stream of unpacked bytes. What follows the last member (zeros
/// from a tape, an appended note) is left alone, as gunzip does.
pub(super) struct Members<R: BufRead> {
    /// The member at hand; `None` after the last.
    decoder: Option<GzDecoder<R>>,
    /// Bytes unpacked so far.
    unpacked: u64,
}

impl<R: Read> Members<BufReader<R>> {
    /// Reads a file from its beginning.
    pub(super) fn buffered(file: R) -> Self {
        Self::new(BufReader::with_capacity(READ_BYTES, file))
    }
}

impl<R: BufRead> Members<R> {
    fn new(packed: R) -> Self {
        Self { decoder: Some(GzDecoder::new(packed)), unpacked: 0 }
    }

    /// Passes over `bytes` bytes.
    pub(super) fn skip(&mut self, bytes: u64) -> io::Result<()> {
        let skipped = io::copy(&mut self.by_ref().take(bytes), &mut io::sink())?;
        if skipped == bytes { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }

    /// Lets the decoder check length and checksum, which stand behind the last byte of data. More data is no fault.
    pub(super) fn check_end(&mut self) -> io::Result<()> {
        self.read(&mut [0]).map(|_| ())
    }

    /// What `error`, met by this stream, means for the volume.
    pub(super) fn explain(&self, file: &str, extent: &Extent, error: io::Error) -> NiftiError {
        let file = file.to_owned();
        match error.kind() {
            io::ErrorKind::UnexpectedEof if self.unpacked < extent.end() => {
                extent.too_short(&file, self.unpacked)
            }
            io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
                NiftiError::DamagedGzip { file, decoded_bytes: self.unpacked, problem: error.to_string() }
            }
            _ => NiftiError::Io { file, action: "read", source: error },
        }
    }
}

impl<R: BufRead> Read for Members<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        while let Some(decoder) = &mut self.decoder {
            let n = decoder.read(out)?;
            if n > 0 {
                self.unpacked += n as u64;
                return Ok(n);
            }
            // The member is whole: its length and checksum held. Another one begins with the same two bytes.
            let mut packed = self.decoder.take().map(GzDecoder::into_inner);
            if let Some(rest) = &mut packed
                && rest.fill_buf()?.starts_with(&[0x1f, 0x8b])
            {
                self.decoder = packed.map(GzDecoder::new);
            }
        }
        Ok(0)
    }
}

/// Unpacks `packed` into `out`, which is as long as header and voxels together.
pub(super) fn unpack(file: &str, extent: &Extent, packed: &[u8], out: &mut [u8]) -> Result<(), NiftiError> {
    if Decompressor::new().gzip_decompress(packed, out) == Ok(out.len()) {
        return Ok(());
    }
    let mut members = Members::new(packed);
    let outcome = members.read_exact(out).and_then(|()| members.check_end());
    outcome.map_err(|error| members.explain(file, extent, error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, GzBuilder};
    use std::io::Write;

    fn member(data: &[u8]) -> Vec<u8> {
        let mut encoder = GzBuilder::new().write(Vec::new(), Compression::fast());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    fn all(packed: &[u8]) -> io::Result<Vec<u8>> {
        let mut out = Vec::new();
        Members::buffered(packed).read_to_end(&mut out).map(|_| out)
    }

    #[test]
    fn members_join_and_what_follows_them_is_left_alone() {
        let mut packed = member(b"lung");
        packed.extend(member(b""));
        packed.extend(member(b" and airway"));
        assert_eq!(all(&packed).unwrap(), b"lung and airway");
        packed.extend(b"\0\0\0 a note");
        assert_eq!(all(&packed).unwrap(), b"lung and airway");
    }

    #[test]
    fn damage_is_noticed_even_behind_the_data() {
        let packed = member(&[7; 1000]);
        for cut in [1, 5, 8, 9, packed.len() - 5] {
            let error = all(&packed[..packed.len() - cut]).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof, "{cut} bytes cut off");
        }
        let mut wrong_checksum = packed;
        let at = wrong_checksum.len() - 8;
        wrong_checksum[at] ^= 1;
        assert!(all(&wrong_checksum).is_err());
    }
}
