//! What the page shows, as plain values: the worker makes them from the core's, components draw them.
//!
//! Texts are in the language of the question already, as fragments ([`Fragment`]); everything else is closed enums, so
//! that colour, icon and label are chosen by the page.

pub use whichpod_core::trace::ConnectionPurpose;

use std::rc::Rc;

use num_rational::Ratio;
use num_traits::CheckedAdd;
use serde::{Deserialize, Serialize};

use crate::workspace::RequestLine;

/// Everything that follows from one [`crate::protocol::Question`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// Why the command could not be read; then there is no verdict.
    pub complaint: Option<Text>,
    /// Where the request lands.
    pub verdict: Option<Rc<Verdict>>,
    /// Where it lands under other circumstances, if those were asked for; or why that cannot be asked.
    pub instead: Option<Result<Rc<Verdict>, Text>>,
    /// What is wrong with the manifests, or worth knowing.
    pub problems: Rc<[Problem]>,
    /// Who can ask.
    pub clients: Rc<[ClientGroup]>,
    /// Requests that make sense with these manifests.
    pub suggestions: Rc<[Suggestion]>,
    /// What a command can name, for completing it.
    pub targets: Rc<[Target]>,
    /// Objects that were read from the texts.
    pub objects: u32,
    /// In which kind of cluster.
    pub presets: Rc<Presets>,
    /// The roll-outs that can be stepped through.
    pub rollouts: Rc<[Rollout]>,
    /// The request, if only the worker with the console's tools can answer it.
    pub beyond: Option<RequestLine>,
}

impl Answer {
    /// Whether the question makes sense with these manifests: the client is there, and what it asks for is in the cluster.
    pub fn suits(&self) -> bool {
        let lost = |verdict: &Rc<Verdict>| {
            matches!(verdict.outcome, Outcome::External | Outcome::Unresolved | Outcome::Unroutable)
        };
        self.complaint.is_none() && !self.verdict.as_ref().is_some_and(lost)
    }
}

/// A Deployment's roll-out, at one of its steps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rollout {
    /// `default/web`.
    pub deployment: Rc<str>,
    /// From 1; behind the last where it is over and would not get so far if it were made again.
    pub step: u32,
    /// The last one.
    pub last: u32,
    /// What happened in the step.
    pub text: Rc<str>,
}

/// Clusters as their installers make them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presets {
    /// The names of all.
    pub all: Vec<Rc<str>>,
    /// The name of the one at work.
    pub chosen: Rc<str>,
    /// The versions of Kubernetes that can be followed.
    pub versions: Vec<Rc<str>>,
    /// The one that is.
    pub version: Rc<str>,
}

/// Where one request lands, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// The command it answers.
    pub command: Rc<str>,
    /// Of all landings together.
    pub outcome: Outcome,
    /// The answer in one sentence.
    pub sentence: Text,
    /// Where it can land, with exact shares.
    pub landings: Vec<Landing>,
    /// Where requests landed that were sent one after another.
    pub sent: Option<Sent>,
    /// The walk of the first landing, from the name lookup to the port.
    pub legs: Vec<Leg>,
    /// The same as a picture.
    pub map: Map,
    /// Pods on which it cannot land, each with the reason.
    pub others: Vec<Other>,
    /// What the tool would print, where that is certain.
    pub printed: Option<Printed>,
    /// What the answer depends on that is not modelled.
    pub not_modelled: Vec<Text>,
    /// Where nothing listens at a node: the same at the controller of the Ingresses.
    pub advised: Option<RequestLine>,
}

impl Verdict {
    /// Why it ends so, if all landings have the same reason.
    pub fn why(&self) -> Option<&Text> {
        let first = &self.landings.first()?.why;
        let same = self.landings.iter().all(|landing| landing.why == *first);
        (same && !first.is_empty()).then_some(first)
    }
}

/// What the client sees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Outcome {
    /// A pod's container port took it.
    Delivered,
    /// The name was found, and nothing more was asked.
    Found,
    /// A proxy answered by itself.
    Responded,
    /// Connection refused at once.
    Refused,
    /// Silence until the client gives up.
    Dropped,
    /// No rule and no route takes it there.
    Unroutable,
    /// There is no such name.
    Unresolved,
    /// The client breaks the TLS handshake off.
    TlsFailed,
    /// The name was looked up in vain: nobody answered, or nothing of use.
    Unanswered,
    /// It leaves the cluster.
    External,
    /// It depends on something that is not modelled.
    #[default]
    Unknown,
    /// Landings differ.
    Mixed,
}

