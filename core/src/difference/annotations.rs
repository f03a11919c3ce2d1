//! What becomes of each Ingress' annotations in the other set: which carry over, which do nothing there, which change an
//! answer, with a request that shows it.

use std::collections::BTreeSet;

use serde::Serialize;

use super::facts::{self, AnswerFacts, ChangeKind};
use super::probe::{ProbeAsk, ProbeRequest, ProbeSide};
use super::requests::hosts_of_ingress;
use super::{DerivedRequests, LeftOut};
use crate::ingress::{AnnotationUse, annotation_field, annotation_use};
use crate::language::{BilingualText, Language};
use crate::model::Ingress;
use crate::simulation::Simulation;
use crate::source::{FieldPath, FieldRef, Location, ObjectRef};

/// An Ingress of the old set, in the new one.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct IngressFate {
    /// `default/shop`
    pub ingress: String,
    /// Where it stands.
    pub file: Option<String>,
    /// From 1.
    pub line: Option<u32>,
    /// How many requests were asked at its hosts.
    pub requests: usize,
    /// How many of them land differently; other headers don't count.
    pub changed: usize,
    /// Its controller's annotations, in the order of their names.
    pub annotations: Vec<AnnotationFate>,
    /// How many requests land differently for which no annotation accounts.
    pub others: usize,
    /// One of those.
    pub example: Option<AnnotationExample>,
}

/// An annotation in the new set.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AnnotationFate {
    /// With its prefix.
    pub name: String,
    /// What it says.
    pub value: String,
    /// What becomes of it.
    pub outcome: AnnotationOutcome,
    /// Why, in a sentence.
    pub why: String,
    /// How many requests depend on it, in either set.
    pub requests: usize,
    /// How many of those are answered differently.
    pub changed: usize,
    /// One that shows it.
    pub example: Option<AnnotationExample>,
    /// Where it stands.
    pub file: Option<String>,
    /// From 1.
    pub line: Option<u32>,
}

/// A request that shows what an annotation does.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AnnotationExample {
    /// Who asks.
    pub from: String,
    /// The command.
    pub command: String,
    /// The old answer.
    pub before: String,
    /// What the old set would answer without the annotation; null where no annotation accounts for it.
    pub without: Option<String>,
    /// The new answer.
    pub after: String,
}

/// What becomes of an annotation, weightiest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum AnnotationOutcome {
    /// A request that depends on it is answered differently.
    Changes,
    /// What depends on it isn't known there, or wasn't known before.
    Unknown,
    /// It is read there, and was not before.
    Begins,
    /// It isn't read there, and no request that was asked is answered differently for it.
    DoesNothing,
    /// It is read there, and no request that was asked is answered differently for it.
    CarriesOver,
    /// The new set has no such Ingress, and no request depends on it.
    Unseen,
}

impl AnnotationOutcome {
    /// In words.
    pub fn title(self, language: Language) -> &'static str {
        let (english, japanese) = match self {
            Self::Changes => ("changes the answer", "答えが変わる"),
            Self::Unknown => ("not known", "不明"),
            Self::Begins => ("begins to count", "有効になる"),
            Self::DoesNothing => ("does nothing there", "移行先では効果なし"),
            Self::CarriesOver => ("carries over", "引き継がれる"),
            Self::Unseen => ("no request shows it", "リクエストには現れない"),
        };
        BilingualText::new(english, japanese).of(language)
    }
}

/// Two sets, and what both answered.
#[derive(Clone, Copy)]
pub struct IngressQuestion<'q> {
    /// The old set.
    pub old: &'q Simulation,
    /// The new one.
    pub new: &'q Simulation,
    /// What was asked of both.
    pub requests: &'q DerivedRequests,
    /// The old answers, request by request.
    pub before: &'q [Option<AnswerFacts>],
    /// The new ones.
    pub after: &'q [Option<AnswerFacts>],
    /// Of the words.
    pub language: Language,
}

/// A request that both sets answer.
#[derive(Clone, Copy)]
struct AnsweredRequest<'q> {
    at: usize,
    request: &'q ProbeRequest,
    before: &'q AnswerFacts,
    after: &'q AnswerFacts,
}

/// How a request shows an annotation: the less the better.
type ExampleRank = (bool, bool, bool, bool, ChangeKind, usize);

