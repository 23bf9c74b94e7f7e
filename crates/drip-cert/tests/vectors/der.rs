//! DER in parts, to be put together wrongly.

pub(crate) fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut octets = vec![tag];
    match content.len() {
        length @ 0..=127 => octets.push(length as u8),
        length @ 128..=255 => octets.extend([0x81, length as u8]),
        length => octets.extend([0x82, (length >> 8) as u8, length as u8]),
    }
    [octets, content.to_vec()].concat()
}

/// The values that lie one after another in the value of a constructed object.
pub(crate) fn children(object: &[u8]) -> Vec<Vec<u8>> {
    let header = |octets: &[u8]| match octets[1] {
        0x81 => (3, usize::from(octets[2])),
        0x82 => (4, usize::from(octets[2]) << 8 | usize::from(octets[3])),
        length => (2, usize::from(length)),
    };
    let mut rest = &object[header(object).0..];
    let mut found = Vec::new();
    while !rest.is_empty() {
        let (head, length) = header(rest);
        found.push(rest[..head + length].to_vec());
        rest = &rest[head + length..];
    }
    found
}
