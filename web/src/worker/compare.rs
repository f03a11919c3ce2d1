//! Which requests the manifests answer otherwise than before, or under another controller.

use std::rc::Rc;

use whichpod_core::cluster::SettingOverrides;
use whichpod_core::difference::{
    self, AnnotationExample, AnnotationFate, ChangeGroup, DifferenceReport, ExampleAnswer, ProbeLine, ProbeSide,
};
use whichpod_core::simulation::Simulation;
use whichpod_core::source::Sources;

use super::answering::Answering;
use crate::answer::{AnswerChange, Comparison, FateExample, FatePart, Fragment, IngressFate, Place, Text};
use crate::language::Language;
use crate::protocol::CompareWith;
use crate::workspace::RequestLine;

/// As many requests are asked of both: a few seconds in a browser.
const MOST_REQUESTS: usize = 5_000;

/// As many annotations are tried under another controller.
const MOST_ANNOTATIONS: usize = 60;

impl Answering {
    /// Asks both sets for everything that either suggests.
    pub(super) fn compare(&mut self, with: CompareWith, language: Language) -> Rc<Comparison> {
        // 1. The other set, which stays as long as it is the one.
        let kept = self.compared.take().filter(|(kept, _)| *kept == with);
        let (with, other) = kept.unwrap_or_else(|| {
            let simulation = self.compared_with(&with);
            (with, simulation)
        });
        // 2. Another controller is what comes; other manifests are what was.
        let here = &self.simulation.manifests.sources;
        let (old, new, links, annotations) = match with {
            CompareWith::Controller(_) => (&self.simulation, &other, [Some(here), Some(here)], MOST_ANNOTATIONS),
            CompareWith::Baseline(_) => (&other, &self.simulation, [None, Some(here)], 0),
        };
        // 3. Everything is asked of both.
        let requests = difference::derive_requests(&[&old.plane.cluster, &new.plane.cluster], MOST_REQUESTS);
        let answers = [old, new].map(|set| ProbeSide::new(set).answers(&requests.requests));
        let report = difference::compare_answers(("", old), ("", new), &requests, answers, language, annotations);
        let comparison = comparison(&report, links);
        self.compared = Some((with, other));
        Rc::new(comparison)
    }

    fn compared_with(&self, with: &CompareWith) -> Simulation {
        match with {
            CompareWith::Baseline(files) => {
                let sources = Sources::new(files.iter().map(|file| (&*file.name, file.text.whole())));
                Simulation::new(sources, &SettingOverrides::default())
            }
            CompareWith::Controller(controller) => self.simulation.serve_as(*controller),
        }
    }
}

/// In the page's terms; `links` are the texts, before and after, whose lines can be opened.
fn comparison(report: &DifferenceReport, links: [Option<&Sources>; 2]) -> Comparison {
    Comparison {
        headline: difference::headline(report).into(),
        changes: report.groups.iter().map(|group| change(group, links)).collect(),
        ingresses: report.ingresses.iter().map(|one| ingress(one, report.language, links)).collect(),
        not_asked: report.not_asked.iter().map(|left_out| left_out.as_str().into()).collect(),
    }
}

fn ingress(fate: &difference::IngressFate, language: Language, [here, _]: [Option<&Sources>; 2]) -> IngressFate {
    let annotation = |fate: &AnnotationFate| FatePart {
        title: fate.outcome.title(language).into(),
        annotation: name_and_place(fate, here),
        why: fate.why.as_str().into(),
        example: fate.example.as_ref().map(example),
    };
    let others = (fate.others > 0).then(|| FatePart {
        title: difference::others_headline(fate, language).into(),
        annotation: Vec::new(),
        why: "".into(),
        example: fate.example.as_ref().map(example),
    });
    IngressFate {
        headline: difference::ingress_headline(fate, language).into(),
        parts: fate.annotations.iter().map(annotation).chain(others).collect(),
    }
}

fn name_and_place(fate: &AnnotationFate, sources: Option<&Sources>) -> Text {
    let name = format!("{}: {}", fate.name, difference::first_line(&fate.value));
    let mut text = vec![Fragment::Code(name.into()), Fragment::Words(" ".into())];
    text.extend(fate.file.as_ref().zip(fate.line).map(|(file, line)| line_link(file, line, sources)));
    text
}