/// Requests that depend on an annotation.
#[derive(Default)]
struct Dependents {
    requests: usize,
    /// Those that are answered differently for it.
    changed: BTreeSet<usize>,
    /// Whether all of those are because one side isn't known.
    all_unknown: bool,
    /// The one that shows it best.
    best: Option<(ExampleRank, AnnotationExample)>,
}

impl IngressQuestion<'_> {
    /// What becomes of every Ingress of the old set, and how many annotations beyond `limit` were passed over.
    pub fn answer(&self, limit: usize) -> (Vec<IngressFate>, Option<LeftOut>) {
        // 1. Each annotation of each Ingress: what is answered without it.
        let mut left = limit;
        let mut passed_over = 0;
        let mut fates = Vec::new();
        let mut accounted: BTreeSet<usize> = BTreeSet::new();
        for (namespace, name, ingress) in self.old.plane.cluster.ingresses.iter() {
            let reference = ObjectRef::namespaced("Ingress", namespace, name);
            let asked = self.at_hosts(&hosts_of_ingress(ingress));
            let mut annotations = Vec::new();
            for (annotation, value) in ingress.metadata.annotations.iter() {
                let uses = [self.old, self.new].map(|set| use_of(set, &reference, annotation));
                if uses.iter().all(Option::is_none) {
                    continue;
                }
                if left == 0 {
                    passed_over += 1;
                    continue;
                }
                left -= 1;
                let dependents = self.dependents(&reference, annotation, uses, &asked);
                accounted.extend(&dependents.changed);
                annotations.push(self.fate(&reference, (annotation, value), uses, dependents));
            }
            fates.push((reference, asked, annotations));
        }
        // 2. What lands differently, and for no annotation of any Ingress.
        let fates = fates.into_iter().map(|(reference, asked, annotations)| {
            let changed: Vec<&AnsweredRequest<'_>> = asked.iter().filter(|one| one.lands_differently()).collect();
            let others = changed.iter().filter(|one| !accounted.contains(&one.at) && one.concerns(&reference));
            let others: Vec<&&AnsweredRequest<'_>> = others.collect();
            let shortest = others.iter().min_by_key(|one| (one.request.command.len(), &one.request.command));
            let place = self.place(&reference.field(FieldPath::root()));
            IngressFate {
                ingress: reference.qualified_name(),
                file: place.as_ref().map(|place| place.file.to_string()),
                line: place.map(|place| place.line),
                requests: asked.len(),
                changed: changed.len(),
                annotations,
                others: others.len(),
                example: shortest.map(|one| one.example()),
            }
        });
        (fates.collect(), (passed_over > 0).then_some(LeftOut::Annotations(passed_over)))
    }

    /// What was asked at these hosts and has an answer in both sets.
    fn at_hosts(&self, hosts: &BTreeSet<Option<String>>) -> Vec<AnsweredRequest<'_>> {
        let answers = self.requests.requests.iter().zip(self.before.iter().zip(self.after)).enumerate();
        let is_theirs = |request: &ProbeRequest| match &request.ask {
            ProbeAsk::Http(http) => hosts.contains(&http.host),
            ProbeAsk::Command => hosts_in(&request.command).any(|word| hosts.contains(&Some(word.to_owned()))),
            _ => false,
        };
        let answered = answers.filter_map(|(at, (request, (before, after)))| {
            Some(AnsweredRequest { at, request, before: before.as_ref()?, after: after.as_ref()? })
        });
        answered.filter(|one| is_theirs(one.request)).collect()
    }

    /// The requests whose answer is another without the annotation, in one of the sets.
    fn dependents(
        &self,
        ingress: &ObjectRef,
        annotation: &str,
        uses: [Option<AnnotationUse>; 2],
        asked: &[AnsweredRequest<'_>],
    ) -> Dependents {
        // 1. Each set that reads it, without it.
        let bare = |set: &Simulation, it: Option<AnnotationUse>| {
            let may_tell = !matches!(it, None | Some(AnnotationUse::Unread | AnnotationUse::Passes));
            may_tell.then(|| set.without_annotation(ingress, annotation))
        };
        let [old_use, new_use] = uses;
        let (old, new) = (bare(self.old, old_use), bare(self.new, new_use));
        let (old, new) = (old.as_ref().map(ProbeSide::new), new.as_ref().map(ProbeSide::new));
        let mut found = Dependents { all_unknown: true, ..Dependents::default() };
        for one in asked {
            let without = |side: &Option<ProbeSide<'_>>| side.as_ref().and_then(|side| side.answer(one.request));
            let (old, new) = (without(&old), without(&new));
            let (bare_before, bare_after) = (old.as_ref().unwrap_or(one.before), new.as_ref().unwrap_or(one.after));
            let effects = [facts::difference(one.before, bare_before), facts::difference(one.after, bare_after)];
            let effects = effects.map(|effect| effect.map(|(kind, _, _)| kind));
            if effects == [None, None] {
                continue;
            }
            found.requests += 1;
            let Some(change) = facts::difference(one.before, one.after) else { continue };
            // 2. Another landing is its doing if the landing depends on it, other headers if headers do. What differs without it
            //    just so isn't, unless it is a landing that the old set has from it.
            let kind = change.0;
            let is_its = effects.into_iter().flatten().any(|effect| is_landing(effect) == is_landing(kind));
            let is_old = facts::difference(one.before, bare_before).is_some();
            let is_lost = is_landing(kind) && is_old;
            if !is_its || !is_lost && facts::difference(bare_before, bare_after) == Some(change) {
                continue;
            }
            found.changed.insert(one.at);
            found.all_unknown &= kind == ChangeKind::Unknown;
            // 3. It is shown best where the new set answers as the old one would without it.
            let as_without = facts::difference(bare_before, one.after).is_none_or(|(kind, _, _)| !is_landing(kind));
            let reaches_pod = [one.before, bare_before, one.after].into_iter().any(AnswerFacts::reaches_pod);
            let length = one.request.command.len();
            let rank = (kind == ChangeKind::Unknown, !is_old, !as_without, !reaches_pod, kind, length);
            if found.best.as_ref().is_none_or(|(best, _)| rank < *best) {
                let [before, without, after] = facts::tell_apart([one.before, bare_before, one.after]);
                let without = old_use.is_some().then_some(without);
                found.best = Some((rank, AnnotationExample { before, without, after, ..one.example() }));
            }
        }
        found
    }

    fn fate(
        &self,
        ingress: &ObjectRef,
        (name, value): (&str, &str),
        uses: [Option<AnnotationUse>; 2],
        dependents: Dependents,
    ) -> AnnotationFate {
        let is_read = |it: Option<AnnotationUse>| !matches!(it, None | Some(AnnotationUse::Unread));
        let there =
            self.new.plane.cluster.ingresses.get(ingress.namespace.as_deref().unwrap_or_default(), &ingress.name);
        let changed = dependents.changed.len();
        let not_modelled = uses.contains(&Some(AnnotationUse::NotModelled));
        let outcome = match (uses, there) {
            _ if changed > 0 && !dependents.all_unknown => AnnotationOutcome::Changes,
            _ if changed > 0 || not_modelled => AnnotationOutcome::Unknown,
            ([Some(AnnotationUse::Depends(_)), new], Some(_)) if !is_read(new) => AnnotationOutcome::Changes,
            ([Some(AnnotationUse::Depends(_)), _], None) => AnnotationOutcome::Unknown,
            ([old, new], Some(_)) if !is_read(old) && is_read(new) => AnnotationOutcome::Begins,
            ([_, new], Some(_)) if !is_read(new) => AnnotationOutcome::DoesNothing,
            (_, None) if dependents.requests == 0 => AnnotationOutcome::Unseen,
            (_, _) => AnnotationOutcome::CarriesOver,
        };
        let place = self.place(&annotation_field(ingress, name));
        AnnotationFate {
            name: name.to_owned(),
            value: value.to_owned(),
            outcome,
            why: self.why(uses, there.map(|ingress| &**ingress), dependents.requests, changed),
            requests: dependents.requests,
            changed,
            example: dependents.best.map(|(_, example)| example),
            file: place.as_ref().map(|place| place.file.to_string()),
            line: place.map(|place| place.line),
        }
    }

    /// Who reads it, and how many requests depend on it.
    fn why(
        &self,
        [old, new]: [Option<AnnotationUse>; 2],
        there: Option<&Ingress>,
        requests: usize,
        changed: usize,
    ) -> String {
        use AnnotationUse::{Depends, NotModelled, Passes, Unread};
        let read = match (old, new, there) {
            (_, _, None) => BilingualText::new("the new set has no such Ingress", "新しいほうに同名の Ingress はない"),
            (_, Some(Passes), _) => BilingualText::new(
                "it is read there, and says nothing about where a request goes",
                "移行先も読み取る（行き先には関わらない）",
            ),
            (Some(Passes), _, _) => BilingualText::new(
                "it isn't read there; it says nothing about where a request goes",
                "移行先は読み取らない（行き先には関わらない）",
            ),
            (_, None | Some(Unread), _) => BilingualText::new("it isn't read there", "移行先は読み取らない"),
            _ => BilingualText::new("it is read there", "移行先も読み取る"),
        };
        let not_modelled = BilingualText::new("what it does isn't modelled", "何をするかはモデル化していない");
        let rule = match (old, new) {
            (Some(NotModelled), _) | (_, Some(NotModelled)) => Some(not_modelled.of(self.language)),
            (Some(Depends(rule)), _) | (_, Some(Depends(rule))) => Some(rule.words().of(self.language)),
            _ => None,
        };
        let rule = rule.filter(|_| changed == 0);
        let depend = match (requests, changed, self.language) {
            (0, _, Language::English) => "no request that was asked depends on it".to_owned(),
            (0, _, Language::Japanese) => "調べたリクエストには関わらない".to_owned(),
            (all, 0, Language::English) => {
                format!("requests that depend on it: {all}, none answered differently for it")
            }
            (all, 0, Language::Japanese) => {
                format!("関わるリクエスト {all} 件のうち、これによって答えが変わるものはない")
            }
            (all, _, Language::English) => {
                format!("requests that depend on it: {all}, answered differently: {changed}")
            }
            (all, _, Language::Japanese) => format!("関わるリクエスト {all} 件のうち {changed} 件の答えが変わる"),
        };
        let parts = [read.of(self.language), rule.unwrap_or(&depend)];
        parts.join(BilingualText::new("; ", "。").of(self.language))
    }

    fn place(&self, field: &FieldRef) -> Option<Location> {
        self.old.manifests.locate(field)
    }
}

