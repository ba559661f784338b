//! Made-up staff who can log in to the demonstration's console.

use anyhow::Context as _;
use jiff::SignedDuration;

use crate::domain::{Actor, CentreCode, LogInName, Password, Role, SecondFactor, StaffName};
use crate::lab::SYNTHETIC_CENTRE;
use crate::service::{
    Context, NewAccount, SetUp, choose_password, code_at, confirm_second_factor, invite_staff, set_up,
};

const PASSWORD: &str = "mihon-kenko-call";
/// A step of an authenticator. Source: RFC 6238, 4.1.
const STEP: SignedDuration = SignedDuration::from_secs(30);
/// How many recovery codes are printed: for logging in again later.
const PRINTED: usize = 3;

/// A made-up member of staff: the address, the name, the role, and what is printed before the address.
type MadeUp = (&'static str, &'static str, Role, &'static str);

const NURSE: MadeUp = ("naoko@mihon.example", "見本 直子", Role::Nurse, "nurse");
const ADMINISTRATOR: MadeUp = ("kenji@mihon.example", "見本 健二", Role::CentreAdministrator, "administrator");

/// How to log in.
pub(super) struct Member {
    email: &'static str,
    role: &'static str,
    code: String,
    secret: String,
    recovery: Vec<String>,
}

/// Sets up the accounts of a nurse and an administrator of the made-up health centre, as invitations do.
pub(super) async fn staff(context: &Context) -> anyhow::Result<[Member; 2]> {
    Ok([member(context, NURSE).await?, member(context, ADMINISTRATOR).await?])
}

async fn member(context: &Context, (email, name, role, printed): MadeUp) -> anyhow::Result<Member> {
    let log_in_name = LogInName::parse(email).context("an address")?;
    let new = NewAccount {
        log_in_name: log_in_name.clone(),
        name: StaffName::parse(name).context("a name")?,
        role,
        centre: Some(CentreCode::parse(SYNTHETIC_CENTRE).context("the made-up health centre")?),
    };
    let token = invite_staff(context, &Actor::System, new).await?.token;
    let password = Password::choose(PASSWORD, &log_in_name).context("a password")?;
    choose_password(context, &token, &password).await?;
    let SetUp::SecondFactor { secret, .. } = set_up(context, &token).await? else {
        anyhow::bail!("an account has no authenticator");
    };
    let now = context.clock.now();
    // A code works once, so the account is set up by the one before the code that is printed.
    let before = code_at(&secret, now.checked_sub(STEP).unwrap_or(now))?;
    let recovery = confirm_second_factor(context, &token, &SecondFactor::OneTimeCode(before)).await?;
    Ok(Member { email, role: printed, code: code_at(&secret, context.clock.now())?, secret, recovery })
}

impl Member {
    /// What is printed.
    pub(super) fn lines(&self, second_factor: bool) -> Vec<String> {
        let mut lines = vec![format!("{}: {}, password {PASSWORD}", self.role, self.email)];
        if second_factor {
            let recovery: Vec<&str> = self.recovery.iter().take(PRINTED).map(String::as_str).collect();
            lines.push(format!("  code {} (for a minute), or an authenticator with {}", self.code, self.secret));
            lines.push(format!("  later, once each: {}", recovery.join(" ")));
        }
        lines
    }
}
