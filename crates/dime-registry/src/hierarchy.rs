//! Founding a hierarchy without an Apex: an RAA that endorses itself, an HDA under it, and an Issuing DET for each
//! (draft-ietf-drip-dki; spec of the DKI, sections 2, 3 and 7).
//!
//! | DET | HID | entity type | endorsed by | common name |
//! |---|---|---|---|---|
//! | RAA-A | R/0 | 10 | itself: the trust anchor | `DRIP-RAA-A-R` |
//! | RAA-I | R/0 | 11 | RAA-A | `DRIP-RAA-I-R` |
//! | HDA-A | R/H | 14 | RAA-A | `DRIP-HDA-A-R-H` |
//! | HDA-I | R/H | 15 | HDA-A | `DRIP-HDA-I-R-H` |

use crate::{Entropy, OurFault};
use dime_sign::{Authorization, LocalSigner, Purpose, SignError, Signer, certify, endorse};
use dime_store::{
    Actor, Authority, AuthorityStatus, Change, ChangeKind, Expect, Ownership, Standing, Store, StoreError,
    Write,
};
use drip_cert::{
    full::{FullTbs, KeyUsage, Policies},
    lite::LiteTbs,
    mtls::{MtlsRole, MtlsTbs, PkiUrls},
    x509::{CertTime, CertificateSerial, OutsideCertTime, Subject},
};
use drip_det::{
    Det, DetClass, DripTime, EntityType, Hda, Hid, HostIdentity, Level, OutsideDripTime, UnixTime,
};
use drip_wire::EndorsementBody;

const YEAR: u64 = 365 * 86_400;

/// A hierarchy to be founded, marked TEST when its Authorization keys are of a TEST tree. The Authorization keys sign here and are not needed again until something is renewed.
pub struct Foundation<'a> {
    /// The HDA; its RAA number is the RAA's.
    pub hid: Hid,
    /// The RAA's Authorization key, of R/0: the trust anchor.
    pub raa_authorization: &'a LocalSigner<Authorization>,
    /// The RAA's Issuing key.
    pub raa_issuing: HostIdentity,
    /// The HDA's Authorization key, of R/H.
    pub hda_authorization: &'a LocalSigner<Authorization>,
    /// The HDA's Issuing key: the one that registrations are signed with.
    pub hda_issuing: HostIdentity,
    /// Seconds that the Authorization DETs are endorsed for: five years recommended, ten at most.
    pub authorization_lifetime: u64,
    /// Seconds that the Issuing DETs are endorsed for.
    pub issuing_lifetime: u64,
    /// A URI for the certificates.
    pub certificate_uri: Option<String>,
    /// Where this DIME's HTTP door is found by everybody: certificates say that their issuers' lists and status are there.
    pub origin: Option<String>,
    /// The certificate policies that Full certificates name.
    pub policies: Policies,
}

