//! Asking the core again what a recording asked, on all processors.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::asking::AskedWorld;
use crate::parts::{OraclePart, controllers, data_plane, kubectl, names, requests, validation};
use crate::recording::{RecordedQuestion, Recording};
use crate::verdict::{ComparedAnswer, MeasuredVerdict, Verdict};

/// Which records are asked.
#[derive(Clone, Debug, Default)]
pub struct RecordSelection {
    /// Only those whose id holds this.
    pub only: String,
}

/// At most as many records are taken at a time, so that all processors have work to the end.
const PIECE: usize = 100;

/// Asks everything that is recorded of a part.
pub fn replay(part: OraclePart, selection: &RecordSelection) -> Result<Vec<ComparedAnswer>, String> {
    match part {
        OraclePart::Validation => ask(part, selection, |_, record| validation::compare_document(record)),
        OraclePart::Controllers => in_world(part, selection, controllers::compare_world),
        OraclePart::Kubectl => in_world(part, selection, kubectl::compare_command),
        OraclePart::Names => in_world(part, selection, names::compare_dig),
        OraclePart::NamesSetup => ask(part, selection, |_, record| measured(names::compare_setup(record))),
        OraclePart::Tools => in_world(part, selection, names::compare_tool),
        OraclePart::DataPlane => in_world(part, selection, data_plane::compare_reach),
        OraclePart::Policies => in_world(part, selection, data_plane::compare_policies),
        OraclePart::IngressNginxWebhook => in_world(part, selection, requests::compare_webhook),
        OraclePart::Traefik
        | OraclePart::TraefikGateway
        | OraclePart::TraefikNginxProvider
        | OraclePart::EnvoyGateway
        | OraclePart::IngressNginx => in_world(part, selection, requests::compare_request),
    }
}

/// Of questions that share worlds.
fn in_world<Q: RecordedQuestion>(
    part: OraclePart,
    selection: &RecordSelection,
    compare: fn(&AskedWorld<'_>, &Q) -> Vec<(String, Verdict)>,
) -> Result<Vec<ComparedAnswer>, String> {
    ask(part, selection, |world, record| {
        let verdicts = match world {
            Some(world) => compare(world, record),
            None => vec![("".to_owned(), Verdict::Unknown("its world isn't recorded".to_owned()))],
        };
        measured(verdicts)
    })
}

fn measured(verdicts: Vec<(String, Verdict)>) -> Vec<MeasuredVerdict> {
    let whole = |(question, verdict)| MeasuredVerdict { measure: "", question, verdict };
    verdicts.into_iter().map(whole).collect()
}

fn ask<Q: RecordedQuestion>(
    part: OraclePart,
    selection: &RecordSelection,
    compare: impl Fn(Option<&AskedWorld<'_>>, &Q) -> Vec<MeasuredVerdict> + Sync,
) -> Result<Vec<ComparedAnswer>, String> {
    // 1. What is asked, those of one world together.
    let mut recording = Recording::<Q>::of_part(part.name())?;
    recording.records.retain(|record| record.id().contains(&selection.only));
    recording.records.sort_by(|one, other| one.world().cmp(&other.world()));
    let pieces = pieces(&recording.records);
    // 2. Each processor takes the next piece, and reads the piece's world, which it may have from the one before.
    let next = AtomicUsize::new(0);
    let work = || {
        let mut answers = Vec::new();
        let mut asked: Option<AskedWorld<'_>> = None;
        while let Some(piece) = pieces.get(next.fetch_add(1, Ordering::Relaxed)) {
            let records = &recording.records[piece.clone()];
            let world = records[0].world().and_then(|world| recording.worlds.get(world));
            if asked.as_ref().map(|asked| &asked.recorded.id) != world.map(|world| &world.id) {
                asked = world.map(AskedWorld::read);
            }
            let compared = records.iter().map(|record| (record.id().to_owned(), compare(asked.as_ref(), record)));
            answers.push((piece.start, compared.collect::<Vec<_>>()));
        }
        answers
    };
    // 3. In the order of the recording again.
    let mut pieces_done: BTreeMap<usize, Vec<(String, Vec<MeasuredVerdict>)>> = BTreeMap::new();
    thread::scope(|scope| {
        let workers: Vec<_> = (0..processors()).map(|_| scope.spawn(work)).collect();
        for worker in workers {
            pieces_done.extend(worker.join().expect("the core doesn't panic"));
        }
    });
    let answers = pieces_done.into_values().flatten().flat_map(|(id, verdicts)| {
        verdicts.into_iter().map(move |verdict| ComparedAnswer::new(part, &id, verdict)).collect::<Vec<_>>()
    });
    Ok(answers.collect())
}

/// Neighbours of one world, not too many.
fn pieces<Q: RecordedQuestion>(records: &[Q]) -> Vec<Range<usize>> {
    let mut pieces: Vec<Range<usize>> = Vec::new();
    for (at, record) in records.iter().enumerate() {
        match pieces.last_mut().filter(|piece| piece.len() < PIECE && records[piece.start].world() == record.world()) {
            Some(piece) => piece.end = at + 1,
            None => pieces.push(at..at + 1),
        }
    }
    pieces
}

fn processors() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}
