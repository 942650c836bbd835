//! What years of work leave behind: five orders and twenty contact attempts a client, straight
//! into the tables.

use base::clock::Clock;
use base::db::{Db, Engine, Sql, Tx};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::ConnectionTrait as _;
use uuid::Uuid;

use crate::Result;
use crate::bulk::{self, Indexes};

/// Instants that orders and attempts are spread over: each working hour of two years.
const INSTANTS: i64 = 8_030;
/// Hours of a working day; it starts at nine.
const HOURS: i64 = 11;
/// Orders per client, by a digit of their number: half of them have few, one has many.
const ORDERS: [u32; 10] = [0, 1, 1, 2, 3, 4, 5, 7, 10, 17];
/// Attempts for each order.
const ATTEMPTS: u32 = 4;

/// How much of each there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Made {
    /// Orders.
    pub orders: i64,
    /// Attempts.
    pub attempts: i64,
}

/// Gives the clients of `center` their orders and attempts, and their rows the figures of both.
///
/// # Errors
/// The engine's.
pub async fn fill(db: &Db, center: Uuid) -> Result<Made> {
    let kept = Indexes::lay_aside(db, &["orders", "contact_attempts"]).await?;
    let tx = bulk::begin(db).await?;
    tables(&tx, center).await?;
    orders(&tx, center).execute(&tx).await?;
    attempts(&tx, center).execute(&tx).await?;
    for user in ["a.user_id", "$1"] {
        hours(user).execute(&tx).await?;
    }
    for table in ["instants", "turns", "agents"] {
        tx.execute_unprepared(&format!("DROP TABLE bench_{table}")).await?;
    }
    tx.commit().await?;
    kept.restore(db).await?;
    let tx = bulk::begin(db).await?;
    for figures in [LAST_ATTEMPT, ORDER_FIGURES, SEGMENT] {
        Sql::with(figures, [center.into()]).execute(&tx).await?;
    }
    tx.commit().await?;
    bulk::settle(db).await?;
    let count = |table: &str| Sql::new(format!("SELECT COUNT(*) FROM {table}"));
    Ok(Made {
        orders: count("orders").scalar(db.read()).await?.unwrap_or(0),
        attempts: count("contact_attempts").scalar(db.read()).await?.unwrap_or(0),
    })
}

