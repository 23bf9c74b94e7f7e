//! The catalogue of problems: every way a request can fail has its own type, status and page at `/problems/{slug}`.

use http::StatusCode;

/// Builds the enum and its facts from one table, so that no kind can lack a page.
macro_rules! kinds {
    ($($kind:ident $status:ident $slug:literal $title:literal $about:literal;)*) => {
        /// What went wrong, as a type of RFC 9457.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ProblemKind {
            $(#[doc = $about] $kind,)*
        }

        impl ProblemKind {
            /// Every kind, in the order of the catalogue.
            pub const ALL: &'static [ProblemKind] = &[$(ProblemKind::$kind,)*];

            /// The last segment of its type URI.
            pub fn slug(self) -> &'static str {
                match self { $(ProblemKind::$kind => $slug,)* }
            }

            /// Its status code.
            pub fn status(self) -> StatusCode {
                match self { $(ProblemKind::$kind => StatusCode::$status,)* }
            }

            /// Its title: the same for every occurrence.
            pub fn title(self) -> &'static str {
                match self { $(ProblemKind::$kind => $title,)* }
            }

            /// What it means and what to do about it.
            pub fn about(self) -> &'static str {
                match self { $(ProblemKind::$kind => $about,)* }
            }
        }
    };
}

kinds! {
    // The request itself.
    MalformedRequest BAD_REQUEST "malformed-request" "The request is malformed"
        "The body is not the JSON it claims to be, or cannot be read at all. `errors` says where.";
    InvalidParameter BAD_REQUEST "invalid-parameter" "A parameter is not valid"
        "A query or path parameter is unknown, missing, repeated or of the wrong form. `errors` names it.";
    NotFound NOT_FOUND "not-found" "Nothing is here"
        "The path leads nowhere, or what it names does not exist or is not for this caller to see.";
    MethodNotAllowed METHOD_NOT_ALLOWED "method-not-allowed" "The method is not allowed here"
        "The path exists but not with this method; the Allow field lists those it has.";
    NotAcceptable NOT_ACCEPTABLE "not-acceptable" "No offered form is acceptable"
        "None of the media types of the Accept field is offered here. The detail lists those that are.";
    BodyTimeout REQUEST_TIMEOUT "body-timeout" "The body did not arrive in time"
        "The body was announced but did not arrive completely within the time allowed.";
    ContentTooLarge PAYLOAD_TOO_LARGE "content-too-large" "The body is too large"
        "The body exceeds the limit in the detail. A registration fits easily.";
    UnsupportedMediaType UNSUPPORTED_MEDIA_TYPE "unsupported-media-type" "The body's media type is not supported"
        "The Content-Type is missing or none of those the operation reads. The detail lists them.";
    HeaderTooLarge REQUEST_HEADER_FIELDS_TOO_LARGE "header-too-large" "The header fields are too large"
        "All header fields together, or the request target, exceed the limit in the detail.";
    TooManyRequests TOO_MANY_REQUESTS "too-many-requests" "Too many requests"
        "This address has sent more unauthenticated applications than are taken in a minute. Retry-After says when to come back.";

    // Who asks.
    TokenMissing UNAUTHORIZED "token-missing" "Authentication is required"
        "The operation needs a bearer token, or a signature by the key of a registered DET (RFC 9421).";
    WrongToken UNAUTHORIZED "wrong-token" "The token is not known"
        "The bearer token is not one of this DIME's, or the Authorization field is not of the Bearer scheme.";
    TokenExpired UNAUTHORIZED "token-expired" "The token has expired"
        "The bearer token was good once; its time is over.";
    TokenRevoked UNAUTHORIZED "token-revoked" "The token was revoked"
        "The bearer token was good once; a manager has ended it.";
    SignatureInvalid UNAUTHORIZED "signature-invalid" "The request's signature is not valid"
        "The HTTP Message Signature (RFC 9421) is malformed, covers too little, is too old, or does not verify. It must be by Ed25519, name a DET as keyid, and cover @method, @path (and @query if there is one) or @target-uri, and content-digest if there is a body; created must be at most 300 seconds from now.";
    SignatureReplayed UNAUTHORIZED "signature-replayed" "The signature was used before"
        "This signature has already authorised a request that must not happen twice. Sign again.";
    SignerUnknown UNAUTHORIZED "signer-unknown" "The signer is not registered"
        "The DET that signed the request (RFC 9421) is not registered with this DIME.";
    SignerNotValid UNAUTHORIZED "signer-not-valid" "The signer is not valid now"
        "The registration of the DET that signed the request (RFC 9421) is waiting, denied, revoked or expired.";
    Forbidden FORBIDDEN "forbidden" "Permission is missing"
        "The caller is known but may not do this. The detail names the missing permission.";
    OperatorProofMissing FORBIDDEN "operator-proof-missing" "The operator has not agreed"
        "Acting for an operator needs that operator's key: sign the request under the operator's DET (RFC 9421), or send `operator_attestation`.";
    OperatorProofInvalid FORBIDDEN "operator-proof-invalid" "The operator's consent is not valid"
        "`operator_attestation` is not an endorsement of this DET and key by the operator's key, or is not valid now; or another DET than the operator signed the request.";

    // What a registration asks for.
    MalformedField UNPROCESSABLE_ENTITY "malformed-field" "A field is not valid"
        "A field is missing, unknown, or has a value that is not allowed. `errors` says which and why.";
    MalformedCsr UNPROCESSABLE_ENTITY "malformed-csr" "The CSR is malformed"
        "The certification request is not base64, PEM, strict DER of a PKCS#10 request or C509, or holds what is not understood.";
    TruncatedCsr UNPROCESSABLE_ENTITY "truncated-csr" "The CSR is cut short"
        "The certification request ends before its own lengths say.";
    WrongAlgorithm UNPROCESSABLE_ENTITY "wrong-algorithm" "The CSR's key is of the wrong algorithm"
        "DETs of this suite are made of Ed25519 keys only; RSA and P-256 keys, for example, cannot be registered.";
    WeakKey UNPROCESSABLE_ENTITY "weak-key" "The CSR's key is not usable"
        "The public key is not a point of the Ed25519 curve, or a point of small order.";
    BadSignature UNPROCESSABLE_ENTITY "bad-signature" "The CSR's signature is wrong"
        "The certification request is not signed by the key it holds, so possession of that key is not proved.";
    MalformedToken UNPROCESSABLE_ENTITY "malformed-token" "The registration token is malformed"
        "The body is not a CWT as registration tokens are: deterministic CBOR, tags 61 and 18, EdDSA, the claims that are known here. The detail says what and where.";
    TokenNotInForce UNPROCESSABLE_ENTITY "token-not-in-force" "The registration token is not valid now"
        "The token has ended, has not begun, or was issued at a time that has not come.";
    TokenCsrMismatch UNPROCESSABLE_ENTITY "token-csr-mismatch" "The token holds a request of another key"
        "The certification request inside the registration token is of another key, or wishes for another DET, than the token.";
    DetMismatch UNPROCESSABLE_ENTITY "det-mismatch" "The CSR's DET is not that of its key"
        "The DET in the certification request is not the DET of its key at the place in the hierarchy that it names.";
    ForeignHid UNPROCESSABLE_ENTITY "foreign-hid" "The HID is served elsewhere"
        "The DET asked for lies under an RAA and HDA that this DIME does not issue for.";
    ReservedHda UNPROCESSABLE_ENTITY "reserved-hda" "The HDA is reserved to the RAA"
        "HDAs 0, 4096, 8192 and 12288 are kept by the RAA itself; nothing is registered under them here.";
    RaaNotAllocatable UNPROCESSABLE_ENTITY "raa-not-allocatable" "The number is not given to an RAA"
        "An Apex gives the numbers of ISO 3166-1 and those that are unassigned, not the reserved ones nor those for private use.";
    BridgeRaa UNPROCESSABLE_ENTITY "bridge-raa" "A bridge RAA has no HDAs"
        "This RAA only endorses other RAAs and is endorsed by them; HDAs are registered elsewhere.";
    MalformedForm UNPROCESSABLE_ENTITY "malformed-form" "The form of the ceremony is malformed"
        "The body is not a ceremony's answer, or not a bundle, of a version known here. The detail says what is wrong and where.";
    MalformedList UNPROCESSABLE_ENTITY "malformed-list" "The revocation list is malformed"
        "The body is not a revocation list in DER of an issuer's whole set of certificates. The detail says what is wrong and where.";
    ObjectNotValid UNPROCESSABLE_ENTITY "object-not-valid" "An object does not hold"
        "An endorsement or certificate does not answer what was asked, is not signed by whom it should be, or is of the wrong place, role or time. Nothing was taken in.";
    UnknownParent UNPROCESSABLE_ENTITY "unknown-parent" "A parent is not known"
        "An authority of the bundle is endorsed by one that is neither in it nor known here.";
    KindNotOffered UNPROCESSABLE_ENTITY "kind-not-offered" "This kind is not registered here"
        "The policy of this DIME does not register this kind of entity.";
    SerialNumberMismatch UNPROCESSABLE_ENTITY "serial-number-mismatch" "Two different serial numbers"
        "The application and the certification request give different serial numbers.";
    ValidityOutOfRange UNPROCESSABLE_ENTITY "validity-out-of-range" "The validity asked for is not possible"
        "`not_after` is past, or later than the policy or the issuer's own validity allows.";
    OperatorMissing UNPROCESSABLE_ENTITY "operator-missing" "An operator must be named"
        "An aircraft or session is registered for an operator; `operator` is its DET.";
    UnknownOperator UNPROCESSABLE_ENTITY "unknown-operator" "The operator is not registered"
        "`operator` is not the DET of anything registered with this DIME.";
    NotAnOperator UNPROCESSABLE_ENTITY "not-an-operator" "The DET named is not an operator"
        "`operator` is a registered DET, but of something else.";
    OperatorNotValid UNPROCESSABLE_ENTITY "operator-not-valid" "The operator is not valid now"
        "The operator's own registration is waiting, denied, revoked or expired.";
    IdempotencyKeyReused UNPROCESSABLE_ENTITY "idempotency-key-reused" "The Idempotency-Key belongs to another request"
        "The same Idempotency-Key was sent before with another request. Use a new one for a new request.";

    // What is there already.
    HiCollision CONFLICT "hi-collision" "The key is registered already"
        "The host identity belongs to another registration, live or past. Make a new key.";
    DetCollision CONFLICT "det-collision" "The DET is taken"
        "Another key has the same DET. Make a new key.";
    Duplicate CONFLICT "duplicate" "The same request with other particulars"
        "This certification request was registered before with different particulars. Ask for the registration as it is, or make a new key.";
    NumberTaken CONFLICT "number-taken" "The number is taken"
        "The HDA or RAA number belongs to another registry, or is asked for by one. Ask for another, or for none.";
    NothingWaits CONFLICT "nothing-waits" "Nothing waits to be signed"
        "No key of our own, no registry below and nothing else that was asked for waits for a ceremony.";
    NotAsked CONFLICT "not-asked" "Nobody asked for this answer"
        "The answer is to a request that this DIME did not make.";
    Superseded CONFLICT "superseded" "There is a newer one"
        "What was sent has a lower sequence than what is here, or the same with another content.";
    AnsweredOtherwise CONFLICT "answered-otherwise" "The request was answered before"
        "Another answer to the same ceremony request was taken in. Make a new request.";
    AuthorityEnded CONFLICT "authority-ended" "The authority has ended here"
        "The authority was revoked or has expired here, and does not come back.";
    AuthorityStatus CONFLICT "authority-status" "The authority does not stand so"
        "An authority is suspended and retired while active, and resumed while suspended. The detail says how it stands.";
    AuthorityUnsuitable CONFLICT "authority-unsuitable" "Not with this authority"
        "The authority is of another level, class or owner than the operation needs. The detail says which.";
    NoSuccessor CONFLICT "no-successor" "There is no successor"
        "No other Issuing DET in force could sign what this one has signed. Hold a ceremony for a new one first.";
    OlderList CONFLICT "older-list" "A later list is here"
        "A revocation list of this issuer with the same or a greater number was taken in before.";
    NotPending CONFLICT "not-pending" "The registration is not waiting"
        "Only a registration in state `pending` can be approved or denied.";
    NotRegistered CONFLICT "not-registered" "The registration is not in force"
        "Only a registration in state `registered` can be renewed or revoked, and only it has a chain and a certificate.";
    ProfileNotOffered NOT_FOUND "profile-not-offered" "There is no certificate of this profile"
        "The DET exists, but certificates of the profile asked for are not made here.";

    // Our own parts.
    Overloaded SERVICE_UNAVAILABLE "overloaded" "The server is busy"
        "As many requests as this server takes are being served. Retry-After says when to come back.";
    Timeout SERVICE_UNAVAILABLE "timeout" "The answer took too long"
        "The request was not finished in the time allowed; it may still take effect. Repeat the same request: registering twice changes nothing.";
    StoreUnavailable SERVICE_UNAVAILABLE "store-unavailable" "The store is unavailable"
        "The change could not be written, and did not happen.";
    StoreUnknown SERVICE_UNAVAILABLE "store-unknown" "It is not known whether it happened"
        "The store failed while writing: the change may or may not have happened. Repeat the same request.";
    StoreCorrupt SERVICE_UNAVAILABLE "store-corrupt" "The store is damaged"
        "The store holds what cannot be right. Whoever runs this server has to look at it; its log says more.";
    Contention SERVICE_UNAVAILABLE "contention" "Too many changes at once"
        "Others changed the same registration again and again in the meantime. Repeat the same request.";
    SignerFailed SERVICE_UNAVAILABLE "signer-failed" "The signer did not sign"
        "The key that must sign is not reachable or refused, so nothing was issued. Repeat the same request later.";
    NoIssuer SERVICE_UNAVAILABLE "no-issuer" "There is no issuer"
        "No Issuing key of this server serves the HDA.";
    CeremonyAwaited SERVICE_UNAVAILABLE "ceremony-awaited" "The answer of a ceremony is awaited"
        "The keys of this server are not endorsed yet: the answer of the offline ceremony has to be taken in first.";
    IssuerNotValid SERVICE_UNAVAILABLE "issuer-not-valid" "The issuer is not valid now"
        "The Issuing DET's own validity does not include now; whoever runs this server has to renew it.";
    NoRandomness SERVICE_UNAVAILABLE "no-randomness" "No randomness"
        "The operating system gave no randomness.";
    NotReady SERVICE_UNAVAILABLE "not-ready" "A part is not ready"
        "Some part that is needed to serve cannot now. `errors` names each with its reason.";
    Internal INTERNAL_SERVER_ERROR "internal" "The server has a defect"
        "Something that must not happen did. The server's log says more.";
}

impl ProblemKind {
    /// The type URI, relative to the server.
    pub fn type_uri(self) -> String {
        format!("/problems/{}", self.slug())
    }

    /// The kind of this slug.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.slug() == slug)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn slugs_are_unique_and_lead_back() {
        let slugs: HashSet<_> = ProblemKind::ALL.iter().map(|kind| kind.slug()).collect();
        assert_eq!(slugs.len(), ProblemKind::ALL.len());
        for kind in ProblemKind::ALL {
            assert_eq!(ProblemKind::from_slug(kind.slug()), Some(*kind));
            assert!(kind.status().is_client_error() || kind.status().is_server_error());
        }
    }
}
