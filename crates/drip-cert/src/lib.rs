//! Certificates of DRIP: PKCS#10 requests, the X.509 profiles Lite, Full and mtls, and what revokes them.
//!
//! A device asks with a certification request ([`csr`], RFC 2986) whose signature proves that it holds the key; an authority answers
//! with certificates, which bind the same key to the same DET as the endorsement beside them. Chains of Lite and Full certificates are
//! built by DET, never by name: the issuer field names the parent's DET, the parent carries that DET as its subject alternative name.
//! In mtls certificates the names chain, too.
//!
//! Everything here is strict DER: what is accepted is encoded again to the same octets, or refused.
//!
//! * [`csr::Csr`] → [`csr::VerifiedCsr`]: a request read, and its signature verified; [`csr::CsrSpec`]: a request to be made.
//! * [`lite::LiteTbs`], [`full::FullTbs`], [`mtls::MtlsTbs`]: a certificate to be signed; [`x509::X509`]: one read back field by field;
//!   [`Certificate`]: one of whatever profile.
//! * [`lint`]: the rules of RFC 5280 and of DRIP checked before each signature; what the profiles break on purpose.
//! * [`c509`]: certificates and requests in CBOR.
//! * [`pem`]: the text form of both. [`der`](DerFault): where octets stop being DER.
#![no_std]
extern crate alloc;

mod algorithm;
pub mod c509;
mod certificate;
pub mod crl;
pub mod csr;
pub mod full;
pub mod lint;
pub mod lite;
pub mod mtls;
pub mod ocsp;
mod oid;
pub mod pem;
mod strict;
mod write;
pub mod x509;

pub use algorithm::ForeignAlgorithm;
pub use certificate::Certificate;
pub use der::asn1::ObjectIdentifier;
pub use strict::{DerFault, DerFaultKind};
