//! Receives a file in parts, so that it never stands in memory as a whole while it arrives.

use futures_util::{Stream, StreamExt as _};

use super::content::UploadDetails;
use super::sweep::erase_upload;
use crate::domain::{Actor, UploadId, escaped};
use crate::patient_import::MAX_BYTES;
use crate::policy::{Forbidden, Permission, scope};
use crate::service::context::{Changes, Context, audit_entry, new_id};
use crate::service::error::ServiceError;
use crate::store::audit;
use crate::store::list_uploads::{self, ContentKey, PartKind};

/// Bytes of a part. A transaction that writes one takes some milliseconds.
const PART_BYTES: usize = 192 * 1024;
/// The longest name of a file that is kept.
const MOST_NAME_CHARS: usize = 120;

/// What arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received {
    /// The whole file.
    Whole(UploadId),
    /// A file that is larger than lists may be. Nothing of it is kept.
    TooLarge,
    /// An empty file, or none.
    Empty,
    /// A part of a file. Nothing of it is kept.
    Broken,
}

/// Receives a patient list for the actor's health centre. Nothing is imported.
///
/// # Errors
/// Database errors; if the actor belongs to no health centre.
pub async fn receive_list<B: AsRef<[u8]>, E>(
    context: &Context,
    actor: &Actor,
    file_name: &str,
    chunks: impl Stream<Item = Result<B, E>>,
) -> Result<Received, ServiceError> {
    let scope = scope(actor, Permission::ChangePatients)?;
    let Actor::Staff(staff) = actor else { return Err(Forbidden(Permission::ChangePatients).into()) };
    let centre = scope.centres().and_then(|centres| centres.first()).cloned();
    let centre = centre.ok_or(Forbidden(Permission::ChangePatients))?;
    let name: String = file_name.rsplit(['/', '\\']).next().unwrap_or_default().chars().take(MOST_NAME_CHARS).collect();
    let details = UploadDetails::named(&escaped(&name), None).to_json();
    let (id, at) = (UploadId(new_id()), context.clock.now());
    let mut receiving = Receiving { context, id, key: None, waiting: Vec::new(), parts: 0, bytes: 0 };
    let mut chunks = std::pin::pin!(chunks);
    while let Some(chunk) = chunks.next().await {
        let Ok(chunk) = chunk else { return receiving.give_up(Received::Broken).await };
        if chunk.as_ref().is_empty() {
            continue;
        }
        if receiving.key.is_none() {
            let mut tx = context.database.begin_write().await?;
            receiving.key = Some(list_uploads::begin(&mut tx, id, &centre, staff.account, &details, at).await?);
            tx.commit().await?;
        }
        if receiving.bytes + chunk.as_ref().len() > MAX_BYTES {
            return receiving.give_up(Received::TooLarge).await;
        }
        receiving.take(chunk.as_ref()).await?;
    }
    if receiving.key.is_none() {
        return Ok(Received::Empty);
    }
    receiving.write_part().await?;
    let mut tx = context.database.begin_write().await?;
    let now = context.clock.now();
    list_uploads::received(&mut tx, id, i64::try_from(receiving.bytes).unwrap_or(i64::MAX), now).await?;
    let size = Changes::default().field("bytes", 0, receiving.bytes as u64);
    let entry = audit_entry(actor, now, "list.uploaded", format!("list:{id}"), Some(centre), size);
    audit::append(&mut tx, vec![entry]).await?;
    tx.commit().await?;
    Ok(Received::Whole(id))
}

/// A file that is arriving.
struct Receiving<'a> {
    context: &'a Context,
    id: UploadId,
    /// `None` until the first byte.
    key: Option<ContentKey>,
    waiting: Vec<u8>,
    parts: i64,
    bytes: usize,
}

impl Receiving<'_> {
    async fn take(&mut self, mut chunk: &[u8]) -> Result<(), ServiceError> {
        self.bytes += chunk.len();
        while !chunk.is_empty() {
            let room = PART_BYTES.saturating_sub(self.waiting.len()).min(chunk.len());
            let (taken, rest) = chunk.split_at(room);
            self.waiting.extend_from_slice(taken);
            chunk = rest;
            if self.waiting.len() >= PART_BYTES {
                self.write_part().await?;
            }
        }
        Ok(())
    }

    async fn write_part(&mut self) -> Result<(), ServiceError> {
        let part = std::mem::take(&mut self.waiting);
        let Some(key) = self.key.as_ref().filter(|_| !part.is_empty()) else { return Ok(()) };
        let content = key.seal(self.id, PartKind::File, part)?;
        let mut tx = self.context.database.begin_write().await?;
        list_uploads::add_parts(&mut tx, self.id, vec![(PartKind::File, self.parts, content)]).await?;
        tx.commit().await?;
        self.parts += 1;
        Ok(())
    }

    /// Erases what has arrived.
    async fn give_up(self, received: Received) -> Result<Received, ServiceError> {
        if self.key.is_some() {
            erase_upload(self.context, self.id).await?;
        }
        Ok(received)
    }
}
