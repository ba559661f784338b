//! The simulated people: who they are, and what they do when the phone rings or when they call us.

mod habit;
mod health;
mod script;

use std::collections::BTreeMap;
use std::time::Duration;

use fastrand::Rng;

pub use habit::Habit;
pub use health::Health;
pub use script::{Pace, Script, Side, Staff};

pub(super) use habit::{key, language_key};
pub(crate) use script::{Decision, Pickup};

use super::rng::{Purpose, generator};
use crate::domain::{BirthDate, HersysId, Language, PhoneNumber};

/// The relative frequency of each habit. Only the proportions count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PopulationMix(BTreeMap<Habit, u32>);

impl Default for PopulationMix {
    /// [`Habit::usual_weight`]: of 100 people, 63 answer all questions, 12 don't answer, 8 have voicemail, 6 are
    /// busy, and the others have rarer habits.
    fn default() -> Self {
        Self(Habit::ALL.iter().map(|habit| (*habit, habit.usual_weight())).collect())
    }
}

impl PopulationMix {
    /// A mix in which everybody has the same habit.
    pub fn only(habit: Habit) -> Self {
        Self(BTreeMap::from([(habit, 1)]))
    }

    /// The same mix with a different weight for one habit.
    #[must_use]
    pub fn with(mut self, habit: Habit, weight: u32) -> Self {
        self.0.insert(habit, weight);
        self
    }

    /// Draws one of the habits for which `may` returns `true`. If there are none, returns the habit of answering
    /// everything.
    fn draw(&self, rng: &mut Rng, may: impl Fn(Habit) -> bool) -> Habit {
        let weights = || self.0.iter().filter(|(habit, _)| may(**habit)).map(|(habit, weight)| (*habit, *weight));
        let total: u64 = weights().map(|(_, weight)| u64::from(weight)).sum();
        let mut drawn = rng.u64(0..total.max(1));
        for (habit, weight) in weights() {
            match drawn.checked_sub(u64::from(weight)) {
                Some(left) => drawn = left,
                None => return habit,
            }
        }
        Habit::Finishes
    }
}

/// What happens to a call.
#[derive(Debug, Clone)]
pub enum Behaviour {
    /// A habit whose details are drawn for each call.
    Habit(Habit),
    /// Exactly this script.
    Script(Box<Script>),
}

impl From<Habit> for Behaviour {
    fn from(habit: Habit) -> Self {
        Self::Habit(habit)
    }
}

impl From<Script> for Behaviour {
    fn from(script: Script) -> Self {
        Self::Script(Box::new(script))
    }
}

/// The people at the numbers: drawn from the seed, or set explicitly.
#[derive(Debug, Clone, Default)]
pub struct Population {
    /// The relative frequency of each habit at numbers without an explicit person.
    pub mix: PopulationMix,
    put: BTreeMap<PhoneNumber, Vec<Behaviour>>,
}

impl Population {
    /// A population with this mix.
    pub fn of(mix: PopulationMix) -> Self {
        Self { mix, put: BTreeMap::new() }
    }

    /// Sets the person at a number: the behaviour in the first call, the second, and so on. The last one applies to
    /// all later calls. If `manners` is empty, the number is drawn from the seed again.
    pub fn put(&mut self, number: PhoneNumber, manners: Vec<Behaviour>) {
        if manners.is_empty() {
            self.put.remove(&number);
        } else {
            self.put.insert(number, manners);
        }
    }

    /// What happens to the `nth` call to a number, counted from 0, and the habit that it follows from, if any.
    pub(super) fn script(
        &self,
        seed: u64,
        number: &PhoneNumber,
        nth: u32,
        rng: &mut Rng,
        ring: Duration,
    ) -> (Script, Option<Habit>) {
        let put = self.put.get(number).and_then(|manners| manners.get(nth as usize).or_else(|| manners.last()));
        let habit = match put {
            Some(Behaviour::Script(script)) => return ((**script).clone(), None),
            Some(Behaviour::Habit(habit)) => *habit,
            None => self.drawn(seed, number, rng),
        };
        (habit.script(rng, ring), Some(habit))
    }

    /// The person's own habit if there is one, otherwise one drawn for this call. Over all numbers, each occurs as
    /// often as the mix says.
    fn drawn(&self, seed: u64, number: &PhoneNumber, rng: &mut Rng) -> Habit {
        let mut person = generator(seed, Purpose::Person, number.expose(), 0);
        let lasting = self.mix.draw(&mut person, |_| true);
        if lasting.is_lasting() { lasting } else { self.mix.draw(rng, |habit| !habit.is_lasting()) }
    }
}

/// The health of the person with this name: a number if we call, a HER-SYS ID for callers.
pub(super) fn health_of(seed: u64, name: &str) -> Health {
    Health::drawn(&mut generator(seed, Purpose::Person, name, 1))
}

/// A person who calls the health-call line, or calls back the number of automated calls.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The people to report for, one after the other.
    pub people: Vec<Identity>,
    /// The chosen language.
    pub language: Language,
    /// The differences from an ordinary caller who answers everything.
    pub script: Option<Script>,
}

/// What identifies a patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The HER-SYS ID.
    pub hersys_id: HersysId,
    /// The birth date.
    pub birth_date: BirthDate,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(nth: u32) -> PhoneNumber {
        PhoneNumber::from_e164(&format!("+8190{nth:08}")).unwrap()
    }

    #[test]
    fn a_crowd_is_as_its_mix_says() {
        let people = Population::default();
        let mut met = BTreeMap::new();
        for nth in 0..20_000 {
            let number = number(nth);
            let habit = people.drawn(5, &number, &mut generator(5, Purpose::Call, number.expose(), 0));
            *met.entry(habit).or_insert(0_u32) += 1;
        }
        for habit in Habit::ALL {
            let (met, expected) = (met.get(habit).copied().unwrap_or(0), habit.usual_weight() * 20);
            let near = f64::from(expected).sqrt() * 4.0;
            assert!((f64::from(met) - f64::from(expected)).abs() < near, "{}: {met} of {expected}", habit.code());
        }
    }

    #[test]
    fn what_is_the_persons_own_meets_every_call() {
        let people = Population::of(PopulationMix::default().with(Habit::Elderly, 1_000));
        let mut elderly = 0;
        for nth in 0..500 {
            let number = number(nth);
            let habit = |call| people.drawn(5, &number, &mut generator(5, Purpose::Call, number.expose(), call));
            if habit(0) == Habit::Elderly {
                elderly += 1;
                assert!((1..5).all(|call| habit(call) == Habit::Elderly));
            }
        }
        assert!(elderly > 150, "{elderly}");
    }

    #[test]
    fn an_empty_mix_finishes() {
        let people = Population::of(PopulationMix::only(Habit::Busy).with(Habit::Busy, 0));
        assert_eq!(people.drawn(5, &number(1), &mut Rng::with_seed(1)), Habit::Finishes);
    }
}
