//! `kenkocall flows`: what the authors of flows work with.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use clap::Subcommand;
use serde_json::json;

use super::desk::Form;
use super::documents::Origin;
use super::exit::Exit;
use super::output::{complain, outln, print};
use super::terminal;
use crate::call::{BirthDate, HersysId, Language, PhoneNumber};
use crate::engine::{AnsweredBy, Effect};
use crate::flow::{FlowName, Library, draw};
use crate::rehearsal::{Cast, CastPatient, CastStanding, NotStorable, Rehearsal, Transcript, line_of};

/// The made-up patient of `flows play`.
const PLAYED_ID: &str = "1234567";
const PLAYED_BIRTH_DATE: &str = "19800401";

#[derive(Debug, Subcommand)]
pub(super) enum Flows {
    /// Find what is wrong in the documents: each with file, line and what to do.
    Check {
        /// The folder with the documents. Default: call_flows here, else the built-in ones.
        folder: Option<PathBuf>,
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
    /// Walk a flow in the terminal by typing keys.
    Play {
        /// The flow.
        #[arg(default_value = "health_call")]
        flow: String,
        /// The language that the call begins in.
        #[arg(long, default_value = "ja")]
        language: Language,
        /// The folder with the documents.
        #[arg(long)]
        folder: Option<PathBuf>,
    },
    /// Run the transcripts (FLOW/*.call): calls written down with what must be said and kept.
    Test {
        /// A folder of folders of transcripts, or single .call files.
        #[arg(default_value = "tests/transcripts")]
        transcripts: Vec<PathBuf>,
        /// The folder with the documents.
        #[arg(long)]
        folder: Option<PathBuf>,
        /// Write what happened into the transcripts instead of comparing. Read the difference before you keep it.
        #[arg(long)]
        update: bool,
        #[command(flatten)]
        form: Form,
    },
}

pub(super) fn run(command: Flows) -> anyhow::Result<Exit> {
    match command {
        Flows::Check { folder, form } => check(&Origin::choose(folder.as_deref()), form),
        Flows::Draw { flow, language, folder } => {
            let library = Origin::choose(folder.as_deref()).library()?;
            let picture = draw(&library, &flow, language).with_context(|| no_such_flow(&library, &flow))?;
            print(&picture)?;
            Ok(Exit::Done)
        }
        Flows::Play { flow, language, folder } => {
            play(&Origin::choose(folder.as_deref()).library()?, &flow, language)?;
            Ok(Exit::Done)
        }
        Flows::Test { transcripts, folder, update, form } => {
            test(&Origin::choose(folder.as_deref()).library()?, &transcripts, update, form)
        }
    }
}

fn no_such_flow(library: &Library, flow: &str) -> String {
    let names: Vec<&str> = library.flows.keys().map(FlowName::as_str).collect();
    format!("there is no flow “{flow}”; there are {}", names.join(", "))
}

fn check(origin: &Origin, form: Form) -> anyhow::Result<Exit> {
    match Library::checked(origin.files()?) {
        Ok(library) => {
            let (flows, prompts) = (library.flows.len(), library.prompts.len());
            let languages = Language::ALL.len();
            let text = format!("{flows} flows, {prompts} prompts in {languages} languages: nothing to mend\n");
            let value = json!({ "flows": flows, "prompts": prompts, "languages": languages, "findings": [] });
            form.say(&text, value)?;
            Ok(Exit::Done)
        }
        Err(findings) => {
            complain(&origin.sentences(&findings));
            if form.json {
                let found = findings.iter().map(|finding| {
                    json!({
                        "file": origin.path_of(&finding.file),
                        "line": finding.line,
                        "what": finding.what.to_string(),
                        "todo": finding.todo.to_string(),
                    })
                });
                form.say("", json!({ "findings": found.collect::<Vec<_>>() }))?;
            }
            Ok(Exit::Found)
        }
    }
}

fn play(library: &Arc<Library>, flow: &str, language: Language) -> anyhow::Result<()> {
    if library.flow(flow).is_none() {
        bail!("{}", no_such_flow(library, flow));
    }
    let now = crate::service::Clock::system().now();
    let mut cast = Cast::of_a_made_up_centre().map_err(|error| anyhow::anyhow!("{error}"))?;
    cast.caller = Some(PhoneNumber::from_e164("+815000000000").context("the made-up caller's number")?);
    let today = jiff::tz::TimeZone::UTC.to_datetime(now).date();
    let birth_date = BirthDate::parse_keys(PLAYED_BIRTH_DATE, today).context("the made-up birth date")?;
    let id = HersysId::parse(PLAYED_ID).context("the made-up HER-SYS ID")?;
    cast.patients.push(CastPatient::new(id, birth_date, CastStanding::UnderObservation));
    outln!("{}", terminal::HELP);
    outln!("The made-up patient 見本 花子 has the HER-SYS ID {PLAYED_ID} and the birth date {PLAYED_BIRTH_DATE}.\n");

    let mut rehearsal = Rehearsal::new(Arc::clone(library), FlowName::from(flow), language, cast, now);
    let mut turn = rehearsal.call(AnsweredBy::Person)?;
    let mut input = std::io::stdin().lock();
    loop {
        let mut reply = None;
        for effect in &turn.effects {
            if let Effect::Reply(said) = effect {
                terminal::show(library, said);
                reply = Some(said);
            } else {
                line_of(effect, turn.language).iter().for_each(|line| outln!("{line}"));
            }
        }
        let Some(reply) = reply.filter(|_| !turn.over) else { return Ok(()) };
        turn = rehearsal.happens(terminal::next(&mut input, reply)?)?;
    }
}

fn test(library: &Arc<Library>, places: &[PathBuf], update: bool, form: Form) -> anyhow::Result<Exit> {
    let mut files = Vec::new();
    for place in places {
        find_transcripts(place, &mut files)?;
    }
    files.sort();
    if files.is_empty() {
        bail!(
            "there are no transcripts (*.call) in {}",
            places.iter().map(|place| place.display().to_string()).collect::<Vec<_>>().join(", ")
        );
    }
    let mut differences = Vec::new();
    for file in &files {
        let difference = match play_transcript(library, file, update) {
            Ok(None) => continue,
            Ok(Some(difference)) => difference,
            Err(error) => format!("{}: {}", file.display(), super::refusal::told(&error)),
        };
        if !form.json {
            outln!("{difference}");
        }
        differences.push(difference);
    }
    let failed = differences.len();
    let passed = files.len() - failed;
    let value = json!({ "passed": passed, "failed": failed, "differences": differences });
    form.say(&format!("{passed} passed, {failed} failed\n"), value)?;
    Ok(if failed == 0 { Exit::Done } else { Exit::Found })
}

fn find_transcripts(place: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    if place.is_file() {
        files.push(place.to_owned());
        return Ok(());
    }
    let entries = std::fs::read_dir(place).with_context(|| format!("{} can't be read", place.display()))?;
    for entry in entries {
        let path = entry.with_context(|| format!("{} can't be read", place.display()))?.path();
        if path.is_dir() {
            find_transcripts(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "call") {
            files.push(path);
        }
    }
    Ok(())
}

/// Plays one transcript; what differs, if anything does.
fn play_transcript(library: &Arc<Library>, file: &Path, update: bool) -> anyhow::Result<Option<String>> {
    let text = std::fs::read_to_string(file).context("it can't be read")?;
    let flow = file.parent().and_then(Path::file_name).and_then(|name| name.to_str()).unwrap_or_default();
    if library.flow(flow).is_none() {
        bail!("it lies in a folder “{flow}”, which isn't a flow; {}", no_such_flow(library, flow));
    }
    let transcript = Transcript::read(&text, flow)?;
    let (happened, mismatch) = transcript.play(library).map_err(|error: NotStorable| anyhow::anyhow!("{error}"))?;
    if update {
        if happened != text {
            std::fs::write(file, happened).context("it can't be written")?;
            complain(&format!("{}: written", file.display()));
        }
        return Ok(None);
    }
    Ok(mismatch.map(|mismatch| {
        let (expected, happened) = (mismatch.expected, mismatch.happened);
        format!("{}:{}: expected “{expected}”, but “{happened}” happened", file.display(), mismatch.line)
    }))
}
