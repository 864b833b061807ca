//! Data sets put together element by element.

use dicom_core::value::DataSetSequence;
use dicom_core::{DataElement, PrimitiveValue, VR};
use dicom_object::{InMemDicomObject, Tag};

/// A data set, or an item of a sequence, that grows.
pub(super) struct DataSet(InMemDicomObject);

impl DataSet {
    pub(super) fn new() -> Self {
        Self(InMemDicomObject::new_empty())
    }

    /// Text; several values are parted by backslashes.
    pub(super) fn text(self, tag: Tag, vr: VR, text: &str) -> Self {
        let values: Vec<String> = text.split('\\').map(str::to_owned).collect();
        self.with(tag, vr, PrimitiveValue::Strs(values.into()))
    }

    /// An element without value, as type 2 allows.
    pub(super) fn empty(self, tag: Tag, vr: VR) -> Self {
        self.with(tag, vr, PrimitiveValue::Empty)
    }

    pub(super) fn decimals(self, tag: Tag, numbers: &[f64]) -> Self {
        let texts: Vec<String> = numbers.iter().copied().map(decimal).collect();
        self.text(tag, VR::DS, &texts.join("\\"))
    }

    pub(super) fn shorts(self, tag: Tag, numbers: &[u16]) -> Self {
        self.with(tag, VR::US, PrimitiveValue::U16(numbers.into()))
    }

    pub(super) fn longs(self, tag: Tag, numbers: &[u32]) -> Self {
        self.with(tag, VR::UL, PrimitiveValue::U32(numbers.into()))
    }

    /// A pointer to another element.
    pub(super) fn pointer(self, tag: Tag, to: Tag) -> Self {
        self.with(tag, VR::AT, PrimitiveValue::from(to))
    }

    pub(super) fn bytes(self, tag: Tag, bytes: Vec<u8>) -> Self {
        self.with(tag, VR::OB, PrimitiveValue::U8(bytes.into()))
    }

    pub(super) fn item(self, tag: Tag, item: DataSet) -> Self {
        self.items(tag, vec![item])
    }

    pub(super) fn items(mut self, tag: Tag, items: Vec<DataSet>) -> Self {
        let items: Vec<InMemDicomObject> = items.into_iter().map(|DataSet(object)| object).collect();
        self.0.put(DataElement::new(tag, VR::SQ, DataSetSequence::from(items)));
        self
    }

    pub(super) fn finish(self) -> InMemDicomObject {
        self.0
    }

    fn with(mut self, tag: Tag, vr: VR, value: PrimitiveValue) -> Self {
        self.0.put(DataElement::new(tag, vr, value));
        self
    }
}

/// A decimal string: the shortest text that gives the number back, or as many digits as its 16 characters hold.
pub(super) fn decimal(number: f64) -> String {
    const MOST: usize = 16;
    // Adding 0 makes -0 a plain 0.
    let number = number + 0.0;
    let shortest = number.to_string();
    if shortest.len() <= MOST {
        return shortest;
    }
    (0..MOST)
        .rev()
        .map(|digits| format!("{number:.digits$}"))
        .find(|text| text.len() <= MOST)
        .map_or_else(|| format!("{number:.8e}"), without_needless_zeros)
}

fn without_needless_zeros(text: String) -> String {
    if !text.contains('.') {
        return text;
    }
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::decimal;

    #[test]
    fn decimals_fit_sixteen_characters() {
        assert_eq!(decimal(-192.623046875), "-192.623046875");
        assert_eq!(decimal(1.0 / 3.0), "0.33333333333333");
        assert_eq!(decimal(-0.99999999999994), "-0.9999999999999");
        assert_eq!(decimal(-0.999999999999999), "-1", "the nearest that thirteen decimals can tell");
        assert_eq!(decimal(1_000_000_000_000_000.5), "1000000000000000", "zeros before the point count");
        assert_eq!(decimal(-0.0), "0");
        assert_eq!(decimal(1e300 / 3.0), "3.33333333e299");
    }
}