/// Why a hierarchy was not founded. Nothing was stored.
#[derive(Debug, thiserror::Error)]
pub enum FoundError {
    /// The HDA is one of the four that belong to the RAA.
    #[error("HID {0}: this HDA number belongs to the RAA")]
    ReservedHda(Hid),
    /// RAA 0 is the Apex.
    #[error("RAA 0 is the Apex")]
    Apex,
    /// An Authorization key sits elsewhere in the hierarchy.
    #[error("the {level} Authorization key is of HID {found}, not {expected}")]
    Place {
        /// Whose key.
        level: Level,
        /// Where it is.
        found: Hid,
        /// Where it should be.
        expected: Hid,
    },
    /// The same key twice: every DET needs its own.
    #[error("two of the four keys are the same")]
    SameKey,
    /// The store has authorities already.
    #[error("the store has a hierarchy already")]
    Exists,
    /// The times cannot be written into an endorsement.
    #[error(transparent)]
    EndorsementTime(#[from] OutsideDripTime),
    /// The times cannot be written into a certificate.
    #[error(transparent)]
    CertificateTime(#[from] OutsideCertTime),
    /// A signer did not sign.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// One of our parts failed.
    #[error(transparent)]
    Ours(#[from] OurFault),
}

/// One of the four, before it is endorsed.
struct Member {
    level: Level,
    class: DetClass,
    hid: Hid,
    hi: HostIdentity,
    lifetime: u64,
}

impl Foundation<'_> {
    /// Five years for Authorization DETs, as the DKI recommends.
    pub const AUTHORIZATION_LIFETIME: u64 = 5 * YEAR;
    /// Three years for Issuing DETs.
    pub const ISSUING_LIFETIME: u64 = 3 * YEAR;

    /// Endorses and certifies the four DETs, and commits them in one change. The store must have no authorities yet.
    pub fn found(
        &self,
        store: &Store,
        entropy: &dyn Entropy,
        now: UnixTime,
    ) -> Result<[Authority; 4], FoundError> {
        self.check()?;
        if !store.authorities().map_err(OurFault::from)?.is_empty() {
            return Err(FoundError::Exists);
        }
        let authorities = self.endorse(entropy, now)?;
        let write = |authority: &Authority| Write::PutAuthority {
            record: Box::new(authority.clone()),
            expect: Expect::Absent,
        };
        let writes = authorities.iter().map(write).collect();
        let change = Change { actor: Actor::Local, at: now, kind: ChangeKind::AuthorityChanged, writes };
        store.commit(change).map_err(|error| match error {
            StoreError::Conflict(_) => FoundError::Exists,
            other => FoundError::Ours(other.into()),
        })?;
        Ok(authorities)
    }

    fn check(&self) -> Result<(), FoundError> {
        if self.hid.raa.value() == 0 {
            return Err(FoundError::Apex);
        }
        if self.hid.hda.is_reserved_to_raa() {
            return Err(FoundError::ReservedHda(self.hid));
        }
        for (level, signer, expected) in
            [(Level::Raa, self.raa_authorization, self.raa()), (Level::Hda, self.hda_authorization, self.hid)]
        {
            let found = signer.det().hid();
            if found != expected {
                return Err(FoundError::Place { level, found, expected });
            }
        }
        let mut keys =
            [*self.raa_authorization.hi(), self.raa_issuing, *self.hda_authorization.hi(), self.hda_issuing];
        keys.sort_unstable();
        if keys.windows(2).any(|pair| pair.first() == pair.last()) {
            return Err(FoundError::SameKey);
        }
        Ok(())
    }

    /// One TEST key makes a TEST tree.
    fn standing(&self) -> Standing {
        match (self.raa_authorization.purpose(), self.hda_authorization.purpose()) {
            (Purpose::Production, Purpose::Production) => Standing::Production,
            _ => Standing::Test,
        }
    }

    const fn raa(&self) -> Hid {
        Hid::new(self.hid.raa, Hda::OF_RAA)
    }

    fn endorse(&self, entropy: &dyn Entropy, now: UnixTime) -> Result<[Authority; 4], FoundError> {
        let member = |level, class, hi| {
            let hid = if level == Level::Raa { self.raa() } else { self.hid };
            let lifetime = match class {
                DetClass::Authorization => self.authorization_lifetime,
                _ => self.issuing_lifetime.min(self.authorization_lifetime),
            };
            Member { level, class, hid, hi, lifetime }
        };
        let (raa, hda) = (self.raa_authorization, self.hda_authorization);
        let authorize = DetClass::Authorization;
        let issue = DetClass::Issuing;
        Ok([
            self.admit(member(Level::Raa, authorize, *raa.hi()), raa, entropy, now)?,
            self.admit(member(Level::Raa, issue, self.raa_issuing), raa, entropy, now)?,
            self.admit(member(Level::Hda, authorize, *hda.hi()), raa, entropy, now)?,
            self.admit(member(Level::Hda, issue, self.hda_issuing), hda, entropy, now)?,
        ])
    }

    fn admit(
        &self,
        member: Member,
        parent: &LocalSigner<Authorization>,
        entropy: &dyn Entropy,
        now: UnixTime,
    ) -> Result<Authority, FoundError> {
        let Member { level, class, hid, hi, lifetime } = member;
        let det = Det::derive(hid, &hi);
        let not_after = UnixTime(now.0.saturating_add(lifetime));
        let body = EndorsementBody {
            vnb: DripTime::from_unix(now)?,
            vna: DripTime::from_unix(not_after)?,
            child: det,
            child_hi: hi,
            parent: parent.det(),
        };
        let lite = LiteTbs {
            serial: one_octet(entropy)?,
            issuer: parent.det(),
            not_before: CertTime::new(now)?,
            not_after: CertTime::new(not_after)?,
            subject: Subject::Ca { level, class, hid },
            hi,
            det,
            uri: self.certificate_uri.clone(),
            hardware_module: None,
        };
        let full = FullTbs {
            serial: twenty_octets(entropy)?,
            issuer: lite.issuer,
            not_before: lite.not_before,
            not_after: lite.not_after,
            subject: lite.subject,
            hi,
            det,
            uri: lite.uri.clone(),
            hardware_module: None,
            key_usage: KeyUsage::Absent,
            policy: self.policies.of(parent.det(), det),
        };
        let mtls = MtlsTbs {
            serial: twenty_octets(entropy)?,
            issuer: lite.issuer,
            not_before: lite.not_before,
            not_after: lite.not_after,
            role: MtlsRole::Authority,
            hi,
            det,
            uri: lite.uri.clone(),
            hardware_module: None,
            pki: self
                .origin
                .as_ref()
                .map_or(PkiUrls::NONE, |origin| PkiUrls::of_origin(origin, parent.det())),
        };
        let endorsement = endorse(parent, body, now)?;
        Ok(Authority {
            det,
            version: Expect::Absent.next_version(),
            hi,
            level,
            class,
            hid,
            parent: parent.det(),
            entity_type: EntityType::of_authority(level, class),
            endorsement: endorsement.encode(),
            certificate: certify(parent, &lite, now)?,
            full: Some(certify(parent, &full, now)?),
            mtls: Some(certify(parent, &mtls, now)?),
            standing: self.standing(),
            status: AuthorityStatus::Active,
            own: Ownership::Own,
            uses: Vec::new(),
            not_before: now,
            not_after,
        })
    }
}

fn one_octet(entropy: &dyn Entropy) -> Result<CertificateSerial, OurFault> {
    let mut octet = [0];
    entropy.fill(&mut octet)?;
    let [octet] = octet;
    Ok(CertificateSerial::from_random(octet))
}

fn twenty_octets(entropy: &dyn Entropy) -> Result<CertificateSerial, OurFault> {
    let mut random = [0; 20];
    entropy.fill(&mut random)?;
    Ok(CertificateSerial::unpredictable(random))
}
