//! How long each page takes with nothing else going on.

use std::fmt::Write as _;

use anyhow::{Context as _, bail};

use super::browser::Browser;
use crate::commands::output::outln;
use crate::domain::PatientId;
use crate::lab::{FIRST_MADE_UP_ID, synthetic_number};

/// How often each page is asked for.
const TIMES: u32 = 40;
/// Pages of the list that are turned before the last one is measured.
const TURNED: u32 = 1_000;

/// A measured page: its name, and the times of its answers in milliseconds.
pub(super) struct Measured {
    pub(super) name: &'static str,
    times: Vec<f64>,
    bytes: usize,
}

impl Measured {
    /// A quantile of the times.
    pub(super) fn at(&self, quantile: f64) -> f64 {
        let mut sorted = self.times.clone();
        sorted.sort_by(f64::total_cmp);
        let place = (quantile * (sorted.len().saturating_sub(1)) as f64).round() as usize;
        sorted.get(place).copied().unwrap_or_default()
    }
}

/// Asks for every page.
pub(super) async fn all(browser: &mut Browser, person: PatientId) -> anyhow::Result<Vec<Measured>> {
    let mut measured = Vec::new();
    let person = format!("/console/patients/{person}");
    let plain: [(&str, &str); 12] = [
        ("today", "/console/today"),
        ("patients, first page", "/console/patients"),
        ("patients, English", "/console/patients?language=en"),
        ("patients, red", "/console/patients?severity=red"),
        ("patients, not reported today", "/console/patients?today=missing"),
        ("patients, stopped", "/console/patients?status=stopped"),
        ("patients, released", "/console/patients?status=released"),
        ("patients, red and English", "/console/patients?severity=red&language=en"),
        ("a person", &person),
        ("calls", "/console/calls"),
        ("settings", "/console/settings"),
        ("trail", "/console/audit"),
    ];
    for (name, path) in plain {
        measured.push(measure(browser, name, path).await?);
    }
    let last = turned(browser).await?;
    measured.push(measure(browser, "patients, a late page", &last).await?);
    let number = synthetic_number(7).context("a number")?.expose().replace("+81", "0");
    let id = (FIRST_MADE_UP_ID + 7).to_string();
    for (name, text) in [
        ("search: ID", id.as_str()),
        ("search: number", &number),
        ("search: birth date", "1950-06-07"),
        ("search: a full name", "見本 花星"),
        ("search: a part of many names", "見本"),
        ("search: a given name", "星雪"),
        ("search: a name that nobody has", "鬱蒼"),
    ] {
        let path = search(browser, text).await?;
        measured.push(measure(browser, name, &path).await?);
    }
    Ok(measured)
}

async fn measure(browser: &mut Browser, name: &'static str, path: &str) -> anyhow::Result<Measured> {
    let mut measured = Measured { name, times: Vec::new(), bytes: 0 };
    for _ in 0..TIMES {
        let answer = browser.page(path).await?;
        measured.times.push(answer.took);
        measured.bytes = answer.body.len();
    }
    Ok(measured)
}

/// Turns the pages of the list. Returns the path of the last one.
async fn turned(browser: &mut Browser) -> anyhow::Result<String> {
    let mut path = "/console/patients".to_owned();
    for _ in 0..TURNED {
        let answer = browser.page(&path).await?;
        match next_page(&answer.body) {
            Some(next) => path = next,
            None => break,
        }
    }
    Ok(path)
}

/// The path of the next page of a list.
pub(super) fn next_page(page: &str) -> Option<String> {
    let before = page.rsplit_once("after=")?.0;
    let from = before.rfind("href=\"")? + "href=\"".len();
    let link = page.get(from..)?.split('"').next()?;
    Some(link.replace("&#38;", "&").replace("&amp;", "&"))
}

/// Searches for a person. Returns the path of the result.
async fn search(browser: &mut Browser, text: &str) -> anyhow::Result<String> {
    let page = browser.page("/console/patients").await?.body;
    let Some(token) = page.split("name=\"token\" value=\"").nth(1).and_then(|rest| rest.split('"').next()) else {
        bail!("the list has no search");
    };
    browser.form("/console/patients", &[("text", text), ("token", token)]).await
}

/// Prints the times of both lists of pages, and the longer one's share of the other.
pub(super) fn show(few: &[Measured], many: &[Measured]) {
    for page in many {
        let mut line = format!("  {:<32}", page.name);
        let _written = write!(
            line,
            "p50 {:>6.1} ms, p95 {:>6.1} ms, {:>4.0} kB",
            page.at(0.5),
            page.at(0.95),
            page.bytes as f64 / 1_000.0
        );
        if let Some(other) = few.iter().find(|other| other.name == page.name) {
            let _written = write!(line, "; × {:.1}", page.at(0.5) / other.at(0.5));
        }
        outln!("{line}");
    }
}
