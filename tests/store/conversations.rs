//! Calls, legs, sessions and turns.

use kenkocall::{
    domain::{CallId, CallRole, CentreCode, Disposition, HangupCause, LegId},
    store::{
        Document, StoreError, Tx, Unique,
        call_people::{self, CallPerson},
        calls::{self, CallEnd, CallFilter, CallsOf},
        legs::{self, LegEnd, LegStatus},
        patients::{self, PatientRow},
        sessions, turns,
    },
};

use crate::{
    databases::Fresh,
    sample_rows::{at, call, centre, ground, id, leg, patient, phone, session, turn},
};

crate::on_both_databases!(
    a_session_is_saved_and_loaded_with_its_call,
    many_sessions_go_in_one_save,
    a_session_that_moved_on_is_stale,
    of_two_writers_the_second_is_stale,
    turns_read_back_in_order_and_are_taken_once,
    a_call_ends_once,
    calls_are_listed_latest_first,
    calls_of_a_centre_are_listed_page_by_page,
    the_sweeper_sees_silent_calls_alone,
    legs_are_found_by_the_carriers_name,
    a_leg_never_goes_back,
);

async fn a_session_is_saved_and_loaded_with_its_call(fresh: Fresh) {
    ground(&fresh.database, 2).await.unwrap();
    let mut tx = fresh.database.begin_write().await.unwrap();
    sessions::save(&mut tx, vec![session(0, 1)]).await.unwrap();
    sessions::save(&mut tx, vec![session(0, 2)]).await.unwrap();
    let end = CallEnd { call: CallId(id(0)), ended_at: at(9), disposition: Disposition::Reported };
    calls::end(&mut tx, &[end]).await.unwrap();
    tx.commit().await.unwrap();

    let mut tx = fresh.database.begin_read().await.unwrap();
    let found = sessions::load(&mut tx, &[CallId(id(0)), CallId(id(1))]).await.unwrap();
    assert_eq!(found.len(), 1, "the other call has no session");
    assert_eq!((found[0].revision, found[0].turn, found[0].ended), (2, 2, true));
    assert_eq!(found[0].session.as_str(), r#"{"revision":2}"#);
    assert_eq!((found[0].line, found[0].flow_set.as_str()), (call(0).line, "digest"));
    assert!(!format!("{found:?}").contains("revision\":2"), "a session doesn't print itself");
    assert_eq!(sessions::load(&mut tx, &[]).await.unwrap(), vec![]);
}

async fn many_sessions_go_in_one_save(fresh: Fresh) {
    ground(&fresh.database, 300).await.unwrap();
    let mut tx = fresh.database.begin_write().await.unwrap();
    for revision in 1..=2 {
        sessions::save(&mut tx, (0..300).map(|number| session(number, revision)).collect()).await.unwrap();
    }
    let calls: Vec<_> = (0..300).map(|number| CallId(id(number))).collect();
    let found = sessions::load(&mut tx, &calls).await.unwrap();
    assert_eq!(found.len(), 300);
    assert!(found.iter().all(|session| session.revision == 2 && !session.ended));
}

async fn a_session_that_moved_on_is_stale(fresh: Fresh) {
    ground(&fresh.database, 2).await.unwrap();
    let mut tx = fresh.database.begin_write().await.unwrap();
    sessions::save(&mut tx, vec![session(0, 1), session(1, 1)]).await.unwrap();
    tx.commit().await.unwrap();
    for wrong in [1, 3] {
        let mut tx = fresh.database.begin_write().await.unwrap();
        let saved = async {
            sessions::save(&mut tx, vec![session(1, 2), session(0, wrong)]).await?;
            tx.commit().await
        };
        assert!(matches!(saved.await, Err(StoreError::Stale)), "revision {wrong} after 1");
    }
    let mut tx = fresh.database.begin_read().await.unwrap();
    assert_eq!(sessions::load(&mut tx, &[CallId(id(1))]).await.unwrap()[0].revision, 1, "nothing of the batch stays");
}

async fn of_two_writers_the_second_is_stale(fresh: Fresh) {
    ground(&fresh.database, 1).await.unwrap();
    let mut tx = fresh.database.begin_write().await.unwrap();
    sessions::save(&mut tx, vec![session(0, 1)]).await.unwrap();
    tx.commit().await.unwrap();
    let move_on = |database: kenkocall::store::Database| async move {
        let mut tx = database.begin_write().await?;
        sessions::save(&mut tx, vec![session(0, 2)]).await?;
        tx.commit().await
    };
    let (one, other) = tokio::join!(move_on(fresh.database.clone()), move_on(fresh.database.clone()));
    let stale = |result: &Result<(), StoreError>| matches!(result, Err(StoreError::Stale));
    assert!(one.is_ok() && stale(&other) || other.is_ok() && stale(&one), "{one:?} {other:?}");
}

async fn turns_read_back_in_order_and_are_taken_once(fresh: Fresh) {
    ground(&fresh.database, 2).await.unwrap();
    let mut tx = fresh.database.begin_write().await.unwrap();
    turns::append(&mut tx, vec![turn(0, 2), turn(1, 1), turn(0, 1)]).await.unwrap();
    turns::append(&mut tx, vec![turn(0, 10)]).await.unwrap();
    tx.commit().await.unwrap();

    let mut tx = fresh.database.begin_read().await.unwrap();
    let call = CallId(id(0));
    assert_eq!(turns::of_call(&mut tx, call).await.unwrap(), [turn(0, 1), turn(0, 2), turn(0, 10)]);
    let wanted = [(call, 2), (CallId(id(1)), 1), (CallId(id(1)), 2)];
    let mut replies = turns::replies(&mut tx, &wanted).await.unwrap();
    replies.sort_by_key(|reply| reply.call);
    let replies: Vec<_> = replies.into_iter().map(|reply| (reply.call, reply.turn, reply.reply)).collect();
    assert_eq!(replies, [(call, 2, Document::from("reply 2")), (CallId(id(1)), 1, Document::from("reply 1"))]);
    drop(tx);

    let mut tx = fresh.database.begin_write().await.unwrap();
    let again = async {
        turns::append(&mut tx, vec![turn(1, 2), turn(0, 2)]).await?;
        turns::of_call(&mut tx, call).await
    };
    let again = again.await;
    assert!(matches!(again, Err(StoreError::Taken(Unique::Turn))), "{again:?}");
    assert!(matches!(turns::of_call(&mut tx, call).await, Err(StoreError::Abandoned)), "nothing more in it");
    assert!(matches!(tx.commit().await, Err(StoreError::Abandoned)));
}

async fn a_call_ends_once(fresh: Fresh) {
    ground(&fresh.database, 2).await.unwrap();
    let mut tx = fresh.database.begin_write().await.unwrap();
    let end = |call, second, disposition| CallEnd { call: CallId(id(call)), ended_at: at(second), disposition };
    calls::end(&mut tx, &[end(0, 5, Disposition::Reported)]).await.unwrap();
    let both = [end(0, 9, Disposition::SystemFailure), end(1, 9, Disposition::Unanswered)];
    calls::end(&mut tx, &both).await.unwrap();
    let first = calls::show(&mut tx, CallId(id(0))).await.unwrap().unwrap();
    assert_eq!((first.ended_at, first.disposition), (Some(at(5)), Some(Disposition::Reported)));
    let second = calls::show(&mut tx, CallId(id(1))).await.unwrap().unwrap();
    assert_eq!((second.ended_at, second.disposition), (Some(at(9)), Some(Disposition::Unanswered)));
    assert_eq!(calls::show(&mut tx, CallId(id(7))).await.unwrap(), None);
}

async fn calls_are_listed_latest_first(fresh: Fresh) {
    ground(&fresh.database, 5).await.unwrap();
    let mut tx = fresh.database.begin_write().await.unwrap();
    let end = CallEnd { call: CallId(id(3)), ended_at: at(5), disposition: Disposition::Reported };
    calls::end(&mut tx, &[end]).await.unwrap();
    let all = CallFilter { limit: 100, ..CallFilter::default() };
    let mut listed = async |filter: CallFilter| {
        let found = calls::list(&mut tx, &filter).await.unwrap();
        found.iter().map(|call| call.id.0.as_u128() as u8).collect::<Vec<_>>()
    };
    assert_eq!(listed(all.clone()).await, [4, 3, 2, 1, 0]);
    assert_eq!(listed(CallFilter { since: Some(at(2)), limit: 2, ..all.clone() }).await, [4, 3]);
    assert_eq!(listed(CallFilter { open_only: true, since: Some(at(2)), ..all }).await, [4, 2]);
}

async fn calls_of_a_centre_are_listed_page_by_page(fresh: Fresh) {
    ground(&fresh.database, 6).await.unwrap();
    let mut tx = fresh.database.begin_write().await.unwrap();
    let newcomers =
        [PatientRow { automated_call: false, ..patient(77) }, PatientRow { automated_call: false, ..patient(78) }];
    patients::insert(&mut tx, &newcomers).await.unwrap();
    let person = |call, patient: &PatientRow| CallPerson {
        call: CallId(id(call)),
        patient: patient.id,
        centre: centre().code,
        role: CallRole::Identified,
    };
    // Two people in one call, a person added twice, and two calls without anyone.
    let [one, other] = &newcomers;
    let people = [person(0, one), person(2, one), person(2, other), person(3, other), person(5, one), person(5, one)];
    call_people::insert(&mut tx, &people).await.unwrap();
    call_people::insert(&mut tx, &[CallPerson { role: CallRole::Called, ..person(2, one) }]).await.unwrap();
    let of_calls = call_people::of_calls(&mut tx, &[CallId(id(2)), CallId(id(5))]).await.unwrap();
    assert_eq!(of_calls, [person(2, one), person(2, other), person(5, one)], "the first role stays");

    let of = CallsOf::Centre(centre().code);
    let first = CallFilter { of, limit: 2, ..CallFilter::default() };
    let mut listed = async |filter: CallFilter| {
        let found = calls::list(&mut tx, &filter).await.unwrap();
        found.iter().map(|call| call.id.0.as_u128() as u8).collect::<Vec<_>>()
    };
    assert_eq!(listed(first.clone()).await, [5, 3]);
    assert_eq!(listed(CallFilter { after: Some(CallId(id(3))), ..first.clone() }).await, [2, 0]);
    assert_eq!(listed(CallFilter { after: Some(CallId(id(0))), ..first.clone() }).await, [0_u8; 0]);
    let everyone = CallFilter { of: CallsOf::Anyone, after: Some(CallId(id(4))), ..first };
    assert_eq!(listed(everyone).await, [3, 2]);
    let elsewhere = CallsOf::Centre(CentreCode::parse("13102").unwrap());
    assert_eq!(listed(CallFilter { of: elsewhere, limit: 9, ..CallFilter::default() }).await, [0_u8; 0]);
}

async fn the_sweeper_sees_silent_calls_alone(fresh: Fresh) {
    ground(&fresh.database, 4).await.unwrap();
    let mut tx = fresh.database.begin_write().await.unwrap();
    let mut spoken = session(1, 1);
    spoken.updated_at = at(100);
    sessions::save(&mut tx, vec![session(0, 1), spoken, session(2, 1)]).await.unwrap();
    let end = CallEnd { call: CallId(id(2)), ended_at: at(5), disposition: Disposition::Reported };
    calls::end(&mut tx, &[end]).await.unwrap();
    // The fourth has no session: an outbound call that isn't answered belongs to the dialer.
    let quiet = async |tx: &mut Tx, before: i64, now: i64| -> Vec<CallId> {
        let found = sessions::quiet(tx, at(before), at(before), at(now), 10).await.unwrap();
        found.into_iter().map(|quiet| quiet.call).collect()
    };
    assert_eq!(quiet(&mut tx, 50, 200).await, [CallId(id(0))]);
    assert_eq!(quiet(&mut tx, 101, 200).await.len(), 2);
    assert_eq!(quiet(&mut tx, 0, 200).await, []);
    // A call that the carrier was asked about is skipped until the next lookup is due.
    sessions::ask_again(&mut tx, &[CallId(id(0))], at(300)).await.unwrap();
    assert_eq!(quiet(&mut tx, 101, 200).await, [CallId(id(1))]);
    assert_eq!(quiet(&mut tx, 101, 300).await.len(), 2);
}

async fn legs_are_found_by_the_carriers_name(fresh: Fresh) {
    ground(&fresh.database, 3).await.unwrap();
    let mut tx = fresh.database.begin_write().await.unwrap();
    let mut withheld = leg(1);
    withheld.far_number = None;
    withheld.near_number = Some(phone(9));
    legs::insert(&mut tx, &[leg(0), withheld.clone()]).await.unwrap();
    let name = leg(1).carrier_leg_id;
    let found = legs::by_carrier_leg(&mut tx, "twilio", &[&name, "CA-unknown"]).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].carrier_leg_id.clone(), found[0].leg, found[0].call), (name, LegId(id(1)), CallId(id(1))));
    assert_eq!(legs::of_calls(&mut tx, &[CallId(id(0)), CallId(id(1))]).await.unwrap(), [leg(0), withheld]);

    let mut again = leg(2);
    again.carrier_leg_id = leg(0).carrier_leg_id;
    again.carrier = "sip".into();
    legs::insert(&mut tx, &[again.clone()]).await.unwrap();
    again.carrier = "twilio".into();
    again.id = LegId(id(3));
    let taken = async {
        legs::insert(&mut tx, &[again]).await?;
        tx.commit().await
    };
    assert!(matches!(taken.await, Err(StoreError::Taken(Unique::LegId))));
}

