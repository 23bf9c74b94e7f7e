//! Certificates of DRIP: PKCS#10 requests and the X.509 Lite profile.
//!
//! A device asks with a certification request ([`csr`], RFC 2986) whose signature proves that it holds the key; an authority answers
//! with a certificate of the Lite profile ([`lite`]), which binds the same key to the same DET as the endorsement beside it. Chains of
//! these certificates are built by DET, never by name: the issuer field names the parent's DET, the parent carries that DET as its
//! subject alternative name.
//!
//! Everything here is strict DER: what is accepted is encoded again to the same octets, or refused.
//!
//! * [`csr::Csr`] → [`csr::VerifiedCsr`]: a request read, and its signature verified; [`csr::CsrSpec`]: a request to be made.
//! * [`lite::LiteTbs`]: a certificate to be signed; [`lite::LiteCertificate`]: one read back field by field.
//! * [`pem`]: the text form of both. [`der`](DerFault): where octets stop being DER.
#![no_std]
extern crate alloc;

mod algorithm;
pub mod csr;
pub mod lite;
mod oid;
pub mod pem;
mod strict;
mod write;

pub use algorithm::ForeignAlgorithm;
pub use der::asn1::ObjectIdentifier;
pub use strict::{DerFault, DerFaultKind};
