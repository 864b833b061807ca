//! One phantom in several kinds of NIfTI file: the masks lie on the grid of the input whatever its header says, pictures
//! show the patient's right on the left, and the numbers are the same.

use hilum_cohort::scan::ScanSettings;
use hilum_cohort::{RunRequest, ScanRecord, Stop, run};
use hilum_core::schema::Measurement;
use hilum_core::{SliceSource, VoxelData};
use hilum_io::nifti::{Endian, Header, NiftiFile, ReadBuffers, Version};
use hilum_io::store::StoreOptions;
use hilum_phantom::{Phantom, PhantomSpec, generate};
use std::collections::BTreeMap;
use std::fs;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// 3 x 3 x 5 mm: every number of the upright affines is exact in the float32 of NIfTI-1.
const DIMS: [usize; 3] = [128, 128, 60];
const SPACING_MM: [f64; 3] = [3.0, 3.0, 5.0];

/// A way of writing the same patient down.
struct Flavour {
    name: &'static str,
    version: Version,
    endian: Endian,
    /// For every axis of the file, the axis of the phantom (0 = left, 1 = posterior, 2 = superior) and whether it is
    /// turned round.
    axes: [(usize, bool); 3],
    /// Turn of the patient about the left-right axis.
    tilt_degrees: f64,
}

const UPRIGHT: Flavour = Flavour {
    name: "lps",
    version: Version::Nifti1,
    endian: Endian::Little,
    axes: [(0, false), (1, false), (2, false)],
    tilt_degrees: 0.0,
};

const FLAVOURS: [Flavour; 8] = [
    UPRIGHT,
    Flavour { name: "ras", axes: [(0, true), (1, true), (2, false)], ..UPRIGHT },
    Flavour { name: "las", axes: [(0, false), (1, true), (2, false)], ..UPRIGHT },
    Flavour { name: "lpi", axes: [(0, false), (1, false), (2, true)], ..UPRIGHT },
    Flavour { name: "axial-is-i", axes: [(2, false), (0, false), (1, false)], ..UPRIGHT },
    Flavour { name: "big-endian", endian: Endian::Big, ..UPRIGHT },
    Flavour { name: "nifti-2", version: Version::Nifti2, ..UPRIGHT },
    Flavour { name: "oblique", version: Version::Nifti2, tilt_degrees: 10.0, ..UPRIGHT },
];

impl Flavour {
    fn header(&self) -> Header {
        let mut header = Header::zeroed(self.version, self.endian);
        (header.datatype, header.bitpix, header.xyzt_units) = (4, 16, 2);
        header.vox_offset = self.version.first_voxel_byte() as f64;
        header.scl_slope = 1.0;
        header.sform_code = 1;
        header.dim = [3, 1, 1, 1, 1, 1, 1, 1];
        header.pixdim = [1.0; 8];
        let (sine, cosine) = self.tilt_degrees.to_radians().sin_cos();
        // Steps of the phantom's axes in RAS+ millimetres, and the place of its first voxel.
        let steps = [[-1.0, 0.0, 0.0], [0.0, -cosine, -sine], [0.0, -sine, cosine]];
        let mut first = [100.0, 80.0, -150.0];
        for (n, &(axis, turned)) in self.axes.iter().enumerate() {
            header.dim[n + 1] = DIMS[axis] as i64;
            header.pixdim[n + 1] = SPACING_MM[axis];
            let last = (DIMS[axis] - 1) as f64;
            let sign = if turned { -1.0 } else { 1.0 };
            for (world, row) in
                [&mut header.srow_x, &mut header.srow_y, &mut header.srow_z].into_iter().enumerate()
            {
                let step = steps[axis][world] * SPACING_MM[axis];
                row[n] = sign * step;
                first[world] += if turned { last * step } else { 0.0 };
            }
        }
        [header.srow_x[3], header.srow_y[3], header.srow_z[3]] = first;
        header
    }

