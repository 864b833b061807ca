//! The frame round deflate streams: members with their headers and checksums (RFC 1952).

use super::bits::Bits;
use super::blocks::Inflate;
use super::damaged;
use super::window::Window;
use std::io::{self, Read};

/// No deflate stream unfolds to more than this many bytes a byte: a match of 258 bytes takes at least two bits.
pub(crate) const MOST_EXPANSION: u64 = 1032;

/// Bytes that [`Members`] take: packed bytes at hand, window, tables, rounded up.
pub(crate) const STREAM_BYTES: u64 = 384 << 10;

/// What a bookmark takes: history and tables, rounded up.
const BOOKMARK_BYTES: u64 = 64 << 10;

/// Bookmarks lie this far apart, so that going on from one costs less than a hundredth of a scan and all of them together take
/// less than a hundredth of its memory.
const BETWEEN_BOOKMARKS: u64 = 8 << 20;

/// Both first bytes of a member.
const MAGIC: u32 = 0x8b1f;

/// The members of a gzip file, one after the other, as one stream of unpacked bytes. What follows the last member (zeros
/// from a tape, an appended note) is left alone, as gunzip does.
#[derive(Debug)]
pub(crate) struct Members<R> {
    packed: Bits<R>,
    window: Window,
    inflate: Inflate,
    at: At,
    /// Of the member at hand.
    checksum: crc32fast::Hasher,
    /// Bytes handed out so far, of all members.
    unpacked: u64,
    /// What was met behind the bytes in the window.
    fault: Option<io::Error>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Header,
    Data,
    End,
}

/// A place in a gzip file to go on from.
#[derive(Debug, Clone)]
pub(crate) struct Bookmark {
    /// Bytes unpacked before it.
    pub(crate) unpacked: u64,
    position: u64,
    inflate: Inflate,
    member_bytes: u64,
    history: Box<[u8]>,
    checksum: crc32fast::Hasher,
}

impl Bookmark {
    /// The byte of the packed file that is read next.
    pub(crate) fn packed(&self) -> u64 {
        self.position / 8
    }

    /// Bytes of all bookmarks of a file that unpacks to `unpacked` bytes.
    pub(crate) fn bytes_of_all(unpacked: u64) -> u64 {
        unpacked / BETWEEN_BOOKMARKS * BOOKMARK_BYTES
    }
}

impl<R: Read> Members<R> {
    /// Reads a file from its beginning.
    pub(crate) fn new(packed: R) -> Self {
        Self {
            packed: Bits::new(packed),
            window: Window::new(),
            inflate: Inflate::new(),
            at: At::Header,
            checksum: crc32fast::Hasher::new(),
            unpacked: 0,
            fault: None,
        }
    }

    /// Goes on from a bookmark; `packed` stands at [`Bookmark::packed`].
    pub(crate) fn from_bookmark(bookmark: &Bookmark, packed: R) -> io::Result<Self> {
        Ok(Self {
            packed: Bits::from_position(packed, bookmark.position)?,
            window: Window::after(bookmark.member_bytes, &bookmark.history),
            inflate: bookmark.inflate.clone(),
            at: At::Data,
            checksum: bookmark.checksum.clone(),
            unpacked: bookmark.unpacked,
            fault: None,
        })
    }

    /// Bytes unpacked so far.
    pub(crate) fn unpacked(&self) -> u64 {
        self.unpacked
    }

