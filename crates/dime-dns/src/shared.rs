//! What all transports answer with.

use crate::{
    CookieConfig, CookieSecret, Cookies, DnsConfig, RateLimit,
    answering::Answering,
    counters::Counters,
    primary::Primary,
    query_log::QueryLog,
    respond::{Moment, Responder},
    secondary::Secondary,
};
use dime_zone::Zones;
use drip_det::UnixTime;
use parking_lot::RwLock;
use std::{
    sync::{Arc, OnceLock},
    time::{Instant, SystemTime, UNIX_EPOCH},
};

/// What answering takes, whatever a request comes by.
pub(crate) struct Shared {
    pub(crate) zones: Arc<Zones>,
    pub(crate) query_log: QueryLog,
    pub(crate) primary: Arc<Primary>,
    pub(crate) counters: Arc<Counters>,
    /// How everyday requests are answered; others come in its place when settings change.
    pub(crate) answering: RwLock<Arc<Answering>>,
    /// The secret of cookies where none is configured: as long as the process.
    pub(crate) own_secret: CookieSecret,
    /// What the places of networks in the rate limit's table follow from.
    pub(crate) rate_secret: [u8; 16],
    /// When the clock that does not go back began.
    pub(crate) began: Instant,
    /// What is told of changes of zones that are copied from elsewhere.
    pub(crate) secondary: OnceLock<Arc<Secondary>>,
}

impl Shared {
    /// How requests are answered now.
    pub(crate) fn answering(&self) -> Arc<Answering> {
        Arc::clone(&self.answering.read())
    }

    /// How requests are answered by these settings.
    pub(crate) fn answering_of(&self, config: &DnsConfig) -> Answering {
        let cookies = match &config.cookies {
            CookieConfig::Off => None,
            CookieConfig::Own => Some(Cookies::new(self.own_secret, Vec::new())),
            CookieConfig::Shared { current, others } => Some(Cookies::new(*current, others.clone())),
        };
        Answering {
            nsid: config.nsid.clone(),
            cookies,
            rate_limit: RateLimit::new(config.rate_limit.clone(), self.rate_secret),
            query_log: config.query_log,
            elsewhere: self.primary.catalog_name().into_iter().collect(),
        }
    }

    /// What answers the requests of one thread or connection.
    pub(crate) fn responder(&self) -> Responder {
        Responder::counting(self.answering(), Arc::clone(&self.counters))
    }

    /// Now.
    pub(crate) fn moment(&self) -> Moment {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs());
        Moment { now: UnixTime(now), milliseconds: self.began.elapsed().as_millis() as u64 }
    }
}

/// Octets that nobody can guess.
pub(crate) fn secret() -> Result<[u8; 16], getrandom::Error> {
    let mut secret = [0; 16];
    getrandom::fill(&mut secret)?;
    Ok(secret)
}
