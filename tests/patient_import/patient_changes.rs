//! The changes that an entry makes to a registered patient.

use super::read;
use kenkocall::{
    domain::{CentreCode, Oximeter, PhoneNumber},
    patient_import::{Change, Column, Existing, Fault, compare},
};

const FULL: &str = "hersys_id,birth_date,family_name,given_name,phone_number,automated_call,call_times,language,diagnosis_date,monitoring_start\n";

fn centre(code: &str) -> CentreCode {
    CentreCode::parse(code).unwrap()
}

/// The patient as the list registers them.
fn registered(list: &str) -> Existing {
    let entry = read(list).unwrap().remove(0);
    let Ok(Change::New(registration)) = compare(&entry, None, &centre("13101")) else { panic!("new") };
    Existing { centre: centre("13101"), registration }
}

fn change(list: &str, existing: &Existing) -> Result<Change, Fault> {
    let entry = read(list).unwrap().remove(0);
    compare(&entry, Some(existing), &centre("13101")).map_err(|finding| finding.fault)
}

fn fields(list: &str, existing: &Existing) -> Vec<Column> {
    match change(list, existing) {
        Ok(Change::Differs { fields, .. }) => fields,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_same_list_twice_changes_nothing() {
    for row in [
        "123456,1980-04-01,見本,太郎,09012345678,yes,09:00;18:00,en,2026-11-20,2026-11-21",
        "123456,1980-04-01,見本,太郎,,no,,,,",
        "123456,1980-04-01,見本,太郎,,,,,,",
    ] {
        let list = format!("{FULL}{row}");
        assert_eq!(change(&list, &registered(&list)), Ok(Change::Same), "{row}");
    }
}

#[test]
fn what_a_list_leaves_unsaid_stays() {
    let existing =
        registered(&format!("{FULL}123456,1980-04-01,見本,太郎,09012345678,yes,09:00,en,2026-11-20,2026-11-21"));
    let short = "hersys_id,birth_date,family_name,given_name\n123456,1980-04-01,見本,";
    assert_eq!(change(&format!("{short}太郎"), &existing), Ok(Change::Same));
    assert_eq!(fields(&format!("{short}次郎"), &existing), [Column::GivenName]);
    let Ok(Change::Differs { registration, .. }) = change(&format!("{short}次郎"), &existing) else { panic!() };
    assert_eq!(registration.phone_number, existing.registration.phone_number);
    assert!(registration.automated_call);
}

#[test]
fn an_empty_cell_erases_and_automated_calls_keep_their_number() {
    let existing =
        registered(&format!("{FULL}123456,1980-04-01,見本,太郎,09012345678,yes,09:00,en,2026-11-20,2026-11-21"));
    let off = format!("{FULL}123456,1980-04-01,見本,太郎,,no,,,,");
    use Column::{AutomatedCall, CallTimes, DiagnosisDate, MonitoringStart, PhoneNumber as Number};
    assert_eq!(fields(&off, &existing), [Number, AutomatedCall, CallTimes, DiagnosisDate, MonitoringStart]);
    let unsaid = "hersys_id,birth_date,family_name,given_name,phone_number\n123456,1980-04-01,見本,太郎,";
    assert_eq!(change(unsaid, &existing), Err(Fault::NumberNeeded));
    assert!(matches!(change(&format!("{unsaid}0120123456"), &existing), Err(Fault::NotCallable(_))));
    assert_eq!(fields(&format!("{unsaid}0352113641"), &existing), [Number]);
}

#[test]
fn a_patient_of_another_centre_is_left_alone() {
    let list = format!("{FULL}123456,1980-04-01,見本,太郎,,no,,,,");
    let mut existing = registered(&list);
    existing.centre = centre("27100");
    assert_eq!(change(&list, &existing), Err(Fault::OtherCentre));
    existing.registration.phone_number = PhoneNumber::from_e164("+819012345678").ok();
    assert_eq!(change(&list, &existing), Err(Fault::OtherCentre));
}

#[test]
fn an_oximeter_is_there_or_not_or_nobody_knows() {
    let list = |column: &str, cell: &str| {
        format!("hersys_id,birth_date,family_name,given_name,{column}\n123456,1980-04-01,見本,太郎,{cell}")
    };
    let without = registered("hersys_id,birth_date,family_name,given_name\n123456,1980-04-01,見本,太郎");
    assert_eq!(without.registration.oximeter, Oximeter::Unknown);
    for (cell, oximeter) in [
        ("yes", Oximeter::Yes),
        ("あり", Oximeter::Yes),
        ("無", Oximeter::No),
        ("×", Oximeter::No),
        ("不明", Oximeter::Unknown),
    ] {
        for column in ["oximeter", "パルスオキシメーター", "パルスオキシメーター（任意）"] {
            let existing = registered(&list(column, cell));
            assert_eq!(existing.registration.oximeter, oximeter, "{column} {cell}");
            assert_eq!(change(&list(column, ""), &existing), Ok(Change::Same), "an empty cell says nothing");
        }
    }
    assert_eq!(fields(&list("oximeter", "no"), &without), [Column::Oximeter]);
    let refused = read(list("oximeter", "maybe")).unwrap_err();
    assert_eq!(refused[0].fault, Fault::Oximeter);
}
