//! HTTP Message Signatures (RFC 9421) by the key of a DET, with the Content-Digest of RFC 9530.
//!
//! A registrant who acts under an operator's DET signs the request: `keyid` is the DET, the algorithm is Ed25519. The same code makes
//! such signatures ([`sign_request`]) and reads them ([`Presented::find`]); a reader goes through three types, each the proof of the
//! check before it:
//!
//! ```text
//! Request ── Presented::find ──► Presented ── check(body, now) ──► Checked ── verify(hi) ──► Proved
//!            fields parse        covers enough, fresh, digest right         the DET's key signed it
//! ```
//!
//! What must be covered: `@method`; the target, by `@target-uri`, by `@request-target`, or by `@path` and, if the request has a query,
//! `@query`; `content-digest` if it has a body. `created` is required, at most [`WINDOW`] seconds from now. Anything more may be covered.
//! Component parameters (`;sf`, `;req`, …) are not understood and refused.

mod component;
mod content_digest;
mod presented;
mod request;
mod sign;

pub use component::{Component, ComponentError};
pub use content_digest::{DigestError, check_content_digest, content_digest};
pub use presented::{Checked, Presented, Proved, SignatureError, WINDOW};
pub use request::{Request, signature_base};
pub use sign::{SignatureParams, SignedFields, sign, sign_request};
