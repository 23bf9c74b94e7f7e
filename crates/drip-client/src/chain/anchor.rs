//! Trust anchors: a DET and its key, taken from a certificate, a self-endorsement or text.

use drip_cert::Certificate;
use drip_cert::pem::{self, Label};
use drip_cert::x509::Role;
use drip_det::{Det, DetClass, HostIdentity};
use drip_wire::Endorsement;

/// A DET and key that are trusted because the user says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// The DET.
    pub det: Det,
    /// Its key.
    pub hi: HostIdentity,
    /// What it may sign, where its certificate says so.
    pub class: Option<DetClass>,
}

/// Why a file is no trust anchor.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnchorError {
    /// It is none of the forms known.
    #[error(
        "it is neither a DRIP certificate (PEM or DER), nor an endorsement of 136 octets, nor the text 'DET KEY'"
    )]
    Unrecognised,
    /// It is a certificate that cannot be read.
    #[error("the certificate cannot be read: {0}")]
    Certificate(String),
    /// It is an endorsement that cannot be read, or not one of a DET by itself.
    #[error("the endorsement cannot be read: {0}")]
    Endorsement(String),
    /// Its key does not belong to its DET.
    #[error("the key does not belong to {det}: {why}")]
    KeyMismatch {
        /// The DET.
        det: Det,
        /// The diagnosis.
        why: String,
    },
}

impl Anchor {
    /// An anchor of this DET and key, which must belong together.
    ///
    /// # Errors
    ///
    /// [`AnchorError::KeyMismatch`].
    pub fn new(det: Det, hi: HostIdentity) -> Result<Self, AnchorError> {
        det.check(&hi).map_err(|why| AnchorError::KeyMismatch { det, why: why.to_string() })?;
        Ok(Self { det, hi, class: None })
    }

    /// Read an anchor from the octets of a file: a certificate in PEM or DER, a self-endorsement of 136
    /// octets, a JSON object with `det` and `hi`, or one line of text with the DET and the key in
    /// hexadecimal.
    ///
    /// # Errors
    ///
    /// [`AnchorError`], naming what the file seems to be.
    pub fn parse(octets: &[u8]) -> Result<Self, AnchorError> {
        if octets.len() == Endorsement::LEN {
            return Self::from_endorsement(octets);
        }
        if octets.first() == Some(&0x30) {
            return Self::from_certificate(octets);
        }
        if pem::is_pem(octets) {
            let der = pem::decode(Label::Certificate, octets)
                .map_err(|error| AnchorError::Certificate(error.to_string()))?;
            return Self::from_certificate(&der);
        }
        let text = core::str::from_utf8(octets).map_err(|_| AnchorError::Unrecognised)?;
        if text.trim_start().starts_with('{') {
            return Self::from_json(text);
        }
        let mut words = text.split_whitespace();
        match (words.next(), words.next(), words.next()) {
            (Some(det), Some(hi), None) => {
                let det = det.parse().map_err(|_| AnchorError::Unrecognised)?;
                let hi = hi.parse().map_err(|_| AnchorError::Unrecognised)?;
                Self::new(det, hi)
            }
            _ => Err(AnchorError::Unrecognised),
        }
    }

    fn from_certificate(der: &[u8]) -> Result<Self, AnchorError> {
        let certificate =
            Certificate::parse(der).map_err(|error| AnchorError::Certificate(error.to_string()))?;
        let anchor = Self::new(certificate.det(), *certificate.hi())?;
        let class = match certificate.role() {
            Role::Authority(class) => Some(class),
            // Only an Authorization DET signs itself.
            Role::AnyAuthority if certificate.issuer() == certificate.det() => Some(DetClass::Authorization),
            Role::AnyAuthority => None,
            Role::EndEntity => Some(DetClass::Operational),
        };
        Ok(Self { class, ..anchor })
    }

    fn from_json(text: &str) -> Result<Self, AnchorError> {
        let document: serde_json::Value =
            serde_json::from_str(text).map_err(|_| AnchorError::Unrecognised)?;
        let member = |name: &str| document.get(name).and_then(serde_json::Value::as_str);
        let det = member("det").and_then(|text| text.parse().ok()).ok_or(AnchorError::Unrecognised)?;
        let hi = member("hi").and_then(|text| text.parse().ok()).ok_or(AnchorError::Unrecognised)?;
        Self::new(det, hi)
    }

    /// Whoever signed an endorsement of itself is its own parent; an endorsement by another would
    /// anchor its child.
    fn from_endorsement(octets: &[u8]) -> Result<Self, AnchorError> {
        let endorsement =
            Endorsement::decode(octets).map_err(|error| AnchorError::Endorsement(error.to_string()))?;
        if endorsement.parent == endorsement.child {
            endorsement
                .verify(&endorsement.child_hi)
                .map_err(|_| AnchorError::Endorsement("its own key did not sign it".to_owned()))?;
        }
        Self::new(endorsement.child, endorsement.child_hi)
    }
}
