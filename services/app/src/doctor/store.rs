//! The store: a file, or a PostgreSQL server with its version, schema, clock and connections; and what waits in it.
use std::path::Path;

use gongkai_runtime::settings::Settings;
use gongkai_store::{Inspection, Schema, StageCount, inspect, open_store_read_only};
use jiff::{SignedDuration, Timestamp};

use super::Look;

const STORE: &str = "数据库 (store)";
const WORK: &str = "任务 (work)";
/// The oldest PostgreSQL whose words we use.
const OLDEST: u32 = 14;
/// A difference between clocks that moves leases and retries noticeably.
const APART_MS: i64 = 5_000;
/// Processes that an installation has at least: one a service.
const PROCESSES: i64 = 5;
/// Work that has waited longer than this waits for somebody. Retries of a site that is away have pauses of hours.
const LONG: SignedDuration = SignedDuration::from_hours(24);

pub(super) async fn looks(settings: &Settings) -> Vec<Look> {
    let url = &settings.store.url;
    if url.starts_with("postgres") {
        return server(url).await;
    }
    let path = url.strip_prefix("sqlite:").unwrap_or(url).trim_start_matches("//");
    if !Path::new(path).exists() {
        let text = format!("{path} 尚不存在，首次运行时建立 (made by the first run)");
        return vec![Look::fine(STORE, text)];
    }
    match counts(url).await {
        Ok((version, counts)) => {
            let text = format!("{path}，结构版本 {version} (schema version)");
            vec![Look::fine(STORE, text), work(&counts, Timestamp::now())]
        }
        Err(error) => vec![Look::wrong(STORE, error)],
    }
}

async fn counts(url: &str) -> Result<(i64, Vec<StageCount>), String> {
    let ask = async {
        let store = open_store_read_only(url).await?;
        Ok((store.schema_version().await?, store.stage_counts(Timestamp::now()).await?))
    };
    ask.await.map_err(|error: gongkai_store::StoreError| error.to_string())
}

async fn server(url: &str) -> Vec<Look> {
    let found = match inspect(url).await {
        Ok(found) => found,
        Err(error) => return vec![Look::wrong(STORE, error.to_string())],
    };
    let mut looks = of_server(&found);
    if matches!(found.schema, Schema::Current(_)) {
        looks.push(match counts(url).await {
            Ok((_, counts)) => work(&counts, Timestamp::now()),
            Err(error) => Look::wrong(WORK, error),
        });
    }
    looks
}

fn of_server(found: &Inspection) -> Vec<Look> {
    vec![version(found), writing(found), schema(found), connections(found), clock(found)]
}

fn version(found: &Inspection) -> Look {
    let (place, version) = (&found.place, &found.version);
    if found.major < OLDEST {
        let text = format!(
            "{place}，PostgreSQL {version} 太旧，请升级到 {OLDEST} 或更新 (too old: {OLDEST} or newer is needed)"
        );
        return Look::wrong(STORE, text);
    }
    if found.encoding != "UTF8" {
        let text = format!(
            "{place} 的编码为 {0}，存不了中文；请用 createdb -E UTF8 另建 (its encoding is {0}: make another with createdb -E UTF8)",
            found.encoding
        );
        return Look::wrong(STORE, text);
    }
    Look::fine(STORE, format!("{place}，PostgreSQL {version}"))
}

fn writing(found: &Inspection) -> Look {
    const WHAT: &str = "数据库可写 (store is writable)";
    if found.standby {
        Look::wrong(
            WHAT,
            "这是只读备库；请让 store.url 指向主库 (a read-only standby: let store.url name the primary)",
        )
    } else if found.reads_only {
        Look::wrong(
            WHAT,
            "事务默认只读；请取消 default_transaction_read_only (transactions are read-only by default: unset default_transaction_read_only)",
        )
    } else if !found.may_create && matches!(found.schema, Schema::Empty | Schema::Older(..)) {
        Look::wrong(
            WHAT,
            "该用户不可建表；请 GRANT CREATE ON SCHEMA public，或让其拥有该数据库 (this user may not make tables: grant CREATE on the schema, or make it the owner)",
        )
    } else {
        Look::fine(WHAT, "可以 (it is)")
    }
}

