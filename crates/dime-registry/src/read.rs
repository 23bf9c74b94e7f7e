//! Reading: views by who may see what, chains, certificates, the DKI.

use crate::{
    AuthorityView, Caller, CertificateError, DnsView, Listing, OurFault, Page, Permission, PrivateView,
    Profile, PublicView, ReadError, RegistrationView, Registry, WaitingFor, authority::Dki,
    registry::state_at,
};
use dime_store::{Filter, Registration, RegistrationId, State, StoreError};
use drip_det::{Det, Hid, UnixTime};
use drip_wire::Endorsement;
use std::collections::BTreeSet;

impl Registry {
    /// One registration, as the caller may see it. Its identifier cannot be guessed, so whoever has it may know how it stands.
    pub fn registration(
        &self,
        id: &RegistrationId,
        caller: &Caller,
    ) -> Result<Option<RegistrationView>, ReadError> {
        let record = self.store.registration(id)?;
        Ok(record.map(|record| self.view(&record, caller)))
    }

    /// The registration of a DET, as the caller may see it. One that only waits is seen by those alone who may see private data.
    pub fn registration_of(&self, det: Det, caller: &Caller) -> Result<Option<RegistrationView>, ReadError> {
        let Some(record) = self.store.registration_by_det(det)? else { return Ok(None) };
        let may = may_see_private(caller, &record);
        Ok((is_public(&record) || may).then(|| self.view(&record, caller)))
    }

    /// What anybody may see of a DET; `None` when it is not known or only waits.
    pub fn public_view(&self, det: Det) -> Result<Option<PublicView>, ReadError> {
        let record = self.store.registration_by_det(det)?.filter(is_public);
        Ok(record.map(|record| self.public_part(&record)))
    }

    /// A page of registrations, for managers and auditors. A token for one HDA sees that HDA.
    pub fn registrations(&self, listing: &Listing, caller: &Caller) -> Result<Page, ReadError> {
        let hid = listing.hid.or(scope_of(caller));
        caller.require(Permission::ReadPrivate, hid)?;
        let after = match &listing.cursor {
            // Identifiers begin with the time they were made at (UUIDv7), so a time is a place in the listing.
            None => listing.since.map(before_all_of),
            Some(cursor) => Some(RegistrationId(cursor_id(cursor).ok_or(ReadError::Cursor)?)),
        };
        let limit = listing.limit.unwrap_or(Listing::MAX).clamp(1, Listing::MAX);
        let filter = Filter { state: listing.state, kind: listing.kind, hid, operator: None };
        let page = self.store.registrations(filter, after.as_ref(), limit)?;
        Ok(Page {
            registrations: page.registrations.iter().map(|record| self.view_in_full(record)).collect(),
            next: page.next.map(|id| id.0),
        })
    }

    /// The endorsements of a registration in force or of an authority, trust anchor first.
    pub fn chain(&self, det: Det) -> Result<Vec<Endorsement>, CertificateError> {
        if self.authorities.find(det).is_some() {
            return self.authorities.chain(det).ok_or_else(|| broken_chain(det).into());
        }
        let record = self.in_force(det)?;
        self.chain_of(&record).ok_or_else(|| broken_chain(det).into())
    }

    /// The certificate of a registration in force or of an authority, DER.
    pub fn certificate(&self, det: Det, profile: Profile) -> Result<Vec<u8>, CertificateError> {
        let certificate = match (self.authorities.find(det), profile) {
            (Some(authority), Profile::Lite) => Some(authority.certificate),
            (Some(authority), Profile::Full) => authority.full,
            (Some(authority), Profile::Mtls) => authority.mtls,
            (None, Profile::Lite) => Some(self.in_force(det)?.certificate.ok_or_else(|| broken_chain(det))?),
            (None, Profile::Full) => self.in_force(det)?.full.and_then(|certificate| certificate.der),
            (None, Profile::Mtls) => self.in_force(det)?.mtls.and_then(|certificate| certificate.der),
        };
        certificate.ok_or(CertificateError::ProfileNotOffered(profile))
    }

    /// The native C509 certificate of a registration in force, CBOR: there when it was asked for by a native request.
    pub fn native_certificate(&self, det: Det) -> Result<Vec<u8>, CertificateError> {
        if self.authorities.find(det).is_some() {
            return Err(CertificateError::NoNative);
        }
        self.in_force(det)?.c509.ok_or(CertificateError::NoNative)
    }

    /// This DIME's own chain. Before a hierarchy was made there is none. Alerts, and why an authority was ended, are for managers and
    /// auditors.
    pub fn dki(&self, caller: &Caller) -> Result<Dki, ReadError> {
        let may = caller.require_somewhere(Permission::ReadPrivate).is_ok();
        let mut authorities = self.authorities.all();
        if !may {
            authorities.iter_mut().for_each(AuthorityView::conceal_reason);
        }
        let issuers = self.issuers.dets();
        let anchor = match issuers.first() {
            Some(&issuer) => {
                self.authorities.chain(issuer).and_then(|chain| chain.first().map(|link| link.parent))
            }
            None => authorities
                .iter()
                .find(|authority| authority.parent == authority.det)
                .map(|anchor| anchor.det),
        };
        let anchor = anchor.ok_or(OurFault::NoIssuer)?;
        let alerts = if may { self.alerts()? } else { BTreeSet::new() };
        Ok(Dki { anchor, issuers, authorities, alerts })
    }

