//! `kenkocall flows`: commands for the authors of flows.

mod form;
mod time;
mod transcripts;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Subcommand;
use serde_json::{Value, json};

use self::transcripts::Chosen;
use super::arguments::Form;
use super::documents::{Existing, Origin, TRANSCRIPTS_FOLDER, exported, write};
use super::exit::{Exit, found, usage};
use super::language::{self, text};
use super::messages::Advice;
use super::output::{complain, outln, print};
use super::terminal;
use crate::domain::Language;
use crate::engine::{AnsweredBy, Effect};
use crate::flow::{Finding, FlowName, FlowSet, draw, names};
use crate::flow_test::{Fixtures, FlowTest, PATIENT_BIRTH_DATE, PATIENT_ID, USUAL_TURN_SECONDS, checked, line_of};
use crate::translations::message;

#[derive(Debug, Subcommand)]
pub(super) enum Flows {
    /// Find errors in the documents: each with file, line and what to do.
    Check {
        /// The folder with the documents. Default: flows.directory of the settings, else call_flows in this folder,
        /// else the built-in ones.
        folder: Option<PathBuf>,
        #[command(flatten)]
        form: Form,
    },
    /// Write the built-in documents and transcripts to a folder, to be changed there and named in flows.directory.
    Export {
        /// The folder: a new or an empty one.
        directory: PathBuf,
        /// Replace files with the same names in a folder that isn't empty. Each is named; other files stay.
        #[arg(long)]
        overwrite: bool,
        #[command(flatten)]
        form: Form,
    },
    /// Write a picture (SVG) of a flow to standard output.
    Draw {
        /// The flow: health_call, questionnaire, …
        flow: String,
        /// The language of the wording: ja, en, zh-Hans, zh-Hant, ko, es, pt.
        #[arg(long, default_value = "ja")]
        language: Language,
        /// The folder with the documents.
        #[arg(long)]
        folder: Option<PathBuf>,
    },
    /// Show the questionnaire as a form: its fields or, with answers, what they lead to.
    #[command(name = "form")]
    AsForm {
        /// The language of the wording.
        #[arg(long, default_value = "ja")]
        language: Language,
        /// The folder with the documents.
        #[arg(long)]
        folder: Option<PathBuf>,
        /// Answers, each as FIELD=VALUE: body_temperature=37.5 fatigue=yes. Nothing is stored.
        #[arg(long, num_args = 1.., value_name = "FIELD=VALUE")]
        answers: Vec<form::Given>,
        #[command(flatten)]
        form: Form,
    },
    /// Show how long a call takes, by prompt and in all.
    ///
    /// The speech of every prompt is estimated; a caller takes 2 seconds a key. Timed are a healthy patient's call, one
    /// with every symptom, and one with a red oxygen saturation, each heard in full and with keys pressed at once.
    Time {
        /// Only this language: ja, en, zh-Hans, zh-Hant, ko, es, pt. Default: all.
        #[arg(long)]
        language: Option<Language>,
        /// The folder with the documents.
        #[arg(long)]
        folder: Option<PathBuf>,
        #[command(flatten)]
        form: Form,
    },
    /// Play a flow in the terminal by typing keys.
    Play {
        /// The flow.
        #[arg(default_value = names::HEALTH_CALL)]
        flow: String,
        /// The language in which the call begins.
        #[arg(long, default_value = "ja")]
        language: Language,
        /// The patient has completed a call on this line in this language before, and hears the short wording.
        #[arg(long)]
        known_caller: bool,
        /// The folder with the documents.
        #[arg(long)]
        folder: Option<PathBuf>,
    },
    /// Run the transcripts (FLOW/*.call): calls as text, with what must be said and stored.
    Test {
        /// A folder with documents and transcripts, as `flows export` writes it; or folders of transcripts, or single
        /// .call files. Default: the folder `transcripts` next to the documents, else the built-in ones.
        transcripts: Vec<PathBuf>,
        /// The folder with the documents.
        #[arg(long)]
        folder: Option<PathBuf>,
        /// Write what happened into the transcripts instead of comparing. Review the difference before you keep it.
        #[arg(long)]
        update: bool,
        #[command(flatten)]
        form: Form,
    },
}

/// Runs a `flows` command. `configured` returns the folder of the settings, which are read only if no folder is named.
pub(super) fn run(command: Flows, configured: impl Fn() -> anyhow::Result<Option<PathBuf>>) -> anyhow::Result<Exit> {
    let chosen = |named: Option<PathBuf>| -> anyhow::Result<Origin> {
        let folder = if named.is_some() { named } else { configured()? };
        Ok(Origin::choose(folder.as_deref()))
    };
    match command {
        Flows::Check { folder, form } => check(&chosen(folder)?, form),
        Flows::Export { directory, overwrite, form } => {
            let existing = if overwrite { Existing::Replaced } else { Existing::Refused };
            export(&directory, existing, form)?;
            Ok(Exit::Done)
        }
        Flows::Draw { flow, language, folder } => {
            let flow_set = library_of(&chosen(folder)?)?;
            let picture = draw(&flow_set, &flow, language).ok_or_else(|| usage(no_such_flow(&flow_set, &flow)))?;
            print(&picture)?;
            Ok(Exit::Done)
        }
        Flows::AsForm { language, folder, answers, form } => form::show(&chosen(folder)?, language, answers, form),
        Flows::Time { language, folder, form } => time::show(&chosen(folder)?, language, form),
        Flows::Play { flow, language, known_caller, folder } => {
            let known_in = if known_caller { vec![language] } else { Vec::new() };
            play(&library_of(&chosen(folder)?)?, &flow, language, &known_in)?;
            Ok(Exit::Done)
        }
        Flows::Test { transcripts, folder, update, form } => {
            Chosen::of(folder, transcripts, configured)?.play(update, form)
        }
    }
}

