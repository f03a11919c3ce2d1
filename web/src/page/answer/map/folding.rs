//! Which of the map's boxes are drawn: pods of one workload on one node as one box where there are many, and what the
//! request does not pass only on demand. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::answer::{Column, Edge, Map, Outcome, Share, Spot};

/// Up to this many pods each has its own box.
const FEW: usize = 12;

/// As many of one workload on one node are worth a box for all.
const CROWD: usize = 4;

/// Beyond this many boxes for crowds, a workload has one for all nodes.
const MOST_CROWDS: usize = 12;

/// Up to this many Services that the request does not pass have their own box.
const FEW_SERVICES: usize = 4;

/// Those Services, as what can be opened.
pub fn all_services() -> Crowd {
    ("service".into(), None)
}

/// Whether a spot stands for Services that the request does not pass: how many.
pub fn services(spot: &Spot) -> Option<u32> {
    (spot.column == Column::Service && spot.crowd > 1).then_some(spot.crowd)
}

fn is_beside(spot: &Spot) -> bool {
    spot.column == Column::Service && !spot.lit
}

/// The pods of a workload, on one node or on all.
pub type Crowd = (Rc<str>, Option<Rc<str>>);

/// The map with the crowds folded that nobody opened, and without what the request does not pass unless that is wanted; and
/// for each spot, those that it stands for.
pub fn folded(map: &Map, rest: bool, open: &BTreeSet<Crowd>) -> (Map, Rc<[Vec<u32>]>) {
    // 1. What stays on the map.
    let kept: Vec<(usize, &Spot)> = map.spots.iter().enumerate().filter(|(_, spot)| rest || spot.lit).collect();
    // 2. Which crowds are folded: only where there is much, and none that is open.
    let pods = kept.iter().filter(|(_, spot)| spot.column == Column::Pod).count();
    let crowds = if pods > FEW { crowds(&kept) } else { BTreeMap::new() };
    let beside = kept.iter().filter(|(_, spot)| is_beside(spot)).count();
    let services = (beside > FEW_SERVICES).then(all_services);
    let crowd_of = |spot: &Spot| {
        let service = services.clone().filter(|_| is_beside(spot));
        service.or_else(|| crowd(spot, &crowds)).filter(|crowd| !open.contains(crowd))
    };
    // 3. Each spot, or the crowd that it joins.
    let mut folded = Map { ways: Vec::new(), ..map.clone() };
    folded.spots = Vec::new();
    let mut places: BTreeMap<usize, u32> = BTreeMap::new();
    let mut known: BTreeMap<Crowd, u32> = BTreeMap::new();
    for (at, spot) in kept {
        let next = folded.spots.len() as u32;
        let place = match crowd_of(spot) {
            None => next,
            Some(crowd) => *known.entry(crowd).or_insert(next),
        };
        places.insert(at, place);
        match folded.spots.get_mut(place as usize) {
            Some(crowd) => join(crowd, spot),
            None => folded.spots.push(crowd_of(spot).map_or_else(|| spot.clone(), |crowd| first(spot, &crowd))),
        }
    }
    // 4. Edges and ways between what is left.
    folded.edges = edges(&map.edges, &places);
    let ways = map.ways.iter().map(|way| {
        let mut way: Vec<u32> = way.iter().filter_map(|at| places.get(&(*at as usize)).copied()).collect();
        way.dedup();
        way.into()
    });
    folded.ways = ways.collect();
    // 5. Whom each spot stands for.
    let mut origins = vec![Vec::new(); folded.spots.len()];
    for (at, place) in places {
        if let Some(origins) = origins.get_mut(place as usize) {
            origins.push(at as u32);
        }
    }
    (folded, origins.into())
}

/// How many pods each crowd has; those that are worth a box.
fn crowds(kept: &[(usize, &Spot)]) -> BTreeMap<Crowd, usize> {
    let count = |by_node: bool| {
        let mut crowds: BTreeMap<Crowd, usize> = BTreeMap::new();
        for (_, spot) in kept {
            if let Some(workload) = spot.pod.as_ref().and_then(|pod| pod.workload.clone()) {
                *crowds.entry((workload, spot.node.clone().filter(|_| by_node))).or_default() += 1;
            }
        }
        crowds.retain(|_, count| *count >= CROWD);
        crowds
    };
    let by_node = count(true);
    if by_node.is_empty() || by_node.len() > MOST_CROWDS { count(false) } else { by_node }
}

