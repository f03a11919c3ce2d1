//! What surrounds a command: the project's settings, the language, the terminal.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use std::collections::BTreeMap;
use whichpod_core::explain::Language;

use crate::Unusable;
use crate::arguments::{ColourWhen, FailOn};

/// The name of the project's file of settings.
pub const SETTINGS_FILE: &str = ".whichpod.yaml";

/// What surrounds a command.
#[derive(Debug)]
pub struct Context {
    /// Of everything that is said.
    pub language: Language,
    /// The project's settings.
    pub settings: ProjectSettings,
    /// Whether standard output shows colours.
    pub colour: bool,
    /// How many columns a line may have; None where nobody looks at lines.
    pub width: Option<usize>,
    /// Whether the command was called as a plugin of kubectl.
    pub is_plugin: bool,
}

/// `.whichpod.yaml`, in the current folder or the nearest above it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub struct ProjectSettings {
    /// What is read where a command names no manifests.
    pub files: Vec<PathBuf>,
    /// Globs of files that are left out.
    pub exclude: Vec<String>,
    /// Codes of findings that nobody wants to see.
    pub ignore: Vec<String>,
    /// The same for some files: a glob, and codes.
    pub per_file_ignores: BTreeMap<String, Vec<String>>,
    /// From which severity on findings are a failure.
    pub fail_on: Option<String>,
    /// As --cluster.
    pub cluster: Option<String>,
    /// As --kubernetes-version.
    pub kubernetes_version: Option<String>,
    /// As --pod-network.
    pub pod_network: Option<String>,
    /// Where the page is, for links.
    pub page: Option<String>,
    /// The folder that the file stands in.
    #[serde(skip)]
    pub folder: PathBuf,
}

impl Context {
    /// Of this process.
    pub fn new(language: Option<Language>, colour: Option<ColourWhen>, is_plugin: bool) -> Result<Self, Unusable> {
        let terminal = std::io::stdout().is_terminal();
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let forced = std::env::var_os("CLICOLOR_FORCE").is_some_and(|value| value != "0");
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
        let wide = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        Ok(Self {
            language: language.unwrap_or_else(own_language),
            settings: ProjectSettings::find()?,
            colour: match colour {
                Some(ColourWhen::Always) => true,
                Some(ColourWhen::Never) => false,
                Some(ColourWhen::Auto) | None => !set("NO_COLOR") && (terminal && !dumb || forced),
            },
            width: columns.or_else(|| wide().filter(|_| terminal)),
            is_plugin,
        })
    }
}

/// The language of the user's locale.
fn own_language() -> Language {
    let said = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(|name| std::env::var(name).ok());
    let first = said.into_iter().find(|locale| !locale.is_empty()).unwrap_or_default();
    Language::of_tag(&first.replace('_', "-"))
}

impl ProjectSettings {
    fn find() -> Result<Self, Unusable> {
        let Ok(here) = std::env::current_dir() else { return Ok(Self::default()) };
        let found = here.ancestors().map(|folder| folder.join(SETTINGS_FILE)).find(|file| file.is_file());
        found.map_or_else(|| Ok(Self::default()), |file| Self::read(&file))
    }

    fn read(file: &Path) -> Result<Self, Unusable> {
        let text = crate::files::text(file)?;
        let wrong = |why: String| Unusable(format!("{}: {why}", file.display()));
        let settings: Self = if text.trim().is_empty() {
            Self::default()
        } else {
            serde_yaml::from_str(&text).map_err(|error| wrong(error.to_string()))?
        };
        if let Some(word) = settings.fail_on.as_deref().filter(|word| fail_on(word).is_none()) {
            return Err(wrong(format!("failOn: {word} is none of error, warning, note, never")));
        }
        Ok(Self { folder: file.parent().map(Path::to_owned).unwrap_or_default(), ..settings })
    }

    /// From which severity on findings are a failure.
    pub fn fails_on(&self) -> Option<FailOn> {
        self.fail_on.as_deref().and_then(fail_on)
    }
}

fn fail_on(word: &str) -> Option<FailOn> {
    <FailOn as clap::ValueEnum>::from_str(word, false).ok()
}
