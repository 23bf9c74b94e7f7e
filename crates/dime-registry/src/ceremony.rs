//! The registry's side of the offline ceremony (draft-ietf-drip-dki, section 4): what is asked of Authorization keys, and what of their
//! answers is taken in.
//!
//! ```text
//! Prospect, approved registration ──► ceremony_request ──► Request ─┐
//!                                                                   │  offline, with the Authorization key
//! authorities, delegations, DNS   ◄── ceremony_import  ◄── Answer ◄─┘
//!                                 ◄── bundle_import    ◄── Bundle, from the level above
//! ```
//!
//! The store remembers every request by its digest before it is handed out. An answer is taken in whole or not at all, in one commit, and
//! the same answer again changes nothing. Nothing here holds an Authorization key.

mod admit;
mod answer;
mod authority;
mod bundle;
mod request;
mod wanted;

pub use admit::{Admitted, ObjectFault};
pub use answer::{Imported, Novelty, RefusedItem};
pub use wanted::{CrossWanted, Lifetimes, ListWanted, Overlong, OwnKeys, RegistrationsWanted, Wanted};
