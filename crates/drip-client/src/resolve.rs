//! Looking a DET up in DNS and saying whether it can be trusted (RFC 9886 §8).

use drip_det::Det;
use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::chain::{self, Anchor, Conditions, Lookup, LookupError, Published, Report, Trust};
use crate::dns::{Answer, DnsError, Resolver};

impl Lookup for Resolver {
    /// Ask for all record types of a DET. HHIT first: NXDOMAIN there means there is nothing at all.
    fn records(&self, det: Det) -> Result<Published, LookupError> {
        let owner = det.owner_name();
        let unreachable = |error: DnsError| LookupError::Unreachable(error.to_string());
        let mut published = Published::default();
        for (_, number) in Published::TYPES {
            match self.ask(&owner, number).map_err(unreachable)? {
                Answer::Records(rdata) => {
                    if let Some(slot) = published.of_type_mut(number) {
                        *slot = rdata;
                    }
                }
                Answer::NoData => {}
                Answer::NxDomain => return Err(LookupError::NotRegistered("NXDOMAIN".to_owned())),
            }
        }
        if published.is_empty() {
            return Err(LookupError::NotRegistered("NODATA".to_owned()));
        }
        Ok(published)
    }
}

/// What DNS says about a DET, and whether it holds.
#[derive(Clone, Debug)]
pub struct Resolution {
    /// The DET asked for.
    pub det: Det,
    /// The verdict.
    pub report: Report,
    /// The records found under the DET itself.
    pub records: Published,
}

/// A [`Lookup`] that keeps the first answer, which is about the DET asked for.
struct Remembering<'a> {
    inner: &'a dyn Lookup,
    det: Det,
    first: std::cell::RefCell<Published>,
}

impl Lookup for Remembering<'_> {
    fn records(&self, det: Det) -> Result<Published, LookupError> {
        let published = self.inner.records(det)?;
        if det == self.det {
            *self.first.borrow_mut() = published.clone();
        }
        Ok(published)
    }
}

/// Look `det` up and verify it up to one of `anchors`.
pub fn resolve(det: Det, lookup: &dyn Lookup, anchors: &[Anchor], conditions: &Conditions) -> Resolution {
    resolve_under(det, lookup, &Trust::of_anchors(anchors, conditions.at), conditions)
}

/// Look `det` up and verify it up to somebody trusted.
pub fn resolve_under(det: Det, lookup: &dyn Lookup, trust: &Trust, conditions: &Conditions) -> Resolution {
    let remembering =
        Remembering { inner: lookup, det, first: std::cell::RefCell::new(Published::default()) };
    let report = chain::verify_under(det, &remembering, trust, conditions);
    Resolution { det, report, records: remembering.first.into_inner() }
}

impl Resolution {
    /// Every record found under the DET, as (mnemonic, RDATA).
    pub fn rdata(&self) -> impl Iterator<Item = (&'static str, &[u8])> {
        Published::TYPES.iter().flat_map(|(mnemonic, number)| {
            self.records.of_type(*number).iter().map(move |rdata| (*mnemonic, rdata.as_slice()))
        })
    }
}

impl Serialize for Resolution {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let owner = self.det.owner_name();
        let records: Vec<Record<'_>> = self
            .rdata()
            .map(|(mnemonic, rdata)| Record {
                owner: &owner,
                record_type: mnemonic,
                rdata: hex::encode(rdata),
                text: presentation(mnemonic, rdata),
            })
            .collect();
        let mut out = serializer.serialize_struct("Resolution", 6)?;
        out.serialize_field("det", &self.det.to_string())?;
        out.serialize_field("trusted", &self.report.is_trusted())?;
        out.serialize_field("state", self.report.state.name())?;
        out.serialize_field("reason", &self.report.reason)?;
        out.serialize_field("links", &self.report.links)?;
        out.serialize_field("records", &records)?;
        out.end()
    }
}

/// One record in the JSON: RDATA in hexadecimal and, where it decodes, as master-file text.
#[derive(serde::Serialize)]
struct Record<'a> {
    owner: &'a str,
    #[serde(rename = "type")]
    record_type: &'static str,
    rdata: String,
    text: String,
}

/// Master-file text of RDATA; the generic form of RFC 3597 where it does not decode.
fn presentation(mnemonic: &str, rdata: &[u8]) -> String {
    use drip_wire::rdata::{Brid, CertRecord, Hhit, Hip, Tlsa, generic};
    let text = match mnemonic {
        "HHIT" => Hhit::decode(rdata).ok().map(|record| record.presentation()),
        "BRID" => Brid::decode(rdata).ok().map(|record| record.presentation()),
        "HIP" => Hip::decode(rdata).ok().map(|record| record.presentation()),
        "CERT" => CertRecord::decode(rdata).ok().map(|record| record.presentation()),
        "TLSA" => Tlsa::decode(rdata).ok().map(|record| record.presentation()),
        _ => None,
    };
    text.unwrap_or_else(|| generic(rdata))
}
