//! A health centre's retention: who will go is listed first, then goes by itself, and the audit trail still verifies.

use std::time::Duration;

use jiff::SignedDuration;
use kenkocall::domain::CentreCode;
use kenkocall::lab::SYNTHETIC_CENTRE;
use kenkocall::service::{
    RetentionMonths, erase_expired, last_verification, release_patient, set_retention, show_retention, walk_trail,
};

use crate::databases::Fresh;
use crate::simulated_day::{Day, Plan, id};

crate::on_both_databases!(who_was_released_long_ago_is_listed_and_goes_by_itself);

async fn who_was_released_long_ago_is_listed_and_goes_by_itself(fresh: Fresh) {
    let day = Day::begin(&fresh, Plan { patients: vec!["09:00"; 2], ..Plan::default() }).await;
    day.until("10:00").await;
    let (context, actor) = (&day.client.context, &day.client.actor);
    let centre = CentreCode::parse(SYNTHETIC_CENTRE).unwrap();
    let later = |days: i64| {
        let clock = &day.simulation.clock;
        clock.set(clock.now().checked_add(SignedDuration::from_hours(days * 24)).unwrap());
    };
    release_patient(context, actor, &id(0)).await.unwrap();
    later(60);
    assert_eq!(erase_expired(context).await.unwrap(), 0, "nothing is set");
    let month = RetentionMonths::new(1).unwrap();
    let asked = show_retention(context, actor, &centre, Some(month)).await.unwrap().found;
    assert_eq!((asked.months, asked.going.len()), (None, 1), "the effect, before it is saved");
    assert!(set_retention(context, actor, &centre, Some(month)).await.unwrap());
    assert!(!set_retention(context, actor, &centre, Some(month)).await.unwrap(), "the form sent again");
    later(6);
    assert_eq!(erase_expired(context).await.unwrap(), 0, "everybody was on the list for a week");
    let listed = show_retention(context, actor, &centre, None).await.unwrap().found;
    assert_eq!(listed.going.len(), 1);
    assert_eq!(listed.going[0].0.hersys_id, id(0));
    later(2);
    assert_eq!(erase_expired(context).await.unwrap(), 1);
    assert_eq!(erase_expired(context).await.unwrap(), 0);
    assert_eq!(day.kept.count("patients").await, 1);
    assert!(show_retention(context, actor, &centre, None).await.unwrap().found.going.is_empty());
    assert_eq!(last_verification(context, actor).await.unwrap(), None);
    let walked = walk_trail(context, actor, None, Duration::ZERO).await.unwrap();
    assert_eq!((walked.chain_error, walked.rows.bad), (None, Vec::new()));
    let last = last_verification(context, actor).await.unwrap().unwrap();
    assert!(last.verifies && last.by == "nurse");
    assert!(set_retention(context, actor, &centre, None).await.unwrap());
    later(400);
    release_patient(context, actor, &id(1)).await.unwrap();
    later(400);
    assert_eq!(erase_expired(context).await.unwrap(), 0, "switched off again");
}
