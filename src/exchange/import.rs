//! Importing: rows to records, records against the store, a report that counts exactly.

use std::collections::HashSet;

use serde::Serialize;
use serde_json::Value;

use super::columns::{self, Columns, Missing};
use super::convert::{self, Context, Fault, Fields};
use super::currency;
use super::dates;
use super::detect;
use super::references::References;
use super::rows::{self, ReadError, Rejected, Row, Table};
use crate::domain::record::RecordKind;
use crate::domain::time::Moment;
use crate::store::command::{Guard, PutOutcome, PutRecords, RecordWrite};
use crate::store::rows::AuditRow;
use crate::store::{ShopRecord, Store, StoreError};
use crate::turn::library::CATALOGUE_BLOB;

/// Records written in one transaction: turns wait no longer than a moment for it.
const CHUNK: usize = 500;

/// How an import is done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options {
    /// Only say what would happen.
    pub dry_run: bool,
    /// Change nothing when any row is rejected.
    pub strict: bool,
}

/// What an import did, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Name of the import, for the audit trail.
    pub import_id: String,
    /// Rows in the file.
    pub rows: usize,
    /// Records that were not there.
    pub new: u32,
    /// Records that were different.
    pub changed: u32,
    /// Records that were the same.
    pub unchanged: u32,
    /// Rows that were not used.
    pub rejected: Vec<Rejected>,
    /// Whether anything was written.
    pub applied: bool,
    /// Encoding of the file.
    pub encoding: String,
    /// Separator of a table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<char>,
    /// Whether numbers had a decimal comma.
    pub decimal_comma: bool,
    /// Which column was taken for what.
    pub columns: Columns,
    /// What the shopkeeper should know, one sentence each.
    pub notes: Vec<String>,
}

/// Why an import did not take place.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Imports a file's bytes.
///
/// # Errors
/// When the file cannot be read at all or the store fails; bad rows are in the report.
pub async fn import(store: &Store, kind: RecordKind, bytes: &[u8], context: &Context, options: Options) -> Result<Report, ImportError> {
    let known = References::load(store, kind).await?;
    let known = if options.dry_run { known.for_dry_run() } else { known };
    let (mut report, writes) = understand(kind, bytes, context, known)?;
    let held_back = options.dry_run || (options.strict && !report.rejected.is_empty());
    let outcome = if held_back { preview(store, &writes).await? } else { apply(store, kind, writes, context, &report).await? };
    (report.new, report.changed, report.unchanged) = (outcome.new, outcome.changed, outcome.unchanged);
    report.applied = !held_back;
    Ok(report)
}

/// What importing a file into a shop without any record would do.
///
/// # Errors
/// When the file cannot be read at all; bad rows are in the report.
pub fn rehearse(kind: RecordKind, bytes: &[u8], context: &Context) -> Result<Report, ImportError> {
    let (mut report, writes) = understand(kind, bytes, context, References::default().for_dry_run())?;
    report.new = u32::try_from(writes.len()).unwrap_or(u32::MAX);
    Ok(report)
}

/// A name for an import, which `undo` and the books know it by.
pub(super) fn new_id() -> String {
    format!("imp-{}", uuid::Uuid::new_v4().simple())
}

/// What a file says, and what would be written.
fn understand(kind: RecordKind, bytes: &[u8], context: &Context, mut known: References) -> Result<(Report, Vec<RecordWrite>), ReadError> {
    let mut table = rows::read(bytes)?;
    let columns = columns::assign(kind, &mut table, context.currency);
    let missing = columns::missing(kind, &table, &columns);
    let mut notes = currency::notes(kind, &table.rows, context.currency);
    notes.extend(dates::straighten(&mut table.rows, context.month_first));
    let decimal_comma = decimal_comma(kind, &mut table);
    let context = Context { decimal_comma: decimal_comma && table.delimiter.is_some(), ..context.clone() };
    let mut report = Report {
        import_id: new_id(),
        rows: table.rows.len() + table.broken.len(),
        rejected: table.broken,
        encoding: table.encoding.to_owned(),
        delimiter: table.delimiter,
        decimal_comma,
        columns,
        notes,
        ..Report::default()
    };
    let writes = match missing.first() {
        // Row for row it would be the same: the reason is the file's first line.
        Some(first) => {
            report.rejected.extend(table.rows.iter().map(|row| without(first, row)));
            report.notes.extend(missing.iter().map(|missing| missing.sentence.clone()));
            Vec::new()
        }
        None => records(kind, &table.rows, &context, &mut known, &mut report.rejected),
    };
    report.notes.extend(known.note());
    report.rejected.sort_by_key(|rejected| rejected.row);
    Ok((report, writes))
}

