//! What exactly will be signed for an item: complete but for the signatures, so that what was reviewed and what is signed are one.

use super::warning::YEAR;
use super::{AuthorityRequest, Entropy, Include, Item, Refusal, Request, Signed, Terms, Warning};
use crate::{
    Authorization, CrossEndorsement, LocalSigner, NoRandomness, SignError, SignRequest, Signer,
    SigningPolicy, certify, endorse, list_revoked, sign_trust_list,
};
use drip_cert::{
    crl::{CrlTbs, Scope},
    csr::Csr,
    full::{FullTbs, KeyUsage},
    lite::LiteTbs,
    mtls::{MtlsRole, MtlsTbs, PkiUrls},
    x509::{CertTime, CertificateSerial, Profile, Subject},
};
use drip_det::{Det, DetClass, DripTime, HostIdentity, Level, UnixTime};
use drip_wire::{EndorsementBody, trust::TrustList};

/// An item that will be signed as it stands here.
pub(super) enum Plan {
    Authority(Box<AuthorityPlan>),
    CrossEndorsement { body: EndorsementBody, policy: SigningPolicy },
    TrustList { list: TrustList, policy: SigningPolicy },
    RevocationList { list: Box<CrlTbs>, policy: SigningPolicy },
}

/// An authority's objects without their signatures.
pub(super) struct AuthorityPlan {
    endorsement: EndorsementBody,
    lite: LiteTbs,
    full: Option<FullTbs>,
    mtls: Option<MtlsTbs>,
    policy: SigningPolicy,
}

/// Why there is no plan: the item's fault, or this machine's.
pub(super) enum NoPlan {
    Refused(Refusal),
    NoRandomness(NoRandomness),
}

impl<E: Into<Refusal>> From<E> for NoPlan {
    fn from(refusal: E) -> Self {
        NoPlan::Refused(refusal.into())
    }
}

/// Signer, terms and moment of a ceremony.
pub(super) struct Setting<'a> {
    pub(super) signer: &'a LocalSigner<Authorization>,
    pub(super) terms: Terms,
    pub(super) now: UnixTime,
    /// When the signer's own authority ends, as far as that is known.
    pub(super) own_end: Option<UnixTime>,
}

impl<'a> Setting<'a> {
    /// What the signer's own policy does not say of its end, a self-endorsement in the same request may.
    pub(super) fn new(
        request: &Request,
        signer: &'a LocalSigner<Authorization>,
        terms: Terms,
        now: UnixTime,
    ) -> Self {
        let own = request.items.iter().find_map(|item| match item {
            Item::Authority(request) => {
                let csr = Csr::parse(&request.csr).ok()?;
                let itself = *csr.hi() == *signer.hi() && request.class == DetClass::Authorization;
                itself.then(|| terms.end(request.not_after, None))
            }
            _ => None,
        });
        Setting { signer, terms, now, own_end: own.or(signer.policy().authority_ends) }
    }

    /// Decodes an item in full and works out what would be signed; the signer's own checks are rehearsed.
    pub(super) fn plan(
        &self,
        item: &Item,
        entropy: &mut Entropy<'_>,
        warnings: &mut Vec<Warning>,
    ) -> Result<Plan, NoPlan> {
        match item {
            Item::Authority(request) => self.authority(request, entropy, warnings),
            Item::CrossEndorsement { det, hi, not_before, not_after, .. } => {
                Ok(self.cross(*det, hi, (*not_before, *not_after), warnings)?)
            }
            Item::TrustList { payload, .. } => Ok(self.trust_list(payload)?),
            Item::RevocationList { to_be_signed, .. } => Ok(self.revocation_list(to_be_signed)?),
        }
    }

