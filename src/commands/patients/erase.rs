//! `kenkocall patients erase`: erases a person from the database.

use serde_json::json;

use crate::commands::arguments::Form;
use crate::commands::language::text;
use crate::commands::output::complain;
use crate::domain::HersysId;
use crate::service::{Client, Rewritten, erase_person};

pub(super) async fn run(client: &Client, id: &HersysId, form: Form) -> anyhow::Result<()> {
    let erasure = erase_person(&client.context, &client.actor, id).await?;
    match erasure.rewritten {
        Rewritten::Yes => {}
        Rewritten::InUse => complain(&format!("kenkocall: {}", text!("erase-not-rewritten"))),
    }
    let rows = erasure.rows.to_string();
    let mut text = format!("{}\n", text!("erase-done", rows = rows, calls = erasure.calls.to_string()));
    if erasure.plain_entries > 0 {
        let entries = erasure.plain_entries.to_string();
        text.push_str(&format!("{}\n", text!("erase-plain-entries", entries = entries)));
    }
    let value = json!({
        "patient": erasure.patient.to_string(),
        "rows": erasure.rows,
        "calls": erasure.calls,
        "plain_entries": erasure.plain_entries,
    });
    form.tell(client, &text, value).await
}
