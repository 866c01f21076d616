//! What a value says of itself: when it ends, who issued it, and to whom. Read, and never verified: whoever holds the value could
//! have written it. No part of the value itself is given out but these claims.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use x509_cert::Certificate;

use super::claim::{Claims, Kind, sane};
use super::embedded;

/// The longest claim that is given out, in characters.
const LONGEST: usize = 120;
/// The most certificates of one value that are read.
const CHAIN: usize = 32;

/// What these bytes say of themselves; `None` when they are of no kind that does.
#[must_use]
pub fn claims(value: &[u8]) -> Option<Claims> {
    let text = std::str::from_utf8(value).ok()?.trim();
    // asked of every value at every entry into a project, so the first letters decide
    if text.starts_with("-----BEGIN") {
        return certificate(text);
    }
    if text.starts_with("ASIA") && text.len() == 20 && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()) {
        return Some(Claims::new(Kind::AwsSession));
    }
    let bare =
        text.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map_or(text, |(_, rest)| rest.trim());
    if bare.starts_with("eyJ") {
        return jwt(bare);
    }
    if text.contains('=') { embedded::signature(text) } else { None }
}

/// RFC 7519: three parts of base64url, the second of them a JSON object of claims. Encrypted ones have five, and say nothing.
fn jwt(text: &str) -> Option<Claims> {
    let mut parts = text.split('.');
    let (head, body, _signature) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let object = |part: &str| -> Option<Map<String, Value>> {
        serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok()?).ok()
    };
    object(head)?.get("alg")?.as_str()?;
    let body = object(body)?;
    let said = |name: &str| body.get(name).and_then(Value::as_str).map(shortened);
    Some(Claims {
        kind: Kind::Jwt,
        expires: body.get("exp").and_then(moment),
        not_before: body.get("nbf").and_then(moment),
        issued: body.get("iat").and_then(moment),
        issuer: said("iss"),
        subject: said("sub"),
    })
}

/// A `NumericDate`: seconds since 1970, with a fraction where the issuer likes one.
fn moment(value: &Value) -> Option<i64> {
    let seconds = match value.as_i64() {
        Some(seconds) => seconds,
        #[expect(clippy::cast_possible_truncation, reason = "a fraction of a second, and out of range is refused below")]
        None => value.as_f64().filter(|n| n.is_finite() && n.abs() < 1e15)?.floor() as i64,
    };
    sane(seconds)
}

/// The certificate of a chain that ends first counts: without it the others prove nothing.
fn certificate(text: &str) -> Option<Claims> {
    const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
    const END: &str = "-----END CERTIFICATE-----";
    let mut found: Option<Claims> = None;
    let mut rest = text;
    for _ in 0..CHAIN {
        let Some(start) = rest.find(BEGIN) else { break };
        let Some(end) = rest[start..].find(END).map(|end| start + end + END.len()) else { break };
        if let Some(one) = one_certificate(&rest[start..end])
            && found.as_ref().is_none_or(|known| one.expires < known.expires)
        {
            found = Some(one);
        }
        rest = &rest[end..];
    }
    found
}

