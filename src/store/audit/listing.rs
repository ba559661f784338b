//! Lists entries of the audit trail, latest first. Each page is read from an index in its order.

use std::collections::BTreeSet;

use jiff::Timestamp;
use uuid::Uuid;

use super::{AuditRow, people, read, select, subject};
use crate::domain::{CentreCode, HersysId, PatientId, StaffAccountId};
use crate::store::bind_value::BindValue;
use crate::store::centres::code_list;
use crate::store::{StoreError, Tx};

use super::subject::StoredEntry;

/// Which entries are listed.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Only entries about this HER-SYS ID, and about the patient who has it.
    pub person: Option<(HersysId, Option<PatientId>)>,
    /// Only entries about this subject that is no person, such as `centre:13101`.
    pub subject: Option<String>,
    /// Only entries by this person.
    pub actor: Option<String>,
    /// Only entries by this account.
    pub account: Option<StaffAccountId>,
    /// Only entries whose action begins so, such as `patient.`. Empty for all.
    pub action: &'static str,
    /// Only entries at or after this time.
    pub since: Option<Timestamp>,
    /// Whether to include the seals of rows, which the program writes every second.
    pub seals: bool,
    /// Only entries of these health centres' trails. `None` for all.
    pub centres: Option<BTreeSet<CentreCode>>,
    /// Only entries after this one in the order of the list, for the next page.
    pub after: Option<(Timestamp, Uuid)>,
    /// The maximum number of entries.
    pub limit: u32,
}

/// An index from which entries are read in the order of the list.
#[derive(Debug, Clone, Copy)]
enum Source<'a> {
    /// All entries.
    All,
    /// All without the seals of rows.
    WithoutSeals,
    /// Those by one person.
    Actor(&'a str),
    /// Those of one health centre's trail.
    Centre(&'a CentreCode),
    /// Those with this subject, as stored.
    Subject(&'a str),
    /// Those that name it besides their subject: its kind, and the id or code.
    Named(&'static str, &'a str),
}

/// Entries, latest first.
///
/// # Errors
/// Database errors.
pub async fn list(tx: &mut Tx, filter: &AuditFilter) -> Result<Vec<AuditRow>, StoreError> {
    let (mut subjects, mut shown) = (Vec::new(), None);
    if let Some((id, patient)) = &filter.person {
        subjects = subject::of_lookups(tx, id).await?;
        subjects.extend(patient.map(subject::of_patient));
        shown = patient.map(|patient| patient.to_string());
    }
    let of_subject = filter.subject.as_deref().map(|subject| vec![Source::Subject(subject)]);
    let sources: Vec<Source<'_>> = match (&filter.person, &filter.centres, &filter.actor) {
        _ if of_subject.is_some() => of_subject.unwrap_or_default(),
        (Some(_), _, _) => {
            let named = shown.as_deref().map(|patient| Source::Named(people::PATIENT, patient));
            subjects.iter().map(|subject| Source::Subject(subject)).chain(named).collect()
        }
        (None, Some(centres), _) => {
            let of = |centre| [Source::Centre(centre), Source::Named(people::CENTRE, centre.as_str())];
            centres.iter().flat_map(of).collect()
        }
        (None, None, Some(actor)) => vec![Source::Actor(actor)],
        (None, None, None) if filter.seals => vec![Source::All],
        (None, None, None) => vec![Source::WithoutSeals],
    };
    let mut stored = Vec::new();
    for source in sources {
        stored.extend(page(tx, filter, source).await?);
    }
    stored.sort_by_key(|entry| std::cmp::Reverse((entry.row.at, entry.row.id)));
    stored.dedup_by_key(|entry| entry.row.id);
    stored.truncate(usize::try_from(filter.limit).unwrap_or(usize::MAX));
    subject::decrypted(tx, stored).await
}

/// A page of the entries that name a subject besides their own.
const NAMED: &str = "
    SELECT a.id, a.at, a.actor, a.source, a.action, a.subject, a.centre_code, a.details
    FROM audit_subjects s JOIN audit a ON a.id = s.audit_id
    WHERE s.kind = $10 AND s.subject = $11 AND (s.at, s.audit_id) < ($1, $2) AND s.at >= $3
    AND ($4 = '' OR a.actor = $4) AND ($5 OR a.action NOT LIKE 'rows.%')
    AND a.action LIKE $8 || '%' AND ($9 = '' OR a.details LIKE '%\"account\":\"' || $9 || '\"%')
    AND ($6 = '' OR s.kind = 'centre' OR $6 LIKE '%,' || COALESCE(s.centre_code, a.centre_code) || ',%')
    ORDER BY s.at DESC, s.audit_id DESC LIMIT $7";

async fn page(tx: &mut Tx, filter: &AuditFilter, source: Source<'_>) -> Result<Vec<StoredEntry>, StoreError> {
    macro_rules! page {
        ($source:literal) => {
            select!(
                "WHERE "
                $source
                " AND (at, id) < ($1, $2) AND at >= $3 AND ($4 = '' OR actor = $4)
                 AND ($5 OR action NOT LIKE 'rows.%') AND action LIKE $8 || '%'
                 AND ($9 = '' OR details LIKE '%\"account\":\"' || $9 || '\"%')
                 AND ($6 = '' OR $6 LIKE '%,' || centre_code || ',%')
                 ORDER BY at DESC, id DESC LIMIT $7"
            )
        };
    }
    // Without a last entry, a time and an id that no entry reaches.
    let (at, id) = match filter.after {
        Some((at, id)) => (BindValue::from(at), id.to_string()),
        None => (i64::MAX.into(), "~".to_owned()),
    };
    // The search for a person has always shown everything about the person.
    let seals = filter.seals || matches!(source, Source::Subject(_));
    let mut args = vec![
        at,
        id.into(),
        filter.since.unwrap_or(Timestamp::MIN).into(),
        filter.actor.as_deref().unwrap_or_default().into(),
        seals.into(),
        code_list(filter.centres.as_ref()).into(),
        i64::from(filter.limit).into(),
        filter.action.into(),
        filter.account.map(|account| account.to_string()).unwrap_or_default().into(),
    ];
    let sql = match source {
        Source::All => page!("1 = 1"),
        Source::WithoutSeals => page!("action NOT LIKE 'rows.%'"),
        Source::Actor(actor) => {
            args.push(actor.into());
            page!("actor = $10")
        }
        Source::Centre(centre) => {
            args.push(centre.into());
            page!("centre_code = $10")
        }
        Source::Subject(subject) => {
            args.push(subject.into());
            page!("subject = $10")
        }
        Source::Named(kind, subject) => {
            args.extend([kind.into(), subject.into()]);
            NAMED
        }
    };
    tx.fetch_all(sql, args, read).await
}

/// One entry.
///
/// # Errors
/// Database errors.
pub async fn get(tx: &mut Tx, id: Uuid) -> Result<Option<AuditRow>, StoreError> {
    let stored = tx.fetch_all(select!("WHERE id = $1"), vec![id.into()], read).await?;
    Ok(subject::decrypted(tx, stored).await?.pop())
}
