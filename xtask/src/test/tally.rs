//! How many tests passed and failed, read from what the runners print at their end.

use std::fmt;
use std::ops::{Add, AddAssign};

/// Counts of tests or checks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: u32,
    pub failed: u32,
    pub skipped: u32,
}

impl Tally {
    /// What one line of a runner's output adds. Most lines add nothing.
    pub fn read(line: &str) -> Self {
        if let Some(result) = line.strip_prefix("test result: ") {
            return Self::of_libtest(result);
        }
        Self::of_playwright(line).unwrap_or_default()
    }

    /// `ok. 5 passed; 0 failed; 1 ignored; 0 measured; …`, of libtest and of wasm-bindgen-test.
    fn of_libtest(result: &str) -> Self {
        let counts = result.split_once(". ").map_or("", |(_, counts)| counts);
        counts.split("; ").filter_map(count).fold(Self::default(), |sum, (number, what)| match what {
            "passed" => sum + Self { passed: number, ..Self::default() },
            "failed" => sum + Self { failed: number, ..Self::default() },
            "ignored" => sum + Self { skipped: number, ..Self::default() },
            _ => sum,
        })
    }

    /// `  12 passed (3.4s)`, `  1 failed`: Playwright's last lines, each with one number. A flaky test is one that
    /// passed at a later try, of those that playwright.config.ts allows.
    fn of_playwright(line: &str) -> Option<Self> {
        let line = line.strip_prefix("  ")?;
        let line = line.split_once(" (").map_or(line, |(line, _)| line);
        let (number, what) = count(line)?;
        match what {
            "passed" | "flaky" => Some(Self { passed: number, ..Self::default() }),
            "failed" | "interrupted" | "did not run" => Some(Self { failed: number, ..Self::default() }),
            "skipped" => Some(Self { skipped: number, ..Self::default() }),
            _ => None,
        }
    }
}

/// `5 passed` -> (5, "passed")
fn count(text: &str) -> Option<(u32, &str)> {
    let (number, what) = text.split_once(' ')?;
    Some((number.parse().ok()?, what.trim()))
}

impl Add for Tally {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
            skipped: self.skipped + other.skipped,
        }
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 { write!(f, ", {} skipped", self.skipped) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::Tally;

    fn check(line: &str, passed: u32, failed: u32, skipped: u32) {
        assert_eq!(Tally::read(line), Tally { passed, failed, skipped }, "{line}");
    }

    #[test]
    fn cargos_results_are_counted() {
        check("test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s", 5, 0, 1);
        check("test result: FAILED. 2 passed; 3 failed; 0 ignored; 0 filtered out", 2, 3, 0);
    }

    #[test]
    fn playwrights_results_are_counted() {
        check("  12 passed (3.4s)", 12, 0, 0);
        check("  1 failed", 0, 1, 0);
        check("  1 flaky", 1, 0, 0);
        check("  2 skipped", 0, 0, 2);
        check("  1 did not run", 0, 1, 0);
    }

    #[test]
    fn other_lines_count_nothing() {
        check("test yaml::tests::numbers ... ok", 0, 0, 0);
        check("5 passed", 0, 0, 0);
        check("    [chromium] › page.spec.ts:3:1 › opens", 0, 0, 0);
        check("", 0, 0, 0);
    }
}
