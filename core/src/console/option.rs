//! Options of tools, each told once: in the table of its tool. The tool's reader, completion and the list of what is modelled
//! are made from it.

use crate::order::Order;

use super::UsageError;

/// An option: how it is written, and what it does to `T`, which is what has been read of the command so far.
pub struct ToolOption<T: 'static> {
    /// As one types it, between blanks: `-s --silent`. One that ends with `=` has its value in the same word.
    spellings: &'static str,
    /// Taken too, and never offered: abbreviations, old names.
    also: &'static str,
    effect: OptionEffect<T>,
}

/// What an option does.
enum OptionEffect<T: 'static> {
    /// Nothing to what is asked, nor to what is known of the output.
    Ignored,
    /// The same, with a value.
    IgnoredValue,
    /// The tool has it; what it would do isn't modelled.
    NotModelled,
    /// The shell does it before the tool is asked, as only the shell has files and asks several times; whether it has a value.
    OfShell(bool),
    /// It has no value.
    Switch(fn(&mut T)),
    /// It has a value.
    Text(fn(&mut T, String)),
    /// The same, and the tool says what is wrong with it; the option as typed comes first.
    Checked(fn(&mut T, &str, String) -> Result<(), UsageError>),
}

/// A tool's options, and how it wants them written.
pub struct OptionTable<T: 'static> {
    /// The options, in no order that matters.
    pub options: &'static [ToolOption<T>],
    /// The way of writing.
    pub style: OptionStyle,
    /// What the tool says of an option that it doesn't take.
    pub refuse: fn(OptionFault, &str) -> UsageError,
}

/// How a tool's options are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptionStyle {
    /// curl's: `--name value`; letters in one word, the last with its value behind it or in the next word.
    Curl,
    /// GNU's getopt: the same, and `--name=value`.
    Gnu,
    /// Go's flags: one dash or two, `-name value` or `-name=value`, no letters in one word.
    Go,
}

/// Why an option isn't taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptionFault {
    /// The tool has none of that name.
    Unknown,
    /// It has, but what it does isn't modelled.
    NotModelled,
    /// Its value is missing.
    NoValue,
}

/// A word of a command line, or a part of one.
enum OptionWord {
    /// No option.
    Word(String),
    /// The option at an index of the table, as typed, with its value.
    Option(usize, String, Option<String>),
    /// One that isn't taken, as typed.
    Fault(OptionFault, String),
}

/// An option as typed with its value, or a word that is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedWord {
    /// `-o`; None for a word.
    pub option: Option<String>,
    /// Its value, or the word.
    pub value: Option<String>,
}

impl<T> ToolOption<T> {
    const fn new(spellings: &'static str, effect: OptionEffect<T>) -> Self {
        Self { spellings, also: "", effect }
    }

    /// One that changes nothing.
    pub const fn ignored(spellings: &'static str) -> Self {
        Self::new(spellings, OptionEffect::Ignored)
    }

    /// One with a value that changes nothing.
    pub const fn ignored_value(spellings: &'static str) -> Self {
        Self::new(spellings, OptionEffect::IgnoredValue)
    }

    /// One whose effect isn't modelled.
    pub const fn not_modelled(spellings: &'static str) -> Self {
        Self::new(spellings, OptionEffect::NotModelled)
    }

    /// One that its tool asks for by name; whether it has a value.
    pub const fn by_name(spellings: &'static str, takes_value: bool) -> Self {
        Self::new(spellings, if takes_value { OptionEffect::IgnoredValue } else { OptionEffect::Ignored })
    }

    /// One that the shell deals with.
    pub const fn of_shell(spellings: &'static str, takes_value: bool) -> Self {
        Self::new(spellings, OptionEffect::OfShell(takes_value))
    }

    /// One without value.
    pub const fn switch(spellings: &'static str, set: fn(&mut T)) -> Self {
        Self::new(spellings, OptionEffect::Switch(set))
    }

