//! What separates the cells of a CSV file.

/// A separator of cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delimiter {
    /// `,`
    Comma,
    /// `;`, which Excel writes and expects where the comma is for decimals, as in French.
    Semicolon,
    /// A tab, as in a copy from a spreadsheet.
    Tab,
    /// `|`
    Pipe,
}

/// How many lines the guess looks at.
const LINES: usize = 20;

impl Delimiter {
    const ALL: [Self; 4] = [Self::Comma, Self::Semicolon, Self::Tab, Self::Pipe];

    /// The ASCII character.
    pub fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
            Self::Pipe => b'|',
        }
    }

    pub(super) fn from_byte(byte: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|delimiter| delimiter.byte() == byte)
    }

    /// The separator that cuts most of the first lines as it cuts the header. With one column there
    /// is none to find: then one that occurs nowhere, so that nothing is cut.
    pub(super) fn guess(sample: &[u8], line_end: u8) -> Self {
        let counts = Self::ALL.map(|delimiter| (delimiter, delimiter.counts(sample, line_end)));
        let score = |counts: &[usize]| {
            let header = counts.first().copied().unwrap_or(0);
            let alike = counts.iter().filter(|count| **count == header).count();
            (header > 0, alike, header)
        };
        // The first of equals wins, hence the reversal: `max_by_key` takes the last.
        let best = counts.iter().rev().max_by_key(|(_, counts)| score(counts));
        match best {
            Some((delimiter, counts)) if score(counts).0 => *delimiter,
            _ => counts
                .iter()
                .find(|(_, counts)| counts.iter().sum::<usize>() == 0)
                .map_or(Self::Comma, |(delimiter, _)| *delimiter),
        }
    }

    /// How often it stands outside quotes on each of the first lines that are not blank.
    fn counts(self, sample: &[u8], line_end: u8) -> Vec<usize> {
        let mut counts = Vec::with_capacity(LINES);
        let (mut count, mut quoted, mut blank) = (0, false, true);
        for &byte in sample {
            match byte {
                b'"' => quoted = !quoted,
                _ if quoted => {}
                _ if byte == line_end => {
                    if !blank {
                        counts.push(count);
                    }
                    (count, blank) = (0, true);
                    if counts.len() == LINES {
                        return counts;
                    }
                    continue;
                }
                _ if byte == self.byte() => count += 1,
                _ => {}
            }
            blank &= byte == b'\r';
        }
        // The last line of the sample may be cut short: it counts only if it is alone.
        if counts.is_empty() && !blank {
            counts.push(count);
        }
        counts
    }
}
