//! A sorted list of (key, client slot) pairs: the memory of a hash table would be five times this.

/// Pairs kept in order, the recent ones apart so that adding one client does not move millions.
#[derive(Debug, Clone, Default)]
pub(super) struct Postings {
    main: Vec<u64>,
    /// Where the pairs start that share the first bits of their key, for each value of those bits.
    starts: Vec<u32>,
    recent: Vec<u64>,
}

/// Recent pairs are merged into the others past this many.
const RECENT: usize = 65_536;
/// Pairs that share their first bits, on average.
const SHARING: usize = 8;

impl Postings {
    pub fn push(&mut self, key: u32, slot: u32) {
        self.main.push(pair(key, slot));
    }

    /// To be called once after the `push`es of a build.
    pub fn sort(&mut self) {
        self.main.sort_unstable();
        self.main.dedup();
        self.main.shrink_to_fit();
        self.find_starts();
    }

    /// Adds to a sorted list.
    pub fn insert(&mut self, key: u32, slot: u32) {
        let value = pair(key, slot);
        let at = self.recent.partition_point(|other| *other < value);
        self.recent.insert(at, value);
        if self.recent.len() > RECENT {
            self.main.append(&mut self.recent);
            // A stable sort merges the two sorted halves in one pass.
            self.main.sort();
            self.find_starts();
        }
    }

    /// Forgets a key. Only for short lists: it moves the rest.
    pub fn cut(&mut self, key: u32) {
        self.main.retain(|value| (value >> 32) as u32 != key);
        self.find_starts();
    }

    /// The slots under the keys from `low` to `high`, both included, in two parts.
    pub fn between(&self, low: u32, high: u32) -> (&[u64], &[u64]) {
        let main = match (self.bucket(low), self.bucket(high)) {
            (Some(first), Some(last)) => {
                let range = self.starts[first] as usize..self.starts[last + 1] as usize;
                run(&self.main[range], low, high)
            }
            _ => &[],
        };
        (main, run(&self.recent, low, high))
    }

    fn find_starts(&mut self) {
        let bits = (self.main.len() / SHARING).max(1).ilog2();
        self.starts = vec![0; (1 << bits) + 1];
        for value in &self.main {
            self.starts[first_bits(*value, bits) + 1] += 1;
        }
        let mut total = 0;
        for start in &mut self.starts {
            total += *start;
            *start = total;
        }
    }

    fn bucket(&self, key: u32) -> Option<usize> {
        let bits = self.starts.len().checked_sub(1)?.checked_ilog2()?;
        Some(first_bits(pair(key, 0), bits))
    }
}

fn first_bits(value: u64, bits: u32) -> usize {
    value.checked_shr(64 - bits).unwrap_or(0) as usize
}

fn pair(key: u32, slot: u32) -> u64 {
    u64::from(key) << 32 | u64::from(slot)
}

fn run(pairs: &[u64], low: u32, high: u32) -> &[u64] {
    let from = pairs.partition_point(|other| *other < pair(low, 0));
    let rest = &pairs[from..];
    &rest[..rest.partition_point(|other| *other <= pair(high, u32::MAX))]
}
