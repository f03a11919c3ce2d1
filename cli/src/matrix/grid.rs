//! Who reaches whom as a table: a grid where it fits, else for each client a list; clients that fare alike stand together.

use std::collections::BTreeMap;
use std::fmt::Write;

use comfy_table::{ContentArrangement, Table, presets};
use whichpod_core::explain::Language;
use whichpod_core::matrix::{Exposure, MatrixCell, ReachCell};

use crate::context::Context;
use crate::text::Style;

/// For pull requests and programs.
const ENGLISH: Style = Style { language: Language::English, colour: false };

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
    let style = Style::of(context);
    let mut out = String::new();
    if targets.len() <= COLUMNS {
        let mut table = new_table(width);
        table.set_header(std::iter::once(String::new()).chain(targets.iter().map(|target| (*target).to_owned())));
        for row in &rows {
            let of = |target: &&str| {
                row.cells.iter().find(|cell| cell.to == *target).map_or("".to_owned(), |cell| short(cell, style))
            };
            table.add_row(std::iter::once(row.clients.join("\n")).chain(targets.iter().map(of)));
        }
        let _ = writeln!(out, "{}", table.trim_fmt());
    } else {
        rows.iter().for_each(|row| list(&mut out, row, style))
    }
    out + &reasons(cells, style)
}

/// A table of this width at most.
pub fn new_table(width: usize) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(width).unwrap_or(u16::MAX));
    table
}

/// A client's targets, those alike in one line.
fn list(out: &mut String, row: &GridRow<'_>, style: Style) {
    let _ = writeln!(out, "{}", row.clients.join(", "));
    let mut alike: BTreeMap<(bool, String), Vec<&str>> = BTreeMap::new();
    for cell in &row.cells {
        alike.entry((cell.outcome != "delivered", short(cell, style))).or_default().push(&cell.to);
    }
    for ((_, mark), targets) in alike {
        let _ = writeln!(out, "  {mark:<24} {}", targets.join(" "));
    }
}

/// `✓`, or how it ends, with the policy that denies it.
fn short(cell: &ReachCell, style: Style) -> String {
    match cell.outcome.as_str() {
        "delivered" => "✓".to_owned(),
        "mixed" => style.say("✓ in part", "✓ 一部").to_owned(),
        "responded" => match cell.status {
            Some(status) if status < 400 => format!("→ {status}"),
            Some(status) => format!("✗ {status}"),
            None => "✗ responded".to_owned(),
        },
        "dropped" if !cell.policies.is_empty() => {
            format!("✗ {}", cell.policies.iter().cloned().collect::<Vec<_>>().join(", "))
        }
        "dropped" => style.say("✗ times out", "✗ タイムアウト").to_owned(),
        other => format!("✗ {other}"),
    }
}

/// Why what fails fails, each reason once.
fn reasons(cells: &[ReachCell], style: Style) -> String {
    let mut reasons: BTreeMap<&str, Vec<&ReachCell>> = BTreeMap::new();
    for cell in cells.iter().filter(|cell| cell.outcome != "delivered" && !cell.because.is_empty()) {
        reasons.entry(&cell.because).or_default().push(cell);
    }
    let mut out = String::new();
    for (reason, cells) in &reasons {
        let Some(first) = cells.first() else { continue };
        let more = match (cells.len() - 1, style.language) {
            (0, _) => String::new(),
            (more, Language::English) => format!(" and {more} more"),
            (more, Language::Japanese) => format!(" ほか {more} 件"),
        };
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
        let fares =
            |cells: &[&ReachCell]| cells.iter().map(|cell| (cell.to.clone(), short(cell, ENGLISH))).collect::<Vec<_>>();
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
        let of = |target: &&str| {
            row.cells.iter().find(|cell| cell.to == *target).map_or(String::new(), |cell| short(cell, ENGLISH))
        };
        let _ = writeln!(
            out,
            "| {} | {} |",
            row.clients.join("<br>"),
            targets.iter().map(of).collect::<Vec<_>>().join(" | ")
        );
    }
    let reasons = reasons(cells, ENGLISH);
    let listed: String = reasons.lines().filter(|line| !line.is_empty()).map(|line| format!("- {line}\n")).collect();
    if listed.is_empty() { out } else { format!("{out}\n{listed}") }
}

/// For spreadsheets (RFC 4180).
pub fn csv(cells: &[ReachCell]) -> String {
    let mut out = "from,to,outcome,workloads,policies,because\n".to_owned();
    for cell in cells {
        let joined = |set: &std::collections::BTreeSet<String>| set.iter().cloned().collect::<Vec<_>>().join(" ");
        let fields =
            [&cell.from, &cell.to, &cell.outcome, &joined(&cell.workloads), &joined(&cell.policies), &cell.because];
        let _ = writeln!(out, "{}", fields.map(|field| quoted(field)).join(","));
    }
    out
}

/// A field as RFC 4180 wants it.
pub fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

/// What each workload is open to.
pub fn exposures(exposures: &[Exposure], context: &Context) -> String {
    let mut table = new_table(context.width.unwrap_or(WIDEST));
    let style = Style::of(context);
    table.set_header([
        style.say("workload", "ワークロード"),
        style.say("from outside", "外部から"),
        style.say("from inside", "内部から"),
    ]);
    for exposure in exposures {
        let (outside, inside) = (outside(exposure, "\n", style), inside(exposure, "\n", style));
        table.add_row([exposure.workload.clone(), outside, inside]);
    }
    format!("{}\n", table.trim_fmt())
}

/// The same for a pull request.
pub fn exposures_markdown(exposures: &[Exposure]) -> String {
    let mut out = "| workload | from outside | from inside |\n|---|---|---|\n".to_owned();
    for exposure in exposures {
        let _ = writeln!(
            out,
            "| {} | {} | {} |",
            exposure.workload,
            outside(exposure, "<br>", ENGLISH),
            inside(exposure, "<br>", ENGLISH)
        );
    }
    out
}

/// The same for spreadsheets.
pub fn exposures_csv(exposures: &[Exposure]) -> String {
    let mut out = "workload,outside,inside\n".to_owned();
    for exposure in exposures {
        let fields = [exposure.workload.clone(), outside(exposure, " ", ENGLISH), inside(exposure, " ", ENGLISH)];
        let _ = writeln!(out, "{}", fields.map(|field| quoted(&field)).join(","));
    }
    out
}

/// Every pod against every port, for a pull request.
pub fn pods_markdown(cells: &[MatrixCell]) -> String {
    let mut out = "| from | service | port | address | outcome | pods |\n|---|---|---|---|---|---|\n".to_owned();
    for cell in cells {
        let pods = cell.pods.iter().cloned().collect::<Vec<_>>().join("<br>");
        let address = cell.address.as_deref().unwrap_or("-");
        let _ = writeln!(
            out,
            "| {} | {} | {} | {address} | {} | {pods} |",
            cell.from, cell.service, cell.port, cell.outcome
        );
    }
    out
}

fn outside(exposure: &Exposure, between: &str, style: Style) -> String {
    if exposure.outside.is_empty() {
        style.say("nobody", "なし").to_owned()
    } else {
        exposure.outside.iter().cloned().collect::<Vec<_>>().join(between)
    }
}

fn inside(exposure: &Exposure, between: &str, style: Style) -> String {
    match (exposure.everybody, exposure.inside.is_empty()) {
        (true, _) => style.say("everybody", "全員").to_owned(),
        (false, true) => style.say("nobody", "なし").to_owned(),
        (false, false) => exposure.inside.iter().cloned().collect::<Vec<_>>().join(between),
    }
}