/// Loads and checks the documents. Errors in them end each command as they end `check`, except that calls may be longer
/// than their limit: their author times and plays them.
fn library_of(origin: &Origin) -> anyhow::Result<Arc<FlowSet>> {
    let checked = FlowSet::checked(origin.files()?);
    checked.map(Arc::new).map_err(|findings| found(origin.sentences(&findings)))
}

fn no_such_flow(flow_set: &FlowSet, flow: &str) -> String {
    let names: Vec<&str> = flow_set.flows.keys().map(FlowName::as_str).collect();
    text!("flows-no-flow", flow = flow, flows = names.join(", "))
}

fn check(origin: &Origin, form: Form) -> anyhow::Result<Exit> {
    let as_json = |found: &[Finding]| -> Vec<Value> {
        let one = |finding: &Finding| {
            let Advice { what, todo } = Advice::of(finding);
            json!({
                "file": origin.path_of(&finding.file),
                "line": finding.line,
                "what": what.text(Language::English),
                "todo": todo.text(Language::English),
            })
        };
        found.iter().map(one).collect()
    };
    match checked(origin.files()?) {
        Ok(flow_set) => {
            let warnings = origin.warnings(&flow_set);
            for warning in &warnings {
                let warning = origin.sentence(warning, language::current());
                complain(&text!("config-warning", what = warning));
            }
            let (flows, prompts) = (flow_set.flows.len(), flow_set.prompts.len());
            let languages = Language::ALL.len();
            let documents = message!(
                "flows-documents",
                flows = flows,
                prompts = prompts,
                languages = languages,
                origin = origin.message()
            );
            let text = match warnings.len() {
                0 => text!("flows-sound", documents = documents),
                count => text!("flows-sound-with-warnings", documents = documents, count = count),
            };
            let value = json!({
                "from": origin.to_string(),
                "flows": flows,
                "prompts": prompts,
                "languages": languages,
                "warnings": as_json(&warnings),
                "findings": [],
            });
            form.say(&format!("{text}\n"), value)?;
            Ok(Exit::Done)
        }
        Err(findings) => {
            complain(&origin.sentences(&findings));
            if form.json {
                form.say("", json!({ "findings": as_json(&findings) }))?;
            }
            Ok(Exit::Found)
        }
    }
}

fn export(directory: &Path, existing: Existing, form: Form) -> anyhow::Result<()> {
    let files = exported();
    let written = write(directory, &files, existing)?;
    let replaced: Vec<String> = written.replaced.iter().map(|path| path.display().to_string()).collect();
    let transcripts = files.iter().filter(|(path, _)| path.starts_with(TRANSCRIPTS_FOLDER)).count();
    let (documents, there) = (files.len() - transcripts, directory.display());
    let mut text: String = replaced.iter().map(|path| format!("{}\n", text!("flows-replaced", path = path))).collect();
    let exported = text!(
        "flows-exported",
        folder = there.to_string(),
        documents = documents,
        transcripts = transcripts,
        new = written.new,
        replaced = replaced.len(),
        same = written.same
    );
    text.push_str(&format!("{exported}\n"));
    let value = json!({
        "folder": there.to_string(),
        "documents": documents,
        "transcripts": transcripts,
        "new": written.new,
        "replaced": replaced,
        "as_before": written.same,
    });
    form.say(&text, value)
}

/// A made-up centre with the made-up patient, who hasn't reported yet today.
fn synthetic() -> anyhow::Result<Fixtures> {
    Fixtures::of_a_synthetic_patient().map_err(|error| anyhow::anyhow!("{error}"))
}

fn play(flow_set: &Arc<FlowSet>, flow: &str, language: Language, known_in: &[Language]) -> anyhow::Result<()> {
    if flow_set.flow(flow).is_none() {
        return Err(usage(no_such_flow(flow_set, flow)));
    }
    let now = crate::service::Clock::system().now();
    let mut cast = synthetic()?;
    cast.patients.iter_mut().for_each(|patient| patient.known_in.extend(known_in));
    outln!("{}", text!("phone-help"));
    outln!("{}\n", text!("flows-made-up-patient", id = PATIENT_ID, birth_date = PATIENT_BIRTH_DATE));

    let mut rehearsal = FlowTest::new(Arc::clone(flow_set), FlowName::from(flow), language, cast, now);
    let mut turn = rehearsal.call(AnsweredBy::Person)?;
    let mut input = std::io::stdin().lock();
    loop {
        let mut reply = None;
        for effect in &turn.effects {
            if let Effect::Reply(said) = effect {
                terminal::show(flow_set, said);
                reply = Some(said);
            } else {
                line_of(effect, turn.language).iter().for_each(|line| outln!("{line}"));
            }
        }
        let Some(reply) = reply.filter(|_| !turn.over) else { return Ok(()) };
        let said = crate::service::Stopwatch::start();
        let event = terminal::next(&mut input, flow_set, reply)?;
        let waited = said.elapsed().as_secs().saturating_sub(USUAL_TURN_SECONDS);
        rehearsal.wait(u32::try_from(waited).unwrap_or(u32::MAX));
        turn = rehearsal.happens(event)?;
    }
}
