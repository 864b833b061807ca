//! A scan that is opened: its grid at once, its voxels when asked for.

use crate::{
    arrays,
    failure::{failed, unreadable},
    places::{Place, StoreArgument},
    waiting::interruptible,
};
use hilum_cohort::{ScanRef, Stop, find_one};
use hilum_imaging::geometry_findings;
use hilum_io::{ScanError, ScanFile, nifti::ReadBuffers};
use pyo3::prelude::*;

/// A scan of which only headers have been read.
#[pyclass(frozen, module = "hilum")]
pub(crate) struct Scan {
    pub(crate) scan: ScanRef,
    file: ScanFile,
}

/// Opens a scan: a NIfTI file, a folder with the images of one DICOM series, or a NIfTI file in a store.
#[pyfunction]
pub(crate) fn read(py: Python<'_>, path: Place, store: StoreArgument) -> PyResult<Scan> {
    let options = crate::places::store(store);
    interruptible(py, &Stop::default(), || {
        let scan = find_one(&path.0, &options).map_err(|error| failed(&error))?;
        let file = scan.open().map_err(|error| unreadable(&error))?;
        Ok(Scan { scan, file })
    })?
}

#[pymethods]
impl Scan {
    /// The scan's name: its file name without ending.
    #[getter]
    fn image_id(&self) -> &str {
        &self.scan.image_id
    }

    /// The format in words, such as `NIfTI-1 int16 gz`.
    #[getter]
    fn format(&self) -> String {
        self.file.format()
    }

    /// Voxels along i, j, k.
    #[getter]
    fn shape(&self) -> (usize, usize, usize) {
        self.file.geometry().dims().into()
    }

    /// From voxel indices to RAS+ millimetres: 4 x 4.
    #[getter]
    fn affine<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let mut rows: Vec<Vec<f64>> =
            self.file.geometry().affine().0.iter().map(|row| row.to_vec()).collect();
        rows.push(vec![0.0, 0.0, 0.0, 1.0]);
        Ok(numpy::PyArray2::from_vec2(py, &rows)?.into_any())
    }

    /// Distance between voxels along i, j, k in mm.
    #[getter]
    fn spacing_mm(&self) -> (f64, f64, f64) {
        self.file.geometry().spacing_mm().into()
    }

    /// Where i, j, k grow to, such as `RAS`.
    #[getter]
    fn orientation(&self) -> String {
        self.file.geometry().orientation().to_string()
    }

    /// The axis of the array along which axial slices follow each other: 0, 1 or 2.
    #[getter]
    fn slice_axis(&self) -> usize {
        self.file.geometry().frame().slice_axis
    }

    /// What is odd about the headers: dictionaries with `code`, `level` and `message`.
    #[getter]
    fn findings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let mut findings = self.file.findings().to_vec();
        findings.extend(geometry_findings(self.file.geometry()));
        crate::measuring::as_python(py, &findings)
    }

    /// All voxels in HU: int16 where whole numbers fit, else float32.
    fn voxels<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let volume = interruptible(py, &Stop::default(), || -> Result<_, ScanError> {
            let mut buffers = ReadBuffers::default();
            self.file.reader(&mut buffers)?.read_volume()
        })?;
        arrays::voxels(py, volume.map_err(|error| unreadable(&error))?)
    }

    fn __repr__(&self) -> String {
        let [i, j, k] = self.file.geometry().dims();
        format!("<hilum.Scan {}: {i} x {j} x {k}, {}>", self.scan.image_id, self.file.format())
    }
}
