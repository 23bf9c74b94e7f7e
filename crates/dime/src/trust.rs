//! What verifying commands have in common: whom to trust (anchors, trust lists, cross-endorsements, bridges, offline caches), the
//! moment, how unsigned fields are judged, and the report as text.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use drip_client::chain::{
    Anchor, Conditions, LinkKind, Newest, Report, Trust, TrustSources, UnsignedFields, open_caches,
};
use drip_det::{Det, UnixTime};
use drip_wire::Endorsement;
use drip_wire::cache::SignedCache;
use drip_wire::trust::SignedTrustList;

use crate::input;
use crate::outcome::{Answer, Failure};

/// How to judge.
#[derive(Args, Clone, Debug)]
pub(crate) struct Judgement {
    /// Trust anchor: a certificate (PEM, DER), a self-endorsement (136 octets) or the text 'DET KEY'; may be repeated
    #[arg(long, value_name = "FILE")]
    anchor: Vec<PathBuf>,
    /// Trust the RAAs in this signed trust list of an anchor; may be repeated
    #[arg(long, value_name = "FILE")]
    trust_list: Vec<PathBuf>,
    /// Trust RAAs by the cross-endorsements in these files (136 octets each, or several in a row)
    #[arg(long, value_name = "FILE", num_args = 1..)]
    cross: Vec<PathBuf>,
    /// An RAA that is known to be a bridge: it passes trust on, and has no HDAs; may be repeated
    #[arg(long, value_name = "DET")]
    bridge: Vec<Det>,
    /// An offline cache, or a delta to the one before it; may be repeated
    #[arg(long, value_name = "FILE")]
    cache: Vec<PathBuf>,
    /// Judge at this moment (RFC 3339 or Unix seconds) instead of now
    #[arg(long, value_name = "TIME", value_parser = input::moment)]
    at: Option<UnixTime>,
    /// Accept any value the standards allow in fields that no signature covers
    #[arg(long)]
    any_unsigned: bool,
}

impl Judgement {
    /// Who is trusted, with everything brought along.
    pub(crate) fn trust(&self) -> Result<Trust, Failure> {
        self.trust_with(&[])
    }

    /// The same with these caches before those of the command line.
    pub(crate) fn trust_with(&self, caches: &[PathBuf]) -> Result<Trust, Failure> {
        let sources = TrustSources {
            anchors: read(&self.anchor, Anchor::parse)?,
            lists: read(&self.trust_list, SignedTrustList::decode)?,
            cross: read(&self.cross, endorsements)?.concat(),
            bridges: self.bridge.clone(),
        };
        let trust = Trust::settle(&sources, self.at()?);
        let paths = [caches, &self.cache].concat();
        let signed = read(&paths, SignedCache::decode)?;
        if signed.is_empty() {
            return Ok(trust);
        }
        open_caches(&signed, &trust, &Newest::none()).map(|(_, trust)| trust).map_err(|error| {
            let names: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
            Failure::No(format!("{}: {error}", names.join(", ")))
        })
    }

    /// The same with this cache after those of the command line.
    pub(crate) fn trust_with_last(&self, cache: &Path) -> Result<Trust, Failure> {
        let mut judgement = self.clone();
        judgement.cache.push(cache.to_owned());
        judgement.trust()
    }

    /// Whether there is an anchor at all.
    pub(crate) fn has_anchor(&self) -> bool {
        !self.anchor.is_empty()
    }

    /// The moment to judge at.
    fn at(&self) -> Result<UnixTime, Failure> {
        self.at.map_or_else(input::now, Ok)
    }

    /// The conditions.
    pub(crate) fn conditions(&self) -> Result<Conditions, Failure> {
        let at = self.at()?;
        let unsigned_fields =
            if self.any_unsigned { UnsignedFields::AnyStandard } else { UnsignedFields::AsIssued };
        Ok(Conditions { at, unsigned_fields })
    }
}

/// Read files, each as one thing.
fn read<T, E: std::fmt::Display>(
    paths: &[PathBuf],
    parse: impl Fn(&[u8]) -> Result<T, E>,
) -> Result<Vec<T>, Failure> {
    paths
        .iter()
        .map(|path| {
            let octets = input::octets(path)?;
            parse(&octets).map_err(|error| Failure::usage(format!("{}: {error}", path.display())))
        })
        .collect()
}

/// Endorsements in a row.
pub(crate) fn endorsements(octets: &[u8]) -> Result<Vec<Endorsement>, String> {
    if octets.is_empty() {
        return Err("it is empty".to_owned());
    }
    octets
        .chunks(Endorsement::LEN)
        .map(|chunk| Endorsement::decode(chunk).map_err(|error| error.to_string()))
        .collect()
}

/// The report for people: the verdict, then each certificate and endorsement, and whatever is broken.
pub(crate) fn text(report: &Report) -> String {
    let verdict = if report.is_trusted() { "trusted" } else { "NOT trusted" };
    let mut text = format!("{verdict} ({})\n{}\n", report.state, report.reason);
    let mut records = 0;
    for link in &report.links {
        let is_record = matches!(
            link.kind,
            LinkKind::Hhit | LinkKind::Brid | LinkKind::Hip | LinkKind::Cert | LinkKind::Tlsa
        );
        if is_record && link.is_ok() {
            records += 1;
            continue;
        }
        let mark = if link.is_ok() { "ok    " } else { "BROKEN" };
        // Writing to a string cannot fail.
        let _ = write!(text, "  {mark} {link}");
        if let Some(fault) = &link.fault {
            let _ = write!(text, ": {fault}");
        }
        text.push('\n');
    }
    if records > 0 {
        let _ = writeln!(text, "  ok     {records} records agree with their DETs");
    }
    text
}

/// The answer to the report's question.
pub(crate) fn answer(report: &Report) -> Result<Answer, Failure> {
    match report.state {
        drip_client::State::Unreachable => Err(Failure::unable(&report.reason)),
        _ if report.is_trusted() => Ok(Answer::Yes),
        _ => Ok(Answer::No),
    }
}
