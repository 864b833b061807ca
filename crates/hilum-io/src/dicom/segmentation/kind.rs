//! What a segment shows, in codes that others understand.
//!
//! Codes are those of the context groups that PS3.16 gives for segmentations (CID 7150, 7166, 244). A mask that hilum comes to make is a constant more. Dense tissue is neither vessel nor lesion, and is not called so.

/// A coded concept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// Code Value.
    pub value: &'static str,
    /// Coding Scheme Designator.
    pub scheme: &'static str,
    /// Code Meaning.
    pub meaning: &'static str,
}

impl Code {
    const fn snomed(value: &'static str, meaning: &'static str) -> Self {
        Self { value, scheme: "SCT", meaning }
    }

    pub(super) const fn dicom(value: &'static str, meaning: &'static str) -> Self {
        Self { value, scheme: "DCM", meaning }
    }
}

/// What a segment shows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SegmentKind {
    /// Its name in a viewer.
    pub label: &'static str,
    /// How it was made, in a sentence.
    pub description: &'static str,
    /// Segmented Property Category.
    pub category: Code,
    /// Segmented Property Type.
    pub kind: Code,
    /// The side of the body: Segmented Property Type Modifier.
    pub side: Option<Code>,
    /// Where the property lies, if that is not what the type says.
    pub region: Option<Code>,
    /// The colour that a viewer should take, in CIELab: L* from 0 to 100, a* and b* from -128 to 127.
    pub color_lab: [f64; 3],
}

const ANATOMY: Code = Code::snomed("91723000", "Anatomical Structure");
const TISSUE: Code = Code::snomed("85756007", "Tissue");
const LUNG: Code = Code::snomed("39607008", "Lung");

impl SegmentKind {
    /// The lung on the patient's right.
    pub const RIGHT_LUNG: Self = Self {
        label: "Right lung",
        description: "Lung with its vessels and lesions, without trachea and main bronchi",
        category: ANATOMY,
        kind: LUNG,
        side: Some(Code::snomed("24028007", "Right")),
        region: None,
        // sRGB 86, 180, 233.
        color_lab: [69.82, -12.03, -34.76],
    };

    /// The lung on the patient's left.
    pub const LEFT_LUNG: Self = Self {
        label: "Left lung",
        side: Some(Code::snomed("7771000", "Left")),
        // sRGB 0, 158, 115.
        color_lab: [57.74, -45.74, 12.76],
        ..Self::RIGHT_LUNG
    };

    /// Lung of either side, where the sides cannot be told.
    pub const LUNG: Self = Self { label: "Lung", side: None, ..Self::RIGHT_LUNG };

    /// What is at or above -500 HU within the lung.
    pub const DENSE_TISSUE: Self = Self {
        label: "Dense tissue",
        description: "Lung at or above -500 HU: vessels, airway walls and lesions together",
        category: TISSUE,
        kind: TISSUE,
        side: None,
        region: Some(LUNG),
        // sRGB 230, 159, 0.
        color_lab: [70.61, 16.48, 74.68],
    };

    /// The colour as Recommended Display CIELab Value has it (PS3.3 C.10.7.1.1): three numbers over the range of 16 bits.
    pub(super) fn display_lab(&self) -> [u16; 3] {
        let scaled = |x: f64, low: f64, high: f64| ((x - low) / (high - low) * 65535.0).round() as u16;
        let [l, a, b] = self.color_lab;
        [scaled(l, 0.0, 100.0), scaled(a, -128.0, 127.0), scaled(b, -128.0, 127.0)]
    }
}
