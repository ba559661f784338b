//! `kenkocall flows`: what the authors of flows work with.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, bail};
use clap::Subcommand;

use super::documents::Origin;
use super::terminal;
use crate::call::{BirthDate, HersysId, Language, PhoneNumber, escaped_lines};
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
    },
}

pub(super) fn run(command: Flows) -> anyhow::Result<ExitCode> {
    match command {
        Flows::Check { folder } => check(&Origin::choose(folder.as_deref())),
        Flows::Draw { flow, language, folder } => {
            let library = Origin::choose(folder.as_deref()).library()?;
            let picture = draw(&library, &flow, language).with_context(|| no_such_flow(&library, &flow))?;
            std::io::stdout().write_all(picture.as_bytes()).context("the picture can't be written")?;
            Ok(ExitCode::SUCCESS)
        }
        Flows::Play { flow, language, folder } => {
            play(&Origin::choose(folder.as_deref()).library()?, &flow, language)?;
            Ok(ExitCode::SUCCESS)
        }
        Flows::Test { transcripts, folder, update } => {
            test(&Origin::choose(folder.as_deref()).library()?, &transcripts, update)
        }
    }
}

fn no_such_flow(library: &Library, flow: &str) -> String {
    let names: Vec<&str> = library.flows.keys().map(FlowName::as_str).collect();
    format!("there is no flow “{flow}”; there are {}", names.join(", "))
}

fn check(origin: &Origin) -> anyhow::Result<ExitCode> {
    match Library::checked(origin.files()?) {
        Ok(library) => {
            let (flows, prompts) = (library.flows.len(), library.prompts.len());
            println!("{flows} flows, {prompts} prompts in {} languages: nothing to mend", Language::ALL.len());
            Ok(ExitCode::SUCCESS)
        }
        Err(findings) => {
            eprintln!("{}", escaped_lines(&origin.sentences(&findings)));
            Ok(ExitCode::FAILURE)
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
    println!("{}", terminal::HELP);
    println!("The made-up patient 見本 花子 has the HER-SYS ID {PLAYED_ID} and the birth date {PLAYED_BIRTH_DATE}.\n");

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
                line_of(effect, turn.language).iter().for_each(|line| println!("{line}"));
            }
        }
        let Some(reply) = reply.filter(|_| !turn.over) else { return Ok(()) };
        turn = rehearsal.happens(terminal::next(&mut input, reply)?)?;
    }
}

fn test(library: &Arc<Library>, places: &[PathBuf], update: bool) -> anyhow::Result<ExitCode> {
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
    let mut failed = 0_usize;
    for file in &files {
        match play_transcript(library, file, update) {
            Ok(None) => {}
            Ok(Some(difference)) => {
                failed += 1;
                println!("{}", escaped_lines(&difference));
            }
            Err(error) => {
                failed += 1;
                println!("{}: {}", file.display(), escaped_lines(&super::refusal::told(&error)));
            }
        }
    }
    println!("{} passed, {failed} failed", files.len() - failed);
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
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
            println!("{}: written", file.display());
        }
        return Ok(None);
    }
    Ok(mismatch.map(|mismatch| {
        let (expected, happened) = (mismatch.expected, mismatch.happened);
        format!("{}:{}: expected “{expected}”, but “{happened}” happened", file.display(), mismatch.line)
    }))
}
