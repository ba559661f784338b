//! `kenkocall staff`: invitations, the list, and the end of an account.

use crate::{CommandLine, databases::Fresh};

crate::on_both_databases!(staff_are_invited_listed_and_deactivated, an_invitation_that_makes_no_sense_is_refused);

const NAOKO: [&str; 8] = ["staff", "add", "--name", "見本 直子", "--email", "Naoko@mihon.example", "--role", "nurse"];

async fn staff_are_invited_listed_and_deactivated(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    command_line.with_centre();
    assert!(command_line.does(&["staff", "list"]).contains("there are no accounts yet"));
    let invited = command_line.does(&[&NAOKO[..], &["--centre", "13101"]].concat());
    let link = invited.lines().find_map(|line| line.trim().strip_prefix("http://127.0.0.1:8080/console/invitation/"));
    let token = link.expect("a link").to_owned();
    assert_eq!(token.len(), 43, "{invited}");
    let list = command_line.does(&["staff", "list"]);
    for shown in ["Naoko@mihon.example", "見本 直子", "nurse", "13101", "invited"] {
        assert!(list.contains(shown), "{shown} isn't in {list}");
    }
    assert!(!list.contains(&token), "a link is shown once");
    let trail = command_line.does(&["audit", "list"]);
    assert!(
        trail.contains("account.invited") && !trail.contains(&token) && !trail.contains("mihon.example"),
        "{trail}"
    );
    let unlocked = command_line.refuses(&["staff", "unlock", "naoko@mihon.example"]);
    assert!(unlocked.contains("only an active account"), "{unlocked}");
    assert!(command_line.refuses(&["staff", "unlock", "nobody@mihon.example"]).contains("no account has this"));
    assert!(command_line.does(&["staff", "deactivate", "naoko@MIHON.example"]).contains("is deactivated"));
    assert!(command_line.does(&["staff", "list"]).contains("deactivated"));
    assert!(command_line.does(&["audit", "list"]).contains("account.deactivated"));
    let again = command_line.does(&[&NAOKO[..], &["--centre", "13101", "--json"]].concat());
    assert!(again.contains("\"state\": \"invited\"") && again.contains("/console/invitation/"), "{again}");
    let in_japanese = command_line.does(&["staff", "deactivate", "naoko@mihon.example", "--lang", "ja"]);
    assert!(in_japanese.contains("アカウントを止めました"), "{in_japanese}");
}

async fn an_invitation_that_makes_no_sense_is_refused(fresh: Fresh) {
    let command_line = CommandLine(&fresh);
    command_line.with_centre();
    assert!(command_line.refuses(&NAOKO).contains("needs a health centre"));
    assert!(command_line.refuses(&[&NAOKO[..], &["--centre", "99999"]].concat()).contains("99999"));
    let mut of_all = NAOKO;
    of_all[7] = "help_desk";
    assert!(command_line.refuses(&[&of_all[..], &["--centre", "13101"]].concat()).contains("leave out --centre"));
    let mut wrong = NAOKO;
    wrong[5] = "naoko";
    assert!(command_line.refuses(&wrong).contains("one @ and no blanks"));
    assert!(command_line.refuses(&["staff", "deactivate", "nobody@mihon.example"]).contains("no account has this"));
    assert!(command_line.does(&["staff", "list"]).contains("there are no accounts yet"));
}
