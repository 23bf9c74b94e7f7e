//! From when until when: the kind's lifetimes, what was asked for, and the issuer's own window.

use crate::{End, KindPolicy, ValidityFault};
use drip_det::UnixTime;

/// 9999-12-31T23:59:59Z, the end of what has none (draft-ietf-drip-dki; RFC 5280, section 4.1.2.5). An endorsement says it with VNA 0xFFFFFFFF.
pub const NO_END: UnixTime = UnixTime(253_402_300_799);

/// A validity, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) not_before: UnixTime,
    pub(crate) not_after: UnixTime,
}

impl Window {
    pub(crate) fn contains(self, time: UnixTime) -> bool {
        (self.not_before..=self.not_after).contains(&time)
    }

    /// The validity of what is issued now. An end asked for is honoured to the second or refused; the default end is shortened to the
    /// issuer's.
    pub(crate) fn for_issuance(
        asked: Option<UnixTime>,
        now: UnixTime,
        policy: &KindPolicy,
        issuer: Window,
    ) -> Result<Window, ValidityFault> {
        if policy.end == End::Never {
            return match asked {
                None | Some(NO_END) => Ok(Window { not_before: now, not_after: NO_END }),
                Some(asked) => Err(ValidityFault::Ends { asked }),
            };
        }
        let latest = UnixTime(now.0.saturating_add(policy.maximum_lifetime));
        let not_after = match asked {
            Some(asked) if asked <= now => return Err(ValidityFault::Past { asked, now }),
            Some(asked) if asked > latest => return Err(ValidityFault::TooLong { asked, latest }),
            Some(asked) if asked > issuer.not_after => {
                return Err(ValidityFault::OutlivesIssuer { asked, issuer_not_after: issuer.not_after });
            }
            Some(asked) => asked,
            None => {
                let lifetime = policy.default_lifetime.min(policy.maximum_lifetime);
                UnixTime(now.0.saturating_add(lifetime)).min(issuer.not_after)
            }
        };
        Ok(Window { not_before: now, not_after })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Approval, End};
    use drip_det::EntityType;

    const NOW: UnixTime = UnixTime(1_800_000_000);
    const POLICY: KindPolicy = KindPolicy {
        approval: Approval::Auto,
        default_lifetime: 100,
        maximum_lifetime: 1000,
        entity_type: EntityType::UA,
        profiles: crate::ProfileSet::LITE,
        end: End::Dated,
    };

    fn issue(asked: Option<u64>, issuer_end: u64) -> Result<u64, ValidityFault> {
        let issuer = Window { not_before: UnixTime(0), not_after: UnixTime(NOW.0 + issuer_end) };
        Window::for_issuance(asked.map(|end| UnixTime(NOW.0 + end)), NOW, &POLICY, issuer)
            .map(|window| window.not_after.0 - NOW.0)
    }

    #[test]
    fn ends() {
        assert_eq!(issue(None, 5000), Ok(100));
        assert_eq!(issue(None, 50), Ok(50), "shortened to the issuer's");
        assert_eq!(issue(Some(1000), 5000), Ok(1000));
        assert_eq!(issue(Some(1), 5000), Ok(1));
        assert!(matches!(issue(Some(0), 5000), Err(ValidityFault::Past { .. })));
        assert!(matches!(issue(Some(1001), 5000), Err(ValidityFault::TooLong { .. })));
        assert!(matches!(issue(Some(900), 800), Err(ValidityFault::OutlivesIssuer { .. })));
    }

    #[test]
    fn no_end() {
        let policy = KindPolicy { end: End::Never, ..POLICY };
        let issuer = Window { not_before: UnixTime(0), not_after: UnixTime(NOW.0 + 1) };
        let issue = |asked| Window::for_issuance(asked, NOW, &policy, issuer);
        let forever = Ok(Window { not_before: NOW, not_after: NO_END });
        assert_eq!(issue(None), forever);
        assert_eq!(issue(Some(NO_END)), forever);
        let asked = UnixTime(NOW.0 + 1);
        assert_eq!(issue(Some(asked)), Err(ValidityFault::Ends { asked }));
    }
}
