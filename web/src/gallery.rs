//! The examples: manifests as plain files under `static/examples/`, each with the question it opens with, and with what
//! to try and to notice. Their list is `static/examples/index.json`; it is loaded after the first answer.

use std::rc::Rc;

use crate::language::Language;
use crate::words::Words;
use crate::workspace::{RequestLine, Workspace};

/// One example.
#[derive(Clone, Debug, PartialEq)]
pub struct Example {
    /// Its name in the index, and its file's without `.yaml`.
    pub id: Rc<str>,
    /// The group it stands in.
    pub theme: Theme,
    /// Who asks.
    pub from: Rc<str>,
    /// The question.
    pub command: Rc<str>,
    /// The comment on top of its manifests in Japanese; empty where they have none.
    pub comment: Rc<str>,
    /// What it is called.
    pub title: Both,
    /// What to try: what stands between backticks is in `asks`.
    pub attempt: Both,
    /// What to notice.
    pub notice: Both,
    /// Words of `attempt`, and what is asked for them: a command, or `pod/default/web $ command`.
    pub asks: Vec<(Rc<str>, Rc<str>)>,
}

/// What an example is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// A Service and its endpoints, asked from inside.
    Services,
    /// DNS.
    Names,
    /// Node ports, load balancers, external addresses.
    Outside,
    /// Ingress.
    Ingress,
    /// What ingress-nginx does and the next controller doesn't.
    Leaving,
    /// Gateway API.
    Gateway,
    /// NetworkPolicy.
    Policies,
    /// Workloads, placing, the cluster's settings.
    Pods,
}

impl Theme {
    /// In the order in which one learns them.
    pub const ALL: [Self; 8] = [
        Self::Services,
        Self::Names,
        Self::Outside,
        Self::Ingress,
        Self::Leaving,
        Self::Gateway,
        Self::Policies,
        Self::Pods,
    ];

    /// As the list writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Services => "services",
            Self::Names => "names",
            Self::Outside => "outside",
            Self::Ingress => "ingress",
            Self::Leaving => "leaving",
            Self::Gateway => "gateway",
            Self::Policies => "policies",
            Self::Pods => "pods",
        }
    }

    /// As a heading.
    pub fn title(self, words: &Words) -> &'static str {
        match self {
            Self::Services => words.examples_services,
            Self::Names => words.examples_names,
            Self::Outside => words.examples_outside,
            Self::Ingress => words.examples_ingress,
            Self::Leaving => words.examples_leaving,
            Self::Gateway => words.examples_gateway,
            Self::Policies => words.examples_policies,
            Self::Pods => words.examples_pods,
        }
    }
}

/// A text in both languages.
#[derive(Clone, Debug, PartialEq)]
pub struct Both {
    english: Rc<str>,
    japanese: Rc<str>,
}

/// The id of the one that the page opens with. Its manifests and its question travel with the page, so that the first
/// answer waits for nothing.
pub const FIRST: &str = "shop";

/// Nine of them, in the order in which one learns: from a Service to who may connect.
const COURSE: [&str; 9] = [
    "clusterip",
    "no-endpoints",
    "named-target-port",
    "headless",
    "nodeport",
    "loadbalancer",
    "path-priority",
    "gateway",
    "default-deny",
];

/// Where an example stands among those, from 1, and how many they are.
pub fn course_step(id: &str) -> Option<(usize, usize)> {
    COURSE.iter().position(|one| *one == id).map(|at| (at + 1, COURSE.len()))
}

/// Which one comes next; after any other example, the first.
pub fn course_next(id: &str) -> Option<&'static str> {
    let at = COURSE.iter().position(|one| *one == id).map_or(0, |at| at + 1);
    COURSE.get(at).copied()
}

/// How links to examples begin, behind the `#`: in the whole page, and in one that is a part of another site's.
const LINK: &str = "example=";
const EMBEDDED: &str = "embed=";

const FIRST_MANIFESTS: &str = include_str!("../../static/examples/shop.yaml");
const FIRST_COMMENT: &str = "# Ingress の後ろの店です。/cart には専用の Service があり、それ以外はトップページへ届きます。\n\
# パスやセレクターやポートを変えると、答えも変わります。";
const FIRST_FROM: &str = "external";
const FIRST_COMMAND: &str = "curl http://shop.example.com/cart";

/// How links that carry a workspace begin; `crate::worker::link` makes and reads them.
const CARRIES: &str = "w1.";

/// The example that an address leads to, by what stands behind its `#`.
pub fn linked(fragment: &str) -> Option<&str> {
    let embedded = || fragment.starts_with(EMBEDDED).then(|| payload(fragment)).filter(|it| !it.starts_with(CARRIES));
    fragment.strip_prefix(LINK).or_else(embedded)
}

/// What an address carries, without how it is to be shown.
pub fn payload(fragment: &str) -> &str {
    let rest = fragment.strip_prefix(EMBEDDED).unwrap_or(fragment);
    rest.split('&').next().unwrap_or(rest)
}

/// What stands behind the `#` of a link to an example.
pub fn link_to(id: &str) -> String {
    format!("{LINK}{id}")
}

