//! Several carriers at once: each leg goes to the carrier that it names, from the node that reaches it.

use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use kenkocall::carrier::network::{
    CarrierCall, CommandResult, Dial, DialOutcome, LegProgress, LookupResult, Recent, SmsOutcome, Uncertainty,
};
use kenkocall::carrier::{Carrier, CarrierLegId, Carriers, NameTaken, Pending, Reach};
use kenkocall::domain::{CallId, JobFailure, PhoneNumber};
use kenkocall::service::{
    Context, JobFilter, JobRunner, JobState, Outside, PublicUrls, list_jobs, retry_jobs, stop_patient,
};
use kenkocall::store::nodes::ALIVE_FOR;

use crate::databases::Fresh;
use crate::simulated_day::{Day, Plan, answers_after, id};

crate::on_both_databases!(
    a_leg_names_the_node_that_placed_it,
    a_call_is_cancelled_at_the_carrier_that_its_leg_names,
    a_job_for_a_carrier_that_is_not_configured_is_given_up_and_kept,
    a_job_is_left_to_the_node_that_has_the_leg,
    a_job_of_a_node_that_has_stopped_is_run_by_another,
    a_node_that_stopped_while_its_clock_was_fast_counts_as_stopped,
);

/// A carrier that records which legs it was asked to cancel.
struct Second {
    name: &'static str,
    reach: Reach,
    cancelled: Mutex<Vec<String>>,
}

impl Second {
    fn new(reach: Reach) -> Arc<Self> {
        Arc::new(Self { name: "second", reach, cancelled: Mutex::default() })
    }

    fn cancelled(&self) -> Vec<String> {
        self.cancelled.lock().unwrap().clone()
    }
}

fn at_once<'a, T: Send + 'a>(outcome: T) -> Pending<'a, T> {
    Box::pin(std::future::ready(outcome))
}

fn unavailable<'a, T: Send + 'a>() -> Pending<'a, LookupResult<T>> {
    at_once(LookupResult::Unavailable(Uncertainty::NoAnswer))
}

impl Carrier for Second {
    fn name(&self) -> &'static str {
        self.name
    }

    fn reach(&self) -> Reach {
        self.reach
    }

    fn dial<'a>(&'a self, _: &'a Dial) -> Pending<'a, DialOutcome> {
        at_once(DialOutcome::Unknown(Uncertainty::NoAnswer))
    }

    fn cancel<'a>(&'a self, leg: &'a CarrierLegId) -> Pending<'a, CommandResult> {
        self.cancelled.lock().unwrap().push(leg.as_str().to_owned());
        at_once(CommandResult::Done)
    }

    fn say_goodbye<'a>(&'a self, _: &'a CarrierLegId, _: CallId) -> Pending<'a, CommandResult> {
        at_once(CommandResult::Unavailable)
    }

    fn look_up<'a>(&'a self, _: &'a CarrierLegId) -> Pending<'a, LookupResult<LegProgress>> {
        unavailable()
    }

    fn staff_answered<'a>(&'a self, _: &'a CarrierLegId) -> Pending<'a, LookupResult<bool>> {
        unavailable()
    }

    fn time(&self) -> Pending<'_, LookupResult<Timestamp>> {
        unavailable()
    }

    fn list<'a>(&'a self, _: &'a PhoneNumber, _: Timestamp) -> Pending<'a, LookupResult<Vec<CarrierCall>>> {
        unavailable()
    }

    fn list_newest(&self, _: Timestamp) -> Pending<'_, LookupResult<Vec<CarrierCall>>> {
        unavailable()
    }

    fn list_all(&self, _: Timestamp) -> Pending<'_, LookupResult<Vec<CarrierCall>>> {
        unavailable()
    }

    fn list_recent(&self, _: Timestamp, _: Timestamp) -> Pending<'_, LookupResult<Recent>> {
        unavailable()
    }

    fn send_sms<'a>(&'a self, _: &'a PhoneNumber, _: &'a PhoneNumber, _: &'a str) -> Pending<'a, SmsOutcome> {
        at_once(SmsOutcome::Unknown)
    }
}

#[test]
fn a_carrier_is_found_by_its_name_and_a_name_is_given_once() {
    let (first, second) = (Second::new(Reach::AnyNode), Second { name: "first", ..plain() });
    let carriers = Carriers::only(first).and(Arc::new(second)).unwrap();
    assert_eq!(carriers.default().name(), "second", "the first one places calls");
    assert_eq!(carriers.named("first").map(Carrier::name), Some("first"));
    assert_eq!(carriers.named("second").map(Carrier::name), Some("second"));
    assert!(carriers.named("third").is_none());
    assert_eq!(carriers.all().count(), 2);
    assert_eq!(carriers.and(Second::new(Reach::OwnNode)).err(), Some(NameTaken("second")));
}

fn plain() -> Second {
    Second { name: "second", reach: Reach::AnyNode, cancelled: Mutex::default() }
}

/// A node beside the one that dials, with the simulated carrier and a second one.
fn node(day: &Day, context: Arc<Context>, second: &Arc<Second>) -> JobRunner {
    let second: Arc<dyn Carrier> = Arc::<Second>::clone(second);
    let carriers = day.simulation.carriers.clone().and(second).unwrap();
    JobRunner::new(
        context,
        Some(Outside { carriers, conversations: day.simulation.conversations.clone(), urls: PublicUrls::default() }),
    )
}

