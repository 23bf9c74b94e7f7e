//! What is sent when (RFC 9575, section 6.3).

use clap::ValueEnum;
use dime_sign::{LocalSigner, Operational, SignRequest, Signer};
use drip_det::{DripTime, UnixTime};
use drip_wire::broadcast::{
    AdditionalData, Authentication, BasicId, CurrentRule, ManifestBody, Message, MessageHash, Pack, Sam,
    UaType, UnsignedEvidence, WrapperBody,
};

use super::chain::Chain;
use super::flight::Place;
use crate::object::broadcast::OnAir;
use crate::outcome::Failure;

/// Seconds between one Wrapper or Manifest and the next.
pub(super) const PERIOD: u64 = 5;
/// Seconds that they are valid.
const VALIDITY: u64 = 120;
const BASIC_ID_PERIOD: u64 = 3;
const UA_LINK_PERIOD: u64 = 60;
const LINKS_PERIOD: u64 = 300;
/// Messages in a Manifest (RFC 9575, section 4.4: 10 are recommended).
const MANIFEST: usize = 10;

/// How messages go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Transport {
    /// One by one: Bluetooth 4, Wi-Fi NAN
    Legacy,
    /// In packs, all of a second's in one; Wrappers in the extended form: Bluetooth 5, Wi-Fi Beacon
    Extended,
}

/// What is wanted.
pub(super) struct Plan {
    pub(super) at: UnixTime,
    pub(super) seconds: u64,
    pub(super) start: Place,
    pub(super) ua_type: UaType,
    pub(super) additional: AdditionalData,
    pub(super) transport: Transport,
}

/// Something that was sent.
pub(super) struct Sent {
    pub(super) at: UnixTime,
    /// In the words of the standards.
    pub(super) kind: &'static str,
    /// The DRIP format, before it was cut into pages.
    pub(super) sam: Option<Sam>,
    pub(super) messages: Vec<OnAir>,
}

struct Station<'a> {
    plan: &'a Plan,
    signer: &'a LocalSigner<Operational>,
    chain: &'a Chain,
    basic_id: Message,
    /// The current hash of the Manifest before.
    previous: MessageHash,
    /// What was sent since then.
    since: Vec<MessageHash>,
}

/// Everything of the plan, in order.
pub(super) fn run(
    plan: &Plan,
    signer: &LocalSigner<Operational>,
    chain: &Chain,
) -> Result<Vec<Sent>, Failure> {
    let basic_id = BasicId::of_det(Message::VERSION, plan.ua_type, chain.det()).message();
    let mut station =
        Station { plan, signer, chain, basic_id, previous: MessageHash::ZERO, since: Vec::new() };
    let mut sent = Vec::new();
    for second in 0..plan.seconds {
        station.second(second, &mut sent)?;
    }
    Ok(sent)
}

