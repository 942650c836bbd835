//! Edit distance of short words (Damerau's: a swap of neighbours counts for one).

/// Longest word compared; what is longer is compared by its start.
const LONGEST: usize = 48;

/// The number of typing errors between two words when it is at most `limit`.
pub(super) fn within(a: &[u8], b: &[u8], limit: usize) -> Option<usize> {
    let (a, b) = (&a[..a.len().min(LONGEST)], &b[..b.len().min(LONGEST)]);
    if a.len().abs_diff(b.len()) > limit {
        return None;
    }
    let start = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[start..], &b[start..]);
    let end = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[..a.len() - end], &b[..b.len() - end]);
    if a.is_empty() || b.is_empty() {
        return Some(a.len().max(b.len())).filter(|d| *d <= limit);
    }
    full(a, b, limit)
}

fn full(a: &[u8], b: &[u8], limit: usize) -> Option<usize> {
    let mut rows = [[0u8; LONGEST + 1]; 3];
    for (at, cell) in rows[0].iter_mut().enumerate() {
        *cell = at as u8;
    }
    for (i, x) in a.iter().enumerate() {
        let (before, last, row) = ((i + 2) % 3, i % 3, (i + 1) % 3);
        rows[row][0] = (i + 1) as u8;
        let mut least = rows[row][0];
        for (j, y) in b.iter().enumerate() {
            let swap = if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                rows[before][j - 1] + 1
            } else {
                u8::MAX
            };
            let replace = rows[last][j] + u8::from(x != y);
            let cell = replace.min(rows[last][j + 1] + 1).min(rows[row][j] + 1).min(swap);
            rows[row][j + 1] = cell;
            least = least.min(cell);
        }
        if usize::from(least) > limit + 1 {
            return None;
        }
    }
    let distance = usize::from(rows[a.len() % 3][b.len()]);
    (distance <= limit).then_some(distance)
}
