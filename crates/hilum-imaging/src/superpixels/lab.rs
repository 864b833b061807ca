//! CIE Lab of grey.

/// Rows of the matrix from linear sRGB to CIE XYZ, in the digits of scikit-image.
const XYZ_FROM_RGB: [[f64; 3]; 3] =
    [[0.412_453, 0.357_58, 0.180_423], [0.212_671, 0.715_16, 0.072_169], [0.019_334, 0.119_193, 0.950_227]];

/// The white of daylight (D65, 2 degrees).
const WHITE_XYZ: [f64; 3] = [0.950_47, 1.0, 1.088_83];

/// The grey `level` of 0..=255 as a part of 1.
pub(super) fn unit_of_level(level: u8) -> f64 {
    f64::from(level) * (1.0 / 255.0)
}

/// L, a and b of the grey `level` of 0..=255, as of [`lab_of_grey_part`].
pub(super) fn lab_of_grey(level: u8) -> [f64; 3] {
    lab_of_grey_part(unit_of_level(level))
}

/// L, a and b of a grey from 0 to 1, all three channels alike, as `skimage.color.rgb2lab` gives them (IEC
/// 61966-2-1 for sRGB, CIE 15 for Lab). a and b are nearly but not quite 0: the digits of the matrix do not add up to the white.
pub(super) fn lab_of_grey_part(unit: f64) -> [f64; 3] {
    let linear = if unit > 0.040_45 { libm::pow((unit + 0.055) / 1.055, 2.4) } else { unit / 12.92 };
    let mut bent = [0.0; 3];
    for ((bent, row), white) in bent.iter_mut().zip(XYZ_FROM_RGB).zip(WHITE_XYZ) {
        let part = (linear * row[0] + linear * row[1] + linear * row[2]) / white;
        *bent = if part > 0.008_856 { libm::cbrt(part) } else { 7.787 * part + 16.0 / 116.0 };
    }
    let [x, y, z] = bent;
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn greys_are_those_of_scikit_image() {
        // skimage 0.26.0: rgb2lab of (level, level, level).
        let known = [
            (0, [0.0, 0.0, 0.0]),
            (5, [1.370_867_480_118_981_5, -8.703_563_682_266_324e-5, 0.000_164_976_085_514_911_83]),
            (128, [53.585_013_452_169_02, -0.001_472_645_553_057_816_4, 0.002_791_451_496_575_447_8]),
            (255, [100.0, -0.002_454_937_862_050_865_5, 0.004_653_421_154_054_982]),
        ];
        for (level, lab) in known {
            for (ours, theirs) in lab_of_grey(level).iter().zip(lab) {
                // The matrix product there may add in another order: some last bits of 100, times 500.
                assert!((ours - theirs).abs() < 1e-10, "{level}: {ours} {theirs}");
            }
        }
    }
}