/// What a page shows that is a part of another site's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Show {
    /// The map.
    #[default]
    Map,
    /// Beside it the manifests.
    Yaml,
    /// The console.
    Console,
}

impl Show {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Map, Self::Yaml, Self::Console];

    /// As addresses write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Map => "map",
            Self::Yaml => "yaml",
            Self::Console => "console",
        }
    }
}

/// How an address wants to be shown as a part of another site's page: `embed=shop&show=yaml&lang=ja&theme=dark`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Embedding {
    /// What is shown.
    pub show: Show,
    /// The language; the reader's without one.
    pub language: Option<Language>,
    /// `light` or `dark`; the reader's without one.
    pub theme: Option<String>,
}

/// Reads [`embedded`]; None for an address of the whole page.
pub fn embedding(fragment: &str) -> Option<Embedding> {
    let mut embedding = Embedding::default();
    for option in fragment.strip_prefix(EMBEDDED)?.split('&').skip(1) {
        match option.split_once('=') {
            Some(("show", name)) => {
                embedding.show = Show::ALL.into_iter().find(|show| show.name() == name).unwrap_or_default();
            }
            Some(("lang", tag)) => embedding.language = Some(Language::of_tag(tag)),
            Some(("theme", name)) => embedding.theme = Some(name.to_owned()),
            _ => {}
        }
    }
    Some(embedding)
}

/// What stands behind the `#` of the address that another site embeds; `carried` is an example's id or a link's fragment.
pub fn embedded(carried: &str, embedding: &Embedding) -> String {
    let show = (embedding.show != Show::default()).then(|| format!("&show={}", embedding.show.name()));
    let language = embedding.language.map(|language| format!("&lang={}", language.code()));
    let theme = embedding.theme.as_ref().map(|theme| format!("&theme={theme}"));
    format!("{EMBEDDED}{carried}{}", [show, language, theme].into_iter().flatten().collect::<String>())
}

/// What stands behind the `#` of the whole page's address, for a page that is a part of another site's.
pub fn whole(fragment: &str) -> String {
    linked(fragment).map_or_else(|| payload(fragment).to_owned(), link_to)
}

/// What a newcomer sees first.
pub fn first(language: Language) -> Workspace {
    let text = match language {
        Language::English => FIRST_MANIFESTS.to_owned(),
        Language::Japanese => commented(FIRST_MANIFESTS, FIRST_COMMENT),
    };
    Workspace::of(&text, FIRST_FROM, FIRST_COMMAND)
}

/// Whether a workspace is what newcomers see, in either language.
pub fn is_first(workspace: &Workspace) -> bool {
    [Language::English, Language::Japanese].iter().any(|language| *workspace == first(*language))
}

impl Example {
    /// Reads a row of the list, as `js/gallery.js` makes it.
    pub fn from_row(row: &[String]) -> Option<Self> {
        let [id, theme, from, command, comment, texts @ ..] = row else { return None };
        let both = |at: usize| {
            let pair = texts.get(2 * at..2 * at + 2)?;
            Some(Both { english: pair.first()?.as_str().into(), japanese: pair.last()?.as_str().into() })
        };
        let asks = texts.get(6..).unwrap_or_default().chunks_exact(2);
        Some(Self {
            id: id.as_str().into(),
            theme: Theme::ALL.into_iter().find(|known| known.name() == theme)?,
            from: from.as_str().into(),
            command: command.as_str().into(),
            comment: comment.as_str().into(),
            title: both(0)?,
            attempt: both(1)?,
            notice: both(2)?,
            asks: asks.filter_map(|pair| Some((pair.first()?.as_str().into(), pair.last()?.as_str().into()))).collect(),
        })
    }

    /// Where its manifests are, relative to the page.
    pub fn url(&self) -> String {
        format!("examples/{}.yaml", self.id)
    }

    /// Where its map is as a picture, relative to the page.
    pub fn picture(&self) -> String {
        format!("given/maps/{}.svg", self.id)
    }

    /// Whether it has a word, in lower case: in what it is called, shows or asks.
    pub fn mentions(&self, word: &str, language: Language) -> bool {
        let texts =
            [self.title.of(language), self.notice.of(language), self.attempt.of(language), &self.command, &self.id];
        word.split_whitespace().all(|word| texts.iter().any(|text| text.to_ascii_lowercase().contains(word)))
    }

    /// The example with its manifests, their first comment in the language of the page.
    pub fn workspace(&self, manifests: &str, language: Language) -> Workspace {
        let text = match language {
            Language::English => manifests.to_owned(),
            Language::Japanese => commented(manifests, &self.comment),
        };
        Workspace::of(&text, &self.from, &self.command)
    }

    /// What to try, with the question that each word between backticks stands for.
    pub fn attempts(&self, language: Language) -> impl Iterator<Item = (&str, Option<RequestLine>)> {
        let pieces = self.attempt.of(language).split('`').enumerate();
        pieces.map(|(at, piece)| (piece, if at % 2 == 1 { self.asked(piece) } else { None }))
    }

