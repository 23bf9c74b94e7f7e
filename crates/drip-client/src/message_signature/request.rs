//! The request as a signature sees it, and the signature base (RFC 9421, section 2.5).
//!
//! One line for each covered component, then the parameters, joined by line feeds, none at the end:
//!
//! ```text
//! "@method": POST
//! "@path": /v1/registrations
//! "@signature-params": ("@method" "@path");created=1618884473;keyid="2001:3f:fe00:a05:1308:2469:9a4b:c6b2"
//! ```

use super::{Component, ComponentError};

/// The parts of a request that a signature can cover.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The method, in upper case.
    pub method: &'a str,
    /// `http` or `https`, as the client sees it.
    pub scheme: &'a str,
    /// Host and port as in the Host field.
    pub authority: &'a str,
    /// The absolute path, percent-encoded as sent.
    pub path: &'a str,
    /// The query without its `?`.
    pub query: Option<&'a str>,
    /// Header fields, names in lower case, in the order of the message.
    pub fields: &'a [(&'a str, &'a str)],
}

impl Request<'_> {
    /// The value of a field: its lines trimmed and joined (RFC 9421, section 2.1); none if the request lacks it.
    pub fn field(&self, name: &str) -> Option<String> {
        let mut lines = self.fields.iter().filter(|(field, _)| *field == name).map(|(_, value)| value.trim());
        let mut joined = lines.next()?.to_owned();
        for line in lines {
            joined.push_str(", ");
            joined.push_str(line);
        }
        Some(joined)
    }

    /// The value of a component.
    fn value(&self, component: &Component) -> Result<String, ComponentError> {
        let value = match component {
            Component::Method => self.method.to_owned(),
            Component::Scheme => self.scheme.to_ascii_lowercase(),
            Component::Authority => self.normal_authority(),
            Component::Path => self.normal_path().to_owned(),
            Component::Query => format!("?{}", self.query.unwrap_or_default()),
            Component::RequestTarget => self.target(),
            Component::TargetUri => {
                format!("{}://{}{}", self.scheme.to_ascii_lowercase(), self.normal_authority(), self.target())
            }
            Component::Field(name) => {
                self.field(name).ok_or_else(|| ComponentError::Missing(name.clone()))?
            }
        };
        if value.bytes().any(|octet| !(octet == b'\t' || (b' '..=b'~').contains(&octet))) {
            return Err(ComponentError::NotOneLine(component.name().to_owned()));
        }
        Ok(value)
    }

    fn normal_path(&self) -> &str {
        if self.path.is_empty() { "/" } else { self.path }
    }

    fn target(&self) -> String {
        match self.query {
            Some(query) => format!("{}?{query}", self.normal_path()),
            None => self.normal_path().to_owned(),
        }
    }

    /// Lower case, without the scheme's own port (RFC 9421, section 2.2.3).
    fn normal_authority(&self) -> String {
        let authority = self.authority.to_ascii_lowercase();
        let default_port = if self.scheme.eq_ignore_ascii_case("https") { ":443" } else { ":80" };
        authority.strip_suffix(default_port).map(str::to_owned).unwrap_or(authority)
    }
}

/// The octets that are signed: the covered components, then `params` (the serialised inner list) as the last line.
pub fn signature_base(
    request: &Request<'_>,
    components: &[Component],
    params: &str,
) -> Result<String, ComponentError> {
    let mut base = String::new();
    for (at, component) in components.iter().enumerate() {
        if components.iter().take(at).any(|earlier| earlier == component) {
            return Err(ComponentError::Twice(component.name().to_owned()));
        }
        base.push_str(&format!("{component}: {}\n", request.value(component)?));
    }
    base.push_str("\"@signature-params\": ");
    base.push_str(params);
    Ok(base)
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUEST: Request<'static> = Request {
        method: "POST",
        scheme: "https",
        authority: "WWW.Example.com:443",
        path: "/path",
        query: Some("param=value"),
        fields: &[("cache-control", "max-age=60 "), ("cache-control", "   must-revalidate"), ("empty", "")],
    };

    /// The examples of RFC 9421, sections 2.1 and 2.2.
    #[test]
    fn components_as_in_the_standard() {
        let value = |name: &str| REQUEST.value(&Component::from_name(name).unwrap()).unwrap();
        assert_eq!(value("@method"), "POST");
        assert_eq!(value("@target-uri"), "https://www.example.com/path?param=value");
        assert_eq!(value("@authority"), "www.example.com");
        assert_eq!(value("@request-target"), "/path?param=value");
        assert_eq!(value("@query"), "?param=value");
        assert_eq!(value("cache-control"), "max-age=60, must-revalidate");
        assert_eq!(value("empty"), "");
        let bare = Request { path: "", query: None, authority: "example.com:80", ..REQUEST };
        assert_eq!(bare.value(&Component::Path).unwrap(), "/");
        assert_eq!(bare.value(&Component::Query).unwrap(), "?");
        assert_eq!(bare.value(&Component::Authority).unwrap(), "example.com:80");
    }

    #[test]
    fn a_base_needs_its_components_once_and_on_one_line() {
        let twice = [Component::Method, Component::Method];
        assert_eq!(signature_base(&REQUEST, &twice, "()"), Err(ComponentError::Twice("@method".into())));
        let missing = [Component::Field("date".into())];
        assert_eq!(signature_base(&REQUEST, &missing, "()"), Err(ComponentError::Missing("date".into())));
        let injected = Request { path: "/a\n\"@method\": GET", ..REQUEST };
        assert_eq!(
            signature_base(&injected, &[Component::Path], "()"),
            Err(ComponentError::NotOneLine("@path".into()))
        );
    }
}
