//! The vectors of `testdata/det-dns` that are about records and endorsements: each is one test, named by its id.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(non_snake_case, reason = "tests are named as their vectors are")]

mod vector;

/// One test for each id of a group, and one that fails when the file has an id more or less.
macro_rules! vectors {
    ($module:ident, $group:literal, $check:ident: $($id:ident)*) => {
        mod $module {
            use super::*;

            $(#[test]
            fn $id() {
                $check(&$crate::vector::named(stringify!($id)));
            })*

            #[test]
            fn no_vector_is_left_out() {
                assert_eq!([$(stringify!($id)),*].as_slice(), $crate::vector::names($group));
            }
        }
    };
}

mod cert;
mod dnssec;
mod endorsement;
mod generic;
mod hhit_brid;
mod hip;
mod negative;
mod tlsa;

/// The groups tested here and those tested with `drip-det` are all there are.
#[test]
fn no_group_is_left_out() {
    let with_drip_det = [
        "cshake",
        "hid-packing",
        "raa-zones",
        "raa-iso3166",
        "det",
        "det-negative",
        "serial",
        "serial-legacy",
    ];
    let here = [
        "hhit-rr",
        "brid-rr",
        "broadcast-endorsement",
        "rr-negative",
        "hip-rr",
        "tlsa",
        "cert-rr",
        "rfc3597",
        "dnssec",
    ];
    let known: std::collections::BTreeSet<_> = with_drip_det.into_iter().chain(here).collect();
    assert_eq!(vector::groups(), known);
}
