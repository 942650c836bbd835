//! A name as folded words, held so that any run of them can be read joined (`le roux`, `leroux`).

/// Bytes kept of a name; the rest of a longer one is dropped.
const BYTES: usize = 64;
/// Words kept of a name.
const WORDS: usize = 8;

/// The words of a name, without titles, accents, capitals, hyphens or apostrophes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Words {
    joined: [u8; BYTES],
    /// Where each word ends; word `i` starts where word `i - 1` ends.
    ends: [u8; WORDS],
    count: u8,
}

impl Words {
    /// From folded text, words separated by spaces.
    pub fn of(folded: &str) -> Self {
        let mut words = Self { joined: [0; BYTES], ends: [0; WORDS], count: 0 };
        let mut at = 0;
        for word in folded.split(' ').filter(|word| !word.is_empty()).take(WORDS) {
            let end = BYTES.min(at + word.len());
            words.joined[at..end].copy_from_slice(&word.as_bytes()[..end - at]);
            words.ends[usize::from(words.count)] = end as u8;
            words.count += 1;
            at = end;
        }
        words
    }

    pub fn len(&self) -> usize {
        usize::from(self.count)
    }

    pub fn all(&self) -> Run<'_> {
        self.run(0, self.len())
    }

    /// Words `from..to`.
    pub fn run(&self, from: usize, to: usize) -> Run<'_> {
        Run { words: self, from, to }
    }

    fn start(&self, word: usize) -> usize {
        match word.checked_sub(1) {
            Some(before) => usize::from(self.ends[before]),
            None => 0,
        }
    }
}

/// Consecutive words of a name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run<'a> {
    words: &'a Words,
    from: usize,
    to: usize,
}

impl<'a> Run<'a> {
    pub fn is_empty(self) -> bool {
        self.from >= self.to
    }

    pub fn len(self) -> usize {
        self.to.saturating_sub(self.from)
    }

    /// The words without what separates them.
    pub fn joined(self) -> &'a [u8] {
        &self.words.joined[self.words.start(self.from)..self.words.start(self.to.max(self.from))]
    }

    pub fn iter(self) -> impl Iterator<Item = &'a [u8]> {
        (self.from..self.to).map(move |word| self.words.run(word, word + 1).joined())
    }

    pub fn first(self) -> &'a [u8] {
        self.iter().next().unwrap_or_default()
    }

    /// Without the particles it starts with, unless nothing else is left.
    pub fn core(self) -> Self {
        let particles = self.iter().take_while(|word| is_particle(word)).count();
        match particles < self.len() {
            true => Self { from: self.from + particles, ..self },
            false => self,
        }
    }

    /// Nothing but initials: `j`, `j b`.
    pub fn is_initials(self) -> bool {
        !self.is_empty() && self.iter().all(|word| word.len() == 1)
    }
}

fn is_particle(word: &[u8]) -> bool {
    const PARTICLES: [&[u8]; 26] = [
        b"de", b"du", b"des", b"d", b"la", b"le", b"les", b"l", b"da", b"das", b"do", b"dos",
        b"di", b"del", b"della", b"van", b"von", b"den", b"der", b"ter", b"ten", b"ben", b"bin",
        b"el", b"al", b"ould",
    ];
    PARTICLES.contains(&word)
}

pub(super) fn is_particle_word(word: &str) -> bool {
    is_particle(word.as_bytes())
        || matches!(word, "mac" | "mc" | "saint" | "sainte" | "st" | "ait" | "abd" | "abdel")
}
