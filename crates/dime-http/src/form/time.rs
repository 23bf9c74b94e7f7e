//! Times as RFC 3339 text in UTC.

use drip_det::UnixTime;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::borrow::Cow;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, Type},
};

/// The last second that RFC 3339 can write.
const LAST: u64 = 253_402_300_799;

/// A moment, to the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment(pub(crate) UnixTime);

impl Moment {
    /// A moment that may be unset: zero means that it is.
    pub(crate) fn set(time: UnixTime) -> Option<Self> {
        (time.0 != 0).then_some(Moment(time))
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&UnixTime(self.0.0.min(LAST)))
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        let moment = OffsetDateTime::parse(&text, &Rfc3339)
            .map_err(|_| de::Error::custom("expected an RFC 3339 time such as 2027-01-31T12:00:00Z"))?;
        let seconds = u64::try_from(moment.unix_timestamp())
            .map_err(|_| de::Error::custom("the time is before 1970"))?;
        Ok(Moment(UnixTime(seconds)))
    }
}

impl PartialSchema for Moment {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .description(Some("A moment in UTC, RFC 3339."))
            .examples(["2027-01-31T12:00:00Z"])
            .into()
    }
}

impl ToSchema for Moment {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_both_ways() {
        let moment: Moment = serde_json::from_str("\"2027-01-31T13:00:00+01:00\"").unwrap();
        assert_eq!(moment, Moment(UnixTime(1_801_396_800)));
        assert_eq!(serde_json::to_string(&moment).unwrap(), "\"2027-01-31T12:00:00Z\"");
        let forever = Moment(UnixTime(253_402_300_799));
        assert_eq!(serde_json::to_string(&forever).unwrap(), "\"9999-12-31T23:59:59Z\"");
        assert!(serde_json::from_str::<Moment>("\"1969-12-31T23:59:59Z\"").is_err());
        assert!(serde_json::from_str::<Moment>("\"tomorrow\"").is_err());
    }
}
