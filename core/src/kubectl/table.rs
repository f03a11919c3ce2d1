//! Columns as kubectl aligns them (text/tabwriter with a padding of blanks).

/// Lines of cells, each column as wide as its widest cell and the padding; the last cell of a line isn't padded.
/// `least` is the least width of a column.
pub fn align_columns(rows: &[Vec<String>], least: usize, padding: usize) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        let cells = rows.iter().filter(|row| row.len() > column + 1).filter_map(|row| row.get(column));
        (cells.map(|cell| cell.chars().count()).max().unwrap_or(0) + padding).max(least)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let lines = rows.iter().map(|row| {
        let last = row.len().saturating_sub(1);
        let cells = row.iter().zip(&widths).enumerate();
        let line: String = cells
            .map(|(column, (cell, width))| if column == last { cell.clone() } else { padded(cell, *width) })
            .collect();
        format!("{line}\n")
    });
    lines.collect()
}

/// A text with blanks behind it; Rust's own format takes no width beyond 16 bits.
pub fn padded(text: &str, width: usize) -> String {
    let missing = width.saturating_sub(text.chars().count());
    format!("{text}{}", " ".repeat(missing))
}

/// Lines whose cells end with tabs, as text/tabwriter aligns them: a column is as wide as in the lines around it that have
/// it too, and two blanks wider.
pub fn align_tabs(text: &str) -> String {
    let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split('\t').collect()).collect();
    let width = |line: usize, column: usize| {
        let cell =
            |line: &Vec<&str>| line.get(column).filter(|_| line.len() > column + 1).map(|cell| cell.chars().count());
        let after = lines.iter().skip(line).map_while(cell);
        let before = lines.iter().take(line).rev().map_while(cell);
        before.chain(after).max().unwrap_or(0) + 2
    };
    let aligned = lines.iter().enumerate().map(|(number, line)| {
        let cells = line.iter().enumerate().map(|(column, cell)| {
            if column + 1 == line.len() { (*cell).to_owned() } else { padded(cell, width(number, column)) }
        });
        cells.collect::<String>() + "\n"
    });
    aligned.collect()
}

/// At most three of a list, and how many more: `a,b,c + 2 more...`; `<none>` for an empty one.
pub fn first_three(list: &[String]) -> String {
    match list {
        [] => "<none>".to_owned(),
        [a, b, c, more @ ..] if !more.is_empty() => format!("{a},{b},{c} + {} more...", more.len()),
        all => all.join(","),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_column_is_not_padded() {
        let rows = [vec!["NAME".to_owned(), "AGE".to_owned()], vec!["web-long".to_owned(), "1d".to_owned()]];
        assert_eq!(align_columns(&rows, 6, 3), "NAME       AGE\nweb-long   1d\n");
    }

    #[test]
    fn columns_are_those_of_the_lines_around() {
        let text = "Name:\ta\nSubsets:\n  Addresses:\t10.0.0.1\n    N\tP\n\nEvents:\t<none>\n";
        let aligned = "Name:  a\nSubsets:\n  Addresses:  10.0.0.1\n    N         P\n\nEvents:  <none>\n";
        assert_eq!(align_tabs(text), aligned);
    }

    #[test]
    fn more_than_three_are_counted() {
        let list: Vec<String> = (1..=5).map(|number| number.to_string()).collect();
        assert_eq!(first_three(&list), "1,2,3 + 2 more...");
        assert_eq!(first_three(&[]), "<none>");
    }
}
