//! Whose an RAA number is: the IANA registry "DRIP RAA Allocations" (RFC 9886, section 6.2.1).

use crate::Raa;

/// The part of the RAA number space that a number lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RaaAllocation {
    /// 0 to 3 and 4000 to 8191: reserved.
    Reserved,
    /// 4 to 3999: four numbers for each ISO 3166-1 numeric country code.
    Iso3166 {
        /// The country's numeric code, 1 to 999.
        country: u16,
        /// Which of the country's four numbers, 0 to 3.
        index: u8,
    },
    /// 8192 to 15359: first come, first served.
    Unassigned,
    /// 15360 to 16383: private use, never delegated from the Apex.
    PrivateUse,
}

impl Raa {
    /// Whose this number is.
    pub const fn allocation(self) -> RaaAllocation {
        let number = self.value();
        match number {
            0..=3 | 4000..=8191 => RaaAllocation::Reserved,
            4..=3999 => RaaAllocation::Iso3166 { country: number / 4, index: (number % 4) as u8 },
            8192..=15359 => RaaAllocation::Unassigned,
            _ => RaaAllocation::PrivateUse,
        }
    }

    /// The four numbers of a country by its ISO 3166-1 numeric code, or `None` for a code outside 1 to 999.
    pub fn of_country(country: u16) -> Option<[Raa; 4]> {
        if !(1..=999).contains(&country) {
            return None;
        }
        let number = |index: u16| Raa::new(country * 4 + index).ok();
        Some([number(0)?, number(1)?, number(2)?, number(3)?])
    }
}

impl RaaAllocation {
    /// The word for it: `reserved`, `iso3166`, `unassigned`, `private`.
    pub const fn name(self) -> &'static str {
        match self {
            RaaAllocation::Reserved => "reserved",
            RaaAllocation::Iso3166 { .. } => "iso3166",
            RaaAllocation::Unassigned => "unassigned",
            RaaAllocation::PrivateUse => "private",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_of_the_ranges() {
        let class = |n| Raa::new(n).unwrap().allocation().name();
        for (number, name) in [
            (0, "reserved"),
            (3, "reserved"),
            (4, "iso3166"),
            (3999, "iso3166"),
            (4000, "reserved"),
            (8191, "reserved"),
            (8192, "unassigned"),
            (15359, "unassigned"),
            (15360, "private"),
            (16383, "private"),
        ] {
            assert_eq!(class(number), name, "RAA {number}");
        }
    }

    #[test]
    fn estonia() {
        let numbers = Raa::of_country(233).unwrap().map(Raa::value);
        assert_eq!(numbers, [932, 933, 934, 935]);
        assert_eq!(Raa::new(934).unwrap().allocation(), RaaAllocation::Iso3166 { country: 233, index: 2 });
        assert_eq!(Raa::of_country(1000), None);
        assert_eq!(Raa::of_country(0), None);
    }
}
