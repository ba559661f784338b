//! The moment in which a shift hands over.

use crate::domain::{Actor, HandoverId, NoteText};
use crate::policy::{Forbidden, Permission, is_same_message, scope};
use crate::service::context::{Changes, Context, audit_entry};
use crate::service::error::ServiceError;
use crate::store::audit;
use crate::store::handovers::{self, HandoverRow};

/// What came of handing over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HandedOver {
    /// It was recorded.
    Now,
    /// It had been recorded: the form was sent twice.
    Before,
    /// It had been recorded with another message. The one that was sent now isn't stored.
    Otherwise,
}

/// Records that the actor's shift hands over now. From now on, people are compared with their reports until now. The
/// audit trail has who and when, but not the message, which may be about patients.
///
/// # Errors
/// [`Forbidden`] for an actor without a health centre of their own.
pub async fn hand_over(
    context: &Context,
    actor: &Actor,
    id: HandoverId,
    message: Option<NoteText>,
) -> Result<HandedOver, ServiceError> {
    let scope = scope(actor, Permission::CloseAlerts)?;
    let own = scope.centres().and_then(|centres| centres.first()).cloned();
    let centre = own.ok_or(Forbidden(Permission::CloseAlerts))?;
    let at = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    if let Some(before) = handovers::get(&mut tx, id).await? {
        let is_same = before.centre == centre && is_same_message(message.as_ref(), before.message.as_ref());
        return Ok(if is_same { HandedOver::Before } else { HandedOver::Otherwise });
    }
    let row = HandoverRow { id, centre: centre.clone(), message, author: actor.name().to_owned(), at };
    if !handovers::add(&mut tx, &row).await? {
        return Ok(HandedOver::Before);
    }
    let subject = format!("handover:{id}");
    let entry = audit_entry(actor, at, "handover.done", subject, Some(centre), Changes::default());
    audit::append(&mut tx, vec![entry]).await?;
    tx.commit().await?;
    Ok(HandedOver::Now)
}
