//! DICOM series written for stories: the voxels of a NIfTI file, one image a slice, in files of shuffled names.

use dicom_core::dictionary::{DataDictionary, DataDictionaryEntry, VirtualVr};
use dicom_core::{DataElement, PrimitiveValue, Tag, VR};
use dicom_dictionary_std::{StandardDataDictionary, tags, uids};
use dicom_object::{FileMetaTableBuilder, InMemDicomObject};
use hilum_core::{Geometry, SliceSource};
use hilum_io::{ScanFile, nifti::ReadBuffers};
use std::{fs, ops::ControlFlow, path::Path};

/// Stands in every text field that no other word fits, and in the Patient ID.
pub(crate) const WORD: &str = "PLANTED7391";
const NAME: &str = "Plantagenet^Quirina";
const DATE: &str = "19470321";
const TIME: &str = "231759";
/// Stands in the UIDs of series and images.
pub(crate) const OF_UIDS: &str = "73917391";
/// What may be found nowhere.
pub(crate) const SECRETS: [&str; 6] = [WORD, "Plantagenet", "Quirina", DATE, TIME, OF_UIDS];

/// What text fields hold.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Plant {
    Nothing,
    /// A secret in each that the standard knows.
    EveryText,
}

/// A series to be written.
#[derive(Clone)]
pub(crate) struct Series {
    pub(crate) voxels: Vec<Vec<i16>>,
    geometry: Geometry,
    uid: String,
}

/// One image of it, before it is written.
pub(crate) struct Image {
    object: InMemDicomObject,
}

impl Series {
    pub(crate) fn of(nifti: &Path) -> Self {
        let file = ScanFile::open(nifti).unwrap();
        let mut voxels = Vec::new();
        let mut buffers = ReadBuffers::default();
        let mut reader = file.reader(&mut buffers).unwrap();
        let read = reader.visit_slices(&mut |_, slice| {
            voxels.push(slice.to_hu().into_iter().map(|hu| hu as i16).collect());
            ControlFlow::Continue(())
        });
        read.unwrap();
        Self { voxels, geometry: file.geometry().clone(), uid: "1.2.826.73917391.1".to_owned() }
    }

    pub(crate) fn with_uid(&self, uid: &str) -> Self {
        Self { uid: uid.to_owned(), ..self.clone() }
    }

    /// Writes the images for which `change` says so.
    pub(crate) fn write(&self, folder: &Path, plant: Plant, change: impl Fn(usize, &mut Image) -> bool) {
        fs::create_dir_all(folder).unwrap();
        for (k, pixels) in self.voxels.iter().enumerate() {
            let mut image = self.image(k, pixels, plant);
            if !change(k, &mut image) {
                continue;
            }
            let meta = FileMetaTableBuilder::new().transfer_syntax(uids::EXPLICIT_VR_LITTLE_ENDIAN);
            // The order of names is not the order of slices, and files of two series share a folder.
            let short = &self.uid[self.uid.rfind('.').unwrap()..];
            let mixed = folder.ends_with("mixed");
            let name = match plant {
                Plant::EveryText => format!("{WORD}_{k}{short}"),
                Plant::Nothing if mixed => format!("{}_{k}{short}.dcm", k * 7 % 11),
                Plant::Nothing => format!("image_{k:02}.dcm"),
            };
            image.object.with_meta(meta).unwrap().write_to_file(folder.join(name)).unwrap();
        }
    }

