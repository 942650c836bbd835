//! What agrees between an order and a client, and what each agreement is worth: the one table.
//!
//! | what agrees                              | points |
//! | ---------------------------------------- | ------ |
//! | e-mail exact                             | 50 |
//! | e-mail mistyped (a letter, the domain)   | 25 |
//! | phone exact                              | 45 |
//! | phone in part (6 to 8 digits)            | 35 |
//! | phone but for a digit or a swap          | 25 |
//! | given name same / typo / part            | 25 / 20 / 18 |
//! | given name initial / similar             | 12 / 8 |
//! | another given name                       | -25 |
//! | family name same / typo / part / similar | 20 / 16 / 15 / 8 |
//! | another family name                      | -10 |
//! | family name borne by at most 3 clients   | 5 |
//! | another e-mail that spells both names    | 10 |
//!
//! Points rank the candidates and are the score people see; whether the first one is linked follows
//! from `Evidence::is_enough`, which is a table too.

use super::emails::Spelling;
use super::names::Agreement;

/// A family name is rare when no more clients than this bear it.
const RARE: u32 = 3;
/// A given name borne by no more clients than this is not there by chance.
const RARE_GIVEN: u32 = 6;

/// How the e-mail on an order agrees with a client's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EmailEvidence {
    /// None on the order or none of this client's: it says nothing.
    None,
    /// The client's, mistyped.
    Mistyped,
    /// The client's.
    Exact,
}

/// How the phone on an order agrees with a client's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PhoneEvidence {
    /// None on the order or none of this client's: it says nothing.
    None,
    /// The client's but for one digit, or two neighbours swapped.
    Near,
    /// A piece of the client's, of this many digits.
    Fragment(u8),
    /// The client's.
    Exact,
}

/// Everything that was compared between an order and a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Evidence {
    /// E-mail.
    pub email: EmailEvidence,
    /// Phone.
    pub phone: PhoneEvidence,
    /// Given names.
    pub given: Agreement,
    /// Family name.
    pub family: Agreement,
    /// How many clients bear this client's family name.
    pub family_bearers: u32,
    /// How many clients bear this client's given name.
    pub given_bearers: u32,
    /// Whose name the e-mail on the order spells. When it is one of this client's, only whether it
    /// spells a relative.
    pub spelling: Spelling,
    /// Whether the order has a phone, complete or not, that is none of this client's.
    pub has_other_phone: bool,
    /// Whether the order has a name at all.
    pub has_name: bool,
}

/// What the two halves of a name say together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NameClass {
    /// Given and family names agree.
    Full,
    /// They agree, the given name being part of a compound one.
    Partial,
    /// They agree, but the given name may be another one.
    Doubtful,
    /// The family name, and the initial of the given name.
    Initial,
    /// The family name; no given name to compare.
    FamilyOnly,
    /// The given name; another family name, or none.
    GivenOnly,
    /// No name to compare.
    Silent,
    /// The family name, with another given name: a relative or a stranger.
    Relative,
    /// Nothing agrees.
    Stranger,
}

impl Evidence {
    /// What the two halves of the name say together.
    pub fn name_class(&self) -> NameClass {
        let has_family = self.family.is_good() || self.family == Agreement::Similar;
        match self.given {
            _ if !self.has_name => NameClass::Silent,
            Agreement::Same if has_family => NameClass::Full,
            Agreement::Typo if has_family => NameClass::Full,
            Agreement::Part if has_family => NameClass::Partial,
            Agreement::Similar if has_family => NameClass::Doubtful,
            Agreement::Same | Agreement::Typo => NameClass::GivenOnly,
            Agreement::Initial if has_family => NameClass::Initial,
            Agreement::Initial => NameClass::GivenOnly,
            Agreement::Absent if has_family => NameClass::FamilyOnly,
            Agreement::Absent if self.family == Agreement::Absent => NameClass::Silent,
            Agreement::Differs if has_family => NameClass::Relative,
            _ => NameClass::Stranger,
        }
    }

    /// Whether a contact of the order is this client's, exactly.
    pub(super) fn has_exact_contact(&self) -> bool {
        self.email == EmailEvidence::Exact || self.phone == PhoneEvidence::Exact
    }

