//! An authority's request for its endorsement and certificates.
//!
//! | # | field | CBOR |
//! |---|---|---|
//! | 0 | kind of item | 0 |
//! | 1 | certification request | byte string, PKCS#10 in DER |
//! | 2 | level | see the table of fields |
//! | 3 | class | see the table of fields |
//! | 4 | HID | unsigned |
//! | 5 | not before | time |
//! | 6 | not after | time |
//! | 7 | profiles beside Lite | unsigned: 1 Full, 2 mtls, 3 both, 0 neither |
//! | 8 | URI for the certificates | text, empty when absent |
//! | 9 | addresses of CRL, issuer's certificate, OCSP | array of three texts, each empty when absent; or an empty array |
//! | 10 | reference | text |
//! | 11 | certificate policies in what the Apex and RAAs, and in what HDAs issue | array of two texts: an object identifier each, or empty for none; the field is missing for the usual ones |

use super::field::{self, Read};
use super::{FormFault, field::fault};
use drip_cbor::{Reader, Writer};
use drip_cert::{csr, full::Policies, mtls::PkiUrls, x509::ObjectIdentifier};
use drip_det::{DetClass, Hid, Level, UnixTime};

/// What an authority asks its parent for; itself, when the key is the signer's own: a self-endorsement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorityRequest {
    /// Its certification request, PKCS#10 in DER: the proof that it has its key.
    pub csr: Vec<u8>,
    /// Its level.
    pub level: Level,
    /// Authorization or Issuing.
    pub class: DetClass,
    /// Its place.
    pub hid: Hid,
    /// First second of validity.
    pub not_before: UnixTime,
    /// Last second of validity.
    pub not_after: UnixTime,
    /// Which certificates it wants beside the Lite one.
    pub profiles: Profiles,
    /// A URI for the certificates.
    pub uri: Option<String>,
    /// Where the signer says what it revoked, for the mtls certificate.
    pub pki: Option<PkiUrls>,
    /// What the asker calls this, for people.
    pub reference: String,
    /// The certificate policies that Full certificates name, by the level of their issuer.
    pub policies: Policies,
}

/// Whether a certificate is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Include {
    /// It is.
    Yes,
    /// It is not.
    No,
}

/// Which certificates are wanted beside the Lite one, which always is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Profiles {
    /// The Full profile.
    pub full: Include,
    /// The mtls profile.
    pub mtls: Include,
}

impl Profiles {
    /// The Lite certificate alone.
    pub const LITE: Profiles = Profiles { full: Include::No, mtls: Include::No };
    /// Lite, Full and mtls.
    pub const ALL: Profiles = Profiles { full: Include::Yes, mtls: Include::Yes };
}

impl AuthorityRequest {
    pub(super) const KIND: u64 = 0;
    pub(super) const FIELDS: usize = 11;

    /// Reads an item of so many fields.
    pub(super) fn read(reader: &mut Reader<'_>, fields: usize) -> Read<Self> {
        Ok(AuthorityRequest {
            csr: field::octets(reader, "certification request", csr::MAX_LEN)?,
            level: field::level(reader)?,
            class: field::class(reader)?,
            hid: field::hid(reader, "HID")?,
            not_before: field::time(reader, "not before")?,
            not_after: field::time(reader, "not after")?,
            profiles: Profiles::read(reader)?,
            uri: field::maybe_text(reader, "URI")?,
            pki: read_urls(reader)?,
            reference: field::text(reader, "reference")?,
            policies: if fields > Self::FIELDS { read_policies(reader)? } else { Policies::default() },
        })
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        let more = usize::from(self.policies != Policies::default());
        writer.array(Self::FIELDS + more).uint(Self::KIND).bytes(&self.csr);
        writer.uint(field::level_code(self.level)).uint(field::class_code(self.class));
        writer.uint(self.hid.to_bits().into()).uint(self.not_before.0).uint(self.not_after.0);
        writer.uint(self.profiles.code()).text(self.uri.as_deref().unwrap_or_default());
        write_urls(&self.pki, writer);
        writer.text(&self.reference);
        if more > 0 {
            write_policies(&self.policies, writer);
        }
    }
}

impl Profiles {
    fn read(reader: &mut Reader<'_>) -> Read<Self> {
        let at = reader.at();
        let (full, mtls) = match reader.uint("profiles")? {
            0 => (Include::No, Include::No),
            1 => (Include::Yes, Include::No),
            2 => (Include::No, Include::Yes),
            3 => (Include::Yes, Include::Yes),
            other => return Err(fault(FormFault::Value(other), "profiles", at)),
        };
        Ok(Profiles { full, mtls })
    }

    fn code(self) -> u64 {
        u64::from(self.full == Include::Yes) | u64::from(self.mtls == Include::Yes) << 1
    }
}

fn read_urls(reader: &mut Reader<'_>) -> Read<Option<PkiUrls>> {
    let at = reader.at();
    match reader.array("addresses")? {
        0 => Ok(None),
        3 => Ok(Some(PkiUrls {
            crl: field::maybe_text(reader, "address of the CRL")?,
            issuer: field::maybe_text(reader, "address of the issuer's certificate")?,
            ocsp: field::maybe_text(reader, "address of the OCSP responder")?,
        })),
        other => Err(fault(FormFault::Value(other as u64), "addresses", at)),
    }
}

fn write_urls(urls: &Option<PkiUrls>, writer: &mut Writer) {
    let Some(PkiUrls { crl, issuer, ocsp }) = urls else {
        writer.array(0);
        return;
    };
    writer.array(3);
    for url in [crl, issuer, ocsp] {
        writer.text(url.as_deref().unwrap_or_default());
    }
}

fn read_policies(reader: &mut Reader<'_>) -> Read<Policies> {
    let at = reader.at();
    reader.array_of(2, "certificate policies", "an array of two texts")?;
    let mut policy = |what: &'static str| {
        let at = reader.at();
        let text = field::maybe_text(reader, what)?;
        let read = text.map(|text| ObjectIdentifier::new(&text).ok().filter(|oid| oid.to_string() == text));
        read.map(|oid| oid.ok_or_else(|| fault(FormFault::ObjectIdentifier, what, at))).transpose()
    };
    let policies = Policies { raa: policy("policy of RAAs")?, hda: policy("policy of HDAs")? };
    if policies == Policies::default() {
        return Err(fault(FormFault::Usual, "certificate policies", at));
    }
    Ok(policies)
}

fn write_policies(policies: &Policies, writer: &mut Writer) {
    writer.array(2);
    for policy in [policies.raa, policies.hda] {
        writer.text(&policy.map(|policy| policy.to_string()).unwrap_or_default());
    }
}