impl AnsweredRequest<'_> {
    /// Whether more changes than headers.
    fn lands_differently(&self) -> bool {
        facts::difference(self.before, self.after).is_some_and(|(kind, _, _)| is_landing(kind))
    }

    /// Whether a rule of the Ingress decided, or nobody's.
    fn concerns(&self, ingress: &ObjectRef) -> bool {
        let begins = format!("Ingress {} ", ingress.qualified_name());
        let mut rules =
            [self.before, self.after].into_iter().flat_map(|it| it.landings.keys()).flat_map(|it| &it.rules);
        let of_ingresses: Vec<&String> = rules.by_ref().filter(|rule| rule.starts_with("Ingress ")).collect();
        of_ingresses.is_empty() || of_ingresses.iter().any(|rule| rule.starts_with(&begins))
    }

    fn example(&self) -> AnnotationExample {
        let [before, after] = facts::tell_apart([self.before, self.after]);
        let ProbeRequest { from, command, .. } = self.request;
        AnnotationExample { from: from.clone(), command: command.clone(), before, without: None, after }
    }
}

/// The words of a command that can be hosts.
fn hosts_in(command: &str) -> impl Iterator<Item = &str> {
    command.split(|one: char| !(one.is_ascii_alphanumeric() || matches!(one, '.' | '-' | '*')))
}

/// Whether a change is one of the landing.
fn is_landing(kind: ChangeKind) -> bool {
    kind < ChangeKind::Headers
}

/// What the controller that serves the Ingress in a set does with an annotation.
fn use_of(set: &Simulation, ingress: &ObjectRef, annotation: &str) -> Option<AnnotationUse> {
    let plane = &set.plane;
    let found = plane.cluster.ingresses.get(ingress.namespace.as_deref().unwrap_or_default(), &ingress.name)?;
    annotation_use(plane.controllers.serving(&plane.cluster, found)?, annotation)
}