    /// Whether e-mail and phone are both this client's, exactly.
    pub(super) fn has_both_contacts(&self) -> bool {
        self.email == EmailEvidence::Exact && self.phone == PhoneEvidence::Exact
    }

    /// Whether a contact leads to this client, exactly or not.
    pub(super) fn has_contact(&self) -> bool {
        self.email != EmailEvidence::None || self.phone != PhoneEvidence::None
    }

    /// Whether this is enough to link, if no other client comes into question. Two contacts are the
    /// e-mail and the phone, one of them exactly the client's and the other at least nearly.
    ///
    /// | name | linked with |
    /// | --- | --- |
    /// | both names | the e-mail, the phone, a piece of it, or all but one digit of it; a mistyped e-mail when the given name is the same to the letter |
    /// | part of the given name, or its initial | the e-mail; the phone, a piece of it, or all but one digit of it, unless the order's own e-mail spells a relative; two contacts |
    /// | given name, another family name | the e-mail; the phone when few clients bear the given name; two contacts |
    /// | family name alone, no name at all | the e-mail, when no other phone comes with it and it does not spell a relative; two contacts |
    /// | a given name that may be another | two contacts |
    /// | another given name, another name | nothing |
    ///
    /// From "part of the given name" to "may be another", the phone is also enough when the order's
    /// own e-mail spells the client's given and family names.
    pub(super) fn is_enough(&self) -> bool {
        let email = self.email == EmailEvidence::Exact;
        let phone = matches!(self.phone, PhoneEvidence::Exact | PhoneEvidence::Fragment(_));
        let both = (email && self.phone != PhoneEvidence::None)
            || (phone && self.email != EmailEvidence::None);
        let is_same = self.given == Agreement::Same;
        let spelled = phone && self.spelling == Spelling::Client;
        match self.name_class() {
            NameClass::Full => {
                let is_near = self.phone == PhoneEvidence::Near;
                let is_well = is_same && self.family.is_good();
                email || phone || is_near || (is_well && self.email == EmailEvidence::Mistyped)
            }
            NameClass::Partial | NameClass::Initial => {
                let is_near = phone || self.phone == PhoneEvidence::Near;
                email || both || (is_near && self.spelling != Spelling::Relative)
            }
            NameClass::GivenOnly => {
                let is_rare = is_same && self.given_bearers <= RARE_GIVEN;
                both || spelled
                    || (self.given.is_good() && email)
                    || (is_rare && self.phone == PhoneEvidence::Exact)
            }
            NameClass::FamilyOnly | NameClass::Silent => {
                let is_its_own = email && self.spelling != Spelling::Relative;
                both || spelled || (is_its_own && !self.has_other_phone)
            }
            NameClass::Doubtful => both || spelled,
            NameClass::Relative | NameClass::Stranger => false,
        }
    }

    /// The points of the table; they may add up to more than 100.
    pub fn points(&self) -> i32 {
        let email = match self.email {
            EmailEvidence::None => 0,
            EmailEvidence::Mistyped => 25,
            EmailEvidence::Exact => 50,
        };
        let phone = match self.phone {
            PhoneEvidence::None => 0,
            PhoneEvidence::Near => 25,
            PhoneEvidence::Fragment(_) => 35,
            PhoneEvidence::Exact => 45,
        };
        let given = match self.given {
            Agreement::Same => 25,
            Agreement::Typo => 20,
            Agreement::Part => 18,
            Agreement::Initial => 12,
            Agreement::Similar => 8,
            Agreement::Absent => 0,
            Agreement::Differs => -25,
        };
        let family = match self.family {
            Agreement::Same => 20,
            Agreement::Typo | Agreement::Initial => 16,
            Agreement::Part => 15,
            Agreement::Similar => 8,
            Agreement::Absent => 0,
            Agreement::Differs => -10,
        };
        let rare = if self.family.is_good() && self.family_bearers <= RARE { 5 } else { 0 };
        let spelled = if self.spelling == Spelling::Client { 10 } else { 0 };
        email + phone + given + family + rare + spelled
    }
}
