//! Octets as numbered QR codes, and back from pictures: a way between two machines that have no wire between them.
//!
//! ```text
//! octets ── split ──► parts ── Code ──► PNG, or printed sheets (SVG, PDF)
//!                                          ┊ screen, paper, camera
//! octets ◄─ Assembly ◄─ parts ◄─ texts ◄─ pictures (PNG, JPEG), or another reader's lines
//! ```
//!
//! This crate knows nothing of what the octets are. Parts may come in any order, more than once, several in one picture; each says which
//! transfer it belongs to, and nothing is handed on unless all of it is there and its digest is right.
//!
//! * [`Part`]: one numbered piece, and its text in a QR code; [`split`]: octets into parts, by [`Density`].
//! * [`Code`]: the modules of a part's QR code, as a PNG picture; [`Sheet`]: pages to print.
//! * [`picture`]: the texts of the codes in a picture; [`lines`]: those in what another reader printed.
//! * [`Assembly`]: parts put together again.

mod assembly;
mod code;
pub mod lines;
mod part;
pub mod picture;
mod sheet;
mod split;

pub use assembly::{Added, Assembly, AssemblyError, Incomplete};
pub use code::Code;
pub use part::{Part, PartError, TransferId};
pub use picture::PictureError;
pub use sheet::Sheet;
pub use split::{Density, SplitError, split};

/// The most parts of a transfer.
pub const MAX_PARTS: u16 = 2048;
/// The most octets of a transfer.
pub const MAX_OCTETS: usize = 2 << 20;
