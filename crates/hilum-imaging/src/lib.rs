//! Selection, segmentation and measurement of lungs on CT slices: arrays in, values out.
