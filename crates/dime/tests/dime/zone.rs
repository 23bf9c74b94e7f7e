//! `zone export` and `zone check`, beside a running server and without one.

use crate::harness::{Server, run};

#[test]
fn what_is_registered_is_in_the_export() {
    let scratch = tempfile::tempdir().unwrap();
    let server = Server::start(scratch.path());
    let registration = server.register(scratch.path(), "aircraft", "ua");
    let (owner, zone) =
        (registration["dns"]["owner"].as_str().unwrap(), registration["dns"]["zone"].as_str().unwrap());
    let data = server.folder.to_str().unwrap();
    let zones = run(&["zone", "export", "--dir", data]).expect(0).stdout;
    assert_eq!(zones.lines().count(), 5, "four of the RAA and one of the HDA: {zones}");
    assert!(zones.lines().any(|line| line == zone));
    let native = run(&["zone", "export", zone, "--dir", data]).expect(0).stdout;
    let of_ua = |text: &str| text.lines().filter(|line| line.starts_with(owner)).count();
    assert_eq!(of_ua(&native), 5);
    assert!(native.contains(" IN HHIT ") && native.contains(" IN BRID "));
    let generic =
        run(&["zone", "export", zone.trim_end_matches('.'), "--generic", "--dir", data]).expect(0).stdout;
    assert_eq!(of_ua(&generic), 5);
    assert!(generic.contains(" IN TYPE67 \\# ") && !generic.contains(" IN HHIT "));
    // The serial is the one the server answers with.
    let serial = registration["dns"]["serial"].as_u64().unwrap().to_string();
    let soa = native.lines().find(|line| line.contains(" IN SOA ")).unwrap();
    assert_eq!(soa.split_whitespace().nth(6), Some(serial.as_str()), "{soa}");

    let checked = run(&["zone", "check", "--dir", data, "--json"]).expect(0).json();
    assert_eq!((checked["checked"].as_u64(), checked["problems"].as_array().unwrap().len()), (Some(5), 0));
    run(&["zone", "export", "example.com", "--dir", data]).expect(1);
    run(&["zone", "export", "--dir", scratch.path().to_str().unwrap()]).expect(3);
}
