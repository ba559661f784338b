//! The audit entries of views: one entry names everyone shown, many views share a commit, and nothing is shown before
//! its entry is committed.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use kenkocall::{
    domain::{Actor, AlertId, AlertKind, CentreCode, HersysId, PatientId, Role},
    service::{
        AlertQuery, Clock, Context, Details, PatientQuery, ServiceError, ShownEntry, TrailQuery, list_alerts,
        list_patients, list_trail, seal_trail, walk_trail,
    },
    store::{
        CommitHook, Decision, StoreError,
        alerts::{self, AlertRow},
        audit::AuditPerson,
        connection_lost,
    },
};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::{
    databases::Fresh,
    db_assertions::DatabaseAssertions,
    pages::{CENTRES, operator, staff, three_centres},
    sample_rows::{at, id, patient},
};

crate::on_both_databases!(
    one_entry_names_everyone_shown,
    a_changed_list_of_the_shown_is_found,
    nothing_is_shown_before_its_entry_is_committed,
    what_is_shown_is_recorded_whichever_commits_fail,
);

/// Views at once.
const VIEWS: usize = 64;

/// Decides commits by a list, and counts them. `None` waits for a permit first.
struct Commits {
    decisions: Mutex<Vec<Fate>>,
    gate: Arc<Semaphore>,
    begun: Arc<AtomicU32>,
}

/// What happens at a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Succeeds,
    FailsBefore,
    FailsAfter,
}

impl Commits {
    fn of(decisions: Vec<Fate>, open: usize) -> Arc<Self> {
        let gate = Arc::new(Semaphore::new(open));
        Arc::new(Self { decisions: Mutex::new(decisions), gate, begun: Arc::default() })
    }

    fn next(&self) -> Fate {
        self.decisions.lock().unwrap().last().copied().unwrap_or(Fate::Succeeds)
    }
}

impl CommitHook for Commits {
    fn before(&self) -> Decision {
        let (gate, begun, fate) = (Arc::clone(&self.gate), Arc::clone(&self.begun), self.next());
        if fate == Fate::FailsBefore {
            self.decisions.lock().unwrap().pop();
        }
        Box::pin(async move {
            begun.fetch_add(1, Ordering::SeqCst);
            gate.acquire().await.unwrap().forget();
            if fate == Fate::FailsBefore { Err(connection_lost()) } else { Ok(()) }
        })
    }

    fn after(&self) -> Decision {
        let fate = self.decisions.lock().unwrap().pop();
        Box::pin(async move { if fate == Some(Fate::FailsAfter) { Err(connection_lost()) } else { Ok(()) } })
    }
}

fn code(text: &str) -> CentreCode {
    CentreCode::parse(text).unwrap()
}

/// The alerts of patients, one each, in the list.
async fn with_alerts(fresh: &Fresh, patients: impl Iterator<Item = u64>) -> Arc<Context> {
    let context = three_centres(fresh).await;
    let row = |nth: u64| AlertRow {
        centre: Some(code(CENTRES[nth as usize % 3])),
        patient: Some(PatientId(id(nth))),
        ..AlertRow::of_all(AlertId(id(500 + nth)), AlertKind::Unanswered, at(0))
    };
    let mut tx = fresh.database.begin_write().await.unwrap();
    alerts::raise(&mut tx, &patients.map(row).collect::<Vec<_>>()).await.unwrap();
    tx.commit().await.unwrap();
    context
}

fn alerts_of_all() -> AlertQuery {
    AlertQuery { limit: 100, ..AlertQuery::default() }
}

async fn entries(context: &Context, actor: &Actor, patient: Option<HersysId>) -> Vec<ShownEntry> {
    let query = TrailQuery { patient, limit: 200, ..TrailQuery::default() };
    let mut found = list_trail(context, actor, &query, Details::Masked).await.unwrap().found.items;
    found.retain(|entry| entry.row.action != "audit.listed");
    found
}

async fn one_entry_names_everyone_shown(fresh: Fresh) {
    let context = with_alerts(&fresh, 0..6).await;
    let query = PatientQuery { limit: 3, centre: Some(code("13101")), ..PatientQuery::default() };
    drop(list_patients(&context, &operator(None), &query, Details::Masked).await.unwrap());
    drop(list_alerts(&context, &operator(None), &alerts_of_all()).await.unwrap());
    let nurse = staff(Role::Nurse, &CENTRES[..1]);
    drop(list_alerts(&context, &nurse, &alerts_of_all()).await.unwrap());

    let all = entries(&context, &operator(None), None).await;
    let person = |nth: u64| AuditPerson { patient: PatientId(id(nth)), centre: code(CENTRES[nth as usize % 3]) };
    let people: BTreeSet<_> = all.iter().map(|entry| (entry.row.action.clone(), entry.row.people.clone())).collect();
    let alerts_shown =
        |people: &[u64]| ("patient.alert_shown".to_owned(), people.iter().map(|nth| person(*nth)).collect());
    let listed = ("patients.listed".to_owned(), vec![person(0), person(3), person(6)]);
    assert_eq!(people, BTreeSet::from([listed, alerts_shown(&[0, 1, 2, 3, 4, 5]), alerts_shown(&[0, 3])]));
    assert_eq!(all.len(), 3);

    // Who saw this patient?
    for (nth, count) in [(0, 3), (1, 1), (3, 3), (6, 1), (7, 0)] {
        let found = entries(&context, &operator(None), Some(patient(nth).hersys_id)).await;
        assert_eq!(found.len(), count, "patient {nth}");
    }
    // Another centre's administrator sees that its own patients were shown, and nobody else.
    let administrator = staff(Role::CentreAdministrator, &CENTRES[1..2]);
    let found = entries(&context, &administrator, None).await;
    assert_eq!(found.iter().map(|entry| &entry.row.people[..]).collect::<Vec<_>>(), [[person(1), person(4)]]);
    let found = entries(&context, &administrator, Some(patient(4).hersys_id)).await;
    assert_eq!(found.len(), 1);
    let found = entries(&context, &administrator, Some(patient(3).hersys_id)).await;
    assert_eq!(found.len(), 0, "a patient of another centre");
}

