//! `gongkai doctor` on real servers: what it says where all is well, and where something is not.
use gongkai_bus::{BusOptions, open_bus};
use gongkai_harness::folder::Folder;
use gongkai_store::open_store;
use gongkai_testkit::servers::{Broker, Database};
use tokio::runtime::Runtime;

/// What doctor must never print.
const SECRET: &str = "hunter2";

/// A folder in which everything but the servers is in order.
fn ready() -> Folder {
    let folder = Folder::with_examples();
    folder.write(
        "gongkai.toml",
        "[sites]\ndir = \"examples/sites\"\n[registry]\nfile = \"examples/registry.csv\"\n\
         [http]\nlisten = \"127.0.0.1:0\"\n",
    );
    folder
}

/// What it says, which must end with this code.
fn doctor(bus: &str, prefix: &str, store: &str, code: i32) -> String {
    let settings =
        [("GONGKAI_BUS__URL", bus), ("GONGKAI_BUS__PREFIX", prefix), ("GONGKAI_STORE__URL", store)];
    let out = ready().gongkai_with(&["doctor"], &settings).out_of(code);
    assert!(!out.contains(SECRET) && !out.contains("guest:guest"), "{out}");
    out
}

/// The one line that is not ✓.
fn trouble(out: &str) -> &str {
    let troubles: Vec<&str> = out.lines().filter(|line| !line.starts_with('✓')).collect();
    let [one] = &troubles[..] else { panic!("{out}") };
    one
}

fn assert_all(line: &str, words: &[&str]) {
    for word in words {
        assert!(line.contains(word), "{word} is not in: {line}");
    }
}

#[test]
fn before_the_first_run_and_after_it_all_is_well() {
    let (broker, database) = (Broker::shared().unwrap(), Database::shared().unwrap());
    let store = database.create("doctor").unwrap();
    let prefix = format!("doctor-{}", std::process::id());
    let out = doctor(&broker.url(), &prefix, &store, 0);
    assert!(out.lines().all(|line| line.starts_with('✓')), "{out}");
    assert_all(
        &out,
        &["PostgreSQL ", "首次 gongkai run 建立", "RabbitMQ ", "6 个尚无", "心跳 10 秒", "25 分钟"],
    );
    let options = BusOptions {
        url: broker.url(),
        prefix: prefix.clone(),
        name: "test".to_owned(),
        ca_certificates: None,
    };
    let runtime = Runtime::new().unwrap();
    let _bus = runtime.block_on(open_bus(&options)).unwrap();
    drop(runtime.block_on(open_store(&store)).unwrap());
    let out = doctor(&broker.url(), &prefix, &store, 0);
    assert!(out.lines().all(|line| line.starts_with('✓')), "{out}");
    assert_all(&out, &["版本 5", "未完 0", &format!("{prefix}.parse 0/0"), &format!("{prefix}.dead 0/0")]);
}

#[test]
fn a_server_that_is_not_there_is_told_apart_from_a_wrong_password() {
    let (mut broker, mut database) = (Broker::start().unwrap(), Database::start().unwrap());
    let store = database.create("doctor").unwrap();
    let wrong = broker.url().replace("guest:guest", &format!("guest:{SECRET}"));
    let out = doctor(&wrong, "doctor", &store, 2);
    assert_all(trouble(&out), &["✗ 消息总线", "password"]);
    assert!(out.contains("RabbitMQ "), "the version is told to everybody: {out}");
    broker.stop().unwrap();
    let out = doctor(&broker.url(), "doctor", &store, 2);
    assert_all(trouble(&out), &["✗ 消息总线", "whether RabbitMQ runs", &broker.port().to_string()]);
    database.stop().unwrap();
    let out = doctor(&broker.url(), "doctor", &store, 2);
    let lines: Vec<&str> = out.lines().filter(|line| line.starts_with('✗')).collect();
    assert_eq!(lines.len(), 2, "{out}");
    assert_all(lines[0], &["✗ 数据库", "whether PostgreSQL runs"]);
}

#[test]
fn a_database_that_does_not_let_us_work_is_told_with_what_to_do() {
    let (broker, database) = (Broker::shared().unwrap(), Database::shared().unwrap());
    let says = |store: &str, words: &[&str]| {
        let out = doctor(&broker.url(), &format!("doctor-{}", std::process::id()), store, 2);
        assert_all(trouble(&out), words);
    };
    says(&database.url("doctor_nowhere"), &["✗ 数据库", "doctor_nowhere", "createdb"]);
    let foreign = database.create("doctor_foreign").unwrap();
    database.sql(&foreign, "CREATE TABLE theirs (a INTEGER)").unwrap();
    says(&foreign, &["✗ 结构", "choose another database"]);
    let read_only = database.create("doctor_read_only").unwrap();
    let name = read_only.rsplit('/').next().unwrap();
    database
        .sql("postgres", &format!("ALTER DATABASE \"{name}\" SET default_transaction_read_only = on"))
        .unwrap();
    says(&read_only, &["✗ 数据库可写", "default_transaction_read_only"]);
    let newer = database.create("doctor_newer").unwrap();
    database
        .sql(
            &newer,
            "CREATE TABLE gongkai_schema (version BIGINT NOT NULL); INSERT INTO gongkai_schema VALUES (99)",
        )
        .unwrap();
    says(&newer, &["✗ 结构", "99", "use the newer gongkai"]);
}

#[test]
fn a_queue_that_is_not_ours_and_a_broker_without_memory_are_told() {
    let (broker, database) = (Broker::start().unwrap(), Database::shared().unwrap());
    let store = database.create("doctor_queue").unwrap();
    let declare = "rabbit_amqqueue:declare({resource, <<\"/\">>, queue, <<\"other.judge\">>}, true, false, [], none, <<\"test\">>).";
    broker.ctl(&["eval", declare]).unwrap();
    let out = doctor(&broker.url(), "other", &store, 2);
    assert_all(trouble(&out), &["✗ 队列", "other.judge", "bus.prefix"]);
    broker.ctl(&["set_vm_memory_high_watermark", "absolute", "1MB"]).unwrap();
    let out = doctor(&broker.url(), "mine", &store, 2);
    assert_all(trouble(&out), &["✗ 代理告警", "rabbitmq-diagnostics alarms"]);
}
