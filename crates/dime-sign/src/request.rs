//! What a signer can be asked to sign. A signature is asked for by the thing it goes under, never by its octets' hash.

use drip_cert::x509::Profile;
use drip_wire::EndorsementBody;
use drip_wire::broadcast::UnsignedEvidence;

/// Something to be signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignRequest {
    /// A Broadcast Endorsement: this key endorses a child (RFC 9575, section 4.2). By Authorization and Issuing keys.
    Endorsement(EndorsementBody),
    /// TBSCertificate of the Lite profile, in DER. By Authorization and Issuing keys.
    LiteCertificate(Vec<u8>),
    /// TBSCertificate of the Full profile, in DER. By Authorization and Issuing keys.
    FullCertificate(Vec<u8>),
    /// TBSCertificate of the mtls profile, in DER. By Authorization and Issuing keys.
    MtlsCertificate(Vec<u8>),
    /// The ten items of a native C509 certificate (type 2), whose content is of one of the profiles. By Authorization and Issuing keys.
    C509Certificate(Vec<u8>),
    /// TBSCertList of a revocation list, in DER (RFC 5280, section 5). By Issuing and Authorization keys.
    Crl(Vec<u8>),
    /// ResponseData of an OCSP response, in DER (RFC 6960). By Operational keys that answer for an issuer, and by Issuing keys.
    OcspResponse(Vec<u8>),
    /// An operator's word for an aircraft or flight of its own: the same 72 octets as an endorsement, but no link of the DKI. By
    /// Operational keys only.
    OperatorAttestation(EndorsementBody),
    /// What a UA says of itself on the air: the evidence of a Wrapper, Manifest or Frame (RFC 9575, section 4.1). By Operational keys
    /// only.
    UaEvidence(UnsignedEvidence),
    /// A trust list, as `drip_wire::trust` writes it; what is signed is its COSE envelope. By an RAA's Authorization key.
    TrustList(Vec<u8>),
    /// An offline cache, as `drip_wire::cache` writes it; what is signed is its COSE envelope. By Issuing keys.
    OfflineCache(Vec<u8>),
}

impl SignRequest {
    /// The request for a certificate of this profile, by its TBSCertificate in DER.
    pub const fn certificate(profile: Profile, tbs: Vec<u8>) -> Self {
        match profile {
            Profile::Lite => SignRequest::LiteCertificate(tbs),
            Profile::Full => SignRequest::FullCertificate(tbs),
            Profile::Mtls => SignRequest::MtlsCertificate(tbs),
        }
    }

    /// The kind of object, as logs and errors name it.
    pub const fn kind(&self) -> &'static str {
        match self {
            SignRequest::Endorsement(_) => "endorsement",
            SignRequest::LiteCertificate(_) => "Lite certificate",
            SignRequest::FullCertificate(_) => "Full certificate",
            SignRequest::MtlsCertificate(_) => "mtls certificate",
            SignRequest::C509Certificate(_) => "native C509 certificate",
            SignRequest::Crl(_) => "revocation list",
            SignRequest::OcspResponse(_) => "OCSP response",
            SignRequest::OperatorAttestation(_) => "operator attestation",
            SignRequest::UaEvidence(_) => "UA-signed evidence",
            SignRequest::TrustList(_) => "trust list",
            SignRequest::OfflineCache(_) => "offline cache",
        }
    }
}
