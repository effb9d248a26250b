//! The policy for actions as a file: the shopkeeper exports it, edits it, and imports it again.

use super::convert::Context;
use super::import::{ImportError, Options, Report, new_id};
use super::rows::ReadError;
use crate::domain::policy::ActionPolicy;
use crate::store::command::PutRecords;
use crate::store::rows::AuditRow;
use crate::store::{ACTIONS_BLOB, Store, StoreError};

/// Word for the kind on the command line.
pub const KIND: &str = "policy";

/// Takes a policy into use. It counts as one record.
///
/// # Errors
/// When the file is no policy, with the field that is wrong, or the store fails.
pub async fn import(store: &Store, bytes: &[u8], context: &Context, options: Options) -> Result<Report, ImportError> {
    let mut report = rehearse(bytes, context)?;
    let before = store.blob(ACTIONS_BLOB).await?;
    report.new = u32::from(before.is_none());
    report.changed = u32::from(before.as_ref().is_some_and(|before| before != bytes));
    report.unchanged = u32::from(before.is_some_and(|before| before == bytes));
    if !options.dry_run {
        if report.unchanged == 0 {
            put(store, bytes, context, &report.import_id).await?;
        }
        report.applied = true;
    }
    Ok(report)
}

/// What importing a policy into a shop without one would do.
///
/// # Errors
/// When the file is no policy, with the field that is wrong.
pub fn rehearse(bytes: &[u8], _: &Context) -> Result<Report, ReadError> {
    let text = std::str::from_utf8(bytes).map_err(|_| ReadError("the policy is not UTF-8 text".to_owned()))?;
    ActionPolicy::parse(text).map_err(|error| ReadError(format!("the policy is not taken: {error}")))?;
    Ok(Report { import_id: new_id(), rows: 1, new: 1, encoding: "UTF-8".to_owned(), ..Report::default() })
}

/// The policy in force, as it is written.
///
/// # Errors
/// When the store fails.
pub async fn export(store: &Store) -> Result<Vec<u8>, StoreError> {
    let own = store.blob(ACTIONS_BLOB).await?;
    Ok(own.unwrap_or_else(|| ActionPolicy::built_in_text().as_bytes().to_vec()))
}

/// Stores a policy that was checked.
pub(super) async fn put(store: &Store, bytes: &[u8], context: &Context, import_id: &str) -> Result<(), StoreError> {
    let audit = AuditRow {
        at: context.now,
        actor: "import".to_owned(),
        action: "import.policy".to_owned(),
        session: None,
        record: None,
        note: import_id.to_owned(),
    };
    store.put(PutRecords { writes: Vec::new(), blobs: vec![(ACTIONS_BLOB.to_owned(), bytes.to_vec())], audit: vec![audit] }).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Moment;

    #[tokio::test]
    async fn what_is_exported_is_taken_again_and_a_slip_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let context = Context::american(Moment(0));
        let text = export(&store).await.unwrap();
        for (dry_run, counts) in [(true, (1, 0, 0)), (false, (1, 0, 0)), (false, (0, 0, 1))] {
            let report = import(&store, &text, &context, Options { dry_run, ..Options::default() }).await.unwrap();
            assert_eq!((report.new, report.changed, report.unchanged), counts);
        }
        let longer = String::from_utf8(text.clone()).unwrap().replace("\"days\": { \"is\": 30", "\"days\": { \"is\": 60");
        let report = import(&store, longer.as_bytes(), &context, Options::default()).await.unwrap();
        assert_eq!((report.new, report.changed, report.unchanged), (0, 1, 0));
        assert_eq!(export(&store).await.unwrap(), longer.as_bytes());
        let slip = longer.replace("\"pending\", \"confirmed\"", "\"pendin\", \"confirmed\"");
        let error = import(&store, slip.as_bytes(), &context, Options::default()).await.unwrap_err().to_string();
        assert!(error.starts_with("the policy is not taken: cancel_order.statuses.is[0]: unknown variant `pendin`"), "{error}");
        assert_eq!(export(&store).await.unwrap(), longer.as_bytes(), "what is wrong changes nothing");
    }
}