fn schema(found: &Inspection) -> Look {
    const WHAT: &str = "结构 (schema)";
    match found.schema {
        Schema::Empty => Look::fine(WHAT, "尚无，首次 gongkai run 建立 (made by the first `gongkai run`)"),
        Schema::Current(version) => Look::fine(WHAT, format!("版本 {version} (version)")),
        Schema::Older(version, latest) => Look::but(
            WHAT,
            format!(
                "版本 {version}，下次 gongkai run 升级到 {latest}；请先备份，并停掉旧程序 (the next `gongkai run` brings it to {latest}: make a backup and stop the older release first)"
            ),
        ),
        Schema::Newer(version, known) => Look::wrong(
            WHAT,
            format!(
                "版本 {version}，本程序只认识到 {known}；请使用更新的 gongkai (this release knows up to {known}: use the newer gongkai)"
            ),
        ),
        Schema::Foreign => Look::wrong(
            WHAT,
            "里面是别的程序的表；请另选一个数据库 (another program's tables: choose another database)",
        ),
    }
}

fn connections(found: &Inspection) -> Look {
    const WHAT: &str = "数据库连接 (connections)";
    let have = found.room;
    let (per_process, left) = (have.per_process, (have.most - have.taken).max(0));
    let needed = (PROCESSES * per_process - have.ours).max(0);
    let text = format!("已用 {} / {}，本程序占 {} (taken, of, by gongkai)", have.taken, have.most, have.ours);
    if left >= needed {
        return Look::fine(WHAT, text);
    }
    Look::but(
        WHAT,
        format!(
            "{text}；每个进程至多用 {per_process}，{PROCESSES} 个服务还要 {needed}，只剩 {left}：请提高 max_connections ({needed} more may be needed and {left} are left: raise max_connections)"
        ),
    )
}

fn clock(found: &Inspection) -> Look {
    const WHAT: &str = "数据库时钟 (clock of the store)";
    let ahead = found.ahead_ms;
    if ahead.abs() <= APART_MS {
        return Look::fine(WHAT, "与本机一致 (as ours)");
    }
    let seconds = ahead.abs() / 1000;
    let (zh, en) = if ahead > 0 { ("快", "ahead of") } else { ("慢", "behind") };
    Look::but(
        WHAT,
        format!(
            "比本机{zh} {seconds} 秒；请在两边启用时间同步，如 chrony ({seconds} s {en} ours: synchronise both, for instance with chrony)"
        ),
    )
}

