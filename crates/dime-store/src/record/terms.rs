//! What certificates say beside the DET, decided with the intent: a start under another configuration still signs what was decided.

/// What the configuration put into certificates when they were decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateTerms {
    /// The URI beside the DET in subjectAltName.
    pub uri: Option<String>,
    /// Whether the Full certificate has a keyUsage.
    pub key_usage: KeyUsage,
    /// Where this DIME's HTTP door was found by everybody: lists, responders and issuers' certificates are below it.
    pub origin: Option<String>,
    /// How many lists the certificates of an issuer were divided among.
    pub shards: u16,
}

/// Whether a Full certificate says what its key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyUsage {
    /// It does not.
    Absent,
    /// It does.
    Present,
}

/// A device as its manufacturer names it (hardwareModuleName, RFC 4108, section 5). It is in the certificate and so in the DNS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HardwareModule {
    /// The kind of device: an object identifier in dotted decimal, from the manufacturer's own arc.
    pub hw_type: String,
    /// Its serial number among devices of that kind.
    pub hw_serial: Vec<u8>,
}
