//! Valid files with some bytes changed, cut or doubled: reading may fail, never panic, and never take more memory than it
//! announced.

use super::making::{Folder, counting, gzip, read_in_every_way};
use hilum_io::nifti::NiftiFile;
use proptest::prelude::*;

#[derive(Debug, Clone)]
enum Mutation {
    Set(prop::sample::Index, u8),
    Word(prop::sample::Index, u32),
    Cut(prop::sample::Index),
    Double(prop::sample::Index),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let at = any::<prop::sample::Index>;
    prop_oneof![
        6 => (at(), any::<u8>()).prop_map(|(at, byte)| Mutation::Set(at, byte)),
        4 => (at(), prop_oneof![
            any::<u32>(),
            Just(f32::NAN.to_bits()),
            Just(f32::INFINITY.to_bits()),
            Just(f32::MAX.to_bits()),
            Just(0),
            Just(u32::MAX),
            Just(0x7fff),
        ]).prop_map(|(at, word)| Mutation::Word(at, word)),
        1 => at().prop_map(Mutation::Cut),
        1 => at().prop_map(Mutation::Double),
    ]
}

fn mutate(content: &mut Vec<u8>, mutation: &Mutation) {
    if content.is_empty() {
        return;
    }
    match mutation {
        Mutation::Set(at, byte) => {
            let at = at.index(content.len());
            content[at] = *byte;
        }
        Mutation::Word(at, word) => {
            let at = at.index(content.len().div_ceil(4)) * 4;
            let end = content.len().min(at + 4);
            content[at..end].copy_from_slice(&word.to_le_bytes()[..end - at]);
        }
        Mutation::Cut(at) => content.truncate(at.index(content.len())),
        Mutation::Double(at) => {
            let tail = content[at.index(content.len())..].to_vec();
            content.extend(tail);
        }
    }
}

/// What reading may take, announced from the header alone, is in proportion to the file.
fn check(name: &str, content: &[u8]) {
    let folder = Folder::new();
    let path = folder.put(name, content);
    if let Ok(file) = NiftiFile::open(&path) {
        let most = content.len() as u64 * 1033 * 9 + (1 << 20);
        assert!(file.memory_bytes() <= most);
    }
    let _ = read_in_every_way(&path);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, ..ProptestConfig::default() })]

    #[test]
    fn mutated_files_never_panic(mutations in prop::collection::vec(mutation(), 1..6)) {
        let mut content = counting([5, 4, 3]);
        mutations.iter().for_each(|mutation| mutate(&mut content, mutation));
        check("a.nii", &content);
        check("a.nii.gz", &gzip(&content));
        let mut packed = gzip(&counting([5, 4, 3]));
        mutations.iter().for_each(|mutation| mutate(&mut packed, mutation));
        check("b.nii.gz", &packed);
    }
}
