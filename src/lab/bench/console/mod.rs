//! Measures the console: each page with few and with many patients, pages beside callers, how soon screens show a red
//! answer, and long lists.

mod browser;
mod busy;
mod lists;
mod pages;
mod records;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use jiff::SignedDuration;

use self::browser::Browser;
use self::records::Amount;
use super::TempDir;
use super::server::{Measured, free_address};
use crate::commands::output::outln;
use crate::domain::{
    Actor, CentreCode, DataOrigin, DeviceName, LogInName, Password, PatientId, Role, SecondFactor, StaffName,
};
use crate::lab::SYNTHETIC_CENTRE;
use crate::service::{
    Browser as Client, Clock, Context, NewAccount, SetUp, choose_password, code_at, confirm_second_factor,
    give_password, give_second_factor, invite_staff, seal_left_behind, set_up,
};
use crate::store::Database;

/// The patients with which the measured pages are compared.
const FEW: u32 = 10_000;
const NURSE: &str = "naoko@mihon.example";
const PASSWORD: &str = "mihon-kenko-call";
/// A step of an authenticator. Source: RFC 6238, 4.1.
const STEP: SignedDuration = SignedDuration::from_secs(30);

/// What to measure.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    /// All patients.
    pub(super) patients: u32,
    /// Those of the measured health centre.
    pub(super) of_centre: u32,
    /// The days of reports of those.
    pub(super) days: u32,
    /// The turns per second beside the pages.
    pub(super) rate: u32,
}

pub(super) async fn run(plan: Plan) -> anyhow::Result<()> {
    let few = Amount { patients: FEW.min(plan.patients), of_centre: FEW.min(plan.of_centre), days: plan.days };
    let many = Amount { patients: plan.patients, of_centre: plan.of_centre, days: plan.days };
    let of_few = Site::open(few).await?.pages().await?;
    let site = Site::open(many).await?;
    outln!(
        "the console on sqlite, {} patients, {} of them of one health centre, with {} days of reports; × is compared with {} patients:",
        many.patients,
        many.of_centre,
        many.days,
        few.patients
    );
    pages::show(&of_few, &site.pages().await?);
    busy::run(&site.server, &site.token, plan.rate).await?;
    let folder = &site.folder;
    lists::run(&site.server, &site.token, &folder.database(), folder.path(), plan.rate).await
}

/// A measured console and a log-in.
struct Site {
    server: Arc<Measured>,
    token: String,
    /// A patient of the health centre.
    person: PatientId,
    folder: TempDir,
}

impl Site {
    async fn open(amount: Amount) -> anyhow::Result<Self> {
        let folder = TempDir::new(&format!("console-{}", amount.patients))?;
        let url = folder.database();
        let database = Database::open(&url, 4).await?;
        // The measured server is configured for a real carrier.
        database.migrate(DataOrigin::Real).await?;
        let context = Context::new(database, Clock::system());
        let person = records::add(&context, amount).await?;
        // Otherwise the measured server does it, while it is measured.
        seal_left_behind(&context.database, context.clock.now(), Duration::ZERO).await?;
        let token = log_in(&context).await?;
        context.database.close().await;
        let server = Measured::start(&["serve"], Some(&url), free_address()?)?;
        Ok(Self { server: Arc::new(server), token, person, folder })
    }

    /// Measures its pages.
    async fn pages(&self) -> anyhow::Result<Vec<pages::Measured>> {
        pages::all(&mut Browser::open(self.server.address, &self.token).await?, self.person).await
    }
}

/// Sets up a nurse's account and logs in. Returns the token of the log-in.
async fn log_in(context: &Context) -> anyhow::Result<String> {
    let log_in_name = LogInName::parse(NURSE).context("an address")?;
    let new = NewAccount {
        log_in_name: log_in_name.clone(),
        name: StaffName::parse("見本 直子").context("a name")?,
        role: Role::CentreAdministrator,
        centre: Some(CentreCode::parse(SYNTHETIC_CENTRE).context("the made-up health centre")?),
    };
    let invitation = invite_staff(context, &Actor::System, new).await?.token;
    let password = Password::choose(PASSWORD, &log_in_name).context("a password")?;
    choose_password(context, &invitation, &password).await?;
    let SetUp::SecondFactor { secret, .. } = set_up(context, &invitation).await? else {
        anyhow::bail!("an account has no authenticator");
    };
    let now = context.clock.now();
    // Each code works once.
    let before = code_at(&secret, now.checked_sub(STEP).unwrap_or(now))?;
    confirm_second_factor(context, &invitation, &SecondFactor::OneTimeCode(before)).await?;
    let client = Client {
        address: "127.0.0.1".to_owned(),
        known_as: None,
        device: DeviceName::parse("Chromium").context("a device")?,
    };
    let half = give_password(context, NURSE, PASSWORD, &client).await?;
    let code = SecondFactor::OneTimeCode(code_at(&secret, context.clock.now())?);
    let (token, _) = give_second_factor(context, &half, Some(&code), &client).await?;
    Ok(token.expose().to_owned())
}
