//! Measures the engine by itself: a caller answers one question of the questionnaire.

#![allow(clippy::disallowed_methods, reason = "it measures time")]

use std::time::Instant;

use anyhow::{Context, bail};
use hdrhistogram::Histogram;

use crate::commands::documents::Origin;
use crate::commands::output::outln;
use crate::domain::{BirthDate, HersysId, Keys};
use crate::engine::{Event, EventKind, Session, Start, begin, step};
use crate::flow_test::{FixturePatient, FixtureStatus, Fixtures};

const STEPS: u32 = 200_000;

pub(super) fn run() -> anyhow::Result<()> {
    let flow_set = Origin::choose(None).flow_set()?;
    let at = crate::service::Clock::system().now();
    let mut cast = Fixtures::of_a_synthetic_centre().map_err(|error| anyhow::anyhow!("{error}"))?;
    let birth_date =
        BirthDate::parse_keys("19800401", jiff::civil::date(2000, 1, 1)).context("the made-up birth date")?;
    let id = HersysId::parse("1234567").context("the made-up HER-SYS ID")?;
    cast.patients.push(FixturePatient::new(id, birth_date, FixtureStatus::UnderObservation));
    let start = Start {
        line: crate::domain::Line::HealthCall,
        flow: crate::flow::FlowName::from(crate::flow::names::QUESTIONNAIRE),
        language: crate::domain::Language::Japanese,
        caller: None,
        call_back_number: None,
        health_call_number: None,
        fallback_centre: None,
        until: None,
        identify_by: None,
        person: cast.first_person(),
        answered_by: crate::engine::AnsweredBy::Person,
        open_alerts: None,
    };
    let (mut session, _) = begin(&flow_set, start, at);
    let keyed = |keys: &str| Keys::parse(keys).map(|keys| Event { at, happening: EventKind::Keyed(keys.into()) });
    // Go to the first question that takes one key. Temperature and oxygen saturation are keyed in and confirmed.
    for keys in ["365", "1", "098", "1"] {
        session = step(&flow_set, session, &keyed(keys)?).0;
    }
    let no = keyed("2")?;
    let sessions: Vec<Session> = vec![session; STEPS as usize];
    let mut times = Histogram::<u64>::new(3).context("the histogram")?;
    let mut effects = 0;
    for session in sessions {
        let begun = Instant::now();
        let (session, caused) = step(&flow_set, session, &no);
        let took = begun.elapsed();
        effects += caused.len();
        times.record(u64::try_from(took.as_nanos()).unwrap_or(u64::MAX)).context("the histogram")?;
        drop(session);
    }
    if effects != 2 * STEPS as usize {
        bail!("the steps didn't answer a question each: the flow has changed, and this measurement with it");
    }
    let micros = |quantile| times.value_at_quantile(quantile) as f64 / 1000.0;
    outln!(
        "step, one answer of the questionnaire: median {:.2} µs, p99 {:.2} µs ({STEPS} steps)",
        micros(0.5),
        micros(0.99)
    );
    Ok(())
}