impl Station<'_> {
    fn second(&mut self, second: u64, sent: &mut Vec<Sent>) -> Result<(), Failure> {
        let at = UnixTime(self.plan.at.0 + second);
        let location = self.plan.start.after(second, at);
        let has_basic_id = second.is_multiple_of(BASIC_ID_PERIOD);
        let mut plain = Vec::new();
        if has_basic_id {
            plain.push(self.basic_id);
        }
        plain.push(location);
        let sams = self.signed(second, at, location)?;
        match self.plan.transport {
            Transport::Legacy => self.legacy(at, &plain, sams, sent),
            Transport::Extended => self.extended(at, &plain, sams, sent),
        }
    }

    /// The DRIP formats of this second.
    fn signed(&mut self, second: u64, at: UnixTime, location: Message) -> Result<Vec<Sam>, Failure> {
        let mut sams = Vec::new();
        let links = self.chain.links();
        let last = links.len().saturating_sub(1) as u64;
        for (place, link) in links.into_iter().enumerate() {
            let place = place as u64;
            let period = if place == last { UA_LINK_PERIOD } else { LINKS_PERIOD };
            if second % period == place {
                sams.push(Sam::Link(link));
            }
        }
        match second % (2 * PERIOD) {
            4 => sams.push(self.wrapper(at, location)?),
            9 => sams.push(self.manifest(at)?),
            _ => {}
        }
        Ok(sams)
    }

    fn wrapper(&self, at: UnixTime, location: Message) -> Result<Sam, Failure> {
        let (vnb, vna) = validity(at)?;
        let body = WrapperBody::new(vnb, vna, &[self.basic_id, location], self.chain.det())
            .map_err(Failure::unable)?;
        let signature = self.sign(body.evidence(), at)?;
        let wrapper = match self.plan.transport {
            Transport::Legacy => body.sign_with(signature),
            Transport::Extended => body.sign_extended_with(signature).map_err(Failure::unable)?,
        };
        Ok(Sam::Wrapper(wrapper))
    }

    /// Of the latest messages since the Manifest before, each once.
    fn manifest(&mut self, at: UnixTime) -> Result<Sam, Failure> {
        let since = std::mem::take(&mut self.since);
        let latest = since.get(since.len().saturating_sub(MANIFEST)..).unwrap_or_default();
        let link = ManifestBody::link_hash(self.chain.endorsement());
        let body = ManifestBody::new(
            validity(at)?,
            self.previous,
            link,
            latest,
            CurrentRule::WithLink,
            self.chain.det(),
        )
        .map_err(Failure::unable)?;
        let signature = self.sign(body.evidence(), at)?;
        let manifest = body.sign_with(signature);
        self.previous = manifest.current();
        Ok(Sam::Manifest(manifest))
    }

    fn sign(&self, body: &UnsignedEvidence, at: UnixTime) -> Result<[u8; 64], Failure> {
        self.signer.sign(&SignRequest::UaEvidence(body.clone()), at).map_err(Failure::unable)
    }

    fn note(&mut self, octets: &[u8]) {
        let hash = MessageHash::of(octets);
        self.since.retain(|noted| *noted != hash);
        self.since.push(hash);
    }

    /// Message by message.
    fn legacy(
        &mut self,
        at: UnixTime,
        plain: &[Message],
        sams: Vec<Sam>,
        sent: &mut Vec<Sent>,
    ) -> Result<(), Failure> {
        for message in plain {
            self.note(message.as_bytes());
            let kind = message.message_type().name().unwrap_or_default();
            sent.push(Sent { at, kind, sam: None, messages: vec![OnAir::Message(*message)] });
        }
        for sam in sams {
            let pages = self.pages(&sam, at)?;
            let messages = pages.into_iter().map(OnAir::Message).collect();
            sent.push(Sent { at, kind: sam.sam_type().name().unwrap_or_default(), sam: Some(sam), messages });
        }
        Ok(())
    }

    /// A pack for each DRIP format, with the messages beside it where there is room; or one of messages alone.
    fn extended(
        &mut self,
        at: UnixTime,
        plain: &[Message],
        sams: Vec<Sam>,
        sent: &mut Vec<Sent>,
    ) -> Result<(), Failure> {
        let location = plain.last().copied();
        let both: Vec<Message> = [self.basic_id].into_iter().chain(location).collect();
        if sams.is_empty() {
            self.send_pack(at, "Message Pack", None, plain.to_vec(), sent)?;
        }
        for sam in sams {
            let mut messages = self.pages(&sam, at)?;
            // What the Wrapper was signed with must be beside it.
            let beside = if matches!(sam, Sam::Wrapper(_)) { both.as_slice() } else { plain };
            if messages.len() + beside.len() <= Pack::MOST {
                messages.splice(0..0, beside.iter().copied());
            } else {
                self.send_pack(at, "Message Pack", None, beside.to_vec(), sent)?;
            }
            let kind = sam.sam_type().name().unwrap_or_default();
            self.send_pack(at, kind, Some(sam), messages, sent)?;
        }
        Ok(())
    }

    fn send_pack(
        &mut self,
        at: UnixTime,
        kind: &'static str,
        sam: Option<Sam>,
        messages: Vec<Message>,
        sent: &mut Vec<Sent>,
    ) -> Result<(), Failure> {
        let pack = Pack::new(Message::VERSION, messages).ok_or_else(|| {
            Failure::usage("what goes out at once does not fit a Message Pack; try without --fec")
        })?;
        self.note(&pack.encode());
        sent.push(Sent { at, kind, sam, messages: vec![OnAir::Pack(pack)] });
        Ok(())
    }

    fn pages(&self, sam: &Sam, at: UnixTime) -> Result<Vec<Message>, Failure> {
        let message =
            Authentication::of_sam(sam, drip(at)?, self.plan.additional.clone()).map_err(Failure::unable)?;
        Ok(message.pages().iter().map(|page| page.message()).collect())
    }
}

fn validity(at: UnixTime) -> Result<(DripTime, DripTime), Failure> {
    Ok((drip(at)?, drip(UnixTime(at.0 + VALIDITY))?))
}

fn drip(at: UnixTime) -> Result<DripTime, Failure> {
    DripTime::from_unix(at).map_err(Failure::usage)
}
