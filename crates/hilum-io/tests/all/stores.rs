//! Stores as the library reaches them, against an S3 server on this machine.

use hilum_core::{Geometry, SliceSource, Volume, VoxelData};
use hilum_io::ScanFile;
use hilum_io::nifti::{ReadBuffers, write_volume};
use hilum_io::store::{RemoteFile, Store, StoreError, StoreFault, StoreOptions, StoreUrl};
use hilum_testkit::StoreServer;
use std::io::{Read, Write};
use std::ops::ControlFlow;

fn url(text: &str) -> StoreUrl {
    text.parse().unwrap_or_else(|e| panic!("{e}"))
}

fn unsigned(server: &StoreServer) -> StoreOptions {
    StoreOptions { no_sign: true, endpoint: Some(server.endpoint()), ..StoreOptions::default() }
}

fn fault(error: StoreError) -> StoreFault {
    error.fault().unwrap_or_else(|| panic!("{error}")).clone()
}

#[test]
fn objects_are_listed_read_and_written() {
    let Some(server) = StoreServer::start() else { return };
    server.make_bucket("scans");
    let long: Vec<u8> = (0..3_000_000u32).map(|n| ((n * 7) >> 3) as u8).collect();
    server.put("scans", "site/a.nii", &long, true);
    server.put("scans", "site/b%20c.nii", b"0123456789", true);
    server.put("scans", "site-old/x.nii", b"x", true);

    let store = Store::open(&url("s3://scans/site"), &unsigned(&server)).unwrap();
    let listed = store.list(&url("s3://scans/site")).unwrap();
    let keys: Vec<_> = listed.iter().map(|object| (object.key(), object.bytes)).collect();
    assert_eq!(keys, [("site/a.nii", 3_000_000), ("site/b c.nii", 10)]);
    assert_eq!(store.address(&listed[1]), "s3://scans/site/b c.nii");

    let mut read = Vec::new();
    store.reader(&listed[0], 0).unwrap().read_to_end(&mut read).unwrap();
    assert!(read == long);
    let mut end = Vec::new();
    store.reader(&listed[0], 2_999_990).unwrap().read_to_end(&mut end).unwrap();
    assert_eq!(end, &long[2_999_990..]);
    assert_eq!(store.reader(&listed[1], 10).unwrap().read(&mut [0; 4]).unwrap(), 0);
    assert_eq!(store.range(&listed[1], 3..6).unwrap(), b"345");
    assert_eq!(store.range(&listed[1], 8..60).unwrap(), b"89");
    assert!(listed[1].identity().unwrap().starts_with("10 "));
    assert_eq!(store.find(&url("s3://scans/site/b c.nii")).unwrap(), listed[1]);

    // Another object under the same key is not the one that was listed.
    server.put("scans", "site/b%20c.nii", b"9876543210", true);
    assert_eq!(fault(store.range(&listed[1], 0..2).unwrap_err()), StoreFault::Changed);

    let out = url("s3://scans/out/table.csv");
    store.put(&out, b"a,b\n".to_vec()).unwrap();
    let mut writer = store.writer(&url("s3://scans/out/large.bin")).unwrap();
    (0..7).for_each(|_| writer.write_all(&long).unwrap());
    writer.finish().unwrap();
    drop(store.writer(&url("s3://scans/out/left.bin")).unwrap());
    let written = store.list(&url("s3://scans/out")).unwrap();
    let keys: Vec<_> = written.iter().map(|object| (object.key(), object.bytes)).collect();
    assert_eq!(keys, [("out/large.bin", 21_000_000), ("out/table.csv", 4)]);
    store.remove(&out).unwrap();
    store.remove(&out).unwrap();
    assert!(matches!(fault(store.find(&out).unwrap_err()), StoreFault::NotFound { .. }));
}

