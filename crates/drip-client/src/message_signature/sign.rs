//! Making a signature (RFC 9421, section 3.1).

use super::{Component, ComponentError, Request, content_digest, signature_base};
use drip_det::{Det, UnixTime};
use sfv::{BareItem, DictSerializer, InnerList, Integer, Item, KeyRef, ListSerializer, Parameters, key_ref};

/// The label of the signatures made here.
const LABEL: &str = "dime";

/// The parameters of a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureParams {
    /// When it was made.
    pub created: UnixTime,
    /// Whose key made it.
    pub keyid: String,
    /// Makes it unlike every other; random text.
    pub nonce: Option<String>,
    /// Whether to name the algorithm, `ed25519`; the key says it too.
    pub alg: Option<&'static str>,
}

/// The header fields to add to the request, lower-case names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedFields {
    /// `content-digest`, if the request has a body.
    pub content_digest: Option<String>,
    /// `signature-input`.
    pub signature_input: String,
    /// `signature`.
    pub signature: String,
}

impl SignedFields {
    /// Names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.content_digest.as_deref().map(|value| ("content-digest", value)).into_iter().chain([
            ("signature-input", self.signature_input.as_str()),
            ("signature", self.signature.as_str()),
        ])
    }
}

/// Signs a request in the way a DIME asks for: method, target, authority, content type and, with a body, its digest.
///
/// `sign_octets` is given the signature base and answers with the Ed25519 signature by the key of `keyid`. `nonce` should be random:
/// it tells two equal requests in the same second apart.
pub fn sign_request(
    request: &Request<'_>,
    body: Option<&[u8]>,
    keyid: Det,
    created: UnixTime,
    nonce: &[u8; 16],
    sign_octets: impl FnOnce(&[u8]) -> [u8; 64],
) -> Result<SignedFields, ComponentError> {
    let digest = body.map(content_digest);
    let mut fields = request.fields.to_vec();
    let mut components = vec![Component::Method, Component::Authority, Component::Path];
    if request.query.is_some() {
        components.push(Component::Query);
    }
    if request.field("content-type").is_some() {
        components.push(Component::Field("content-type".to_owned()));
    }
    if let Some(digest) = &digest {
        fields.retain(|(name, _)| *name != "content-digest");
        fields.push(("content-digest", digest));
        components.push(Component::Field("content-digest".to_owned()));
    }
    let params = SignatureParams {
        created,
        keyid: keyid.to_string(),
        nonce: Some(hex::encode(nonce)),
        alg: Some("ed25519"),
    };
    let request = Request { fields: &fields, ..*request };
    let signed = sign(&request, &components, &params, LABEL, sign_octets)?;
    Ok(SignedFields { content_digest: digest, ..signed })
}

/// Signs the chosen components under a label.
pub fn sign(
    request: &Request<'_>,
    components: &[Component],
    params: &SignatureParams,
    label: &str,
    sign_octets: impl FnOnce(&[u8]) -> [u8; 64],
) -> Result<SignedFields, ComponentError> {
    let covered = inner_list(components, params)?;
    let label = KeyRef::from_str(label).map_err(|_| ComponentError::NotOneLine("label".to_owned()))?;
    let base = signature_base(request, components, &serialise(&covered))?;
    let signature = sign_octets(base.as_bytes());

    let mut input = DictSerializer::new();
    let mut list = input.inner_list(label);
    list.items(&covered.items);
    list.finish().parameters(&covered.params);
    let mut output = DictSerializer::new();
    output.bare_item(label, signature.as_slice());
    Ok(SignedFields {
        content_digest: None,
        signature_input: input.finish().unwrap_or_default(),
        signature: output.finish().unwrap_or_default(),
    })
}

/// The inner list as it stands in `@signature-params` (RFC 9421, section 2.3).
pub(super) fn serialise(covered: &InnerList) -> String {
    let mut text = ListSerializer::new();
    let mut list = text.inner_list();
    list.items(&covered.items);
    list.finish().parameters(&covered.params);
    text.finish().unwrap_or_default()
}

fn inner_list(components: &[Component], params: &SignatureParams) -> Result<InnerList, ComponentError> {
    let text = |value: &str| {
        sfv::StringRef::from_str(value)
            .map(BareItem::from)
            .map_err(|_| ComponentError::NotOneLine(value.to_owned()))
    };
    let mut items = Vec::with_capacity(components.len());
    for component in components {
        items.push(Item::new(text(component.name())?));
    }
    let mut parameters = Parameters::new();
    let created = i64::try_from(params.created.0)
        .ok()
        .and_then(|seconds| Integer::try_from(seconds).ok())
        .ok_or_else(|| ComponentError::NotOneLine("created".to_owned()))?;
    parameters.insert(key_ref("created").to_owned(), BareItem::Integer(created));
    parameters.insert(key_ref("keyid").to_owned(), text(&params.keyid)?);
    if let Some(alg) = params.alg {
        parameters.insert(key_ref("alg").to_owned(), text(alg)?);
    }
    if let Some(nonce) = &params.nonce {
        parameters.insert(key_ref("nonce").to_owned(), text(nonce)?);
    }
    Ok(InnerList::with_params(items, parameters))
}
