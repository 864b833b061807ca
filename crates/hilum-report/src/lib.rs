//! Figures and the HTML report, from tables and pictures already on disk.
