//! Health centres and patients.

use std::collections::BTreeSet;

use jiff::civil::date;
use kenkocall::{
    domain::{
        BirthDate, CentreCode, DataOrigin, Language, Oximeter, PatientId, PatientStatus, ReportId, ReportOutcome,
        Sensitive,
    },
    policy::PatientTerms,
    store::{
        Database, StoreError, Tx, Unique, centres,
        patient_list::{self, PatientFilter},
        patients::{self, OximeterChange, PatientRow, Spo2Given},
        reports,
    },
};

use crate::{
    databases::Fresh,
    sample_rows::{at, centre, ground, hersys_id, id, patient, phone, report},
};

crate::on_both_databases!(
    two_reports_without_spo2_mean_no_oximeter_until_there_is_a_value,
    a_centre_is_kept_and_changed,
    a_patient_is_kept_and_changed,
    a_revision_names_only_what_it_changed,
    a_hersys_id_is_registered_once,
    a_number_gets_automated_calls_of_one_patient_under_observation,
    a_large_import_goes_in_one_transaction,
    stop_and_release_are_recorded_once,
    names_of_older_records_are_folded_by_a_migration_and_found,
    likely_doubles_have_the_same_name_and_birth_date_or_the_same_number,
);

/// Found by what was typed, by their numbers.
async fn found(tx: &mut Tx, text: &str) -> Vec<PatientId> {
    let filter = PatientFilter {
        terms: PatientTerms::read(text),
        status: PatientStatus::All,
        limit: 10,
        ..PatientFilter::default()
    };
    let centres = BTreeSet::from([centre().code]);
    let listed = patient_list::list(tx, &filter, Some(&centres)).await.unwrap();
    let everywhere = patient_list::list(tx, &filter, None).await.unwrap();
    assert_eq!(listed, everywhere);
    listed.into_iter().map(|patient| patient.id).collect()
}

async fn names_of_older_records_are_folded_by_a_migration_and_found(fresh: Fresh) {
    ground(&fresh.database, 0).await.unwrap();
    let named = |number: u64, family: &str, given: &str| PatientRow {
        family_name: Sensitive::new(family),
        given_name: Sensitive::new(given),
        ..patient(number)
    };
    let mut tx = fresh.database.begin_write().await.unwrap();
    patients::insert(&mut tx, &[named(1, "髙橋", "みほ"), named(2, "架空", "100%")]).await.unwrap();
    tx.commit().await.unwrap();
    // As an earlier version wrote it, and one more migration.
    let next = Database::open(&fresh.url, 1).await.unwrap();
    let next = next.of_next_version("UPDATE patients SET folded_name = ''");
    assert_eq!(found(&mut fresh.database.begin_read().await.unwrap(), "高橋").await, [PatientId(id(1))]);
    next.migrate(DataOrigin::Real).await.unwrap();
    let mut tx = next.begin_read().await.unwrap();
    for (text, expected) in [("高橋ミ", Some(1)), ("０%", Some(2)), ("%", Some(2)), ("_", None), ("見本", None)] {
        let expected: Vec<PatientId> = expected.into_iter().map(|number| PatientId(id(number))).collect();
        assert_eq!(found(&mut tx, text).await, expected, "{text}");
    }
    drop(tx);
    // A change of the name is found at once.
    let mut tx = next.begin_write().await.unwrap();
    patients::update(&mut tx, &[named(1, "山﨑", "みほ")]).await.unwrap();
    assert_eq!(found(&mut tx, "山崎").await, [PatientId(id(1))]);
    assert_eq!(found(&mut tx, "高橋").await, []);
    drop(tx);
    next.close().await;
}

async fn likely_doubles_have_the_same_name_and_birth_date_or_the_same_number(fresh: Fresh) {
    ground(&fresh.database, 0).await.unwrap();
    let named = |number: u64, family: &str| PatientRow { family_name: Sensitive::new(family), ..patient(number) };
    let mut same_number = named(3, "架空");
    (same_number.phone_number, same_number.automated_call) = (Some(phone(9)), false);
    let mut born_later = named(4, "高橋");
    born_later.birth_date = BirthDate::new(date(1990, 1, 1), date(2026, 1, 1)).unwrap();
    let mut tx = fresh.database.begin_write().await.unwrap();
    patients::insert(&mut tx, &[named(1, "髙橋"), named(2, "架空"), same_number, born_later]).await.unwrap();
    let doubles = patients::likely_doubles(&mut tx, &named(9, "高橋")).await.unwrap();
    let mut ids: Vec<PatientId> = doubles.into_iter().map(|patient| patient.id).collect();
    ids.sort();
    assert_eq!(ids, [PatientId(id(1)), PatientId(id(3))]);
}

