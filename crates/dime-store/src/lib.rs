//! The registry's memory: the journal, the storage contract and its battery.
