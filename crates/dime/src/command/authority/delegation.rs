//! `dime authority delegation`: other name servers, DS records or coverage for a registry below.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clap::Args;
use serde_json::{Map, Value, json};

use super::{One, details};
use crate::command::register::registry::{Ds, NameServer, octets_of};
use crate::outcome::Failure;

#[derive(Debug, Args)]
pub(crate) struct Change {
    /// A name server of its zone, instead of those there are; with addresses if the name lies in the zone; repeatable
    #[arg(long = "name-server", value_name = "NAME[=ADDR,…]", required_unless_present_any = ["ds", "no_ds", "coverage", "no_coverage"])]
    name_servers: Vec<NameServer>,
    /// A DS record of its zone, instead of those there are: TAG ALGORITHM TYPE DIGEST, for an RAA with the zone's name before; repeatable
    #[arg(long = "ds", value_name = "DS")]
    ds: Vec<Ds>,
    /// Its zone is signed no longer: take all DS records out
    #[arg(long, conflicts_with = "ds")]
    no_ds: bool,
    /// Where it is responsible: a file with the text or octets of a coverage, or its text
    #[arg(long, value_name = "FILE|TEXT")]
    coverage: Option<String>,
    /// It is responsible nowhere in particular
    #[arg(long, conflicts_with = "coverage")]
    no_coverage: bool,
    #[command(flatten)]
    one: One,
}

impl Change {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let path = format!("/v1/authorities/{}/delegation", self.one.det);
        let document = self.one.server.client()?.send(&path, &Value::Object(self.body()?))?.body;
        self.one.format.print(&document, || details(&document))
    }

    fn body(&self) -> Result<Map<String, Value>, Failure> {
        let mut body = Map::new();
        if !self.name_servers.is_empty() {
            let server = |server: &NameServer| json!({ "name": server.name, "addresses": server.addresses });
            body.insert("name_servers".to_owned(), self.name_servers.iter().map(server).collect());
        }
        if !self.ds.is_empty() || self.no_ds {
            body.insert("ds".to_owned(), self.ds.iter().map(|ds| ds.0.clone()).collect());
        }
        if let Some(coverage) = &self.coverage {
            body.insert("coverage".to_owned(), json!(STANDARD.encode(octets_of(coverage)?)));
        }
        if self.no_coverage {
            body.insert("coverage".to_owned(), json!(""));
        }
        Ok(body)
    }
}
