//! What the DNS says of authorities and of registries below (draft-ietf-drip-dki, section 6; RFC 9886, section 3).
//!
//! | authority | zones |
//! |---|---|
//! | own | the zones of its place are served here; its HHIT, HIP, CERT, TLSA, BRID with its parent's endorsement, and URI if its certificate names one, are in them |
//! | of a registry below with name servers of its own | delegated: NS, glue, DS. Its own records lie below the cut, and it serves them |
//! | of a registry below without | its zone is served here, with its records |
//! | of a level above | nothing |

use super::Publisher;
use crate::{
    AuthorityView, Publication,
    sub_registry::{zone_name, zones_of},
};
use dime_store::{AuthorityStatus, Delegation, DelegationState, Ownership};
use dime_zone::{Ds, Host, Name, Published, Serial, Soa, ZoneConfig, ZoneError};
use drip_cert::lite::LiteCertificate;
use drip_det::{Level, ZoneCut};
use drip_wire::rdata::{Brid, Uri};

impl Publisher {
    pub(super) fn put_authority(&self, authority: AuthorityView, serial: Serial) {
        if authority.own == Ownership::Own && !authority.status.has_ended() {
            self.serve_place_of(&authority, serial);
        }
        self.authorities.put(authority.clone());
        self.show_authority(&authority, serial);
    }

    /// Puts an authority's records into the DNS as they are now, or takes them out.
    pub(super) fn show_authority(&self, authority: &AuthorityView, serial: Serial) {
        let home = ZoneCut::home_of(authority.hid);
        let served_here = match authority.own {
            Ownership::Own => true,
            // Below a cut that is delegated, or will be, nothing of it is ours to say.
            Ownership::Below => self.zones.zone_of(authority.det) == Some(home),
            Ownership::Above => false,
        };
        if !served_here {
            return;
        }
        if authority.status.is_published() {
            self.publish(self.published_authority(authority), serial);
        } else {
            self.zones.remove(authority.det, serial);
        }
    }

    pub(crate) fn published_authority(&self, authority: &AuthorityView) -> Published {
        let Publication { uas_type, brid_shape, authority_ttl, .. } = self.publication;
        let mut endorsements = vec![authority.endorsement];
        endorsements.extend(self.crossing.lock().given_by(authority.det));
        let brid = Brid::for_session(authority.det, uas_type, &endorsements, brid_shape);
        Published {
            det: authority.det,
            hi: authority.hi,
            ttl: authority_ttl,
            entity_type: authority.entity_type,
            abbreviation: authority.hid.abbreviation(),
            certificate: authority.certificate.clone(),
            brid: Some(brid.encode()),
            uri: service_uri(authority),
            vnb: authority.endorsement.vnb,
            vna: authority.endorsement.vna,
        }
    }

    /// The zones that an own authority is responsible for: the Apex's, an RAA's four, an HDA's one.
    fn serve_place_of(&self, authority: &AuthorityView, serial: Serial) {
        let cuts = match authority.level {
            Level::Apex => vec![ZoneCut::Apex],
            Level::Raa => ZoneCut::raa_zones(authority.hid.raa).to_vec(),
            Level::Hda => ZoneCut::hda_of(authority.hid).into_iter().collect(),
        };
        for cut in cuts {
            self.serve(cut, serial);
        }
    }

    fn serve(&self, cut: ZoneCut, serial: Serial) {
        let zone = zone_name(cut);
        let inside = |host: &&Host| host.name.is_within(&zone);
        let config = ZoneConfig {
            cut,
            soa: Soa {
                mname: self.mname.clone(),
                rname: self.rname.clone(),
                refresh: self.publication.refresh,
                retry: self.publication.retry,
                expire: self.publication.expire,
                minimum: self.publication.negative_ttl,
            },
            serial,
            ns: self.name_servers.clone(),
            glue: self.addresses.iter().filter(inside).cloned().collect(),
            ttl: self.publication.authority_ttl,
        };
        match self.zones.add_zone(config) {
            Ok(()) | Err(ZoneError::Served(_)) => {}
            Err(error) => tracing::error!(zone = cut.name(), %error, "a zone cannot be served"),
        }
    }

    /// A registry below: its delegation, or its zone here when it has no name servers of its own.
    pub(super) fn put_delegation(&self, delegation: &Delegation, serial: Serial) {
        let cuts = zones_of(delegation.hid);
        let hosted = delegation.name_servers.is_empty();
        match (delegation.state, hosted) {
            (DelegationState::Waiting, _) => {}
            (DelegationState::Active, true) => {
                cuts.into_iter().for_each(|cut| self.serve(cut, serial));
                let of_it = |authority: &AuthorityView| {
                    authority.hid == delegation.hid
                        && authority.own == Ownership::Below
                        && authority.status == AuthorityStatus::Active
                };
                for authority in self.authorities.all().iter().filter(|authority| of_it(authority)) {
                    self.publish(self.published_authority(authority), serial);
                }
            }
            (DelegationState::Active, false) => {
                for (block, cut) in (0_u8..).zip(cuts) {
                    self.delegate(delegation, block, cut, serial);
                }
            }
            (DelegationState::Suspended | DelegationState::Ended, true) => {}
            (DelegationState::Suspended | DelegationState::Ended, false) => {
                for cut in cuts {
                    self.zones.undelegate(cut, serial);
                }
            }
        }
    }

    fn delegate(&self, delegation: &Delegation, block: u8, cut: ZoneCut, serial: Serial) {
        let zone = zone_name(cut);
        let name = |text: &String| text.parse::<Name>().ok();
        let host = |glue: &dime_store::Glue| {
            let name = name(&glue.name).filter(|name| name.is_within(&zone))?;
            Some(Host { name, addresses: glue.addresses.clone() })
        };
        let ds = delegation.ds.iter().filter(|ds| ds.block == block).map(|ds| Ds {
            key_tag: ds.key_tag,
            algorithm: ds.algorithm,
            digest_type: ds.digest_type,
            digest: ds.digest.clone(),
        });
        let delegated = dime_zone::Delegation {
            ns: delegation.name_servers.iter().filter_map(name).collect(),
            glue: delegation.glue.iter().filter_map(host).collect(),
            ds: ds.collect(),
        };
        if let Err(error) = self.zones.delegate(cut, delegated, serial) {
            tracing::error!(zone = cut.name(), %error, "a zone cannot be delegated");
        }
    }
}

/// Where an authority's services are: the URI that its certificate names beside the DET.
fn service_uri(authority: &AuthorityView) -> Option<Vec<u8>> {
    let certificate = LiteCertificate::parse(&authority.certificate)
        .inspect_err(|error| tracing::error!(det = %authority.det, %error, "the certificate of an authority is damaged"))
        .ok()?;
    let uri = Uri::only(certificate.tbs().uri.as_deref()?)
        .inspect_err(|error| tracing::warn!(det = %authority.det, %error, "no URI record can say this"));
    Some(uri.ok()?.encode())
}
