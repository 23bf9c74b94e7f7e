//! Choosing a media type by the Accept field (RFC 9110, section 12.5.1).

use crate::{Problem, ProblemKind};
use http::{HeaderMap, header};

/// The first of `offered` that the caller likes best; the first of all if there is no Accept field.
pub(crate) fn choose<'a>(headers: &HeaderMap, offered: &[&'a str]) -> Result<&'a str, Problem> {
    let mut ranges = Vec::new();
    for line in headers.get_all(header::ACCEPT) {
        ranges.extend(line.to_str().unwrap_or_default().split(',').filter_map(Range::parse));
    }
    let mut best: Option<(&'a str, u16)> = None;
    for &media in offered {
        let quality = if ranges.is_empty() { 1000 } else { quality(&ranges, media) };
        if quality > 0 && best.is_none_or(|(_, highest)| quality > highest) {
            best = Some((media, quality));
        }
    }
    best.map(|(media, _)| media).ok_or_else(|| {
        let detail = format!("this is offered as {}", offered.join(", "));
        Problem::new(ProblemKind::NotAcceptable, detail)
            .field("Accept", "names none of the media types offered")
    })
}

/// One media range with its quality in thousandths.
struct Range {
    main: String,
    sub: String,
    quality: u16,
}

impl Range {
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let (main, sub) = parts.next()?.split_once('/')?;
        let quality = parts
            .find_map(|parameter| parameter.strip_prefix("q=").or_else(|| parameter.strip_prefix("Q=")))
            .map_or(Some(1.0), |value| value.parse::<f32>().ok())?;
        Some(Range {
            main: main.to_ascii_lowercase(),
            sub: sub.to_ascii_lowercase(),
            quality: (quality.clamp(0.0, 1.0) * 1000.0) as u16,
        })
    }

    /// How closely it names `media`: exactly 2, by its main type 1, as anything 0.
    fn closeness(&self, media: &str) -> Option<u8> {
        let (main, sub) = media.split_once('/')?;
        match (self.main.as_str(), self.sub.as_str()) {
            (m, s) if m == main && s == sub => Some(2),
            (m, "*") if m == main => Some(1),
            ("*", "*") => Some(0),
            _ => None,
        }
    }
}

fn quality(ranges: &[Range], media: &str) -> u16 {
    ranges
        .iter()
        .filter_map(|range| range.closeness(media).map(|closeness| (closeness, range.quality)))
        .max_by_key(|(closeness, _)| *closeness)
        .map_or(0, |(_, quality)| quality)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFERED: [&str; 2] = ["application/json", "application/octet-stream"];

    fn chosen(accept: &str) -> Option<&'static str> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, accept.parse().unwrap());
        choose(&headers, &OFFERED).ok()
    }

    #[test]
    fn quality_and_closeness_decide() {
        assert_eq!(choose(&HeaderMap::new(), &OFFERED).unwrap(), OFFERED[0]);
        assert_eq!(chosen("*/*"), Some(OFFERED[0]));
        assert_eq!(chosen("application/octet-stream"), Some(OFFERED[1]));
        assert_eq!(chosen("Application/JSON;q=0.5, application/*;q=0.8"), Some(OFFERED[1]));
        assert_eq!(chosen("text/html, */*;q=0.1"), Some(OFFERED[0]));
        assert_eq!(chosen("application/json;q=0, */*"), Some(OFFERED[1]));
        assert_eq!(chosen("text/html"), None);
        assert_eq!(chosen("nonsense"), Some(OFFERED[0]));
        assert_eq!(chosen("*/*;q=0"), None);
    }
}