fn example(example: &AnnotationExample) -> FateExample {
    FateExample {
        request: RequestLine { from: example.from.as_str().into(), command: example.command.as_str().into() },
        before: example.before.as_str().into(),
        without: example.without.as_deref().map(Into::into),
        after: example.after.as_str().into(),
    }
}

fn change(group: &ChangeGroup, [old, new]: [Option<&Sources>; 2]) -> AnswerChange {
    let example =
        RequestLine { from: group.example.from.as_str().into(), command: group.example.command.as_str().into() };
    let others = group.requests.iter().map(line).filter(|line| *line != example);
    AnswerChange {
        title: group.title.as_str().into(),
        count: group.count as u32,
        before: answer(&group.before, &group.example.before, old),
        after: answer(&group.after, &group.example.after, new),
        others: others.collect(),
        example,
    }
}

fn line(line: &ProbeLine) -> RequestLine {
    RequestLine { from: line.from.as_str().into(), command: line.command.as_str().into() }
}

/// What differs, then the whole answer: what it comes to, why, and the line that decided.
fn answer(differing: &str, answer: &ExampleAnswer, sources: Option<&Sources>) -> Text {
    // A header that is gone leaves nothing to show.
    let mut text = match differing {
        "" => vec![Fragment::Words(answer.summary.as_str().into())],
        _ => vec![Fragment::Code(differing.into()), Fragment::Words(format!(" · {}", answer.summary).into())],
    };
    if !answer.why.is_empty() {
        text.push(Fragment::Words(format!(" · {}", answer.why).into()));
    }
    if let (Some(file), Some(line)) = (&answer.file, answer.line) {
        text.push(Fragment::Words(" ".into()));
        text.push(line_link(file, line, sources));
    }
    text
}

/// A line of a file; a link where its text is at hand.
fn line_link(file: &str, line: u32, sources: Option<&Sources>) -> Fragment {
    let at = sources.and_then(|sources| sources.iter().find(|(_, source)| *source.name == *file));
    let name = format!("{file}:{line}").into();
    match at {
        Some((id, _)) => Fragment::Link(name, Place { file: id.0, line, column: 1, end_line: line, end_column: 1 }),
        None => Fragment::Code(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::plain;
    use crate::protocol::{Done, Task, Texts};
    use crate::workspace::Workspace;
    use whichpod_core::ingress::IngressImplementation;

    const WEB: &str = "
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web-1, labels: {app: web}}
spec: {containers: [{name: c, image: nginx}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, annotations: {nginx.ingress.kubernetes.io/use-regex: \"true\"}}
spec:
  ingressClassName: nginx
  rules: [{host: web.example.com, http: {paths: [{path: /a, pathType: ImplementationSpecific, backend: {service: {name: web, port: {number: 80}}}}]}}]
";

    fn compared(text: &str, with: CompareWith) -> Rc<Comparison> {
        let texts = Texts::All(Workspace::of(text, "", "").files);
        match Answering::default().perform(&texts, Task::Compare { with, language: Language::English }) {
            Done::Compared(comparison) => comparison,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_answered_otherwise_than_before_is_told_with_its_line() {
        let before = || CompareWith::Baseline(Workspace::of(WEB, "", "").files);
        assert!(compared(WEB, before()).changes.is_empty());
        let broken = compared(&WEB.replace("selector: {app: web}", "selector: {app: wep}"), before());
        let Some(change) = broken.changes.first() else { panic!("{broken:?}") };
        assert!(plain(&change.before).contains("web-1"), "{change:?}");
        assert!(!plain(&change.after).contains("pod default/web-1"), "{change:?}");
    }

    #[test]
    fn another_controller_is_what_comes() {
        let other = compared(WEB, CompareWith::Controller(IngressImplementation::Traefik));
        assert!(other.headline.contains("answered differently"), "{other:?}");
        let [ingress] = other.ingresses.as_slice() else { panic!("{other:?}") };
        // Traefik also writes %61 as a, whatever is annotated.
        let [part, other] = ingress.parts.as_slice() else { panic!("{ingress:?}") };
        assert!(plain(&part.annotation).contains("use-regex: true"), "{part:?}");
        let Some(example) = &part.example else { panic!("{part:?}") };
        assert_eq!((&*part.title, &*example.after), ("changes the answer", "404"), "{part:?}");
        assert_eq!(&*other.title, "for another reason than its annotations: 1 request", "{other:?}");
    }
}
