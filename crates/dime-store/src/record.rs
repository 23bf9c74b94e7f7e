//! What the registry remembers: registrations, authorities, tokens and answered requests.
//!
//! These are the forms that code works with. How they are written into the journal is [`v1`]'s affair, so that they can change while
//! old octets stay readable.

mod authority;
mod registration;
mod request;
mod token;
pub mod v1;

pub use authority::{Authority, Standing};
pub use registration::{Evidence, Intent, Kind, Registration, RegistrationId, State};
pub use request::Request;
pub use token::{Role, Token, TokenId};
