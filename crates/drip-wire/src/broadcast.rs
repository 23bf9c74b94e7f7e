//! Broadcast Remote ID with DRIP: what a UA sends and an observer hears (RFC 9575, over the frames of ASTM F3411-22a).
//!
//! ```text
//!  Link, Wrapper, Manifest, Frame      Sam              SAM data, at most 201 octets with its type octet
//!           │ pages                    Authentication   with or without a parity page
//!           ▼
//!  Message  Basic ID, Location, …      Message          25 octets each
//!           │ on extended transports
//!           ▼
//!  Pack                                Pack             up to nine messages in one
//! ```
//!
//! * [`Sam`]: the four formats; a [`Link`] carries an endorsement, the other three are [`UaSignedEvidence`].
//! * [`Authentication`]: an authentication message, cut into pages and put together again; [`Pages`] takes pages one by one as they are
//!   heard and gets a lost one back.
//! * [`MessageHash`]: what a [`Manifest`] holds of messages.
//!
//! Where RFC 9575 contradicts itself we produce what its Appendix B verifies, accept the other readings, and say which was met:
//! [`LinkMark`], [`LinkHashRule`], [`CurrentRule`].

mod authentication;
mod basic_id;
mod evidence;
mod frame;
mod hash;
mod link;
mod location;
mod manifest;
mod message;
mod pack;
mod page;
mod page_error;
mod pages;
mod sam;
mod system;
mod wrapper;

pub use authentication::{AdditionalData, Authentication};
pub use basic_id::{BasicId, IdType, UaType};
pub use evidence::{EvidenceError, UaSignedEvidence, UnsignedEvidence};
pub use frame::Frame;
pub use hash::MessageHash;
pub use link::{Link, LinkMark};
pub use location::{Fix, Location};
pub use manifest::{CurrentRule, LinkHashRule, Manifest, ManifestBody};
pub use message::{Message, MessageType};
pub use pack::Pack;
pub use page::{AuthenticationType, Page};
pub use page_error::{Missing, PageError};
pub use pages::{Assembled, Pages, Progress};
pub use sam::{Sam, SamType};
pub use system::System;
pub use wrapper::{Wrapper, WrapperBody, WrapperError};

/// Puts pieces one behind the other into octets of fixed length; what is missing stays zero, what is too much is left out.
fn place<const N: usize>(pieces: &[&[u8]]) -> [u8; N] {
    let mut octets = [0; N];
    for (place, octet) in octets.iter_mut().zip(pieces.iter().copied().flatten()) {
        *place = *octet;
    }
    octets
}
