//! Octet and CBOR forms: endorsements and DNS RDATA. no_std.
