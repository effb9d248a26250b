//! What an import did or would do, for people.

use serde_json::Value;

use super::outcome::line;

/// Columns named in a line.
const MOST_COLUMNS: usize = 30;
/// Runs of rows named in a line.
const MOST_RUNS: usize = 8;

/// Writes the report.
pub fn show(report: &Value, dry_run: bool) {
    lines(report, dry_run).iter().for_each(|text| line(text));
}

fn lines(report: &Value, dry_run: bool) -> Vec<String> {
    let number = |name: &str| report[name].as_u64().unwrap_or_default();
    let would = if dry_run { "would be " } else { "" };
    let detected = match report["delimiter"].as_str() {
        Some(delimiter) => format!(", separated by {delimiter:?}"),
        None => String::new(),
    };
    let comma = if report["decimal_comma"].as_bool() == Some(true) { ", decimal comma" } else { "" };
    let mut lines = vec![
        format!("{} rows ({}{detected}{comma})", number("rows"), report["encoding"].as_str().unwrap_or("UTF-8")),
        format!("  {would}new {}, {would}changed {}, unchanged {}", number("new"), number("changed"), number("unchanged")),
    ];
    let fields = report["columns"]["fields"].as_array().into_iter().flatten().map(taken).collect::<Vec<_>>();
    let named = |list: &str| report["columns"][list].as_array().into_iter().flatten().map(|name| text(name).to_owned()).collect::<Vec<_>>();
    for (what, names) in [("columns", fields), ("columns taken as specs", named("specs")), ("columns not used", named("ignored"))] {
        lines.extend((!names.is_empty()).then(|| format!("  {what}: {}", shortened(&names, MOST_COLUMNS))));
    }
    lines.extend(report["notes"].as_array().into_iter().flatten().map(|note| format!("  note: {}", text(note))));
    lines.extend(rejected(report));
    if let Some(id) = report["import_id"].as_str().filter(|id| !id.is_empty() && !dry_run) {
        lines.push(format!("  import {id}"));
    }
    lines
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// `Selling price as price`, or only the name where the two are the same.
fn taken(taken: &Value) -> String {
    let (column, field) = (text(&taken["column"]), text(&taken["field"]));
    if column == field { column.to_owned() } else { format!("{column} as {field}") }
}

fn shortened(names: &[String], most: usize) -> String {
    let more = if names.len() > most { format!(" and {} more", names.len() - most) } else { String::new() };
    format!("{}{more}", names.iter().take(most).map(String::as_str).collect::<Vec<_>>().join(", "))
}

/// Rows rejected for the same reason stand in one line.
fn rejected(report: &Value) -> Vec<String> {
    let mut reasons: Vec<(String, Vec<u64>)> = Vec::new();
    for rejected in report["rejected"].as_array().into_iter().flatten() {
        let reason = format!("{}: {} ({})", text(&rejected["field"]), text(&rejected["reason"]), text(&rejected["hint"]));
        let row = rejected["row"].as_u64().unwrap_or_default();
        // The reasons of a large file are few, or each its own: the last ones are looked at.
        match reasons.iter_mut().rev().take(50).find(|(other, _)| *other == reason) {
            Some((_, rows)) => rows.push(row),
            None => reasons.push((reason, vec![row])),
        }
    }
    reasons
        .into_iter()
        .map(|(reason, rows)| {
            let word = if rows.len() == 1 { "row" } else { "rows" };
            format!("  {word} {} {reason}", shortened(&runs(&rows), MOST_RUNS))
        })
        .collect()
}

/// `1, 2, 3, 7` as `1-3`, `7`.
fn runs(rows: &[u64]) -> Vec<String> {
    let mut runs: Vec<(u64, u64)> = Vec::new();
    for row in rows {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == *row => *last = *row,
            _ => runs.push((*row, *row)),
        }
    }
    runs.into_iter().map(|(first, last)| if first == last { first.to_string() } else { format!("{first}-{last}") }).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_same_reason_is_said_once() {
        let reject = |row: u64, field: &str| json!({"row": row, "field": field, "reason": "is missing", "hint": "write it"});
        let report = json!({"rows": 9, "new": 1, "changed": 0, "unchanged": 0, "encoding": "UTF-8", "delimiter": ";", "import_id": "imp-1",
            "columns": {"fields": [{"column": "sku", "field": "sku"}, {"column": "Qty", "field": "stock"}], "specs": ["EAN"], "ignored": []},
            "notes": ["look here"], "rejected": [reject(1, "sku"), reject(2, "sku"), reject(3, "name"), reject(5, "sku")]});
        assert_eq!(
            lines(&report, true),
            [
                "9 rows (UTF-8, separated by \";\")",
                "  would be new 1, would be changed 0, unchanged 0",
                "  columns: sku, Qty as stock",
                "  columns taken as specs: EAN",
                "  note: look here",
                "  rows 1-2, 5 sku: is missing (write it)",
                "  row 3 name: is missing (write it)",
            ]
        );
    }
}
