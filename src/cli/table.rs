//! Rows of text as a table, or, where the terminal is too narrow for one, each row as a block of lines. Prints nothing.

/// The lines of a table: columns with two blanks between them, the last one not padded. Where that is wider than `width`, each
/// row is a block instead: its first cell, and below it the others under their names, without those that say nothing (`-`).
pub(super) fn lines(head: &[&str], rows: &[Vec<String>], width: Option<usize>) -> Vec<String> {
    let widest = |n: usize| rows.iter().map(|row| row[n].chars().count()).chain([head[n].len()]).max().unwrap_or(0);
    let widths: Vec<usize> = (0..head.len()).map(widest).collect();
    let total = widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1);
    if width.is_some_and(|width| total > width) {
        return rows.iter().flat_map(|row| block(head, row)).collect();
    }
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let padded = cells.zip(&widths).map(|(cell, width)| format!("{cell}{}", " ".repeat(width - cell.chars().count())));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let first = line(&mut head.iter().copied());
    [first].into_iter().chain(rows.iter().map(|row| line(&mut row.iter().map(String::as_str)))).collect()
}

fn block(head: &[&str], row: &[String]) -> Vec<String> {
    let name = head.iter().map(|name| name.len()).max().unwrap_or(0);
    let cells = head.iter().zip(row).skip(1).filter(|(_, cell)| !cell.is_empty() && *cell != "-");
    let first = row.first().cloned().unwrap_or_default();
    [first].into_iter().chain(cells.map(|(head, cell)| format!("  {head:name$}  {cell}"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_that_the_terminal_is_too_narrow_for_is_told_in_blocks() {
        let rows = [["A_TOKEN", "github", "-"], ["B", "a server", "old"]].map(|row| row.map(str::to_owned).to_vec());
        let head = ["VARIABLE", "SERVER", "STATE"];
        let table = ["VARIABLE  SERVER    STATE", "A_TOKEN   github    -", "B         a server  old"];
        assert_eq!(lines(&head, &rows, None), table);
        assert_eq!(lines(&head, &rows, Some(25)), table);
        assert_eq!(
            lines(&head, &rows, Some(24)),
            ["A_TOKEN", "  SERVER    github", "B", "  SERVER    a server", "  STATE     old"]
        );
    }
}
