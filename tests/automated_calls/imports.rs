//! Long changes that are killed, fail, or meet other writers, at each of their commits: a list takes effect completely
//! or not at all, and nobody of it is called before; a centre's calls are planned completely by its settings.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::SignedDuration;
use kenkocall::domain::{CentreCode, HersysId};
use kenkocall::lab::{SYNTHETIC_CENTRE, synthetic_identity, synthetic_number};
use kenkocall::patient_import::Column;
use kenkocall::service::{
    CentreChange, CentreChanged, ImportMode, Imported, PatientError, ServiceError, change_centre, change_patient,
    finish_imports, finish_replans, import_patients, release_patient, stop_patient, walk_trail,
};
use kenkocall::store::patients::{self, PatientRow};
use kenkocall::store::{CommitHook, Decision, StoreError};
use tokio::sync::Notify;

use super::databases::Fresh;
use super::simulated_day::{Day, Plan, id};
use crate::on_both_databases;

on_both_databases!(
    a_list_is_imported_completely_or_not_at_all_wherever_its_process_is_killed,
    a_list_is_imported_completely_or_not_at_all_whichever_commit_finds_the_disk_full,
    a_list_and_staff_change_the_same_patients_one_after_the_other,
    staff_and_a_list_never_give_two_patients_one_number,
    a_centre_that_changes_its_hours_is_planned_by_the_new_ones,
    two_lists_are_imported_one_after_the_other,
    nobody_of_an_unfinished_list_is_called,
    a_centre_s_calls_are_planned_completely_wherever_the_process_is_killed,
    a_slot_that_begins_while_a_centre_is_planned_is_called_for,
);

/// Registered before, and changed by the lists.
const OLD: u32 = 130;
/// New patients of each list.
const NEW: u32 = 130;

/// What happens at a commit of an import.
#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    /// The process is killed before it, or nobody hears its result.
    Before,
    After,
    /// The disk is full from then on.
    Full,
    /// It waits after it until the test goes on.
    Pause,
}

/// Lets something happen at one commit.
struct Fate {
    commits_left: AtomicU32,
    at: At,
    reached: Notify,
    goes_on: Notify,
}

impl Fate {
    fn after(commits: u32, at: At) -> Arc<Self> {
        Arc::new(Self { commits_left: commits.into(), at, reached: Notify::new(), goes_on: Notify::new() })
    }

    /// Returns `true` at the commit, and from then on if the disk is full.
    fn is_reached(&self) -> bool {
        let left = self.commits_left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        left.is_err()
    }
}

struct Hook(Arc<Fate>, Mutex<bool>);

impl CommitHook for Hook {
    fn before(&self) -> Decision {
        let reached = self.0.is_reached();
        *self.1.lock().unwrap() = reached;
        let fate = Arc::clone(&self.0);
        Box::pin(async move {
            match fate.at {
                At::Before if reached => {
                    fate.reached.notify_one();
                    std::future::pending().await
                }
                At::Full if reached => Err(StoreError::Full),
                _ => Ok(()),
            }
        })
    }

    fn after(&self) -> Decision {
        let reached = std::mem::take(&mut *self.1.lock().unwrap());
        let fate = Arc::clone(&self.0);
        Box::pin(async move {
            match fate.at {
                At::After if reached => {
                    fate.reached.notify_one();
                    std::future::pending().await
                }
                At::Pause if reached => {
                    fate.reached.notify_one();
                    fate.goes_on.notified().await;
                    // Only once.
                    fate.commits_left.store(u32::MAX, Ordering::SeqCst);
                    Ok(())
                }
                _ => Ok(()),
            }
        })
    }
}

/// The list of a round: `OLD` registered patients under new names, who swap their numbers in pairs, and `NEW` new ones.
/// The first new one gets the number of the last old one, who gets another.
fn list(round: u32) -> String {
    let mut list = "hersys_id,birth_date,family_name,given_name,phone_number,automated_call,call_times\n".to_owned();
    let first_new = OLD + round * NEW;
    for nth in (0..OLD).chain(first_new..first_new + NEW) {
        let number = match nth {
            _ if nth == OLD - 1 => spare_number(2 * round),
            _ if nth == first_new => last_number(round),
            _ if nth < 20 && round % 2 == 1 => synthetic_number(nth ^ 1).unwrap().expose().to_owned(),
            _ => synthetic_number(nth).unwrap().expose().to_owned(),
        };
        let (id, born) = synthetic_identity(nth).unwrap();
        writeln!(list, "{},{},見本,第{round}回,{number},yes,09:00", id.expose(), born.expose()).unwrap();
    }
    list
}