/// A sentence, or several.
pub type Text = Vec<Fragment>;

/// A piece of a sentence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Fragment {
    /// Plain words.
    Words(Rc<str>),
    /// A name, an address, a command: set in the fixed-width face.
    Code(Rc<str>),
    /// An object or a field somebody wrote: a link to its lines.
    Link(Rc<str>, Place),
}

/// Lines in one of the texts, counted from 1, in Unicode characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// Which text, from 0.
    pub file: u32,
    /// First line.
    pub line: u32,
    /// First column.
    pub column: u32,
    /// Last line.
    pub end_line: u32,
    /// One past the last column.
    pub end_column: u32,
}

impl Place {
    /// Whether another place lies within the lines of this one.
    pub fn holds(&self, other: &Self) -> bool {
        self.file == other.file && self.line <= other.line && other.end_line <= self.end_line
    }
}

/// One place where the request can land.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Landing {
    /// `1/3`, `50 %`.
    pub share: Share,
    /// What happens there.
    pub outcome: Outcome,
    /// The pod, the status, the address: what it is called.
    pub title: Text,
    /// What settled that; empty where there is nothing more to say.
    pub why: Text,
    /// The pod's node.
    pub node: Option<Rc<str>>,
    /// Where it is: address and port.
    pub address: Option<Rc<str>>,
    /// Whom the pod thinks it is talking to.
    pub source: Option<Rc<str>>,
    /// What a proxy in front of it speaks to it: `http`, `https`, `grpc`.
    pub protocol: Option<Rc<str>>,
}

/// An exact share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// Above the line.
    pub numerator: u64,
    /// Below the line, never 0.
    pub denominator: u64,
}

/// Requests that were sent one after another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sent {
    /// Of the sending: a later one has another.
    pub number: u32,
    /// Where each landed, as a position in the list of landings.
    pub arrivals: Rc<[u32]>,
}

/// A part of the walk: the lookup, a connection, a proxied connection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Leg {
    /// What it is for.
    pub purpose: ConnectionPurpose,
    /// The steps.
    pub hops: Vec<Hop>,
}

/// One component deciding about one packet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hop {
    /// Who did what, in a sentence.
    pub sentence: Text,
    /// The packet that it decided about: `10.244.1.2 → 10.96.0.10:53, db.default.svc.cluster.local. A`.
    pub packet: Rc<str>,
    /// What the decision means for the packet.
    pub turn: Turn,
    /// What it changed.
    pub changes: Vec<Change>,
    /// Fields that settled it, or rules that hold because nobody wrote one.
    pub because: Vec<Text>,
    /// Who was considered, those that were taken first.
    pub candidates: Vec<Candidate>,
    /// How many more there were that are not listed.
    pub more: u32,
    /// Which spot of the map it happens at.
    pub spot: Option<u32>,
}

/// What a decision does with a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Turn {
    /// Unchanged, on to the next.
    Pass,
    /// Changed, on to the next.
    Rewrite,
    /// Answered.
    Answer,
    /// Taken over by a proxy.
    Proxy,
    /// Arrived.
    Deliver,
    /// Left the cluster.
    Leave,
    /// Swallowed.
    Drop,
    /// Refused.
    Refuse,
    /// In vain.
    Fail,
    /// Not modelled.
    Unknown,
}

/// A field of a packet that a hop changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// Which.
    pub field: PacketField,
    /// Before.
    pub before: Rc<str>,
    /// After.
    pub after: Rc<str>,
}

/// The fields of a packet that a walk shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PacketField {
    /// From whom.
    Source,
    /// To whom.
    Destination,
    /// The Host header.
    Host,
    /// The path.
    Path,
}

/// Somebody who could have been chosen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// What it is.
    pub what: Text,
    /// What became of it.
    pub fate: Fate,
    /// Why, if it lost.
    pub reason: Text,
}

/// What became of a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fate {
    /// Taken.
    Chosen,
    /// One of those among which chance decides, with its share.
    Eligible(Share),
    /// Out.
    Rejected,
}

/// A pod on which the request cannot land.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Other {
    /// `default/web-1`.
    pub pod: Rc<str>,
    /// Its lines.
    pub place: Option<Place>,
    /// Why not.
    pub reason: Text,
}

/// The output of the tool.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Printed {
    /// Standard output, or what the tool would say on standard error.
    pub text: Rc<str>,
    /// The exit status.
    pub exit: i32,
}

