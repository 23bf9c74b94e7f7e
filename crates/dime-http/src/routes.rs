//! The routes, one operation a file.

pub(crate) mod authorities;
pub(crate) mod bundle;
pub(crate) mod ceremony;
pub(crate) mod certificate;
pub(crate) mod decide;
pub(crate) mod delegation;
pub(crate) mod det;
pub(crate) mod dki;
pub(crate) mod endorsements;
pub(crate) mod health;
pub(crate) mod home;
pub(crate) mod jobs;
pub(crate) mod links;
pub(crate) mod list;
pub(crate) mod metrics;
pub(crate) mod ocsp;
pub(crate) mod offline_cache;
pub(crate) mod offline_list;
pub(crate) mod pki;
pub(crate) mod register;
pub(crate) mod renew;
pub(crate) mod revoke;
pub(crate) mod show;
pub(crate) mod status;
pub(crate) mod tokens;
pub(crate) mod trust;