fn spare_number(nth: u32) -> String {
    format!("+819088{nth:06}")
}

/// The number that the last old patient has before a round.
fn last_number(round: u32) -> String {
    match round.checked_sub(1) {
        None => synthetic_number(OLD - 1).unwrap().expose().to_owned(),
        Some(before) => spare_number(2 * before),
    }
}

async fn import(day: &Day, fresh: &Fresh, list: &str, fate: &Arc<Fate>) -> Result<Imported, ServiceError> {
    let hook = Hook(Arc::clone(fate), Mutex::new(false));
    let context = day.context_on(fresh.database.clone().with_commit_hook(Arc::new(hook)));
    import_patients(&context, &day.client.actor, &centre(), list, ImportMode::Write, |_, _| ()).await
}

fn centre() -> CentreCode {
    CentreCode::parse(SYNTHETIC_CENTRE).unwrap()
}

/// The given names of these patients; of one who isn't registered, none.
async fn names(fresh: &Fresh, people: std::ops::Range<u32>) -> Vec<Option<String>> {
    let ids: Vec<HersysId> = people.map(id).collect();
    let found = patients::by_hersys_ids(&mut fresh.database.begin_read().await.unwrap(), &ids).await.unwrap();
    let name = |id: &HersysId| found.iter().find(|row| row.hersys_id == *id);
    ids.iter().map(|id| name(id).map(|row| row.given_name.expose().to_owned())).collect()
}

async fn patient(fresh: &Fresh, nth: u32) -> PatientRow {
    let mut tx = fresh.database.begin_read().await.unwrap();
    patients::by_hersys_ids(&mut tx, &[id(nth)]).await.unwrap().pop().unwrap()
}

/// Whether everybody has the name of this round, or nobody. Fails on anything between.
async fn is_imported(fresh: &Fresh, people: std::ops::Range<u32>, round: u32) -> bool {
    let expected = Some(format!("第{round}回"));
    let names = names(fresh, people.clone()).await;
    let imported = names.iter().filter(|name| **name == expected).count();
    assert!(imported == 0 || imported == names.len(), "{imported} of {people:?} are imported");
    imported > 0
}

fn new_of(round: u32) -> std::ops::Range<u32> {
    OLD + round * NEW..OLD + (round + 1) * NEW
}

/// Other processes work on, and after a while one of them finds the unfinished import.
async fn others_take_over(day: &Day) {
    let clock = &day.simulation.clock;
    finish_imports(&day.client.context).await.unwrap();
    finish_replans(&day.client.context).await.unwrap();
    clock.set(clock.now() + SignedDuration::from_secs(16));
    finish_imports(&day.client.context).await.unwrap();
    finish_replans(&day.client.context).await.unwrap();
}

/// Nothing of an import is left besides what counts.
async fn is_clean(day: &Day, patients: u64) {
    assert_eq!(day.kept.count("patients").await, patients);
    assert_eq!(day.kept.count("person_keys WHERE id NOT IN (SELECT id FROM patients)").await, 0);
    assert_eq!(day.kept.count("held_changes").await, 0);
    assert_eq!(day.kept.count("held_audit").await, 0);
    assert_eq!(day.kept.count("imports WHERE state = 'idle' AND hidden = -1").await, 1);
    let walked = walk_trail(&day.client.context, &day.client.actor, None, Duration::ZERO).await.unwrap();
    assert_eq!((walked.chain_error, walked.waiting), (None, 0));
}

async fn begin(fresh: &Fresh) -> Day {
    Day::begin(fresh, Plan { patients: vec!["09:00"; OLD as usize], ..Plan::default() }).await
}

/// What the trail says about a round's patients: those added, and those changed.
async fn trail(day: &Day, action: &str) -> u64 {
    day.kept.count(&format!("audit WHERE action = '{action}'")).await
}

/// How many commits an import has depends on how fast they are. A test goes through them again until it has met enough.
const MOST_SWEEPS: u32 = 12;