/// The picture: columns from left to right, with what stands in them, and the lines between.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Map {
    /// Everything that stands in a column.
    pub spots: Vec<Spot>,
    /// Lines between spots, by position in `spots`.
    pub edges: Vec<Edge>,
    /// For each of the listed landings the spots that its way passes.
    pub ways: Vec<Rc<[u32]>>,
    /// How many pods there are beyond those in `spots`.
    pub more: u32,
}

/// A box of the picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spot {
    /// In which column.
    pub column: Column,
    /// What is written large.
    pub title: Rc<str>,
    /// What is written small.
    pub note: Rc<str>,
    /// The node on which it stands; pods of a node are framed together.
    pub node: Option<Rc<str>>,
    /// Whether the request can pass here.
    pub lit: bool,
    /// What happens here, if the request ends here.
    pub outcome: Option<Outcome>,
    /// Its lines.
    pub place: Option<Place>,
    /// If it is a pod of the texts: what can be done with it. Of a crowd, its first pod.
    pub pod: Option<PodState>,
    /// How many pods it stands for; 0 if it is none or one.
    pub crowd: u32,
    /// Why the request does not come here.
    pub why: Text,
}

/// How a pod of the picture is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PodState {
    /// `default/web-1`.
    pub name: Rc<str>,
    /// The Ready condition.
    pub ready: bool,
    /// Whether it is being deleted.
    pub terminating: bool,
    /// What made it: `deployment default/web`.
    pub workload: Option<Rc<str>>,
    /// How many replicas that has, if it stands in the texts and has any.
    pub replicas: Option<u32>,
}

impl Spot {
    /// A box beside the way.
    pub fn new(column: Column, title: &str, note: &str) -> Self {
        Self {
            column,
            title: title.into(),
            note: note.into(),
            node: None,
            lit: false,
            outcome: None,
            place: None,
            pod: None,
            crowd: 0,
            why: Text::new(),
        }
    }
}

/// The columns of the picture, from left to right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Column {
    /// Who asks.
    Client,
    /// The name that is looked up.
    Name,
    /// Where it enters the cluster: a node, a load balancer.
    Entrance,
    /// The proxy that chooses by host and path.
    Route,
    /// The Service.
    Service,
    /// Nodes with their pods, and everything else where a request can end.
    Pod,
}

/// A line of the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edge {
    /// From which spot.
    pub from: u32,
    /// To which spot.
    pub to: u32,
    /// With which share; None where the request does not pass.
    pub share: Option<Share>,
}

/// A way into the cluster, or a Service inside, with what comes of asking there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entrance {
    /// What was written for it.
    pub object: Text,
    /// Who asks, and what.
    pub request: RequestLine,
    /// How it ends; None where nothing can be asked.
    pub outcome: Option<Outcome>,
    /// The answer in one sentence, or why there is none.
    pub sentence: Text,
    /// What decided it.
    pub why: Text,
}

/// Two sets of manifests, request by request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// "3 of 120 requests are answered differently."
    pub headline: Rc<str>,
    /// What is answered differently, weightiest first.
    pub changes: Vec<AnswerChange>,
    /// Under another controller: what becomes of each Ingress.
    pub ingresses: Vec<IngressFate>,
    /// What was not asked, and why.
    pub not_asked: Vec<Rc<str>>,
}

/// Requests whose answers differ in the same way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AnswerChange {
    /// "goes to another backend"
    pub title: Rc<str>,
    /// How many requests.
    pub count: u32,
    /// One that shows it.
    pub example: RequestLine,
    /// How that is answered before, and why.
    pub before: Text,
    /// How it is answered now, and why.
    pub after: Text,
    /// The first of the others.
    pub others: Vec<RequestLine>,
}

/// An Ingress under another controller.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IngressFate {
    /// "Ingress default/shop: 3 of 12 requests at its hosts land differently"
    pub headline: Rc<str>,
    /// Each of its annotations; last, what differs for other reasons.
    pub parts: Vec<FatePart>,
}

/// An annotation under another controller.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FatePart {
    /// "carries over"
    pub title: Rc<str>,
    /// `nginx.ingress.kubernetes.io/use-regex: true`; empty where none accounts for it.
    pub annotation: Text,
    /// Why.
    pub why: Rc<str>,
    /// A request that shows it, with its answers.
    pub example: Option<FateExample>,
}

/// A request, and how it is answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FateExample {
    /// The request.
    pub request: RequestLine,
    /// Now.
    pub before: Rc<str>,
    /// Now, were the annotation not there.
    pub without: Option<Rc<str>>,
    /// Under the other controller.
    pub after: Rc<str>,
}

