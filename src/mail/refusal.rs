//! What a mail server's refusal is about: the reader's address, or something else. An address that nobody has isn't
//! used again, so what says nothing about it mustn't count against it.

/// The basic codes by which a server says that a mailbox isn't there (RFC 5321, section 4.2.3).
const ABOUT_A_MAILBOX: [u16; 3] = [550, 551, 553];
/// The enhanced codes of 5.1.x that are about the sender's address (RFC 3463, section 3.2).
const ABOUT_THE_SENDER: [&str; 2] = ["5.1.7", "5.1.8"];
/// Words of servers that send no enhanced code, about what they don't let through.
const ABOUT_THE_SERVER: [&str; 6] = ["relay", "policy", "block", "spam", "reputation", "denied"];

/// Whether the answer to `RCPT TO` says that nobody has the address. A server that sends enhanced codes says it by one
/// (5.1.x): 550 alone stands for a policy (5.7.x) as often.
pub(super) fn names_nobody(code: u16, said: &str) -> bool {
    match said.split_whitespace().next().filter(|word| is_enhanced(word)) {
        Some(enhanced) => enhanced.starts_with("5.1.") && !ABOUT_THE_SENDER.contains(&enhanced),
        None => {
            let said = said.to_ascii_lowercase();
            ABOUT_A_MAILBOX.contains(&code) && !ABOUT_THE_SERVER.iter().any(|word| said.contains(word))
        }
    }
}

/// Whether a word is an enhanced code: 5.1.1 (RFC 3463, section 2).
fn is_enhanced(word: &str) -> bool {
    let parts: Vec<&str> = word.split('.').collect();
    parts.len() == 3 && parts.iter().all(|part| (1..=3).contains(&part.len()) && part.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bad input's "550 that isn't about the recipient".
    #[test]
    fn only_what_is_said_of_the_mailbox_counts_against_it() {
        let dead = [
            (550, "5.1.1 The email account that you tried to reach does not exist"),
            (550, "5.1.10 RESOLVER.ADR.RecipientNotFound"),
            (550, "no such mailbox: naoko@mihon.example"),
            (551, "User not local"),
            (553, "5.1.3 invalid address"),
            (550, ""),
        ];
        for (code, said) in dead {
            assert!(names_nobody(code, said), "{code} {said}");
        }
        let alive = [
            (550, "5.7.1 Message rejected due to policy"),
            (550, "5.7.26 unauthenticated"),
            (550, "relay not permitted"),
            (550, "Service unavailable; client blocked using a list"),
            (550, "5.2.2 mailbox full"),
            (552, "5.2.2 over quota"),
            (552, "message size exceeds the limit"),
            (554, "5.7.1 rejected"),
            (554, "transaction failed"),
            (553, "5.1.8 sender's domain not found"),
            (553, "5.1.7 bad sender address"),
            (503, "bad sequence"),
        ];
        for (code, said) in alive {
            assert!(!names_nobody(code, said), "{code} {said}");
        }
    }
}
