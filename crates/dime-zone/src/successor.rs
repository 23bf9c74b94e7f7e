//! The least name after another in canonical order (RFC 4471, section 3.1, the absolute method), as compact denial needs it.

use crate::Name;

const MAX_LABEL: usize = 63;
const MAX_NAME: usize = 255;

impl Name {
    /// The name right after this one, which is in `zone`, in lower case: no name can lie between. After the last name that there can be in
    /// the zone comes the zone's own.
    pub(crate) fn successor(&self, zone: &Name) -> Name {
        let mut labels: Vec<Vec<u8>> = self.labels().map(<[u8]>::to_ascii_lowercase).collect();
        let above = zone.labels().count();
        let mut length = self.wire().len();
        // A name right below it, if there is room for one.
        if length + 2 <= MAX_NAME {
            labels.insert(0, vec![0]);
            return of(&labels, zone);
        }
        // Names below are too long: the next one beside it.
        while labels.len() > above {
            let Some(label) = labels.first_mut() else { break };
            if label.len() < MAX_LABEL && length < MAX_NAME {
                label.push(0);
                return of(&labels, zone);
            }
            while label.last() == Some(&255) {
                label.pop();
            }
            match label.last_mut() {
                Some(last) => {
                    // Upper case letters are not there: what would be one is what comes after them.
                    *last = if *last == b'A' - 1 { b'Z' + 1 } else { *last + 1 };
                    return of(&labels, zone);
                }
                None => labels.remove(0),
            };
            length = 1 + labels.iter().map(|label| label.len() + 1).sum::<usize>();
        }
        zone.to_lower()
    }

    /// A name right after this one and all names below it that matter: its first label is longer by a zero octet (RFC 9824, section 3.4).
    /// What an NSEC at a cut links to, since the names below are another zone's.
    pub(crate) fn beside(&self, zone: &Name) -> Name {
        let mut labels: Vec<Vec<u8>> = self.labels().map(<[u8]>::to_ascii_lowercase).collect();
        if let Some(label) = labels.first_mut() {
            label.push(0);
        }
        of(&labels, zone)
    }
}

/// The name of labels that are known to make one.
fn of(labels: &[Vec<u8>], zone: &Name) -> Name {
    Name::from_labels(labels.iter().map(Vec::as_slice)).unwrap_or_else(|_| zone.to_lower())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        text.parse().unwrap()
    }

    #[test]
    fn right_below_where_there_is_room() {
        let zone = name("2.ip6.arpa.");
        assert_eq!(name("X.2.ip6.arpa.").successor(&zone), name("\\000.x.2.ip6.arpa."));
        assert_eq!(zone.successor(&zone), name("\\000.2.ip6.arpa."));
        assert_eq!(name("a.2.ip6.arpa.").beside(&zone), name("a\\000.2.ip6.arpa."));
    }

    #[test]
    fn beside_where_there_is_none() {
        let zone = name("2.ip6.arpa.");
        let long = |first: &str, octets: usize| {
            let mut text = format!("{first}.");
            let mut rest = octets - name(&format!("{first}.2.ip6.arpa.")).wire().len();
            while rest > 0 {
                // Never one octet left over, of which no label can be made.
                let label = if rest == 65 { 62 } else { (rest - 1).min(63) };
                text += &format!("{}.", "y".repeat(label));
                rest -= label + 1;
            }
            name(&format!("{text}2.ip6.arpa."))
        };
        let first = |name: &Name| name.labels().next().unwrap().to_vec();
        assert_eq!(first(&long("ab", 253).successor(&zone)), [0]);
        assert_eq!(first(&long("ab", 254).successor(&zone)), b"ab\0");
        assert_eq!(first(&long("ab", 255).successor(&zone)), b"ac");
        assert_eq!(first(&long("a@", 255).successor(&zone)), b"a[");
        assert_eq!(first(&long("a\\255", 255).successor(&zone)), b"b");
        let last = long("\\255\\255", 255);
        let next = last.successor(&zone);
        assert_eq!(next.labels().count() + 1, last.labels().count(), "the label is gone");
        for (text, octets) in [("ab", 253), ("ab", 254), ("ab", 255), ("a\\255", 255), ("\\255\\255", 255)] {
            let name = long(text, octets);
            assert!(name.canonical_cmp(&name.successor(&zone)).is_lt(), "{text} {octets}");
        }
        // A zone that has no names after it.
        let end = [&[255_u8; 50][..]].into_iter().chain([&[255; 63][..]; 3]).chain(zone.labels());
        let end = Name::from_labels(end).unwrap();
        assert_eq!((end.wire().len(), end.successor(&zone)), (255, zone));
    }
}
