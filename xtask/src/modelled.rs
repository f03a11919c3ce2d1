//! The pages that say what is modelled, in both languages: written from what `whichpod modelled -o json` prints, so that
//! they say what the code says. Trunk copies them into the site.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;

use crate::project::{Done, cargo};
use crate::step::{not_started, shown};

/// The words of a page that the list doesn't hold.
struct Page {
    language: &'static str,
    file: &'static str,
    title: &'static str,
    lead: &'static str,
    back: &'static str,
    /// What the book is called; it stands beside the page.
    book: &'static str,
    contents: &'static str,
    documentation: &'static str,
    /// The same page in the other language: its language, its file, its name.
    other: (&'static str, &'static str, &'static str),
}

const PAGES: [Page; 2] = [
    Page {
        language: "en",
        file: "index.html",
        title: "What is modelled",
        lead: "Made from the simulator's own tables, each time the site is built. An answer that depends on something that \
               isn't modelled says so, by name.",
        back: "Back to whichpod",
        book: "Documentation",
        contents: "Contents",
        documentation: "documentation",
        other: ("ja", "ja.html", "日本語"),
    },
    Page {
        language: "ja",
        file: "ja.html",
        title: "モデル化の範囲",
        lead: "サイトをビルドするたびに、シミュレーター自身の表から作られます。モデル化していないものに答えが左右されるときは、その名前を示します。",
        back: "whichpod に戻る",
        book: "ドキュメント",
        contents: "目次",
        documentation: "ドキュメント",
        other: ("en", "index.html", "English"),
    },
];

/// Writes the pages into a folder.
pub fn write(folder: &Path) -> Done {
    let list = list()?;
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    fs::create_dir_all(folder).map_err(failed)?;
    PAGES.iter().try_for_each(|page| fs::write(folder.join(page.file), html(page, &list)).map_err(failed))
}

/// What is modelled, as the command line says it.
fn list() -> Done<Value> {
    println!("listing what is modelled …");
    let mut whichpod = cargo("run");
    whichpod.args(["--quiet", "-p", "whichpod", "--", "modelled", "-o", "json"]);
    let output = whichpod.stdin(Stdio::null()).output().map_err(|error| not_started(&whichpod, &error))?;
    if !output.status.success() {
        eprint!("{}", String::from_utf8_lossy(&output.stderr));
        return Err(format!("`{}` failed", shown(&whichpod)));
    }
    serde_json::from_slice(&output.stdout).map_err(|error| format!("`{}`: {error}", shown(&whichpod)))
}

fn html(page: &Page, list: &Value) -> String {
    let Page { language, title, lead, back, book, contents, other: (other_language, other_file, other_name), .. } =
        page;
    let sections = || elements(&list["sections"]);
    let links: String = sections()
        .map(|section| {
            format!("<li><a href=\"#{}\">{}</a></li>\n", attribute(&section["id"]), text(page, &section["title"]))
        })
        .collect();
    let sections: String = sections().map(|section| section_html(page, section)).collect();
    format!(
        r#"<!doctype html>
<html lang="{language}">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'" />
    <meta name="referrer" content="no-referrer" />
    <meta name="color-scheme" content="light dark" />
    <title>{title} - whichpod</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="./modelled.css" />
    <script src="../theme.js"></script>
  </head>
  <body class="modelled">
    <header>
      <div class="modelled-head">
        <a href="../index.html">{back}</a>
        <a href="../docs/{language}/index.html">{book}</a>
        <a href="./{other_file}" lang="{other_language}" hreflang="{other_language}">{other_name}</a>
      </div>
      <h1>{title}</h1>
      <p class="modelled-lead">{lead}</p>
      <nav aria-label="{contents}"><ul>
{links}</ul></nav>
    </header>
    <main>
{sections}</main>
  </body>
</html>
"#
    )
}

fn section_html(page: &Page, section: &Value) -> String {
    let (id, title, about) = (attribute(&section["id"]), text(page, &section["title"]), text(page, &section["about"]));
    let groups: String = elements(&section["groups"]).map(|group| group_html(page, group)).collect();
    format!("<section aria-labelledby=\"{id}\">\n<h2 id=\"{id}\">{title}</h2>\n<p>{about}</p>\n{groups}</section>\n")
}

/// Names side by side, sentences one below the other.
fn group_html(page: &Page, group: &Value) -> String {
    let detail = match group["detail"].as_str().unwrap_or_default() {
        "" => String::new(),
        detail => format!("<code class=\"soft\">{}</code>", escaped(detail)),
    };
    let names = elements(&group["entries"]).all(|entry| entry["label"].is_string());
    let class = if names { "modelled-names" } else { "modelled-sentences" };
    let entries: String = elements(&group["entries"]).map(|entry| entry_html(page, entry)).collect();
    let list = if entries.is_empty() { String::new() } else { format!("<ul class=\"{class}\">\n{entries}</ul>\n") };
    format!("<h3>{}{detail}</h3>\n{list}", text(page, &group["title"]))
}

fn entry_html(page: &Page, entry: &Value) -> String {
    let label = text(page, &entry["label"]);
    let label = if entry["label"].is_string() { format!("<code>{label}</code>") } else { label };
    let note = if entry["note"].is_null() { String::new() } else { format!(" {}", text(page, &entry["note"])) };
    let documentation = entry["documentation"].as_str().map(|link| {
        let what = format!("{}: {}", page.documentation, text(page, &entry["label"]));
        format!(" <a href=\"{}\" aria-label=\"{what}\">{}</a>", escaped(link), page.documentation)
    });
    format!("<li>{label}{note}{}</li>\n", documentation.unwrap_or_default())
}

fn elements(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

/// A name, or words in the page's language.
fn text(page: &Page, label: &Value) -> String {
    escaped(label.as_str().or_else(|| label[page.language].as_str()).unwrap_or_default())
}

fn attribute(value: &Value) -> String {
    escaped(value.as_str().unwrap_or_default())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::{PAGES, html};
    use serde_json::json;

    #[test]
    fn names_and_words_are_told_and_escaped() {
        let entries = json!([
            { "label": "a<b", "note": { "en": "so", "ja": "そう" }, "documentation": null },
        ]);
        let groups = json!([{ "title": { "en": "Some", "ja": "いくつか" }, "detail": "v1", "entries": entries }]);
        let words = json!({ "en": "Things & more", "ja": "もの" });
        let list = json!({ "sections": [{ "id": "things", "title": words, "about": words, "groups": groups }] });
        let [english, japanese] = PAGES.each_ref().map(|page| html(page, &list));
        assert!(english.contains("<h2 id=\"things\">Things &amp; more</h2>"));
        assert!(english.contains("<li><code>a&lt;b</code> so</li>") && english.contains("href=\"./ja.html\""));
        assert!(japanese.contains("<h3>いくつか<code class=\"soft\">v1</code></h3>") && !japanese.contains("more"));
    }
}
