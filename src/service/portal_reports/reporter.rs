//! Who reports, and for whom: a browser that a link has opened, or an account. What isn't theirs is as if it didn't
//! exist.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::domain::{AccountId, AnswerOrigin, CallerNumber, PatientAccount, PatientId, ReportFormId};
use crate::policy::{LinkFacts, report_day};
use crate::service::accounts::SecretToken;
use crate::service::centre_settings::{CentreContact, CentreSettings, known_centre, zone_of};
use crate::service::error::ServiceError;
use crate::store::centres::CentreRow;
use crate::store::patients::{self, PatientRow};
use crate::store::portal::people;
use crate::store::report_forms::{self, FormHolder, ReportFormRow};
use crate::store::report_links::{self, ReportLinkRow};
use crate::store::{StoreError, Tx};

/// Who reports.
#[derive(Debug, Clone)]
pub enum Reporter {
    /// A browser that a link and the birth date have opened, by its token.
    Browser(SecretToken),
    /// An account of the portal.
    Account {
        /// The account, and the people of the account.
        owner: PatientAccount,
        /// The person for whom it reports.
        patient: PatientId,
        /// The token that a personal link has given the same browser.
        browser: Option<SecretToken>,
    },
}

/// Why nothing can be reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReportingEnd {
    /// Nothing has opened a form for this browser, or the person isn't the account's.
    Unknown,
    /// The link or the observation has ended. The health centre is phoned.
    Ended(CentreContact),
    /// The page was of somebody else's form: another link was opened in the same browser, or another account.
    OtherForm,
}

/// A reporter whose form is open.
pub(super) struct Reporting {
    pub(super) patient: PatientRow,
    pub(super) centre: CentreRow,
    pub(super) holder: FormHolder,
    /// The last form. `None` if an account has none.
    pub(super) last: Option<ReportFormRow>,
    pub(super) today: Date,
    /// Whether an account has used a personal link of the person.
    pub(super) link: LinkUse,
}

/// Whether an account has used a link that was sent to the registered number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LinkUse {
    /// It never has.
    Never,
    /// Its browser has, which isn't recorded yet.
    ByThisBrowser,
    /// It has, as is recorded.
    Recorded,
}

impl Reporting {
    /// Where the answers come from.
    pub(super) fn origin(&self) -> AnswerOrigin {
        match &self.holder {
            FormHolder::Browser { link, .. } => AnswerOrigin::Link(*link),
            FormHolder::Account(account) => AnswerOrigin::Account(*account),
        }
    }

    /// What the report proves of its sender. A link was sent to the registered number.
    pub(super) const fn number(&self) -> CallerNumber {
        match (&self.holder, self.link) {
            (FormHolder::Browser { .. }, _) | (_, LinkUse::ByThisBrowser | LinkUse::Recorded) => {
                CallerNumber::Registered
            }
            (FormHolder::Account(_), LinkUse::Never) => CallerNumber::Unregistered,
        }
    }

    /// Records that the account's browser has used a link.
    pub(super) async fn record_link(&self, tx: &mut Tx, now: Timestamp) -> Result<(), StoreError> {
        match (&self.holder, self.link) {
            (FormHolder::Account(account), LinkUse::ByThisBrowser) => {
                people::link_used(tx, *account, self.patient.id, now).await
            }
            _ => Ok(()),
        }
    }

    /// Whether what others have answered in the report may show. To who has a link, nothing stored does (H6).
    pub(super) const fn sees_the_report(&self) -> bool {
        matches!(self.holder, FormHolder::Account(_))
    }

    /// A form with nothing filled in.
    pub(super) fn new_form(&self, id: ReportFormId, now: Timestamp) -> ReportFormRow {
        ReportFormRow {
            id,
            patient: self.patient.id,
            holder: self.holder.clone(),
            day: self.today,
            entries: "{}".into(),
            report: None,
            begun_at: now,
            saved_at: now,
            finished_at: None,
        }
    }
}