async fn a_list_is_imported_completely_or_not_at_all_wherever_its_process_is_killed(fresh: Fresh) {
    let day = begin(&fresh).await;
    let (mut round, mut undone, mut finished) = (0, 0, 0);
    let (mut sweeps, mut commits) = (0, 0);
    while finished < 4 || undone < 4 {
        assert!(sweeps < MOST_SWEEPS, "{undone} were undone, and {finished} finished");
        for at in [At::Before, At::After] {
            let fate = Fate::after(commits, at);
            let list = list(round);
            let killed = tokio::select! {
                imported = import(&day, &fresh, &list, &fate) => {
                    assert_eq!(imported.unwrap().new, NEW as usize);
                    false
                }
                () = fate.reached.notified() => true
            };
            let visible = is_imported(&fresh, new_of(round), round).await;
            others_take_over(&day).await;
            let imported = is_imported(&fresh, new_of(round), round).await;
            assert_eq!(imported, visible, "killed at {commits}");
            assert_eq!(is_imported(&fresh, 0..OLD, round).await, imported, "killed at {commits}");
            assert!(imported || killed);
            finished += u64::from(killed && imported);
            undone += u64::from(!imported);
            if imported {
                assert_eq!(patient(&fresh, OLD - 1).await.phone_number.unwrap().expose(), spare_number(2 * round));
                let taker = patient(&fresh, new_of(round).start).await;
                assert_eq!((taker.phone_number.unwrap().expose(), taker.automated_call), (&*last_number(round), true));
                round += 1;
            }
            is_clean(&day, u64::from(OLD + NEW * round)).await;
            assert_eq!(trail(&day, "patient.added").await, u64::from(NEW * round));
            assert_eq!(trail(&day, "patient.changed").await, u64::from(OLD * round));
            (sweeps, commits) = if killed { (sweeps, commits) } else { (sweeps + 1, 0) };
        }
        commits += 1;
    }
    // Killed before its first commit, an import has written nothing.
    let begun = trail(&day, "patients.import_undone").await;
    assert!(begun > 0 && begun < undone, "{begun} of {undone}");
}

async fn a_list_is_imported_completely_or_not_at_all_whichever_commit_finds_the_disk_full(fresh: Fresh) {
    let day = begin(&fresh).await;
    let (mut round, mut refused, mut unfinished) = (0, 0, 0);
    let (mut sweeps, mut commits) = (0, 0);
    while refused < 3 || unfinished < 2 {
        assert!(sweeps < MOST_SWEEPS, "{refused} were refused, and {unfinished} unfinished");
        let fate = Fate::after(commits, At::Full);
        let outcome = import(&day, &fresh, &list(round), &fate).await;
        let visible = is_imported(&fresh, new_of(round), round).await;
        commits += 1;
        match outcome {
            Ok(_) => {
                assert!(visible);
                (sweeps, commits) = (sweeps + 1, 0);
            }
            Err(ServiceError::Store(StoreError::Full)) => {
                assert!(!visible, "at {commits}");
                refused += 1;
            }
            Err(ServiceError::Patient(PatientError::ImportUnfinished)) => {
                assert!(visible, "at {commits}");
                unfinished += 1;
            }
            Err(error) => panic!("{error}"),
        }
        // There is room again.
        others_take_over(&day).await;
        assert_eq!(is_imported(&fresh, new_of(round), round).await, visible);
        assert_eq!(is_imported(&fresh, 0..OLD, round).await, visible);
        round += u32::from(visible);
        is_clean(&day, u64::from(OLD + NEW * round)).await;
    }
}

async fn a_list_and_staff_change_the_same_patients_one_after_the_other(fresh: Fresh) {
    let day = begin(&fresh).await;
    let (context, actor) = (&day.client.context, &day.client.actor);
    // On a slow machine it has more commits than there are patients to stop.
    for commits in 0..25 {
        let round = commits;
        let fate = Fate::after(commits, At::Pause);
        let list = list(round);
        let importing = import(&day, &fresh, &list, &fate);
        tokio::pin!(importing);
        tokio::select! {
            imported = &mut importing => {
                imported.unwrap();
                break;
            }
            () = fate.reached.notified() => {}
        }
        let language = if round % 2 == 0 { "en" } else { "ja" };
        let wanted = [(Column::Language, language), (Column::GivenName, "職員")];
        change_patient(context, actor, &id(0), None, &wanted).await.unwrap();
        stop_patient(context, actor, &id(100 + round)).await.unwrap();
        release_patient(context, actor, &id(60 + round)).await.unwrap();
        fate.goes_on.notify_one();
        assert_eq!(importing.await.unwrap().new, NEW as usize);
        let changed = patient(&fresh, 0).await;
        assert_eq!(changed.language.tag(), language, "the list doesn't say which language, so staff's stays");
        let stopped = patient(&fresh, 100 + round).await;
        assert!(stopped.stopped_at.is_some() && stopped.calling.next_slot_at.is_none(), "after commit {commits}");
        let released = patient(&fresh, 60 + round).await;
        assert!(released.released_at.is_some() && released.calling.next_slot_at.is_none(), "after commit {commits}");
        // What was changed last stands: the list before it counts, and staff after that.
        let name = changed.given_name.expose().to_owned();
        assert!(name == format!("第{round}回") || name == "職員", "{name}");
        assert!(is_imported(&fresh, 1..OLD, round).await && is_imported(&fresh, new_of(round), round).await);
        is_clean(&day, u64::from(OLD + NEW * (round + 1))).await;
    }
}