    /// An authority of this DIME's chain.
    pub fn authority(&self, det: Det) -> Option<AuthorityView> {
        self.authorities.find(det)
    }

    fn in_force(&self, det: Det) -> Result<Registration, CertificateError> {
        let record = self.store.registration_by_det(det)?.ok_or(CertificateError::NotFound)?;
        match state_at(&record, self.clock.now()) {
            State::Registered => Ok(record),
            // That somebody waits is not public.
            State::Pending | State::Issuing | State::Denied => Err(CertificateError::NotFound),
            state => Err(CertificateError::NotRegistered(state)),
        }
    }

    fn chain_of(&self, record: &Registration) -> Option<Vec<Endorsement>> {
        let endorsement = Endorsement::decode(record.endorsement.as_ref()?).ok()?;
        let mut chain = self.authorities.chain(endorsement.parent)?;
        chain.push(endorsement);
        Some(chain)
    }

    fn view(&self, record: &Registration, caller: &Caller) -> RegistrationView {
        if may_see_private(caller, record) {
            return self.view_in_full(record);
        }
        // A denial is told to whoever holds the identifier, the applicant above all; why something was revoked is not.
        let reason = record.reason.clone().filter(|_| record.state == State::Denied);
        RegistrationView {
            id: record.id.clone(),
            public: self.public_part(record),
            waiting_for: WaitingFor::of(record),
            reason,
            private: None,
        }
    }

    pub(crate) fn view_in_full(&self, record: &Registration) -> RegistrationView {
        RegistrationView {
            id: record.id.clone(),
            public: self.public_part(record),
            waiting_for: WaitingFor::of(record),
            reason: record.reason.clone(),
            private: Some(PrivateView {
                operator: record.operator,
                serial_number: record.serial_number.clone(),
                contact: record.contact.clone(),
                flight: record.flight.clone(),
                requested_at: record.requested_at,
                decided_at: record.decided_at,
                decided_by: record.decided_by.clone(),
                ended_at: record.ended_at,
            }),
        }
    }

    fn public_part(&self, record: &Registration) -> PublicView {
        let state = match state_at(record, self.clock.now()) {
            // To the world, what is not yet signed still waits.
            State::Issuing => State::Pending,
            state => state,
        };
        let in_force = state == State::Registered;
        PublicView {
            det: record.det,
            hi: record.hi,
            kind: record.kind,
            state,
            entity_type: record.entity_type,
            not_before: record.not_before,
            not_after: record.not_after,
            endorsements: if in_force { self.chain_of(record).unwrap_or_default() } else { Vec::new() },
            certificate: record.certificate.clone().filter(|_| in_force),
            full: record.full.as_ref().and_then(|full| full.der.clone()).filter(|_| in_force),
            mtls: record.mtls.as_ref().and_then(|mtls| mtls.der.clone()).filter(|_| in_force),
            c509: record.c509.clone().filter(|_| in_force),
            dns: if in_force { self.dns_view(record.det) } else { None },
        }
    }

    fn dns_view(&self, det: Det) -> Option<DnsView> {
        if !self.zones.is_published(det) {
            return None;
        }
        let cut = self.zones.zone_of(det)?;
        Some(DnsView {
            owner: det.owner_name(),
            zone: cut.name(),
            serial: self.zones.serial(cut).ok()?.0,
            ttl: self.policy.publication.operational_ttl,
        })
    }
}

/// What has been in force is public, and stays so.
pub(crate) fn is_public(record: &Registration) -> bool {
    matches!(record.state, State::Registered | State::Revoked | State::Expired)
}

/// Managers and auditors of the HDA, the holder of the key, and the operator.
pub(crate) fn may_see_private(caller: &Caller, record: &Registration) -> bool {
    let is_party = caller.det().is_some_and(|det| det == record.det || Some(det) == record.operator);
    is_party || caller.require(Permission::ReadPrivate, Some(record.hid())).is_ok()
}

fn scope_of(caller: &Caller) -> Option<Hid> {
    match caller {
        Caller::Token(token) => token.hid,
        _ => None,
    }
}

/// A cursor is the last identifier of the page before.
fn cursor_id(cursor: &str) -> Option<String> {
    uuid::Uuid::try_parse(cursor).ok().map(|id| id.to_string())
}

/// What sorts right before every identifier made at this time or later.
fn before_all_of(since: UnixTime) -> RegistrationId {
    let milliseconds = since.0.saturating_mul(1000).min((1 << 48) - 1);
    let [_, _, a, b, c, d, e, f] = milliseconds.to_be_bytes();
    // The fourteenth digit is the version of a UUID, and less than any there is.
    RegistrationId(format!("{a:02x}{b:02x}{c:02x}{d:02x}-{e:02x}{f:02x}-0000-0000-000000000000"))
}

fn broken_chain(det: Det) -> OurFault {
    OurFault::StoreCorrupt(format!("the chain of {det} is incomplete"))
}

impl From<StoreError> for ReadError {
    fn from(error: StoreError) -> Self {
        ReadError::Ours(error.into())
    }
}

impl From<StoreError> for CertificateError {
    fn from(error: StoreError) -> Self {
        CertificateError::Ours(error.into())
    }
}
