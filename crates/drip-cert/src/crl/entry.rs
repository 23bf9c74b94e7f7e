//! One revoked certificate in a list (RFC 5280, section 5.3).

use super::Reason;
use crate::lite::{CertTime, CertificateSerial};
use core::cmp::Ordering;
use drip_det::Det;

/// One revoked certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Who issued the certificate: in any but an indirect list, who issues the list.
    pub issuer: Det,
    /// Its serial number.
    pub serial: CertificateSerial,
    /// When it was revoked.
    pub revoked_at: CertTime,
    /// Why.
    pub reason: Option<Reason>,
    /// Since when it was not to be believed any more, when that was earlier than it was revoked.
    pub invalid_since: Option<CertTime>,
}

impl Entry {
    /// Where an entry stands in a list of this issuer: its own certificates first, then the others' by DET; ascending serial numbers.
    pub(super) fn order(&self, other: &Self, list_issuer: Det) -> Ordering {
        let rank = |entry: &Entry| (entry.issuer != list_issuer, entry.issuer);
        rank(self).cmp(&rank(other)).then_with(|| number_order(&self.serial, &other.serial))
    }
}

/// The order of the numbers: a longer magnitude, which never begins with a zero octet, is greater.
fn number_order(one: &CertificateSerial, other: &CertificateSerial) -> Ordering {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    one.len().cmp(&other.len()).then_with(|| one.cmp(other))
}
