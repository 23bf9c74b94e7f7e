//! Why a certificate was revoked (RFC 5280, section 5.3.1).

use core::{fmt, str::FromStr};

macro_rules! reasons {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $word:literal;)*) => {
        /// A CRLReason. `unspecified` is not among them: it is said by saying nothing.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Reason {
            $($(#[$doc])* $variant,)*
        }

        impl Reason {
            /// Every reason.
            pub const ALL: &[Reason] = &[$(Reason::$variant,)*];

            /// Its number in CRLs and OCSP responses.
            pub const fn code(self) -> u8 {
                match self { $(Reason::$variant => $code,)* }
            }

            /// The reason of this number, or `None`.
            pub const fn from_code(code: u8) -> Option<Self> {
                match code { $($code => Some(Reason::$variant),)* _ => None }
            }

            /// The standard's word for it.
            pub const fn word(self) -> &'static str {
                match self { $(Reason::$variant => $word,)* }
            }
        }
    };
}

reasons! {
    /// The private key is known, or may be known, to somebody else.
    KeyCompromise = 1, "keyCompromise";
    /// That of the authority is.
    CaCompromise = 2, "cACompromise";
    /// What the certificate says of its subject is no longer true.
    AffiliationChanged = 3, "affiliationChanged";
    /// Another certificate took its place.
    Superseded = 4, "superseded";
    /// It is no longer needed.
    CessationOfOperation = 5, "cessationOfOperation";
    /// Suspended: it may come back.
    CertificateHold = 6, "certificateHold";
    /// In a delta: it came back, or its time is over.
    RemoveFromCrl = 8, "removeFromCRL";
    /// A privilege in it was withdrawn.
    PrivilegeWithdrawn = 9, "privilegeWithdrawn";
    /// That of an attribute authority is.
    AaCompromise = 10, "aACompromise";
}

/// A text that is no reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "none of keyCompromise, cACompromise, affiliationChanged, superseded, cessationOfOperation, certificateHold, removeFromCRL, privilegeWithdrawn, aACompromise"
)]
pub struct UnknownReason;

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Reason {
    type Err = UnknownReason;

    fn from_str(text: &str) -> Result<Self, UnknownReason> {
        Self::ALL.iter().copied().find(|reason| reason.word() == text).ok_or(UnknownReason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn numbers_and_words_there_and_back() {
        for &reason in Reason::ALL {
            assert_eq!(Reason::from_code(reason.code()), Some(reason));
            assert_eq!(reason.to_string().parse(), Ok(reason));
        }
        // 0 is unspecified, 7 is not used.
        assert_eq!(Reason::from_code(0), None);
        assert_eq!(Reason::from_code(7), None);
        assert_eq!(Reason::from_code(11), None);
        assert_eq!("unspecified".parse::<Reason>(), Err(UnknownReason));
    }
}
