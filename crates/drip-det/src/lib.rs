//! Identity: DETs, their hierarchy, keys, serial numbers and time. no_std.