async fn a_centre_is_kept_and_changed(fresh: Fresh) {
    let mut tx = fresh.database.begin_write().await.unwrap();
    centres::insert(&mut tx, &centre()).await.unwrap();
    let mut other = centre();
    other.code = CentreCode::parse("01").unwrap();
    assert!(!centres::update(&mut tx, &other).await.unwrap(), "not there yet");
    centres::insert(&mut tx, &other).await.unwrap();
    other.name = "札幌市保健所".into();
    other.updated_at = at(7);
    assert!(centres::update(&mut tx, &other).await.unwrap());
    assert_eq!(centres::get(&mut tx, &other.code).await.unwrap(), Some(other.clone()));
    assert_eq!(centres::get(&mut tx, &CentreCode::parse("99").unwrap()).await.unwrap(), None);
    assert_eq!(centres::list(&mut tx).await.unwrap(), [other.clone(), centre()]);
    let again = async {
        centres::insert(&mut tx, &other).await?;
        tx.commit().await
    };
    let again = again.await;
    assert!(matches!(again, Err(StoreError::Taken(Unique::CentreCode))), "{again:?}");
}

async fn a_revision_names_only_what_it_changed(fresh: Fresh) {
    ground(&fresh.database, 0).await.unwrap();
    let mut tx = fresh.database.begin_write().await.unwrap();
    patients::insert(&mut tx, &[patient(1), patient(2)]).await.unwrap();
    let [one, two] = [1, 2].map(|number| PatientId(id(number)));
    patients::request_stop(&mut tx, &[one, two], at(2)).await.unwrap();
    // Neither a repeated request nor a number that is registered no longer changes a record.
    patients::request_stop(&mut tx, &[one], at(3)).await.unwrap();
    patients::wrong_numbers(&mut tx, &[(one, phone(9)), (two, phone(2))]).await.unwrap();
    let mut found = patients::by_ids(&mut tx, &[one, two]).await.unwrap();
    found.sort_by_key(|patient| patient.id);
    let revisions: Vec<i64> = found.iter().map(|patient| patient.revision).collect();
    assert_eq!(revisions, [2, 3]);
    let mut since = async |patient, revision| patients::changed_since(&mut tx, patient, revision).await.unwrap();
    assert_eq!(since(one, 1).await, ["stop_requested_at"]);
    assert_eq!(since(two, 1).await, ["stop_requested_at", "wrong_number"]);
    assert_eq!(since(two, 2).await, ["wrong_number"]);
    assert_eq!(since(one, 2).await, [""; 0]);
}

async fn a_patient_is_kept_and_changed(fresh: Fresh) {
    ground(&fresh.database, 0).await.unwrap();
    let mut tx = fresh.database.begin_write().await.unwrap();
    let mut without = patient(2);
    (without.phone_number, without.automated_call, without.monitoring_start) = (None, false, without.diagnosis_date);
    patients::insert(&mut tx, &[patient(1), without.clone()]).await.unwrap();
    let mut found = patients::by_hersys_ids(&mut tx, &[hersys_id(1), hersys_id(2), hersys_id(3)]).await.unwrap();
    found.sort_by_key(|patient| patient.id);
    assert_eq!(found, [patient(1), without.clone()]);
    assert!(!format!("{found:?}").contains("花子"), "a record doesn't print itself");

    without.phone_number = Some(phone(77));
    without.language = Language::Portuguese;
    without.diagnosis_date = None;
    without.updated_at = at(4);
    let mut gone = patient(3);
    gone.phone_number = None;
    // A stop after the record was read isn't overwritten.
    assert!(patients::stop(&mut tx, without.id, at(3)).await.unwrap());
    assert_eq!(patients::update(&mut tx, &[without.clone(), gone]).await.unwrap(), 1);
    (without.stopped_at, without.revision) = (Some(at(3)), 3);
    assert_eq!(patients::by_ids(&mut tx, &[PatientId(id(2)), PatientId(id(3))]).await.unwrap(), [without]);
}

async fn a_hersys_id_is_registered_once(fresh: Fresh) {
    ground(&fresh.database, 0).await.unwrap();
    let mut tx = fresh.database.begin_write().await.unwrap();
    let mut twin = patient(2);
    twin.hersys_id = hersys_id(1);
    let taken = patients::insert(&mut tx, &[patient(1), twin]).await.unwrap_err();
    assert!(matches!(taken, StoreError::Taken(Unique::HersysId)), "{taken:?}");
    assert!(!format!("{taken} {taken:?}").contains("00000001"));
    tx.rollback().await.unwrap();
    let mut tx = fresh.database.begin_read().await.unwrap();
    assert_eq!(patients::registered(&mut tx, &[hersys_id(1)]).await.unwrap(), []);
}

