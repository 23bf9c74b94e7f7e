//! BRID: what an aircraft sends by Broadcast Remote ID, its endorsements above all (RFC 9886, section 5.2). One CBOR map:
//!
//! | key | name | content |
//! |---|---|---|
//! | 0 | uas_type | 0 to 15, must be there |
//! | 1 | uas_ids | one or more pairs of id type and id, must be there |
//! | 2 | auth | one or more pairs of authentication type and data; a Broadcast Endorsement is type 5, its data begins with the octet 1 |
//! | 3 | self_id | description type and text |
//! | 4 | area | count, radius, floor, ceiling |
//! | 5 | classification | type, class, category |
//! | 6 | operator_id | operator id type and id |
//!
//! The CDDL of RFC 9886 nests each pair in an array and has ids of 20 octets; its example has all pairs in one flat array and a session
//! id of 17. We write the CDDL's shape unless told otherwise, and read both, but not both in one record.

mod area;
mod authentication;
mod classification;
mod operator_id;
mod self_id;
mod uas_id;
mod uas_type;

pub use area::Area;
pub use authentication::Authentication;
pub use classification::Classification;
pub use operator_id::OperatorId;
pub use self_id::SelfId;
pub use uas_id::{UasId, UasIdType};
pub use uas_type::UasType;

use super::presentation::{PresentationError, fields, to_base64};
use crate::{
    Endorsement, Epoch, Fault, Variant, WireError,
    cbor::{Kind, Reader, Writer},
};
use alloc::{string::String, vec::Vec};
use drip_det::Det;

/// How pairs are written, and with them session ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum BridShape {
    /// As the CDDL of RFC 9886 has it: each pair an array of its own, session ids of 20 octets.
    #[default]
    Nested,
    /// As the example of RFC 9886 has it: types and values in turn in one array, session ids of 17 octets.
    Flat,
}

/// RDATA of a BRID record.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Brid {
    shape: BridShape,
    uas_type: UasType,
    /// At least one.
    uas_ids: Vec<UasId>,
    /// The key is absent where there is none.
    authentications: Vec<Authentication>,
    self_id: Option<SelfId>,
    area: Option<Area>,
    classification: Option<Classification>,
    operator_id: Option<OperatorId>,
}

impl Brid {
    /// A record with nothing but its two mandatory fields.
    pub fn new(shape: BridShape, uas_type: UasType, uas_id: UasId) -> Self {
        Brid {
            shape,
            uas_type,
            uas_ids: [uas_id].into(),
            authentications: Vec::new(),
            self_id: None,
            area: None,
            classification: None,
            operator_id: None,
        }
    }

    /// The record of a DET that flies: its session id, and the chain of endorsements that ends in it, trust anchor first.
    pub fn for_session(det: Det, uas_type: UasType, chain: &[Endorsement], shape: BridShape) -> Self {
        let mut brid = Self::new(shape, uas_type, UasId::session(det, shape));
        brid.authentications = chain.iter().map(Authentication::link).collect();
        brid
    }

    /// The same with one more id.
    pub fn with_uas_id(mut self, uas_id: UasId) -> Self {
        self.uas_ids.push(uas_id);
        self
    }

    /// The same with one more authentication.
    pub fn with_authentication(mut self, authentication: Authentication) -> Self {
        self.authentications.push(authentication);
        self
    }

    /// The same with this self id.
    pub fn with_self_id(self, self_id: SelfId) -> Self {
        Brid { self_id: Some(self_id), ..self }
    }

    /// The same with this area.
    pub fn with_area(self, area: Area) -> Self {
        Brid { area: Some(area), ..self }
    }

    /// The same with this classification.
    pub fn with_classification(self, classification: Classification) -> Self {
        Brid { classification: Some(classification), ..self }
    }

    /// The same with this operator id.
    pub fn with_operator_id(self, operator_id: OperatorId) -> Self {
        Brid { operator_id: Some(operator_id), ..self }
    }

    /// The shape its pairs have.
    pub const fn shape(&self) -> BridShape {
        self.shape
    }

    /// What kind of aircraft it is.
    pub const fn uas_type(&self) -> UasType {
        self.uas_type
    }

    /// The ids, at least one.
    pub fn uas_ids(&self) -> &[UasId] {
        &self.uas_ids
    }

    /// The authentications, as they are.
    pub fn authentications(&self) -> &[Authentication] {
        &self.authentications
    }

    /// The self id.
    pub const fn self_id(&self) -> Option<&SelfId> {
        self.self_id.as_ref()
    }

    /// The area.
    pub const fn area(&self) -> Option<&Area> {
        self.area.as_ref()
    }

    /// The classification.
    pub const fn classification(&self) -> Option<&Classification> {
        self.classification.as_ref()
    }

    /// The operator id.
    pub const fn operator_id(&self) -> Option<&OperatorId> {
        self.operator_id.as_ref()
    }

    /// The first session DET among the ids.
    pub fn det(&self) -> Option<Det> {
        self.uas_ids.iter().find_map(UasId::det)
    }

    /// The Broadcast Endorsements among the authentications, in their order. Nothing is verified.
    ///
    /// An error's octet is counted from the start of the authentication data it is in.
    pub fn endorsements(&self) -> Result<Vec<Endorsement>, WireError> {
        self.authentications.iter().filter_map(Authentication::endorsement).collect()
    }

