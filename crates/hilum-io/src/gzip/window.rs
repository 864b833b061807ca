//! Unpacked bytes: those that matches may still refer to, and those that nobody has asked for yet.

/// Matches reach this far back (RFC 1951, 2).
pub(super) const HISTORY: usize = 32 << 10;
/// Unpacked at a time: little enough for history and tables to stay in the cache beside it.
const FRESH: usize = 128 << 10;
/// No symbol is begun where this many bytes are unpacked.
pub(super) const FULL: usize = HISTORY + FRESH;
/// What the last symbol may add, a match of 258 bytes after two literals, copied eight bytes at a time.
const SLACK: usize = 288;

/// Memory of a window.
pub(super) type WindowBytes = [u8; FULL + SLACK];

/// A stretch of the unpacked stream.
#[derive(Debug)]
pub(super) struct Window {
    pub(super) bytes: Box<WindowBytes>,
    /// One past the last unpacked byte; never before `HISTORY`.
    pub(super) end: usize,
    /// The first byte that was not handed out.
    unread: usize,
    /// Bytes of the member at hand before `end`.
    member_bytes: u64,
}

impl Window {
    pub(super) fn new() -> Self {
        Self { bytes: Box::new([0; FULL + SLACK]), end: HISTORY, unread: HISTORY, member_bytes: 0 }
    }

    /// A window in which nothing is unread, behind so many bytes of a member, of which these are the last.
    pub(super) fn after(member_bytes: u64, history: &[u8]) -> Self {
        let mut window = Self::new();
        window.bytes[HISTORY - history.len()..HISTORY].copy_from_slice(history);
        Self { member_bytes, ..window }
    }

    /// What matches may refer to.
    pub(super) fn history(&self) -> &[u8] {
        &self.bytes[self.earliest()..self.end]
    }

    /// Forgets the history: a member begins.
    pub(super) fn begin_member(&mut self) {
        self.member_bytes = 0;
    }

    /// Bytes of the member at hand so far.
    pub(super) fn member_bytes(&self) -> u64 {
        self.member_bytes
    }

    /// Where matches may begin.
    pub(super) fn earliest(&self) -> usize {
        self.end - self.member_bytes.min(HISTORY as u64) as usize
    }

    /// Room for what comes next. All must have been handed out.
    pub(super) fn make_room(&mut self) {
        debug_assert_eq!(self.unread, self.end, "bytes would be lost");
        if self.end > HISTORY {
            self.bytes.copy_within(self.end - HISTORY..self.end, 0);
            self.end = HISTORY;
            self.unread = HISTORY;
        }
    }

    /// Takes in that bytes up to `end` are unpacked.
    pub(super) fn grow_to(&mut self, end: usize) {
        self.member_bytes += (end - self.end) as u64;
        self.end = end;
    }

    /// Takes back bytes from `end` on.
    pub(super) fn shrink_to(&mut self, end: usize) {
        self.member_bytes -= (self.end - end) as u64;
        self.end = end;
    }

    /// Bytes that were not handed out.
    pub(super) fn unread(&self) -> &[u8] {
        &self.bytes[self.unread..self.end]
    }

    /// Hands out as many bytes as there are and `out` can hold.
    pub(super) fn hand_out(&mut self, out: &mut [u8]) -> usize {
        let n = self.pass_over(out.len());
        out[..n].copy_from_slice(&self.bytes[self.unread - n..self.unread]);
        n
    }

    /// Passes over as many bytes as there are, at most `most`.
    pub(super) fn pass_over(&mut self, most: usize) -> usize {
        let n = most.min(self.unread().len());
        self.unread += n;
        n
    }
}
