//! How much is read, followed and said, however large or hostile the input: every limit by name. What goes beyond one is
//! named in the answer, never cut off in silence.

/// How many findings are kept; beyond that nobody reads on, and a text may have millions.
pub const MAX_FINDINGS: usize = 1000;

/// How deep lists and maps may nest. Kubernetes' own deepest kinds (schemas in CustomResourceDefinitions) stay below 100.
pub const MAX_DEPTH: usize = 400;

/// How many values aliases may bring into one document; go-yaml draws a similar line against alias bombs.
pub const MAX_ALIASED_NODES: usize = 100_000;

/// How many values aliases may bring into all documents together.
pub const MAX_ALIASED_NODES_OF_ALL: usize = 1_000_000;

/// How deep the brackets and negations of a Traefik rule may nest.
pub const MAX_RULE_DEPTH: usize = 100;

/// How many Middlewares a request may pass, those of chains counted each time.
pub const MAX_MIDDLEWARES: usize = 1000;

/// How many directives the imports of a Corefile may bring in.
pub const MAX_IMPORTED_DIRECTIVES: usize = 10_000;

/// How long the product of a text and a replacement may be: the most that `$1` can make of a path.
pub const MAX_EXPANSION: usize = 16 * 1024 * 1024;

/// How many redirects in a row are followed; curl's own default is 50.
pub const MAX_REDIRECTS: usize = 1000;

/// How many requests the redirects of one may make, where they fork.
pub const MAX_REQUESTS: usize = 10_000;

/// How long an URL may be that a redirect leads to.
pub const MAX_URL: usize = 1024 * 1024;

/// How many connections proxies behind proxies may open for one request.
pub const MAX_CONNECTIONS: usize = 10_000;

/// How many ends of one connection are told apart, once a packet goes from node to node.
pub const MAX_LANDINGS: usize = 20_000;

/// How many ways through one lookup are told apart, where chance decides which resolver outside is asked.
pub const MAX_LOOKUP_WAYS: usize = 256;

/// A limit that an answer ran into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::VariantArray)]
pub enum AnswerLimit {
    /// [`MAX_REDIRECTS`]
    Redirects,
    /// [`MAX_REQUESTS`]
    Requests,
    /// [`MAX_URL`]
    UrlLength,
    /// [`MAX_CONNECTIONS`]
    Connections,
    /// [`MAX_LANDINGS`]
    Landings,
    /// [`MAX_LOOKUP_WAYS`]
    LookupWays,
}

impl AnswerLimit {
    /// What isn't followed: `more than 1000 redirects in a row`.
    pub fn text(self) -> String {
        match self {
            Self::Redirects => format!("more than {MAX_REDIRECTS} redirects in a row"),
            Self::Requests => format!("more than {MAX_REQUESTS} requests that redirects ask for"),
            Self::UrlLength => format!("a redirect to an URL of more than {MAX_URL} bytes"),
            Self::Connections => format!("more than {MAX_CONNECTIONS} connections of proxies behind proxies"),
            Self::Landings => format!("more than {MAX_LANDINGS} ways from node to node"),
            Self::LookupWays => format!("more than {MAX_LOOKUP_WAYS} ways through the resolvers outside"),
        }
    }
}

/// Whether replacing parts of a text may make more than [`MAX_EXPANSION`] of it.
pub fn expands_too_far(text: &str, replacement: &str) -> bool {
    (text.len() + 1).saturating_mul(replacement.len()) > MAX_EXPANSION
}
