//! Exact shares of traffic.

use num_rational::Ratio;
use num_traits::{CheckedAdd, CheckedMul};

/// A share between 0 and 1, exact as long as numerator and denominator fit 128 bits; beyond that, rounded to 2^-64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Share(Ratio<u128>);

impl Share {
    /// Nothing.
    pub const ZERO: Self = Self(Ratio::new_raw(0, 1));
    /// Everything.
    pub const ONE: Self = Self(Ratio::new_raw(1, 1));

    /// `part` of `whole`; nothing of nothing is nothing.
    pub fn of(part: u64, whole: u64) -> Self {
        match whole {
            0 => Self::ZERO,
            _ => Self(Ratio::new(u128::from(part), u128::from(whole))),
        }
    }

    /// This share of another.
    pub fn times(self, other: Self) -> Self {
        // Most hops have one way out; reducing fractions of 128 bits is slow.
        if self == Self::ONE || other == Self::ONE {
            return if self == Self::ONE { other } else { self };
        }
        let exact = self.0.checked_mul(&other.0);
        Self(exact.unwrap_or_else(|| rounded_ratio(self.to_f64() * other.to_f64())))
    }

    /// Both together.
    pub fn plus(self, other: Self) -> Self {
        let exact = self.0.checked_add(&other.0);
        Self(exact.unwrap_or_else(|| rounded_ratio(self.to_f64() + other.to_f64())))
    }

    /// What is missing to one; nothing if there is more.
    pub fn rest(self) -> Self {
        let (part, whole) = (*self.0.numer(), *self.0.denom());
        Self(Ratio::new(whole.saturating_sub(part), whole))
    }

    /// Whether nothing.
    pub fn is_zero(self) -> bool {
        self == Self::ZERO
    }

    /// For showing.
    pub fn to_f64(self) -> f64 {
        *self.0.numer() as f64 / *self.0.denom() as f64
    }

    /// For a person: `33.3 %`, `50 %`.
    pub fn percent(self) -> String {
        percent(self.to_f64())
    }

    /// Numerator and denominator, in lowest terms.
    pub fn parts(self) -> (u128, u128) {
        (*self.0.numer(), *self.0.denom())
    }

    /// The sum of many.
    pub fn sum(shares: impl IntoIterator<Item = Self>) -> Self {
        shares.into_iter().fold(Self::ZERO, Self::plus)
    }
}

/// The nearest multiple of 2^-64.
fn rounded_ratio(value: f64) -> Ratio<u128> {
    let whole = 1u128 << 64;
    Ratio::new((value * whole as f64) as u128, whole)
}

/// A share between 0 and 1 for a person: `100 %`, `33.3 %`. What isn't nothing never reads `0 %`, nor what isn't everything
/// `100 %`.
pub fn percent(share: f64) -> String {
    // Sums of fractions miss one by a little.
    const NEARLY_ONE: f64 = 1.0 - 1e-9;
    let tenths = (share * 1000.0).round() as u64;
    match (tenths / 10, tenths % 10) {
        (0, 0) if share > 0.0 => "<0.1 %".to_owned(),
        (100, 0) if share < NEARLY_ONE => ">99.9 %".to_owned(),
        (whole, 0) => format!("{whole} %"),
        (whole, tenth) => format!("{whole}.{tenth} %"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirds_sum_to_one() {
        assert_eq!(Share::sum([Share::of(1, 3); 3]), Share::ONE);
        assert_eq!(Share::of(1, 2).times(Share::of(2, 3)), Share::of(1, 3));
        assert_eq!(Share::of(1, 4).rest(), Share::of(3, 4));
    }

    #[test]
    fn shares_read_well() {
        let read = |part, whole| Share::of(part, whole).percent();
        assert_eq!((read(1, 1), read(0, 1)), ("100 %".to_owned(), "0 %".to_owned()));
        assert_eq!((read(1, 3), read(1, 2)), ("33.3 %".to_owned(), "50 %".to_owned()));
        assert_eq!((read(1, 150_000), read(149_999, 150_000)), ("<0.1 %".to_owned(), ">99.9 %".to_owned()));
        assert_eq!(percent([0.1; 10].iter().sum()), "100 %");
    }

    #[test]
    fn huge_denominators_round() {
        let tiny = Share::of(1, u64::MAX);
        assert!(tiny.times(tiny).times(tiny).to_f64() < 1e-15);
    }
}
