//! Lists read page by page: the pages are the list, whatever their length, and show each actor only what they may see.

use jiff::civil::date;
use kenkocall::{
    domain::{
        Actor, AlertId, AlertKind, CentreCode, Operator, PatientId, Role, SlotId, SlotOrigin, SlotState, Staff,
        StaffAccess, StaffAccountId, StaffName, SystemUser,
    },
    service::{
        AlertError, AlertQuery, AuditError, Clock, Context, Details, Rest, ServiceError, SlotError, SlotQuery,
        TrailQuery, day_slots, list_alerts, list_trail,
    },
    store::{
        Document,
        alerts::{self, AlertRow},
        audit::{self, AuditRow},
        centres, patients,
        slots::{self, SlotRow},
    },
};
use uuid::Uuid;

use crate::{
    databases::Fresh,
    sample_rows::{at, centre, ground, id, patient},
};

crate::on_both_databases!(
    open_alerts_are_listed_page_by_page,
    the_slots_of_a_day_are_listed_page_by_page,
    the_audit_trail_is_listed_page_by_page,
);

/// The centres of the rows: the first is that of the nurse and of the limited operator.
pub const CENTRES: [&str; 3] = ["13101", "13102", "13103"];

fn code(text: &str) -> CentreCode {
    CentreCode::parse(text).unwrap()
}

pub fn staff(role: Role, centres: &[&str]) -> Actor {
    Actor::Staff(Staff {
        account: StaffAccountId(Uuid::nil()),
        name: StaffName::parse("見本 花子").unwrap(),
        role: Some(role),
        centres: centres.iter().map(|centre| code(centre)).collect(),
        via: StaffAccess::Console,
    })
}

pub fn operator(centre: Option<&str>) -> Actor {
    let (name, system_user) = (StaffName::parse("運用").unwrap(), SystemUser::new(0, None));
    Actor::Operator(Operator { name, system_user, centre: centre.map(code) })
}

/// The centres, 30 patients in turn at each, and a context with a fixed time.
pub async fn three_centres(fresh: &Fresh) -> std::sync::Arc<Context> {
    ground(&fresh.database, 0).await.unwrap();
    let mut tx = fresh.database.begin_write().await.unwrap();
    for other in &CENTRES[1..] {
        centres::insert(&mut tx, &centres::CentreRow { code: code(other), ..centre() }).await.unwrap();
    }
    let mut people: Vec<_> = (0..30).map(patient).collect();
    for (nth, patient) in people.iter_mut().enumerate() {
        patient.centre = code(CENTRES[nth % 3]);
    }
    patients::insert(&mut tx, &people).await.unwrap();
    tx.commit().await.unwrap();
    // Entries of the trail about these reads come before all others.
    Context::new(fresh.database.clone(), Clock::reading(|| at(-100)))
}

/// The keys of a list's items, from all its pages. `$after` is the key of the last item so far.
macro_rules! keys_of_pages {
    ($after:ident, $page:expr, $key:expr) => {{
        let mut all = Vec::new();
        loop {
            let $after = all.last().copied();
            let page = $page;
            all.extend(page.items.iter().map($key));
            if page.rest == Rest::None {
                break all;
            }
            assert!(!page.items.is_empty() && all.len() < 1_000, "the list goes on without end");
        }
    }};
}

async fn open_alerts_are_listed_page_by_page(fresh: Fresh) {
    let context = three_centres(&fresh).await;
    let mut tx = fresh.database.begin_write().await.unwrap();
    let rows: Vec<AlertRow> = (0..90)
        .map(|nth: u64| AlertRow {
            centre: (!nth.is_multiple_of(7)).then(|| code(CENTRES[nth as usize % 3])),
            patient: nth.is_multiple_of(2).then(|| PatientId(id(nth % 30))),
            // Several at the same time.
            ..AlertRow::of_all(
                AlertId(id(nth * 37 % 101)),
                AlertKind::ALL[nth as usize % AlertKind::ALL.len()],
                at(nth as i64 % 11),
            )
        })
        .collect();
    alerts::raise(&mut tx, &rows).await.unwrap();
    alerts::close(&mut tx, rows[3].id, at(50), "見本 花子").await.unwrap();
    tx.commit().await.unwrap();

    for (actor, centres) in [
        (operator(None), &CENTRES[..]),
        (operator(Some("13101")), &CENTRES[..1]),
        (staff(Role::Nurse, &CENTRES[..2]), &CENTRES[..2]),
    ] {
        let visible = |alert: &&AlertRow| {
            alert.centre.as_ref().is_none_or(|centre| centres.contains(&centre.as_str())) && alert.id != rows[3].id
        };
        for (kind, since) in [(None, None), (Some(AlertKind::CallBack), None), (None, Some(at(5)))] {
            let fits = |alert: &&AlertRow| {
                kind.is_none_or(|kind| kind == alert.kind) && since.is_none_or(|since| alert.raised_at >= since)
            };
            let mut expected: Vec<&AlertRow> = rows.iter().filter(visible).filter(fits).collect();
            expected.sort_by_key(|row| (std::cmp::Reverse(row.kind.severity()), row.raised_at, row.id));
            let expected: Vec<AlertId> = expected.iter().map(|row| row.id).collect();
            for limit in [1, 4, 100] {
                let query = |after| AlertQuery { kind, since, after, limit, ..AlertQuery::default() };
                let listed = keys_of_pages!(
                    after,
                    list_alerts(&context, &actor, &query(after)).await.unwrap().found.alerts,
                    |shown| shown.alert.id
                );
                assert_eq!(listed, expected, "{actor:?} {kind:?} {limit}");
            }
        }
    }
    let elsewhere = rows.iter().find(|row| row.centre == Some(code("13103"))).unwrap();
    let query = AlertQuery { after: Some(elsewhere.id), limit: 5, ..AlertQuery::default() };
    let refused = list_alerts(&context, &operator(Some("13101")), &query).await.map(|viewed| viewed.noted);
    assert!(matches!(refused, Err(ServiceError::Alert(AlertError::NotFound))), "{refused:?}");
}

