use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, ExecResult, FromQueryResult, Statement, TryGetable, Value,
};

use super::Tx;

/// A statement under construction: text with numbered placeholders and the values bound to them.
///
/// ```
/// # use base::db::Sql;
/// let mut sql = Sql::new("SELECT id FROM clients WHERE call_center_id = ");
/// sql.bind(7_i64).push(" AND is_active = ").bind(true);
/// assert_eq!(sql.text(), "SELECT id FROM clients WHERE call_center_id = $1 AND is_active = $2");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Sql {
    text: String,
    values: Vec<Value>,
}

impl Sql {
    /// Starts from `text`.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), values: Vec::new() }
    }

    /// A whole statement whose placeholders `$1…$n` are already in `text`.
    pub fn with(text: impl Into<String>, values: impl IntoIterator<Item = Value>) -> Self {
        Self { text: text.into(), values: values.into_iter().collect() }
    }

    /// Appends text. Never user input: that goes through [`Sql::bind`].
    pub fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Appends a placeholder bound to `value`.
    pub fn bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.values.push(value.into());
        self.text.push('$');
        self.text.push_str(&self.values.len().to_string());
        self
    }

    /// Appends `(v1, v2, …)`; an empty list becomes `(NULL)`, which matches nothing.
    pub fn bind_list<V: Into<Value>>(&mut self, values: impl IntoIterator<Item = V>) -> &mut Self {
        self.push("(");
        let mut any = false;
        for value in values {
            if any {
                self.push(", ");
            }
            any = true;
            self.bind(value);
        }
        self.push(if any { ")" } else { "NULL)" })
    }

    /// Appends another statement's text and values.
    pub fn append(&mut self, other: Self) -> &mut Self {
        let Self { text, values } = other;
        let mut parts = text.split('$');
        self.text.push_str(parts.next().unwrap_or_default());
        let before = self.values.len();
        for part in parts {
            let digits = part.bytes().take_while(u8::is_ascii_digit).count();
            let number = part[..digits].parse::<usize>().map(|n| (n + before).to_string());
            self.text.push('$');
            self.text.push_str(number.as_deref().unwrap_or_default());
            self.text.push_str(&part[digits..]);
        }
        self.values.extend(values);
        self
    }

    /// Puts text before and after what is there.
    pub fn wrap(&mut self, before: &str, after: &str) -> &mut Self {
        self.text.insert_str(0, before);
        self.push(after)
    }

    /// Appends ` FOR UPDATE OF …` where the engine wants it: rows of `of`, a table or its alias, stay
    /// as they are until the transaction ends. SQLite's one writer is lock enough.
    pub fn hold(&mut self, conn: &impl ConnectionTrait, of: &str) -> &mut Self {
        if conn.get_database_backend() == DbBackend::Postgres {
            self.push(" FOR UPDATE OF ").push(of);
        }
        self
    }

    /// The text so far.
    pub fn text(&self) -> &str {
        &self.text
    }

    fn statement(self, conn: &impl ConnectionTrait) -> Statement {
        let backend = conn.get_database_backend();
        let anonymous = if backend == DbBackend::Sqlite { anonymous(&self.text) } else { None };
        Statement::from_sql_and_values(backend, anonymous.unwrap_or(self.text), self.values)
    }

    /// Runs it and returns how many rows it touched.
    ///
    /// # Errors
    /// The engine's.
    pub async fn execute(self, conn: &impl ConnectionTrait) -> Result<u64, DbErr> {
        let result: ExecResult = conn.execute_raw(self.statement(conn)).await?;
        Ok(result.rows_affected())
    }

    /// Has it done within `tx` before anything that is asked of it afterwards, and at the latest
    /// before the commit, without waiting for an answer: on SQLite what comes next takes it along,
    /// which spares the writer that everybody waits for one errand between threads. For changes
    /// that only a fault can refuse: an error may surface at a later statement of `tx`.
    ///
    /// # Errors
    /// The engine's.
    pub async fn later(self, tx: &Tx) -> Result<(), DbErr> {
        tx.put_off(self.statement(tx)).await
    }

    /// All rows.
    ///
    /// # Errors
    /// The engine's, or a column that does not fit `T`.
    pub async fn all<T: FromQueryResult>(
        self,
        conn: &impl ConnectionTrait,
    ) -> Result<Vec<T>, DbErr> {
        conn.query_all_raw(self.statement(conn))
            .await?
            .iter()
            .map(|row| T::from_query_result(row, ""))
            .collect()
    }

    /// The first row, if any.
    ///
    /// # Errors
    /// The engine's, or a column that does not fit `T`.
    pub async fn one<T: FromQueryResult>(
        self,
        conn: &impl ConnectionTrait,
    ) -> Result<Option<T>, DbErr> {
        conn.query_one_raw(self.statement(conn))
            .await?
            .map(|row| T::from_query_result(&row, ""))
            .transpose()
    }

    /// The first column of the first row, if any.
    ///
    /// # Errors
    /// The engine's, or a column that does not fit `T`.
    pub async fn scalar<T: TryGetable>(
        self,
        conn: &impl ConnectionTrait,
    ) -> Result<Option<T>, DbErr> {
        conn.query_one_raw(self.statement(conn))
            .await?
            .map(|row| row.try_get_by_index(0))
            .transpose()
    }

    /// The first column of every row.
    ///
    /// # Errors
    /// The engine's, or a column that does not fit `T`.
    pub async fn column<T: TryGetable>(self, conn: &impl ConnectionTrait) -> Result<Vec<T>, DbErr> {
        conn.query_all_raw(self.statement(conn))
            .await?
            .iter()
            .map(|row| row.try_get_by_index(0))
            .collect()
    }
}

/// The statement with `?` for `$1`, `$2`, … if they come in that order, once each. SQLite takes
/// numbered placeholders for names and looks each one up in a list: binding thousands of them
/// would cost the square of their number.
fn anonymous(text: &str) -> Option<String> {
    let mut parts = text.split('$');
    let mut written = String::with_capacity(text.len());
    written.push_str(parts.next()?);
    for (index, part) in parts.enumerate() {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        if part[..digits].parse() != Ok(index + 1) {
            return None;
        }
        written.push('?');
        written.push_str(&part[digits..]);
    }
    Some(written)
}

#[cfg(test)]
mod tests {
    use super::anonymous;

    #[test]
    fn placeholders_lose_their_numbers_only_where_order_says_the_same() {
        assert_eq!(anonymous("a = $1 AND b IN ($2, $3)").as_deref(), Some("a = ? AND b IN (?, ?)"));
        assert_eq!(anonymous("SELECT 1").as_deref(), Some("SELECT 1"));
        for kept in ["a = $2 AND b = $1", "a = $1 OR b = $1", "price = '$'"] {
            assert_eq!(anonymous(kept), None, "{kept}");
        }
    }
}
