//! The history of a health centre's settings, from the audit trail, and undoing a change by another one.

use jiff::Timestamp;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::change::{CHANGED, CentreChanged, REASON, UNDONE, Wanted, changed, make_change, subject};
use super::effect::{CentreEffect, effect_of};
use super::view::CentreView;
use crate::domain::{Actor, CentreCode, CentreName, PhoneNumber, ReasonText};
use crate::policy::{Permission, scope};
use crate::service::centre_settings::{CentreChange, CentreSettings, visible_centre};
use crate::service::context::{Context, Page};
use crate::service::error::{CentreError, ServiceError};
use crate::store::Tx;
use crate::store::audit::{self, ACCOUNT, AuditFilter, AuditRow, SYSTEM_USER};
use crate::store::centres::CentreRow;

/// A change of a health centre's settings.
#[derive(Debug, Clone, PartialEq)]
pub struct SettingsEntry {
    /// The entry of the audit trail.
    pub id: Uuid,
    /// When it was made.
    pub at: Timestamp,
    /// Who made it.
    pub by: String,
    /// Why, if a reason was given.
    pub reason: Option<String>,
    /// The change that it undid.
    pub undone: Option<Uuid>,
    /// What differs.
    pub settings: Vec<ChangedSetting>,
}

/// A setting before and after a change, as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangedSetting {
    /// Its name in the settings.
    pub name: String,
    /// The value before.
    pub before: Value,
    /// The value after.
    pub after: Value,
}

/// Lists the changes of a health centre's settings, latest first.
///
/// # Errors
/// [`CentreError::NotFound`]; [`CentreError::ChangeNotFound`] if the change before the page doesn't exist.
pub async fn settings_history(
    context: &Context,
    actor: &Actor,
    code: &CentreCode,
    after: Option<Uuid>,
    limit: u32,
) -> Result<Page<SettingsEntry>, ServiceError> {
    let scope = scope(actor, Permission::ViewCentres)?;
    let mut tx = context.database.begin_read().await?;
    visible_centre(&mut tx, &scope, code).await?;
    let after = match after {
        Some(id) => Some((row_of(&mut tx, code, id).await?.at, id)),
        None => None,
    };
    let subject = Some(subject(code));
    let filter = AuditFilter { subject, after, limit: Page::<AuditRow>::one_more(limit), ..AuditFilter::default() };
    let mut rows = audit::list(&mut tx, &filter).await?;
    // The oldest one says that it was added.
    rows.retain(|row| row.action == CHANGED);
    Ok(Page::of(rows, limit).map(|row| entry_of(&row)))
}

/// Says what undoing a change would do: the values before it are set again, in one more change.
///
/// # Errors
/// [`CentreError::ChangeNotFound`]; [`CentreError::EarlierValuesUnfit`], or the reason why a value doesn't fit.
pub async fn preview_undo(
    context: &Context,
    actor: &Actor,
    code: &CentreCode,
    id: Uuid,
) -> Result<(SettingsEntry, CentreEffect), ServiceError> {
    let scope = scope(actor, Permission::ChangeCentres)?;
    let now = context.clock.now();
    let mut tx = context.database.begin_read().await?;
    let before = visible_centre(&mut tx, &scope, code).await?;
    let entry = entry_of(&row_of(&mut tx, code, id).await?);
    let after = changed(&before, &back(&entry, &before)?, now)?;
    Ok((entry, effect_of(&mut tx, before, after, now).await?))
}

/// Undoes a change, unless somebody has changed the centre since it was read.
///
/// # Errors
/// Those of [`preview_undo`] and of [`change_settings`](super::change_settings).
pub async fn undo_change(
    context: &Context,
    actor: &Actor,
    based_on: &CentreView,
    id: Uuid,
    reason: Option<&ReasonText>,
) -> Result<CentreChanged, ServiceError> {
    let scope = scope(actor, Permission::ChangeCentres)?;
    let code = &based_on.code;
    let mut tx = context.database.begin_read().await?;
    let before = visible_centre(&mut tx, &scope, code).await?;
    let change = back(&entry_of(&row_of(&mut tx, code, id).await?), &before)?;
    drop(tx);
    let wanted = Wanted { code, based_on: Some(based_on), change: &change, reason, undone: Some(id) };
    make_change(context, actor, &scope, wanted).await
}

/// The entry of a change of this centre.
async fn row_of(tx: &mut Tx, code: &CentreCode, id: Uuid) -> Result<AuditRow, ServiceError> {
    let row = audit::get(tx, id).await?.filter(|row| row.action == CHANGED && row.centre.as_ref() == Some(code));
    row.ok_or_else(|| CentreError::ChangeNotFound.into())
}

fn entry_of(row: &AuditRow) -> SettingsEntry {
    let mut fields: Map<String, Value> = serde_json::from_str(row.details.as_str()).unwrap_or_default();
    fields.remove(SYSTEM_USER);
    fields.remove(ACCOUNT);
    let mut text = |name: &str| Some(fields.remove(name)?.get(1)?.as_str()?.to_owned());
    let (reason, undone) = (text(REASON), text(UNDONE).and_then(|id| Uuid::try_parse(&id).ok()));
    let setting = |(name, values): (String, Value)| {
        let value = |place: usize| values.get(place).cloned().unwrap_or_default();
        ChangedSetting { name, before: value(0), after: value(1) }
    };
    SettingsEntry {
        id: row.id,
        at: row.at,
        by: row.actor.clone(),
        reason,
        undone,
        settings: fields.into_iter().map(setting).collect(),
    }
}

/// The change that sets the values before an entry again.
fn back(entry: &SettingsEntry, now: &CentreRow) -> Result<CentreChange, ServiceError> {
    let unfit = || ServiceError::from(CentreError::EarlierValuesUnfit);
    let current = CentreSettings::read(now)?;
    let mut stored = serde_json::to_value(&current).map_err(|_| unfit())?;
    let settings = stored.as_object_mut().ok_or_else(unfit)?;
    let (mut name, mut phone, mut time_zone) = (None, None, None);
    for setting in &entry.settings {
        let text = || setting.before.as_str().ok_or_else(unfit);
        match setting.name.as_str() {
            "name" => name = Some(CentreName::parse(text()?).map_err(|_| unfit())?),
            "phone" => phone = Some(PhoneNumber::from_e164(text()?).map_err(|_| unfit())?),
            "time_zone" => time_zone = Some(text()?.to_owned()),
            other => drop(settings.insert(other.to_owned(), setting.before.clone())),
        }
    }
    let earlier: CentreSettings = serde_json::from_value(stored).map_err(|_| unfit())?;
    Ok(CentreChange { name, phone, time_zone, ..CentreChange::between(&current, &earlier) })
}
