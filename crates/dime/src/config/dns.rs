//! `[dns]`: the name server's sockets.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

/// Where DNS is served, over UDP and TCP.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Dns {
    /// The addresses; none means that this process serves no DNS.
    pub(crate) listen: Vec<SocketAddr>,
}

impl Default for Dns {
    fn default() -> Self {
        Self { listen: vec![SocketAddr::from(([127, 0, 0, 1], 5300))] }
    }
}
