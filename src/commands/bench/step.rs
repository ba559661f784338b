//! The engine alone: a caller answers one question of the questionnaire.

#![allow(clippy::disallowed_methods)] // it measures time

use std::time::Instant;

use anyhow::{Context, bail};
use hdrhistogram::Histogram;

use crate::call::{BirthDate, HersysId, Keys};
use crate::commands::documents::Origin;
use crate::commands::output::outln;
use crate::engine::{Event, Happening, Session, Start, begin, step};
use crate::rehearsal::{Cast, CastPatient, CastStanding};

const STEPS: u32 = 200_000;

pub(super) fn run() -> anyhow::Result<()> {
    let library = Origin::choose(None).library()?;
    let at = crate::service::Clock::system().now();
    let mut cast = Cast::of_a_made_up_centre().map_err(|error| anyhow::anyhow!("{error}"))?;
    let birth_date =
        BirthDate::parse_keys("19800401", jiff::civil::date(2000, 1, 1)).context("the made-up birth date")?;
    let id = HersysId::parse("1234567").context("the made-up HER-SYS ID")?;
    cast.patients.push(CastPatient::new(id, birth_date, CastStanding::UnderObservation));
    let start = Start {
        line: crate::call::Line::HealthCall,
        flow: crate::flow::FlowName::from("questionnaire"),
        language: crate::call::Language::Japanese,
        caller: None,
        call_back_number: None,
        desk: None,
        until: None,
        identify_by: None,
        person: cast.first_person(),
        answered_by: crate::engine::AnsweredBy::Person,
    };
    let (mut session, _) = begin(&library, start, at);
    let keyed = |keys: &str| Keys::parse(keys).map(|keys| Event { at, happening: Happening::Keyed(keys) });
    // To the first question of one key: temperature and oxygen are measured and confirmed.
    for keys in ["365", "1", "098", "1"] {
        session = step(&library, session, &keyed(keys)?).0;
    }
    let no = keyed("2")?;
    let sessions: Vec<Session> = vec![session; STEPS as usize];
    let mut times = Histogram::<u64>::new(3).context("the histogram")?;
    let mut effects = 0;
    for session in sessions {
        let begun = Instant::now();
        let (session, caused) = step(&library, session, &no);
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
