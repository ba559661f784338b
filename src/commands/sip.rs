//! `kenkocall sip`: explains in sentences what is wrong with our own telephone line.

use clap::Subcommand;
use serde_json::json;

use super::arguments::Form;
use super::documents::Origin;
use super::exit::{Exit, found};
use super::language::text;
use crate::app::{AudioPorts, Probe, asked_trunks, audio_ports, journal, missing_recordings};
use crate::config::{Carrier, Config};

#[derive(Debug, Subcommand)]
pub(super) enum Sip {
    /// Ask the trunks of the settings whether they are there and know us, and look at ports, journal and recordings.
    Check {
        #[command(flatten)]
        form: Form,
    },
}

/// A sentence, and whether it is about something wrong.
struct Finding {
    wrong: bool,
    sentence: String,
}

fn good(sentence: String) -> Finding {
    Finding { wrong: false, sentence }
}

fn bad(sentence: String) -> Finding {
    Finding { wrong: true, sentence }
}

/// Runs a `sip` command.
pub(super) async fn run(command: Sip, config: &Config) -> anyhow::Result<Exit> {
    let Sip::Check { form } = command;
    if config.carrier != Some(Carrier::Sip) {
        return Err(found(text!("sip-check-other-carrier")));
    }
    let mut findings = about_journal(config);
    findings.extend([ports(config), recordings(config)]);
    findings.extend(trunks(config).await);
    let wrong = findings.iter().filter(|finding| finding.wrong).count();
    let lines: String = findings.iter().map(told).collect();
    let all: Vec<_> =
        findings.iter().map(|finding| json!({ "wrong": finding.wrong, "what": finding.sentence })).collect();
    form.say(&lines, json!({ "wrong": wrong, "findings": all }))?;
    if wrong > 0 {
        return Err(found(text!("sip-check-wrong", count = wrong)));
    }
    Ok(Exit::Done)
}

fn told(finding: &Finding) -> String {
    let mark = if finding.wrong { text!("sip-check-mark-wrong") } else { text!("sip-check-mark-right") };
    format!("{mark} {}\n", finding.sentence)
}

fn about_journal(config: &Config) -> Vec<Finding> {
    let (usable, is_beside_database) = journal(config);
    let mut findings = vec![match usable {
        Ok(()) => good(text!("sip-check-journal")),
        Err(why) => bad(text!("sip-check-no-journal", why = why)),
    }];
    if is_beside_database {
        findings.push(bad(text!("sip-check-one-disk")));
    }
    findings
}

fn ports(config: &Config) -> Finding {
    let range = config.sip.rtp_ports.to_string();
    match audio_ports(config) {
        AudioPorts::Enough(calls) => good(text!("sip-check-ports", range = range, calls = calls)),
        AudioPorts::Few(calls, channels) => {
            bad(text!("sip-check-few-ports", range = range, calls = calls, channels = channels))
        }
        AudioPorts::Taken => bad(text!("sip-check-ports-taken", range = range)),
        AudioPorts::Unusable(why) => bad(text!("sip-check-no-ports", range = range, why = why)),
    }
}

fn recordings(config: &Config) -> Finding {
    let flow_set = Origin::choose(config.flows.directory.as_deref()).flow_set();
    match flow_set.and_then(|flow_set| missing_recordings(config, flow_set.as_ref())) {
        Ok(0) => good(text!("sip-check-recordings")),
        Ok(missing) => bad(text!("sip-check-recordings-missing", count = missing)),
        Err(why) => bad(text!("sip-check-no-recordings", why = why.to_string())),
    }
}

async fn trunks(config: &Config) -> Vec<Finding> {
    let asked = match asked_trunks(config).await {
        Ok(asked) => asked,
        Err(why) => return vec![bad(text!("sip-check-no-line", why = format!("{why:#}")))],
    };
    let listen = config.sip.listen.to_string();
    let mut findings = vec![match asked.is_free {
        true => good(text!("sip-check-listen-free", address = listen)),
        false => good(text!("sip-check-listen-taken", address = listen)),
    }];
    findings.extend(asked.said.iter().map(|(name, probe)| said(name, *probe)));
    findings
}

fn said(trunk: &str, probe: Probe) -> Finding {
    match probe {
        Probe::NoSuchName => bad(text!("sip-check-no-name", trunk = trunk)),
        Probe::OutsideNetworks(ip) => bad(text!("sip-check-outside", trunk = trunk, address = ip.to_string())),
        Probe::NoAnswer(at) => bad(text!("sip-check-no-answer", trunk = trunk, address = at.to_string())),
        Probe::Answers(200..=299) => good(text!("sip-check-answers", trunk = trunk)),
        Probe::Answers(status) => {
            good(text!("sip-check-answers-otherwise", trunk = trunk, status = status.to_string()))
        }
        Probe::Known(true) => good(text!("sip-check-registered", trunk = trunk)),
        Probe::Known(false) => bad(text!("sip-check-not-registered", trunk = trunk)),
        Probe::WrongPassword => bad(text!("sip-check-wrong-password", trunk = trunk)),
        Probe::Refuses(status) => bad(text!("sip-check-refuses", trunk = trunk, status = status.to_string())),
        Probe::NoRegistrar => bad(text!("sip-check-no-registrar", trunk = trunk)),
    }
}
