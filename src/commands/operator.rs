//! The person at the command line: the name given by `--as`, and the system's user.

use anyhow::Context;

use super::exit::usage;
use super::language::text;
use super::messages::ToMessage as _;
use crate::config::Config;
use crate::domain::{Actor, Operator, StaffName, SystemUser};

/// The name given by `--as`, or that of the system's user.
pub(super) fn acting_as(given: Option<String>) -> anyhow::Result<StaffName> {
    if let Some(name) = given.filter(|name| !name.trim().is_empty()) {
        return StaffName::parse(&name).map_err(|error| usage(text!("operator-name", why = error.message())));
    }
    StaffName::parse(system_user().as_str()).with_context(|| text!("operator-name-of-system"))
}

/// The operator of this process.
pub(super) fn operator(config: &Config, name: StaffName) -> Actor {
    Actor::Operator(Operator { name, system_user: system_user(), centre: config.operator.centre.clone() })
}

/// The user who runs this process, by the process's user id. The environment isn't asked: anyone can set `USER`.
#[cfg(unix)]
fn system_user() -> SystemUser {
    let uid = rustix::process::getuid().as_raw();
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    SystemUser::new(uid, name_of(&users, uid))
}

#[cfg(not(unix))]
fn system_user() -> SystemUser {
    SystemUser::new(0, None)
}

/// The name of a user in the system's user database (`passwd(5)`). Users of a directory service aren't in it, and are
/// recorded by their number.
fn name_of(users: &str, uid: u32) -> Option<&str> {
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        let number = fields.nth(1)?;
        (number.parse() == Ok(uid)).then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_found_by_number() {
        let users =
            "root:x:0:0:root:/root:/bin/bash\n\nbroken\nkenkocall:x:998:998::/var/lib/kenkocall:/usr/sbin/nologin\n";
        assert_eq!(name_of(users, 0), Some("root"));
        assert_eq!(name_of(users, 998), Some("kenkocall"));
        assert_eq!(name_of(users, 99), None);
        assert_eq!(name_of("", 0), None);
    }
}
