//! The counters of the limits against guessing.

use kenkocall::{
    domain::CallId,
    policy::Lane,
    store::{
        calls::{self, CallFilter, CallsOf},
        identifications::{
            self, Count, Failures, IdFailures, IdentificationOutcome, IdentificationRow, IdentifiedIn, Since,
        },
    },
};

use crate::{
    databases::Fresh,
    sample_rows::{at, ground, hersys_id, id, phone},
};

crate::on_both_databases!(failures_are_counted_by_id_and_lane_by_caller_and_in_all);

async fn failures_are_counted_by_id_and_lane_by_caller_and_in_all(fresh: Fresh) {
    use IdentificationOutcome::{Locked, Matched, Mismatch};
    use Lane::{Hidden, Outsider, Registered};
    ground(&fresh.database, 2).await.unwrap();
    let mut tx = fresh.database.begin_write().await.unwrap();
    let tries = [
        (1, Some(1), Registered, Mismatch, 10),
        (1, Some(2), Outsider, Mismatch, 11),
        (1, Some(2), Outsider, Mismatch, 12),
        (1, None, Hidden, Mismatch, 13),
        (1, Some(1), Registered, Matched, 14),
        (1, Some(2), Outsider, Locked, 15),
        (2, Some(2), Outsider, Mismatch, 16),
        (1, Some(3), Outsider, Mismatch, 5), // before the day, but not before the start of the ID's window
        (1, Some(3), Outsider, Mismatch, 7), // before the caller's window only
        (3, Some(2), Outsider, Mismatch, 4), // before every window
    ];
    let rows = tries.iter().zip(100..).map(|((hersys, caller, lane, outcome, second), number)| IdentificationRow {
        id: id(number),
        place: IdentifiedIn::Call(CallId(id(0))),
        hersys_id: hersys_id(*hersys),
        caller: caller.map(phone),
        lane: *lane,
        outcome: *outcome,
        at: at(*second),
    });
    identifications::append(&mut tx, &rows.collect::<Vec<_>>()).await.unwrap();

    let ids = [1, 2, 3].map(hersys_id);
    let callers = [1, 2, 3].map(phone);
    let since = Since { earliest: at(5), day: at(7), window: at(10), until: at(1_000) };
    let mut counted = identifications::failures_since(&mut tx, &ids, &callers, since).await.unwrap();
    counted.by_id.sort_by_key(|of_id| (of_id.hersys_id.clone(), of_id.lane.code()));
    counted.by_caller.sort();
    counted.by_lane.sort_by_key(|(lane, _)| lane.code());
    let of = |today, in_window| Count { today, in_window };
    let of_id = |id, lane, since_earliest, count, last| IdFailures {
        hersys_id: hersys_id(id),
        lane,
        since_earliest,
        count,
        last_at: at(last),
    };
    let expected = Failures {
        by_id: vec![
            of_id(1, Hidden, 1, of(1, 1), 13),
            of_id(1, Outsider, 4, of(3, 2), 12),
            of_id(1, Registered, 1, of(1, 1), 10),
            of_id(2, Outsider, 1, of(1, 1), 16),
        ],
        by_caller: vec![(phone(1), of(1, 1)), (phone(2), of(3, 3)), (phone(3), of(1, 0))],
        by_lane: vec![(Hidden, of(1, 1)), (Outsider, of(4, 3)), (Registered, of(1, 1))],
    };
    assert_eq!(counted, expected);
    let later = Since { earliest: at(17), day: at(17), window: at(17), ..since };
    let nobody = identifications::failures_since(&mut tx, &[], &[], later).await.unwrap();
    assert_eq!(nobody, Failures::default());

    let of_person = CallFilter { of: CallsOf::HersysId(hersys_id(2)), limit: 10, ..CallFilter::default() };
    assert_eq!(calls::list(&mut tx, &of_person).await.unwrap()[0].id, CallId(id(0)));
    let of_nobody = CallFilter { of: CallsOf::HersysId(hersys_id(9)), ..of_person };
    assert_eq!(calls::list(&mut tx, &of_nobody).await.unwrap(), []);
}
