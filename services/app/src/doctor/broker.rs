//! The message bus: a RabbitMQ broker with its version, rights, alarms and queues.
use gongkai_bus::{BusError, Greeting, Inside, Inspection, QueueLook, QueueState, inspect};
use gongkai_runtime::settings::Settings;

use super::Look;
use crate::run::bus_options;

const BUS: &str = "消息总线 (bus)";
const VERSION: &str = "代理版本 (broker version)";
const ALARM: &str = "代理告警 (broker alarms)";
const QUEUES: &str = "队列 (queues)";
/// The oldest RabbitMQ that does what our queues ask for.
const OLDEST: (u32, u32) = (3, 10);
/// From this one on, what dead-lettering that loses nothing needs cannot be switched off.
const ALWAYS_ON: (u32, u32) = (3, 12);

pub(super) async fn looks(settings: &Settings) -> Vec<Look> {
    if settings.bus.url.starts_with("memory:") {
        return vec![Look::fine(BUS, "memory:，只在本进程内 (within this process)")];
    }
    let options = match bus_options(settings, "gongkai doctor") {
        Ok(options) => options,
        Err(error) => return vec![Look::wrong(BUS, format!("{error:#}"))],
    };
    match inspect(&options).await {
        Ok(found) => of_broker(&found),
        Err(error) => vec![Look::wrong(BUS, error.to_string())],
    }
}

fn of_broker(found: &Inspection) -> Vec<Look> {
    let mut looks = Vec::new();
    let greeted = !matches!(&found.greeting, Some(Err(_)));
    match &found.inside {
        Ok(inside) => looks.push(reached(found, inside)),
        Err(error) => looks.push(refused(found, error, greeted)),
    }
    match &found.greeting {
        Some(Ok(greeting)) => looks.push(version(greeting, &found.not_understood)),
        Some(Err(why)) if found.inside.is_ok() => looks.push(Look::but(VERSION, format!("未知 (unknown): {why}"))),
        Some(Err(_)) => {}
        None => looks.push(Look::fine(
            VERSION,
            "amqps:// 不询问版本；需要 RabbitMQ 3.10 或更新 (not asked over amqps://; RabbitMQ 3.10 or newer is needed)",
        )),
    }
    if let Ok(inside) = &found.inside {
        looks.push(alarm(inside));
        looks.extend(queues(&inside.queues));
        looks.push(Look::fine(
            "代理超时 (broker timeouts)",
            "consumer_timeout 无法经 AMQP 查询；默认 30 分钟即可，不可低于 25 分钟，因为数据库不在时消息最多留 20 分钟 \
             (consumer_timeout cannot be seen from here: its default of 30 min is right, never set it below 25 min, for messages are kept up to 20 min while the store is away)",
        ));
    }
    looks
}

fn reached(found: &Inspection, inside: &Inside) -> Look {
    let place = &found.place;
    if let Some(why) = &inside.forbidden {
        let text = format!(
            "{place} 的该用户权限不足，请用 rabbitmqctl set_permissions 允许其配置、写入和读取以 bus.prefix 开头的队列与交换机 \
             (this user lacks rights: let it configure, write and read what begins with bus.prefix, by rabbitmqctl set_permissions): {why}"
        );
        return Look::wrong(BUS, text);
    }
    match inside.heartbeat {
        0 => Look::but(
            BUS,
            format!(
                "{place}，没有心跳，断线要很久才发现；请去掉 bus.url 的 heartbeat=0，或在代理上设 heartbeat (no heartbeat, so that a lost connection is noticed late: remove heartbeat=0 from bus.url, or set heartbeat on the broker)"
            ),
        ),
        seconds => Look::fine(BUS, format!("{place}，心跳 {seconds} 秒 (heartbeat, seconds)")),
    }
}

fn refused(found: &Inspection, error: &BusError, greeted: bool) -> Look {
    let to_do = match (&found.greeting, greeted) {
        (Some(Ok(_)), _) => {
            "代理在，但不让进：请检查 bus.url 的用户、密码与虚拟主机 (it is there and does not let us in: check user, password and virtual host of bus.url)"
        }
        (None, _) => {
            "请检查 bus.url、网络、证书（bus.ca_file）以及用户与密码 (check bus.url, the network, certificates in bus.ca_file, user and password)"
        }
        _ => {
            "请检查 bus.url、网络，以及 RabbitMQ 是否在运行 (check bus.url, the network, and whether RabbitMQ runs)"
        }
    };
    Look::wrong(BUS, format!("无法连接 (cannot connect): {error}；{to_do}"))
}