async fn a_leg_never_goes_back(fresh: Fresh) {
    ground(&fresh.database, 1).await.unwrap();
    let mut tx = fresh.database.begin_write().await.unwrap();
    legs::insert(&mut tx, &[leg(0)]).await.unwrap();
    let status = |word: &str, second| LegStatus { leg: LegId(id(0)), status: word.into(), at: at(second) };
    for statuses in [
        vec![status("completed", 1)],
        vec![status("completed", 2)],
        vec![status("ringing", 3), status("completed", 3), status("ringing", 4)],
    ] {
        legs::note_statuses(&mut tx, &statuses).await.unwrap();
    }
    assert_eq!(legs::statuses(&mut tx, LegId(id(0))).await.unwrap(), [status("completed", 1), status("ringing", 3)]);

    let end = |second, cause| LegEnd { leg: LegId(id(0)), ended_at: at(second), cause };
    legs::end(&mut tx, &[end(1, HangupCause::NormalClearing)]).await.unwrap();
    legs::end(&mut tx, &[end(2, HangupCause::NoAnswer)]).await.unwrap();
    let ended = &legs::of_calls(&mut tx, &[CallId(id(0))]).await.unwrap()[0];
    assert_eq!((ended.ended_at, ended.hangup_cause), (Some(at(1)), Some(HangupCause::NormalClearing)));
}
