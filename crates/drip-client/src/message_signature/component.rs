//! What a signature covers: component identifiers (RFC 9421, sections 2.1 and 2.2).

use sfv::{BareItem, Item};
use std::fmt;

/// One covered component, without parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Component {
    /// `@method`: GET, POST, …
    Method,
    /// `@target-uri`: scheme, authority, path and query.
    TargetUri,
    /// `@authority`: host and, unless the scheme's own, port.
    Authority,
    /// `@scheme`: http or https.
    Scheme,
    /// `@request-target`: path and query as in the request line.
    RequestTarget,
    /// `@path`: the absolute path.
    Path,
    /// `@query`: the query with its `?`; a lone `?` if there is none.
    Query,
    /// A header field, its name in lower case.
    Field(String),
}

/// A component that cannot be put in a signature base.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ComponentError {
    /// It is no string.
    #[error("a component identifier must be a string")]
    NotAString,
    /// It has parameters, none of which is understood here.
    #[error("component {0:?} has parameters, which are not supported")]
    Parameters(String),
    /// It is a derived component that is not defined, or not for requests.
    #[error("derived component {0:?} is not supported for requests")]
    Unsupported(String),
    /// It is covered twice.
    #[error("component {0:?} is covered twice")]
    Twice(String),
    /// The request has no such field.
    #[error("the signature covers the field {0:?}, which the request does not have")]
    Missing(String),
    /// A field name must be in lower case.
    #[error("field name {0:?} is not in lower case")]
    NotLowerCase(String),
    /// The value holds what the signature base cannot: a line break or an octet outside ASCII.
    #[error("component {0:?} has a value that is not one line of ASCII")]
    NotOneLine(String),
}

impl Component {
    /// The identifier between the quotes.
    pub fn name(&self) -> &str {
        match self {
            Component::Method => "@method",
            Component::TargetUri => "@target-uri",
            Component::Authority => "@authority",
            Component::Scheme => "@scheme",
            Component::RequestTarget => "@request-target",
            Component::Path => "@path",
            Component::Query => "@query",
            Component::Field(name) => name,
        }
    }

    /// The component of this identifier.
    pub fn from_name(name: &str) -> Result<Self, ComponentError> {
        Ok(match name {
            "@method" => Component::Method,
            "@target-uri" => Component::TargetUri,
            "@authority" => Component::Authority,
            "@scheme" => Component::Scheme,
            "@request-target" => Component::RequestTarget,
            "@path" => Component::Path,
            "@query" => Component::Query,
            _ if name.starts_with('@') => return Err(ComponentError::Unsupported(name.to_owned())),
            _ if name.bytes().any(|octet| octet.is_ascii_uppercase()) => {
                return Err(ComponentError::NotLowerCase(name.to_owned()));
            }
            _ => Component::Field(name.to_owned()),
        })
    }

    /// The component of a member of a signature's inner list.
    pub(super) fn from_item(item: &Item) -> Result<Self, ComponentError> {
        let BareItem::String(name) = &item.bare_item else {
            return Err(ComponentError::NotAString);
        };
        if !item.params.is_empty() {
            return Err(ComponentError::Parameters(name.as_str().to_owned()));
        }
        Self::from_name(name.as_str())
    }
}

impl fmt::Display for Component {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_both_ways() {
        for name in ["@method", "@target-uri", "@authority", "@scheme", "@request-target", "@path", "@query"]
        {
            assert_eq!(Component::from_name(name).unwrap().name(), name);
        }
        assert_eq!(Component::from_name("date"), Ok(Component::Field("date".into())));
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        assert_eq!(Component::from_name("@status"), Err(ComponentError::Unsupported("@status".into())));
        assert_eq!(Component::from_name("Date"), Err(ComponentError::NotLowerCase("Date".into())));
        let mut item = Item::new(sfv::StringRef::from_str("date").unwrap());
        item.params.insert(sfv::key_ref("sf").to_owned(), BareItem::Boolean(true));
        assert_eq!(Component::from_item(&item), Err(ComponentError::Parameters("date".into())));
        assert_eq!(Component::from_item(&Item::new(7)), Err(ComponentError::NotAString));
    }
}