    /// The whole file.
    fn bytes(&self, phantom: &Phantom) -> Vec<u8> {
        let VoxelData::I16(voxels) = phantom.volume.data() else { panic!("phantoms are whole HU") };
        let mut bytes = self.header().to_bytes();
        bytes.extend([0; 4]);
        let dims = self.axes.map(|(axis, _)| DIMS[axis]);
        for k in 0..dims[2] {
            for j in 0..dims[1] {
                for i in 0..dims[0] {
                    let mut at = [0; 3];
                    for (n, index) in [i, j, k].into_iter().enumerate() {
                        let (axis, turned) = self.axes[n];
                        at[axis] = if turned { DIMS[axis] - 1 - index } else { index };
                    }
                    let hu = voxels[(at[2] * DIMS[1] + at[1]) * DIMS[0] + at[0]];
                    bytes.extend(match self.endian {
                        Endian::Little => hu.to_le_bytes(),
                        Endian::Big => hu.to_be_bytes(),
                    });
                }
            }
        }
        bytes
    }
}

/// All flavours of one phantom, and one run over them.
struct Outcome {
    dir: TempDir,
    phantom: Phantom,
}

impl Outcome {
    fn new() -> Self {
        let phantom = generate(&PhantomSpec::healthy(4).with_grid(DIMS, SPACING_MM)).unwrap();
        let dir = tempfile::tempdir().unwrap();
        let input = dir.path().join("in");
        fs::create_dir(&input).unwrap();
        for flavour in &FLAVOURS {
            fs::write(input.join(flavour.name).with_extension("nii"), flavour.bytes(&phantom)).unwrap();
        }
        let request = RunRequest {
            input: input.into(),
            out: dir.path().join("out"),
            mirror: None,
            store: StoreOptions::default(),
            labels: None,
            class_names: BTreeMap::new(),
            jobs: NonZeroUsize::new(2).unwrap(),
            max_memory_bytes: None,
            retry_failed: false,
        };
        let summary = run(&request, &ScanSettings::default(), &|_| (), &Stop::default()).unwrap();
        assert_eq!(summary.not_measured, []);
        Self { dir, phantom }
    }

    fn input(&self, flavour: &Flavour) -> PathBuf {
        self.dir.path().join("in").join(flavour.name).with_extension("nii")
    }

    fn output(&self, flavour: &Flavour, name: &str) -> PathBuf {
        self.dir.path().join("out/scans").join(flavour.name).join(name)
    }

    fn row(&self, flavour: &Flavour) -> Measurement {
        let json = fs::read(self.output(flavour, "scan.json")).unwrap();
        serde_json::from_slice::<ScanRecord>(&json).unwrap().row
    }
}

/// Bytes of a header that say where voxels lie: dim, pixdim, units, qform and sform with their codes.
fn grid_bytes(file: &NiftiFile) -> Vec<Vec<u8>> {
    let ranges: &[std::ops::Range<usize>] = match file.header().version {
        Version::Nifti1 => &[40..56, 76..108, 123..124, 252..328],
        Version::Nifti2 => &[16..80, 104..168, 344..496, 500..504],
    };
    ranges.iter().map(|range| file.raw_header_bytes()[range.clone()].to_vec()).collect()
}

/// Set voxels and the sum of their positions in the phantom's own axes.
fn moments(path: &Path, flavour: &Flavour) -> (u64, [u64; 3]) {
    let file = NiftiFile::open(path).unwrap();
    let frame = file.geometry().frame();
    let mut buffers = ReadBuffers::default();
    let (mut count, mut sums) = (0, [0; 3]);
    let visited = file.reader(&mut buffers).unwrap().visit_slices(&mut |index, slice| {
        for row in 0..slice.rows() {
            for col in (0..slice.cols()).filter(|&col| slice.hu(row, col) == 1.0) {
                count += 1;
                let at = [(frame.slice_axis, index), (frame.row_axis, row), (frame.col_axis, col)];
                for (n, voxel) in at {
                    let (axis, turned) = flavour.axes[n];
                    sums[axis] += (if turned { DIMS[axis] - 1 - voxel } else { voxel }) as u64;
                }
            }
        }
        ControlFlow::Continue(())
    });
    visited.unwrap();
    (count, sums)
}

