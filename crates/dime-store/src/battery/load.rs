//! Records to be stored: well formed, all different, the same for the same number.

use super::replay::Chance;
use crate::{
    Actor, Authority, AuthorityStatus, Change, ChangeKind, Evidence, Expect, Intent, Kind, Ownership,
    Registration, RegistrationId, Request, Role, Standing, State, Token, TokenId, Write,
};
use drip_det::{Det, DetClass, EntityType, Hid, HostIdentity, Level, UnixTime};

/// Makes records. Different series have different keys and identifiers.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    /// Which series.
    pub series: u64,
}

/// When the simulated registry began.
const BEGINNING: u64 = 1_790_000_000;

fn octets(chance: &mut Chance, length: usize) -> Vec<u8> {
    (0..length).map(|_| chance.next() as u8).collect()
}

fn array<const N: usize>(chance: &mut Chance) -> [u8; N] {
    std::array::from_fn(|_| chance.next() as u8)
}

/// A key: 32 octets by chance are a point of the curve every second time.
fn key(chance: &mut Chance) -> HostIdentity {
    loop {
        if let Ok(hi) = HostIdentity::from_bytes(&array(chance)) {
            return hi;
        }
    }
}

fn hid(number: u64) -> Hid {
    Hid::from_numbers(16376, 10 + (number % 3) as u16).expect("the numbers are in range")
}

impl Load {
    fn chance(self, what: u64, number: u64) -> Chance {
        let mut chance = Chance(self.series);
        Chance(chance.next() ^ what.rotate_left(32) ^ number)
    }

    /// A registration that was decided and is not yet signed.
    pub fn registration(self, number: u64) -> Registration {
        let mut chance = self.chance(1, number);
        let hi = key(&mut chance);
        let det = Det::derive(hid(number), &hi);
        let kind = [Kind::Operator, Kind::Aircraft, Kind::Session, Kind::Service][(number % 4) as usize];
        let operator = (!number.is_multiple_of(4))
            .then(|| Det::derive(hid(number / 8), &key(&mut self.chance(2, number / 8))));
        let issuer = Det::derive(hid(number), &key(&mut self.chance(3, 0)));
        Registration {
            id: RegistrationId(format!("{:04x}-{number:08x}", self.series)),
            version: 1,
            kind,
            state: State::Issuing,
            det,
            hi,
            csr: octets(&mut chance, 180 + (number % 37) as usize),
            operator,
            serial_number: number.is_multiple_of(2).then(|| format!("1ABC8{number:08X}")),
            contact: number.is_multiple_of(3).then(|| format!("pilot{number}@example.org")),
            flight: (kind == Kind::Session).then(|| format!("flight {number}")),
            entity_type: EntityType::UA,
            issuer,
            not_before: UnixTime(BEGINNING + number),
            not_after: UnixTime(BEGINNING + 86_400 + (number * 7919) % 100_000),
            certificate_serial: octets(&mut chance, 20),
            endorsement: None,
            certificate: None,
            full: None,
            mtls: None,
            c509: None,
            renewal: None,
            requested_at: UnixTime(BEGINNING + number),
            decided_at: Some(UnixTime(BEGINNING + number)),
            decided_by: Some("policy".to_owned()),
            reason: None,
            ended_at: None,
            numbered: Vec::new(),
            reason_code: None,
            terms: None,
            hardware_module: None,
            evidence: operator
                .map(|operator| Evidence::MessageSignature { operator, signed: octets(&mut chance, 64) }),
        }
    }

    /// The same, signed and in force.
    pub fn registered(self, number: u64) -> Registration {
        let mut chance = self.chance(4, number);
        Registration {
            state: State::Registered,
            version: 2,
            endorsement: Some(array(&mut chance)),
            certificate: Some(octets(&mut chance, 300)),
            ..self.registration(number)
        }
    }

    /// The same with a renewal decided.
    pub fn renewing(self, number: u64) -> Registration {
        let before = self.registered(number);
        let renewal = Intent {
            not_before: before.not_before,
            not_after: UnixTime(before.not_after.0 + 86_400),
            certificate_serial: vec![7; 20],
            full_serial: None,
            mtls_serial: None,
            terms: None,
        };
        Registration { renewal: Some(renewal), ..before }
    }

    /// An authority.
    pub fn authority(self, number: u64) -> Authority {
        let mut chance = self.chance(5, number);
        let hi = key(&mut chance);
        let det = Det::derive(hid(number), &hi);
        Authority {
            det,
            version: 1,
            hi,
            level: Level::Hda,
            class: DetClass::Issuing,
            hid: hid(number),
            parent: det,
            entity_type: EntityType::HDA_ISSUE,
            endorsement: array(&mut chance),
            certificate: octets(&mut chance, 300),
            full: None,
            mtls: None,
            standing: Standing::Test,
            status: AuthorityStatus::Active,
            own: Ownership::Own,
            uses: Vec::new(),
            not_before: UnixTime(BEGINNING),
            not_after: UnixTime(BEGINNING + 86_400 * 365),
        }
    }

    /// A token.
    pub fn token(self, number: u64) -> Token {
        let mut chance = self.chance(6, number);
        Token {
            id: TokenId(format!("{:04x}-token-{number}", self.series)),
            version: 1,
            digest: array(&mut chance),
            role: Role::Manager,
            hid: number.is_multiple_of(2).then(|| hid(number)),
            created_at: UnixTime(BEGINNING),
            not_after: number.is_multiple_of(3).then_some(UnixTime(BEGINNING + 3600)),
            revoked_at: None,
            label: format!("desk {number}"),
        }
    }

    /// An answered request.
    pub fn request(self, number: u64) -> Request {
        let mut chance = self.chance(7, number);
        Request {
            key_digest: array(&mut chance),
            request_digest: array(&mut chance),
            registration: self.registration(number).id,
            at: UnixTime(BEGINNING + number),
        }
    }

    /// The intent of a registration, with the request that asked for it.
    pub fn intent(self, number: u64) -> Change {
        let record = Box::new(self.registration(number));
        let writes = vec![
            Write::PutRegistration { record, expect: Expect::Absent },
            Write::PutRequest { record: self.request(number) },
        ];
        change(ChangeKind::Issuing, writes)
    }

    /// Its result.
    pub fn result(self, number: u64) -> Change {
        let record = Box::new(self.registered(number));
        change(ChangeKind::Registered, vec![Write::PutRegistration { record, expect: Expect::Version(1) }])
    }

    /// Its end.
    pub fn revocation(self, number: u64) -> Change {
        let ended_at = Some(UnixTime(BEGINNING + 50_000));
        let reason = Some("lost".to_owned());
        let record =
            Box::new(Registration { state: State::Revoked, ended_at, reason, ..self.registered(number) });
        change(ChangeKind::Revoked, vec![Write::PutRegistration { record, expect: Expect::Version(2) }])
    }
}

/// A change by this DIME itself.
pub(super) fn change(kind: ChangeKind, writes: Vec<Write>) -> Change {
    Change { actor: Actor::System, at: UnixTime(BEGINNING), kind, writes }
}

/// A change that puts one registration.
pub(super) fn put(record: Registration, expect: Expect) -> Change {
    change(ChangeKind::Requested, vec![Write::PutRegistration { record: Box::new(record), expect }])
}
