//! Who may vouch for whom, by place in the hierarchy (draft-ietf-drip-dki §3, RFC 9886 §6.2).
//!
//! | parent | child | what |
//! |---|---|---|
//! | 0/0 | 0/0 | Apex: itself, its Issuing DETs and services |
//! | 0/0 | R/0 | Apex to an RAA |
//! | R/0 | R/0 | RAA: itself, its Issuing DETs and servers |
//! | R/0 | R/H | RAA to an HDA |
//! | R/H | R/H | HDA: its Issuing DETs and its customers |
//! | R1/0 | R2/0 | cross-endorsement between RAAs (endorsements only) |

use drip_det::{Det, DetClass, Hid};

use super::fault::Fault;
use super::report::LinkKind;

/// Refuse a pair that the hierarchy does not know.
pub(super) fn check(parent: Hid, child: Hid, kind: LinkKind) -> Result<(), Fault> {
    let parent_is_apex = parent.raa.value() == 0 && parent.hda.value() == 0;
    let parent_is_raa = parent.raa.value() != 0 && parent.hda.is_reserved_to_raa();
    let child_is_raa = child.raa.value() != 0 && child.hda.is_reserved_to_raa();
    let permitted = parent == child
        || (parent_is_apex && child_is_raa)
        || (parent_is_raa && parent.raa == child.raa)
        || (parent_is_raa && child_is_raa && kind == LinkKind::Endorsement);
    if permitted { Ok(()) } else { Err(Fault::NotPermitted { parent, child }) }
}

/// How far below the first key of its HID a DET is, by the steps that led to it.
///
/// An endorsement does not say which class its parent is of, so nothing in it keeps an aircraft from
/// endorsing another in its own HID. What can be seen is how many steps a chain takes within one HID:
/// Authorization to Issuing to what is endorsed is two, and there is no third.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Steps(u8);

impl Steps {
    /// The most there can be.
    const MOST: u8 = 2;
    /// The first key of its HID, or one of which nothing is known.
    pub(super) const NONE: Self = Self(0);

    /// Where a DET of this class is.
    pub(super) const fn of_class(class: DetClass) -> Self {
        match class {
            DetClass::Authorization => Self(0),
            DetClass::Issuing => Self(1),
            DetClass::Operational => Self(2),
        }
    }

    /// What a DET that is here may sign.
    pub(super) const fn class(self) -> DetClass {
        match self.0 {
            0 => DetClass::Authorization,
            1 => DetClass::Issuing,
            _ => DetClass::Operational,
        }
    }

    /// Where `child` is when `parent`, which is here, endorses it.
    pub(super) fn down(self, parent: Det, child: Det) -> Result<Self, Fault> {
        if self.0 >= Self::MOST {
            return Err(Fault::TooDeep { parent });
        }
        if parent == child || !same_place(parent.hid(), child.hid()) {
            // Its own key and the authorities of other places are endorsed by Authorization DETs alone.
            return if self == Self::NONE { Ok(self) } else { Err(no_authorization(parent, child)) };
        }
        Ok(Self(self.0 + 1))
    }

    /// Whether `parent`, which is here and whose own certificate is not known, may certify a child of this class.
    pub(super) fn certifies(self, parent: Det, child: DetClass) -> Result<(), Fault> {
        match self.0 {
            0 => Ok(()),
            1 if child == DetClass::Operational => Ok(()),
            1 => Err(Fault::Role(format!("{parent}, an issuing DET, may not certify an {child} DET"))),
            _ => Err(Fault::TooDeep { parent }),
        }
    }
}

/// Whether two HIDs are one place: an RAA's four count as one.
fn same_place(one: Hid, other: Hid) -> bool {
    let raas_own = |hid: Hid| hid.hda.is_reserved_to_raa();
    one == other || (one.raa == other.raa && raas_own(one) && raas_own(other))
}

fn no_authorization(parent: Det, child: Det) -> Fault {
    Fault::Role(format!("{parent} is below the first key of its place and may not endorse {child}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hid(raa: u16, hda: u16) -> Hid {
        Hid::from_numbers(raa, hda).unwrap()
    }

    #[test]
    fn only_the_pairs_of_the_hierarchy() {
        let allowed = |parent, child, kind| check(parent, child, kind).is_ok();
        let cert = LinkKind::Certificate;
        assert!(allowed(hid(0, 0), hid(0, 0), cert));
        assert!(allowed(hid(0, 0), hid(16376, 0), cert));
        assert!(allowed(hid(16376, 0), hid(16376, 0), cert));
        assert!(allowed(hid(16376, 0), hid(16376, 10), cert));
        assert!(allowed(hid(16376, 10), hid(16376, 10), cert));
        assert!(!allowed(hid(0, 0), hid(16376, 10), cert));
        assert!(!allowed(hid(16376, 10), hid(16376, 11), cert));
        assert!(!allowed(hid(16376, 10), hid(16376, 0), cert));
        assert!(!allowed(hid(16376, 0), hid(16377, 10), cert));
        assert!(!allowed(hid(16376, 0), hid(0, 0), cert));
        assert!(!allowed(hid(16376, 0), hid(16377, 0), cert));
        assert!(allowed(hid(16376, 0), hid(16377, 0), LinkKind::Endorsement));
    }
}