    /// Passes over bytes up to `unpacked` of them.
    pub(crate) fn skip_to(&mut self, unpacked: u64) -> io::Result<()> {
        while self.unpacked < unpacked {
            let left = usize::try_from(unpacked - self.unpacked).unwrap_or(usize::MAX);
            let skipped = self.window.pass_over(left);
            self.unpacked += skipped as u64;
            if skipped == 0 && !self.advance()? {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(())
    }

    /// Fills `out` with the next bytes, and adds to `bookmarks` where the last one lies far enough behind.
    pub(crate) fn read_with_bookmarks(
        &mut self,
        mut out: &mut [u8],
        bookmarks: &mut Vec<Bookmark>,
    ) -> io::Result<()> {
        while !out.is_empty() {
            let last = bookmarks.last().map_or(0, |bookmark| bookmark.unpacked);
            if self.window.unread().is_empty() && self.unpacked >= last + BETWEEN_BOOKMARKS {
                bookmarks.extend(self.bookmark());
            }
            match self.read(out)? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                n => out = &mut out[n..],
            }
        }
        Ok(())
    }

    /// Where it stands, in the middle of a member and with nothing unread.
    fn bookmark(&self) -> Option<Bookmark> {
        (self.at == At::Data && self.fault.is_none()).then(|| Bookmark {
            unpacked: self.unpacked,
            position: self.packed.position(),
            inflate: self.inflate.clone(),
            member_bytes: self.window.member_bytes(),
            history: self.window.history().into(),
            checksum: self.checksum.clone(),
        })
    }

    /// Checks length and checksum, which stand behind the last byte of data. More data is no fault.
    pub(crate) fn check_end(&mut self) -> io::Result<()> {
        while self.window.unread().is_empty() && self.advance()? {}
        Ok(())
    }

    /// Unpacks on; `false` if nothing is left.
    fn advance(&mut self) -> io::Result<bool> {
        if let Some(fault) = self.fault.take() {
            return Err(fault);
        }
        match self.at {
            At::End => return Ok(false),
            At::Header => {
                self.read_header()?;
                self.at = At::Data;
            }
            At::Data if self.inflate.has_ended() => {
                self.check_member()?;
                let another = self.packed.peek(16).is_ok_and(|bytes| bytes == MAGIC);
                self.at = if another { At::Header } else { At::End };
            }
            At::Data => {
                self.window.make_room();
                // What was unpacked before a fault is handed out before it is told.
                self.fault = self.inflate.fill(&mut self.packed, &mut self.window).err();
                self.checksum.update(self.window.unread());
            }
        }
        Ok(true)
    }

    /// The header of a member (2.3).
    fn read_header(&mut self) -> io::Result<()> {
        const METHOD_DEFLATE: u32 = 8;
        let [checksum, extra, name, comment] = [1, 2, 3, 4].map(|bit| 1 << bit);
        if self.packed.take(16)? != MAGIC {
            return Err(damaged("no gzip header"));
        }
        if self.packed.take(8)? != METHOD_DEFLATE {
            return Err(damaged("a method of compression other than deflate"));
        }
        let flags = self.packed.take(8)?;
        // Time of change, how it was compressed, on what system.
        self.packed.take(32)?;
        self.packed.take(16)?;
        if flags & extra != 0 {
            for _ in 0..self.packed.take(16)? {
                self.packed.take(8)?;
            }
        }
        for _ in [name, comment].into_iter().filter(|field| flags & field != 0) {
            while self.packed.take(8)? != 0 {}
        }
        if flags & checksum != 0 {
            self.packed.take(16)?;
        }
        self.inflate.begin();
        self.window.begin_member();
        self.checksum = crc32fast::Hasher::new();
        Ok(())
    }

    /// Checksum and length behind the data of a member (2.3.1).
    fn check_member(&mut self) -> io::Result<()> {
        self.packed.align();
        let (checksum, bytes) = (self.packed.take(32)?, self.packed.take(32)?);
        if checksum != self.checksum.clone().finalize() {
            return Err(damaged("the checksum of the data is not the one that was written"));
        }
        if bytes != self.window.member_bytes() as u32 {
            return Err(damaged("the length of the data is not the one that was written"));
        }
        Ok(())
    }
}

impl<R: Read> Read for Members<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while !out.is_empty() {
            let n = self.window.hand_out(out);
            self.unpacked += n as u64;
            if n > 0 || !self.advance()? {
                return Ok(n);
            }
        }
        Ok(0)
    }
}
