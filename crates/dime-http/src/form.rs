//! The JSON that goes in and out, one file for each thing.

pub(crate) mod authority;
pub(crate) mod ceremony;
pub(crate) mod det;
pub(crate) mod det_text;
pub(crate) mod dki;
pub(crate) mod job;
pub(crate) mod list;
pub(crate) mod registration;
pub(crate) mod registry;
pub(crate) mod request;
pub(crate) mod status;
pub(crate) mod time;
pub(crate) mod token;
pub(crate) mod trust;
pub(crate) mod word;
