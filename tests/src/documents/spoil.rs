//! One change to a document.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::place::{self, PlaceSchema, PlaceStep, ValueForm};

/// Random numbers from a seed (splitmix64), so that a change is the same wherever it is made.
pub(super) struct Chance {
    state: u64,
}

impl Chance {
    pub(super) fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }

    fn one_of<'v, T>(&mut self, values: &'v [T]) -> Option<&'v T> {
        values.get(self.below(values.len()))
    }
}

/// Texts that hands write and readers stumble over.
const TEXTS: &[&str] = &[
    "",
    "a",
    "web",
    "Bad_Value!",
    "a/b",
    "a b",
    "a.b",
    "a_b",
    "A",
    "-x",
    "x-",
    "0",
    "1",
    "80",
    "http",
    "*",
    "/",
    "../b",
    "/a",
    "*.example.com",
    "example.com",
    "EXAMPLE.com",
    "example.com.",
    "example.com/x",
    "a/b/c",
    "10.0.0.1",
    "10.0.0.300",
    "10.0.0.0/8",
    "10.0.0.1/8",
    "010.0.0.1",
    "fd00::1",
    "fd00::/64",
    "::ffff:10.0.0.1",
    "127.0.0.1",
    "169.254.1.1",
    "224.0.0.1",
    "0.0.0.0",
    "::1",
    "None",
    "none",
    "true",
    "100%",
    "101%",
    "-1",
    "1.5",
    "1Gi",
    "1m5",
    "-1Mi",
    "100m",
    "5s",
    "1h",
    "2026-01-01T00:00:00Z",
    "TCP",
    "tcp",
    "In",
    "Exists",
    "NoSchedule",
    "Always",
    "Never",
    "spec.foo",
    "metadata.labels",
    "kubernetes.io/x",
    "$(X)",
    "http://example.com",
    "^[a-z",
    "é",
    "toolongportname1",
    "Local",
    "Cluster",
    "Service",
];

const NUMBERS: &[i64] = &[
    -1,
    0,
    1,
    2,
    53,
    80,
    100,
    101,
    511,
    512,
    1000,
    10250,
    29999,
    30000,
    32768,
    65535,
    65536,
    86400,
    86401,
    2_000_000_000,
    2_147_483_648,
];

/// By the names of fields.
type KnownValues = BTreeMap<String, Vec<Value>>;

/// Changes one thing.
pub(super) fn spoil(document: &mut Value, chance: &mut Chance, values: &KnownValues) {
    let places = place::places(document);
    let Some(place) = chance.one_of(&places).cloned() else { return };
    let schema = place::schema_at(document, &place);
    match chance.below(12) {
        0 => place::remove(document, &place),
        1..=3 => add_field(document, &place, chance, values),
        4 | 5 => replace(document, &place, known_value(&place, chance, values)),
        6 => replace(document, &place, Some(other_form(chance))),
        _ => spoil_value(document, &place, schema, chance, values),
    }
}

fn replace(document: &mut Value, place: &[PlaceStep], value: Option<Value>) {
    if let Some((slot, value)) = place::at(document, place).zip(value) {
        *slot = value;
    }
}

/// What stands in a field of this name elsewhere.
fn known_value(place: &[PlaceStep], chance: &mut Chance, values: &KnownValues) -> Option<Value> {
    let name = place.iter().rev().find_map(|step| match step {
        PlaceStep::Field(name) => Some(name),
        PlaceStep::Item(_) => None,
    })?;
    let value = chance.one_of(values.get(name)?)?.clone();
    match (place.last(), value) {
        (Some(PlaceStep::Item(_)), Value::Array(items)) => chance.one_of(&items).cloned(),
        (_, value) => Some(value),
    }
}

fn other_form(chance: &mut Chance) -> Value {
    let forms = [
        json!(null),
        json!(5),
        json!(true),
        json!("text"),
        json!("yes"),
        json!([]),
        json!({}),
        json!([1]),
        json!({"m": 1}),
        json!(1.5),
        json!("7"),
        json!(["l"]),
    ];
    chance.one_of(&forms).cloned().unwrap_or_default()
}

