//! Where the registry's randomness comes from: identifiers, tokens, certificate serials.

use crate::OurFault;

/// A source of randomness. Tests may give their own; [`SystemEntropy`] asks the machine.
pub trait Entropy: Send + Sync {
    /// Fills the octets.
    fn fill(&self, octets: &mut [u8]) -> Result<(), OurFault>;
}

/// The operating system's randomness.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, octets: &mut [u8]) -> Result<(), OurFault> {
        getrandom::fill(octets).map_err(|_| OurFault::Randomness)
    }
}