    fn authority(
        &self,
        request: &AuthorityRequest,
        entropy: &mut Entropy<'_>,
        warnings: &mut Vec<Warning>,
    ) -> Result<Plan, NoPlan> {
        let AuthorityRequest { level, class, hid, .. } = *request;
        let csr = Csr::parse(&request.csr).and_then(Csr::verify).map_err(Refusal::Csr)?;
        warnings.extend(csr.remarks().iter().cloned().map(Warning::Unused));
        let (hi, det) = (*csr.hi(), Det::derive(hid, csr.hi()));
        if let Some(wished) = csr.det().filter(|wished| *wished != det) {
            return Err(Refusal::OtherDet { wished, det }.into());
        }
        let subject = Subject::Ca { level, class, hid };
        if level_of(hid) != Some(level) {
            return Err(Refusal::Level { level, hid }.into());
        }
        let itself = hi == *self.signer.hi();
        if itself {
            match (class, level) {
                (DetClass::Authorization, Level::Hda) => return Err(Refusal::SelfEndorsedHda.into()),
                (DetClass::Authorization, _) => warnings.push(Warning::SelfEndorsement),
                _ => return Err(Refusal::OwnKeyIssuing.into()),
            }
        }
        // A trust anchor's renewal may outlast what it renews.
        let own_end = self.own_end.filter(|_| !itself);
        let policy = self.policy(own_end);
        let (not_before, not_after) =
            self.window((request.not_before, request.not_after), own_end, class, warnings)?;
        let issuer = self.signer.det();
        let certified = (
            CertTime::new(not_before).map_err(Refusal::from)?,
            CertTime::new(not_after).map_err(Refusal::from)?,
        );
        let endorsement = EndorsementBody {
            vnb: DripTime::from_unix(not_before).map_err(Refusal::from)?,
            vna: DripTime::from_unix(not_after).map_err(Refusal::from)?,
            child: det,
            child_hi: hi,
            parent: issuer,
        };
        let lite = LiteTbs {
            serial: CertificateSerial::from_random(random::<1>(entropy)?[0]),
            issuer,
            not_before: certified.0,
            not_after: certified.1,
            subject,
            hi,
            det,
            uri: request.uri.clone(),
            hardware_module: None,
        };
        let full = match request.profiles.full {
            Include::No => None,
            Include::Yes => Some(FullTbs {
                serial: CertificateSerial::unpredictable(random(entropy)?),
                issuer,
                not_before: certified.0,
                not_after: certified.1,
                subject,
                hi,
                det,
                uri: request.uri.clone(),
                hardware_module: None,
                key_usage: KeyUsage::default(),
                policy: request.policies.of(issuer, det),
            }),
        };
        let mtls = match request.profiles.mtls {
            Include::No => None,
            Include::Yes => Some(MtlsTbs {
                serial: CertificateSerial::unpredictable(random(entropy)?),
                issuer,
                not_before: certified.0,
                not_after: certified.1,
                role: MtlsRole::Authority,
                hi,
                det,
                uri: request.uri.clone(),
                hardware_module: None,
                pki: request.pki.clone().unwrap_or(PkiUrls::NONE),
            }),
        };
        let plan = AuthorityPlan { endorsement, lite, full, mtls, policy };
        plan.rehearse(&self.signer.under(policy), self.now).map_err(Refusal::from)?;
        Ok(Plan::Authority(Box::new(plan)))
    }

    fn cross(
        &self,
        det: Det,
        hi: &HostIdentity,
        asked: (UnixTime, UnixTime),
        warnings: &mut Vec<Warning>,
    ) -> Result<Plan, Refusal> {
        let across = self.signer.level() == Level::Raa
            && det.raa() != self.signer.det().raa()
            && det.raa() != drip_det::Raa::APEX
            && det.hda() == drip_det::Hda::OF_RAA;
        if !across {
            return Err(Refusal::NotAcross { det });
        }
        let policy =
            SigningPolicy { cross_endorsement: CrossEndorsement::Allowed, ..self.policy(self.own_end) };
        let own_end = self.own_end;
        let (not_before, not_after) = self.window(asked, own_end, DetClass::Authorization, warnings)?;
        warnings.push(Warning::VouchesForOtherRaa { det });
        let body = EndorsementBody {
            vnb: DripTime::from_unix(not_before)?,
            vna: DripTime::from_unix(not_after)?,
            child: det,
            child_hi: *hi,
            parent: self.signer.det(),
        };
        self.signer.under(policy).rehearse(&SignRequest::Endorsement(body), self.now)?;
        Ok(Plan::CrossEndorsement { body, policy })
    }

    fn trust_list(&self, payload: &[u8]) -> Result<Plan, Refusal> {
        let policy = self.policy(self.own_end);
        let list = TrustList::decode(payload).map_err(SignError::TrustList)?;
        self.signer.under(policy).rehearse(&SignRequest::TrustList(payload.to_vec()), self.now)?;
        Ok(Plan::TrustList { list, policy })
    }

    /// A list is signed as it was asked for: a shortened one would be another, and whoever asked has to know its end.
    fn revocation_list(&self, to_be_signed: &[u8]) -> Result<Plan, Refusal> {
        let policy = self.policy(self.own_end);
        let list = CrlTbs::decode(to_be_signed).map_err(SignError::Crl)?;
        if list.scope != Scope::Whole || list.base.is_some() {
            return Err(Refusal::PartialList);
        }
        let not_after = list.next_update.to_unix();
        if let Some(latest) = policy.authority_ends.filter(|latest| not_after > *latest) {
            return Err(Refusal::LateList { not_after, latest });
        }
        self.signer.under(policy).rehearse(&SignRequest::Crl(to_be_signed.to_vec()), self.now)?;
        Ok(Plan::RevocationList { list: Box::new(list), policy })
    }

    /// The signer's policy under the terms, for a signer that ends at this moment.
    fn policy(&self, own_end: Option<UnixTime>) -> SigningPolicy {
        self.terms.policy(&SigningPolicy { authority_ends: own_end, ..*self.signer.policy() })
    }

