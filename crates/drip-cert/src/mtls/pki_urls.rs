//! cRLDistributionPoints (RFC 5280, section 4.2.1.13) and authorityInfoAccess (section 4.2.2.1): where the issuer's word is found.
//!
//! ```text
//! cRLDistributionPoints  SEQUENCE { SEQUENCE { [0] { [0] { [6] address } } } }
//! authorityInfoAccess    SEQUENCE { SEQUENCE { id-ad-ocsp, [6] address }, SEQUENCE { id-ad-caIssuers, [6] address } }
//! ```

use crate::{
    oid,
    write::{SEQUENCE, identifier, tlv},
    x509::{CertError, ContentError},
};
use alloc::{format, string::String, vec::Vec};
use der::Decode;
use drip_det::Det;
use x509_cert::ext::pkix::{
    AuthorityInfoAccessSyntax, CrlDistributionPoints,
    name::{DistributionPointName, GeneralName},
};

/// Where the issuer of a certificate publishes; HTTP addresses, each of which may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PkiUrls {
    /// Its revocation list.
    pub crl: Option<String>,
    /// Its OCSP responder.
    pub ocsp: Option<String>,
    /// Its own certificate, in DER.
    pub issuer: Option<String>,
}

impl PkiUrls {
    /// No addresses.
    pub const NONE: PkiUrls = PkiUrls { crl: None, ocsp: None, issuer: None };

    /// The addresses of `issuer` at a DIME whose HTTP door is found at `origin`: `https://dime.example`.
    pub fn of_origin(origin: &str, issuer: Det) -> Self {
        let (origin, issuer) = (origin.trim_end_matches('/'), issuer.to_hex());
        PkiUrls {
            crl: Some(format!("{origin}/pki/{issuer}.crl")),
            ocsp: Some(format!("{origin}/pki/ocsp")),
            issuer: Some(format!("{origin}/pki/{issuer}.cer")),
        }
    }

    pub(super) fn check(&self) -> Result<(), ContentError> {
        let fields = [
            ("cRLDistributionPoints", &self.crl),
            ("authorityInfoAccess", &self.ocsp),
            ("authorityInfoAccess", &self.issuer),
        ];
        match fields
            .into_iter()
            .find_map(|(field, uri)| Some((field, uri.as_ref().filter(|uri| !is_http(uri))?)))
        {
            Some((field, uri)) => Err(ContentError::PkiUri { field, uri: uri.clone() }),
            None => Ok(()),
        }
    }

    /// The value of cRLDistributionPoints, if there is one.
    pub(super) fn distribution_points(&self) -> Option<Vec<u8>> {
        let address = tlv(0x86, &[self.crl.as_ref()?.as_bytes()]);
        Some(tlv(SEQUENCE, &[&tlv(SEQUENCE, &[&tlv(0xa0, &[&tlv(0xa0, &[&address])])])]))
    }

    /// The value of authorityInfoAccess, if there is one.
    pub(super) fn info_access(&self) -> Option<Vec<u8>> {
        let access = |method, uri: &Option<String>| {
            let uri = uri.as_ref().map(|uri| tlv(0x86, &[uri.as_bytes()]));
            uri.map(|uri| tlv(SEQUENCE, &[&identifier(method), &uri])).unwrap_or_default()
        };
        let (ocsp, issuer) = (access(oid::AD_OCSP, &self.ocsp), access(oid::AD_CA_ISSUERS, &self.issuer));
        (!ocsp.is_empty() || !issuer.is_empty()).then(|| tlv(SEQUENCE, &[&ocsp, &issuer]))
    }

    /// Reads the values of both extensions.
    pub(super) fn read(points: Option<&[u8]>, access: Option<&[u8]>) -> Result<Self, CertError> {
        let mut urls = PkiUrls::NONE;
        urls.crl = points.map(read_point).transpose()?;
        let Some(access) = access else {
            return Ok(urls);
        };
        let fault = |reason| CertError::Extension { field: "authorityInfoAccess", reason };
        let list = AuthorityInfoAccessSyntax::from_der(access)
            .map_err(|_| fault("its value is no list of access descriptions"))?;
        for description in &list.0 {
            let uri = uri(&description.access_location).ok_or(fault("a location is no URI"))?;
            let place = match description.access_method {
                oid::AD_OCSP => &mut urls.ocsp,
                oid::AD_CA_ISSUERS => &mut urls.issuer,
                _ => return Err(fault("a method is neither ocsp nor caIssuers")),
            };
            if place.replace(uri).is_some() {
                return Err(fault("two locations of one method"));
            }
        }
        Ok(urls)
    }
}

fn read_point(value: &[u8]) -> Result<String, CertError> {
    let fault = |reason| CertError::Extension { field: "cRLDistributionPoints", reason };
    let list = CrlDistributionPoints::from_der(value).map_err(|_| fault("its value is no list of points"))?;
    let [point] = list.0.as_slice() else {
        return Err(fault("it must be one point"));
    };
    match (&point.distribution_point, &point.reasons, &point.crl_issuer) {
        (Some(DistributionPointName::FullName(names)), None, None) => match names.as_slice() {
            [name] => uri(name).ok_or(fault("the point's name is no URI")),
            _ => Err(fault("the point must have one name")),
        },
        _ => Err(fault("the point must be a full name, for all reasons, of the certificate's own issuer")),
    }
}

fn uri(name: &GeneralName) -> Option<String> {
    match name {
        GeneralName::UniformResourceIdentifier(text) => Some(text.as_str().into()),
        _ => None,
    }
}

/// `http://` or `https://` and something after it, all visible ASCII.
fn is_http(text: &str) -> bool {
    let rest = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
    text.len() <= 255
        && rest.is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|octet| octet.is_ascii_graphic()))
}
