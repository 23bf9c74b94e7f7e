//! Sockets of the name server.
