//! The rows of a table of objects.

use super::{NamespaceScope, ObjectQuery};
use crate::model::Labels;

pub const UNKNOWN: &str = "<unknown>";
pub const NONE: &str = "<none>";

/// The objects of a query as a table.
pub struct ObjectTable {
    pub columns: Vec<String>,
    /// What -o wide adds.
    pub wide: Vec<String>,
    pub rows: Vec<TableRow>,
}

/// A line of the table.
pub struct TableRow {
    /// The object's namespace; empty for those that have none.
    pub namespace: String,
    /// The object's name, for those that are asked for by name.
    pub name: String,
    /// Its labels, for --show-labels and -L.
    pub labels: Labels,
    /// The cells, the name among them.
    pub cells: Vec<String>,
}

impl ObjectTable {
    pub fn of(columns: &[&str], wide: &[&str], rows: Vec<TableRow>) -> Self {
        let owned = |titles: &[&str]| titles.iter().map(ToString::to_string).collect();
        Self { columns: owned(columns), wide: owned(wide), rows }
    }
}

/// A row, behind its namespace with -A.
pub fn namespaced_row(
    query: &ObjectQuery,
    namespace: &str,
    name: &str,
    labels: &Labels,
    cells: Vec<String>,
) -> TableRow {
    let mut line: Vec<String> = Vec::new();
    if query.namespace == NamespaceScope::All {
        line.push(namespace.to_owned());
    }
    line.push(named(query, name));
    line.extend(cells);
    TableRow { namespace: namespace.to_owned(), name: name.to_owned(), labels: labels.clone(), cells: line }
}

/// A name, with its kind where several are asked for.
pub fn named(query: &ObjectQuery, name: &str) -> String {
    if query.with_kind { format!("{}/{name}", query.resource.singular()) } else { name.to_owned() }
}

/// A row without namespace.
pub fn cluster_scoped_row(query: &ObjectQuery, name: &str, labels: &Labels, cells: Vec<String>) -> TableRow {
    let cells = std::iter::once(named(query, name)).chain(cells).collect();
    TableRow { namespace: String::new(), name: name.to_owned(), labels: labels.clone(), cells }
}
