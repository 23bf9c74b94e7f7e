//! How long lists and responses last, and how lists are divided.

use drip_cert::{crl::Shard, lite::CertificateSerial, mtls::PkiUrls};
use drip_det::Det;

/// Whether deltas to lists are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deltas {
    /// Only complete lists.
    No,
    /// Deltas, too.
    Offered,
}

/// The rules for lists and responses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevocationPolicy {
    /// Seconds from a list's thisUpdate to its nextUpdate. A list that nothing changed is made anew after half of them.
    pub list_lifetime: u64,
    /// How many lists the certificates of an issuer are divided among: 1, or a power of two to 256.
    pub shards: u16,
    /// Whether deltas are made.
    pub deltas: Deltas,
    /// Seconds that an OCSP response may be kept.
    pub response_lifetime: u64,
    /// Seconds that a responder's certificate lasts. It is made anew, with a new key, after half of them.
    pub responder_lifetime: u64,
    /// Where this DIME's HTTP door is found by everybody, without a final slash; then certificates and lists name it.
    pub origin: Option<String>,
}

impl Default for RevocationPolicy {
    fn default() -> Self {
        RevocationPolicy {
            list_lifetime: 86_400,
            shards: 1,
            deltas: Deltas::Offered,
            response_lifetime: 300,
            responder_lifetime: 86_400,
            origin: None,
        }
    }
}

impl RevocationPolicy {
    /// Where a list is found.
    pub(super) fn list_url(&self, issuer: Det, shard: Option<Shard>) -> Option<String> {
        let origin = self.origin.as_ref()?;
        match shard {
            Some(shard) => Some(shard_url(origin, issuer, shard)),
            None => PkiUrls::of_origin(origin, issuer).crl,
        }
    }
}

/// What a certificate of this issuer and serial number says about where its status is found, by a DIME of this origin and number of lists.
pub(crate) fn pki_urls(
    origin: Option<&str>,
    shards: u16,
    issuer: Det,
    serial: &CertificateSerial,
) -> PkiUrls {
    let Some(origin) = origin else { return PkiUrls::NONE };
    let whole = PkiUrls::of_origin(origin, issuer);
    match Shard::of(serial, shards) {
        Ok(shard) => PkiUrls { crl: Some(shard_url(origin, issuer, shard)), ..whole },
        // One list: not divided.
        Err(_) => whole,
    }
}

fn shard_url(origin: &str, issuer: Det, shard: Shard) -> String {
    format!("{}/pki/{}/{shard}.crl", origin.trim_end_matches('/'), issuer.to_hex())
}
