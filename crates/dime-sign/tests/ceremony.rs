//! The offline ceremony: forms and their laws, what is signed and what is refused, and answers that do not answer.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "ceremony/world.rs"]
mod world;

#[path = "ceremony/answers.rs"]
mod answers;
#[path = "ceremony/forms.rs"]
mod forms;
#[path = "ceremony/revocation_lists.rs"]
mod revocation_lists;
#[path = "ceremony/signing.rs"]
mod signing;