async fn staff_and_a_list_never_give_two_patients_one_number(fresh: Fresh) {
    let day = begin(&fresh).await;
    let (context, actor) = (&day.client.context, &day.client.actor);
    let (mut refused_lists, mut refused_staff) = (0, 0);
    let (mut round, mut sweeps, mut commits) = (0, 0, 0);
    while refused_lists == 0 || refused_staff == 0 {
        assert!(sweeps < MOST_SWEEPS, "{refused_lists} and {refused_staff}");
        let before = patient(&fresh, OLD - 1).await.phone_number.unwrap();
        let fate = Fate::after(commits, At::Pause);
        // Nobody exchanges numbers in even rounds.
        round += 2;
        commits += 1;
        // The list gives the last old patient a new number. Staff give the same one to somebody who isn't on the list.
        let list: String = list(round)
            .lines()
            .filter(|line| !line.contains(id(5).expose()))
            .fold(String::new(), |list, line| list + &line.replace(&last_number(round), before.expose()) + "\n");
        let importing = import(&day, &fresh, &list, &fate);
        tokio::pin!(importing);
        tokio::select! {
            _ = &mut importing => {
                (sweeps, commits) = (sweeps + 1, 0);
                continue;
            }
            () = fate.reached.notified() => {}
        }
        let number = spare_number(2 * round);
        let staff = change_patient(context, actor, &id(5), None, &[(Column::PhoneNumber, &number)]).await;
        fate.goes_on.notify_one();
        match (importing.await, staff) {
            (Ok(_), Err(ServiceError::Patient(PatientError::NumberInUse(_)))) => {
                refused_staff += 1;
                assert_eq!(patient(&fresh, OLD - 1).await.phone_number.unwrap().expose(), number);
            }
            (Err(ServiceError::Patient(PatientError::InvalidList(findings))), Ok(_)) => {
                refused_lists += 1;
                assert_eq!(findings.len(), 1);
                assert_eq!(patient(&fresh, OLD - 1).await.phone_number.unwrap(), before);
            }
            (list, staff) => panic!("after commit {commits}: {list:?} {staff:?}"),
        }
        assert_eq!(day.kept.count(&format!("patients WHERE phone_number = '{number}'")).await, 1);
        assert_eq!(day.kept.count("held_changes").await, 0);
    }
}

async fn a_centre_that_changes_its_hours_is_planned_by_the_new_ones(fresh: Fresh) {
    let day = begin(&fresh).await;
    let fate = Fate::after(2, At::Pause);
    let list = list(0);
    let importing = import(&day, &fresh, &list, &fate);
    tokio::pin!(importing);
    tokio::select! {
        _ = &mut importing => panic!("it has more commits"),
        () = fate.reached.notified() => {}
    }
    // From now on nobody is called at 09:00.
    day.centre(CentreChange { calling_hours: Some("10:00-20:00".parse().unwrap()), ..CentreChange::default() }).await;
    fate.goes_on.notify_one();
    let Err(ServiceError::Patient(PatientError::InvalidList(findings))) = importing.await else {
        panic!("the call times of the list are outside the hours")
    };
    assert_eq!(findings.len(), (OLD + NEW) as usize);
    is_clean(&day, u64::from(OLD)).await;
}

async fn two_lists_are_imported_one_after_the_other(fresh: Fresh) {
    let day = begin(&fresh).await;
    let never = Fate::after(u32::MAX, At::Full);
    // Both have the same new patients; whichever comes second changes nothing but the names of the first.
    let (first, second) = (list(0), list(0).replace("第0回", "第9回"));
    let (one, other) = tokio::join!(import(&day, &fresh, &first, &never), import(&day, &fresh, &second, &never));
    let (one, other) = (one.unwrap(), other.unwrap());
    let mut counts = [(one.new, one.changed), (other.new, other.changed)];
    counts.sort_unstable();
    assert_eq!(counts, [(0, (OLD + NEW) as usize), (NEW as usize, OLD as usize)]);
    let names = names(&fresh, 0..OLD + NEW).await;
    assert!(names.iter().all(|name| *name == names[0]), "one list came last for everybody");
    is_clean(&day, u64::from(OLD + NEW)).await;
}

