//! `dime quickstart`: a complete TEST hierarchy on this machine, served at once.
//!
//! The first start makes keys, hierarchy, token and configuration in the data directory; a later one
//! reuses what is there, and finishes what an interrupted first start left undone.

mod found;
mod greeting;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::Args;
use dime_registry::{Caller, NewToken, Registry, Role};
use drip_det::Hid;

use crate::config::Config;
use crate::node::open::Source;
use crate::node::{self, layout, open, start_logging};
use crate::outcome::{Failure, Outcome};
use crate::{files, input};

/// RAA and HDA of the TEST hierarchy, the open test RAA of the DRIP working group.
const TEST_PLACE: u16 = 16376;

#[derive(Debug, Args)]
pub(crate) struct Quickstart {
    /// The data directory
    #[arg(long, value_name = "DIR", default_value = "./dime-data")]
    dir: PathBuf,
    /// Where to answer DNS [default: as DIR/dime.toml says, at first 127.0.0.1:5300]
    #[arg(long, value_name = "ADDR")]
    dns: Option<SocketAddr>,
    /// Where to answer HTTP [default: as DIR/dime.toml says, at first 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR")]
    http: Option<SocketAddr>,
    /// Where everybody finds this server's HTTP, for certificates to name; when DIR is new [default: nowhere]
    #[arg(long, value_name = "URL")]
    public_origin: Option<String>,
    /// RAA of the hierarchy [default: 16376, or that of DIR]
    #[arg(long, value_name = "N")]
    raa: Option<u16>,
    /// HDA of the hierarchy [default: 16376, or that of DIR]
    #[arg(long, value_name = "N")]
    hda: Option<u16>,
}

pub(crate) fn run(command: &Quickstart) -> Outcome {
    let dir = &command.dir;
    files::make_dir(dir)?;
    let config = configuration(command)?;
    start_logging(&config.log)?;
    found::check_key_files(dir)?;
    let store = open::store(dir)?;
    let hid = match found::existing(&store)? {
        Some(hid) => {
            agree(command, hid)?;
            hid
        }
        None => {
            let raa = command.raa.unwrap_or(TEST_PLACE);
            let hda = command.hda.unwrap_or(TEST_PLACE);
            let hid = Hid::from_numbers(raa, hda).map_err(Failure::usage)?;
            found::found(dir, &store, &config, hid, input::now()?)?;
            hid
        }
    };
    found::write_anchor(dir, &store)?;
    found::sign_zones(dir, &config, hid)?;
    let opened = open::registry(store, &config, Source::Snapshot)?;
    write_token(dir, &opened.registry)?;
    // Addresses of the command line outweigh the file: it is not read again while this runs.
    node::run(opened, &config, None, |addresses| greeting::print(dir, hid, addresses))
}

/// The configuration in the directory, made if there is none; the addresses of this command line count
/// for this start, and for later ones when the file is new.
fn configuration(command: &Quickstart) -> Result<Config, Failure> {
    let path = layout::config(&command.dir);
    if !path.exists() {
        let mut config = Config::default();
        // The RAA's Issuing key says what became of the authorities: lists and OCSP.
        let keys = [found::HDA_ISSUING, found::RAA_ISSUING];
        config.signing.issuing_keys = keys.map(|name| Path::new("keys").join(name).into()).to_vec();
        if let Some(origin) = &command.public_origin {
            config.http.public_origin.clone_from(origin);
        }
        set_addresses(&mut config, command);
        let text = format!(
            "# Made by 'dime quickstart'; every key is explained by 'dime config example'.\n{}",
            config.to_toml().map_err(Failure::unable)?
        );
        // What a later start would refuse is not written.
        Config::parse(&path, &text).map_err(Failure::usage)?;
        files::write(&path, text.as_bytes())?;
    }
    let mut config = Config::load(&path).map_err(Failure::unable)?;
    set_addresses(&mut config, command);
    Ok(config)
}

fn set_addresses(config: &mut Config, command: &Quickstart) {
    if let Some(dns) = command.dns {
        config.dns.listen = vec![dns];
    }
    if let Some(http) = command.http {
        config.http.listen = http;
    }
}

/// A place asked for must be that of the hierarchy which is there.
fn agree(command: &Quickstart, hid: Hid) -> Result<(), Failure> {
    let raa_agrees = command.raa.is_none_or(|raa| raa == hid.raa.value());
    let hda_agrees = command.hda.is_none_or(|hda| hda == hid.hda.value());
    if raa_agrees && hda_agrees {
        Ok(())
    } else {
        Err(Failure::usage(format!(
            "{} holds the hierarchy of RAA {} and HDA {}; give another --dir for another one",
            command.dir.display(),
            hid.raa,
            hid.hda
        )))
    }
}

/// The manager's token, if there is none yet.
fn write_token(dir: &Path, registry: &Registry) -> Result<(), Failure> {
    let path = layout::token(dir);
    if path.exists() {
        return Ok(());
    }
    let token = NewToken { role: Role::Manager, hid: None, ttl: None, label: "quickstart".to_owned() };
    let (_, secret) = registry.create_token(token, &Caller::Local).map_err(Failure::unable)?;
    files::write_secret(&path, format!("{}\n", secret.reveal()).as_bytes())
}