/// Whether amounts are written with a decimal comma. In JSON that can only be those that are text: they
/// get their point here, as the numbers beside them have one.
fn decimal_comma(kind: RecordKind, table: &mut Table) -> bool {
    let names: Vec<&str> = columns::amounts(kind).chain(["discount_percent"]).collect();
    let amounts = table.rows.iter().flat_map(|row| names.iter().filter_map(|name| row.fields.get(*name)?.as_str()));
    let comma = detect::decimal_comma(amounts);
    if comma && table.delimiter.is_none() {
        for row in &mut table.rows {
            for name in &names {
                if let Some(Value::String(text)) = row.fields.get_mut(*name) {
                    *text = text.replace('.', "").replace(',', ".");
                }
            }
        }
    }
    comma
}

fn without(missing: &Missing, row: &Row) -> Rejected {
    let reason = format!("no column of the file is the {}", missing.field);
    Rejected { row: row.number, field: missing.field.to_owned(), reason, hint: missing.hint() }
}

/// The writes of all good rows; the others are added to `rejected`.
fn records(kind: RecordKind, rows: &[Row], context: &Context, known: &mut References, rejected: &mut Vec<Rejected>) -> Vec<RecordWrite> {
    let mut seen: HashSet<String> = HashSet::new();
    let mut writes = Vec::with_capacity(rows.len());
    for row in rows {
        let fields = Fields::new(&row.fields, context);
        let converted = match kind {
            RecordKind::Product => convert::product(&fields).map(|r| r.write(Guard::Any)),
            RecordKind::Customer => convert::customer(&fields).map(|r| r.write(Guard::Any)),
            RecordKind::Promotion => convert::promotion(&fields).map(|r| r.write(Guard::Any)),
            RecordKind::Knowledge => convert::knowledge(&fields).map(|r| r.write(Guard::Any)),
            RecordKind::Order => convert::order(&fields).and_then(|r| known.check_order(&r).map(|()| r.write(Guard::Any))),
            RecordKind::Ticket => convert::ticket(&fields).and_then(|r| known.check_ticket(&r).map(|()| r.write(Guard::Any))),
        };
        let write = converted.and_then(|write| {
            if seen.insert(write.id.clone()) {
                Ok(write)
            } else {
                Err(Fault::new(id_field(kind), format!("\"{}\" stands in the file twice", write.id), "keep one of the two rows"))
            }
        });
        match write {
            Ok(write) => writes.push(write),
            Err(fault) => rejected.push(Rejected { row: row.number, field: fault.field, reason: fault.reason, hint: fault.hint }),
        }
    }
    writes
}

fn id_field(kind: RecordKind) -> &'static str {
    match kind {
        RecordKind::Product => "sku",
        RecordKind::Order => "order_number",
        RecordKind::Promotion => "code",
        RecordKind::Ticket => "ticket_number",
        RecordKind::Customer | RecordKind::Knowledge => "id",
    }
}

/// What would change.
pub(super) async fn preview(store: &Store, writes: &[RecordWrite]) -> Result<PutOutcome, StoreError> {
    let mut outcome = PutOutcome::default();
    for write in writes {
        match store.differs(write).await? {
            None => outcome.new += 1,
            Some(true) => outcome.changed += 1,
            Some(false) => outcome.unchanged += 1,
        }
    }
    Ok(outcome)
}

pub(super) async fn apply(
    store: &Store,
    kind: RecordKind,
    writes: Vec<RecordWrite>,
    context: &Context,
    report: &Report,
) -> Result<PutOutcome, StoreError> {
    let mut sum = PutOutcome::default();
    let mut chunks = writes.into_iter().peekable();
    let mut first = true;
    while chunks.peek().is_some() {
        let chunk: Vec<RecordWrite> = chunks.by_ref().take(CHUNK).collect();
        // The stored index over the catalogue goes before the first product changes: after a crash in
        // the middle it is built anew rather than believed.
        let blobs = if first && kind == RecordKind::Product { vec![(CATALOGUE_BLOB.to_owned(), Vec::new())] } else { Vec::new() };
        let audit = if first { vec![audit(kind, context.now, report)] } else { Vec::new() };
        let outcome = store.put(PutRecords { writes: chunk, blobs, audit }).await?;
        sum.new += outcome.new;
        sum.changed += outcome.changed;
        sum.unchanged += outcome.unchanged;
        first = false;
    }
    Ok(sum)
}