fn one_certificate(pem: &str) -> Option<Claims> {
    use x509_cert::der::DecodePem;
    let certificate = Certificate::from_pem(pem).ok()?;
    let body = certificate.tbs_certificate();
    let seconds = |time: x509_cert::time::Time| i64::try_from(time.to_unix_duration().as_secs()).ok().and_then(sane);
    Some(Claims {
        kind: Kind::Certificate,
        // the last second counts as good in a certificate
        expires: seconds(body.validity().not_after).map(|last| last + 1),
        not_before: seconds(body.validity().not_before),
        issued: None,
        issuer: Some(shortened(&body.issuer().to_string())),
        subject: Some(shortened(&body.subject().to_string())),
    })
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(head: &str, body: &str) -> String {
        let part = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
        format!("{}.{}.c2ln", part(head), part(body))
    }

    #[test]
    fn a_jwt_says_when_it_ends_and_whose_it_is() {
        for algorithm in ["RS256", "ES256", "HS256", "none"] {
            let token = token(
                &format!("{{\"typ\":\"JWT\",\"alg\":\"{algorithm}\"}}"),
                r#"{"iss":"https://issuer.example","sub":"ann","exp":1795867200,"nbf":1795780800,"iat":1795780800.5}"#,
            );
            let told = claims(token.as_bytes()).expect(algorithm);
            assert_eq!(
                (told.kind, told.expires, told.not_before, told.issued),
                (Kind::Jwt, Some(1_795_867_200), Some(1_795_780_800), Some(1_795_780_800))
            );
            assert_eq!((told.issuer.as_deref(), told.subject.as_deref()), (Some("https://issuer.example"), Some("ann")));
            assert_eq!(claims(format!("Bearer {token}\n").as_bytes()), Some(told));
        }
    }

    #[test]
    fn what_only_looks_like_a_jwt_says_nothing() {
        let head = r#"{"alg":"HS256"}"#;
        for body in
            [r#"{"exp":"tomorrow"}"#, r#"{"exp":-5}"#, r#"{"exp":1e300}"#, r#"{"exp":null}"#, r#"{"exp":99999999999999}"#, "{}"]
        {
            assert_eq!(claims(token(head, body).as_bytes()).expect("a JWT").expires, None, "{body}");
        }
        let whole = token(head, r#"{"exp":1795867200}"#);
        for bad in [&whole[..whole.len() - 6], "eyJ", "eyJ.eyJ.x", &format!("{whole}.x"), &whole.replacen("eyJ", "eyJ!", 1)] {
            let told = claims(bad.as_bytes());
            assert!(told.is_none_or(|told| told.expires.is_none()), "{bad}");
        }
        assert_eq!(claims(token("{}", "{}").as_bytes()), None, "no algorithm, no JWT");
        assert_eq!(claims(b"\xff\xfe"), None);
    }

    /// Made for this test with `openssl req -x509 -newkey ed25519`; nobody has its key.
    const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----\n\
        MIIBbzCCASGgAwIBAgIUAhnvDrEXLNQYgrI3ztlrQiIwt9MwBQYDK2VwMC0xDTAL\n\
        BgNVBAoMBEFjbWUxHDAaBgNVBAMME2NsaWVudC5hY21lLmV4YW1wbGUwHhcNMjYx\n\
        MTI4MDkyNjU1WhcNMjcwMTMxMDkyNjU1WjAtMQ0wCwYDVQQKDARBY21lMRwwGgYD\n\
        VQQDDBNjbGllbnQuYWNtZS5leGFtcGxlMCowBQYDK2VwAyEA10+ePfsHBnLgcnPp\n\
        IBEsaknj+HOc81UY4cvIeFxivzijUzBRMB0GA1UdDgQWBBR8A19CD+GseT7qPopj\n\
        tHPelY5nwTAfBgNVHSMEGDAWgBR8A19CD+GseT7qPopjtHPelY5nwTAPBgNVHRMB\n\
        Af8EBTADAQH/MAUGAytlcANBADViEpNMnHKl+AnIdE2AWQ9Sns3f8L2OYYfVAL0j\n\
        Wzop+DS/apUP1/8LQC1kfAbNDMDiqUEOt9JBLlAUGnI5vgw=\n\
        -----END CERTIFICATE-----";

    #[test]
    fn the_certificate_of_a_chain_that_ends_first_counts() {
        let told = claims(CERTIFICATE.as_bytes()).expect("a certificate");
        assert_eq!((told.kind, told.not_before, told.expires), (Kind::Certificate, Some(1_795_858_015), Some(1_801_387_616)));
        assert_eq!(told.subject.as_deref(), Some("CN=client.acme.example,O=Acme"));
        let chain = format!("{CERTIFICATE}\n-----BEGIN CERTIFICATE-----\nbroken\n-----END CERTIFICATE-----\n{CERTIFICATE}\n");
        assert_eq!(claims(chain.as_bytes()), Some(told.clone()));
        let key = "-----BEGIN PRIVATE KEY-----\nMC4CAQ==\n-----END PRIVATE KEY-----\n";
        assert_eq!(claims(format!("{key}{CERTIFICATE}").as_bytes()), Some(told));
        assert_eq!(claims(key.as_bytes()), None);
        for cut in (0..CERTIFICATE.len()).step_by(7) {
            assert_eq!(claims(&CERTIFICATE.as_bytes()[..cut]), None, "{cut}");
        }
    }

    #[test]
    fn a_temporary_key_of_aws_is_known_by_its_first_letters() {
        assert_eq!(claims(b"ASIAIOSFODNN7EXAMPLE").expect("a session").kind, Kind::AwsSession);
        assert_eq!(claims(b"AKIAIOSFODNN7EXAMPLE"), None);
    }

    #[test]
    fn a_long_claim_is_cut() {
        let body = format!("{{\"sub\":\"{}\"}}", "é".repeat(500));
        let told = claims(token(r#"{"alg":"x"}"#, &body).as_bytes()).expect("a JWT");
        assert_eq!(told.subject.map(|text| text.chars().count()), Some(LONGEST + 1));
    }
}
