//! Bearer tokens: 32 random octets that only their holder has; the store keeps their SHA-256.

use crate::{
    AuthenticateDetError, AuthenticateError, Caller, LABEL_MAX, OurFault, Permission, Registry, TokenError,
    TokenIdentity, digest::sha256, registry::state_at,
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use dime_store::{ChangeKind, Expect, Role, State, StoreError, Token, TokenId, Write};
use drip_det::{Det, Hid, HostIdentity, UnixTime};
use subtle::ConstantTimeEq;

/// A token to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewToken {
    /// What its holder is.
    pub role: Role,
    /// The only HDA it is good for; `None` for all.
    pub hid: Option<Hid>,
    /// Seconds until it ends; `None` for one that does not.
    pub ttl: Option<u64>,
    /// What it is for, in its maker's words.
    pub label: String,
}

/// The token itself, base64url, shown once. Neither `Debug` nor anything stored contains it.
pub struct TokenSecret(String);

impl TokenSecret {
    /// The text that goes behind `Authorization: Bearer`.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// What may be seen of a token: never the token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenView {
    /// Its identifier.
    pub id: TokenId,
    /// What its holder is.
    pub role: Role,
    /// The only HDA it is good for; `None` for all.
    pub hid: Option<Hid>,
    /// When it was made.
    pub created_at: UnixTime,
    /// When it ends.
    pub not_after: Option<UnixTime>,
    /// When it was revoked.
    pub revoked_at: Option<UnixTime>,
    /// What it is for.
    pub label: String,
}

impl Registry {
    /// Makes a token, of no more than the caller has. The secret is shown this once.
    pub fn create_token(
        &self,
        token: NewToken,
        caller: &Caller,
    ) -> Result<(TokenView, TokenSecret), TokenError> {
        self.require_at_least(caller, token.role, token.hid)?;
        if token.label.chars().count() > LABEL_MAX || token.label.chars().any(char::is_control) {
            return Err(TokenError::Label);
        }
        let now = self.clock.now();
        let not_after = match token.ttl {
            None => None,
            Some(ttl) if ttl == 0 || ttl > crate::TOKEN_LIFETIME_MAX => return Err(TokenError::Lifetime),
            Some(ttl) => Some(now.0.checked_add(ttl).map(UnixTime).ok_or(TokenError::Lifetime)?),
        };
        if let Caller::Token(TokenIdentity { not_after: Some(end), .. }) = *caller
            && not_after.is_none_or(|not_after| not_after > end)
        {
            return Err(TokenError::Outlives { not_after: end });
        }
        let mut octets = [0; 32];
        self.entropy.fill(&mut octets)?;
        let secret = TokenSecret(BASE64_URL_SAFE_NO_PAD.encode(octets));
        let record = Token {
            id: TokenId(self.new_id(now)?),
            version: Expect::Absent.next_version(),
            digest: sha256(secret.0.as_bytes()),
            role: token.role,
            hid: token.hid,
            created_at: now,
            not_after,
            revoked_at: None,
            label: token.label,
        };
        let view = TokenView::of(&record);
        let write = Write::PutToken { record, expect: Expect::Absent };
        self.commit(caller.actor(), now, ChangeKind::TokenCreated, vec![write]).map_err(OurFault::from)?;
        Ok((view, secret))
    }

    /// The tokens that the caller may manage, revoked ones included.
    pub fn tokens(&self, caller: &Caller) -> Result<Vec<TokenView>, TokenError> {
        let scope = match caller {
            Caller::Token(token) => token.hid,
            _ => None,
        };
        caller.require(Permission::ManageTokens, scope)?;
        let tokens = self.store.tokens()?;
        Ok(tokens.iter().filter(|token| scope.is_none() || token.hid == scope).map(TokenView::of).collect())
    }

    /// Ends a token. Ending one that was ended already changes nothing.
    pub fn revoke_token(&self, id: &TokenId, caller: &Caller) -> Result<TokenView, TokenError> {
        let tokens = self.store.tokens()?;
        let mut record = tokens.into_iter().find(|token| token.id == *id).ok_or(TokenError::NotFound)?;
        self.require_at_least(caller, record.role, record.hid)?;
        if record.revoked_at.is_none() {
            let now = self.clock.now();
            let expect = Expect::Version(record.version);
            record.version = expect.next_version();
            record.revoked_at = Some(now);
            let write = Write::PutToken { record: record.clone(), expect };
            self.commit(caller.actor(), now, ChangeKind::TokenRevoked, vec![write])
                .map_err(OurFault::from)?;
        }
        Ok(TokenView::of(&record))
    }

    /// Who holds this bearer token.
    pub fn authenticate(&self, bearer: &str) -> Result<Caller, AuthenticateError> {
        let digest = sha256(bearer.as_bytes());
        let token = self.store.token_by_digest(&digest)?.ok_or(AuthenticateError::Unknown)?;
        // The index found it by digest; the comparison that decides takes the same time wherever the digests part.
        if !bool::from(token.digest.ct_eq(&digest)) {
            return Err(AuthenticateError::Unknown);
        }
        if token.revoked_at.is_some() {
            return Err(AuthenticateError::Revoked);
        }
        if token.not_after.is_some_and(|end| end < self.clock.now()) {
            return Err(AuthenticateError::Expired);
        }
        let Token { id, role, hid, not_after, .. } = token;
        Ok(Caller::Token(TokenIdentity { id, role, hid, not_after }))
    }

    /// The key that must have signed for somebody to act as this DET: its registration must be in force.
    pub fn authenticate_det(&self, det: Det) -> Result<HostIdentity, AuthenticateDetError> {
        let record = self.store.registration_by_det(det)?.ok_or(AuthenticateDetError::Unknown(det))?;
        match state_at(&record, self.clock.now()) {
            State::Registered => Ok(record.hi),
            // That somebody waits is not public.
            State::Pending | State::Issuing | State::Denied => Err(AuthenticateDetError::Unknown(det)),
            state => Err(AuthenticateDetError::NotValid { det, state }),
        }
    }

    /// Nobody gives, or takes, more than they have.
    fn require_at_least(&self, caller: &Caller, role: Role, hid: Option<Hid>) -> Result<(), TokenError> {
        caller.require(Permission::ManageTokens, hid)?;
        match (caller, role) {
            (Caller::Token(TokenIdentity { role: Role::Manager | Role::Auditor, .. }), Role::Admin) => {
                Err(crate::Forbidden { missing: Permission::ManageTokens, hid }.into())
            }
            _ => Ok(()),
        }
    }
}

impl TokenView {
    fn of(token: &Token) -> Self {
        TokenView {
            id: token.id.clone(),
            role: token.role,
            hid: token.hid,
            created_at: token.created_at,
            not_after: token.not_after,
            revoked_at: token.revoked_at,
            label: token.label.clone(),
        }
    }
}

impl From<StoreError> for TokenError {
    fn from(error: StoreError) -> Self {
        TokenError::Ours(error.into())
    }
}

impl From<StoreError> for AuthenticateError {
    fn from(error: StoreError) -> Self {
        AuthenticateError::Ours(error.into())
    }
}

impl From<StoreError> for AuthenticateDetError {
    fn from(error: StoreError) -> Self {
        AuthenticateDetError::Ours(error.into())
    }
}
