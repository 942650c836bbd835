//! The numbering plans read without regular expressions: one in ten thousand numbers needs more.
//!
//! Source: libphonenumber 9.0.33 (`PhoneNumberMetadata.xml`), which a test compares with this.

/// How one country numbers its phones.
#[derive(Debug)]
pub(super) struct Plan {
    /// ISO 3166 code.
    pub region: &'static str,
    /// Country calling code.
    pub code: &'static str,
    /// Digits of the significant number, the one that follows the country code.
    pub length: usize,
    /// Whether `0` is dialled before it inside the country.
    pub trunk: bool,
    /// Whether the four first digits are those of a number in use.
    valid: fn(&[u8; 4]) -> bool,
    /// Whether the first digit can start a number at all.
    plausible: fn(&[u8; 2]) -> bool,
}

pub(super) static FRANCE: Plan = Plan {
    region: "FR",
    code: "33",
    length: 9,
    trunk: true,
    valid: is_french,
    plausible: |start| start[0] != b'0',
};

pub(super) static SENEGAL: Plan = Plan {
    region: "SN",
    code: "221",
    length: 9,
    trunk: false,
    valid: is_senegalese,
    plausible: |start| matches!(start, b"33" | b"30" | b"39" | [b'7', _]),
};

static IVORY_COAST: Plan = Plan {
    region: "CI",
    code: "225",
    length: 10,
    trunk: false,
    valid: is_ivorian,
    plausible: |start| matches!(start, b"01" | b"05" | b"07" | b"21" | b"25" | b"27"),
};

static MOROCCO: Plan = Plan {
    region: "MA",
    code: "212",
    length: 9,
    trunk: true,
    valid: is_moroccan,
    plausible: |start| (b'5'..=b'8').contains(&start[0]),
};

static PLANS: [&Plan; 4] = [&FRANCE, &SENEGAL, &IVORY_COAST, &MOROCCO];

/// The plan of a region, if it is one of ours.
pub(super) fn by_region(region: &str) -> Option<&'static Plan> {
    PLANS.iter().copied().find(|plan| plan.region.eq_ignore_ascii_case(region))
}

/// The plan whose country code `digits` start with, and what follows it.
pub(super) fn by_country_code(digits: &str) -> Option<(&'static Plan, &str)> {
    PLANS.iter().find_map(|plan| Some((*plan, digits.strip_prefix(plan.code)?)))
}

impl Plan {
    /// What follows the country code, without the zero people leave there (`+33 06…`).
    pub fn without_trunk<'a>(&self, rest: &'a str) -> &'a str {
        rest.strip_prefix('0')
            .filter(|rest| self.trunk && rest.len() == self.length)
            .unwrap_or(rest)
    }

    /// The significant number of what is dialled inside the country. A spreadsheet that took the
    /// number for a quantity ate the zero: what is left is then as long as the significant number.
    pub fn national<'a>(&self, digits: &'a str) -> Option<&'a str> {
        if !self.trunk {
            return Some(digits);
        }
        match digits.strip_prefix('0') {
            Some(rest) => Some(rest),
            None if digits.len() == self.length => Some(digits),
            None => None,
        }
    }

    /// In use, by our tables.
    pub fn is_valid(&self, nsn: &str) -> bool {
        nsn.len() == self.length && nsn.as_bytes().first_chunk().is_some_and(self.valid)
    }

    /// Of the right length and kind, in use or not.
    pub fn is_plausible(&self, nsn: &str) -> bool {
        nsn.len() == self.length && nsn.as_bytes().first_chunk().is_some_and(self.plausible)
    }

    /// With the country code.
    pub fn e164(&self, nsn: &str) -> String {
        ["+", self.code, nsn].concat()
    }
}

fn is_french(start: &[u8; 4]) -> bool {
    match [start[0], start[1]] {
        [b'1' | b'3', _] => true,
        [b'2', b'6'] => matches!(start[2], b'0' | b'1' | b'3' | b'9'),
        [b'2', second] => !matches!(second, b'1' | b'6'),
        [b'4', second] => second != b'0',
        [b'5', b'9'] => matches!(start[2], b'1'..=b'3' | b'5' | b'8'),
        [b'5', _] => true,
        [b'6', b'3'] => start[2] != b'9',
        [b'6', b'9'] => matches!(start[2], b'5' | b'8' | b'9'),
        [b'6', _] => true,
        [b'7', second] => second >= b'3',
        [b'9', _] => true,
        _ => false,
    }
}

fn is_senegalese(start: &[u8; 4]) -> bool {
    match start {
        [b'7', b'2', b'1', _] | [b'7', b'9', b'0', _] => true,
        [b'7', b'0' | b'1' | b'5'..=b'8', ..] => true,
        [b'3', b'3', b'8', fourth] => *fourth != b'0',
        [b'3', b'3', b'9', fourth] => (b'2'..=b'9').contains(fourth),
        [b'3', b'0', b'1', fourth] => *fourth <= b'2',
        [b'3', b'0', b'8', b'0'] => true,
        _ => false,
    }
}

fn is_ivorian(start: &[u8; 4]) -> bool {
    match start {
        [b'0', b'1' | b'5' | b'7', ..] | [b'2', b'1' | b'5', ..] => true,
        // Landlines of Orange: the two digits after 27 are the zone, 20 to 24 and 30 to 36.
        [b'2', b'7', b'2', fourth] => *fourth <= b'4',
        [b'2', b'7', b'3', fourth] => *fourth <= b'6',
        _ => false,
    }
}

fn is_moroccan(start: &[u8; 4]) -> bool {
    match start {
        [b'6', b'8', third, _] => !matches!(third, b'3' | b'5' | b'6'),
        [b'6', ..] => true,
        [b'7', b'2', third, _] => *third != b'9',
        [b'7', b'5', third, _] => *third <= b'5',
        [b'7', second, ..] => matches!(second, b'0' | b'1' | b'6'..=b'8'),
        [b'5', b'2', b'0' | b'1' | b'2' | b'5'..=b'7' | b'9', _] => true,
        [b'5', b'3', b'0'..=b'4' | b'7', _] => true,
        _ => false,
    }
}
