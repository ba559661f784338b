//! The texts of statements over many rows. There are only a few, so that each is prepared once per connection and then
//! found in the driver's cache: SQLite gets any number of rows in one JSON array, PostgreSQL in a few sizes.

use std::{
    collections::HashMap,
    fmt::Write as _,
    hash::Hash,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use sqlx::{AssertSqlSafe, SqlSafeStr as _, SqlStr};

use super::StoreError;
use super::bind_value::BindValue;

/// Follows a write whose every row must be written, `$1` rows. Otherwise it fails with an integer overflow, so that
/// SQLite doesn't reach the commit in the same request.
pub(super) const ALL_WRITTEN: &str =
    "SELECT 1 WHERE abs(CASE changes() WHEN $1 THEN 0 ELSE -9223372036854775808 END) > 0";

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
}

/// The parts of a statement over rows that SQLite reads from a JSON array of arrays, its first parameter. Documents are
/// in the second parameter, one after the other, and the array has the place and the length of each.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct RowStatement {
    /// The text before the rows, up to `VALUES`.
    pub(super) head: &'static str,
    /// The text after the rows.
    pub(super) tail: &'static str,
    /// The number of columns.
    pub(super) columns: usize,
    /// Which columns are documents, a bit for each.
    pub(super) documents: u64,
}

/// The parts of a statement over keys that SQLite reads from a JSON array, its last parameter.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct KeyStatement {
    /// The text before the keys, up to `IN`.
    pub(super) head: &'static str,
    /// The text after the keys.
    pub(super) tail: &'static str,
    /// The number of parameters in the head.
    pub(super) fixed: usize,
}

/// The parts of a statement that fails like [`ALL_WRITTEN`] if any key is found. Its only parameter is a JSON array.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct RefusedKeys {
    /// The query, up to `IN`.
    pub(super) head: &'static str,
}

/// The parameters of a [`RowStatement`], and which columns are documents: a column is one in all rows or in none.
pub(super) fn row_parameters<const N: usize>(
    rows: &[[BindValue<'_>; N]],
) -> Result<(Vec<BindValue<'static>>, u64), StoreError> {
    let mut columns = 0_u64;
    let mut documents = Vec::new();
    let mut arrays: Vec<Vec<Cell<'_>>> = Vec::with_capacity(rows.len());
    for row in rows {
        let mut array = Vec::with_capacity(N + 4);
        for (column, value) in row.iter().enumerate() {
            if let BindValue::Document(document) = value {
                columns |= 1 << column;
                array.extend([Cell::Number(documents.len() + 1), Cell::Number(document.len())]);
                documents.extend_from_slice(document.as_bytes());
            } else {
                array.push(Cell::Value(value));
            }
        }
        arrays.push(array);
    }
    let mut parameters = vec![json(&arrays)?.into()];
    if columns != 0 {
        parameters.push(BindValue::Documents(documents));
    }
    Ok((parameters, columns))
}

/// An element of a row's array.
#[derive(serde::Serialize)]
#[serde(untagged)]
enum Cell<'a> {
    Value(&'a BindValue<'a>),
    Number(usize),
}

/// Many keys as one parameter.
pub(super) fn json_keys(keys: &[BindValue<'_>]) -> Result<String, StoreError> {
    json(keys)
}

fn json(values: &(impl serde::Serialize + ?Sized)) -> Result<String, StoreError> {
    serde_json::to_string(values).map_err(|error| sqlx::Error::Encode(error.into()).into())
}

/// Returns the text of a statement, composed once per process. It contains only literals of this program.
fn composed<K: Copy + Eq + Hash>(
    texts: &LazyLock<Mutex<HashMap<K, Arc<str>>>>,
    statement: K,
    compose: fn(K) -> String,
) -> SqlStr {
    let mut texts = texts.lock().unwrap_or_else(PoisonError::into_inner);
    let text = texts.entry(statement).or_insert_with(|| compose(statement).into());
    AssertSqlSafe(Arc::clone(text)).into_sql_str()
}

impl RowStatement {
    /// The text.
    pub(super) fn sql(self) -> SqlStr {
        static COMPOSED: LazyLock<Mutex<HashMap<RowStatement, Arc<str>>>> = LazyLock::new(Mutex::default);
        composed(&COMPOSED, self, Self::compose)
    }

    fn compose(self) -> String {
        let head = self.head.trim_end().trim_end_matches("VALUES");
        let mut sql = format!("{head}SELECT ");
        let mut place = 0;
        for column in 0..self.columns {
            let comma = if column == 0 { "" } else { ", " };
            let is_document = self.documents & (1 << column) != 0;
            // Writing to a string can't fail.
            let _ = if is_document {
                write!(sql, "{comma}CAST(substr($2, value ->> {place}, value ->> {}) AS text)", place + 1)
            } else {
                write!(sql, "{comma}value ->> {place}")
            };
            let _ = write!(sql, " AS column{}", column + 1);
            place += if is_document { 2 } else { 1 };
        }
        // The condition separates the source from `ON CONFLICT`, which could otherwise begin the condition of a join.
        // `json_each` would write each row as text again and read that for every column.
        let _ = write!(sql, " FROM jsonb_each($1) WHERE true {}", self.tail);
        sql
    }
}

impl RefusedKeys {
    /// The text.
    pub(super) fn sql(self) -> SqlStr {
        static COMPOSED: LazyLock<Mutex<HashMap<RefusedKeys, Arc<str>>>> = LazyLock::new(Mutex::default);
        composed(&COMPOSED, self, Self::compose)
    }

    fn compose(self) -> String {
        let found = format!("{} (SELECT value FROM json_each($1))", self.head);
        format!("SELECT 1 WHERE abs(CASE WHEN EXISTS ({found}) THEN -9223372036854775808 ELSE 0 END) > 0")
    }
}

impl KeyStatement {
    /// The text.
    pub(super) fn sql(self) -> SqlStr {
        static COMPOSED: LazyLock<Mutex<HashMap<KeyStatement, Arc<str>>>> = LazyLock::new(Mutex::default);
        composed(&COMPOSED, self, Self::compose)
    }

    fn compose(self) -> String {
        format!("{} (SELECT value FROM json_each(${})) {}", self.head, self.fixed + 1, self.tail)
    }
}

impl BulkStatement {
    /// The text.
    pub(super) fn sql(self) -> SqlStr {
        static COMPOSED: LazyLock<Mutex<HashMap<BulkStatement, Arc<str>>>> = LazyLock::new(Mutex::default);
        composed(&COMPOSED, self, Self::compose)
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
                let _ = write!(sql, "${number}");
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
        };
        assert_eq!(shape.compose(), "INSERT INTO t (a, b) VALUES ($1, $2), ($3, $4) ON CONFLICT DO NOTHING");
        let BulkStatement { head, tail, columns, .. } = shape;
        assert_eq!(
            RowStatement { head, tail, columns, documents: 0b01 }.compose(),
            "INSERT INTO t (a, b) SELECT CAST(substr($2, value ->> 0, value ->> 1) AS text) AS column1, \
             value ->> 2 AS column2 FROM jsonb_each($1) WHERE true ON CONFLICT DO NOTHING"
        );
        let keys =
            BulkStatement { head: "WHERE at = $1 AND id IN", tail: "", keys: true, fixed: 1, columns: 1, ..shape };
        assert_eq!(keys.compose(), "WHERE at = $1 AND id IN ($2, $3) ");
        let keys = KeyStatement { head: keys.head, tail: "", fixed: 1 };
        assert_eq!(keys.compose(), "WHERE at = $1 AND id IN (SELECT value FROM json_each($2)) ");
    }
}