async fn a_changed_list_of_the_shown_is_found(fresh: Fresh) {
    let context = with_alerts(&fresh, 0..6).await;
    drop(list_alerts(&context, &operator(None), &alerts_of_all()).await.unwrap());
    seal_trail(&context.database).await.unwrap();
    let chain_error = async || {
        let walked = walk_trail(&context, &operator(None), None, Duration::ZERO).await.unwrap();
        (walked.entries, walked.chain_error.is_some())
    };
    // The view, and the seals of the alerts.
    assert_eq!(chain_error().await, (2, false));
    let kept = DatabaseAssertions::at(&fresh.url);
    let on = if fresh.url.starts_with("postgres") { " ON audit_subjects" } else { "" };
    for trigger in ["audit_keeps_subjects", "audit_keeps_their_values"] {
        kept.rows(&format!("DROP TRIGGER {trigger}{on}")).await;
    }
    let shown = id(2);
    for (change, back) in [
        ("DELETE FROM audit_subjects WHERE subject = 'ID'", "INSERT INTO audit_subjects SELECT * FROM taken_out"),
        (
            "UPDATE audit_subjects SET centre_code = '13101' WHERE subject = 'ID'",
            "UPDATE audit_subjects SET centre_code = '13103' WHERE subject = 'ID'",
        ),
        ("DELETE FROM audit_subjects", "INSERT INTO audit_subjects SELECT * FROM everything"),
    ] {
        for copy in [
            "DROP TABLE IF EXISTS taken_out",
            "DROP TABLE IF EXISTS everything",
            "CREATE TABLE taken_out AS SELECT * FROM audit_subjects WHERE subject = 'ID'",
            "CREATE TABLE everything AS SELECT * FROM audit_subjects",
        ] {
            kept.rows(&copy.replace("ID", &shown.to_string())).await;
        }
        kept.rows(&change.replace("ID", &shown.to_string())).await;
        assert_eq!(chain_error().await, (0, true), "{change}");
        kept.rows(&back.replace("ID", &shown.to_string())).await;
        assert_eq!(chain_error().await, (2, false), "{back}");
    }
}

/// A context whose commits are decided by a hook.
fn decided(fresh: &Fresh, commits: &Arc<Commits>) -> Arc<Context> {
    Context::new(fresh.database.clone().with_commit_hook(Arc::clone(commits) as _), Clock::reading(|| at(1_000)))
}

async fn nothing_is_shown_before_its_entry_is_committed(fresh: Fresh) {
    let own = with_alerts(&fresh, 0..6).await;
    let commits = Commits::of(Vec::new(), 0);
    let context = decided(&fresh, &commits);
    let mut views = JoinSet::new();
    for _ in 0..VIEWS {
        let context = Arc::clone(&context);
        views
            .spawn(async move { list_alerts(&context, &operator(None), &alerts_of_all()).await.unwrap().found.others });
    }
    // The first commit waits, and with it every view.
    while commits.begun.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    assert!(views.try_join_next().is_none(), "a view was shown before its entry was committed");
    assert_eq!(DatabaseAssertions::at(&fresh.url).count("audit").await, 0);
    commits.gate.add_permits(VIEWS);
    while let Some(view) = views.join_next().await {
        view.unwrap();
    }
    let recorded = entries(&own, &operator(None), None).await;
    assert_eq!(recorded.len(), VIEWS);
    assert!(recorded.iter().all(|entry| entry.people.len() == 6));
}

async fn what_is_shown_is_recorded_whichever_commits_fail(fresh: Fresh) {
    let own = with_alerts(&fresh, 0..6).await;
    let fates = (0..40).map(|nth| match nth % 5 {
        0 | 3 => Fate::FailsBefore,
        1 => Fate::FailsAfter,
        _ => Fate::Succeeds,
    });
    let commits = Commits::of(fates.collect(), 10_000);
    let context = decided(&fresh, &commits);
    let mut shown = 0;
    let mut refused = 0;
    for _ in 0..30 {
        let mut views = JoinSet::new();
        for _ in 0..4 {
            let context = Arc::clone(&context);
            views.spawn(async move { list_alerts(&context, &operator(None), &alerts_of_all()).await });
        }
        while let Some(view) = views.join_next().await {
            match view.unwrap() {
                Ok(_) => shown += 1,
                Err(ServiceError::Store(StoreError::Driver(_))) => refused += 1,
                Err(error) => panic!("{error}"),
            }
        }
    }
    assert_eq!(shown + refused, 120);
    assert!(refused >= 18, "{refused}");
    let recorded = entries(&own, &operator(None), None).await;
    assert!(recorded.len() >= shown, "{} of {shown} views were recorded", recorded.len());
    assert!(recorded.iter().all(|entry| entry.people.len() == 6), "an entry was written without its people");
}
