//! What quickstart prints once it answers: the ready line for programs, then lines to paste.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use drip_det::{Hid, ZoneCut};

use crate::node::{Addresses, layout};
use crate::outcome::Failure;
use crate::output::print_line;

/// Print it.
pub(super) fn print(dir: &Path, hid: Hid, addresses: &Addresses) -> Result<(), Failure> {
    let dns: Vec<String> = addresses.dns.iter().map(ToString::to_string).collect();
    print_line(&format!(
        "ready dns={} http={} raa={} hda={} dir={}",
        dns.join(","),
        addresses.http,
        hid.raa,
        hid.hda,
        dir.display()
    ))?;
    print_line(&lines(dir, hid, addresses))
}

/// The lines, with this program and these addresses, so that they run as printed.
fn lines(dir: &Path, hid: Hid, addresses: &Addresses) -> String {
    let dime = quote(&program());
    let token = quote(&layout::token(dir));
    let anchor = quote(&layout::anchor_pem(dir));
    let signed = quote(&layout::dnssec_anchor(dir));
    let root = ZoneCut::raa_of(hid).name();
    let http = &addresses.http;
    let Some(dns) = addresses.dns.first().map(|address| reachable(*address)) else { return String::new() };
    let (ip, port) = (dns.ip(), dns.port());
    format!(
        r#"
This is a TEST hierarchy: nobody else should trust it. In another terminal, paste:

  # a key and a certification request for an aircraft, made by openssl
  openssl genpkey -algorithm ed25519 -out ua.pem
  openssl req -new -key ua.pem -subj /serialNumber=8653F02T7B8RA85D19LX -out ua.csr
  # register it, as a manager
  {dime} register aircraft --csr ua.csr --server {http} --token {token} --out ua
  DET=$(sed -n 's/.*"det": "\(.*\)".*/\1/p' ua/registration.json)
  # look it up
  dig @{ip} -p {port} -t TYPE67 -x $DET
  # verify it, as a stranger would, from DNS alone
  {dime} resolve $DET --dns {dns} --anchor {anchor}
  # the zones of the RAA are signed: a validator says "fully validated"
  delv @{ip} -p {port} -a {signed} +root={root} -t SOA {root}
  # revoke it: the next query does not find it
  {dime} revoke $DET --reason "end of the tour" --server {http} --token {token}
  {dime} resolve $DET --dns {dns} --anchor {anchor}

The API: {http}/  Stop with Ctrl-C.
"#
    )
}

/// This program as it can be typed here: below the working directory without the path to it.
fn program() -> PathBuf {
    let Ok(program) = std::env::current_exe() else { return PathBuf::from("dime") };
    match std::env::current_dir().map(|here| program.strip_prefix(&here).map(Path::to_owned)) {
        Ok(Ok(below)) => below,
        _ => program,
    }
}

/// An address a client can use: one that means "all interfaces" is reached over loopback.
fn reachable(address: SocketAddr) -> SocketAddr {
    match address.ip() {
        ip if !ip.is_unspecified() => address,
        IpAddr::V4(_) => SocketAddr::from(([127, 0, 0, 1], address.port())),
        IpAddr::V6(_) => SocketAddr::from(([0, 0, 0, 0, 0, 0, 0, 1], address.port())),
    }
}

/// A path as one word of a shell.
fn quote(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |octet: u8| octet.is_ascii_alphanumeric() || b"/._-+,".contains(&octet);
    if text.bytes().all(plain) { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_one_word() {
        assert_eq!(quote(Path::new("./dime-data/manager.token")), "./dime-data/manager.token");
        assert_eq!(quote(Path::new("/tmp/my data/it's")), r"'/tmp/my data/it'\''s'");
    }
}
