//! `cargo xtask docs`: the book, English and Japanese, in `dist/docs/`: what people wrote in `docs/book/`, and a reference made from the code's
//! own tables and the cases that are tested.

mod findings;
mod links;
mod open;
mod reference;
mod search;

use std::fs;
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;

use crate::project::{Done, at, cargo, command, setting};
use crate::step::quietly;
use crate::tools;
pub use links::lead_somewhere as links_lead_somewhere;

/// A language of the book.
pub struct BookLanguage {
    /// `en`, and the folder of its pages.
    pub tag: &'static str,
    /// What the book is called.
    title: &'static str,
    /// Words of the pages that are made here.
    pub words: &'static BookWords,
}

/// Words of the pages that are made here.
pub struct BookWords {
    pub commands: &'static str,
    pub findings: &'static str,
    pub findings_lead: &'static str,
    pub severity: &'static str,
    pub code: &'static str,
    pub example: &'static str,
    pub says: &'static str,
    pub mend: &'static str,
    pub mended: &'static str,
    pub silence: &'static str,
    pub silencing: &'static str,
    pub not_failing: &'static str,
    pub failing: &'static str,
    pub reasons: &'static str,
    pub reasons_lead: &'static str,
    pub modelled: &'static str,
    pub modelled_lead: &'static str,
    pub open: &'static str,
    pub figures: [&'static str; 4],
}

const LANGUAGES: [BookLanguage; 2] = [
    BookLanguage {
        tag: "en",
        title: "whichpod",
        words: &BookWords {
            commands: "Commands",
            findings: "Findings",
            findings_lead: "What `check` finds, by code. Codes stay; a new version may find more. Each has a page with an example that is tested.",
            severity: "severity",
            code: "code",
            example: "Example",
            says: "What it says",
            mend: "What to do",
            mended: "`check` knows an edit that mends it; the page shows it as a button, `-o json` and `-o sarif` as `fix`.",
            silence: "How to silence it",
            silencing: "A comment at its line or alone on the one above, `# whichpod: ignore=CODE`; an annotation of the object, `whichpod.dev/ignore: CODE`; `check --ignore CODE`; or `ignore: [CODE]` in `.whichpod.yaml`.",
            not_failing: "It doesn't make `check` fail.",
            failing: "It is what an API server or a controller refuses: `check` exits with 1.",
            reasons: "Reasons",
            reasons_lead: "Why a candidate is chosen or falls out: the sentences of every decision on the way, with the page that documents the rule.",
            modelled: "What is modelled",
            modelled_lead: "Made from the simulator's own tables. An answer that depends on something else says so, by name.",
            open: "Open in the page",
            figures: ["cases of", "requests or findings in all", "of which don't pass yet", "examples in the gallery"],
        },
    },
    BookLanguage {
        tag: "ja",
        title: "whichpod",
        words: &BookWords {
            commands: "コマンド",
            findings: "指摘",
            findings_lead: "`check` が見つけるものをコード別に示します。コードは変わりません。新しい版では増えることがあります。どのページの例もテストされています。",
            severity: "重大度",
            code: "コード",
            example: "例",
            says: "表示される内容",
            mend: "直し方",
            mended: "`check` は修正の編集も知っています。ページではボタンとして、`-o json` と `-o sarif` では `fix` として示されます。",
            silence: "黙らせるには",
            silencing: "その行か、すぐ上の行だけのコメント `# whichpod: ignore=CODE`、オブジェクトのアノテーション `whichpod.dev/ignore: CODE`、`check --ignore CODE`、または `.whichpod.yaml` の `ignore: [CODE]` です。",
            not_failing: "これで `check` が失敗することはありません。",
            failing: "API サーバーかコントローラーが拒否するものです。`check` は 1 で終了します。",
            reasons: "理由",
            reasons_lead: "候補が選ばれる、または外れる理由です。経路上のすべての判断の文と、その規則を説明するページを示します。",
            modelled: "モデル化の範囲",
            modelled_lead: "シミュレーター自身の表から作られます。それ以外のものに答えが左右されるときは、その名前を示します。",
            open: "ページで開く",
            figures: ["ケース:", "件の要求と指摘", "件はまだ通らない", "件のギャラリーの例"],
        },
    },
];

/// Where the sources of a language are put together.
const WORKSHOP: &str = "target/docs";

/// Writes the book.
pub fn write() -> Done {
    // 1. What the pages are made from.
    tools::for_docs()?;
    quietly("building whichpod", cargo("build").args(["--package", "whichpod"]))?;
    let modelled: Value = serde_json::from_str(&whichpod(&["modelled", "-o", "json"], "")?)
        .map_err(|error| format!("whichpod modelled: {error}"))?;
    for language in &LANGUAGES {
        // 2. The pages of a language, with links and references.
        let workshop = at(WORKSHOP).join(language.tag);
        let _ = fs::remove_dir_all(&workshop);
        let source = workshop.join("src");
        copy_pages(&at("docs/book").join(language.tag), &source)?;
        open::add_links(language, &source, 2)?;
        reference::write(language, &modelled, &source)?;
        findings::write(language, &findings::findings(language.tag)?, &source)?;
        // 3. The book's settings, script and style.
        write_text(&workshop.join("book.toml"), &book_toml(language))?;
        for file in ["whichpod.js", "whichpod.css"] {
            let text = fs::read_to_string(at("docs/book").join(file)).map_err(|error| format!("{file}: {error}"))?;
            write_text(&workshop.join(file), &text)?;
        }
        // 4. The book and its index for searching.
        let target = at("dist/docs").join(language.tag);
        let mut mdbook = command("mdbook");
        mdbook.arg("build").arg(&workshop).arg("--dest-dir").arg(&target);
        quietly(&format!("writing the book ({})", language.tag), &mut mdbook)?;
        write_text(&target.join("search-index.js"), &search::index(&source)?)?;
    }
    // 5. The page that leads to both.
    write_text(&at("dist/docs/index.html"), FRONT)?;
    println!("written to {}", at("dist/docs").display());
    Ok(())
}

/// Both languages, for whoever opens the folder.
const FRONT: &str = r#"<!doctype html>
<html lang="en">
  <meta charset="utf-8" />
  <meta name="viewport" content="width=device-width, initial-scale=1" />
  <meta name="color-scheme" content="light dark" />
  <title>whichpod: documents</title>
  <p><a href="./en/index.html">English</a> · <a href="./ja/index.html" lang="ja">日本語</a></p>
</html>
"#;

/// What whichpod prints.
pub fn whichpod(arguments: &[&str], input: &str) -> Done<String> {
    let mut command = command(at("target/debug/whichpod").to_str().ok_or("the path isn't UTF-8")?);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let failed = |error: std::io::Error| format!("whichpod {}: {error}", arguments.join(" "));
    let mut child = command.spawn().map_err(failed)?;
    if let Some(mut stdin) = child.stdin.take() {
        // What doesn't read its input closes it.
        let _ = std::io::Write::write_all(&mut stdin, input.as_bytes());
    }
    let output = child.wait_with_output().map_err(failed)?;
    if !matches!(output.status.code(), Some(0 | 1)) {
        return Err(format!("whichpod {}: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr)));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Writes a file, with its folder.
pub fn write_text(path: &Path, text: &str) -> Done {
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    fs::create_dir_all(path.parent().unwrap_or(path)).map_err(failed)?;
    fs::write(path, text).map_err(failed)
}

/// The pages that people wrote, with the addresses and the version put in.
fn copy_pages(from: &Path, to: &Path) -> Done {
    let failed = |error: std::io::Error| format!("{}: {error}", from.display());
    for entry in fs::read_dir(from).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy_pages(&path, &target)?;
        } else {
            write_text(&target, &filled_in(&fs::read_to_string(&path).map_err(failed)?)?)?;
        }
    }
    Ok(())
}

/// `{{repository}}`, `{{slug}}`, `{{version}}`: from Cargo.toml, or words that say what stands there.
pub fn filled_in(text: &str) -> Done<String> {
    let repository = setting("repository")?;
    let slug = repository.rsplitn(3, '/').take(2).collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>().join("/");
    let (repository, slug) = if repository.is_empty() {
        ("ADDRESS-OF-THE-REPOSITORY".to_owned(), "OWNER/whichpod".to_owned())
    } else {
        (repository, slug)
    };
    let text = text.replace("{{repository}}", &repository).replace("{{slug}}", &slug);
    Ok(text.replace("{{version}}", env!("CARGO_PKG_VERSION")))
}

fn book_toml(language: &BookLanguage) -> String {
    let BookLanguage { tag, title, .. } = language;
    format!(
        r#"[book]
title = "{title}"
language = "{tag}"
src = "src"

[output.html]
additional-js = ["whichpod.js"]
additional-css = ["whichpod.css"]
no-section-label = true
default-theme = "light"
preferred-dark-theme = "navy"

# mdBook's own search knows no Japanese words: whichpod.js searches instead.
[output.html.search]
enable = false

[output.html.print]
enable = false

[output.html.fold]
enable = true
level = 1
"#
    )
}

#[cfg(test)]
mod tests {
    use super::filled_in;

    #[test]
    fn no_page_shows_a_setting_that_is_empty() {
        let text = filled_in("{{repository}} {{slug}}@v{{version}}").expect("settings");
        assert!(!text.contains("{{") && !text.contains(" /"), "{text}");
    }
}
