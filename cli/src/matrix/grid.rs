//! Who reaches whom as a table: a grid where it fits, else for each client a list; clients that fare alike stand together.

use std::collections::BTreeMap;
use std::fmt::Write;

use comfy_table::{ContentArrangement, Table, presets};
use whichpod_core::matrix::{Exposure, ReachCell};

use crate::context::Context;

/// As wide as a table gets where no terminal says.
const WIDEST: usize = 120;
/// As many targets stand side by side.
const COLUMNS: usize = 8;

/// A row: its clients, and what becomes of each target.
struct GridRow<'c> {
    clients: Vec<&'c str>,
    cells: Vec<&'c ReachCell>,
}

/// For people.
pub fn text(cells: &[ReachCell], context: &Context) -> String {
    let targets = targets(cells);
    let rows = rows(cells);
    let width = context.width.unwrap_or(WIDEST);
    let mut out = String::new();
    match targets.len() <= COLUMNS {
        true => {
            let mut table = new_table(width);
            table.set_header(std::iter::once(String::new()).chain(targets.iter().map(|target| (*target).to_owned())));
            for row in &rows {
                let of = |target: &&str| {
                    row.cells.iter().find(|cell| cell.to == *target).map_or("".to_owned(), |cell| short(cell))
                };
                table.add_row(std::iter::once(row.clients.join("\n")).chain(targets.iter().map(of)));
            }
            let _ = writeln!(out, "{}", table.trim_fmt());
        }
        false => rows.iter().for_each(|row| list(&mut out, row)),
    }
    out + &reasons(cells)
}

fn new_table(width: usize) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(width).unwrap_or(u16::MAX));
    table
}

/// A client's targets, those alike in one line.
fn list(out: &mut String, row: &GridRow<'_>) {
    let _ = writeln!(out, "{}", row.clients.join(", "));
    let mut alike: BTreeMap<(bool, String), Vec<&str>> = BTreeMap::new();
    for cell in &row.cells {
        alike.entry((cell.outcome != "delivered", short(cell))).or_default().push(&cell.to);
    }
    for ((_, mark), targets) in alike {
        let _ = writeln!(out, "  {mark:<24} {}", targets.join(" "));
    }
}

/// `✓`, or how it ends, with the policy that denies it.
fn short(cell: &ReachCell) -> String {
    match cell.outcome.as_str() {
        "delivered" => "✓".to_owned(),
        "mixed" => "✓ in part".to_owned(),
        "responded" => match cell.status {
            Some(status) if status < 400 => format!("→ {status}"),
            Some(status) => format!("✗ {status}"),
            None => "✗ responded".to_owned(),
        },
        "dropped" if !cell.policies.is_empty() => {
            format!("✗ {}", cell.policies.iter().cloned().collect::<Vec<_>>().join(", "))
        }
        "dropped" => "✗ times out".to_owned(),
        other => format!("✗ {other}"),
    }
}

/// Why what fails fails, each reason once.
fn reasons(cells: &[ReachCell]) -> String {
    let mut reasons: BTreeMap<&str, Vec<&ReachCell>> = BTreeMap::new();
    for cell in cells.iter().filter(|cell| cell.outcome != "delivered" && !cell.because.is_empty()) {
        reasons.entry(&cell.because).or_default().push(cell);
    }
    let mut out = String::new();
    for (reason, cells) in &reasons {
        let Some(first) = cells.first() else { continue };
        let more = if cells.len() > 1 { format!(" and {} more", cells.len() - 1) } else { String::new() };
        let _ = writeln!(out, "✗ {} → {}{more}: {reason}", first.from, first.to);
    }
    if out.is_empty() { out } else { format!("\n{out}") }
}

fn targets(cells: &[ReachCell]) -> Vec<&str> {
    let mut targets: Vec<&str> = Vec::new();
    for cell in cells {
        if !targets.contains(&cell.to.as_str()) {
            targets.push(&cell.to);
        }
    }
    targets
}

