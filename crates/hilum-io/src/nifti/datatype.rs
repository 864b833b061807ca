//! The types a voxel may be stored as.

/// A real scalar type of the standard that hilum reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say the types")]
pub enum Datatype {
    UInt8,
    Int16,
    Int32,
    Float32,
    Float64,
    Int8,
    UInt16,
    UInt32,
    Int64,
    UInt64,
}

impl Datatype {
    /// Every type that is read.
    pub const ALL: [Self; 10] = [
        Self::UInt8,
        Self::Int16,
        Self::Int32,
        Self::Float32,
        Self::Float64,
        Self::Int8,
        Self::UInt16,
        Self::UInt32,
        Self::Int64,
        Self::UInt64,
    ];

    /// The number of the type in the `datatype` field.
    pub fn code(self) -> i64 {
        match self {
            Self::UInt8 => 2,
            Self::Int16 => 4,
            Self::Int32 => 8,
            Self::Float32 => 16,
            Self::Float64 => 64,
            Self::Int8 => 256,
            Self::UInt16 => 512,
            Self::UInt32 => 768,
            Self::Int64 => 1024,
            Self::UInt64 => 1280,
        }
    }

    /// The type with this number; `None` for types that are not real scalars or not of the standard.
    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|datatype| datatype.code() == code)
    }

    /// Bytes of one voxel.
    pub fn bytes(self) -> usize {
        match self {
            Self::UInt8 | Self::Int8 => 1,
            Self::Int16 | Self::UInt16 => 2,
            Self::Int32 | Self::UInt32 | Self::Float32 => 4,
            Self::Float64 | Self::Int64 | Self::UInt64 => 8,
        }
    }

    /// The name that researchers know the type by.
    pub fn name(self) -> &'static str {
        match self {
            Self::UInt8 => "uint8",
            Self::Int16 => "int16",
            Self::Int32 => "int32",
            Self::Float32 => "float32",
            Self::Float64 => "float64",
            Self::Int8 => "int8",
            Self::UInt16 => "uint16",
            Self::UInt32 => "uint32",
            Self::Int64 => "int64",
            Self::UInt64 => "uint64",
        }
    }
}

/// The name of a type that is not read, for the message that says so.
pub(super) fn unsupported_name(code: i64) -> &'static str {
    match code {
        0 => "unknown",
        1 => "binary, one bit a voxel",
        32 => "complex64",
        128 => "RGB24",
        1536 => "float128",
        1792 => "complex128",
        2048 => "complex256",
        2304 => "RGBA32",
        _ => "not a type of the standard",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_go_there_and_back() {
        for datatype in Datatype::ALL {
            assert_eq!(Datatype::from_code(datatype.code()), Some(datatype));
            assert_eq!(unsupported_name(datatype.code()), "not a type of the standard");
        }
        assert_eq!(Datatype::from_code(128), None);
    }
}
