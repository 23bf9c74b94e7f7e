//! X.509 profiles and PKCS#10 requests of DRIP. no_std.