    fn asked(&self, word: &str) -> Option<RequestLine> {
        let (_, ask) = self.asks.iter().find(|(label, _)| **label == *word)?;
        let (from, command) = ask.split_once(" $ ").unwrap_or((&self.from, ask));
        Some(RequestLine { from: from.into(), command: command.into() })
    }
}

/// Manifests with another comment in the place of the one on top; lines keep their numbers.
fn commented(manifests: &str, comment: &str) -> String {
    let head: usize = manifests.split_inclusive('\n').take_while(|line| line.starts_with('#')).map(str::len).sum();
    match manifests.split_at_checked(head) {
        Some((_, rest)) if head > 0 && !comment.is_empty() => format!("{comment}\n{rest}"),
        _ => manifests.to_owned(),
    }
}

impl Both {
    /// The text of a language.
    pub fn of(&self, language: Language) -> &str {
        match language {
            Language::English => &self.english,
            Language::Japanese => &self.japanese,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INDEX: &str = include_str!("../../static/examples/index.json");

    fn values(key: &str) -> Vec<&str> {
        let pattern = format!("\"{key}\": \"");
        let after = INDEX.split(&pattern).skip(1);
        after.map(|rest| rest.split("\"").next().unwrap_or_default()).collect()
    }

    #[test]
    fn the_first_example_is_that_of_the_list() {
        assert_eq!(values("id").first(), Some(&FIRST));
        assert_eq!(values("from").first(), Some(&FIRST_FROM));
        assert_eq!(values("command").first(), Some(&FIRST_COMMAND));
        assert_eq!(values("comment_ja").first().map(|text| text.replace("\\n", "\n")).as_deref(), Some(FIRST_COMMENT));
    }

    #[test]
    fn a_translated_comment_has_as_many_lines() {
        for language in [Language::English, Language::Japanese] {
            assert!(is_first(&first(language)));
        }
        assert_eq!(first(Language::English).text().lines().count(), first(Language::Japanese).text().lines().count());
    }

    #[test]
    fn every_example_has_manifests_and_texts_in_both_languages() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../static/examples");
        let ids = values("id");
        for id in &ids {
            let text = std::fs::read_to_string(format!("{folder}/{id}.yaml"));
            assert!(text.is_ok_and(|text| text.contains("kind:")), "{id}");
        }
        for language in [Language::English, Language::Japanese] {
            let texts = values(language.code());
            assert_eq!(texts.len(), 3 * ids.len());
            assert!(texts.iter().all(|text| !text.is_empty()));
        }
    }

    #[test]
    fn every_example_stands_in_a_group_and_no_group_is_empty() {
        let (themes, known) = (values("theme"), Theme::ALL.map(Theme::name));
        assert_eq!(themes.len(), values("id").len());
        assert!(themes.iter().all(|theme| known.contains(theme)));
        assert!(known.iter().all(|theme| themes.contains(theme)));
    }

    #[test]
    fn the_course_is_made_of_examples() {
        let ids = values("id");
        assert!(COURSE.iter().all(|id| ids.contains(id)));
        assert_eq!((course_step("headless"), course_next("headless")), (Some((4, 9)), Some("nodeport")));
        assert_eq!(
            (course_step("shop"), course_next("shop"), course_next("default-deny")),
            (None, Some("clusterip"), None)
        );
    }

    #[test]
    fn links_lead_to_examples() {
        assert_eq!(
            (linked("example=ndots"), linked("embed=ndots"), linked("1abc")),
            (Some("ndots"), Some("ndots"), None)
        );
        assert_eq!((linked("embed=ndots&show=yaml"), linked("embed=w1.abc")), (Some("ndots"), None));
        assert_eq!((payload("embed=w1.abc&lang=ja"), payload("w1.abc")), ("w1.abc", "w1.abc"));
        assert_eq!((embedding("embed=ndots"), embedding("example=ndots")), (Some(Embedding::default()), None));
        let wanted = Embedding { show: Show::Console, language: Some(Language::Japanese), theme: Some("dark".into()) };
        assert_eq!(embedding(&embedded("w1.abc", &wanted)), Some(wanted));
        assert_eq!((whole("embed=w1.abc&show=yaml"), whole("embed=ndots")), ("w1.abc".into(), "example=ndots".into()));
    }

    #[test]
    fn rows_are_read_in_their_order() {
        let row = [
            "a",
            "names",
            "external",
            "curl b",
            "# 注",
            "t",
            "題",
            "try `b`",
            "試",
            "see",
            "見",
            "b",
            "node/n $ dig b",
        ];
        let row = row.map(str::to_owned);
        let example = Example::from_row(&row);
        assert!(example.is_some_and(|example| {
            let asked = RequestLine { from: "node/n".into(), command: "dig b".into() };
            let tried: Vec<_> = example.attempts(Language::English).collect();
            assert_eq!(tried, [("try ", None), ("b", Some(asked)), ("", None)]);
            assert_eq!(example.workspace("# a\nkind: Pod\n", Language::Japanese).text(), "# 注\nkind: Pod\n");
            (example.title.of(Language::Japanese), example.notice.of(Language::English)) == ("題", "see")
        }));
        assert_eq!(Example::from_row(&row[..10]), None);
    }
}
