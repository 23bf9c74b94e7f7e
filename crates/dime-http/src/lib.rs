//! The HTTP door: API, authentication, problem documents.
