//! The address of the SMTP server, as written in the settings:
//! `smtp://user:password@host:port?tls=required`.

/// Why an SMTP address cannot be used. The text never repeats the address, which holds a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SmtpUrlError {
    /// Neither `smtp://` nor `smtps://`.
    #[error("the SMTP address must start with smtp:// or smtps://")]
    Scheme,
    /// No host, or a port that is not a number.
    #[error("the SMTP address must hold a host and a port that is a number")]
    Host,
    /// A user without password, or a `%` that is not followed by two hexadecimal digits.
    #[error("user and password of the SMTP address must both be there, percent-encoded")]
    Credentials,
    /// `tls=` is neither `none`, `starttls` nor `required`, or contradicts `smtps://`.
    #[error("tls= of the SMTP address must be none, starttls or required")]
    Tls,
    /// The file of trusted certificates cannot be read, or holds none in PEM.
    #[error("the SMTP server's certificate authority must be a readable file in PEM")]
    Authority,
    /// The certificates of this machine, or the host's name, make TLS impossible.
    #[error("TLS cannot be set up for the SMTP server")]
    TlsSetup,
}

impl SmtpUrlError {
    /// The stable key of the message shown to people.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Scheme => "smtp.scheme",
            Self::Host => "smtp.host",
            Self::Credentials => "smtp.credentials",
            Self::Tls => "smtp.tls",
            Self::Authority => "smtp.authority",
            Self::TlsSetup => "smtp.tls_setup",
        }
    }
}

/// When the connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TlsMode {
    /// Never (`tls=none`).
    None,
    /// If the server offers STARTTLS (nothing said).
    Offered,
    /// By STARTTLS, or not at all (`tls=starttls` or `tls=required`).
    Required,
    /// From the first byte (`smtps://`).
    Wrapped,
}

/// The parts of an SMTP address.
#[derive(PartialEq, Eq)]
pub(super) struct SmtpUrl {
    pub host: String,
    pub port: u16,
    pub credentials: Option<(String, String)>,
    pub tls: TlsMode,
}

impl SmtpUrl {
    pub fn parse(url: &str) -> Result<Self, SmtpUrlError> {
        let (scheme, rest) = url.trim().split_once("://").ok_or(SmtpUrlError::Scheme)?;
        let wrapped = match scheme {
            "smtp" => false,
            "smtps" => true,
            _ => return Err(SmtpUrlError::Scheme),
        };
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let rest = rest.trim_end_matches('/');
        // A password may hold an `@` someone forgot to encode: the host starts after the last one.
        let (credentials, host) = match rest.rsplit_once('@') {
            Some((user, host)) => (Some(credentials(user)?), host),
            None => (None, rest),
        };
        let tls = tls_mode(wrapped, query)?;
        let default_port = match tls {
            TlsMode::Wrapped => 465,
            TlsMode::Required => 587,
            TlsMode::None | TlsMode::Offered => 25,
        };
        let (host, port) = host_and_port(host, default_port)?;
        Ok(Self { host, port, credentials, tls })
    }

    /// Whether the server is this machine, where a certificate proves nothing.
    pub fn is_loopback(&self) -> bool {
        let address = self.host.parse::<std::net::IpAddr>();
        self.host == "localhost" || address.is_ok_and(|address| address.is_loopback())
    }
}

fn credentials(text: &str) -> Result<(String, String), SmtpUrlError> {
    let (user, password) = text.split_once(':').ok_or(SmtpUrlError::Credentials)?;
    if user.is_empty() || password.is_empty() {
        return Err(SmtpUrlError::Credentials);
    }
    Ok((decoded(user)?, decoded(password)?))
}

fn decoded(text: &str) -> Result<String, SmtpUrlError> {
    let mut out = Vec::with_capacity(text.len());
    let mut parts = text.split('%');
    out.extend_from_slice(parts.next().unwrap_or_default().as_bytes());
    for part in parts {
        let hex = part.get(..2).filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()));
        let byte = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        out.push(byte.ok_or(SmtpUrlError::Credentials)?);
        out.extend_from_slice(&part.as_bytes()[2..]);
    }
    String::from_utf8(out).map_err(|_| SmtpUrlError::Credentials)
}

fn tls_mode(wrapped: bool, query: &str) -> Result<TlsMode, SmtpUrlError> {
    let value = query.split('&').find_map(|pair| pair.strip_prefix("tls="));
    match (wrapped, value) {
        (true, None | Some("required")) => Ok(TlsMode::Wrapped),
        (false, None) => Ok(TlsMode::Offered),
        (false, Some("none")) => Ok(TlsMode::None),
        (false, Some("starttls" | "required")) => Ok(TlsMode::Required),
        _ => Err(SmtpUrlError::Tls),
    }
}

fn host_and_port(text: &str, default: u16) -> Result<(String, u16), SmtpUrlError> {
    let (host, port) = match text.strip_prefix('[') {
        // An IPv6 address stands in brackets, since it holds colons itself.
        Some(rest) => {
            let (host, after) = rest.split_once(']').ok_or(SmtpUrlError::Host)?;
            (host, if after.is_empty() { None } else { after.strip_prefix(':') })
        }
        None => match text.rsplit_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (text, None),
        },
    };
    let port = port.map_or(Ok(default), |port| port.parse().map_err(|_| SmtpUrlError::Host))?;
    let well_formed = !host.is_empty() && !host.contains(['/', ' ', '@']);
    if well_formed { Ok((host.to_owned(), port)) } else { Err(SmtpUrlError::Host) }
}
