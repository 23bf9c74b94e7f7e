//! What a ceremony request is asked for by, and what an import says.

use super::{det_text::DetText, request, time::Moment};
use crate::{Problem, ProblemKind};
use dime_registry::{
    CrossWanted, Imported, Include, Lifetimes, ListWanted, Novelty, Overlong, OwnKeys, Profiles,
    RegistrationId, RegistrationsWanted, Wanted,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is to be signed in a ceremony. Without any member: everything that waits.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CeremonyWish)]
pub(crate) struct WantedForm {
    /// The place whose Authorization key is to sign, written RAA/HDA; needed where this DIME has several.
    #[schema(
        pattern = "^(1638[0-3]|163[0-7][0-9]|16[0-2][0-9]{2}|1[0-5][0-9]{3}|[0-9]{1,4})/(1638[0-3]|163[0-7][0-9]|16[0-2][0-9]{2}|1[0-5][0-9]{3}|[0-9]{1,4})$",
        example = "16376/0"
    )]
    by: Option<String>,
    /// Which of our own Issuing keys: `lacking` an endorsement or soon to lack one (the default), `all`, or `none`.
    keys: Option<KeysWord>,
    /// Our own Issuing keys by DET, instead of `keys`.
    #[schema(value_type = Option<Vec<DetText>>)]
    key_dets: Option<Vec<String>>,
    /// PKCS#10 requests of Authorization keys at the place, DER in base64 or PEM: a self-endorsement, or a new key to take over.
    authorizations: Option<Vec<String>>,
    /// A URI for the certificates of those.
    authorization_uri: Option<String>,
    /// Which registries below: all `approved` ones (the default), `all` with those in force, which are endorsed anew, or `none`.
    registrations: Option<RegistrationsWord>,
    /// Registries below by the identifier of their registration, instead of `registrations`.
    registration_ids: Option<Vec<String>>,
    /// Other RAAs to be endorsed.
    cross: Option<Vec<CrossForm>>,
    /// A trust list to be signed, base64.
    trust_list: Option<String>,
    /// Whether the key is to sign its revocation list, too: if a new one is `due` (the default), `now`, or `none`.
    list: Option<ListWord>,
    /// The Authorization DET whose revocation list it is, instead of `list`; without it, that in force.
    #[schema(value_type = Option<DetText>)]
    list_of: Option<String>,
    /// Seconds from thisUpdate to nextUpdate of the revocation list; ninety days, if not said.
    #[schema(minimum = 60, maximum = 34560000)]
    list_lifetime: Option<u64>,
    /// Certificates beside the Lite one; both, if not said.
    profiles: Option<Vec<ExtraProfile>>,
    /// Seconds for Authorization DETs and cross-endorsements; five years, if not said.
    #[schema(minimum = 1)]
    authorization_lifetime: Option<u64>,
    /// Seconds for Issuing DETs; three years, if not said.
    #[schema(minimum = 1)]
    issuing_lifetime: Option<u64>,
    /// Whether more than ten years may be asked for.
    overlong: Option<bool>,
}

/// Which of our own keys.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = OwnKeys)]
pub(crate) enum KeysWord {
    Lacking,
    All,
    None,
}

/// Which registries below.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = RegistriesWanted)]
pub(crate) enum RegistrationsWord {
    Approved,
    All,
    None,
}

/// Whether a revocation list is to be signed.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = ListWanted)]
pub(crate) enum ListWord {
    Due,
    Now,
    None,
}

/// A certificate beside the Lite one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ExtraProfile {
    Full,
    Mtls,
}

/// Another RAA to be endorsed.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CrossEndorsement)]
pub(crate) struct CrossForm {
    /// Its Authorization DET.
    #[schema(value_type = DetText)]
    det: String,
    /// Its key, 64 hexadecimal digits.
    #[schema(pattern = "^[0-9a-fA-F]{64}$")]
    hi: String,
    /// Until when.
    not_after: Option<Moment>,
}

/// What was taken in.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Imported)]
pub(crate) struct ImportedDocument {
    /// Whether anything changed; not so when the same was taken in before.
    new: bool,
    /// Authorities that are in force now, or have new objects.
    authorities: Vec<String>,
    /// Registrations of registries below that are in force now.
    registrations: Vec<String>,
    /// Documents, by name.
    documents: Vec<String>,
    /// What the offline side refused, and what has no use here any more.
    refused: Vec<RefusedDocument>,
}