fn version(greeting: &Greeting, not_understood: &[&str]) -> Look {
    let Greeting { product, version } = greeting;
    let about = format!("{product} {version}");
    let Some(release) = greeting.release() else {
        return Look::but(VERSION, format!("{about}：读不懂的版本 (a version that is not understood)"));
    };
    if product != "RabbitMQ" {
        let text =
            format!("{about}：只在 RabbitMQ {}.{} 至 4 上试过 (tried on RabbitMQ only)", OLDEST.0, OLDEST.1);
        return Look::but(VERSION, text);
    }
    if release < OLDEST {
        let text = format!(
            "{about} 太旧，会忽略队列参数 {0}，消息可能丢失；请升级到 3.10 或更新 (too old: it ignores {0}, and messages may be lost; 3.10 or newer is needed)",
            not_understood.join(", ")
        );
        return Look::wrong(VERSION, text);
    }
    let mut text = format!("{about}，认识本程序的全部队列参数 (understands all arguments of our queues)");
    if release < ALWAYS_ON {
        text += "；升级而来的代理请运行 rabbitmqctl enable_feature_flag stream_queue，死信才不会丢 \
                 (one that was upgraded needs the feature flag stream_queue for dead letters that are never lost)";
    }
    Look::fine(VERSION, text)
}

fn alarm(inside: &Inside) -> Look {
    if inside.blocked {
        return Look::wrong(
            ALARM,
            "代理因内存或磁盘不足而不收消息；请看 rabbitmq-diagnostics alarms，腾出空间 (it accepts no messages, its memory or disk is short: see `rabbitmq-diagnostics alarms` and make room)",
        );
    }
    Look::fine(ALARM, "无，正常接收消息 (none, it accepts messages)")
}

fn queues(queues: &[QueueLook]) -> Vec<Look> {
    let mut looks: Vec<Look> = queues
        .iter()
        .filter_map(|queue| match &queue.state {
            QueueState::Other(why) => Some(Look::wrong(
                QUEUES,
                format!(
                    "{0} 的参数与本程序不符：删除它（待处理的工作都在数据库里，会重新发送），或设置另一个 bus.prefix \
                     ({0} has other arguments: delete it, its work is in the store and is sent again, or set another bus.prefix): {why}",
                    queue.name
                ),
            )),
            QueueState::Ours { messages, consumers: 0 } if queue.stage.is_none() && *messages > 0 => {
                Some(Look::but(
                    QUEUES,
                    format!(
                        "{} 有 {messages} 条死信而无人读取；任何一个 gongkai run 都会读 (dead letters that nobody reads: every `gongkai run` reads them)",
                        queue.name
                    ),
                ))
            }
            _ => None,
        })
        .collect();
    if looks.is_empty() {
        looks.push(Look::fine(QUEUES, waiting(queues)));
    }
    looks
}

