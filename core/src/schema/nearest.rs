//! The real name somebody probably meant.

/// The name nearest to what was written: equal but for capitals, else the fewest letters changed (at most a third of
/// them), else one that ends or begins with it. None if nothing is near.
pub fn nearest<'n>(written: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let lower = written.to_lowercase();
    let limit = (written.chars().count() / 3).clamp(1, 3);
    names
        .filter_map(|name| {
            let candidate = name.to_lowercase();
            let distance = distance(&lower, &candidate);
            let contains = lower.len() > 2 && (candidate.ends_with(&lower) || candidate.starts_with(&lower));
            (distance <= limit || contains).then_some((if distance <= limit { distance } else { limit + 1 }, name))
        })
        .min()
        .map(|(_, name)| name)
}

/// Letters to add, remove, change or swap with a neighbour (optimal string alignment).
fn distance(from: &str, to: &str) -> usize {
    let from: Vec<char> = from.chars().collect();
    let to: Vec<char> = to.chars().collect();
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=to.len()).collect();
    for (row, left) in from.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, right) in to.iter().enumerate() {
            let at = |costs: &[usize], column: usize| costs.get(column).copied().unwrap_or(usize::MAX / 2);
            let changed = at(&last, column) + usize::from(left != right);
            let mut best = changed.min(at(&last, column + 1) + 1).min(at(&current, column) + 1);
            let swapped = row > 0 && column > 0 && from.get(row - 1) == Some(right) && to.get(column - 1) == Some(left);
            if swapped {
                best = best.min(at(&before_last, column - 1) + 1);
            }
            current.push(best);
        }
        before_last = std::mem::replace(&mut last, current);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_meant() {
        let names = ["containerPort", "hostIP", "hostPort", "name", "protocol"];
        let near = |written| nearest(written, names.into_iter());
        assert_eq!(near("protcol"), Some("protocol"));
        assert_eq!(near("containerport"), Some("containerPort"));
        assert_eq!(near("naem"), Some("name"));
        assert_eq!(near("prot"), Some("protocol"));
        assert_eq!(near("image"), None);
    }
}
