//! The dime binary: command line, configuration, composition.
fn main() {}
