//! One decoder, the one that this target is named after, against octets that the fuzzer invents.
#![no_main]

use dime_tests::decoders::Decoder;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| {
    let decoder = Decoder::named(env!("CARGO_BIN_NAME")).expect("a target is named after a decoder");
    decoder.judge(octets);
});
