//! What a zone that another server is the primary of does as that one says.

use super::Zone;
use crate::{Delegation, Serial, ZoneConfig, ZoneError};
use drip_det::ZoneCut;
use std::sync::Arc;

/// Whose zone it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Ours.
    #[default]
    Own,
    /// Another server's, copied.
    Copied,
    /// The same, and too long ago to be still answered from (RFC 1034, section 4.3.5).
    Expired,
}

impl Zone {
    /// Takes the primary's serial.
    pub(crate) fn come_to(&mut self, serial: Serial) {
        self.change = serial;
        Arc::make_mut(&mut self.config).serial = serial;
    }

    /// Takes another configuration and other zones below.
    pub(crate) fn reframe(
        &mut self,
        config: ZoneConfig,
        cuts: Vec<(ZoneCut, Delegation)>,
    ) -> Result<(), ZoneError> {
        let serial = config.serial;
        super::check_servers(&self.name, &config.ns, &config.glue)?;
        self.config = Arc::new(config);
        self.delegations = Default::default();
        for (cut, delegation) in cuts {
            self.delegate(cut, delegation, serial)?;
        }
        self.come_to(serial);
        Ok(())
    }
}