/// The crowd of a pod.
fn crowd(spot: &Spot, crowds: &BTreeMap<Crowd, usize>) -> Option<Crowd> {
    let workload = spot.pod.as_ref()?.workload.clone()?;
    let here = (workload.clone(), spot.node.clone());
    let everywhere = (workload, None);
    [here, everywhere].into_iter().find(|crowd| crowds.contains_key(crowd))
}

/// The box of a crowd, with its first pod in it.
fn first(spot: &Spot, crowd: &Crowd) -> Spot {
    let (workload, node) = crowd;
    let name = workload.rsplit([' ', '/']).next().unwrap_or(workload);
    Spot { title: name.into(), note: "".into(), node: node.clone(), crowd: 1, ..spot.clone() }
}

fn join(crowd: &mut Spot, spot: &Spot) {
    crowd.crowd += 1;
    if crowd.column == Column::Service {
        crowd.title = format!("+{}", crowd.crowd).into();
        crowd.place = None;
    }
    crowd.lit |= spot.lit;
    crowd.outcome = match (crowd.outcome, spot.outcome) {
        (Some(one), Some(other)) if one != other => Some(Outcome::Mixed),
        (one, other) => one.or(other),
    };
}

/// The edges between the boxes that are drawn, those between the same boxes added.
fn edges(edges: &[Edge], places: &BTreeMap<usize, u32>) -> Vec<Edge> {
    let mut sums: BTreeMap<(u32, u32), Option<Share>> = BTreeMap::new();
    for edge in edges {
        let place = |at: u32| places.get(&(at as usize)).copied();
        if let Some((from, to)) = place(edge.from).zip(place(edge.to)) {
            let sum = sums.entry((from, to)).or_default();
            *sum = match (*sum, edge.share) {
                (Some(one), Some(other)) => Some(one.plus(other)),
                (one, other) => one.or(other),
            };
        }
    }
    sums.into_iter().map(|((from, to), share)| Edge { from, to, share }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::PodState;

    fn pod(at: usize, nodes: usize) -> Spot {
        let workload: Option<Rc<str>> = Some("deployment default/web".into());
        let state = PodState {
            name: format!("default/web-{at}").into(),
            ready: true,
            terminating: false,
            workload,
            replicas: Some(1),
        };
        let lit = at.is_multiple_of(2);
        Spot {
            node: Some(format!("node-{}", at % nodes).into()),
            lit,
            outcome: lit.then_some(Outcome::Delivered),
            pod: Some(state),
            ..Spot::new(Column::Pod, &format!("web-{at}"), "10.0.0.1")
        }
    }

    fn map(pods: usize, nodes: usize) -> Map {
        let mut spots = vec![Spot { lit: true, ..Spot::new(Column::Client, "outside", "") }];
        spots.extend((0..pods).map(|at| pod(at, nodes)));
        let share = |at: usize| (at % 2 == 1).then_some(Share { numerator: 2, denominator: pods as u64 });
        let edges = (1..=pods).map(|at| Edge { from: 0, to: at as u32, share: share(at) }).collect();
        let ways = (1..=pods).step_by(2).map(|at| Rc::from([0, at as u32])).collect();
        Map { spots, edges, ways, ..Map::default() }
    }

    #[test]
    fn a_few_pods_stay_as_they_are() {
        assert_eq!(folded(&map(3, 3), true, &BTreeSet::new()).0, map(3, 3));
    }

    #[test]
    fn three_hundred_pods_are_a_box_for_each_node() {
        let folded = folded(&map(300, 3), true, &BTreeSet::new()).0;
        assert_eq!(folded.spots.len(), 4);
        assert!(folded.spots.iter().skip(1).all(|spot| spot.crowd == 100 && spot.lit && &*spot.title == "web"));
        let shares = folded.edges.iter().filter_map(|edge| edge.share);
        assert!((shares.map(Share::fraction).sum::<f64>() - 1.0).abs() < 1e-9);
        assert_eq!(folded.ways.len(), 150);
    }

    #[test]
    fn on_many_nodes_there_is_one_box_and_it_opens() {
        let whole = map(300, 60);
        let closed = folded(&whole, true, &BTreeSet::new()).0;
        assert_eq!((closed.spots.len(), closed.spots[1].crowd), (2, 300));
        let open = BTreeSet::from([(Rc::from("deployment default/web"), None)]);
        assert_eq!(folded(&whole, true, &open).0.spots.len(), 301);
    }

    #[test]
    fn what_is_not_passed_is_left_out_on_demand() {
        let folded = folded(&map(4, 2), false, &BTreeSet::new()).0;
        assert_eq!((folded.spots.len(), folded.edges.len()), (3, 2));
    }
}
