//! Whole-product tests on loopback: helpers that start and drive the real binary.
