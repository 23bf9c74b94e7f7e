//! What a DIME does: register, approve, endorse, certify, renew, revoke, publish.