    /// Reads the RDATA.
    pub fn decode(rdata: &[u8]) -> Result<Self, WireError> {
        let mut reader = Reader::new(rdata);
        let count = reader.map("BRID")?;
        if count < 2 {
            let fault = Fault::Expected("a map with keys 0 (uas_type) and 1 (uas_ids)");
            return Err(WireError { fault, what: "BRID", at: 0 });
        }
        key(&mut reader, 0)?;
        let uas_type = UasType::read(&mut reader)?;
        key(&mut reader, 1)?;
        let (shape, uas_ids) = pairs(&mut reader, "uas_ids", UasId::read)?;
        let mut brid = Brid {
            shape,
            uas_type,
            uas_ids,
            authentications: Vec::new(),
            self_id: None,
            area: None,
            classification: None,
            operator_id: None,
        };
        let mut previous = 1;
        for _ in 2..count {
            let (what, at) = ("map key", reader.at());
            let key = reader.uint(what)?;
            if key <= previous {
                return Err(WireError { fault: Fault::NotDeterministic, what, at });
            }
            previous = key;
            match key {
                2 => brid.authentications = brid.read_authentications(&mut reader)?,
                3 => brid.self_id = Some(SelfId::read(&mut reader)?),
                4 => brid.area = Some(Area::read(&mut reader)?),
                5 => brid.classification = Some(Classification::read(&mut reader)?),
                6 => brid.operator_id = Some(OperatorId::read(&mut reader)?),
                other => return Err(WireError { fault: Fault::UnknownKey(other), what, at }),
            }
        }
        reader.end("BRID")?;
        Ok(brid)
    }

    fn read_authentications(&self, reader: &mut Reader<'_>) -> Result<Vec<Authentication>, WireError> {
        let (what, at) = ("auth", reader.at());
        let (shape, authentications) = pairs(reader, what, Authentication::read)?;
        if shape == self.shape {
            Ok(authentications)
        } else {
            Err(WireError { fault: Fault::Expected("pairs in the same shape as uas_ids"), what, at })
        }
    }

    /// The RDATA, in the shape it has.
    pub fn encode(&self) -> Vec<u8> {
        let optional = [
            !self.authentications.is_empty(),
            self.self_id.is_some(),
            self.area.is_some(),
            self.classification.is_some(),
            self.operator_id.is_some(),
        ];
        let mut writer = Writer::new();
        writer.map(2 + optional.into_iter().filter(|present| *present).count());
        writer.uint(0).uint(self.uas_type.value().into());
        writer.uint(1);
        write_pairs(&mut writer, self.shape, &self.uas_ids, UasId::write);
        if !self.authentications.is_empty() {
            writer.uint(2);
            write_pairs(&mut writer, self.shape, &self.authentications, Authentication::write);
        }
        if let Some(self_id) = &self.self_id {
            self_id.write(writer.uint(3));
        }
        if let Some(area) = &self.area {
            area.write(writer.uint(4));
        }
        if let Some(classification) = &self.classification {
            classification.write(writer.uint(5));
        }
        if let Some(operator_id) = &self.operator_id {
            operator_id.write(writer.uint(6));
        }
        writer.finish()
    }

    /// The text of master files: the RDATA in base64.
    pub fn presentation(&self) -> String {
        to_base64(&self.encode())
    }

    /// Reads the text of master files.
    pub fn parse(text: &str) -> Result<Self, PresentationError> {
        Ok(Self::decode(&fields(text).base64("BRID")?)?)
    }

    /// Where the record differs from what we would write by default.
    pub fn variants(&self) -> Vec<Variant> {
        let unix = |endorsement: Result<Endorsement, WireError>| {
            endorsement.is_ok_and(|endorsement| endorsement.epoch() == Epoch::UnixSuspected)
        };
        [
            (self.shape == BridShape::Flat, Variant::FlatPairs),
            (self.uas_ids.iter().any(UasId::is_short), Variant::ShortUasId),
            (self.area.is_some_and(Area::is_wide), Variant::WideFloat),
            (
                self.authentications.iter().filter_map(Authentication::endorsement).any(unix),
                Variant::UnixEpoch,
            ),
        ]
        .into_iter()
        .filter_map(|(met, variant)| met.then_some(variant))
        .collect()
    }
}

/// The next key, which must be this one: keys are in order and the first two are mandatory.
fn key(reader: &mut Reader<'_>, key: u64) -> Result<(), WireError> {
    let (what, at) = ("map key", reader.at());
    if reader.uint(what)? == key {
        Ok(())
    } else {
        Err(WireError { fault: Fault::Expected("keys 0 (uas_type) and 1 (uas_ids) first"), what, at })
    }
}

fn pairs<'a, T>(
    reader: &mut Reader<'a>,
    what: &'static str,
    read: fn(&mut Reader<'a>) -> Result<T, WireError>,
) -> Result<(BridShape, Vec<T>), WireError> {
    let at = reader.at();
    let wrong = |words| Err(WireError { fault: Fault::Expected(words), what, at });
    let count = reader.array(what)?;
    if count == 0 {
        return wrong("at least one pair");
    }
    let mut items = Vec::new();
    if reader.kind(what)? == Kind::Array {
        for _ in 0..count {
            reader.array_of(2, what, "a pair")?;
            items.push(read(reader)?);
        }
        return Ok((BridShape::Nested, items));
    }
    if count % 2 != 0 {
        return wrong("a value for each type");
    }
    for _ in 0..count / 2 {
        items.push(read(reader)?);
    }
    Ok((BridShape::Flat, items))
}

fn write_pairs<T>(writer: &mut Writer, shape: BridShape, items: &[T], write: fn(&T, &mut Writer)) {
    match shape {
        BridShape::Nested => {
            writer.array(items.len());
            for item in items {
                write(item, writer.array(2));
            }
        }
        BridShape::Flat => {
            writer.array(2 * items.len());
            for item in items {
                write(item, writer);
            }
        }
    }
}
