//! What an item or a signed object says, line by line, for people to check. Whatever came from outside is written so that it cannot be
//! taken for something else on a terminal.

use super::{AuthorityObjects, AuthorityRequest, Include, Item, Profiles, Signed};
use drip_cert::{
    crl::{Crl, CrlTbs, Scope},
    csr::Csr,
    full::Policies,
    x509::ObjectIdentifier,
};
use drip_det::{Det, DetClass, HostIdentity, UnixTime};
use drip_wire::{Endorsement, trust::TrustList};

/// A name and what it is.
type Line = (&'static str, String);

impl Item {
    /// The item's content: names of fields and their values.
    pub fn describe(&self) -> Vec<Line> {
        let mut lines = match self {
            Item::Authority(request) => of_authority(request),
            Item::CrossEndorsement { det, hi, not_before, not_after, .. } => {
                vec![
                    ("DET", det_and_place(*det)),
                    ("key", key(hi)),
                    ("asked for", span(*not_before, *not_after)),
                ]
            }
            Item::TrustList { payload, .. } => match TrustList::decode(payload) {
                Ok(list) => of_list(&list),
                Err(error) => vec![("list", format!("cannot be read: {error}"))],
            },
            Item::RevocationList { to_be_signed, .. } => match CrlTbs::decode(to_be_signed) {
                Ok(list) => of_revocation_list(&list),
                Err(error) => vec![("list", format!("cannot be read: {error}"))],
            },
        };
        if !self.reference().is_empty() {
            lines.push(("reference", plain(self.reference())));
        }
        lines
    }
}

fn of_authority(request: &AuthorityRequest) -> Vec<Line> {
    let AuthorityRequest { level, class, hid, not_before, not_after, profiles, .. } = request;
    let mut lines = vec![("authority", format!("{} of the {level} at {hid}", class_name(*class)))];
    match Csr::parse(&request.csr) {
        Ok(csr) => {
            lines.push(("DET", det_and_place(Det::derive(*hid, csr.hi()))));
            lines.push(("key", key(csr.hi())));
            lines.extend(csr.serial_number().map(|serial| ("serial number", plain(serial))));
        }
        Err(error) => lines.push(("certification request", format!("cannot be read: {error}"))),
    }
    lines.push(("asked for", span(*not_before, *not_after)));
    lines.push(("certificates", names(*profiles)));
    lines.extend(request.uri.iter().map(|uri| ("URI", plain(uri))));
    lines.extend(policy_line(request));
    if let Some(urls) = &request.pki {
        let named = [("CRL", &urls.crl), ("OCSP", &urls.ocsp), ("issuer's certificate", &urls.issuer)];
        lines.extend(named.into_iter().filter_map(|(name, url)| Some((name, plain(url.as_ref()?)))));
    }
    lines
}

/// The policies, where a Full certificate is asked for and they are not the usual ones.
fn policy_line(request: &AuthorityRequest) -> Option<Line> {
    let usual = request.policies == Policies::default();
    (request.profiles.full == Include::Yes && !usual).then(|| {
        let name =
            |policy: Option<ObjectIdentifier>| policy.map_or("none".into(), |policy| policy.to_string());
        let Policies { raa, hda } = request.policies;
        ("certificate policies", format!("by RAAs {}, by HDAs {}", name(raa), name(hda)))
    })
}

fn of_list(list: &TrustList) -> Vec<Line> {
    let validity = list.validity();
    let mut lines = vec![
        ("by", det_and_place(list.issuer())),
        ("sequence", list.sequence().to_string()),
        ("asked for", span(validity.not_before(), validity.not_after())),
    ];
    for trusted in list.trusted() {
        lines.push(("trusts", format!("{} {}", det_and_place(trusted.det), key(&trusted.hi))));
    }
    lines
}

fn of_revocation_list(list: &CrlTbs) -> Vec<Line> {
    let scope = match (&list.scope, list.base) {
        (Scope::Whole, None) => "everything that it issued".to_owned(),
        (Scope::Whole, Some(base)) => format!("changes since number {base}"),
        (Scope::Point(uri), _) => format!("a part: {}", plain(uri)),
        (Scope::Indirect(_), _) => "other issuers, too".to_owned(),
    };
    let mut lines = vec![
        ("by", det_and_place(list.issuer)),
        ("number", list.number.to_string()),
        ("about", scope),
        ("asked for", span(list.this_update.to_unix(), list.next_update.to_unix())),
        ("revoked in all", list.entries.len().to_string()),
    ];
    lines.extend(list.freshest.iter().map(|uri| ("changes at", plain(uri))));
    for entry in &list.entries {
        let reason = entry.reason.map_or("no reason code", |reason| reason.word());
        let number = entry.serial.as_bytes().iter().map(|octet| format!("{octet:02x}")).collect::<String>();
        let of = if entry.issuer == list.issuer { String::new() } else { format!(" of {}", entry.issuer) };
        lines.push(("revoked", format!("{number}{of} since {} ({reason})", entry.revoked_at.to_unix())));
    }
    lines
}

impl Signed {
    /// The object's content: names of fields and their values.
    pub fn describe(&self) -> Vec<Line> {
        match self {
            Signed::Authority { endorsement, lite, full, mtls } => {
                let mut lines = of_endorsement(endorsement);
                let certificates = [("Lite", Some(lite)), ("Full", full.as_ref()), ("mtls", mtls.as_ref())];
                let sizes = certificates
                    .into_iter()
                    .filter_map(|(name, der)| Some(format!("{name} ({} octets)", der?.len())));
                lines.push(("certificates", sizes.collect::<Vec<_>>().join(", ")));
                lines
            }
            Signed::CrossEndorsement(endorsement) => of_endorsement(endorsement),
            Signed::TrustList(cose) => vec![("signed list", format!("{} octets", cose.len()))],
            Signed::RevocationList(der) => match Crl::parse(der) {
                Ok(list) => of_revocation_list(list.tbs()),
                Err(error) => vec![("signed list", format!("cannot be read: {error}"))],
            },
            Signed::Refused { reason } => vec![("reason", plain(reason))],
        }
    }
}

impl AuthorityObjects {
    /// The authority's content: names of fields and their values.
    pub fn describe(&self) -> Vec<Line> {
        let AuthorityObjects { level, class, hid, .. } = self;
        let mut lines = vec![("authority", format!("{} of the {level} at {hid}", class_name(*class)))];
        lines.extend(of_endorsement(&self.endorsement));
        lines
    }
}

fn of_endorsement(octets: &[u8; Endorsement::LEN]) -> Vec<Line> {
    match Endorsement::decode(octets) {
        Err(error) => vec![("endorsement", format!("cannot be read: {error}"))],
        Ok(endorsement) => vec![
            ("DET", det_and_place(endorsement.child)),
            ("key", key(&endorsement.child_hi)),
            ("endorsed by", det_and_place(endorsement.parent)),
            ("valid", span(endorsement.vnb.to_unix(), endorsement.vna.to_unix())),
        ],
    }
}

const fn class_name(class: DetClass) -> &'static str {
    match class {
        DetClass::Authorization => "Authorization DET",
        DetClass::Issuing => "Issuing DET",
        DetClass::Operational => "Operational DET",
    }
}

fn det_and_place(det: Det) -> String {
    format!("{det} at {}", det.hid())
}

fn key(hi: &HostIdentity) -> String {
    hi.to_string()
}

fn span(from: UnixTime, to: UnixTime) -> String {
    format!("{from} to {to} ({} days)", to.0.saturating_sub(from.0) / 86_400)
}

fn names(profiles: Profiles) -> String {
    match (profiles.full, profiles.mtls) {
        (Include::No, Include::No) => "Lite",
        (Include::Yes, Include::No) => "Lite, Full",
        (Include::No, Include::Yes) => "Lite, mtls",
        (Include::Yes, Include::Yes) => "Lite, Full, mtls",
    }
    .into()
}

/// Text from outside: control characters and the like are written as escapes.
fn plain(text: &str) -> String {
    text.escape_debug().to_string()
}
