//! One decoder or reader, the one whose name this program is run by, against octets that the fuzzer invents.
#![no_main]

use std::path::Path;
use std::sync::LazyLock;

use dime_tests::decoders::Decoder;
use dime_tests::readers::Reader;
use libfuzzer_sys::fuzz_target;

/// All targets are this one program under different names, so that a script can build it once.
static JUDGE: LazyLock<Box<dyn Fn(&[u8]) -> bool + Send + Sync>> = LazyLock::new(|| {
    let program = std::env::args().next().expect("a program has a name");
    let name = Path::new(&program).file_name().and_then(|name| name.to_str()).expect("a name in ASCII").to_owned();
    match (Decoder::named(&name), Reader::named(&name)) {
        (Some(decoder), _) => Box::new(|octets| decoder.judge(octets)),
        (None, Some(reader)) => Box::new(|octets| reader.judge(octets)),
        (None, None) => panic!("{name}: a target is named after a decoder or a reader"),
    }
});

fuzz_target!(|octets: &[u8]| {
    JUDGE(octets);
});
