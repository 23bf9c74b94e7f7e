//! Who made a change.

use crate::TokenId;
use core::fmt;
use drip_det::Det;

/// Who made a change, for the audit log.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Actor {
    /// This DIME itself: expiry, completion of what was intended.
    System,
    /// Somebody unnamed.
    Anonymous,
    /// The person at this machine's command line.
    Local,
    /// The holder of a token.
    Token(TokenId),
    /// The holder of a DET's key.
    Det(Det),
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Actor::System => f.write_str("system"),
            Actor::Anonymous => f.write_str("anonymous"),
            Actor::Local => f.write_str("local"),
            Actor::Token(id) => write!(f, "token:{id}"),
            Actor::Det(det) => write!(f, "det:{det}"),
        }
    }
}