async fn a_number_gets_automated_calls_of_one_patient_under_observation(fresh: Fresh) {
    ground(&fresh.database, 0).await.unwrap();
    let store = async |patient| {
        let mut tx = fresh.database.begin_write().await?;
        patients::insert(&mut tx, &[patient]).await?;
        tx.commit().await
    };
    let sharing = |number, automated_call| {
        let mut patient = patient(number);
        patient.phone_number = Some(phone(1));
        patient.automated_call = automated_call;
        patient
    };
    store(patient(1)).await.unwrap();
    store(sharing(2, false)).await.unwrap();
    let taken = store(sharing(3, true)).await;
    assert!(matches!(taken, Err(StoreError::Taken(Unique::AutomatedCallNumber))), "{taken:?}");

    let mut tx = fresh.database.begin_write().await.unwrap();
    let holders = patients::automated_call_holders(&mut tx, &[phone(1), phone(2)]).await.unwrap();
    assert_eq!(holders.len(), 1);
    assert_eq!((&holders[0].hersys_id, holders[0].patient), (&hersys_id(1), PatientId(id(1))));
    assert!(patients::release(&mut tx, PatientId(id(1)), at(9)).await.unwrap());
    assert_eq!(patients::automated_call_holders(&mut tx, &[phone(1)]).await.unwrap(), []);
    tx.commit().await.unwrap();
    store(sharing(3, true)).await.unwrap();
}

async fn a_large_import_goes_in_one_transaction(fresh: Fresh) {
    ground(&fresh.database, 0).await.unwrap();
    let mut tx = fresh.database.begin_write().await.unwrap();
    patients::insert(&mut tx, &(0..2500).map(patient).collect::<Vec<_>>()).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = fresh.database.begin_read().await.unwrap();
    let mut known = patients::registered(&mut tx, &(1000..3000).map(hersys_id).collect::<Vec<_>>()).await.unwrap();
    known.sort();
    assert_eq!(known, (1000..2500).map(hersys_id).collect::<Vec<_>>());
}

async fn stop_and_release_are_recorded_once(fresh: Fresh) {
    ground(&fresh.database, 0).await.unwrap();
    let mut tx = fresh.database.begin_write().await.unwrap();
    patients::insert(&mut tx, &[patient(1)]).await.unwrap();
    let patient = PatientId(id(1));
    assert!(patients::stop(&mut tx, patient, at(5)).await.unwrap());
    assert!(!patients::stop(&mut tx, patient, at(6)).await.unwrap());
    assert!(patients::release(&mut tx, patient, at(7)).await.unwrap());
    assert!(!patients::release(&mut tx, patient, at(8)).await.unwrap());
    let found = &patients::by_ids(&mut tx, &[patient]).await.unwrap()[0];
    assert_eq!((found.stopped_at, found.released_at, found.updated_at), (Some(at(5)), Some(at(7)), at(7)));
}

async fn two_reports_without_spo2_mean_no_oximeter_until_there_is_a_value(fresh: Fresh) {
    ground(&fresh.database, 0).await.unwrap();
    let mut tx = fresh.database.begin_write().await.unwrap();
    patients::insert(&mut tx, &[patient(1)]).await.unwrap();
    let one = PatientId(id(1));
    let all = (1..=6).map(|number| {
        let mut row = report(number, 1);
        row.outcome = ReportOutcome::Reported;
        row
    });
    reports::open(&mut tx, &all.collect::<Vec<_>>()).await.unwrap();
    let mut before = Oximeter::Unknown;
    for (number, measured, expected) in [
        (1, false, Oximeter::Unknown),
        (1, false, Oximeter::Unknown), // asked again in the same report
        (2, true, Oximeter::Unknown),
        (3, false, Oximeter::Unknown),
        (4, false, Oximeter::No),
        (5, false, Oximeter::No),
        (6, true, Oximeter::Yes),
    ] {
        let given = Spo2Given { report: ReportId(id(number)), measured, before, at: at(number as i64) };
        let changes = patients::spo2_given(&mut tx, &[given], 2).await.unwrap();
        let (after, centre) = (expected, patient(1).centre);
        let change = OximeterChange { patient: one, centre, before, after };
        assert_eq!(changes, if before == after { vec![] } else { vec![change] }, "{number}");
        let row = patients::by_ids(&mut tx, &[one]).await.unwrap().remove(0);
        assert_eq!((row.oximeter, row.spo2_asked_at), (expected, Some(at(number as i64))), "{number}");
        before = row.oximeter;
    }
    let row = patients::by_ids(&mut tx, &[one]).await.unwrap().remove(0);
    assert_eq!(row.revision, 3, "each change of what staff see");
    // Staff say that there is none: the count begins again, and the week.
    let none = PatientRow { oximeter: Oximeter::No, updated_at: at(50), ..row.clone() };
    patients::update(&mut tx, std::slice::from_ref(&none)).await.unwrap();
    patients::update(&mut tx, &[PatientRow { updated_at: at(60), ..none }]).await.unwrap();
    let row = patients::by_ids(&mut tx, &[one]).await.unwrap().remove(0);
    assert_eq!((row.oximeter, row.spo2_asked_at), (Oximeter::No, Some(at(50))));
}
