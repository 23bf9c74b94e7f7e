//! Any of the three forms, told apart by the name in its octets.

use super::{Answer, Bundle, DigestWords, FormError, Request};
use drip_cbor::Reader;

/// A request, an answer or a bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// What is to be signed.
    Request(Request),
    /// What was signed.
    Answer(Answer),
    /// A chain of authorities.
    Bundle(Bundle),
}

impl Form {
    /// Whether octets begin as one of the forms, whole or not.
    pub fn is_one(octets: &[u8]) -> bool {
        name(octets).is_some_and(|name| [Request::FORM, Answer::FORM, Bundle::FORM].contains(&name))
    }

    /// Reads whichever form it is; what is none of them is told that it is no request.
    pub fn decode(octets: &[u8]) -> Result<Self, FormError> {
        match name(octets) {
            Some(Answer::FORM) => Answer::decode(octets).map(Form::Answer),
            Some(Bundle::FORM) => Bundle::decode(octets).map(Form::Bundle),
            _ => Request::decode(octets).map(Form::Request),
        }
    }

    /// The form's name, for people.
    pub const fn name(&self) -> &'static str {
        match self {
            Form::Request(_) => Request::FORM,
            Form::Answer(_) => Answer::FORM,
            Form::Bundle(_) => Bundle::FORM,
        }
    }

    /// The words of its digest.
    pub fn words(&self) -> DigestWords {
        match self {
            Form::Request(request) => request.words(),
            Form::Answer(answer) => answer.words(),
            Form::Bundle(bundle) => bundle.words(),
        }
    }
}

fn name(octets: &[u8]) -> Option<&str> {
    let mut reader = Reader::new(octets);
    reader.array_of(3, "form", "an array of name, version and fields").ok()?;
    reader.text("name").ok()
}
