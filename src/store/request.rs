//! Several statements that SQLite's thread runs one after the other in one request.

use std::fmt::Write as _;

use futures_util::TryStreamExt as _;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Arguments as _, AssertSqlSafe, Either, Executor as _, SqliteConnection};

use super::StoreError;
use super::bind_value::{BindValue, bind_all};

/// The statements of one request. The driver caches the prepared statements by their whole text, so few different texts
/// should occur.
#[derive(Default)]
pub(super) struct Request {
    text: String,
    arguments: SqliteArguments,
    /// The number of statements.
    statements: usize,
    /// The number of arguments.
    count: usize,
    /// The size of the values, in bytes.
    bytes: usize,
}

/// What one statement of a request returned.
#[derive(Default)]
pub(super) struct StatementResult {
    /// The rows of a query.
    pub(super) rows: Vec<SqliteRow>,
    /// The number of rows that were written.
    pub(super) written: u64,
}

impl Request {
    /// Adds a statement with the parameters `$1`, `$2`…
    pub(super) fn push(&mut self, sql: &str, args: Vec<BindValue<'_>>) -> Result<(), StoreError> {
        if !self.text.is_empty() {
            self.text.push_str("; ");
        }
        push_shifted(&mut self.text, sql, self.count);
        self.statements += 1;
        self.count += args.len();
        self.bytes += args.iter().map(BindValue::size).sum::<usize>();
        bind_all!(self.arguments, args);
        Ok(())
    }

    /// Puts a statement without parameters before the others.
    pub(super) fn after(mut self, sql: &str) -> Self {
        self.text = if self.text.is_empty() { sql.to_owned() } else { format!("{sql}; {}", self.text) };
        self
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The number of statements.
    pub(super) fn len(&self) -> usize {
        self.statements
    }

    /// The size of its text and values, in bytes.
    pub(super) fn size(&self) -> usize {
        self.text.len() + self.bytes
    }

    /// Runs the statements until one fails. The results are in the order of the statements.
    pub(super) async fn send(self, connection: &mut SqliteConnection) -> Result<Vec<StatementResult>, StoreError> {
        let mut results = Vec::new();
        if self.text.is_empty() {
            return Ok(results);
        }
        let mut rows = Vec::new();
        let query = sqlx::query_with(AssertSqlSafe(self.text), self.arguments);
        let mut coming = connection.fetch_many(query);
        while let Some(step) = coming.try_next().await? {
            match step {
                Either::Left(done) => {
                    let rows = std::mem::take(&mut rows);
                    results.push(StatementResult { rows, written: done.rows_affected() });
                }
                Either::Right(row) => rows.push(row),
            }
        }
        Ok(results)
    }
}

/// Adds `sql` to `text`, with its parameters counted on from `by`.
fn push_shifted(text: &mut String, sql: &str, by: usize) {
    let mut parts = sql.split('$');
    text.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let digits = part.len() - part.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, rest) = part.split_at(digits);
        // Writing to a string can't fail.
        let _ = match number.parse::<usize>() {
            Ok(number) => write!(text, "${}{rest}", number + by),
            Err(_) => write!(text, "${part}"),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parameters_of_later_statements_are_counted_on() -> Result<(), StoreError> {
        let mut request = Request::default();
        request.push("SELECT $1, $2", vec![1.into(), 2.into()])?;
        request.push("SELECT $2 WHERE $1 > 0", vec![3.into(), 4.into()])?;
        assert_eq!(request.after("BEGIN").text, "BEGIN; SELECT $1, $2; SELECT $4 WHERE $3 > 0");
        Ok(())
    }
}