    fn image(&self, k: usize, pixels: &[i16], plant: Plant) -> Image {
        let mut image = Image { object: InMemDicomObject::new_empty() };
        if plant == Plant::EveryText {
            image.plant();
        }
        let [x, y, z] = self.geometry.affine().apply([0.0, 0.0, k as f64]);
        let [col_mm, row_mm, _] = self.geometry.spacing_mm();
        image.text(tags::SOP_CLASS_UID, VR::UI, uids::CT_IMAGE_STORAGE);
        image.text(tags::SOP_INSTANCE_UID, VR::UI, &format!("{}.{k}", self.uid));
        image.text(tags::SERIES_INSTANCE_UID, VR::UI, &self.uid);
        image.text(tags::STUDY_INSTANCE_UID, VR::UI, &format!("{}.0", self.uid));
        image.text(tags::FRAME_OF_REFERENCE_UID, VR::UI, &format!("{}.1000", self.uid));
        image.image_type("ORIGINAL\\PRIMARY\\AXIAL");
        image.text(tags::INSTANCE_NUMBER, VR::IS, &k.to_string());
        image.place([1.0, 0.0, 0.0, 0.0, 1.0, 0.0], [-x, -y, z]);
        image.text(tags::PIXEL_SPACING, VR::DS, &format!("{row_mm}\\{col_mm}"));
        image.text(tags::RESCALE_INTERCEPT, VR::DS, "-1024");
        image.text(tags::RESCALE_SLOPE, VR::DS, "1");
        image.text(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "MONOCHROME2");
        for (tag, number) in [
            (tags::SAMPLES_PER_PIXEL, 1),
            (tags::ROWS, self.geometry.rows() as u16),
            (tags::COLUMNS, self.geometry.cols() as u16),
            (tags::BITS_ALLOCATED, 16),
            (tags::BITS_STORED, 16),
            (tags::HIGH_BIT, 15),
            (tags::PIXEL_REPRESENTATION, 1),
        ] {
            image.object.put(DataElement::new(tag, VR::US, PrimitiveValue::from(number)));
        }
        let stored: Vec<u16> = pixels.iter().map(|hu| (hu + 1024) as u16).collect();
        image.object.put(DataElement::new(tags::PIXEL_DATA, VR::OW, PrimitiveValue::U16(stored.into())));
        image
    }
}

impl Image {
    fn text(&mut self, tag: Tag, vr: VR, text: &str) {
        let values: Vec<String> = text.split('\\').map(str::to_owned).collect();
        self.object.put(DataElement::new(tag, vr, PrimitiveValue::Strs(values.into())));
    }

    pub(crate) fn image_type(&mut self, value: &str) {
        self.text(tags::IMAGE_TYPE, VR::CS, value);
    }

    pub(crate) fn place(&mut self, orientation: [f64; 6], position_mm: [f64; 3]) {
        let words = |numbers: &[f64]| numbers.iter().map(f64::to_string).collect::<Vec<_>>().join("\\");
        self.text(tags::IMAGE_ORIENTATION_PATIENT, VR::DS, &words(&orientation));
        self.text(tags::IMAGE_POSITION_PATIENT, VR::DS, &words(&position_mm));
    }

    pub(crate) fn forget_position(&mut self) {
        self.object.remove_element(tags::IMAGE_POSITION_PATIENT);
    }

    /// Leaves out most of the pixels.
    pub(crate) fn shorten(&mut self) {
        let few = PrimitiveValue::U16(vec![0; 100].into());
        self.object.put(DataElement::new(tags::PIXEL_DATA, VR::OW, few));
    }

    fn plant(&mut self) {
        const GROUPS: [u16; 9] = [0x0008, 0x0010, 0x0012, 0x0018, 0x0020, 0x0032, 0x0038, 0x0040, 0x4008];
        for tag in GROUPS.into_iter().flat_map(|group| (1..=u16::MAX).map(move |element| Tag(group, element)))
        {
            let Some(entry) = StandardDataDictionary.by_tag(tag) else { continue };
            let VirtualVr::Exact(vr) = entry.vr() else { continue };
            let secret = match vr {
                VR::PN => NAME,
                VR::DA => DATE,
                VR::TM => TIME,
                VR::DT => "19470321231759",
                VR::AE | VR::CS | VR::LO | VR::LT | VR::SH | VR::ST | VR::UC | VR::UT => WORD,
                _ => continue,
            };
            // Another alphabet would be an error of its own.
            if tag != tags::SPECIFIC_CHARACTER_SET {
                self.text(tag, vr, secret);
            }
        }
        assert!(self.object.element(tags::PATIENT_NAME).is_ok());
    }
}

/// Every file below `folder` by its name, folders included.
pub(crate) fn files_below(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else {
            files.push((path.display().to_string(), fs::read(&path).unwrap()));
        }
    }
    files
}