/// What rows are made of: instants, the turns of a client, the agents.
async fn tables(tx: &Tx, center: Uuid) -> Result<()> {
    let (time, id) = match tx.engine() {
        Engine::Sqlite => ("TEXT", "BLOB"),
        Engine::Postgres => ("TIMESTAMPTZ", "UUID"),
    };
    for table in [
        format!(
            "instants (n INTEGER PRIMARY KEY, at {time}, day TEXT, weekday INTEGER, hour INTEGER)"
        ),
        "turns (n INTEGER PRIMARY KEY)".to_owned(),
        format!("agents (n INTEGER PRIMARY KEY, id {id})"),
    ] {
        tx.execute_unprepared(&format!("CREATE TEMP TABLE bench_{table}")).await?;
    }
    let now = Clock::real().now();
    let columns = ["n", "at", "day", "weekday", "hour"];
    let rows = (0..INSTANTS).map(|n| {
        let (at, hour) = instant(now, n);
        let day = at.date_naive();
        let weekday = chrono::Datelike::weekday(&day).num_days_from_monday();
        vec![n.into(), at.into(), day.to_string().into(), weekday.into(), hour.into()]
    });
    base::db::insert_many(tx, "bench_instants", &columns, rows, "").await?;
    let most = i64::from(ORDERS[9] * ATTEMPTS);
    let turns = (0..most).map(|n| vec![n.into()]);
    base::db::insert_many(tx, "bench_turns", &["n"], turns, "").await?;
    Sql::with(
        "INSERT INTO bench_agents (n, id) SELECT ROW_NUMBER() OVER (ORDER BY u.email) - 1, u.id \
         FROM users u WHERE u.role = 'agent' AND u.call_center_id = $1",
        [center.into()],
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Number `n`, the oldest first, and its hour in Paris as winter has it.
fn instant(now: DateTime<Utc>, n: i64) -> (DateTime<Utc>, i64) {
    let days = INSTANTS / HOURS - n / HOURS;
    let (hour, minute) = (9 + n % HOURS, n * 7 % 60);
    let midnight = now.date_naive().and_time(chrono::NaiveTime::MIN).and_utc();
    let at = midnight - TimeDelta::days(days) + TimeDelta::hours(hour - 1);
    (at + TimeDelta::minutes(minute), hour)
}

/// How many turns a client has, by a digit of their number: `times` those of `ORDERS`.
fn turns(digit: &str, times: u32) -> String {
    let cases = ORDERS.iter().enumerate();
    let cases: String =
        cases.map(|(digit, count)| format!(" WHEN {digit} THEN {}", count * times)).collect();
    format!("CASE {digit}{cases} END")
}

fn new_id(tx: &Tx) -> &'static str {
    match tx.engine() {
        Engine::Sqlite => "randomblob(16)",
        Engine::Postgres => "gen_random_uuid()",
    }
}

/// Of a hundred orders, 85 are linked, 8 wait for a person and 7 are nobody's; 70 are confirmed.
fn orders(tx: &Tx, center: Uuid) -> Sql {
    let (id, turns) = (new_id(tx), turns("c.seq % 10", 1));
    let chance = "((c.seq * 31 + t.n * 17) % 100)";
    let mut sql = Sql::new(format!(
        "INSERT INTO orders (id, call_center_id, number, client_id, client_name, email, phone, \
         phone_e164, name_key, words_key, email_key, search_text, amount, currency, status, \
         ordered_at, link_state, link_method, link_score, evidence, created_at, updated_at) \
         SELECT {id}, c.call_center_id, CAST(100000000 + c.seq * 20 + t.n AS TEXT), \
         CASE WHEN {chance} < 85 THEN c.id END, c.full_name, c.email, c.phone, c.phone_e164, \
         c.name_key, c.name_key, c.email, \
         CAST(100000000 + c.seq * 20 + t.n AS TEXT) || ' ' || c.name_key, \
         500 + (c.seq * 7919 + t.n * 104729) % 40000, 'EUR', \
         CASE (c.seq + t.n * 3) % 10 WHEN 0 THEN 'cancelled' WHEN 4 THEN 'pending' \
         WHEN 7 THEN 'pending' ELSE 'confirmed' END, i.at, \
         CASE WHEN {chance} < 85 THEN 'linked' WHEN {chance} < 93 THEN 'review' \
         ELSE 'unlinked' END, \
         CASE WHEN {chance} < 50 THEN 'email' WHEN {chance} < 80 THEN 'phone' \
         WHEN {chance} < 93 THEN 'name' END, \
         CASE WHEN {chance} < 93 THEN 95 - {chance} % 40 END, \
         CAST(c.seq * 20 + t.n AS TEXT), i.at, i.at FROM clients c \
         JOIN bench_turns t ON t.n < {turns} \
         JOIN bench_instants i ON i.n = (c.seq * 7919 + t.n * 6947) % {INSTANTS} \
         WHERE c.deleted_at IS NULL AND c.call_center_id = "
    ));
    sql.bind(center).push(" ORDER BY i.n, c.seq, t.n");
    sql
}

/// Of a hundred attempts, 35 reach someone; 70 are calls.
fn attempts(tx: &Tx, center: Uuid) -> Sql {
    // Another digit than that of orders: whoever orders much is not called more.
    let (id, turns) = (new_id(tx), turns("c.seq / 10 % 10", ATTEMPTS));
    let mut sql = Sql::new(format!(
        "INSERT INTO contact_attempts (id, call_center_id, client_id, user_id, status, channel, \
         created_at, local_day, weekday, local_hour) \
         SELECT {id}, c.call_center_id, c.id, u.id, \
         CASE WHEN (c.seq * 31 + t.n * 17) % 100 < 35 THEN 'succes' ELSE 'echec' END, \
         CASE (c.seq + t.n * 7) % 10 WHEN 0 THEN 'whatsapp' WHEN 1 THEN 'email' WHEN 2 THEN 'sms' \
         ELSE 'phone' END, i.at, i.day, i.weekday, i.hour FROM clients c \
         JOIN bench_turns t ON t.n < {turns} \
         JOIN bench_instants i ON i.n = (c.seq * 7919 + t.n * 6947) % {INSTANTS} \
         JOIN bench_agents u ON u.n = (c.seq + t.n) % (SELECT COUNT(*) FROM bench_agents) \
         WHERE c.deleted_at IS NULL AND c.call_center_id = "
    ));
    sql.bind(center).push(" ORDER BY i.n, c.seq, t.n");
    sql
}

/// The counts per hour, of each agent or of all.
fn hours(user: &str) -> Sql {
    let group = if user == "$1" { "" } else { ", a.user_id" };
    let text = format!(
        "INSERT INTO contact_hours (call_center_id, user_id, day, hour, channel, weekday, \
         successes, failures) SELECT a.call_center_id, {user}, a.local_day, a.local_hour, \
         a.channel, a.weekday, SUM(CASE WHEN a.status = 'succes' THEN 1 ELSE 0 END), \
         SUM(CASE WHEN a.status = 'succes' THEN 0 ELSE 1 END) FROM contact_attempts a \
         GROUP BY a.call_center_id, a.local_day, a.local_hour, a.channel, a.weekday{group}"
    );
    let nil = (user == "$1").then(|| Uuid::nil().into());
    Sql::with(text, nil)
}

const LAST_ATTEMPT: &str = "UPDATE clients SET (notification_client, date_notification) = \
    (SELECT a.status, a.created_at FROM contact_attempts a WHERE a.client_id = clients.id \
    AND a.undone_at IS NULL ORDER BY a.created_at DESC, a.seq DESC LIMIT 1) \
    WHERE call_center_id = $1";

const ORDER_FIGURES: &str = "UPDATE clients SET (orders_total, orders_confirmed, orders_pending, \
    orders_cancelled, total_spent, last_order_at) = (SELECT COUNT(*), \
    COALESCE(SUM(CASE WHEN o.status = 'confirmed' THEN 1 ELSE 0 END), 0), \
    COALESCE(SUM(CASE WHEN o.status = 'pending' THEN 1 ELSE 0 END), 0), \
    COALESCE(SUM(CASE WHEN o.status = 'cancelled' THEN 1 ELSE 0 END), 0), \
    COALESCE(SUM(CASE WHEN o.status = 'confirmed' THEN o.amount ELSE 0 END), 0), \
    MAX(o.ordered_at) FROM orders o WHERE o.client_id = clients.id) WHERE call_center_id = $1";

const SEGMENT: &str = "UPDATE clients SET segment = CASE WHEN orders_confirmed >= 10 THEN 'vip' \
    WHEN orders_confirmed >= 3 THEN 'regular' WHEN orders_confirmed + orders_pending > 0 \
    THEN 'occasional' ELSE 'none' END WHERE call_center_id = $1";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::tests::{clients, fresh};
    use domain::Actor;
    use domain::contact_log::{self, FigureFilter};

    /// The statements name the columns of five tables, and say a second time what the domain says:
    /// both must go on agreeing.
    #[tokio::test]
    async fn every_client_gets_a_history_and_its_figures() {
        let (_folder, people) = fresh().await;
        clients(&people, 100).await;
        let db = &people.db;
        let made = fill(db, people.center).await.unwrap();
        assert_eq!(made, Made { orders: 500, attempts: 2_000 });

        #[derive(sea_orm::FromQueryResult)]
        struct Row {
            id: Uuid,
            orders_total: i64,
            total_spent: i64,
            last_order_at: Option<DateTime<Utc>>,
        }
        let kept: Vec<Row> =
            Sql::new("SELECT id, orders_total, total_spent, last_order_at FROM clients")
                .all(db.read())
                .await
                .unwrap();
        for row in kept {
            let counted = domain::orders::figures_of(db.read(), row.id).await.unwrap();
            let found = (row.orders_total, row.total_spent, row.last_order_at);
            assert_eq!(found, (counted.total, counted.spent, counted.last_order_at));
        }
        let everything = FigureFilter::default();
        let hours = contact_log::figures(db.read(), &Actor::system(), &everything).await.unwrap();
        assert_eq!(hours.iter().map(contact_log::Hour::attempts).sum::<i64>(), 2_000);
        let segments = Sql::new("SELECT COUNT(DISTINCT segment) FROM clients").scalar(db.read());
        assert_eq!(segments.await.unwrap(), Some(4));
    }
}
