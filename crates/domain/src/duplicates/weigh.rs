//! What makes two records alike: the evidence of `linking`, and what only whole records have.
//!
//! | names | alike with |
//! | --- | --- |
//! | both | an e-mail or a phone in common, exact or nearly; the same address; the same company |
//! | both, the given name mistyped | the same; but an e-mail nearly in common only without another phone: `marie.` and `maria.dupont` |
//! | part of the given name, its initial | an e-mail or a phone in common |
//! | a given name that may be another | an e-mail and a phone in common, both exactly or both nearly |
//! | the given name alone | the e-mail (a married name), or both contacts |
//! | the family name alone, or no name | both contacts; the e-mail, when no other phone comes with it |
//! | another given name, another name | nothing: homonyms and families are not one person |

use crate::linking::{Agreement, EmailEvidence, Evidence, NameClass, PhoneEvidence};

/// Why two records are thought to be one person's. Keys; the edge says them in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// An e-mail address in common.
    SameEmail,
    /// E-mail addresses but for a slip.
    NearEmail,
    /// A phone in common.
    SamePhone,
    /// Phones but for a digit, or a piece of one.
    NearPhone,
    /// The same name, however it is spaced or spelled.
    SameName,
    /// A name that is nearly the same.
    CloseName,
    /// Only the given name agrees.
    GivenName,
    /// Only the family name agrees.
    FamilyName,
    /// The same address.
    SameAddress,
    /// The same company.
    SameCompany,
    /// Each has its own code: that speaks against it.
    DifferentCodes,
    /// Someone said so.
    Suggested,
}

impl Reason {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::SameEmail,
        Self::NearEmail,
        Self::SamePhone,
        Self::NearPhone,
        Self::SameName,
        Self::CloseName,
        Self::GivenName,
        Self::FamilyName,
        Self::SameAddress,
        Self::SameCompany,
        Self::DifferentCodes,
        Self::Suggested,
    ];

    /// Its name in the database, the API and the messages (`duplicate-reason-…`).
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SameEmail => "same_email",
            Self::NearEmail => "near_email",
            Self::SamePhone => "same_phone",
            Self::NearPhone => "near_phone",
            Self::SameName => "same_name",
            Self::CloseName => "close_name",
            Self::GivenName => "given_name",
            Self::FamilyName => "family_name",
            Self::SameAddress => "same_address",
            Self::SameCompany => "same_company",
            Self::DifferentCodes => "different_codes",
            Self::Suggested => "suggested",
        }
    }

    /// The reason of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == name)
    }
}

/// What only whole records can say.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Extras {
    pub(super) same_address: bool,
    pub(super) same_company: bool,
    pub(super) different_codes: bool,
}

/// How alike two records are, from 0 to 100.
pub(super) fn score(evidence: &Evidence, extras: Extras) -> i32 {
    let mut points = evidence.points();
    points += if extras.same_address { 10 } else { 0 };
    points += if extras.same_company { 5 } else { 0 };
    points -= if extras.different_codes { 5 } else { 0 };
    points.clamp(0, 100)
}

/// Whether that is worth a person's look.
pub(super) fn is_alike(evidence: &Evidence, extras: Extras) -> bool {
    let email = evidence.email == EmailEvidence::Exact;
    let phone = evidence.phone == PhoneEvidence::Exact;
    let both = email && phone;
    // A name that differs by a letter makes addresses that do.
    let is_sure = evidence.given == Agreement::Same || !evidence.has_other_phone;
    let near = email
        || evidence.phone != PhoneEvidence::None
        || (is_sure && evidence.email == EmailEvidence::Mistyped);
    match evidence.name_class() {
        NameClass::Full => near || extras.same_address || extras.same_company,
        NameClass::Partial | NameClass::Initial => email || phone,
        // Two slips tell of one hand; families have a contact in common exactly.
        NameClass::Doubtful => {
            both || (evidence.phone == PhoneEvidence::Near
                && evidence.email == EmailEvidence::Mistyped)
        }
        NameClass::GivenOnly => email,
        NameClass::FamilyOnly | NameClass::Silent => both || (email && !evidence.has_other_phone),
        NameClass::Relative | NameClass::Stranger => false,
    }
}

/// The reasons, the strongest first.
pub(super) fn reasons(evidence: &Evidence, extras: Extras) -> Vec<Reason> {
    let mut reasons = Vec::new();
    match evidence.email {
        EmailEvidence::Exact => reasons.push(Reason::SameEmail),
        EmailEvidence::Mistyped => reasons.push(Reason::NearEmail),
        EmailEvidence::None => {}
    }
    match evidence.phone {
        PhoneEvidence::Exact => reasons.push(Reason::SamePhone),
        PhoneEvidence::Near | PhoneEvidence::Fragment(_) => reasons.push(Reason::NearPhone),
        PhoneEvidence::None => {}
    }
    match evidence.name_class() {
        NameClass::Full
            if evidence.given == Agreement::Same && evidence.family == Agreement::Same =>
        {
            reasons.push(Reason::SameName);
        }
        NameClass::Full | NameClass::Partial | NameClass::Initial | NameClass::Doubtful => {
            reasons.push(Reason::CloseName);
        }
        NameClass::GivenOnly => reasons.push(Reason::GivenName),
        NameClass::FamilyOnly | NameClass::Relative => reasons.push(Reason::FamilyName),
        NameClass::Silent | NameClass::Stranger => {}
    }
    let extra = [
        (extras.same_address, Reason::SameAddress),
        (extras.same_company, Reason::SameCompany),
        (extras.different_codes, Reason::DifferentCodes),
    ];
    reasons.extend(extra.into_iter().filter(|(holds, _)| *holds).map(|(_, reason)| reason));
    reasons
}
