//! The TEST hierarchy: four keys, each made once, and their endorsements.

use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;

use dime_registry::{Foundation, SystemEntropy};
use dime_sign::{KeyFileError, PrivateKey, SigningPolicy, key_file, offline};
use dime_store::{Authority, Store};
use dime_zone::dnssec::{Algorithm, KeyRing};
use drip_cert::pem::{self, Label};
use drip_det::{DetClass, Hda, Hid, Level, UnixTime};
use serde_json::json;

use crate::config::Config;
use crate::node::layout;
use crate::outcome::Failure;
use crate::{dnssec, files, input};

/// The key that registrations are signed with.
pub(super) const HDA_ISSUING: &str = "hda-issuing.pem";
const HDA_AUTHORIZATION: &str = "hda-authorization.pem";
pub(super) const RAA_ISSUING: &str = "raa-issuing.pem";
const RAA_AUTHORIZATION: &str = "raa-authorization.pem";

/// The HID of the hierarchy in the store, if there is one.
pub(super) fn existing(store: &Arc<Store>) -> Result<Option<Hid>, Failure> {
    let authorities = store.authorities().map_err(Failure::unable)?;
    let issuing =
        |authority: &&Authority| authority.level == Level::Hda && authority.class == DetClass::Issuing;
    Ok(authorities.iter().find(issuing).map(|authority| authority.hid))
}

/// Make the keys and endorse them. The Authorization keys sign here, in the TEST tree's one exception to
/// the rule that they never live on a machine with a network.
pub(super) fn found(
    dir: &Path,
    store: &Store,
    config: &Config,
    hid: Hid,
    now: UnixTime,
) -> Result<(), Failure> {
    let keys = layout::keys(dir);
    files::make_private_dir(&keys)?;
    let key = |name: &str| key_or_new(&keys.join(name));
    let policy = SigningPolicy::AUTHORIZATION;
    let raa = Hid::new(hid.raa, Hda::OF_RAA);
    let raa_authorization =
        offline::test_tree(key(RAA_AUTHORIZATION)?, raa, policy).map_err(Failure::usage)?;
    let hda_authorization =
        offline::test_tree(key(HDA_AUTHORIZATION)?, hid, policy).map_err(Failure::usage)?;
    let foundation = Foundation {
        hid,
        raa_authorization: &raa_authorization,
        raa_issuing: *key(RAA_ISSUING)?.hi(),
        hda_authorization: &hda_authorization,
        hda_issuing: *key(HDA_ISSUING)?.hi(),
        authorization_lifetime: Foundation::AUTHORIZATION_LIFETIME,
        issuing_lifetime: Foundation::ISSUING_LIFETIME,
        certificate_uri: None,
        origin: Some(config.http.public_origin.trim_end_matches('/').to_owned())
            .filter(|origin| !origin.is_empty()),
        policies: config.policy.certificate_policies(),
    };
    foundation.found(store, &SystemEntropy, now).map_err(|error| match error {
        dime_registry::FoundError::ReservedHda(_) | dime_registry::FoundError::Apex => Failure::usage(error),
        other => Failure::unable(other),
    })?;
    tracing::warn!(%hid, "made a TEST hierarchy: its Authorization keys lie on this machine");
    Ok(())
}

/// The key in a file, made if there is none: an interrupted first start may have left some.
fn key_or_new(path: &Path) -> Result<PrivateKey, Failure> {
    if path.exists() {
        return key_file::load(path, None).map_err(Failure::unable);
    }
    let key = PrivateKey::generate().map_err(Failure::unable)?;
    key_file::create_new(path, &key, None).map_err(Failure::unable)?;
    Ok(key)
}

/// Refuse to start while others can read any key of the hierarchy, those included that are not loaded.
pub(super) fn check_key_files(dir: &Path) -> Result<(), Failure> {
    for name in [RAA_AUTHORIZATION, RAA_ISSUING, HDA_AUTHORIZATION, HDA_ISSUING] {
        let path = layout::keys(dir).join(name);
        let Ok(metadata) = std::fs::metadata(&path) else { continue };
        let mode = metadata.mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(Failure::unable(KeyFileError::LoosePermissions { path, mode }));
        }
    }
    Ok(())
}

/// Write the trust anchor for those who verify: its certificate, and its DET and key as JSON.
pub(super) fn write_anchor(dir: &Path, store: &Store) -> Result<(), Failure> {
    let authorities = store.authorities().map_err(Failure::unable)?;
    let anchor = authorities
        .iter()
        .find(|authority| authority.parent == authority.det)
        .ok_or_else(|| Failure::file(dir, "the hierarchy in the store has no trust anchor"))?;
    let certificate = pem::encode(Label::Certificate, &anchor.certificate);
    files::write(&layout::anchor_pem(dir), certificate.as_bytes())?;
    let document = json!({ "det": anchor.det.to_string(), "hi": anchor.hi.to_string() });
    files::write(&layout::anchor_json(dir), format!("{document}\n").as_bytes())
}

/// Make the keys that the RAA's zones are signed with, where there are none, and write their trust anchors for delv.
pub(super) fn sign_zones(dir: &Path, config: &Config, hid: Hid) -> Result<(), Failure> {
    let (folder, now) = (config.dnssec.folder(), input::now()?);
    let mut anchors = Vec::new();
    for cut in dnssec::zones_of(Hid::new(hid.raa, Hda::OF_RAA)) {
        let zone = dnssec::name_of(cut);
        dnssec::make_first(&folder, &zone, dnssec::Keys::Split, Algorithm::default(), now)?;
        let keys = KeyRing::new(folder.load(&zone).map_err(Failure::unable)?).at(now);
        anchors.extend(keys.iter().flat_map(|keys| keys.ds(&zone)).map(|ds| (zone.clone(), ds.to_string())));
    }
    files::write(&layout::dnssec_anchor(dir), crate::command::dnssec::ds::anchors(&anchors).as_bytes())
}