fn audit(kind: RecordKind, at: Moment, report: &Report) -> AuditRow {
    AuditRow {
        at,
        actor: "import".to_owned(),
        action: format!("import.{kind}"),
        session: None,
        record: None,
        note: format!("{} rows, {} rejected, {}", report.rows, report.rejected.len(), report.import_id),
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::store::record::decode_any;

    const KINDS: [RecordKind; 6] =
        [RecordKind::Product, RecordKind::Order, RecordKind::Customer, RecordKind::Promotion, RecordKind::Ticket, RecordKind::Knowledge];
    /// Names that mean something in some kind of row.
    const NAMES: &str = "(id|sku|name|price|currency|stock|specs|options|category|variant_of|order_number|number|customer|items|status|\
                         total|payments|fulfilments|created_at|address|zip|email|phone|payment_methods|code|percent|discount_amount|\
                         minimum_total|start_date|end_date|active|ticket_number|issue_type|priority|domain|questions|answer|valid_from|tags)";

    fn value() -> impl Strategy<Value = Value> {
        let text = prop_oneof![
            "[-0-9.,% $\u{20ac}]{0,24}",
            "[0-9]{1,6}-[0-9]{1,3}-[0-9]{1,3}(T[0-9:]{0,9}Z?)?",
            "@[-+]?[0-9]{0,12}d?(T[0-9:]{0,6})?",
            "\\PC{0,30}",
            "(USD|JPY|EUR|delivered|shipped|true|no|visa|A-1|\u{0})",
        ];
        let leaf = prop_oneof![
            4 => text.prop_map(Value::from),
            1 => any::<f64>().prop_map(Value::from),
            1 => any::<i64>().prop_map(Value::from),
            1 => any::<bool>().prop_map(Value::from),
            1 => Just(Value::Null),
        ];
        leaf.prop_recursive(3, 16, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec((NAMES, inner), 0..4).prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        /// Whatever stands in a row: a record that can be written and read, or a reason that names the row.
        #[test]
        fn any_row_is_a_record_or_is_rejected(
            rows in prop::collection::vec(prop::collection::vec((NAMES, value()), 0..12), 1..4),
            decimal_comma in any::<bool>(),
            relative in any::<bool>(),
        ) {
            let rows: Vec<Row> =
                rows.into_iter().zip(1..).map(|(fields, number)| Row { number, fields: fields.into_iter().collect() }).collect();
            let now = Moment(1_795_000_000_000);
            let relative_to = relative.then(|| now.day_in(&TimeZone::UTC));
            let context = Context { decimal_comma, relative_to, ..Context::american(now) };
            let one = || std::iter::once("A-1".to_owned()).collect();
            let mut known = References { skus: one(), customers: one() };
            for kind in KINDS {
                let mut rejected = Vec::new();
                let writes = records(kind, &rows, &context, &mut known, &mut rejected);
                prop_assert_eq!(writes.len() + rejected.len(), rows.len());
                for write in writes {
                    let payload = write.payload.unwrap_or_default();
                    prop_assert!(decode_any(kind, &payload).is_ok(), "{} cannot be read back", kind);
                }
                for fault in rejected {
                    prop_assert!(!fault.reason.is_empty() && !fault.hint.is_empty() && !fault.field.is_empty(), "{fault:?}");
                }
            }
        }
    }

    #[test]
    fn a_row_that_fits_is_a_record() {
        let row = Row { number: 1, fields: [("sku".to_owned(), json!("A-1")), ("name".to_owned(), json!("One"))].into_iter().collect() };
        let context = Context::american(Moment(0));
        let mut rejected = Vec::new();
        let writes = records(RecordKind::Product, &[row.clone(), row], &context, &mut References::default(), &mut rejected);
        assert_eq!((writes.len(), rejected.len()), (1, 1), "the second stands in the file twice: {rejected:?}");
    }
}