/// Something that was not signed, or not taken in.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = RefusedItem)]
pub(crate) struct RefusedDocument {
    /// What it was called.
    reference: String,
    /// Why.
    reason: String,
}

impl WantedForm {
    pub(crate) fn wanted(self) -> Result<Wanted, Problem> {
        let malformed = |field: &str, reason: String| {
            Problem::new(ProblemKind::MalformedField, format!("{field}: {reason}"))
                .at(format!("/{field}"), reason)
        };
        let by = self.by.as_deref().map(request::hid).transpose();
        let keys = match (self.key_dets, self.keys.unwrap_or(KeysWord::Lacking)) {
            (Some(dets), _) => {
                let dets = dets.iter().map(|det| request::det(det)).collect::<Result<_, _>>();
                OwnKeys::These(dets.map_err(|reason| malformed("key_dets", reason))?)
            }
            (None, KeysWord::Lacking) => OwnKeys::Lacking,
            (None, KeysWord::All) => OwnKeys::All,
            (None, KeysWord::None) => OwnKeys::None,
        };
        let registrations =
            match (self.registration_ids, self.registrations.unwrap_or(RegistrationsWord::Approved)) {
                (Some(ids), _) => RegistrationsWanted::These(ids.into_iter().map(RegistrationId).collect()),
                (None, RegistrationsWord::Approved) => RegistrationsWanted::Approved,
                (None, RegistrationsWord::All) => RegistrationsWanted::All,
                (None, RegistrationsWord::None) => RegistrationsWanted::None,
            };
        let revocation_list = match (self.list_of, self.list.unwrap_or(ListWord::Due)) {
            (Some(det), _) => {
                ListWanted::Now(Some(request::det(&det).map_err(|reason| malformed("list_of", reason))?))
            }
            (None, ListWord::Due) => ListWanted::Due,
            (None, ListWord::Now) => ListWanted::Now(None),
            (None, ListWord::None) => ListWanted::None,
        };
        let csr = |text: &String| {
            if text.contains("-----BEGIN") {
                return Ok(text.as_bytes().to_vec());
            }
            request::base64(text).map_err(|reason| malformed("authorizations", reason))
        };
        let cross = |cross: &CrossForm| {
            Ok(CrossWanted {
                det: request::det(&cross.det).map_err(|reason| malformed("cross", reason))?,
                hi: cross.hi.parse().map_err(|error: drip_det::ParseHostIdentityError| {
                    malformed("cross", error.to_string())
                })?,
                not_after: cross.not_after.map(|moment| moment.0),
            })
        };
        let trust_list = self.trust_list.as_deref().map(request::base64).transpose();
        let default = Lifetimes::DEFAULT;
        Ok(Wanted {
            by: by.map_err(|reason| malformed("by", reason))?,
            keys,
            authorizations: self.authorizations.iter().flatten().map(csr).collect::<Result<_, Problem>>()?,
            authorization_uri: self.authorization_uri,
            registrations,
            cross: self.cross.iter().flatten().map(cross).collect::<Result<_, Problem>>()?,
            trust_list: trust_list.map_err(|reason| malformed("trust_list", reason))?,
            revocation_list,
            profiles: profiles(self.profiles.as_deref()),
            lifetimes: Lifetimes {
                authorization: self.authorization_lifetime.unwrap_or(default.authorization),
                issuing: self.issuing_lifetime.unwrap_or(default.issuing),
                list: self.list_lifetime.unwrap_or(default.list),
                overlong: match self.overlong {
                    Some(true) => Overlong::Forced,
                    Some(false) | None => Overlong::Refused,
                },
            },
        })
    }
}

fn profiles(named: Option<&[ExtraProfile]>) -> Profiles {
    let include = |profile: ExtraProfile| {
        let wanted = named.is_none_or(|named| named.contains(&profile));
        if wanted { Include::Yes } else { Include::No }
    };
    Profiles { full: include(ExtraProfile::Full), mtls: include(ExtraProfile::Mtls) }
}

impl From<Imported> for ImportedDocument {
    fn from(imported: Imported) -> Self {
        let refused = imported
            .refused
            .into_iter()
            .map(|item| RefusedDocument { reference: item.reference, reason: item.reason });
        ImportedDocument {
            new: imported.novelty == Novelty::New,
            authorities: imported.authorities.iter().map(ToString::to_string).collect(),
            registrations: imported.registrations.iter().map(ToString::to_string).collect(),
            documents: imported.documents,
            refused: refused.collect(),
        }
    }
}