/// A day on which the patient's phone rings.
async fn ringing(fresh: &Fresh) -> Day {
    let day = Day::begin(fresh, Plan { people: vec![(0, vec![answers_after(25)])], ..Plan::default() }).await;
    day.until("09:00:10").await;
    assert_eq!(day.attempts().await, ["01 placed"], "it rings");
    day
}

async fn stop(day: &Day) {
    stop_patient(&day.client.context, &day.client.actor, &id(0)).await.unwrap();
    assert_eq!(waiting(day).await, 1, "the call is to be cancelled");
}

async fn waiting(day: &Day) -> u64 {
    day.kept.count("outbox WHERE kind = 'withdraw' AND done_at IS NULL").await
}

async fn a_leg_names_the_node_that_placed_it(fresh: Fresh) {
    let day = ringing(&fresh).await;
    let node = day.simulation.context.process().to_string();
    assert_eq!(day.kept.column("SELECT node FROM legs").await, [node]);
    assert_eq!(day.kept.column("SELECT carrier FROM legs").await, ["simulator"]);
}

async fn a_call_is_cancelled_at_the_carrier_that_its_leg_names(fresh: Fresh) {
    let day = ringing(&fresh).await;
    day.kept.rows("UPDATE legs SET carrier = 'second'").await;
    stop(&day).await;
    let second = Second::new(Reach::AnyNode);
    let other = node(&day, day.context_on(fresh.database.clone()), &second);
    assert_eq!(other.run().await.unwrap(), 1);
    assert_eq!(second.cancelled(), day.kept.column("SELECT carrier_leg_id FROM legs").await);
    assert_eq!(day.simulation.lines.with(|network, _| network.live()), 1, "the default carrier was told nothing");
}

async fn a_job_for_a_carrier_that_is_not_configured_is_given_up_and_kept(fresh: Fresh) {
    let day = ringing(&fresh).await;
    day.kept.rows("UPDATE legs SET carrier = 'second'").await;
    stop(&day).await;
    let outside = Outside {
        carriers: day.simulation.carriers.clone(),
        conversations: day.simulation.conversations.clone(),
        urls: PublicUrls::default(),
    };
    let without = JobRunner::new(day.context_on(fresh.database.clone()), Some(outside));
    assert_eq!(without.run().await.unwrap(), 0);
    let failed = list_jobs(&day.client.context, &day.client.actor, JobFilter::Failed).await.unwrap();
    let at = day.simulation.clock.now();
    assert_eq!(
        failed.iter().map(|job| job.state).collect::<Vec<_>>(),
        [JobState::Failed { at, why: Some(JobFailure::NoCarrier) }]
    );
    // Once the carrier is configured again, staff retry the job.
    let second = Second::new(Reach::AnyNode);
    let with = node(&day, day.context_on(fresh.database.clone()), &second);
    assert_eq!(with.run().await.unwrap(), 0, "it isn't run by itself");
    assert_eq!(retry_jobs(&day.client.context, &day.client.actor, None).await.unwrap().len(), 1);
    assert_eq!(with.run().await.unwrap(), 1);
    assert_eq!(second.cancelled().len(), 1);
}

/// Two nodes whose second carrier has its legs in its own process, and a ringing leg of the first node.
async fn two_nodes(day: &Day, fresh: &Fresh) -> [(JobRunner, Arc<Second>); 2] {
    let nodes = [(); 2].map(|()| {
        let (context, second) = (day.context_on(fresh.database.clone()), Second::new(Reach::OwnNode));
        (context.process(), node(day, context, &second), second)
    });
    let owner = nodes[0].0;
    day.kept.rows(&format!("UPDATE legs SET carrier = 'second', node = '{owner}'")).await;
    for (_, runner, _) in &nodes {
        assert_eq!(runner.run().await.unwrap(), 0, "each shows that it is alive");
    }
    nodes.map(|(_, runner, second)| (runner, second))
}

async fn a_job_is_left_to_the_node_that_has_the_leg(fresh: Fresh) {
    let day = ringing(&fresh).await;
    let [(owner, of_owner), (other, of_other)] = two_nodes(&day, &fresh).await;
    stop(&day).await;
    for _ in 0..2 {
        assert_eq!(other.run().await.unwrap(), 0);
    }
    assert_eq!((waiting(&day).await, of_other.cancelled().len()), (1, 0));
    assert_eq!(day.kept.count("outbox WHERE node IS NOT NULL AND claimed_by IS NULL").await, 1);
    assert_eq!(owner.run().await.unwrap(), 1);
    assert_eq!((of_owner.cancelled().len(), of_other.cancelled().len()), (1, 0));
}

async fn a_job_of_a_node_that_has_stopped_is_run_by_another(fresh: Fresh) {
    let day = ringing(&fresh).await;
    let [_stopped, (other, of_other)] = two_nodes(&day, &fresh).await;
    stop(&day).await;
    assert_eq!(other.run().await.unwrap(), 0);
    day.simulation.clock.set(day.simulation.clock.now() + ALIVE_FOR);
    assert_eq!(other.run().await.unwrap(), 1);
    assert_eq!(of_other.cancelled().len(), 1);
}

async fn a_node_that_stopped_while_its_clock_was_fast_counts_as_stopped(fresh: Fresh) {
    let day = ringing(&fresh).await;
    let [_stopped, (other, of_other)] = two_nodes(&day, &fresh).await;
    let tomorrow = (day.simulation.clock.now() + SignedDuration::from_hours(24)).as_millisecond();
    day.kept.rows(&format!("UPDATE nodes SET seen_at = {tomorrow}")).await;
    stop(&day).await;
    assert_eq!(other.run().await.unwrap(), 1);
    assert_eq!(of_other.cancelled().len(), 1);
}
