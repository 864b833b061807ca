//! Tables in Arrow's memory, for whatever speaks its interface.

use crate::failure::wrong;
use arrow_array::{RecordBatch, RecordBatchIterator, ffi_stream::FFI_ArrowArrayStream};
use hilum_core::schema;
use pyo3::{prelude::*, types::PyCapsule};

/// A table with named columns. pandas, polars, pyarrow and duckdb take it by Arrow's PyCapsule interface.
#[pyclass(frozen, module = "hilum")]
pub(crate) struct Table {
    batch: RecordBatch,
}

impl Table {
    /// The same as Arrow has it.
    pub(crate) fn of(table: &schema::Table<'_>) -> PyResult<Self> {
        Ok(Self { batch: hilum_io::table::record_batch("the table", table).map_err(wrong)? })
    }
}

#[pymethods]
impl Table {
    fn __len__(&self) -> usize {
        self.batch.num_rows()
    }

    /// Names of the columns.
    #[getter]
    fn columns(&self) -> Vec<String> {
        self.batch.schema().fields().iter().map(|field| field.name().clone()).collect()
    }

    fn __repr__(&self) -> String {
        let (rows, columns) = (self.batch.num_rows(), self.batch.num_columns());
        format!("<hilum.Table: {rows} rows, {columns} columns>")
    }

    /// Arrow's C stream of the rows.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        // Asking for other types is a wish that a producer may leave unheard.
        drop(requested_schema);
        let rows = RecordBatchIterator::new([Ok(self.batch.clone())], self.batch.schema());
        let stream = FFI_ArrowArrayStream::new(Box::new(rows));
        PyCapsule::new_with_value(py, stream, c"arrow_array_stream")
    }
}