/// Who may report now.
pub(super) async fn reporting(
    tx: &mut Tx,
    reporter: &Reporter,
    now: Timestamp,
) -> Result<Result<Reporting, ReportingEnd>, ServiceError> {
    match reporter {
        Reporter::Browser(token) => of_browser(tx, &token.hash(), now).await,
        Reporter::Account { owner, patient, browser } => {
            if !owner.patients.contains(patient) {
                return Ok(Err(ReportingEnd::Unknown));
            }
            let Some((patient, centre)) = person(tx, *patient).await? else { return Ok(Err(ReportingEnd::Unknown)) };
            let today = report_day(now, &zone_of(&centre)?);
            if !is_observed(&patient, today) {
                return Ok(Err(ReportingEnd::Ended(CentreContact::of(&centre, now)?)));
            }
            let last = report_forms::of_account(tx, owner.account, patient.id).await?.into_iter().next();
            let link = link_use(tx, owner.account, patient.id, browser.as_ref()).await?;
            Ok(Ok(Reporting { patient, centre, holder: FormHolder::Account(owner.account), last, today, link }))
        }
    }
}

async fn link_use(
    tx: &mut Tx,
    account: AccountId,
    patient: PatientId,
    browser: Option<&SecretToken>,
) -> Result<LinkUse, StoreError> {
    if people::has_used_link(tx, account, patient).await? {
        return Ok(LinkUse::Recorded);
    }
    let Some(browser) = browser else { return Ok(LinkUse::Never) };
    let opened = report_forms::of_browser(tx, &browser.hash()).await?;
    let is_theirs = opened.iter().any(|form| form.patient == patient);
    Ok(if is_theirs { LinkUse::ByThisBrowser } else { LinkUse::Never })
}

async fn of_browser(tx: &mut Tx, hash: &str, now: Timestamp) -> Result<Result<Reporting, ReportingEnd>, ServiceError> {
    let Some(last) = report_forms::of_browser(tx, hash).await?.into_iter().next() else {
        return Ok(Err(ReportingEnd::Unknown));
    };
    let FormHolder::Browser { link, .. } = last.holder else { return Ok(Err(ReportingEnd::Unknown)) };
    let Some(link) = report_links::get(tx, link).await? else { return Ok(Err(ReportingEnd::Unknown)) };
    let Some((patient, centre)) = person(tx, link.patient).await? else { return Ok(Err(ReportingEnd::Unknown)) };
    let today = report_day(now, &zone_of(&centre)?);
    if facts_of(&link, &patient, &centre, today).end_of_form(today, last.saved_at, now).is_some() {
        return Ok(Err(ReportingEnd::Ended(CentreContact::of(&centre, now)?)));
    }
    let holder = last.holder.clone();
    Ok(Ok(Reporting { patient, centre, holder, last: Some(last), today, link: LinkUse::Never }))
}

/// Whether a page was made for somebody else's form.
pub(super) async fn is_of_another(
    tx: &mut Tx,
    reporting: &Reporting,
    form: Option<ReportFormId>,
) -> Result<bool, StoreError> {
    let Some(id) = form else { return Ok(false) };
    Ok(report_forms::hold(tx, id).await?.is_some_and(|form| form.patient != reporting.patient.id))
}

/// A patient with the health centre.
pub(super) async fn person(tx: &mut Tx, id: PatientId) -> Result<Option<(PatientRow, CentreRow)>, ServiceError> {
    let Some(patient) = patients::by_ids(tx, &[id]).await?.pop() else { return Ok(None) };
    let centre = known_centre(tx, &patient.centre).await?;
    Ok(Some((patient, centre)))
}

/// What is known of a link at a day of the health centre.
pub(super) fn facts_of(link: &ReportLinkRow, patient: &PatientRow, centre: &CentreRow, today: Date) -> LinkFacts {
    LinkFacts {
        day: link.day,
        wrong: link.wrong,
        is_observed: is_observed(patient, today),
        is_stopped: patient.stopped_at.is_some(),
        links: CentreSettings::of(centre).report_links,
    }
}

/// Whether a patient is under observation at a day.
pub(super) fn is_observed(patient: &PatientRow, today: Date) -> bool {
    patient.released_at.is_none() && patient.monitoring_start.is_none_or(|start| start <= today)
}

/// Whether a transaction lost a race that the next try sees.
pub(super) const fn is_race(error: &ServiceError) -> bool {
    matches!(error, ServiceError::Store(StoreError::Stale | StoreError::Taken(_)))
}