    /// One with a value.
    pub const fn text(spellings: &'static str, set: fn(&mut T, String)) -> Self {
        Self::new(spellings, OptionEffect::Text(set))
    }

    /// One with a value that can be wrong.
    pub const fn checked(spellings: &'static str, set: fn(&mut T, &str, String) -> Result<(), UsageError>) -> Self {
        Self::new(spellings, OptionEffect::Checked(set))
    }

    /// The same, written in these ways too.
    pub const fn also(mut self, spellings: &'static str) -> Self {
        self.also = spellings;
        self
    }

    const fn takes_value(&self) -> bool {
        match self.effect {
            OptionEffect::IgnoredValue | OptionEffect::Text(_) | OptionEffect::Checked(_) => true,
            OptionEffect::OfShell(takes_value) => takes_value,
            OptionEffect::Ignored | OptionEffect::NotModelled | OptionEffect::Switch(_) => false,
        }
    }

    fn is_written(&self, spelling: &str) -> bool {
        [self.spellings, self.also]
            .iter()
            .flat_map(|all| all.split(' '))
            .any(|one| one.trim_end_matches('=') == spelling)
    }
}

impl<T> OptionTable<T> {
    /// Reads the words behind a tool's name into `state`; those that are no options come back.
    pub fn read(&self, args: &[String], state: &mut T) -> Result<Vec<String>, UsageError> {
        let mut words = Vec::new();
        self.read_with(args, state, |_, word| {
            words.push(word);
            Ok(())
        })?;
        Ok(words)
    }

    /// The same for a tool that takes options and other words in the order in which they stand.
    pub fn read_with(
        &self,
        args: &[String],
        state: &mut T,
        mut take_word: impl FnMut(&mut T, String) -> Result<(), UsageError>,
    ) -> Result<(), UsageError> {
        let find = |spelling: &str| {
            let index = self.options.iter().position(|option| option.is_written(spelling))?;
            Some((index, self.options.get(index)?.takes_value()))
        };
        for word in split_words(args, self.style, &find) {
            match word {
                OptionWord::Word(word) => take_word(state, word)?,
                OptionWord::Fault(fault, shown) => return Err((self.refuse)(fault, &shown)),
                OptionWord::Option(index, shown, value) => self.apply(index, &shown, value, state)?,
            }
        }
        Ok(())
    }

    /// Tells options and other words apart without reading them; None where one isn't known.
    pub fn tell_apart(&self, args: &[String]) -> Option<Vec<TypedWord>> {
        let find = |spelling: &str| {
            let index = self.options.iter().position(|option| option.is_written(spelling))?;
            Some((index, self.options.get(index)?.takes_value()))
        };
        let words = split_words(args, self.style, &find).into_iter().map(|word| match word {
            OptionWord::Word(word) => Some(TypedWord { option: None, value: Some(word) }),
            // `--lines=2` is `--lines` with its value.
            OptionWord::Option(_, shown, value) => {
                let name = shown.split_once('=').filter(|_| shown.starts_with("--")).map(|(name, _)| name.to_owned());
                Some(TypedWord { option: Some(name.unwrap_or(shown)), value })
            }
            OptionWord::Fault(..) => None,
        });
        words.collect()
    }

    /// Whether a word is an option whose value is the next word.
    pub fn wants_value(&self, word: &str) -> bool {
        self.options.iter().any(|option| option.takes_value() && option.is_written(word))
    }

    /// Takes the option that is written so, `value` being what stands behind its `=`; false if there is none.
    pub fn set(&self, spelling: &str, value: Option<&str>, state: &mut T) -> Result<bool, UsageError> {
        let fits = |option: &ToolOption<T>| option.is_written(spelling) && option.takes_value() == value.is_some();
        let Some(index) = self.options.iter().position(fits) else { return Ok(false) };
        self.apply(index, spelling, value.map(str::to_owned), state)?;
        Ok(true)
    }

