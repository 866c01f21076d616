//! Ends that stand in the parameters of a signed text: shared access signatures of Azure, and URLs signed for a time.

use jiff::Timestamp;

use super::claim::{Claims, Kind, sane};

/// The most parameters that are looked at.
const PARAMETERS: usize = 200;

/// What the parameters of this text say of its end; `None` when it is not signed.
pub(super) fn signature(text: &str) -> Option<Claims> {
    // a URL, a connection string, or the parameters alone
    let query = text.split_once('?').map_or(text, |(_, query)| query);
    let query = query.split('#').next().unwrap_or(query);
    let query = find_ignoring_case(query, "SharedAccessSignature").map_or(query, |at| query[at..].trim_start_matches(['=', ' ']));
    let parameters = Parameters(query);
    sas(&parameters).or_else(|| signed_url(&parameters))
}

/// The text behind a word, wherever it stands.
fn find_ignoring_case(text: &str, word: &str) -> Option<usize> {
    let at = text.as_bytes().windows(word.len()).position(|part| part.eq_ignore_ascii_case(word.as_bytes()))?;
    Some(at + word.len())
}

/// Azure Storage writes `se` as a time (learn.microsoft.com, "Create a service SAS"), Service Bus and Event Hubs as seconds.
fn sas(parameters: &Parameters<'_>) -> Option<Claims> {
    parameters.get("sig")?;
    let end = parameters.get("se")?;
    let start = parameters.get("st").and_then(|text| time(&text));
    Some(Claims { expires: time(&end), not_before: start, ..Claims::new(Kind::Sas) })
}

/// AWS (Signature Version 4) and Google Cloud sign a start and a number of seconds; CloudFront and older forms the end itself.
fn signed_url(parameters: &Parameters<'_>) -> Option<Claims> {
    for (signature, start, seconds) in
        [("X-Amz-Signature", "X-Amz-Date", "X-Amz-Expires"), ("X-Goog-Signature", "X-Goog-Date", "X-Goog-Expires")]
    {
        if parameters.get(signature).is_some() {
            let start = parameters.get(start).and_then(|text| compact(&text));
            let seconds = parameters.get(seconds).and_then(|text| text.parse::<i64>().ok()).filter(|n| *n >= 0);
            let expires = start.zip(seconds).and_then(|(start, seconds)| start.checked_add(seconds)).and_then(sane);
            return Some(Claims { expires, issued: start, ..Claims::new(Kind::SignedUrl) });
        }
    }
    parameters.get("Signature")?;
    let expires = parameters.get("Expires")?.parse().ok().and_then(sane);
    Some(Claims { expires, ..Claims::new(Kind::SignedUrl) })
}

/// `2027-01-31T00:00:00Z`, `2027-01-31`, or seconds since 1970.
fn time(text: &str) -> Option<i64> {
    if text.bytes().all(|b| b.is_ascii_digit()) {
        return text.parse().ok().and_then(sane);
    }
    let whole = match text.len() {
        10 => format!("{text}T00:00:00Z"),
        // Azure lets the seconds go: 2027-01-31T00:00Z
        17 => format!("{}:00Z", text.trim_end_matches('Z')),
        _ => text.to_owned(),
    };
    whole.parse::<Timestamp>().ok().map(Timestamp::as_second).and_then(sane)
}

/// `20270131T000000Z`.
fn compact(text: &str) -> Option<i64> {
    let is_compact = text.len() == 16 && text.is_ascii() && text.as_bytes()[8] == b'T' && text.ends_with('Z');
    let part = |from: usize, to: usize| is_compact.then(|| &text[from..to]);
    let (day, clock) = (part(0, 8)?, part(9, 15)?);
    let (year, month, day) = (&day[..4], &day[4..6], &day[6..]);
    let (hour, minute, second) = (&clock[..2], &clock[2..4], &clock[4..]);
    time(&format!("{year}-{month}-{day}T{hour}:{minute}:{second}Z"))
}

/// `name=value` between `&` or `;`, with percent signs.
struct Parameters<'a>(&'a str);

impl Parameters<'_> {
    fn get(&self, name: &str) -> Option<String> {
        let pairs = self.0.split(['&', ';']).take(PARAMETERS).filter_map(|pair| pair.split_once('='));
        pairs.into_iter().find(|(known, _)| known.trim().eq_ignore_ascii_case(name)).map(|(_, value)| decoded(value.trim()))
    }
}

/// The text without its percent signs; what is none of them stays as it is.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, more @ ..] = rest {
        rest = more;
        let digit = |at: usize| more.get(at).and_then(|b| (*b as char).to_digit(16)).and_then(|d| u8::try_from(d).ok());
        match (first, digit(0), digit(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push(high << 4 | low);
                rest = &more[2..];
            }
            _ => bytes.push(*first),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(text: &str) -> Option<(Kind, Option<String>)> {
        let told = signature(text)?;
        Some((told.kind, told.expires.map(|e| Timestamp::from_second(e).expect("sane").to_string())))
    }

    #[test]
    fn each_kind_of_signature_says_its_end() {
        let day = |kind| Some((kind, Some("2027-01-31T00:00:00Z".to_owned())));
        for text in [
            "sv=2024-11-04&ss=b&srt=sco&sp=rl&se=2027-01-31T00:00:00Z&st=2026-01-01T00:00:00Z&spr=https&sig=c2ln",
            "?sv=2024-11-04&se=2027-01-31T00%3A00%3A00Z&sig=c2ln%3D",
            "https://acme.blob.core.windows.net/c/b?se=2027-01-31&sp=r&sig=x",
            "https://acme.blob.core.windows.net/c/b?se=2027-01-31T00:00Z&sp=r&sig=x",
            "BlobEndpoint=https://acme.blob.core.windows.net/;SharedAccessSignature=sv=2024&se=2027-01-31T00:00:00Z&sig=x",
            "SharedAccessSignature sr=sb%3a%2f%2facme&sig=x&se=1801353600&skn=Root",
        ] {
            assert_eq!(end(text), day(Kind::Sas), "{text}");
        }
        for text in [
            "https://b.s3.amazonaws.com/k?X-Amz-Algorithm=AWS4&X-Amz-Date=20270130T230000Z&X-Amz-Expires=3600&X-Amz-Signature=ab",
            "https://storage.googleapis.com/b/k?X-Goog-Date=20270130T000000Z&X-Goog-Expires=86400&X-Goog-Signature=ab",
            "https://d1.cloudfront.net/k?Expires=1801353600&Signature=ab&Key-Pair-Id=K",
        ] {
            assert_eq!(end(text), day(Kind::SignedUrl), "{text}");
        }
    }

    #[test]
    fn what_is_not_signed_or_says_nonsense_has_no_end() {
        for text in
            ["se=2027-01-31", "a=b", "postgres://u:p@h/db?sslmode=require&se=2027-01-31", "sig=x", "=", "?&=&", "%=%zz&sig=%"]
        {
            assert_eq!(end(text), None, "{text}");
        }
        for text in [
            "se=soon&sig=x",
            "se=99999999999999999999&sig=x",
            "se=2027-02-30T00:00:00Z&sig=x",
            "X-Amz-Signature=a&X-Amz-Date=20270130T230000Z&X-Amz-Expires=9223372036854775807",
            "X-Amz-Signature=a&X-Amz-Date=2027&X-Amz-Expires=1",
            "X-Amz-Signature=a&X-Amz-Date=éééééééé&X-Amz-Expires=1",
        ] {
            assert_eq!(end(text).map(|(_, end)| end), Some(None), "{text}");
        }
    }
}
