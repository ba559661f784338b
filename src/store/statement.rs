//! The texts of statements over many rows. There are only a few sizes, so that each is prepared once per connection and
//! then found in the driver's cache.

use std::{
    collections::HashMap,
    fmt::Write as _,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use sqlx::{AssertSqlSafe, SqlSafeStr as _, SqlStr};

/// The maximum number of rows in one statement.
pub(super) const MOST_ROWS: usize = 64;

/// The sizes to which a list of keys is padded.
pub(super) const KEY_LIST_SIZES: [usize; 5] = [1, 4, 16, 64, 256];

/// How many rows the next statement takes if this many are left. It is a power of two, so that any number of rows needs
/// few statements and few texts.
pub(super) fn rows_at_once(left: usize) -> usize {
    if left >= MOST_ROWS { MOST_ROWS } else { 1 << left.max(1).ilog2() }
}

/// The length of the next list of keys if this many are left.
pub(super) fn keys_at_once(left: usize) -> usize {
    KEY_LIST_SIZES.into_iter().find(|size| *size >= left).unwrap_or(256)
}

/// The parts of a statement.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct BulkStatement {
    /// The text before the tuples: everything up to `VALUES` or `IN`.
    pub(super) head: &'static str,
    /// The text after the tuples.
    pub(super) tail: &'static str,
    /// Whether the tuples are single keys after `IN`.
    pub(super) keys: bool,
    /// The number of parameters in the head.
    pub(super) fixed: usize,
    /// The number of parameters in a tuple.
    pub(super) columns: usize,
    /// The number of tuples.
    pub(super) tuples: usize,
    /// Whether to write `?`. SQLite searches numbered parameters linearly, which is noticeable with hundreds of them.
    pub(super) question_marks: bool,
}

impl BulkStatement {
    /// The text, composed once per process. It contains only literals of this program.
    pub(super) fn sql(self) -> SqlStr {
        static COMPOSED: LazyLock<Mutex<HashMap<BulkStatement, Arc<str>>>> = LazyLock::new(Mutex::default);
        let mut composed = COMPOSED.lock().unwrap_or_else(PoisonError::into_inner);
        let text = composed.entry(self).or_insert_with(|| self.compose().into());
        AssertSqlSafe(Arc::clone(text)).into_sql_str()
    }

    fn compose(self) -> String {
        let (list_open, open, close, list_close) = if self.keys { ("(", "", "", ")") } else { ("", "(", ")", "") };
        let mut sql = format!("{} {list_open}", self.head);
        let mut number = self.fixed;
        for tuple in 0..self.tuples {
            sql.push_str(if tuple == 0 { "" } else { ", " });
            sql.push_str(open);
            for column in 0..self.columns {
                number += 1;
                sql.push_str(if column == 0 { "" } else { ", " });
                if self.question_marks && self.fixed == 0 {
                    sql.push('?');
                } else {
                    // Writing to a string can't fail.
                    let _ = write!(sql, "${number}");
                }
            }
            sql.push_str(close);
        }
        sql.push_str(list_close);
        sql.push(' ');
        sql.push_str(self.tail);
        sql
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_number_of_rows_takes_few_statements_of_few_sizes() {
        let statements = |mut left: usize| {
            let mut count = 0;
            while left > 0 {
                left -= rows_at_once(left);
                count += 1;
            }
            count
        };
        assert_eq!([1, 63, 64, 65, 256].map(statements), [1, 6, 1, 2, 4]);
        assert_eq!([1, 2, 5, 64, 65, 1000].map(keys_at_once), [1, 4, 16, 64, 256, 256]);
    }

    #[test]
    fn rows_and_keys_are_composed_for_both_databases() {
        let shape = BulkStatement {
            head: "INSERT INTO t (a, b) VALUES",
            tail: "ON CONFLICT DO NOTHING",
            keys: false,
            fixed: 0,
            columns: 2,
            tuples: 2,
            question_marks: false,
        };
        assert_eq!(shape.compose(), "INSERT INTO t (a, b) VALUES ($1, $2), ($3, $4) ON CONFLICT DO NOTHING");
        let shape = BulkStatement { question_marks: true, ..shape };
        assert_eq!(shape.compose(), "INSERT INTO t (a, b) VALUES (?, ?), (?, ?) ON CONFLICT DO NOTHING");
        let keys =
            BulkStatement { head: "WHERE at = $1 AND id IN", tail: "", keys: true, fixed: 1, columns: 1, ..shape };
        assert_eq!(keys.compose(), "WHERE at = $1 AND id IN ($2, $3) ");
    }
}
