//! Reading the file of vectors.

use serde_json::Value;
use std::sync::LazyLock;

static FILE: LazyLock<Value> = LazyLock::new(|| {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/det-dns/det-dns.json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
});

fn all() -> impl Iterator<Item = &'static Value> {
    FILE["vectors"].as_array().unwrap().iter()
}

/// An id as a Rust name.
fn name(vector: &Value) -> String {
    vector["id"].as_str().unwrap().replace('-', "_")
}

/// The ids of a group, in the order of the file.
pub(crate) fn names(group: &str) -> Vec<String> {
    all().filter(|vector| vector["group"] == group).map(name).collect()
}

/// The vector of an id.
pub(crate) fn named(id: &str) -> Vector {
    let vector = all().find(|vector| name(vector) == id).unwrap_or_else(|| panic!("no vector {id}"));
    Vector { id: text(&vector["id"]), inputs: &vector["inputs"], outputs: &vector["outputs"] }
}

/// What goes in and what must come out.
pub(crate) struct Vector {
    pub(crate) id: &'static str,
    pub(crate) inputs: &'static Value,
    pub(crate) outputs: &'static Value,
}

pub(crate) fn text(value: &'static Value) -> &'static str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

pub(crate) fn number(value: &Value) -> u64 {
    value.as_u64().unwrap()
}

pub(crate) fn octets(value: &'static Value) -> Vec<u8> {
    hex::decode(text(value)).unwrap()
}

/// The groups of the file.
pub(crate) fn groups() -> std::collections::BTreeSet<&'static str> {
    all().map(|vector| text(&vector["group"])).collect()
}

pub(crate) fn array<const N: usize>(value: &'static Value) -> [u8; N] {
    octets(value).try_into().unwrap()
}
