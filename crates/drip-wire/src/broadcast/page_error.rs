//! What can be wrong with pages, each by its name.

use super::{AuthenticationType, MessageType};
use crate::WireError;
use core::fmt;

/// Pages that do not make an authentication message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    /// A message of 25 octets was cut short.
    #[error(transparent)]
    Message(WireError),
    /// A message among the pages is none.
    #[error("a message of type {0} among the pages of an authentication message")]
    NotAPage(MessageType),
    /// The pages end before the last one.
    #[error("the pages end after {found}, {expected} are needed")]
    Truncated {
        /// How many there are.
        found: usize,
        /// How many there should be.
        expected: usize,
    },
    /// Something follows after the last page.
    #[error("octets follow after the last page, {last}")]
    Trailing {
        /// The number of the last page.
        last: u8,
    },
    /// Pages stand in the wrong order.
    #[error("page {found} where page {expected} should be")]
    OutOfOrder {
        /// The number that it has.
        found: u8,
        /// The number that it should have.
        expected: u8,
    },
    /// The same page once more.
    #[error("page {page} is there already")]
    Duplicate {
        /// Its number.
        page: u8,
    },
    /// A page of this number is there already and says something else: one of the two is of another message.
    #[error("page {page} is there already with other content: it is of another message")]
    Conflict {
        /// Its number.
        page: u8,
    },
    /// The page is of another authentication type or protocol version than those before it.
    #[error(
        "page {page} is of {found} in version {version}, the others are of {expected} in version {expected_version}"
    )]
    Foreign {
        /// Its number.
        page: u8,
        /// Its authentication type.
        found: AuthenticationType,
        /// Its protocol version.
        version: u8,
        /// The authentication type of the others.
        expected: AuthenticationType,
        /// The protocol version of the others.
        expected_version: u8,
    },
    /// A page beyond the last one that page 0 announces.
    #[error("page {page} lies beyond page {last}, which is the last one by page 0")]
    BeyondLast {
        /// Its number.
        page: u8,
        /// The last page.
        last: u8,
    },
    /// The last page index is above 15.
    #[error("the last page index is {found}, the highest is 15")]
    LastPageIndex {
        /// What page 0 says.
        found: u8,
    },
    /// The length is zero or above 201.
    #[error("the length is {found}, 1 to 201 is allowed")]
    Length {
        /// What page 0 says.
        found: u8,
    },
    /// The pages have no room for data of this length.
    #[error("{length} octets of data do not fit the pages 0 to {last}")]
    DataBeyondPages {
        /// What page 0 says.
        length: u8,
        /// The last page.
        last: u8,
    },
    /// There are more pages than data and additional data need.
    #[error("the pages 0 to {last} are more than data and additional data need")]
    ExcessPages {
        /// The last page.
        last: u8,
    },
    /// The additional data do not fit behind the data.
    #[error("{length} octets of additional data do not fit, {room} are left")]
    AdditionalLength {
        /// The additional data length.
        length: u8,
        /// Octets that are left for them.
        room: usize,
    },
    /// Octets that fill up a page are not zero.
    #[error("the octets that fill up the last page of data are not zero")]
    Padding,
    /// All pages are there and the parity page does not fit them: one of them is of another message.
    #[error("the parity page does not fit the others: one of them is of another message")]
    Parity,
    /// Page 0 was lost, and what the parity page gives back is no page 0.
    #[error("page 0 is lost, and the parity page gives back no valid page 0")]
    PageZero,
    /// Pages are lost that cannot be had back.
    #[error("{missing} missing, and cannot be recovered")]
    Incomplete {
        /// Which.
        missing: Missing,
    },
}

/// Numbers of pages that are missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Missing {
    pub(super) pages: u16,
}

impl Missing {
    /// The numbers, ascending.
    pub fn numbers(self) -> impl Iterator<Item = u8> {
        (0..16_u8).filter(move |number| self.pages >> number & 1 == 1)
    }

    /// How many.
    pub const fn count(self) -> u32 {
        self.pages.count_ones()
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.count() {
            0 => return f.write_str("all pages are"),
            1 => f.write_str("page")?,
            _ => f.write_str("pages")?,
        }
        for (index, number) in self.numbers().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            write!(f, "{comma} {number}")?;
        }
        f.write_str(if self.count() == 1 { " is" } else { " are" })
    }
}
