//! What the tests of hilum share: data folders, oracle vectors, tolerances with their reasons.
