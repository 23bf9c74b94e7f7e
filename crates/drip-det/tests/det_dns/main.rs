//! The vectors of `testdata/det-dns` that are about identity: each is one test, named by its id.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

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

mod hash;
mod hierarchy;
mod serial_number;
