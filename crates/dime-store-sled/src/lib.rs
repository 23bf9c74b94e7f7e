//! The journal's index on sled.
