//! Words of the command line that are more than text: sizes, grids, names of classes.

use std::str::FromStr;

/// A number of bytes, written as `800M`, `2G`, `1.5GiB` or plain bytes; K, M, G, T are powers of 1024.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MemorySize(pub(crate) u64);

/// Below this not even the program and one small scan fit.
const SMALLEST_BYTES: u64 = 96 << 20;

impl FromStr for MemorySize {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("'{text}' is no size: write it as 800M, 2G or 1.5G");
        let lower = text.trim().to_ascii_lowercase();
        let bare = lower.strip_suffix("ib").or_else(|| lower.strip_suffix('b')).unwrap_or(&lower);
        let (number, power) = match bare.char_indices().last() {
            Some((at, unit)) => match "kmgt".find(unit) {
                Some(power) => (&bare[..at], power + 1),
                None => (bare, 0),
            },
            None => return Err(wrong()),
        };
        let number: f64 = number.trim().parse().map_err(|_| wrong())?;
        let bytes = number * 1024f64.powi(i32::try_from(power).unwrap_or_default());
        if !(bytes.is_finite() && bytes >= 0.0) {
            return Err(wrong());
        }
        match bytes as u64 {
            bytes if bytes < SMALLEST_BYTES => {
                Err(format!("{text} is too little to read a scan: give at least {}M", SMALLEST_BYTES >> 20))
            }
            bytes => Ok(Self(bytes)),
        }
    }
}

/// Voxels along i, j, k, written as `256x256x96`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Dims(pub(crate) [usize; 3]);

impl FromStr for Dims {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let dims: [usize; 3] = three(text).ok_or("write three whole numbers, as in 256x256x96")?;
        if dims.iter().any(|d| !(16..=1024).contains(d)) {
            return Err("a phantom has 16 to 1024 voxels along each axis".to_owned());
        }
        Ok(Self(dims))
    }
}

/// Voxel spacing in mm, written as `1.4x1.4x3`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Spacing(pub(crate) [f64; 3]);

impl FromStr for Spacing {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let spacing: [f64; 3] = three(text).ok_or("write three numbers, as in 1.4x1.4x3")?;
        if spacing.iter().any(|s| !(0.05..=50.0).contains(s)) {
            return Err("voxel spacing lies between 0.05 and 50 mm".to_owned());
        }
        Ok(Self(spacing))
    }
}

fn three<T: FromStr>(text: &str) -> Option<[T; 3]> {
    let parts: Option<Vec<T>> = text.split('x').map(|part| part.trim().parse().ok()).collect();
    parts?.try_into().ok()
}

/// How the report calls a label, written as `2=COVID-19`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClassName {
    pub(crate) label: String,
    pub(crate) name: String,
}

impl FromStr for ClassName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some((label, name)) if !label.trim().is_empty() && !name.trim().is_empty() => {
                Ok(Self { label: label.trim().to_owned(), name: name.trim().to_owned() })
            }
            _ => Err("write the label and its name, as in 2=COVID-19".to_owned()),
        }
    }
}

/// `1.5 GB`, `23 MB`, `812 kB`.
pub(crate) fn bytes_in_words(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes.div_ceil(1000)),
        1_000_000..1_000_000_000 => format!("{} MB", bytes / 1_000_000),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}

/// `8.2 s`, `3 min 20 s`, `2 h 5 min`.
pub(crate) fn seconds_in_words(seconds: f64) -> String {
    let whole = seconds.round() as u64;
    match whole {
        0..60 => format!("{seconds:.1} s"),
        60..3600 => format!("{} min {} s", whole / 60, whole % 60),
        _ => format!("{} h {} min", whole / 3600, whole % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_people_write_them() {
        let size = |text: &str| text.parse::<MemorySize>().map(|s| s.0);
        assert_eq!(size("2G"), Ok(2 << 30));
        assert_eq!(size("800m"), Ok(800 << 20));
        assert_eq!(size("1.5 GiB"), Ok(3 << 29));
        assert_eq!(size("300000000"), Ok(300_000_000));
        for wrong in ["", "G", "two", "-1G", "10", "1e400", "5X"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn grids_and_names_are_read() {
        assert_eq!("256x256x96".parse(), Ok(Dims([256, 256, 96])));
        assert!("256x256".parse::<Dims>().is_err() && "0x4x4".parse::<Dims>().is_err());
        assert_eq!("0.7x0.7x2".parse(), Ok(Spacing([0.7, 0.7, 2.0])));
        assert_eq!("2=A=B".parse::<ClassName>().map(|c| c.name), Ok("A=B".to_owned()));
        assert!("2".parse::<ClassName>().is_err());
    }

    #[test]
    fn numbers_are_said_in_words() {
        assert_eq!(bytes_in_words(231_000_000), "231 MB");
        assert_eq!(seconds_in_words(3725.0), "1 h 2 min");
        assert_eq!(seconds_in_words(8.24), "8.2 s");
    }
}
