//! The currencies of ISO 4217, their number of decimals and their symbols.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A currency of ISO 4217, by its three-letter code. Serialised as that code.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

/// The text is not the code of an active ISO 4217 currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an ISO 4217 currency code")]
pub struct UnknownCurrency;

impl UnknownCurrency {
    /// The stable key of the message shown to people.
    pub fn key(&self) -> &'static str {
        "money.unknown_currency"
    }
}

/// Without a smaller unit (ISO 4217 list one, exponent 0).
const EXPONENT_0: &str = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF";
/// In thousandths (exponent 3).
const EXPONENT_3: &str = "BHD IQD JOD KWD LYD OMR TND";
/// In hundredths. The ariary (MGA) and the ouguiya (MRU), divided in fifths, are listed with
/// exponent 2 by ISO, and that is how software exchanges them.
const EXPONENT_2: &str = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN \
    BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP \
    GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL \
    MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR \
    RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD \
    TZS UAH USD UYU UZS VED VES WST XCD YER ZAR ZMW";

impl Currency {
    /// Euro.
    pub const EUR: Self = Self(*b"EUR");
    /// CFA franc of West Africa (Senegal, Ivory Coast, Mali…), without decimals.
    pub const XOF: Self = Self(*b"XOF");
    /// CFA franc of Central Africa (Cameroon, Gabon…), without decimals.
    pub const XAF: Self = Self(*b"XAF");
    /// Moroccan dirham.
    pub const MAD: Self = Self(*b"MAD");

    /// The three-letter code.
    pub fn code(&self) -> &str {
        // The three bytes are ASCII letters by construction, so the default is never taken.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// How many decimals an amount has: 2 for EUR, 0 for XOF, 3 for TND.
    pub fn exponent(&self) -> u32 {
        if lists(EXPONENT_0, self.code()) {
            0
        } else if lists(EXPONENT_3, self.code()) {
            3
        } else {
            2
        }
    }

    /// What a French reader expects after the amount.
    pub(super) fn french_symbol(&self) -> &str {
        match self.code() {
            "EUR" => "€",
            "XOF" => "F",
            "XAF" => "FCFA",
            "XPF" => "F CFP",
            "GNF" => "FG",
            "MAD" => "DH",
            "DZD" => "DA",
            "TND" => "DT",
            "MGA" => "Ar",
            "GBP" => "£",
            "USD" => "$US",
            "CAD" => "$CA",
            code => code,
        }
    }

    /// What an English reader expects before the amount.
    pub(super) fn english_symbol(&self) -> &str {
        match self.code() {
            "EUR" => "€",
            "XOF" => "F CFA",
            "XAF" => "FCFA",
            "GBP" => "£",
            "USD" => "$",
            "CAD" => "CA$",
            code => code,
        }
    }
}

fn lists(list: &str, code: &str) -> bool {
    list.split(' ').any(|listed| listed == code)
}

impl FromStr for Currency {
    type Err = UnknownCurrency;

    /// Case does not count: `eur` is EUR.
    fn from_str(text: &str) -> Result<Self, UnknownCurrency> {
        let code = text.trim().to_ascii_uppercase();
        let bytes: [u8; 3] = code.as_bytes().try_into().map_err(|_| UnknownCurrency)?;
        let known = [EXPONENT_2, EXPONENT_0, EXPONENT_3].iter().any(|list| lists(list, &code));
        known.then_some(Self(bytes)).ok_or(UnknownCurrency)
    }
}

impl TryFrom<String> for Currency {
    type Error = UnknownCurrency;

    fn try_from(text: String) -> Result<Self, UnknownCurrency> {
        text.parse()
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
