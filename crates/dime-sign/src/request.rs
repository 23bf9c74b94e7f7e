//! What a signer can be asked to sign. A signature is asked for by the thing it goes under, never by its octets' hash.

use drip_wire::EndorsementBody;

/// Something to be signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignRequest {
    /// A Broadcast Endorsement: this key endorses a child (RFC 9575, section 4.2). By Authorization and Issuing keys.
    Endorsement(EndorsementBody),
    /// TBSCertificate of the Lite profile, in DER. By Authorization and Issuing keys.
    LiteCertificate(Vec<u8>),
    /// An operator's word for an aircraft or flight of its own: the same 72 octets as an endorsement, but no link of the DKI. By
    /// Operational keys only.
    OperatorAttestation(EndorsementBody),
}

impl SignRequest {
    /// The kind of object, as logs and errors name it.
    pub const fn kind(&self) -> &'static str {
        match self {
            SignRequest::Endorsement(_) => "endorsement",
            SignRequest::LiteCertificate(_) => "Lite certificate",
            SignRequest::OperatorAttestation(_) => "operator attestation",
        }
    }
}