#[test]
fn refusals_say_what_the_store_said_and_what_to_do() {
    let Some(server) = StoreServer::start() else { return };
    server.make_bucket("closed");
    server.put("closed", "a.nii", b"x", false);
    let address = url("s3://closed/a.nii");
    let store = Store::open(&address, &unsigned(&server)).unwrap();
    let object = &store.list(&url("s3://closed")).unwrap()[0];
    let error = store.reader(object, 0).unwrap_err();
    assert!(matches!(error.fault(), Some(StoreFault::Refused { .. })), "{error}");
    let words = error.to_string();
    assert!(words.starts_with("s3://closed/a.nii: cannot be read: the store refuses (403"), "{words}");

    let nowhere = url("s3://nowhere/scans");
    let store = Store::open(&nowhere, &unsigned(&server)).unwrap();
    let error = store.list(&nowhere).unwrap_err();
    assert!(matches!(error.fault(), Some(StoreFault::NoBucket { .. })), "{error}");
}

#[test]
fn web_servers_are_read_and_list_nothing() {
    let Some(server) = StoreServer::start() else { return };
    server.make_bucket("web");
    server.put("web", "a%20b.nii", b"0123456789", true);
    let address = url(&format!("{}/web/a%20b.nii?X-Signature=secret", server.endpoint()));
    let store = Store::open(&address, &unsigned(&server)).unwrap();
    let object = store.find(&address).unwrap();
    assert_eq!(store.range(&object, 2..4).unwrap(), b"23");
    let error = store.list(&url(&format!("{}/web", server.endpoint()))).unwrap_err();
    assert_eq!(fault(error), StoreFault::NoListing);
}

/// All slices, and what is known of the file afterwards.
fn visited(file: &ScanFile) -> (Vec<f32>, Option<(u64, String)>) {
    let mut buffers = ReadBuffers::default();
    let mut reader = file.reader(&mut buffers).unwrap_or_else(|e| panic!("{e}"));
    let mut hu = Vec::new();
    let visit = &mut |_, slice: hilum_core::SliceView<'_>| {
        hu.extend((0..slice.rows()).flat_map(|row| (0..slice.cols()).map(move |col| slice.hu(row, col))));
        ControlFlow::Continue(())
    };
    reader.visit_slices(visit).unwrap_or_else(|e| panic!("{e}"));
    let content = reader.content().map(|content| (content.bytes, content.blake3.clone()));
    // Another look at one slice costs a second pass, a range or nothing, and shows the same.
    reader.read_slice(7, &mut |slice| hu.push(slice.hu(3, 2))).unwrap_or_else(|e| panic!("{e}"));
    (hu, content)
}

#[test]
fn scans_in_a_store_are_those_on_disk() {
    let Some(server) = StoreServer::start() else { return };
    server.make_bucket("scans");
    let dir = tempfile::tempdir().unwrap();
    let standing = Geometry::lps([40, 30, 20], [0.7, 0.7, 2.0]).unwrap();
    let lying = hilum_core::Affine([[0.0, 0.0, -0.7, 0.0], [0.0, -0.7, 0.0, 0.0], [2.0, 0.0, 0.0, 0.0]]);
    let lying = Geometry::new([20, 30, 40], lying, hilum_core::AffineSource::Sform).unwrap();
    for (name, grid) in
        [("a.nii.gz", &standing), ("a.nii", &standing), ("b.nii.gz", &lying), ("b.nii", &lying)]
    {
        let voxels = (0..grid.voxels() as i32).map(|n| (n * 31 % 2000 - 1000) as i16).collect();
        let path = dir.path().join(name);
        write_volume(&path, &Volume::new(grid.clone(), VoxelData::I16(voxels)).unwrap()).unwrap();
        let stored = std::fs::read(&path).unwrap();
        server.put("scans", name, &stored, true);

        let address = url(&format!("s3://scans/{name}"));
        let store = Store::open(&address, &unsigned(&server)).unwrap();
        let object = RemoteFile::new(store.clone(), store.find(&address).unwrap());
        let (near, far) =
            (ScanFile::open(&path).unwrap(), ScanFile::open_remote(&object.clone().into()).unwrap());
        assert_eq!((near.format(), near.geometry()), (far.format(), far.geometry()));
        let whole = (stored.len() as u64, blake3::hash(&stored).to_hex().to_string());
        let ((expected, _), (found, content)) = (visited(&near), visited(&far));
        assert!(found == expected, "{name}");
        assert_eq!(content.as_ref(), Some(&whole), "{name}");
    }
}