async fn nobody_of_an_unfinished_list_is_called(fresh: Fresh) {
    let day = Day::begin(&fresh, Plan { start: "2026-11-24T08:59:30+09:00", ..Plan::default() }).await;
    let new_ones: String = list(0)
        .lines()
        .enumerate()
        .filter(|(row, _)| *row == 0 || *row > OLD as usize + 1)
        .map(|(_, line)| format!("{line}\n"))
        .collect();
    // Killed after some of its patients are written.
    let fate = Fate::after(2, At::After);
    tokio::select! {
        _ = import(&day, &fresh, &new_ones, &fate) => panic!("it has more commits"),
        () = fate.reached.notified() => {}
    }
    assert!(day.kept.count("patients").await > 1);
    day.until("09:20").await;
    assert_eq!(day.rang().len(), 1, "the registered patient, and nobody of the list");
    assert_eq!(day.kept.count("slots").await, 1);
    others_take_over(&day).await;
    is_clean(&day, 1).await;
    // Imported again, they are called at their next time.
    let never = Fate::after(u32::MAX, At::Full);
    assert_eq!(import(&day, &fresh, &new_ones, &never).await.unwrap().new, NEW as usize - 1);
    day.until_moment("2026-11-25T09:30:00+09:00").await;
    assert_eq!(day.rang().len(), 1 + NEW as usize);
}

async fn change_hours(day: &Day, fresh: &Fresh, hours: &str, fate: &Arc<Fate>) -> Result<CentreChanged, ServiceError> {
    let hook = Hook(Arc::clone(fate), Mutex::new(false));
    let context = day.context_on(fresh.database.clone().with_commit_hook(Arc::new(hook)));
    let change = CentreChange { calling_hours: Some(hours.parse().unwrap()), ..CentreChange::default() };
    change_centre(&context, &day.client.actor, &centre(), &change).await
}

async fn a_centre_s_calls_are_planned_completely_wherever_the_process_is_killed(fresh: Fresh) {
    let day = begin(&fresh).await;
    let (mut early, mut kept, mut changed) = (true, 0, 0);
    'commits: for commits in 0.. {
        for at in [At::Before, At::After, At::Full] {
            let fate = Fate::after(commits, at);
            // Everybody's time is 09:00.
            let hours = if early { "10:00-20:00" } else { "08:00-20:00" };
            tokio::select! {
                outcome = change_hours(&day, &fresh, hours, &fate) => match outcome {
                    Ok(_) => break 'commits,
                    Err(error) => assert!(at == At::Full, "{error}"),
                },
                () = fate.reached.notified() => {}
            }
            others_take_over(&day).await;
            let hours = format!("centres WHERE settings LIKE '%\"calling_hours\":\"{hours}\"%'");
            let is_changed = day.kept.count(&hours).await == 1;
            early ^= is_changed;
            changed += u32::from(is_changed);
            kept += u32::from(!is_changed);
            let planned = day.kept.count("patients WHERE next_slot_at IS NOT NULL").await;
            assert_eq!(planned, if early { u64::from(OLD) } else { 0 }, "killed at {commits}");
            assert_eq!(day.kept.count("replans").await, 0);
        }
    }
    assert!(kept > 0 && changed > 3, "{kept} and {changed}");
}

async fn a_slot_that_begins_while_a_centre_is_planned_is_called_for(fresh: Fresh) {
    let times = vec!["10:00"; OLD as usize];
    let plan = Plan { start: "2026-11-24T09:59:50+09:00", patients: times, hours: "11:00-20:00", ..Plan::default() };
    let day = Day::begin(&fresh, plan).await;
    // Killed after it has planned some of them. Nobody goes on before 10:00.
    let fate = Fate::after(2, At::After);
    tokio::select! {
        _ = change_hours(&day, &fresh, "10:00-20:00", &fate) => panic!("it has more commits"),
        () = fate.reached.notified() => {}
    }
    day.until("10:00:30").await;
    assert!(day.rang().len() < OLD as usize);
    others_take_over(&day).await;
    day.until("10:10").await;
    assert_eq!(day.rang().len(), OLD as usize, "nobody is forgotten, and nobody is called twice");
}
