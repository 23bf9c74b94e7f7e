//! `dime cache export`: a signed cache, chosen as asked.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use dime_registry::{CacheError, CacheQuery, Chains, Near};
use drip_det::{Det, Hid};
use drip_wire::cache::SignedCache;
use drip_wire::coverage::Position;

use super::show::{describe, text};
use crate::files;
use crate::input;
use crate::node::offline;
use crate::outcome::{Answer, Failure, Outcome};
use crate::output::Format;
use crate::remote::Server;

/// The media type of signed caches (RFC 9052, section 12.5).
const COSE: &str = "application/cose";

#[derive(Debug, Args)]
pub(crate) struct Export {
    /// Only these HDAs; RAA/0 for all of an RAA's
    #[arg(long, value_name = "RAA/HDA", num_args = 1..)]
    hid: Vec<Hid>,
    /// Only HDAs that cover something near this place
    #[arg(long, value_name = "LAT,LON", requires = "km", allow_hyphen_values = true)]
    near: Option<Position>,
    /// How near, in kilometres
    #[arg(long, value_name = "N", requires = "near")]
    km: Option<u32>,
    /// What is above the HDAs
    #[arg(long, value_name = "WHICH", default_value = "full")]
    chains: ChainsWord,
    /// Operational DETs whose endorsements are wanted, too
    #[arg(long, value_name = "DET", num_args = 1..)]
    det: Vec<Det>,
    /// What changed since this cache, given by its file; or by its sequence
    #[arg(long, value_name = "FILE|N")]
    since: Option<String>,
    /// Where to write the cache
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The data directory of a stopped server, instead of --server
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    #[command(flatten)]
    server: Server,
    #[command(flatten)]
    format: Format,
}

/// What is above the HDAs.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum ChainsWord {
    /// Everything up to the trust anchor
    Full,
    /// Only what is above the signer, which vouches for the rest
    Signer,
}

pub(super) fn run(command: &Export) -> Outcome {
    let query = command.query()?;
    let octets = match &command.dir {
        Some(dir) => {
            let registry = offline::with_keys(dir)?;
            registry.offline_cache(&query).map_err(refused)?.encode()
        }
        None => command.server.client()?.fetch_octets(&path(&query), COSE)?,
    };
    let signed = SignedCache::decode(&octets).map_err(Failure::unable)?;
    files::write(&command.out, &octets)?;
    let document = describe(&signed);
    let text = format!("{}\nwritten to  {}", text(&document), command.out.display());
    command.format.print(&document, || text)?;
    Ok(Answer::Yes)
}

impl Export {
    fn query(&self) -> Result<CacheQuery, Failure> {
        let near =
            self.near.zip(self.km).map(|(position, km)| Near { position, metres: km.saturating_mul(1000) });
        let since = self.since.as_deref().map(since).transpose()?;
        Ok(CacheQuery {
            hids: self.hid.iter().copied().collect(),
            near,
            chains: match self.chains {
                ChainsWord::Full => Chains::Full,
                ChainsWord::Signer => Chains::Signer,
            },
            dets: self.det.iter().copied().collect(),
            since,
        })
    }
}

/// A sequence, or the sequence of the cache in a file.
fn since(text: &str) -> Result<u64, Failure> {
    if let Ok(sequence) = text.parse() {
        return Ok(sequence);
    }
    let path = PathBuf::from(text);
    let signed = SignedCache::decode(&input::octets(&path)?).map_err(|error| Failure::file(&path, error))?;
    Ok(signed.cache().sequence)
}

fn path(query: &CacheQuery) -> String {
    let list = |members: Vec<String>| members.join(",");
    let mut parameters = Vec::new();
    if !query.hids.is_empty() {
        parameters.push(format!("hid={}", list(query.hids.iter().map(ToString::to_string).collect())));
    }
    if let Some(Near { position, metres }) = &query.near {
        parameters.push(format!("near={position}&km={}", f64::from(*metres) / 1000.0));
    }
    if query.chains == Chains::Signer {
        parameters.push("chains=signer".to_owned());
    }
    if !query.dets.is_empty() {
        parameters.push(format!("det={}", list(query.dets.iter().map(ToString::to_string).collect())));
    }
    if let Some(since) = query.since {
        parameters.push(format!("since={since}"));
    }
    match parameters.is_empty() {
        true => "/v1/dki/cache".to_owned(),
        false => format!("/v1/dki/cache?{}", parameters.join("&")),
    }
}

fn refused(error: CacheError) -> Failure {
    match error {
        CacheError::Ours(fault) => Failure::unable(fault),
        other => Failure::No(other.to_string()),
    }
}
