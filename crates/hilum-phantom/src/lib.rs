//! Chest CT phantoms with known truth, made by code.
