//! The text of a DET, as a schema.

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};

/// A DET in a description: IPv6 text, 32 hexadecimal digits, or its owner name under `ip6.arpa`.
pub(crate) struct DetText;

/// One group of IPv6 text.
const GROUP: &str = "[0-9a-fA-F]{1,4}";

impl PartialSchema for DetText {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some(pattern()))
            .description(Some("A DET: IPv6 text, 32 hexadecimal digits, or its owner name under ip6.arpa."))
            .examples(["2001:3f:fe00:a05:1308:2469:9a4b:c6b2"])
            .into()
    }
}

impl ToSchema for DetText {}

/// Everything under 2001:30::/28 in one regular expression: all eight groups, or fewer around one `::`.
fn pattern() -> String {
    let mut after_prefix = vec![format!("(:{GROUP}){{6}}")];
    for before in 0..=5 {
        let after = 5 - before;
        let left = format!("(:{GROUP}){{{before}}}::");
        after_prefix.push(match after {
            0 => left,
            1 => format!("{left}({GROUP})?"),
            _ => format!("{left}({GROUP}(:{GROUP}){{0,{}}})?", after - 1),
        });
    }
    let ipv6 = format!("2001:0{{0,2}}3[0-9a-fA-F]({})", after_prefix.join("|"));
    let name = "([0-9a-fA-F]\\.){25}3\\.0\\.0\\.1\\.0\\.0\\.2\\.ip6\\.arpa\\.?";
    format!("^({ipv6}|2001003[0-9a-fA-F]{{25}}|{name})$")
}
