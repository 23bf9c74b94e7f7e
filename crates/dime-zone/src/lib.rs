//! Zones in memory: names, lookup, serials.