async fn the_slots_of_a_day_are_listed_page_by_page(fresh: Fresh) {
    let context = three_centres(&fresh).await;
    let day = date(2026, 11, 23);
    let row = |nth: u64| SlotRow {
        id: SlotId(id(nth * 37 % 101)),
        patient: PatientId(id(nth % 30)),
        centre: code(CENTRES[nth as usize % 3]),
        date: if nth < 80 { day } else { date(2026, 11, 24) },
        time: format!("{:02}:00", 8 + nth / 30),
        origin: SlotOrigin::Schedule,
        opened_at: at(0),
        due_at: at(0),
        window_end: at(600),
        state: SlotState::Waiting,
        attempts: 0,
        tries: 0,
        ended_at: None,
    };
    let rows: Vec<SlotRow> = (0..90).map(row).collect();
    let mut tx = fresh.database.begin_write().await.unwrap();
    slots::open(&mut tx, &rows).await.unwrap();
    tx.commit().await.unwrap();

    for (actor, centres) in [
        (operator(None), &CENTRES[..]),
        (operator(Some("13102")), &CENTRES[1..2]),
        (staff(Role::Nurse, &CENTRES[..2]), &CENTRES[..2]),
    ] {
        let mut expected: Vec<&SlotRow> =
            rows.iter().filter(|row| row.date == day && centres.contains(&row.centre.as_str())).collect();
        expected.sort_by_key(|row| (&row.centre, &row.time, row.id));
        let expected: Vec<SlotId> = expected.iter().map(|row| row.id).collect();
        for limit in [1, 7, 100] {
            let query = |after| SlotQuery { date: day, centre: None, after, limit };
            let listed =
                keys_of_pages!(after, day_slots(&context, &actor, &query(after)).await.unwrap(), |slot| slot.id);
            assert_eq!(listed, expected, "{actor:?} {limit}");
        }
    }
    let query = SlotQuery { date: day, centre: None, after: Some(rows[2].id), limit: 5 };
    let refused = day_slots(&context, &operator(Some("13101")), &query).await;
    assert!(matches!(refused, Err(ServiceError::Slot(SlotError::NotFound))), "{refused:?}");
}

async fn the_audit_trail_is_listed_page_by_page(fresh: Fresh) {
    let context = three_centres(&fresh).await;
    let row = |nth: u64| AuditRow {
        id: id(1_000 + nth * 37 % 101),
        at: at(nth as i64 % 11),
        actor: ["見本 花子", "見本 太郎"][nth as usize % 2].to_owned(),
        source: "console".to_owned(),
        action: if nth.is_multiple_of(5) { "rows.sealed" } else { "patient.changed" }.to_owned(),
        subject: audit::Subject::Patient(PatientId(id(nth % 3))),
        centre: Some(code(CENTRES[nth as usize % 3])),
        details: Document::from("{}"),
        people: Vec::new(),
        other_centre: None,
    };
    let rows: Vec<AuditRow> = (0..90).map(row).collect();
    let mut tx = fresh.database.begin_write().await.unwrap();
    audit::append(&mut tx, rows.clone()).await.unwrap();
    tx.commit().await.unwrap();

    let administrator = staff(Role::CentreAdministrator, &CENTRES[..2]);
    let actors = [(operator(None), &CENTRES[..]), (administrator, &CENTRES[..2])];
    let filters = [
        TrailQuery::default(),
        TrailQuery { seals: true, ..TrailQuery::default() },
        TrailQuery { actor: Some("見本 太郎".to_owned()), ..TrailQuery::default() },
        TrailQuery { since: Some(at(4)), ..TrailQuery::default() },
        TrailQuery { patient: Some(patient(1).hersys_id), seals: true, ..TrailQuery::default() },
    ];
    for (actor, centres) in &actors {
        for filter in &filters {
            let fits = |row: &&AuditRow| {
                (filter.seals || !row.action.starts_with("rows."))
                    && filter.actor.as_ref().is_none_or(|actor| *actor == row.actor)
                    && filter.since.is_none_or(|since| row.at >= since)
                    && (filter.patient.is_none() || row.subject == audit::Subject::Patient(PatientId(id(1))))
                    && row.centre.as_ref().is_some_and(|centre| centres.contains(&centre.as_str()))
            };
            let mut expected: Vec<&AuditRow> = rows.iter().filter(fits).collect();
            expected.sort_by_key(|row| std::cmp::Reverse((row.at, row.id)));
            let expected: Vec<Uuid> = expected.iter().map(|row| row.id).collect();
            for limit in [3, 100] {
                let since = filter.since.or(Some(at(0)));
                let query = |after| TrailQuery { after, limit, since, ..filter.clone() };
                let listed = keys_of_pages!(
                    after,
                    list_trail(&context, actor, &query(after), Details::Masked).await.unwrap().found,
                    |entry| entry.row.id
                );
                assert_eq!(listed, expected, "{actor:?} {filter:?}");
            }
        }
    }
    let elsewhere = rows.iter().find(|row| row.centre == Some(code("13103"))).unwrap();
    let query = TrailQuery { after: Some(elsewhere.id), limit: 5, ..TrailQuery::default() };
    let refused = list_trail(&context, &actors[1].0, &query, Details::Masked).await.map(|viewed| viewed.noted);
    assert!(matches!(refused, Err(ServiceError::Audit(AuditError::EntryNotFound))), "{refused:?}");
}
