//! The registry itself.

use crate::*;
use drip_det::{Det, HostIdentity, UnixTime};
use drip_wire::Endorsement;

/// A certificate profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// DRIP Lite.
    Lite,
    /// DRIP Full ("PKIX-like").
    Full,
    /// RFC 5280-clean, for TLS.
    Mtls,
}

impl Profile {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Profile::Lite => "lite",
            Profile::Full => "full",
            Profile::Mtls => "mtls",
        }
    }
}

/// The registry: see the crate's documentation.
pub struct Registry {}

// `Registry::open(Arc<Store>, Vec<IssuerKeys>, Policy, Arc<Zones>, Arc<dyn Clock>) -> Result<Registry, OpenError>` follows with the store.
#[allow(unused_variables, clippy::todo)]
impl Registry {
    /// Registers a DET, or lets it wait for a person.
    pub fn register(&self, application: Application, caller: &Caller) -> Result<Outcome, RegisterError> {
        todo!()
    }
    /// Approves what waits: it is signed and published.
    pub fn approve(&self, id: &RegistrationId, caller: &Caller) -> Result<RegistrationView, ApproveError> {
        todo!()
    }
    /// Denies what waits.
    pub fn deny(
        &self,
        id: &RegistrationId,
        reason: &str,
        caller: &Caller,
    ) -> Result<RegistrationView, DenyError> {
        todo!()
    }
    /// Ends a registration.
    pub fn revoke(&self, det: Det, reason: &str, caller: &Caller) -> Result<Revoked, RevokeError> {
        todo!()
    }
    /// Extends a registration.
    pub fn renew(&self, det: Det, renewal: Renewal, caller: &Caller) -> Result<RegistrationView, RenewError> {
        todo!()
    }
    /// One registration as the caller may see it.
    pub fn registration(
        &self,
        id: &RegistrationId,
        caller: &Caller,
    ) -> Result<Option<RegistrationView>, ReadError> {
        todo!()
    }
    /// The registration of a DET as the caller may see it; `None` also when it only waits and the caller may not see private data.
    pub fn registration_of(&self, det: Det, caller: &Caller) -> Result<Option<RegistrationView>, ReadError> {
        todo!()
    }
    /// A page of registrations, for managers and auditors.
    pub fn registrations(&self, listing: &Listing, caller: &Caller) -> Result<Page, ReadError> {
        todo!()
    }
    /// What anybody may see of a DET; `None` when it is not known or only waits.
    pub fn public_view(&self, det: Det) -> Result<Option<PublicView>, ReadError> {
        todo!()
    }
    /// The endorsements of a registered DET or of an authority, trust anchor first.
    pub fn chain(&self, det: Det) -> Result<Vec<Endorsement>, CertificateError> {
        todo!()
    }
    /// The certificate of a registered DET or of an authority, DER.
    pub fn certificate(&self, det: Det, profile: Profile) -> Result<Vec<u8>, CertificateError> {
        todo!()
    }
    /// This DIME's own chain.
    pub fn dki(&self) -> Result<Dki, ReadError> {
        todo!()
    }
    /// Makes a token. The secret is shown this once.
    pub fn create_token(
        &self,
        token: NewToken,
        caller: &Caller,
    ) -> Result<(TokenView, TokenSecret), TokenError> {
        todo!()
    }
    /// All tokens, revoked ones included.
    pub fn tokens(&self, caller: &Caller) -> Result<Vec<TokenView>, TokenError> {
        todo!()
    }
    /// Ends a token.
    pub fn revoke_token(&self, id: &TokenId, caller: &Caller) -> Result<TokenView, TokenError> {
        todo!()
    }
    /// Who holds this bearer token.
    pub fn authenticate(&self, bearer: &str) -> Result<Caller, AuthenticateError> {
        todo!()
    }
    /// The key that must have signed for somebody to act as this DET.
    pub fn authenticate_det(&self, det: Det) -> Result<HostIdentity, AuthenticateDetError> {
        todo!()
    }
    /// Ends every registration whose time is over; tells how many.
    pub fn expire_due(&self) -> Result<usize, OurFault> {
        todo!()
    }
    /// When [`expire_due`](Self::expire_due) will next have something to do.
    pub fn next_expiry(&self) -> Result<Option<UnixTime>, OurFault> {
        todo!()
    }
    /// Whether the registry can register now: the store reads and an issuer is valid.
    pub fn ready(&self) -> Result<(), OurFault> {
        todo!()
    }
}