    fn apply(&self, index: usize, shown: &str, value: Option<String>, state: &mut T) -> Result<(), UsageError> {
        let Some(option) = self.options.get(index) else { return Ok(()) };
        match option.effect {
            OptionEffect::Ignored | OptionEffect::IgnoredValue => {}
            OptionEffect::NotModelled | OptionEffect::OfShell(_) => {
                return Err((self.refuse)(OptionFault::NotModelled, shown));
            }
            OptionEffect::Switch(set) => set(state),
            OptionEffect::Text(set) => set(state, value.unwrap_or_default()),
            OptionEffect::Checked(set) => set(state, shown, value.unwrap_or_default())?,
        }
        Ok(())
    }

    /// The options that are taken, as one types them: letters first.
    pub fn listed(&self) -> Vec<&'static str> {
        listed_options(self.options)
    }
}

/// The options of a table that are taken, as one types them: letters first.
pub fn listed_options<T>(options: &'static [ToolOption<T>]) -> Vec<&'static str> {
    let taken = options.iter().filter(|option| !matches!(option.effect, OptionEffect::NotModelled));
    let mut all: Vec<_> = taken.flat_map(|option| option.spellings.split(' ')).filter(|one| !one.is_empty()).collect();
    all.order_by_key(|option| (option.starts_with("--") || option.starts_with('+'), *option));
    all
}

/// Tells options, their values and other words apart. What follows a word that isn't taken doesn't matter.
fn split_words(args: &[String], style: OptionStyle, find: &dyn Fn(&str) -> Option<(usize, bool)>) -> Vec<OptionWord> {
    let mut words = Vec::new();
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match arg.strip_prefix('-') {
            Some("-") => words.extend(args.by_ref().cloned().map(OptionWord::Word)),
            Some(rest) if style == OptionStyle::Go || rest.starts_with('-') => {
                let is_go = style == OptionStyle::Go;
                let name = if is_go { format!("-{}", rest.trim_start_matches('-')) } else { arg.clone() };
                let (name, glued) = match name.split_once('=') {
                    Some((name, value)) if style != OptionStyle::Curl => (name.to_owned(), Some(value.to_owned())),
                    _ => (name, None),
                };
                let shown = if is_go { &name } else { arg };
                words.push(match find(&name) {
                    None => OptionWord::Fault(OptionFault::Unknown, shown.clone()),
                    Some((index, false)) => OptionWord::Option(index, shown.clone(), None),
                    Some((index, true)) => with_value(index, shown.clone(), glued.or_else(|| args.next().cloned())),
                });
            }
            Some(letters) if !letters.is_empty() => split_letters(letters, &mut args, find, &mut words),
            _ => words.push(OptionWord::Word(arg.clone())),
        }
    }
    words
}

/// Letters in one word, of which the last may have its value behind it.
fn split_letters<'a>(
    word: &str,
    args: &mut impl Iterator<Item = &'a String>,
    find: &dyn Fn(&str) -> Option<(usize, bool)>,
    words: &mut Vec<OptionWord>,
) {
    let mut letters = word.chars();
    while let Some(letter) = letters.next() {
        let shown = format!("-{letter}");
        match find(&shown) {
            None => words.push(OptionWord::Fault(OptionFault::Unknown, shown)),
            Some((index, false)) => words.push(OptionWord::Option(index, shown, None)),
            Some((index, true)) => {
                let rest = letters.as_str();
                let value = if rest.is_empty() { args.next().cloned() } else { Some(rest.to_owned()) };
                return words.push(with_value(index, shown, value));
            }
        }
    }
}

fn with_value(index: usize, shown: String, value: Option<String>) -> OptionWord {
    match value {
        Some(value) => OptionWord::Option(index, shown, Some(value)),
        None => OptionWord::Fault(OptionFault::NoValue, shown),
    }
}
