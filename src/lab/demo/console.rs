//! A made-up nurse who can log in to the demonstration's console.

use anyhow::Context as _;
use jiff::SignedDuration;

use crate::domain::{Actor, CentreCode, LogInName, Password, Role, SecondFactor, StaffName};
use crate::lab::SYNTHETIC_CENTRE;
use crate::service::{
    Context, NewAccount, SetUp, choose_password, code_at, confirm_second_factor, invite_staff, set_up,
};

const EMAIL: &str = "naoko@mihon.example";
const PASSWORD: &str = "mihon-kenko-call";
/// A step of an authenticator. Source: RFC 6238, 4.1.
const STEP: SignedDuration = SignedDuration::from_secs(30);
/// How many recovery codes are printed: for logging in again later.
const PRINTED: usize = 3;

/// How to log in.
pub(super) struct Nurse {
    code: String,
    secret: String,
    recovery: Vec<String>,
}

/// Sets up the account of a nurse of the made-up health centre, as an invitation does.
pub(super) async fn nurse(context: &Context) -> anyhow::Result<Nurse> {
    let log_in_name = LogInName::parse(EMAIL).context("the nurse's address")?;
    let new = NewAccount {
        log_in_name: log_in_name.clone(),
        name: StaffName::parse("見本 直子").context("the nurse's name")?,
        role: Role::Nurse,
        centre: Some(CentreCode::parse(SYNTHETIC_CENTRE).context("the made-up health centre")?),
    };
    let token = invite_staff(context, &Actor::System, new).await?.token;
    let password = Password::choose(PASSWORD, &log_in_name).context("the nurse's password")?;
    choose_password(context, &token, &password).await?;
    let SetUp::SecondFactor { secret, .. } = set_up(context, &token).await? else {
        anyhow::bail!("the nurse's account has no authenticator");
    };
    let now = context.clock.now();
    // A code works once, so the account is set up by the one before the code that is printed.
    let before = code_at(&secret, now.checked_sub(STEP).unwrap_or(now))?;
    let recovery = confirm_second_factor(context, &token, &SecondFactor::OneTimeCode(before)).await?;
    Ok(Nurse { code: code_at(&secret, context.clock.now())?, secret, recovery })
}

impl Nurse {
    /// What is printed.
    pub(super) fn lines(&self, second_factor: bool) -> Vec<String> {
        let mut lines = vec![format!("e-mail {EMAIL}, password {PASSWORD}")];
        if second_factor {
            let recovery: Vec<&str> = self.recovery.iter().take(PRINTED).map(String::as_str).collect();
            lines.push(format!("code {} (for a minute), or an authenticator with {}", self.code, self.secret));
            lines.push(format!("later, once each: {}", recovery.join(" ")));
        } else {
            lines.push("no second factor is asked for, in this demonstration only".to_owned());
        }
        lines
    }
}
