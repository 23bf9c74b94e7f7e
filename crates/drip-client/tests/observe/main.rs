//! An observer hears UAs, honest ones and others.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod attacks;
mod mutations;
mod radio;
mod states;
mod vectors;
