//! `kenkocall patients erase`: erases a person from the database.

use serde_json::json;

use crate::commands::arguments::Form;
use crate::commands::output::complain;
use crate::domain::HersysId;
use crate::service::{Client, erase_person};
use crate::store::StoreError;

pub(super) async fn run(client: &Client, id: &HersysId, form: Form) -> anyhow::Result<()> {
    let erasure = erase_person(&client.context, &client.actor, id).await?;
    // The person is erased, whether or not the file can be rewritten now.
    match client.context.database.compact().await {
        Ok(()) => {}
        Err(StoreError::Busy) => complain(
            "kenkocall: warning: another program uses the database file, so unused parts of it may still hold erased values until it is rewritten (VACUUM)",
        ),
        Err(error) => return Err(error.into()),
    }
    let mut text = format!(
        "erased: {} answers, reports and alerts; {} calls remain, without numbers, keys and wording\n",
        erasure.rows, erasure.calls
    );
    if erasure.plain_entries > 0 {
        text.push_str(&format!(
            "{} entries of the audit trail were written by an earlier version and remain readable\n",
            erasure.plain_entries
        ));
    }
    let value = json!({
        "patient": erasure.patient.to_string(),
        "rows": erasure.rows,
        "calls": erasure.calls,
        "plain_entries": erasure.plain_entries,
    });
    form.tell(client, &text, value).await
}
