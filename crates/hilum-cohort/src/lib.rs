//! One scan end to end, and whole cohorts with resume and a memory cap.