fn nearly(a: Option<f64>, b: Option<f64>) -> bool {
    let (a, b) = (a.unwrap(), b.unwrap());
    (a - b).abs() <= 1e-9 * b.abs()
}

#[test]
fn one_patient_gives_one_answer_however_the_file_is_written() {
    let outcome = Outcome::new();
    let expected = outcome.row(&UPRIGHT);
    let masks = ["lung_mask.nii.gz", "dense_mask.nii.gz"];
    let expected_masks = masks.map(|name| moments(&outcome.output(&UPRIGHT, name), &UPRIGHT));
    for flavour in &FLAVOURS {
        let name = flavour.name;
        let row = outcome.row(flavour);
        let last = DIMS[2] as u64 - 1;
        let turned = flavour.axes.iter().any(|&(axis, turned)| axis == 2 && turned);
        let slice_index = row.slice_index.map(|index| if turned { last - index } else { index });
        assert_eq!(slice_index, expected.slice_index, "{name}: slice");
        assert_eq!(row.lung_area_px, expected.lung_area_px, "{name}");
        assert_eq!(row.dense_area_px, expected.dense_area_px, "{name}");
        assert_eq!(row.dense_ratio_percent, expected.dense_ratio_percent, "{name}");
        assert_eq!(row.lung_state, expected.lung_state, "{name}");
        assert!(nearly(row.lung_area_mm2, expected.lung_area_mm2), "{name}: {:?}", row.lung_area_mm2);
        assert!(nearly(row.dense_area_mm2, expected.dense_area_mm2), "{name}: {:?}", row.dense_area_mm2);
        assert!(nearly(row.lung_volume_ml, expected.lung_volume_ml), "{name}: {:?}", row.lung_volume_ml);
        assert!(nearly(row.plateau_width_mm, expected.plateau_width_mm), "{name}");

        let input = NiftiFile::open(&outcome.input(flavour)).unwrap();
        for (mask, expected) in masks.iter().zip(expected_masks) {
            let path = outcome.output(flavour, mask);
            let written = NiftiFile::open(&path).unwrap();
            assert_eq!(grid_bytes(&written), grid_bytes(&input), "{name}: {mask}");
            assert_eq!(written.header().endian, flavour.endian, "{name}: {mask}");
            assert_eq!(written.geometry(), input.geometry(), "{name}: {mask}");
            assert_eq!(moments(&path, flavour), expected, "{name}: {mask}");
        }
    }
}

#[test]
fn pictures_show_the_patients_right_on_the_left_and_the_front_on_top() {
    let outcome = Outcome::new();
    let truth = &outcome.phantom.truth;
    let index = outcome.row(&UPRIGHT).slice_index.unwrap() as usize;
    // Columns of the phantom grow to the left and rows to the back: as it is, it is a radiological display.
    let slice = outcome.phantom.volume.slice(index).unwrap();
    let expected: Vec<u8> =
        slice.to_hu().iter().map(|hu| ((hu + 1350.0) / 1500.0 * 255.0).round() as u8).collect();
    let left = truth.left_lung.slice(index);
    let on_the_right: usize =
        (0..DIMS[1]).map(|row| left.columns(row).filter(|&col| col >= 64).count()).sum();
    assert!(
        on_the_right as f64 > 0.95 * left.count_px() as f64,
        "the left lung is on the right of the picture"
    );
    for flavour in &FLAVOURS {
        let picture = fs::File::open(outcome.output(flavour, "slice.png")).unwrap();
        let mut reader = png::Decoder::new(std::io::BufReader::new(picture)).read_info().unwrap();
        let mut grey = vec![0; reader.output_buffer_size().unwrap()];
        let frame = reader.next_frame(&mut grey).unwrap();
        assert_eq!((frame.width, frame.height), (128, 128), "{}", flavour.name);
        let differing = grey.iter().zip(&expected).filter(|(a, b)| a.abs_diff(**b) > 1).count();
        assert_eq!(differing, 0, "{}: pixels that differ by more than rounding", flavour.name);
    }
}