/// What `kubectl get` prints of one kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// `pods`, as kubectl calls it.
    pub resource: Rc<str>,
    /// The heads of the columns.
    pub columns: Vec<Rc<str>>,
    /// The lines.
    pub rows: Vec<Row>,
    /// How many more there are that are not listed.
    pub more: u32,
}

/// A line of a [`Table`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// None for what belongs to no namespace.
    pub namespace: Option<Rc<str>>,
    /// The cells, one per column.
    pub cells: Vec<Cell>,
}

/// A cell of a [`Table`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// What it says.
    pub text: Rc<str>,
    /// The lines of the object that it names.
    pub place: Option<Place>,
}

/// Something wrong with the manifests, or worth knowing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Problem {
    /// How bad.
    pub severity: Severity,
    /// What.
    pub message: Text,
    /// What to do.
    pub help: Text,
    /// Where; None for what stands in no text.
    pub place: Option<Place>,
    /// The edit that mends it.
    pub fix: Option<Mend>,
}

/// An edit that mends a problem.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mend {
    /// What is replaced.
    pub place: Place,
    /// What stands there now: if it doesn't any more, the edit is void.
    pub before: Rc<str>,
    /// What stands there afterwards.
    pub after: Rc<str>,
}

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Severity {
    /// A real API server or kubectl refuses it.
    Error,
    /// Accepted, but surely not meant.
    Warning,
    /// Worth knowing.
    Info,
}

/// Clients that belong together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClientGroup {
    /// What they are.
    pub kind: ClientKind,
    /// The clients: as after `--from`, and how they are shown.
    pub clients: Vec<Client>,
    /// How many more there are that are not listed.
    pub more: u32,
}

/// What a group of clients is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClientKind {
    /// Outside the cluster.
    Outside,
    /// Nodes.
    Nodes,
    /// Pods of one workload: `deployment default/web`.
    Workload(Rc<str>),
    /// Pods that belong to no workload.
    Pods,
}

/// Somebody who can ask.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Client {
    /// As after `--from`.
    pub from: Rc<str>,
    /// How it is shown; empty for outside.
    pub title: Rc<str>,
}

/// A request that makes sense with these manifests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Suggestion {
    /// As after `--from`.
    pub from: Rc<str>,
    /// The command.
    pub command: Rc<str>,
}

/// Something that a command can name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Target {
    /// A host, a Service's name or an address.
    pub name: Rc<str>,
    /// The namespace in which the name needs nothing after it.
    pub namespace: Option<Rc<str>>,
    /// What it is: `ingress default/shop`.
    pub what: Rc<str>,
    /// Its ports; none where only those that a scheme brings are of use.
    pub ports: Vec<u16>,
    /// Its paths; none where any will do.
    pub paths: Vec<Rc<str>>,
}

impl Share {
    /// All of it.
    pub const WHOLE: Self = Self { numerator: 1, denominator: 1 };

    /// For a person: `100 %`, `33.3 %`.
    pub fn percent(self) -> String {
        whichpod_core::trace::share::percent(self.fraction())
    }

    /// Both together. Exact as long as 64 bits hold it.
    pub fn plus(self, other: Self) -> Self {
        let ratio = |share: Self| Ratio::new(share.numerator, share.denominator.max(1));
        match ratio(self).checked_add(&ratio(other)) {
            Some(sum) => Self { numerator: *sum.numer(), denominator: *sum.denom() },
            None => {
                let sum = self.fraction() + other.fraction();
                Self { numerator: (sum * 1e9).round() as u64, denominator: 1_000_000_000 }
            }
        }
    }

    /// From 0 to 1, for the length of a bar.
    pub fn fraction(self) -> f64 {
        self.numerator as f64 / self.denominator.max(1) as f64
    }
}

impl Fragment {
    /// What is read aloud, without the link.
    pub fn plain(&self) -> &Rc<str> {
        match self {
            Self::Words(text) | Self::Code(text) | Self::Link(text, _) => text,
        }
    }
}

/// A text without its links.
pub fn plain(text: &[Fragment]) -> String {
    text.iter().map(|fragment| &**fragment.plain()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_exactly() {
        let share = |numerator, denominator| Share { numerator, denominator };
        assert_eq!(share(1, 3).plus(share(1, 6)), share(1, 2));
        assert_eq!(share(1, 2).plus(share(1, 2)), Share::WHOLE);
    }
}