fn work(counts: &[StageCount], now: Timestamp) -> Look {
    let parked: u64 = counts.iter().map(|count| count.parked).sum();
    let open: u64 = counts.iter().map(|count| count.ready + count.delayed + count.sent).sum();
    let oldest = counts.iter().filter_map(|count| count.oldest_unfinished).min();
    let age = oldest.map_or(SignedDuration::ZERO, |since| now.duration_since(since));
    let mut text = format!("未完 {open}，死信 {parked} (unfinished, dead letters)");
    if open > 0 {
        text += &format!("，最久 {} 分钟 (oldest, minutes)", age.as_mins());
    }
    if parked > 0 {
        text += "；请看 gongkai dead-letters list (see that)";
    }
    if age > LONG {
        text += "；久未完成：各服务都在运行吗？请看 gongkai status (do all services run? see that)";
    }
    if parked > 0 || age > LONG { Look::but(WORK, text) } else { Look::fine(WORK, text) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Mark;
    use gongkai_store::Room;

    fn found() -> Inspection {
        Inspection {
            place: "postgres://db:5432/gongkai".to_owned(),
            version: "16.4".to_owned(),
            major: 16,
            encoding: "UTF8".to_owned(),
            standby: false,
            reads_only: false,
            may_create: true,
            ahead_ms: 40,
            room: Room { most: 97, taken: 12, ours: 10, per_process: 8 },
            schema: Schema::Current(2),
        }
    }

    /// The looks that are not fine.
    fn troubles(found: &Inspection) -> Vec<(Mark, String)> {
        let looks = of_server(found).into_iter().filter(|look| look.mark != Mark::Fine);
        looks.map(|look| (look.mark, look.line())).collect()
    }

    fn assert_trouble(found: &Inspection, mark: Mark, words: &[&str]) {
        let troubles = troubles(found);
        let [(has, line)] = &troubles[..] else { panic!("{troubles:?}") };
        assert!(*has == mark && words.iter().all(|word| line.contains(word)), "{troubles:?}");
    }

    #[test]
    fn a_server_that_is_in_order_has_nothing_to_say() {
        assert!(troubles(&found()).is_empty());
        assert!(troubles(&Inspection { schema: Schema::Empty, ..found() }).is_empty());
        assert!(troubles(&Inspection { may_create: false, ..found() }).is_empty(), "nothing is to be made");
    }

    #[test]
    fn what_does_not_work_is_told_with_what_to_do() {
        let wrong = |found: Inspection, words: &[&str]| assert_trouble(&found, Mark::Wrong, words);
        wrong(Inspection { major: 13, version: "13.9".to_owned(), ..found() }, &["13.9", "14"]);
        wrong(Inspection { encoding: "SQL_ASCII".to_owned(), ..found() }, &["SQL_ASCII", "createdb -E UTF8"]);
        wrong(Inspection { standby: true, reads_only: true, ..found() }, &["备库", "primary"]);
        wrong(Inspection { reads_only: true, ..found() }, &["default_transaction_read_only"]);
        wrong(Inspection { may_create: false, schema: Schema::Empty, ..found() }, &["GRANT CREATE"]);
        wrong(Inspection { schema: Schema::Newer(9, 2), ..found() }, &["版本 9", "up to 2"]);
        wrong(Inspection { schema: Schema::Foreign, ..found() }, &["choose another database"]);
    }

    #[test]
    fn what_works_for_now_is_told_too() {
        let but = |found: Inspection, words: &[&str]| assert_trouble(&found, Mark::But, words);
        but(Inspection { schema: Schema::Older(1, 2), ..found() }, &["版本 1", "brings it to 2", "backup"]);
        but(Inspection { ahead_ms: 61_000, ..found() }, &["快 61 秒", "61 s ahead of"]);
        but(Inspection { ahead_ms: -7_000, ..found() }, &["慢 7 秒", "behind"]);
        let room = Room { most: 40, taken: 12, ours: 10, per_process: 8 };
        but(Inspection { room, ..found() }, &["还要 30", "只剩 28", "max_connections"]);
    }

    #[test]
    fn dead_letters_and_old_work_are_told() {
        let now: Timestamp = "2026-03-02T00:00:00Z".parse().unwrap();
        let count = |parked, hours| StageCount {
            stage: gongkai_model::Stage::Parse,
            ready: 3,
            delayed: 0,
            sent: 1,
            done: 7,
            parked,
            oldest_unfinished: now.checked_sub(SignedDuration::from_hours(hours)).ok(),
        };
        assert_eq!(work(&[count(0, 1)], now).mark, Mark::Fine);
        let parked = work(&[count(2, 1)], now);
        assert!(parked.mark == Mark::But && parked.text.contains("dead-letters list"), "{parked:?}");
        let old = work(&[count(0, 25)], now);
        assert!(old.mark == Mark::But && old.text.contains("1500"), "{old:?}");
        assert_eq!(work(&[], now).mark, Mark::Fine);
    }
}
