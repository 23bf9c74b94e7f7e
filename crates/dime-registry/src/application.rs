//! What a registrant sends.

use crate::{Kind, SubRegistry};
use dime_store::HardwareModule;
use drip_det::{Det, UnixTime};

/// An application to register one DET.
///
/// Serial number, operator, flight and contact are private: they never reach the DNS nor a public view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    /// What is to be registered.
    pub kind: Kind,
    /// The request: PKCS#10 in DER or PEM, C509, or a registration token (see [`Application::of_token`]). Its signature is the proof of
    /// possession; its DET, if it has one, chooses the HDA.
    pub csr: Vec<u8>,
    /// The DET of the operator it belongs to. Needed for aircraft and sessions unless a manager vouches; when the caller signed as a
    /// DET and this is missing, that DET is the operator.
    pub operator: Option<Det>,
    /// The operator's consent as an endorsement (136 octets): parent the operator's DET, child the new DET and key.
    pub operator_attestation: Option<Vec<u8>>,
    /// The aircraft's serial number (CTA-2063-A), or any other device's; the CSR may say it instead.
    pub serial_number: Option<String>,
    /// Until when it should be valid; without it the kind's default.
    pub not_after: Option<UnixTime>,
    /// The flight or operational intent of a session.
    pub flight: Option<String>,
    /// How to reach the registrant.
    pub contact: Option<String>,
    /// The `Idempotency-Key` of the request: the same key with the same content gives the same result, once.
    pub idempotency_key: Option<String>,
    /// What proves [`Caller::Det`](crate::Caller::Det), as text or octets to be kept: the signature base and signature of RFC 9421.
    pub evidence: Option<Vec<u8>>,
    /// The device, in the certificate of one that never ends; it becomes public.
    pub hardware_module: Option<HardwareModule>,
    /// What an HDA or RAA says of itself. Nobody else has this.
    pub registry: Option<SubRegistry>,
}

impl Application {
    /// The least an application has: a kind and a request.
    pub const fn new(kind: Kind, csr: Vec<u8>) -> Self {
        Application {
            kind,
            csr,
            operator: None,
            operator_attestation: None,
            serial_number: None,
            not_after: None,
            flight: None,
            contact: None,
            idempotency_key: None,
            evidence: None,
            hardware_module: None,
            registry: None,
        }
    }
}

/// A wish to have a registration's validity extended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Renewal {
    /// Until when it should be valid; without it the kind's default.
    pub not_after: Option<UnixTime>,
    /// The `Idempotency-Key` of the request.
    pub idempotency_key: Option<String>,
}
