//! The attributes of a request: extensionRequest (RFC 2985, section 5.4.2) and in it the DET wished for.

use super::{CsrError, Remark};
use crate::{oid, strict};
use alloc::{format, string::String, vec::Vec};
use der::Decode;
use drip_det::Det;
use x509_cert::{
    attr::{Attribute, Attributes},
    ext::{
        Extensions,
        pkix::name::{GeneralName, GeneralNames},
    },
};

/// The DET in the subjectAltName of the extensionRequest, if there are any; all else is remarked on.
pub(super) fn wished_det(
    attributes: &Attributes,
    remarks: &mut Vec<Remark>,
) -> Result<Option<Det>, CsrError> {
    let mut request = None;
    for attribute in attributes.iter() {
        if attribute.oid != oid::EXTENSION_REQUEST {
            remarks.push(Remark::Attribute(attribute.oid));
        } else if request.replace(attribute).is_some() {
            return Err(CsrError::Attribute { identifier: attribute.oid, reason: "it is there twice" });
        }
    }
    match request {
        Some(attribute) => in_extensions(&extensions(attribute)?, remarks),
        None => Ok(None),
    }
}

fn extensions(attribute: &Attribute) -> Result<Extensions, CsrError> {
    let fault = |reason| CsrError::Attribute { identifier: attribute.oid, reason };
    let mut values = attribute.values.iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return Err(fault("it must have exactly one value"));
    };
    let extensions: Extensions =
        value.decode_as().map_err(|_| fault("its value is no list of extensions"))?;
    if extensions.is_empty() { Err(fault("its list of extensions is empty")) } else { Ok(extensions) }
}

fn in_extensions(extensions: &Extensions, remarks: &mut Vec<Remark>) -> Result<Option<Det>, CsrError> {
    let mut names = None;
    for (index, extension) in extensions.iter().enumerate() {
        let identifier = extension.extn_id;
        let fault = |reason| CsrError::Extension { identifier, reason };
        strict::check(extension.extn_value.as_bytes()).map_err(|_| fault("its value is not DER"))?;
        if extensions.iter().take(index).any(|earlier| earlier.extn_id == identifier) {
            return Err(fault("it is there twice"));
        }
        if identifier != oid::SUBJECT_ALT_NAME {
            remarks.push(Remark::Extension { identifier, critical: extension.critical });
            continue;
        }
        if !extension.critical {
            remarks.push(Remark::AlternativeNameNotCritical);
        }
        let list = GeneralNames::from_der(extension.extn_value.as_bytes());
        names = Some(list.map_err(|_| fault("its value is no list of names"))?);
    }
    in_names(&names.unwrap_or_default(), remarks)
}

fn in_names(names: &GeneralNames, remarks: &mut Vec<Remark>) -> Result<Option<Det>, CsrError> {
    let fault = |reason| CsrError::Extension { identifier: oid::SUBJECT_ALT_NAME, reason };
    let mut found = None;
    for name in names {
        let octets = match name {
            GeneralName::IpAddress(address) => address.as_bytes(),
            other => {
                remarks.push(Remark::AlternativeName(describe(other)));
                continue;
            }
        };
        if let Ok(address) = <[u8; 4]>::try_from(octets) {
            remarks.push(Remark::AlternativeName(format!("{}", core::net::Ipv4Addr::from(address))));
            continue;
        }
        let octets = octets.try_into().map_err(|_| fault("its address has neither 4 nor 16 octets"))?;
        if found.replace(Det::from_bytes(octets).map_err(CsrError::NotADet)?).is_some() {
            return Err(fault("it has two DETs"));
        }
    }
    Ok(found)
}

fn describe(name: &GeneralName) -> String {
    match name {
        GeneralName::OtherName(other) => format!("otherName {}", other.type_id),
        GeneralName::Rfc822Name(text) => format!("rfc822Name {text}"),
        GeneralName::DnsName(text) => format!("dNSName {text}"),
        GeneralName::DirectoryName(name) => format!("directoryName {name}"),
        GeneralName::EdiPartyName(_) => "ediPartyName".into(),
        GeneralName::UniformResourceIdentifier(text) => format!("URI {text}"),
        GeneralName::IpAddress(octets) => format!("iPAddress of {} octets", octets.as_bytes().len()),
        GeneralName::RegisteredId(identifier) => format!("registeredID {identifier}"),
    }
}
