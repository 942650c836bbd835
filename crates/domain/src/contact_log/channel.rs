//! By which way someone was reached, as people say it.

use base::text::fold;

use crate::error::Invalid;

/// Most characters of a word for a channel (spec 3's `max_length`).
const LONGEST: usize = 50;

/// A way to reach someone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// A call: the only one the calling rules speak of.
    Phone,
    /// WhatsApp.
    WhatsApp,
    /// An e-mail.
    Email,
    /// A text message.
    Sms,
    /// In person.
    Visit,
    /// Anything else.
    Other,
}

/// The words each channel goes by, folded.
const WORDS: [(Channel, &[&str]); 5] = [
    (Channel::Phone, &["telephone", "tel", "phone", "appel", "call", "mobile", "portable", "fixe"]),
    (Channel::WhatsApp, &["whatsapp", "whats app", "wa"]),
    (Channel::Email, &["email", "e mail", "mail", "courriel", "mel"]),
    (Channel::Sms, &["sms", "texto", "text", "message"]),
    (Channel::Visit, &["visit", "visite", "en personne", "agence", "boutique"]),
];

impl Channel {
    /// All of them, the commonest first.
    pub const ALL: [Self; 6] =
        [Self::Phone, Self::WhatsApp, Self::Email, Self::Sms, Self::Visit, Self::Other];

    /// The name in the database, the API and the message catalogue.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::WhatsApp => "whatsapp",
            Self::Email => "email",
            Self::Sms => "sms",
            Self::Visit => "visit",
            Self::Other => "other",
        }
    }

    /// The channel of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.as_str() == name)
    }

    /// The channel people mean by `words`: `Téléphone`, `Courriel`, `texto`… Of several, as in
    /// `téléphone portable` or `appel WhatsApp`, a call by telephone is meant where nothing else is:
    /// what is called a call must not pass the rules of calls for something else.
    pub fn understand(words: &str) -> Self {
        let said = fold(words);
        let says = |(_, known): &&(Self, &[&str])| {
            known.iter().any(|known| format!(" {said} ").contains(&format!(" {known} ")))
                || known.iter().any(|known| {
                    let long = known.len() > 4;
                    long && said.split(' ').any(|word| word.starts_with(known))
                })
        };
        let (calls, others): (Vec<_>, Vec<_>) =
            WORDS.iter().partition(|(channel, _)| *channel == Self::Phone);
        let found = others.into_iter().find(says).or_else(|| calls.into_iter().find(says));
        found.map_or(Self::Other, |(channel, _)| *channel)
    }
}

/// A channel, and the word it was named by where that is not its own name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// What is meant.
    pub channel: Channel,
    /// What was said.
    pub word: Option<String>,
}

impl Named {
    /// Reads free words; empty is nothing said. Notes what is wrong on `field`.
    pub(super) fn read(field: &str, word: Option<&str>, invalid: &mut Invalid) -> Option<Self> {
        let word = invalid.text(field, word, LONGEST)?;
        Some(match Channel::parse(&word) {
            Some(channel) => Self { channel, word: None },
            None => Self { channel: Channel::understand(&word), word: Some(word) },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_s_words_are_understood_and_kept() {
        let read = |word: &str| Named::read("canal", Some(word), &mut Invalid::new()).unwrap();
        assert_eq!(read("Téléphone").channel, Channel::Phone);
        assert_eq!(read("Téléphone").word.as_deref(), Some("Téléphone"));
        assert_eq!(read(" E-mail ").channel, Channel::Email);
        assert_eq!(read("whatsapp"), Named { channel: Channel::WhatsApp, word: None });
        assert_eq!(read("WhatsApp").channel, Channel::WhatsApp);
        assert_eq!(read("pigeon").channel, Channel::Other);
        for call in ["Téléphone fixe", "téléphone portable", "Appel téléphonique", "appel sortant"]
        {
            assert_eq!(read(call).channel, Channel::Phone, "{call}");
            assert_eq!(read(call).word.as_deref(), Some(call));
        }
        assert_eq!(read("Appel WhatsApp").channel, Channel::WhatsApp);
        assert_eq!(read("message vocal").channel, Channel::Sms);
        assert_eq!(Named::read("canal", Some("  "), &mut Invalid::new()), None);
    }
}
