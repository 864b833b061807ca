//! UIDs that follow from the content: the same content, the same UID, and no registered root needed.

/// A UID below 2.25 (PS3.5 B.2): the first 128 bits of the BLAKE3 hash of `parts` as a UUID of version 8 (RFC 9562).
pub(super) fn derived(parts: &[&[u8]]) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        // Lengths go first, so that no two lists of parts read alike.
        hasher.update(&(part.len() as u64).to_le_bytes()).update(part);
    }
    let mut uuid = [0; 16];
    hasher.finalize_xof().fill(&mut uuid);
    uuid[6] = uuid[6] & 0x0f | 0x80;
    uuid[8] = uuid[8] & 0x3f | 0x80;
    format!("2.25.{}", u128::from_be_bytes(uuid))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uids_follow_the_content() {
        let uid = derived(&[b"a", b"bc"]);
        assert_eq!(uid, derived(&[b"a", b"bc"]));
        assert_ne!(uid, derived(&[b"ab", b"c"]));
        let number: u128 = uid.strip_prefix("2.25.").unwrap().parse().unwrap();
        assert_eq!((number >> 76) & 0xf, 8, "the version");
        assert_eq!((number >> 62) & 0b11, 0b10, "the variant");
        assert!(uid.len() <= 64);
    }
}
