//! What pages, certificates and known addresses cost and tell: bytes as they are transferred, and times.

use anyhow::{Context as _, bail};

use super::browser::{Answer, Browser, Person};
use super::records::address;
use crate::commands::output::outln;
use crate::service::SecretToken;

/// How often certificates are made and checked.
const TIMES: u32 = 30;
/// Pages of people who aren't logged in, and of those who are.
const PUBLIC: [&str; 7] = ["", "/register", "/log-in", "/help", "/help/messages", "/help/accessibility", "/verify"];
const OWN: [&str; 10] = [
    "",
    "/report",
    "/report?view=all",
    "/account",
    "/account/password",
    "/account/address",
    "/people",
    "/people/add",
    "/certificate",
    "/certificate/print",
];
/// The languages with the shortest and with the longest pages.
const LANGUAGES: [&str; 2] = ["ja", "ja-easy"];

/// Prints the bytes of each page.
pub(super) async fn bytes(browser: &mut Browser, log_in: &SecretToken) -> anyhow::Result<()> {
    let (mut nobody, mut member) = (Person::new(1, None)?, Person::new(1, Some(log_in))?);
    let page = browser.page(&mut nobody, "/portal").await?;
    let style = page.between("<link rel=\"stylesheet\" href=\"", "\"").context("the page has no style")?;
    let style = browser.transferred(&mut nobody, &style).await?;
    let mut largest = 0;
    for (who, pages, person) in [("", &PUBLIC[..], &mut nobody), (" (logged in)", &OWN[..], &mut member)] {
        for path in pages {
            let mut sizes = Vec::new();
            for language in LANGUAGES {
                let sign = if path.contains('?') { '&' } else { '?' };
                let size = browser.transferred(person, &format!("/portal{path}{sign}language={language}")).await?;
                largest = size.max(largest);
                sizes.push(format!("{:.1} kB ({language})", size as f64 / 1_000.0));
            }
            outln!("  /portal{path}{who}: {}", sizes.join(", "));
        }
    }
    let kilobytes = |bytes: usize| bytes as f64 / 1_000.0;
    outln!(
        "  the largest page {:.1} kB (target 25); with the styles of {:.1} kB {:.1} kB (target 45); fonts: none",
        kilobytes(largest),
        kilobytes(style),
        kilobytes(largest.saturating_add(style))
    );
    Ok(())
}

/// Prints how long a certificate's file and its check take.
pub(super) async fn certificate(browser: &mut Browser, log_in: &SecretToken) -> anyhow::Result<()> {
    let mut person = Person::new(2, Some(log_in))?;
    let page = browser.page(&mut person, "/portal/certificate").await?;
    let code = page.between("class=\"certificate-code\">", "<").context("there is no certificate")?;
    let (mut files, mut checks, mut size) = (Vec::new(), Vec::new(), 0);
    for _ in 0..TIMES {
        let file = browser.page(&mut person, "/portal/certificate/pdf").await?;
        size = file.body.len();
        files.push(file.took);
        let checked = browser.form(&mut person, "/portal/verify", &[("code", &code)]).await?;
        if checked.status != 200 {
            bail!("the certificate wasn't verified: {}", checked.status);
        }
        checks.push(checked.took);
    }
    outln!(
        "certificate: PDF {:.1} ms median (target 30), {:.1} kB (target 60); verification {:.1} ms median (target 10)",
        median(&mut files),
        size as f64 / 1_000.0,
        median(&mut checks)
    );
    Ok(())
}

/// A form that tells nobody whether an address is known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Told {
    pub(super) name: &'static str,
    pub(super) path: &'static str,
    pub(super) fields: &'static [(&'static str, &'static str)],
}

/// The forms.
pub(super) const FORMS: [Told; 3] = [
    Told { name: "sign-up", path: "/portal/register", fields: &[] },
    Told { name: "code for a log-in", path: "/portal/log-in", fields: &[("step", "code")] },
    Told { name: "log-in with a wrong password", path: "/portal/log-in", fields: &[("password", "mihon-mihon-mihon")] },
];

/// Compares known and unknown addresses, in turn, and prints how far the times tell them apart.
pub(super) async fn addresses(browser: &mut Browser, form: Told, first: u32, count: u32) -> anyhow::Result<()> {
    let (mut known, mut unknown, mut differ) = (Vec::new(), Vec::new(), 0);
    for nth in 0..count {
        let (one, other) = (address(first + nth), address(5_000_000 + first + nth));
        // Sometimes one comes first, sometimes the other.
        let known_first = (nth / 2) % 2 == nth % 2;
        let order = if known_first { [(&one, true), (&other, false)] } else { [(&other, false), (&one, true)] };
        let mut said = Vec::new();
        for (email, is_known) in order {
            let mut person = Person::new(0x0080_0000 + nth * 2 + u32::from(is_known), None)?;
            let mut fields = vec![("email", email.as_str())];
            fields.extend(form.fields);
            let answer = browser.form(&mut person, form.path, &fields).await?;
            if is_known {
                known.push(answer.took)
            } else {
                unknown.push(answer.took)
            }
            said.push(shown(browser, &mut person, email, answer).await?);
        }
        differ += u32::from(said.first() != said.last());
    }
    outln!(
        "  {}: {differ} of {count} answers differ; AUC of the times {:.3} (target 0.45 to 0.55); median {:.2} and {:.2} ms",
        form.name,
        area(&known, &unknown),
        median(&mut known),
        median(&mut unknown)
    );
    Ok(())
}

/// What is shown, without what differs in every browser.
async fn shown(
    browser: &mut Browser,
    person: &mut Person,
    email: &str,
    answer: Answer,
) -> anyhow::Result<(u16, Option<String>, String)> {
    let page = match &answer.location {
        Some(next) => browser.page(person, next).await?.text(),
        None => answer.text(),
    };
    let page = page.replace(&person.token(), "TOKEN").replace(email, "ADDRESS");
    Ok((answer.status, answer.location, page))
}

/// The area under the curve: how often a time of the first is longer than one of the second. 0.5 tells nothing.
fn area(first: &[f64], second: &[f64]) -> f64 {
    let mut sorted = second.to_vec();
    sorted.sort_by(f64::total_cmp);
    let shorter = |time: f64| {
        let below = sorted.partition_point(|other| *other < time);
        let upto = sorted.partition_point(|other| *other <= time);
        (below + upto) as f64 / 2.0
    };
    let pairs = (first.len() * second.len()).max(1) as f64;
    first.iter().map(|time| shorter(*time)).sum::<f64>() / pairs
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{area, median};

    #[test]
    fn the_area_tells_how_far_times_can_be_told_apart() {
        assert_eq!(area(&[1.0, 2.0, 3.0], &[1.0, 2.0, 3.0]), 0.5);
        assert_eq!(area(&[4.0, 5.0], &[1.0, 2.0]), 1.0);
        assert_eq!(area(&[1.0], &[2.0, 3.0]), 0.0);
        assert_eq!(median(&mut [3.0, 1.0, 2.0]), 2.0);
    }
}