/// The clients in their order, those that fare alike together.
fn rows(cells: &[ReachCell]) -> Vec<GridRow<'_>> {
    let mut rows: Vec<GridRow<'_>> = Vec::new();
    let mut clients: Vec<&str> = Vec::new();
    for cell in cells {
        if !clients.contains(&cell.from.as_str()) {
            clients.push(&cell.from);
        }
    }
    for client in clients {
        let own: Vec<&ReachCell> = cells.iter().filter(|cell| cell.from == client).collect();
        let fares = |cells: &[&ReachCell]| cells.iter().map(|cell| (cell.to.clone(), short(cell))).collect::<Vec<_>>();
        match rows.iter_mut().find(|row| fares(&row.cells) == fares(&own)) {
            Some(row) => row.clients.push(client),
            None => rows.push(GridRow { clients: vec![client], cells: own }),
        }
    }
    rows
}

/// For a pull request.
pub fn markdown(cells: &[ReachCell]) -> String {
    let targets = targets(cells);
    let mut out = format!("| from | {} |\n|---|{}\n", targets.join(" | "), "---|".repeat(targets.len()));
    for row in rows(cells) {
        let of =
            |target: &&str| row.cells.iter().find(|cell| cell.to == *target).map_or(String::new(), |cell| short(cell));
        let _ = writeln!(
            out,
            "| {} | {} |",
            row.clients.join("<br>"),
            targets.iter().map(of).collect::<Vec<_>>().join(" | ")
        );
    }
    let reasons = reasons(cells);
    let listed: String = reasons.lines().filter(|line| !line.is_empty()).map(|line| format!("- {line}\n")).collect();
    if listed.is_empty() { out } else { format!("{out}\n{listed}") }
}

/// For spreadsheets (RFC 4180).
pub fn csv(cells: &[ReachCell]) -> String {
    let quoted = |text: &str| match text.contains([',', '"', '\n']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.to_owned(),
    };
    let mut out = "from,to,outcome,workloads,policies,because\n".to_owned();
    for cell in cells {
        let joined = |set: &std::collections::BTreeSet<String>| set.iter().cloned().collect::<Vec<_>>().join(" ");
        let fields =
            [&cell.from, &cell.to, &cell.outcome, &joined(&cell.workloads), &joined(&cell.policies), &cell.because];
        let _ = writeln!(out, "{}", fields.map(|field| quoted(field)).join(","));
    }
    out
}

/// What each workload is open to.
pub fn exposures(exposures: &[Exposure], context: &Context) -> String {
    let mut table = new_table(context.width.unwrap_or(WIDEST));
    table.set_header(["workload", "from outside", "from inside"]);
    for exposure in exposures {
        table.add_row([exposure.workload.clone(), outside(exposure, "\n"), inside(exposure, "\n")]);
    }
    format!("{}\n", table.trim_fmt())
}

/// The same for a pull request.
pub fn exposures_markdown(exposures: &[Exposure]) -> String {
    let mut out = "| workload | from outside | from inside |\n|---|---|---|\n".to_owned();
    for exposure in exposures {
        let _ =
            writeln!(out, "| {} | {} | {} |", exposure.workload, outside(exposure, "<br>"), inside(exposure, "<br>"));
    }
    out
}

fn outside(exposure: &Exposure, between: &str) -> String {
    match exposure.outside.is_empty() {
        true => "nobody".to_owned(),
        false => exposure.outside.iter().cloned().collect::<Vec<_>>().join(between),
    }
}

fn inside(exposure: &Exposure, between: &str) -> String {
    match (exposure.everybody, exposure.inside.is_empty()) {
        (true, _) => "everybody".to_owned(),
        (false, true) => "nobody".to_owned(),
        (false, false) => exposure.inside.iter().cloned().collect::<Vec<_>>().join(between),
    }
}
