//! What a value may say of itself, as it was read. Nothing here was verified.

/// What kind of value it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A JSON Web Token (RFC 7519).
    Jwt,
    /// One or more certificates in PEM (RFC 7468, RFC 5280).
    Certificate,
    /// A shared access signature of Azure.
    Sas,
    /// A URL that was signed for a time: AWS, Google Cloud, CloudFront.
    SignedUrl,
    /// The access key of a session of AWS, which ends within hours and does not say when.
    AwsSession,
}

impl Kind {
    /// In words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Jwt => "a JWT",
            Self::Certificate => "a certificate",
            Self::Sas => "an Azure SAS token",
            Self::SignedUrl => "a signed URL",
            Self::AwsSession => "a temporary key of AWS",
        }
    }
}

/// What a value says of itself. Times are seconds since 1970 UTC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    pub kind: Kind,
    /// From when on it is no longer good.
    pub expires: Option<i64>,
    pub not_before: Option<i64>,
    pub issued: Option<i64>,
    pub issuer: Option<String>,
    pub subject: Option<String>,
}

impl Claims {
    pub(super) fn new(kind: Kind) -> Self {
        Self { kind, expires: None, not_before: None, issued: None, issuer: None, subject: None }
    }
}

/// A moment that the calendar has, and that no clock's epoch error made.
pub(super) fn sane(seconds: i64) -> Option<i64> {
    (0..=jiff::Timestamp::MAX.as_second()).contains(&seconds).then_some(seconds)
}
