//! What may be kept by whoever lies between us and the asker: signed statuses with an end (RFC 5019, section 6.2; RFC 9111).

use axum::response::{IntoResponse, Response};
use drip_det::UnixTime;
use http::{HeaderMap, HeaderName, StatusCode, header};
use std::sync::Arc;
use time::{OffsetDateTime, format_description};

/// A signed object with an end.
pub(crate) struct Cacheable {
    pub(crate) media: &'static str,
    pub(crate) octets: Arc<[u8]>,
    /// Something that is different for different octets.
    pub(crate) tag: String,
    pub(crate) this_update: UnixTime,
    pub(crate) next_update: UnixTime,
    /// The longest it may be kept, in seconds, however late its end.
    pub(crate) longest: u64,
}

impl Cacheable {
    /// The answer; 304 to whoever has it already.
    pub(crate) fn answer(self, asked: &HeaderMap, now: UnixTime) -> Response {
        let tag = format!("\"{}\"", self.tag);
        let age = self.next_update.0.saturating_sub(now.0).min(self.longest);
        let fields: [(HeaderName, String); 5] = [
            (header::CACHE_CONTROL, format!("max-age={age}, public, no-transform, must-revalidate")),
            (header::ETAG, tag.clone()),
            (header::LAST_MODIFIED, http_date(self.this_update)),
            (header::EXPIRES, http_date(self.next_update)),
            (header::CONTENT_TYPE, self.media.to_owned()),
        ];
        if has(asked, &tag) {
            return (StatusCode::NOT_MODIFIED, fields).into_response();
        }
        (fields, self.octets.to_vec()).into_response()
    }
}

/// Whether If-None-Match names this tag.
fn has(asked: &HeaderMap, tag: &str) -> bool {
    asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|field| field.to_str().ok()).any(|field| {
        field.split(',').map(|one| one.trim().trim_start_matches("W/")).any(|one| one == tag || one == "*")
    })
}

/// A date of HTTP (RFC 9110, section 5.6.7).
fn http_date(time: UnixTime) -> String {
    const FORM: &str = "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT";
    let text = || {
        let moment = OffsetDateTime::from_unix_timestamp(i64::try_from(time.0).ok()?).ok()?;
        moment.format(&format_description::parse_borrowed::<2>(FORM).ok()?).ok()
    };
    text().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_date_of_the_standard() {
        assert_eq!(http_date(UnixTime(784_111_777)), "Sun, 06 Nov 1994 08:49:37 GMT");
    }

    #[test]
    fn who_has_it_is_told_so() {
        let mut asked = HeaderMap::new();
        let object = || Cacheable {
            media: "application/pkix-crl",
            octets: Arc::from([1, 2]),
            tag: "7".to_owned(),
            this_update: UnixTime(10),
            next_update: UnixTime(1000),
            longest: 300,
        };
        let answer = object().answer(&asked, UnixTime(20));
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["cache-control"], "max-age=300, public, no-transform, must-revalidate");
        asked.insert("if-none-match", "\"6\", W/\"7\"".parse().unwrap());
        assert_eq!(object().answer(&asked, UnixTime(20)).status(), 304);
        asked.insert("if-none-match", "\"6\"".parse().unwrap());
        assert_eq!(object().answer(&asked, UnixTime(20)).status(), 200);
    }
}
