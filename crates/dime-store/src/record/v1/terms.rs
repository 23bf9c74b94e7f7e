//! Version 1 of what certificates say beside the DET, and of the device in them.

use crate::{CertificateTerms, HardwareModule, KeyUsage};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

/// See `StoredRegistration`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredTerms {
    #[serde(rename = "u", default, skip_serializing_if = "Option::is_none")]
    uri: Option<String>,
    #[serde(rename = "k", default, skip_serializing_if = "is_absent")]
    key_usage: u8,
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    origin: Option<String>,
    #[serde(rename = "n")]
    shards: u16,
}

/// See `StoredRegistration`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredHardwareModule {
    #[serde(rename = "t")]
    hw_type: String,
    #[serde(rename = "s")]
    hw_serial: ByteBuf,
}

fn is_absent(key_usage: &u8) -> bool {
    *key_usage == 0
}

impl From<&CertificateTerms> for StoredTerms {
    fn from(terms: &CertificateTerms) -> Self {
        StoredTerms {
            uri: terms.uri.clone(),
            key_usage: u8::from(terms.key_usage == KeyUsage::Present),
            origin: terms.origin.clone(),
            shards: terms.shards,
        }
    }
}

impl From<StoredTerms> for CertificateTerms {
    fn from(stored: StoredTerms) -> Self {
        CertificateTerms {
            uri: stored.uri,
            key_usage: if stored.key_usage == 0 { KeyUsage::Absent } else { KeyUsage::Present },
            origin: stored.origin,
            shards: stored.shards,
        }
    }
}

impl From<&HardwareModule> for StoredHardwareModule {
    fn from(module: &HardwareModule) -> Self {
        let HardwareModule { hw_type, hw_serial } = module;
        StoredHardwareModule { hw_type: hw_type.clone(), hw_serial: ByteBuf::from(hw_serial.clone()) }
    }
}

impl From<StoredHardwareModule> for HardwareModule {
    fn from(stored: StoredHardwareModule) -> Self {
        HardwareModule { hw_type: stored.hw_type, hw_serial: stored.hw_serial.into_vec() }
    }
}
