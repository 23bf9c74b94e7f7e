//! Numbers that are the same in every run of the same seed (splitmix64), so that a failing run can be repeated.

/// A seeded generator.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// The generator of this seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A seed from `DIME_SEED`, or a new one, printed so that the run can be repeated.
    pub fn for_this_run() -> Self {
        let seed = match std::env::var("DIME_SEED") {
            Ok(text) => text.parse().expect("DIME_SEED is a number"),
            Err(_) => {
                let mut octets = [0; 8];
                getrandom::fill(&mut octets).expect("randomness");
                u64::from_le_bytes(octets)
            }
        };
        println!("DIME_SEED={seed}");
        Self(seed)
    }

    /// The next 64 bits.
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which is not 0.
    pub fn below(&mut self, end: u64) -> u64 {
        self.roll() % end
    }
}
