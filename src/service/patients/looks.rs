//! Who saw a patient's data, from the audit trail.

use jiff::Timestamp;

use crate::store::audit::ViewRow;

/// Somebody who saw a patient's data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// Who.
    pub actor: String,
    /// By what: a code such as `console` or `command`.
    pub source: String,
    /// When last.
    pub last_at: Timestamp,
    /// How often, as far as the entries were read.
    pub times: u32,
}

/// Who saw the data by these entries, which are latest first: each person once, who looked last first.
pub(super) fn looks_at(views: &[ViewRow]) -> Vec<Look> {
    let mut looks: Vec<Look> = Vec::new();
    for view in views {
        match looks.iter_mut().find(|look| look.actor == view.actor && look.source == view.source) {
            Some(look) => look.times = look.times.saturating_add(1),
            None => {
                looks.push(Look { actor: view.actor.clone(), source: view.source.clone(), last_at: view.at, times: 1 })
            }
        }
    }
    looks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_person_is_named_once_and_who_looked_last_first() {
        let view = |actor: &str, source: &str, at: i64| ViewRow {
            actor: actor.to_owned(),
            source: source.to_owned(),
            at: Timestamp::from_second(at).unwrap_or_default(),
        };
        let views = [
            view("直子", "console", 9),
            view("一郎", "console", 7),
            view("直子", "console", 5),
            view("直子", "command", 1),
        ];
        let looks: Vec<(String, i64, u32)> =
            looks_at(&views).into_iter().map(|look| (look.actor, look.last_at.as_second(), look.times)).collect();
        assert_eq!(looks, [("直子".to_owned(), 9, 2), ("一郎".to_owned(), 7, 1), ("直子".to_owned(), 1, 1)]);
    }
}
