//! Changing the rota of a health centre.

use serde_json::Value;

use crate::domain::{Actor, CentreCode, Contact, ContactId, Revision, Rota, Shift, ShiftId, SmsToo, StaffAccountId};
use crate::policy::{Permission, scope};
use crate::service::centre_settings::visible_centre;
use crate::service::context::{Changes, Context, audit_entry};
use crate::service::error::{AccountError, CentreError, ServiceError};
use crate::store::{audit, rotas, staff_accounts};

/// What came of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RotaChanged {
    /// It is stored, with this revision.
    Stored(Revision),
    /// Nothing differs.
    Same,
}

/// Stores the rota of a health centre in place of the one with revision `seen`. Calls to staff in progress go on; the
/// next one follows the new rota.
///
/// # Errors
/// [`CentreError::NotFound`]; [`AccountError::NotFound`] if it names an account that isn't the health centre's; and
/// [`CentreError::ChangedMeanwhile`] if somebody has changed it since.
pub async fn change_rota(
    context: &Context,
    actor: &Actor,
    centre: &CentreCode,
    seen: Revision,
    rota: &Rota,
) -> Result<RotaChanged, ServiceError> {
    let scope = scope(actor, Permission::ChangeCentres)?;
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    visible_centre(&mut tx, &scope, centre).await?;
    let before = rotas::get(&mut tx, centre).await?;
    if before.as_ref().map_or(Revision(0), |before| before.revision) != seen {
        return Err(CentreError::ChangedMeanwhile.into());
    }
    let before = before.map(|before| before.rota).unwrap_or_default();
    if before == *rota {
        return Ok(RotaChanged::Same);
    }
    let named: Vec<StaffAccountId> = rota.parts().contacts.iter().filter_map(|contact| contact.account).collect();
    let accounts = staff_accounts::by_ids(&mut tx, &named).await?;
    let is_own = |id: &StaffAccountId| accounts.iter().any(|one| one.id == *id && one.centre.as_ref() == Some(centre));
    if !named.iter().all(is_own) {
        return Err(AccountError::NotFound.into());
    }
    if !rotas::put(&mut tx, centre, rota, seen, now).await? {
        return Err(CentreError::ChangedMeanwhile.into());
    }
    let changes = differences(&before, rota);
    let entry =
        audit_entry(actor, now, "centre.rota_changed", format!("centre:{centre}"), Some(centre.clone()), changes);
    audit::append(&mut tx, vec![entry]).await?;
    tx.commit().await?;
    Ok(RotaChanged::Stored(Revision(seen.number().saturating_add(1))))
}

/// What differs, part by part. Numbers and addresses of staff aren't written to the trail, only that they differ.
fn differences(before: &Rota, after: &Rota) -> Changes {
    let mut changes = Changes::default();
    let contacts: Vec<ContactId> = ids(before, after, |rota| rota.parts().contacts.iter().map(|one| one.id).collect());
    for id in contacts {
        let (old, new) = (before.contact(id), after.contact(id));
        if old != new {
            changes = changes.field(&format!("contact.{id}"), contact(old, ""), contact(new, " (changed)"));
        }
    }
    let shifts: Vec<ShiftId> = ids(before, after, |rota| rota.parts().shifts.iter().map(|one| one.id).collect());
    let of = |rota: &Rota, id: ShiftId| rota.parts().shifts.iter().find(|shift| shift.id == id).cloned();
    for id in shifts {
        let (old, new) = (of(before, id), of(after, id));
        changes = changes.field(&format!("shift.{id}"), shift(before, old.as_ref()), shift(after, new.as_ref()));
    }
    let last = |rota: &Rota| rota.fallback().map(|contact| contact.name.as_str().to_owned());
    changes
        .field("first_minutes", before.parts().first.minutes(), after.parts().first.minutes())
        .field("between_minutes", before.parts().between.minutes(), after.parts().between.minutes())
        .field("fallback", last(before), last(after))
}

/// The ids that either rota has.
fn ids<T: PartialEq>(before: &Rota, after: &Rota, of: impl Fn(&Rota) -> Vec<T>) -> Vec<T> {
    let mut ids = of(before);
    let new: Vec<T> = of(after).into_iter().filter(|id| !ids.contains(id)).collect();
    ids.extend(new);
    ids
}

fn contact(contact: Option<&Contact>, note: &str) -> Value {
    contact.map_or(Value::Null, |contact| {
        let number = contact.phone.number().expose();
        let ends = number.get(number.len().saturating_sub(2)..).unwrap_or_default();
        let sms = if contact.sms == SmsToo::Yes { ", SMS" } else { "" };
        let mail = if contact.email.is_some() { ", e-mail" } else { "" };
        let account = if contact.account.is_some() { ", account" } else { "" };
        format!("{} …{ends}, {}{sms}{mail}{account}{note}", contact.name, contact.language).into()
    })
}

fn shift(rota: &Rota, shift: Option<&Shift>) -> Value {
    shift.map_or(Value::Null, |shift| {
        let names: Vec<&str> =
            shift.contacts.iter().filter_map(|id| rota.contact(*id)).map(|contact| contact.name.as_str()).collect();
        format!("{} {}: {}", shift.days, shift.hours, names.join(" → ")).into()
    })
}
