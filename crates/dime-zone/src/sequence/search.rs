//! Searches that begin where a number should be if numbers are spread evenly.

/// The place of a number among so many that lie evenly between two.
pub(super) fn guess(number: u128, first: u128, last: u128, count: usize) -> usize {
    if number <= first {
        return 0;
    }
    if number >= last {
        return count;
    }
    // 62 bits of each: numbers in one zone have their upper halves in common mostly.
    let (span, beyond) = (last - first, number - first);
    let shift = 66_u32.saturating_sub(span.leading_zeros());
    let part = |wide: u128| (wide >> shift) as i64 as f64;
    (part(beyond) / part(span) * count as f64) as usize
}

/// How many of the items are `before`, which those are that come first. `begin` is where to look first: from there the steps double until
/// the place is between two of them.
pub(super) fn rank<T>(items: &[T], begin: usize, before: impl Fn(&T) -> bool) -> usize {
    let is_before = |at: usize| items.get(at).is_some_and(&before);
    let (mut low, mut high) = (0, items.len());
    let mut step = 1;
    let begin = begin.min(items.len().saturating_sub(1));
    if is_before(begin) {
        low = begin + 1;
        while low < high {
            let probe = (low + step - 1).min(high - 1);
            if !is_before(probe) {
                high = probe;
                break;
            }
            low = probe + 1;
            step *= 2;
        }
    } else {
        high = begin;
        while high > 0 {
            let probe = high.saturating_sub(step);
            if is_before(probe) {
                low = probe + 1;
                break;
            }
            high = probe;
            step *= 2;
        }
    }
    items.get(low..high).map_or(low, |between| low + between.partition_point(before))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_wherever_it_begins() {
        for count in 0..40_usize {
            let items: Vec<usize> = (0..count).map(|item| 2 * item + 1).collect();
            for number in 0..2 * count + 2 {
                for begin in 0..count + 2 {
                    assert_eq!(rank(&items, begin, |item| *item < number), (number / 2).min(count));
                }
            }
        }
    }

    #[test]
    fn steps_are_few_where_numbers_are_not_spread_evenly() {
        let items: Vec<u128> = (0..100_000).map(|item| 1_u128 << 80 | item).collect();
        for number in [0, 1 << 80, 1 << 80 | 77_777, 1 << 80 | 99_999, u128::MAX] {
            let looks = std::cell::Cell::new(0);
            let begin = guess(number, 0, u128::MAX, items.len());
            let found = rank(&items, begin, |item| {
                looks.set(looks.get() + 1);
                *item < number
            });
            assert_eq!(found, items.partition_point(|item| *item < number));
            assert!(looks.get() <= 40, "{} looks", looks.get());
        }
    }

    #[test]
    fn a_guess_is_near_where_numbers_are_spread_evenly() {
        for bits in [10, 60, 64, 70, 127] {
            let (first, span) = (12_345, (1_u128 << bits) - 1);
            for part in 0..=100_u32 {
                let beyond = (span as f64 / 100.0 * f64::from(part)) as u128;
                let found = guess(first + beyond, first, first + span, 10_000);
                assert!(found.abs_diff(100 * part as usize) <= 10, "{bits} {part} {found}");
            }
        }
        assert_eq!((guess(5, 5, 5, 9), guess(4, 5, 5, 9), guess(6, 5, 5, 9)), (0, 0, 9));
    }
}
