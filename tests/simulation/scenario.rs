//! The folder for the tests' days: on a disk in memory if there is one.

use std::path::Path;
use std::sync::Arc;

use kenkocall::flow::FlowSet;
use kenkocall::lab::simulation::{Played, Scenario, Settings, play, play_plan};
use tempfile::TempDir;

pub struct DayFixture {
    pub settings: Settings,
    _folder: TempDir,
}

impl DayFixture {
    pub fn set() -> Self {
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() };
        let folder = folder.unwrap();
        let settings = Settings {
            patients: 30,
            flow_set: Arc::new(FlowSet::checked(crate::built_in::files()).unwrap()),
            folder: folder.path().to_owned(),
            disable_fsync_for_tests: false,
        };
        Self { settings, _folder: folder }
    }

    /// Plays the day of a seed and records its log.
    pub fn play(&self, seed: u64) -> Played {
        play(seed, &self.settings, true).unwrap()
    }

    pub fn play_plan(&self, plan: Scenario) -> Played {
        play_plan(plan, &self.settings, false).unwrap()
    }
}

/// Fails with the complete event log if a rule is broken.
pub fn is_clean(played: &Played) {
    if played.broken.is_empty() {
        return;
    }
    let broken: Vec<String> = played.broken.iter().map(ToString::to_string).collect();
    let happened: Vec<String> = played.record.moments.iter().map(|moment| format!("  {moment}")).collect();
    panic!(
        "seed {} {:?}:\n{}\n{}\nagain: kenkocall simulate days --seed {} --verbose",
        played.seed,
        played.dies_at,
        broken.join("\n"),
        happened.join("\n"),
        played.seed
    );
}
