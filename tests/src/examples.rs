//! The gallery's examples, as the tests use them.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use serde::Deserialize;

use crate::repository::root;

/// An example of `static/examples/index.json`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// Its name, and its file's without `.yaml`.
    pub id: String,
    /// The group it stands in.
    pub theme: String,
    /// Who asks.
    pub from: String,
    /// The command it opens with.
    pub command: String,
    /// What it is called.
    pub title: Both,
    /// What to try.
    #[serde(rename = "try")]
    pub attempt: Both,
    /// What to notice.
    pub notice: Both,
    /// The comment on top of the manifests in Japanese.
    pub comment_ja: Option<String>,
    /// Words between backticks in what to try, and the questions they stand for: a command, or `pod/default/web $ command`.
    #[serde(default)]
    pub asks: BTreeMap<String, String>,
}

/// A text in both languages.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Both {
    /// English.
    pub en: String,
    /// Japanese.
    pub ja: String,
}

impl Example {
    /// Its manifests.
    pub fn manifests(&self) -> String {
        let path = folder().join(format!("{}.yaml", self.id));
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }
}

/// Where they stand.
pub fn folder() -> PathBuf {
    root().join("static/examples")
}

/// All of them, in the order of the list.
pub fn all() -> Vec<Example> {
    let text = fs::read_to_string(folder().join("index.json")).expect("the list of examples can be read");
    // JSON is YAML too.
    serde_yaml::from_str(&text).expect("the list of examples has the fields that the page reads")
}