    /// The validity that will be signed for one that was asked for.
    fn window(
        &self,
        asked: (UnixTime, UnixTime),
        own_end: Option<UnixTime>,
        class: DetClass,
        warnings: &mut Vec<Warning>,
    ) -> Result<(UnixTime, UnixTime), Refusal> {
        let (not_before, asked) = asked;
        let not_after = self.terms.end(asked, own_end);
        if not_after < asked {
            if not_after < not_before {
                return Err(Refusal::NothingLeft { not_before, not_after });
            }
            warnings.push(Warning::Shortened { asked, signed: not_after });
        }
        let seconds = not_after.0.saturating_sub(not_before.0);
        if class == DetClass::Authorization && seconds < YEAR {
            warnings.push(Warning::Short { seconds });
        }
        if seconds > self.signer.policy().max_lifetime {
            warnings.push(Warning::Overlong { seconds });
        }
        Ok((not_before, not_after))
    }
}

impl AuthorityPlan {
    fn rehearse(&self, signer: &LocalSigner<Authorization>, now: UnixTime) -> Result<(), SignError> {
        let lite = SignRequest::certificate(Profile::Lite, self.lite.encode()?);
        let full = self.full.as_ref().map(|tbs| tbs.encode()).transpose()?;
        let mtls = self.mtls.as_ref().map(|tbs| tbs.encode()).transpose()?;
        signer.rehearse(&SignRequest::Endorsement(self.endorsement), now)?;
        signer.rehearse(&lite, now)?;
        for (profile, octets) in [(Profile::Full, full), (Profile::Mtls, mtls)] {
            if let Some(octets) = octets {
                signer.rehearse(&SignRequest::certificate(profile, octets), now)?;
            }
        }
        Ok(())
    }
}

impl Plan {
    /// The DET that is endorsed, if one is.
    pub(super) fn child(&self) -> Option<Det> {
        match self {
            Plan::Authority(plan) => Some(plan.endorsement.child),
            Plan::CrossEndorsement { body, .. } => Some(body.child),
            Plan::TrustList { .. } | Plan::RevocationList { .. } => None,
        }
    }

    /// How many signatures the key gives for it.
    pub(super) fn signatures(&self) -> usize {
        match self {
            Plan::Authority(plan) => 2 + usize::from(plan.full.is_some()) + usize::from(plan.mtls.is_some()),
            Plan::CrossEndorsement { .. } | Plan::TrustList { .. } | Plan::RevocationList { .. } => 1,
        }
    }

    /// The validity that will be signed.
    pub(super) fn validity(&self) -> (UnixTime, UnixTime) {
        let of = |body: &EndorsementBody| (body.vnb.to_unix(), body.vna.to_unix());
        match self {
            Plan::Authority(plan) => of(&plan.endorsement),
            Plan::CrossEndorsement { body, .. } => of(body),
            Plan::TrustList { list, .. } => (list.validity().not_before(), list.validity().not_after()),
            Plan::RevocationList { list, .. } => (list.this_update.to_unix(), list.next_update.to_unix()),
        }
    }

    /// Signs.
    pub(super) fn sign(
        self,
        signer: &LocalSigner<Authorization>,
        now: UnixTime,
    ) -> Result<Signed, SignError> {
        Ok(match self {
            Plan::Authority(plan) => {
                let signer = signer.under(plan.policy);
                Signed::Authority {
                    endorsement: endorse(&signer, plan.endorsement, now)?.encode(),
                    lite: certify(&signer, &plan.lite, now)?,
                    full: plan.full.map(|tbs| certify(&signer, &tbs, now)).transpose()?,
                    mtls: plan.mtls.map(|tbs| certify(&signer, &tbs, now)).transpose()?,
                }
            }
            Plan::CrossEndorsement { body, policy } => {
                Signed::CrossEndorsement(endorse(&signer.under(policy), body, now)?.encode())
            }
            Plan::TrustList { list, policy } => {
                Signed::TrustList(sign_trust_list(&signer.under(policy), list, now)?.encode())
            }
            Plan::RevocationList { list, policy } => {
                Signed::RevocationList(list_revoked(&signer.under(policy), &list, now)?)
            }
        })
    }
}

fn random<const N: usize>(entropy: &mut Entropy<'_>) -> Result<[u8; N], NoPlan> {
    let mut octets = [0; N];
    entropy(&mut octets).map_err(NoPlan::NoRandomness)?;
    Ok(octets)
}

/// The level whose authorities sit at a place: an RAA's at any of its four, the Apex's at 0/0 alone.
pub(super) fn level_of(hid: drip_det::Hid) -> Option<Level> {
    match (hid.raa, hid.hda) {
        (drip_det::Raa::APEX, drip_det::Hda::OF_RAA) => Some(Level::Apex),
        (drip_det::Raa::APEX, _) => None,
        (_, hda) if hda.is_reserved_to_raa() => Some(Level::Raa),
        _ => Some(Level::Hda),
    }
}
