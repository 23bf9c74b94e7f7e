//! Asking for a signature: typed requests, signers and key files.
