//! SIGHUP: the configuration file is read again, and what can change while the node runs does.
//!
//! | section | |
//! |---|---|
//! | `[dns]`, but for the below | addresses, TLS files, limits, identity, cookies, query log: at once, without a query lost on what stays |
//! | `dns.udp_threads`, `[[dns.secondary]]`, all others | at the next start; a warning names those that differ |
//!
//! A file that is faulty, or that cannot be followed, changes nothing: what was in force stays.

use std::path::Path;

use super::name_server::NameServer;
use crate::config::{Config, Dns};

/// Follows a configuration file.
pub(super) async fn reload(file: &Path, running: &mut Config, name_server: &mut NameServer) {
    let wanted = match Config::load(file) {
        Ok(wanted) => wanted,
        Err(error) => {
            tracing::error!(%error, "the configuration is not read anew; the old one stays in force");
            return;
        }
    };
    if let Err(error) = name_server.reload(&wanted.dns).await {
        tracing::error!(%error, "the configuration cannot be followed; the old one stays in force");
        return;
    }
    // Copies go on as they were begun.
    let secondary = std::mem::take(&mut running.dns.secondary);
    running.dns = Dns { secondary, ..wanted.dns.clone() };
    for section in unlike(running, &wanted) {
        tracing::warn!(
            section,
            "a section of the configuration has changed: it comes into force at the next start"
        );
    }
    tracing::info!(file = %file.display(), "the configuration is read anew");
}

/// The sections that would have to wait.
fn unlike(running: &Config, wanted: &Config) -> Vec<&'static str> {
    let sections = [
        ("data", running.data == wanted.data),
        ("dns.secondary", running.dns.secondary == wanted.dns.secondary),
        ("signing", running.signing == wanted.signing),
        ("policy", running.policy == wanted.policy),
        ("publication", running.publication == wanted.publication),
        ("revocation", running.revocation == wanted.revocation),
        ("dnssec", running.dnssec == wanted.dnssec),
        ("http", running.http == wanted.http),
        ("log", running.log == wanted.log),
    ];
    sections.into_iter().filter(|(_, same)| !same).map(|(section, _)| section).collect()
}
