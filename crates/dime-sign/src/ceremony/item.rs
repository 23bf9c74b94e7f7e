//! One thing that a request asks to be signed.
//!
//! | # | cross-endorsement | trust list | revocation list |
//! |---|---|---|---|
//! | 0 | 1 | 2 | 4 |
//! | 1 | DET of the other RAA | the list, byte string | TBSCertList in DER, byte string |
//! | 2 | its key | reference | reference |
//! | 3 | not before | | |
//! | 4 | not after | | |
//! | 5 | reference | | |
//!
//! The fourth kind, an authority's request, has a table of its own. The number 3 is an answer's: refused.

use super::field::{self, Read, fault};
use super::{AuthorityRequest, FormFault, MAX_REVOCATION_LIST, MAX_TRUST_LIST};
use drip_cbor::{Reader, Writer};
use drip_det::{Det, HostIdentity, UnixTime};

const CROSS_ENDORSEMENT: u64 = 1;
const TRUST_LIST: u64 = 2;
const REVOCATION_LIST: u64 = 4;

/// Something to be signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// An authority wants its endorsement and certificates.
    Authority(Box<AuthorityRequest>),
    /// Another RAA's Authorization DET is to be endorsed; no certificate goes with it.
    CrossEndorsement {
        /// The other RAA's Authorization DET.
        det: Det,
        /// Its key.
        hi: HostIdentity,
        /// First second of validity.
        not_before: UnixTime,
        /// Last second of validity.
        not_after: UnixTime,
        /// What the asker calls this, for people.
        reference: String,
    },
    /// A list of trusted RAAs is to be signed.
    TrustList {
        /// The list's octets.
        payload: Vec<u8>,
        /// What the asker calls this, for people.
        reference: String,
    },
    /// The signer's revocation list is to be signed.
    RevocationList {
        /// TBSCertList in DER.
        to_be_signed: Vec<u8>,
        /// What the asker calls this, for people.
        reference: String,
    },
}

impl Item {
    /// What the asker calls this.
    pub fn reference(&self) -> &str {
        match self {
            Item::Authority(request) => &request.reference,
            Item::CrossEndorsement { reference, .. }
            | Item::TrustList { reference, .. }
            | Item::RevocationList { reference, .. } => reference,
        }
    }

    /// The kind of item, for people.
    pub const fn kind(&self) -> &'static str {
        match self {
            Item::Authority(_) => "authority",
            Item::CrossEndorsement { .. } => "cross-endorsement",
            Item::TrustList { .. } => "trust list",
            Item::RevocationList { .. } => "revocation list",
        }
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Read<Self> {
        let start = reader.at();
        let fields = reader.array("item")?;
        let at = reader.at();
        let kind = reader.uint("kind of item")?;
        let expected = match kind {
            AuthorityRequest::KIND => fields.clamp(AuthorityRequest::FIELDS, AuthorityRequest::FIELDS + 1),
            CROSS_ENDORSEMENT => 6,
            TRUST_LIST | REVOCATION_LIST => 3,
            other => return Err(fault(FormFault::Value(other), "kind of item", at)),
        };
        if fields != expected {
            return Err(fault(FormFault::Value(fields as u64), "number of an item's fields", start));
        }
        Ok(match kind {
            AuthorityRequest::KIND => Item::Authority(Box::new(AuthorityRequest::read(reader, fields)?)),
            CROSS_ENDORSEMENT => Item::CrossEndorsement {
                det: field::det(reader, "DET")?,
                hi: field::hi(reader, "key")?,
                not_before: field::time(reader, "not before")?,
                not_after: field::time(reader, "not after")?,
                reference: field::text(reader, "reference")?,
            },
            REVOCATION_LIST => Item::RevocationList {
                to_be_signed: field::octets(reader, "revocation list", MAX_REVOCATION_LIST)?,
                reference: field::text(reader, "reference")?,
            },
            _ => Item::TrustList {
                payload: field::octets(reader, "trust list", MAX_TRUST_LIST)?,
                reference: field::text(reader, "reference")?,
            },
        })
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        match self {
            Item::Authority(request) => request.write(writer),
            Item::CrossEndorsement { det, hi, not_before, not_after, reference } => {
                writer.array(6).uint(CROSS_ENDORSEMENT).bytes(&det.to_bytes()).bytes(hi.as_bytes());
                writer.uint(not_before.0).uint(not_after.0).text(reference);
            }
            Item::TrustList { payload, reference } => {
                writer.array(3).uint(TRUST_LIST).bytes(payload).text(reference);
            }
            Item::RevocationList { to_be_signed, reference } => {
                writer.array(3).uint(REVOCATION_LIST).bytes(to_be_signed).text(reference);
            }
        }
    }
}
