//! Text encoding of DER objects (RFC 7468).

use alloc::{string::String, vec::Vec};
use der::pem::{Decoder, LineEnding};

/// What a text object says it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    /// `CERTIFICATE`: X.509.
    Certificate,
    /// `CERTIFICATE REQUEST`: PKCS#10. The older `NEW CERTIFICATE REQUEST` is read, too.
    CertificateRequest,
    /// `X509 CRL`: a revocation list.
    Crl,
    /// `PUBLIC KEY`: SubjectPublicKeyInfo.
    PublicKey,
}

/// Why a text is no such object.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PemError {
    /// It is not text of the form of RFC 7468.
    #[error("not PEM: {0}")]
    Form(der::pem::Error),
    /// It is PEM of another kind of object.
    #[error("PEM labelled {found:?}, expected {expected:?}", expected = .expected.text())]
    Label {
        /// What was asked for.
        expected: Label,
        /// What the text says.
        found: String,
    },
}

impl Label {
    /// The words between the hyphens.
    pub const fn text(self) -> &'static str {
        match self {
            Label::Certificate => "CERTIFICATE",
            Label::CertificateRequest => "CERTIFICATE REQUEST",
            Label::Crl => "X509 CRL",
            Label::PublicKey => "PUBLIC KEY",
        }
    }

    fn reads(self, found: &str) -> bool {
        found == self.text() || (self == Label::CertificateRequest && found == "NEW CERTIFICATE REQUEST")
    }
}

/// Whether `octets` look like a text object at all: somewhere a line begins one.
pub fn is_pem(octets: &[u8]) -> bool {
    octets.windows(11).any(|window| window == b"-----BEGIN ")
}

/// The text of an object: lines of 64 characters, line feeds between them.
#[allow(
    clippy::expect_used,
    reason = "our labels are valid and the buffer is measured by the encoder itself"
)]
pub fn encode(label: Label, der: &[u8]) -> String {
    der::pem::encode_string(label.text(), LineEnding::LF, der).expect("valid label")
}

/// The octets in a text object. Text before it, other line lengths and line ends, and white space after it are accepted.
pub fn decode(expected: Label, text: &[u8]) -> Result<Vec<u8>, PemError> {
    let mut decoder = Decoder::new_detect_wrap(text.trim_ascii_end()).map_err(PemError::Form)?;
    if !expected.reads(decoder.type_label()) {
        return Err(PemError::Label { expected, found: decoder.type_label().into() });
    }
    let mut der = Vec::new();
    decoder.decode_to_end(&mut der).map_err(PemError::Form)?;
    Ok(der)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{format, string::ToString};

    #[test]
    fn there_and_back() {
        let der: Vec<u8> = (0..200).collect();
        let text = encode(Label::Certificate, &der);
        assert!(text.starts_with("-----BEGIN CERTIFICATE-----\n"));
        assert_eq!(decode(Label::Certificate, text.as_bytes()), Ok(der.clone()));
        let crlf = text.replace('\n', "\r\n") + "\r\n\n";
        assert_eq!(decode(Label::Certificate, crlf.as_bytes()), Ok(der.clone()));
        let body: String = text.lines().filter(|line| !line.starts_with('-')).collect();
        let one_line = format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----");
        assert_eq!(decode(Label::Certificate, one_line.as_bytes()), Ok(der.clone()));
        let preamble = "Certificate:\n    Data:\n".to_string() + &text;
        assert_eq!(decode(Label::Certificate, preamble.as_bytes()), Ok(der));
    }

    #[test]
    fn other_labels_are_named() {
        let text = encode(Label::Certificate, b"x");
        assert_eq!(
            decode(Label::CertificateRequest, text.as_bytes()),
            Err(PemError::Label { expected: Label::CertificateRequest, found: "CERTIFICATE".into() })
        );
        let old = encode(Label::CertificateRequest, b"x").replace("CERTIFICATE", "NEW CERTIFICATE");
        assert_eq!(decode(Label::CertificateRequest, old.as_bytes()), Ok(b"x".to_vec()));
        assert!(matches!(decode(Label::Certificate, b"no PEM"), Err(PemError::Form(_))));
        assert!(!is_pem(b"no PEM"));
        assert!(is_pem(old.as_bytes()));
    }
}
