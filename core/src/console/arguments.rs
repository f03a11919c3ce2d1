//! Options as curl and wget take them: long ones, letters in one word, a value in the same word or the next.

use super::UsageError;

/// A tool's options while they are read.
pub trait OptionReader {
    /// Letters and the long options they stand for.
    const SHORT: &'static [(char, &'static str)];
    /// Whether `--name=value` is understood.
    const EQUALS: bool;

    /// Takes an option; `next` gives its value, if it wants one.
    fn option(&mut self, name: &str, shown: &str, next: &mut dyn FnMut() -> Option<String>) -> Result<(), UsageError>;

    /// Takes a word that is no option.
    fn word(&mut self, word: &str);

    /// What the tool says of an option that it doesn't have.
    fn unknown(shown: &str) -> UsageError;
}

/// Reads the words behind a tool's name.
pub fn read<O: OptionReader>(args: &[String], mut options: O) -> Result<O, UsageError> {
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match arg.strip_prefix("--") {
            Some("") => args.by_ref().for_each(|word| options.word(word)),
            Some(long) => {
                let (name, value) = match long.split_once('=').filter(|_| O::EQUALS) {
                    Some((name, value)) => (name, Some(value.to_owned())),
                    None => (long, None),
                };
                options.option(name, arg, &mut || value.clone().or_else(|| args.next().cloned()))?;
            }
            None if arg.starts_with('-') && arg.len() > 1 => read_letters(&mut options, arg, &mut args)?,
            None => options.word(arg),
        }
    }
    Ok(options)
}

/// Letters in one word, of which the last may have its value behind it.
fn read_letters<'a, O: OptionReader>(
    options: &mut O,
    word: &str,
    args: &mut impl Iterator<Item = &'a String>,
) -> Result<(), UsageError> {
    let mut letters = word.trim_start_matches('-').chars();
    while let Some(letter) = letters.next() {
        let shown = format!("-{letter}");
        let long = O::SHORT.iter().find(|(short, _)| *short == letter).ok_or_else(|| O::unknown(&shown))?.1;
        let rest = letters.as_str().to_owned();
        let mut used_rest = false;
        options.option(long, &shown, &mut || {
            used_rest = !rest.is_empty();
            if used_rest { Some(rest.clone()) } else { args.next().cloned() }
        })?;
        if used_rest {
            return Ok(());
        }
    }
    Ok(())
}
