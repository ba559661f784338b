//! Made-up staff of two health centres and of the help desk, who can log in to the demonstration's console.

use anyhow::Context as _;
use jiff::SignedDuration;

use super::second_centre::SECOND_CENTRE;
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

/// A made-up member of staff.
struct MadeUp {
    email: &'static str,
    name: &'static str,
    role: Role,
    centre: Option<&'static str>,
    /// What is printed before the address.
    printed: &'static str,
    /// Whether recovery codes are printed, too.
    recovery: bool,
}

/// Of the first health centre, of the second, and of neither.
const STAFF: [MadeUp; 5] = [
    MadeUp {
        email: "naoko@mihon.example",
        name: "見本 直子",
        role: Role::Nurse,
        centre: Some(SYNTHETIC_CENTRE),
        printed: "nurse",
        recovery: true,
    },
    MadeUp {
        email: "kenji@mihon.example",
        name: "見本 健二",
        role: Role::CentreAdministrator,
        centre: Some(SYNTHETIC_CENTRE),
        printed: "administrator",
        recovery: true,
    },
    MadeUp {
        email: "midori@mihon.example",
        name: "見本 緑",
        role: Role::Nurse,
        centre: Some(SECOND_CENTRE),
        printed: "nurse of the second health centre",
        recovery: false,
    },
    MadeUp {
        email: "minoru@mihon.example",
        name: "見本 実",
        role: Role::CentreAdministrator,
        centre: Some(SECOND_CENTRE),
        printed: "its administrator",
        recovery: false,
    },
    MadeUp {
        email: "madoka@mihon.example",
        name: "見本 円",
        role: Role::HelpDesk,
        centre: None,
        printed: "help desk",
        recovery: false,
    },
];

/// How to log in.
pub(super) struct Member {
    made_up: &'static MadeUp,
    code: String,
    secret: String,
    recovery: Vec<String>,
}

/// Sets up the accounts as invitations do.
pub(super) async fn staff(context: &Context) -> anyhow::Result<Vec<Member>> {
    let mut members = Vec::with_capacity(STAFF.len());
    for made_up in &STAFF {
        members.push(member(context, made_up).await?);
    }
    Ok(members)
}

async fn member(context: &Context, made_up: &'static MadeUp) -> anyhow::Result<Member> {
    let log_in_name = LogInName::parse(made_up.email).context("an address")?;
    let new = NewAccount {
        log_in_name: log_in_name.clone(),
        name: StaffName::parse(made_up.name).context("a name")?,
        role: made_up.role,
        centre: made_up.centre.map(CentreCode::parse).transpose().context("a made-up health centre")?,
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
    Ok(Member { made_up, code: code_at(&secret, context.clock.now())?, secret, recovery })
}

impl Member {
    /// What is printed.
    pub(super) fn lines(&self, second_factor: bool) -> Vec<String> {
        let MadeUp { printed, email, recovery, .. } = self.made_up;
        let mut lines = vec![format!("{printed}: {email}, password {PASSWORD}")];
        if second_factor {
            lines.push(format!("  code {} (for a minute), or an authenticator with {}", self.code, self.secret));
        }
        if second_factor && *recovery {
            let codes: Vec<&str> = self.recovery.iter().take(PRINTED).map(String::as_str).collect();
            lines.push(format!("  later, once each: {}", codes.join(" ")));
        }
        lines
    }
}
