//! The arguments that ask for masks as DICOM Segmentation objects.

use clap::Args;
use hilum_cohort::scan::DicomSeg;

#[derive(Debug, Args)]
pub(crate) struct DicomSegArgs {
    /// Write the masks of a DICOM series as a DICOM Segmentation object too (masks.dcm): it names no patient, and the images
    /// by their UIDs.
    #[arg(long)]
    pub(crate) dicom_seg: bool,
}

#[derive(Debug, Args)]
pub(crate) struct FilingArgs {
    #[command(flatten)]
    pub(crate) seg: DicomSegArgs,
    /// With --dicom-seg, take patient and study over from the images, to file the masks in the clinic: masks.dcm then names the
    /// patient.
    #[arg(long, requires = "dicom_seg")]
    pub(crate) keep_identity: bool,
}

impl DicomSegArgs {
    /// What was asked for; the patient stays out.
    pub(crate) fn setting(&self) -> Option<DicomSeg> {
        self.dicom_seg.then_some(DicomSeg::Anonymous)
    }
}

impl FilingArgs {
    /// What was asked for.
    pub(crate) fn setting(&self) -> Option<DicomSeg> {
        if self.keep_identity { Some(DicomSeg::WithPatient) } else { self.seg.setting() }
    }
}
