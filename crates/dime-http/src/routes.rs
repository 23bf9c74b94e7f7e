//! The routes, one operation a file.

pub(crate) mod certificate;
pub(crate) mod decide;
pub(crate) mod det;
pub(crate) mod dki;
pub(crate) mod endorsements;
pub(crate) mod health;
pub(crate) mod home;
pub(crate) mod list;
pub(crate) mod metrics;
pub(crate) mod register;
pub(crate) mod renew;
pub(crate) mod revoke;
pub(crate) mod show;
pub(crate) mod tokens;