/// Puts a field in beside or below the place.
fn add_field(document: &mut Value, place: &[PlaceStep], chance: &mut Chance, values: &KnownValues) {
    let is_object = place::at(document, place).is_some_and(|value| value.is_object());
    let place = if is_object { place } else { place.split_last().map_or(place, |(_, parent)| parent) };
    if chance.below(12) == 0 {
        let name = ["zzz", "Name", "nmae"][chance.below(3)];
        if let Some(Value::Object(fields)) = place::at(document, place) {
            fields.insert(name.to_owned(), json!(1));
        }
        return;
    }
    let Some(schema) = place::schema_at(document, place) else { return };
    let Some(Value::Object(fields)) = place::at(document, place) else { return };
    let mut missing = schema.fields();
    missing.retain(|(name, _)| !fields.contains_key(name) && !matches!(name.as_str(), "status" | "managedFields"));
    if let Some((name, inner)) = chance.one_of(&missing) {
        fields.insert(name.clone(), made(name, *inner, chance, values, 0));
    }
}

const DEEPEST: usize = 4;

/// A value for a field: a known one, or a new one of its form.
fn made(name: &str, schema: PlaceSchema, chance: &mut Chance, values: &KnownValues, depth: usize) -> Value {
    let known = values.get(name).filter(|_| chance.below(2) == 0);
    if let Some(value) = known.and_then(|known| chance.one_of(known)) {
        return value.clone();
    }
    if let Some(value) = chance.one_of(schema.only_values()) {
        return value.clone();
    }
    match schema.form() {
        ValueForm::Text => json!(text(chance)),
        ValueForm::Time => json!(["2026-01-01T00:00:00Z", "yesterday", ""][chance.below(3)]),
        ValueForm::Number => json!(number(chance)),
        ValueForm::Truth => json!(chance.below(2) == 0),
        ValueForm::Quantity => json!(["1", "100m", "1Gi", "-1", "1m5", "0"][chance.below(6)]),
        ValueForm::NumberOrText if chance.below(2) == 0 => json!(number(chance)),
        ValueForm::NumberOrText => json!(text(chance)),
        ValueForm::List(inner) if depth < DEEPEST => {
            (0..chance.below(3)).map(|_| made(name, inner, chance, values, depth + 1)).collect()
        }
        ValueForm::Map(inner) if depth < DEEPEST => {
            let entries =
                (0..chance.below(3)).map(|_| (text(chance).to_owned(), made(name, inner, chance, values, depth + 1)));
            Value::Object(entries.collect())
        }
        ValueForm::Object if depth < DEEPEST => {
            let fields = schema.fields();
            let mut object = Map::new();
            for _ in 0..chance.below(4) {
                if let Some((name, inner)) = chance.one_of(&fields) {
                    object.insert(name.clone(), made(name, *inner, chance, values, depth + 1));
                }
            }
            Value::Object(object)
        }
        ValueForm::List(_) => json!([]),
        ValueForm::Map(_) | ValueForm::Object => json!({}),
    }
}

fn text(chance: &mut Chance) -> String {
    match chance.below(20) {
        0 => "x".repeat(64),
        1 => "x".repeat(300),
        _ => chance.one_of(TEXTS).copied().unwrap_or_default().to_owned(),
    }
}

fn number(chance: &mut Chance) -> i64 {
    chance.one_of(NUMBERS).copied().unwrap_or_default()
}

/// Another value of the same form.
fn spoil_value(
    document: &mut Value,
    place: &[PlaceStep],
    schema: Option<PlaceSchema>,
    chance: &mut Chance,
    values: &KnownValues,
) {
    let Some(value) = place::at(document, place) else { return };
    match value {
        Value::String(_) => {
            let only = schema.map(PlaceSchema::only_values).unwrap_or_default();
            let other = chance.one_of(only).cloned();
            *value = match other {
                Some(other) if chance.below(2) == 0 => other,
                _ => json!(text(chance)),
            };
        }
        Value::Number(_) => *value = json!(number(chance)),
        Value::Bool(truth) => *truth = !*truth,
        Value::Array(items) => match chance.below(5) {
            0 => items.clear(),
            1 => items.push(Value::Null),
            2 => items.push(if items.first().is_some_and(Value::is_object) { json!({}) } else { json!("") }),
            _ => items.extend(items.first().cloned()),
        },
        Value::Object(_) if chance.below(4) == 0 => *value = json!({}),
        Value::Object(fields) => {
            if let Some((name, Some(schema))) = place.last().map(|step| (step, schema))
                && let PlaceStep::Field(name) = name
            {
                *value = made(name, schema, chance, values, 0);
            } else {
                fields.clear();
            }
        }
        Value::Null => *value = other_form(chance),
    }
}