/// Messages and consumers of each queue.
fn waiting(queues: &[QueueLook]) -> String {
    let standing: Vec<String> = queues
        .iter()
        .filter_map(|queue| match queue.state {
            QueueState::Ours { messages, consumers } => {
                Some(format!("{} {messages}/{consumers}", queue.name))
            }
            _ => None,
        })
        .collect();
    let missing = queues.len() - standing.len();
    let mut text = Vec::new();
    if !standing.is_empty() {
        text.push(format!("消息/读者 (messages/consumers): {}", standing.join(", ")));
    }
    if missing > 0 {
        text.push(format!("{missing} 个尚无，gongkai run 会建立 (missing, made by `gongkai run`)"));
    }
    text.join("；")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Mark;
    use gongkai_model::Stage;

    fn queue(stage: Option<Stage>, state: QueueState) -> QueueLook {
        let name = format!("gongkai.{}", stage.map_or("dead", Stage::as_str));
        QueueLook { name, stage, state }
    }

    fn ours(messages: u32, consumers: u32) -> QueueState {
        QueueState::Ours { messages, consumers }
    }

    fn found(version: &str, inside: Result<Inside, BusError>) -> Inspection {
        let greeting = Greeting { product: "RabbitMQ".to_owned(), version: version.to_owned() };
        let place = "amqp://broker:5672/gongkai".to_owned();
        Inspection { place, greeting: Some(Ok(greeting)), not_understood: Vec::new(), inside }
    }

    fn inside() -> Inside {
        let queues = vec![queue(Some(Stage::Parse), ours(3, 2)), queue(None, ours(0, 1))];
        Inside { heartbeat: 10, forbidden: None, blocked: false, queues }
    }

    fn assert_trouble(found: &Inspection, mark: Mark, words: &[&str]) {
        let looks = of_broker(found);
        let troubles: Vec<&Look> = looks.iter().filter(|look| look.mark != Mark::Fine).collect();
        let [look] = &troubles[..] else { panic!("{troubles:?}") };
        assert!(look.mark == mark && words.iter().all(|word| look.text.contains(word)), "{look:?}");
    }

    #[test]
    fn a_broker_that_is_in_order_is_told_with_version_queues_and_the_timeout_to_keep() {
        for version in ["3.10.8", "3.13.7", "4.1.0"] {
            let looks = of_broker(&found(version, Ok(inside())));
            assert!(looks.iter().all(|look| look.mark == Mark::Fine), "{looks:?}");
            let said: String = looks.iter().map(Look::line).collect();
            for word in [version, "gongkai.parse 3/2", "consumer_timeout", "25 min", "10 秒"] {
                assert!(said.contains(word), "{word}: {said}");
            }
            assert_eq!(said.contains("stream_queue"), version.starts_with("3.10"), "{said}");
        }
    }

    #[test]
    fn what_does_not_work_is_told_with_what_to_do() {
        let old =
            Inspection { not_understood: vec!["x-dead-letter-strategy"], ..found("3.9.13", Ok(inside())) };
        assert_trouble(&old, Mark::Wrong, &["3.9.13", "x-dead-letter-strategy", "3.10"]);
        let blocked = found("4.0.5", Ok(Inside { blocked: true, ..inside() }));
        assert_trouble(&blocked, Mark::Wrong, &["rabbitmq-diagnostics alarms"]);
        let forbidden = Some("ACCESS_REFUSED".to_owned());
        let weak = found("4.0.5", Ok(Inside { forbidden, ..inside() }));
        assert_trouble(&weak, Mark::Wrong, &["set_permissions", "ACCESS_REFUSED"]);
        let other = queue(Some(Stage::Judge), QueueState::Other("PRECONDITION_FAILED".to_owned()));
        let other = found("4.0.5", Ok(Inside { queues: vec![other], ..inside() }));
        assert_trouble(&other, Mark::Wrong, &["gongkai.judge", "bus.prefix", "PRECONDITION_FAILED"]);
        let closed = found("4.0.5", Err(BusError::Away("ACCESS_REFUSED".to_owned())));
        assert_trouble(&closed, Mark::Wrong, &["密码", "password"]);
        let gone = Inspection { greeting: Some(Err("refused".to_owned())), ..closed };
        assert_trouble(&gone, Mark::Wrong, &["whether RabbitMQ runs"]);
        let secret = Inspection { greeting: None, ..gone };
        assert_trouble(&secret, Mark::Wrong, &["bus.ca_file"]);
    }

    #[test]
    fn what_works_for_now_is_told_too() {
        let still = found("4.0.5", Ok(Inside { heartbeat: 0, ..inside() }));
        assert_trouble(&still, Mark::But, &["heartbeat"]);
        let unread = found("4.0.5", Ok(Inside { queues: vec![queue(None, ours(4, 0))], ..inside() }));
        assert_trouble(&unread, Mark::But, &["4 条死信", "gongkai.dead"]);
        assert_trouble(&found("next", Ok(inside())), Mark::But, &["next"]);
        let mut other = found("2.1.0", Ok(inside()));
        other.greeting = Some(Ok(Greeting { product: "LavinMQ".to_owned(), version: "2.1.0".to_owned() }));
        assert_trouble(&other, Mark::But, &["LavinMQ 2.1.0"]);
    }

    #[test]
    fn queues_that_are_not_there_yet_are_no_trouble() {
        let queues = vec![queue(Some(Stage::Parse), QueueState::Missing), queue(None, QueueState::Missing)];
        let looks = of_broker(&found("4.0.5", Ok(Inside { queues, ..inside() })));
        assert!(looks.iter().all(|look| look.mark == Mark::Fine), "{looks:?}");
        assert!(looks.iter().any(|look| look.text.contains("2 个尚无")), "{looks:?}");
    }
}
