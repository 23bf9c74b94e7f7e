//! What a registry below says of itself when it asks for its number: place, name servers, keys of its zone, coverage.

use crate::ApplicantFault;
use dime_store::{DelegationSigner, Glue};
use dime_zone::Name;
use drip_det::{Hid, ZoneCut};
use drip_wire::coverage::Coverage;
use std::net::IpAddr;

/// The most name servers of a registry, and the most DS records.
const MOST: usize = 16;
/// The most octets of a DS digest: SHA-384 has 48.
const DIGEST_MAX: usize = 64;
const URI_MAX: usize = 200;

/// The particulars of an HDA or RAA that is to be registered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SubRegistry {
    /// The place it wants; without it that of the DET in the request, or one that is assigned.
    pub hid: Option<Hid>,
    /// The name servers of its zone. Without any, the level above serves its zone.
    pub name_servers: Vec<NameServer>,
    /// The keys its zone is signed with.
    pub ds: Vec<ZoneSigner>,
    /// Where it is responsible: the octets of `drip_wire::coverage`.
    pub coverage: Option<Vec<u8>>,
    /// A URI for its certificates.
    pub uri: Option<String>,
}

/// A name server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameServer {
    /// Its name. A single label lies in the registry's own zone; everything else is a full name, with or without the final dot.
    pub name: String,
    /// Its addresses: needed where the name is inside the zone, and not taken where it is not.
    pub addresses: Vec<IpAddr>,
}

/// The content of a DS record (RFC 4034, section 5), and of which zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZoneSigner {
    /// The zone's name: needed for an RAA, which has four.
    pub zone: Option<String>,
    /// Key tag.
    pub key_tag: u16,
    /// Algorithm of the key.
    pub algorithm: u8,
    /// Algorithm of the digest.
    pub digest_type: u8,
    /// The digest.
    pub digest: Vec<u8>,
}

/// The same, checked and in the form that is stored.
pub(crate) struct Particulars {
    pub(crate) name_servers: Vec<String>,
    pub(crate) glue: Vec<Glue>,
    pub(crate) ds: Vec<DelegationSigner>,
    pub(crate) coverage: Option<Vec<u8>>,
    pub(crate) uri: Option<String>,
}

/// The zones of a registry at a place: an HDA's one, an RAA's four.
pub(crate) fn zones_of(hid: Hid) -> Vec<ZoneCut> {
    match ZoneCut::hda_of(hid) {
        Some(cut) => vec![cut],
        None => ZoneCut::raa_zones(hid.raa).to_vec(),
    }
}

pub(crate) fn zone_name(cut: ZoneCut) -> Name {
    Name::of_nibbles(cut.prefix(), cut.prefix_bits() / 4)
}

impl SubRegistry {
    /// Checks the particulars of a registry at this place.
    pub(crate) fn check(&self, hid: Hid) -> Result<Particulars, ApplicantFault> {
        let zones: Vec<Name> = zones_of(hid).into_iter().map(zone_name).collect();
        let (name_servers, glue) = self.servers(&zones)?;
        if name_servers.is_empty() && !self.ds.is_empty() {
            return Err(malformed("ds", "a zone that the level above serves is signed by it"));
        }
        if let Some(coverage) = &self.coverage {
            Coverage::decode(coverage).map_err(|_| malformed("coverage", "it is no coverage"))?;
        }
        if self.uri.as_ref().is_some_and(|uri| {
            uri.is_empty()
                || uri.len() > URI_MAX
                || !uri.contains(':')
                || !uri.bytes().all(|octet| octet.is_ascii_graphic())
        }) {
            return Err(malformed("uri", "it is no URI of up to 200 visible ASCII characters"));
        }
        Ok(Particulars {
            name_servers,
            glue,
            ds: self.signers(&zones)?,
            coverage: self.coverage.clone(),
            uri: self.uri.clone(),
        })
    }

    fn servers(&self, zones: &[Name]) -> Result<(Vec<String>, Vec<Glue>), ApplicantFault> {
        let wrong = |reason| malformed("name_servers", reason);
        if self.name_servers.len() > MOST {
            return Err(wrong("there are more than sixteen"));
        }
        let mut names: Vec<Name> = Vec::new();
        let mut glue = Vec::new();
        for server in &self.name_servers {
            let name = full_name(&server.name, zones).ok_or_else(|| wrong("a name is no domain name"))?;
            if names.iter().any(|other| other.is_same(&name)) {
                return Err(wrong("a name is there twice"));
            }
            let inside = zones.iter().any(|zone| name.is_within(zone));
            match (inside, server.addresses.is_empty()) {
                (true, true) => return Err(wrong("a name inside the zone needs an address")),
                (false, false) => {
                    return Err(wrong("an address belongs to a name inside the zone only"));
                }
                (true, false) if is_nibbles(&name, zones) => {
                    return Err(wrong("a name is one for a DET or zone"));
                }
                (true, false) => {
                    glue.push(Glue { name: name.to_string(), addresses: server.addresses.clone() });
                }
                (false, true) => {}
            }
            names.push(name);
        }
        Ok((names.iter().map(ToString::to_string).collect(), glue))
    }

