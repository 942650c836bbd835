//! What two records of one person share although the name, the phone and the e-mail of one of them
//! each hold a typing error.
//!
//! One error leaves one of two names whole, and one end of a number or of a mailbox. So a record is
//! filed under each name with each end of its number, and under each end of its mailbox with each
//! end of its number: two records with one error in each have one of these in common, and hardly
//! anyone else has. A name with an end of a mailbox would not do: mailboxes are made of names.

use super::card::{Card, Line, lines};
use super::distance::within;
use super::lookup::{Key, List};
use super::{ClientRecord, emails};

/// Characters of an end.
const END: usize = 4;
/// Numbers and addresses of one record that are filed so.
const MOST: usize = 3;
/// A shorter mailbox has no two ends.
const MAILBOX: usize = 6;

/// Everything `client` shares with a mistyped record of the same person.
pub fn twin_keys(client: &ClientRecord, region: &str) -> Vec<Key> {
    let card = Card::of(client, region);
    let (mut names, mut mailboxes, mut numbers) = (Vec::new(), Vec::new(), Vec::new());
    for line in lines(card.text()) {
        match line {
            Line::Email(email) => mailboxes.extend(ends_of_mailbox(email)),
            Line::Phone(number) => numbers.push(format!("{:09}", number.tail)),
            Line::Person { .. } | Line::Company(_) => {
                let Some((given, family)) = line.words() else { continue };
                let (first, last) = (text(given.all().first()), text(family.all().core().joined()));
                let initial = |name: &str| name.chars().next().unwrap_or(' ');
                names.push((first.clone(), initial(&last)));
                names.push((last, initial(&first)));
            }
        }
    }
    names.retain(|(name, _)| name.len() > 1);
    let mut keys = Vec::new();
    for number in numbers.iter().take(MOST) {
        let (start, end) = (&number[..END], &number[number.len() - END..]);
        for (name, initial) in &names {
            // Many numbers start alike: the other name's initial tells them apart.
            keys.push(format!("{name} {initial} {start}-"));
            keys.push(format!("{name} -{end}"));
        }
        for part in mailboxes.iter().take(MOST).flatten() {
            keys.push(format!("{part} {start}-"));
            keys.push(format!("{part} -{end}"));
        }
    }
    keys.into_iter().map(|key| Key::of_text(List::Twin, &key)).collect()
}

fn text(word: &[u8]) -> String {
    String::from_utf8_lossy(word).into_owned()
}

/// The start and the end of a mailbox, its letters and digits alone.
fn ends_of_mailbox(email: &str) -> Option<[String; 2]> {
    let mailbox = email.split('@').next().unwrap_or_default();
    let kept: String = mailbox.chars().filter(char::is_ascii_alphanumeric).collect();
    let ends = || [format!("{}@", &kept[..END]), format!("@{}", &kept[kept.len() - END..])];
    (kept.len() >= MAILBOX).then(ends)
}

/// Whether two addresses are one keystroke apart. What two people's often are (`fdiop1`, `fdiop2`):
/// it says something beside other evidence only.
pub(super) fn is_keystroke_apart(one: &str, other: &str) -> bool {
    let (one, other) = (emails::read(one), emails::read(other));
    one != other && one.len() > MAILBOX && within(one.as_bytes(), other.as_bytes(), 1).is_some()
}
