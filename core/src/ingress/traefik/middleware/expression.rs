//! The expressions of circuit breakers and of buffering (vulcand/predicate): whether Traefik takes them.

/// Functions of circuit breakers (oxy cbreaker).
pub const CIRCUIT_BREAKER: &[&str] = &["LatencyAtQuantileMS", "NetworkErrorRatio", "ResponseCodeRatio"];

/// Functions of buffering (oxy buffer).
pub const BUFFERING: &[&str] = &["RequestMethod", "IsNetworkError", "Attempts", "ResponseCode"];

/// How deep parentheses may nest.
const DEPTH: usize = 32;

/// Whether an expression is made of these functions, compared with values and joined by `&&` and `||`.
pub fn is_valid(text: &str, functions: &[&str]) -> bool {
    let mut reader = ExpressionReader { rest: text, functions };
    reader.joined(DEPTH).is_some() && reader.rest.trim().is_empty()
}

struct ExpressionReader<'t> {
    rest: &'t str,
    functions: &'t [&'t str],
}

impl<'t> ExpressionReader<'t> {
    fn joined(&mut self, depth: usize) -> Option<()> {
        self.comparison(depth)?;
        while self.take("&&") || self.take("||") {
            self.comparison(depth)?;
        }
        Some(())
    }

    fn comparison(&mut self, depth: usize) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        if self.take("!") {
            return self.comparison(depth);
        }
        if self.take("(") {
            self.joined(depth)?;
            return self.take(")").then_some(());
        }
        let name = self.word()?;
        if !self.functions.contains(&name) || !self.take("(") {
            return None;
        }
        while !self.take(")") {
            self.literal()?;
            self.take(",");
        }
        let compares = ["<=", ">=", "==", "!=", "<", ">"].iter().any(|sign| self.take(sign));
        if compares {
            return self.literal();
        }
        // Only what is true or false by itself stands alone.
        (name == "IsNetworkError").then_some(())
    }

    fn take(&mut self, word: &str) -> bool {
        self.rest = self.rest.trim_start();
        let rest = self.rest.strip_prefix(word);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn word(&mut self) -> Option<&'t str> {
        self.rest = self.rest.trim_start();
        let end = self.rest.find(|character: char| !character.is_ascii_alphanumeric()).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest;
        (!word.is_empty()).then_some(word)
    }

    /// A number or a text.
    fn literal(&mut self) -> Option<()> {
        self.rest = self.rest.trim_start();
        for quote in ['"', '`'] {
            if let Some(rest) = self.rest.strip_prefix(quote) {
                self.rest = rest.split_once(quote)?.1;
                return Some(());
            }
        }
        let end = self.rest.find(|character: char| !(character.is_ascii_digit() || character == '.'));
        let (number, rest) = self.rest.split_at_checked(end.unwrap_or(self.rest.len()))?;
        self.rest = rest;
        (!number.is_empty()).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken() {
        for text in [
            "NetworkErrorRatio() > 0.30",
            "ResponseCodeRatio(500, 600, 0, 600) > 0.25 || LatencyAtQuantileMS(50.0) > 100",
        ] {
            assert!(is_valid(text, CIRCUIT_BREAKER), "{text}");
        }
        for text in ["", "Nonsense(", "Nonsense() > 1", "NetworkErrorRatio()", "NetworkErrorRatio() >"] {
            assert!(!is_valid(text, CIRCUIT_BREAKER), "{text}");
        }
        assert!(is_valid("IsNetworkError() && Attempts() < 2", BUFFERING));
        assert!(!is_valid("x", BUFFERING));
    }
}