    fn signers(&self, zones: &[Name]) -> Result<Vec<DelegationSigner>, ApplicantFault> {
        let wrong = |reason| malformed("ds", reason);
        if self.ds.len() > MOST {
            return Err(wrong("there are more than sixteen"));
        }
        let signer = |ds: &ZoneSigner| {
            let block = match (&ds.zone, zones.len()) {
                (None, 1) => 0,
                (None, _) => return Err(wrong("an RAA has four zones: say which")),
                (Some(text), _) => {
                    let name = absolute(text).ok_or_else(|| wrong("a zone is no domain name"))?;
                    let at = zones.iter().position(|zone| zone.is_same(&name));
                    at.and_then(|at| u8::try_from(at).ok())
                        .ok_or_else(|| wrong("a zone is not the registry's"))?
                }
            };
            let length = match ds.digest_type {
                1 => 20,
                2 => 32,
                4 => 48,
                _ => ds.digest.len().clamp(1, DIGEST_MAX),
            };
            if ds.digest.len() != length {
                return Err(wrong("a digest has not the length of its type"));
            }
            Ok(DelegationSigner {
                block,
                key_tag: ds.key_tag,
                algorithm: ds.algorithm,
                digest_type: ds.digest_type,
                digest: ds.digest.clone(),
            })
        };
        self.ds.iter().map(signer).collect()
    }
}

/// A full name: a single label lies in the first zone.
fn full_name(text: &str, zones: &[Name]) -> Option<Name> {
    if text.contains('.') {
        return absolute(text);
    }
    absolute(&format!("{text}.{}", zones.first()?))
}

fn absolute(text: &str) -> Option<Name> {
    let dotted = if text.ends_with('.') { text.to_owned() } else { format!("{text}.") };
    dotted.parse::<Name>().ok().filter(|name| name.labels().next().is_some())
}

/// Whether a name inside a zone consists of nibbles only, as those of DETs do.
fn is_nibbles(name: &Name, zones: &[Name]) -> bool {
    let Some(zone) = zones.iter().find(|zone| name.is_within(zone)) else { return false };
    let deeper = name.labels().count().saturating_sub(zone.labels().count());
    name.labels().take(deeper).all(|label| label.len() == 1 && label.iter().all(u8::is_ascii_hexdigit))
}

fn malformed(field: &'static str, reason: &'static str) -> ApplicantFault {
    ApplicantFault::MalformedField { field, reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hid() -> Hid {
        Hid::from_numbers(16376, 10).unwrap()
    }

    fn reason(registry: &SubRegistry, hid: Hid) -> (&'static str, &'static str) {
        match registry.check(hid) {
            Err(ApplicantFault::MalformedField { field, reason }) => (field, reason),
            Err(other) => panic!("{other}"),
            Ok(_) => panic!("taken"),
        }
    }

    fn server(name: &str, addresses: &[&str]) -> NameServer {
        let addresses = addresses.iter().map(|address| address.parse().unwrap()).collect();
        NameServer { name: name.to_owned(), addresses }
    }

    #[test]
    fn a_single_label_lies_in_the_zone_and_needs_an_address() {
        let of = |name_servers| SubRegistry { name_servers, ..SubRegistry::default() };
        let taken = of(vec![server("ns", &["127.0.0.2", "::1"]), server("ns.example.net", &[])]);
        let taken = taken.check(hid()).unwrap_or_else(|fault| panic!("{fault}"));
        assert_eq!(taken.name_servers, ["ns.a.0.0.0.e.f.f.3.0.0.1.0.0.2.ip6.arpa.", "ns.example.net."]);
        assert_eq!(taken.glue.len(), 1);
        for (servers, words) in [
            (vec![server("ns", &[])], "needs an address"),
            (vec![server("ns.example.net.", &["127.0.0.1"])], "inside the zone only"),
            (vec![server("a", &["127.0.0.1"])], "one for a DET"),
            (vec![server("ns", &["::1"]), server("NS", &["::1"])], "twice"),
            (vec![server("", &[])], "no domain name"),
            (vec![server(&"x".repeat(64), &["::1"])], "no domain name"),
            ((0..17).map(|n| server(&format!("n{n}"), &["::1"])).collect(), "more than sixteen"),
        ] {
            let (field, reason) = reason(&of(servers), hid());
            assert_eq!(field, "name_servers");
            assert!(reason.contains(words), "{reason}");
        }
    }

    #[test]
    fn a_digest_has_a_zone_and_the_length_of_its_type() {
        let ds = |zone: Option<&str>, digest_type, length| SubRegistry {
            name_servers: vec![server("ns.example.net", &[])],
            ds: vec![ZoneSigner {
                zone: zone.map(str::to_owned),
                key_tag: 1,
                algorithm: 15,
                digest_type,
                digest: vec![7; length],
            }],
            ..SubRegistry::default()
        };
        assert_eq!(ds(None, 2, 32).check(hid()).map(|taken| taken.ds[0].block).ok(), Some(0));
        assert!(reason(&ds(None, 2, 31), hid()).1.contains("length"));
        assert!(reason(&ds(None, 9, 0), hid()).1.contains("length"));
        let raa = Hid::from_numbers(16376, 0).unwrap();
        assert!(reason(&ds(None, 2, 32), raa).1.contains("four zones"));
        let third = ds(Some("2.e.f.f.3.0.0.1.0.0.2.ip6.arpa"), 2, 32);
        assert_eq!(third.check(raa).map(|taken| taken.ds[0].block).ok(), Some(2));
        assert!(reason(&third, hid()).1.contains("not the registry's"));
        let unserved = SubRegistry { name_servers: Vec::new(), ..ds(None, 2, 32) };
        assert_eq!(reason(&unserved, hid()).0, "ds");
    }
}
