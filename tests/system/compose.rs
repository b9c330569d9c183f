//! The compose files: docker-compose understands them, and what they start works. Their services run here as plain processes, with
//! the commands, settings and health checks of the files; only addresses and folders are others.
use std::{
    path::Path,
    process::Command,
    sync::Arc,
    time::{Duration, Instant},
};

use gongkai_harness::{
    folder::{Ended, Folder, binary, repository},
    installation::{Installation, SERVICES, TODAY},
    service::{ORDERLY, Service},
    wait::until,
};
use gongkai_testkit::{
    season::Season,
    servers::{Broker, Database},
};
use serde_json::Value;
use tokio::runtime::Runtime;

const REPORTS: usize = 30;
/// As `openssl rand` would give it.
const PASSWORD: &str = "5f0c7ab41e";
/// Where services find their files in a container, and where they listen there.
const INSIDE: &str = "/var/lib/gongkai";
const LISTENS: &str = "0.0.0.0:8377";
/// Longest time until a service is ready.
const LIMIT: Duration = Duration::from_secs(60);

/// `docker-compose ARGUMENTS` on a file of the repository.
fn compose(file: &str, passwords: &str, arguments: &[&str]) -> Ended {
    let files = repository();
    let line =
        format!("cd '{}' && {passwords} docker-compose -f '{file}' {}", files.display(), arguments.join(" "));
    Folder::new().shell(&line)
}

/// A file as docker-compose understands it. Its first version tells it in YAML only.
fn understood(file: &str) -> Value {
    let passwords = format!("RABBITMQ_PASSWORD={PASSWORD} POSTGRES_PASSWORD={PASSWORD}");
    let ended = compose(file, &passwords, &["config", "--format", "json"]);
    let json = if ended.out.starts_with('{') {
        ended.out
    } else {
        let to_json =
            "| python3 -c 'import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout)'";
        compose(file, &passwords, &["config", to_json]).out_of(0)
    };
    serde_json::from_str(&json).unwrap()
}

fn texts(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
}

/// Where volumes are mounted: (target, read-only). The first version of docker-compose writes them as texts.
fn mounts(service: &Value) -> Vec<(String, bool)> {
    let volumes = service["volumes"].as_array().unwrap().iter();
    volumes
        .map(|volume| match volume.as_str() {
            Some(text) => {
                let mut parts = text.rsplit(':');
                let mode = parts.next().unwrap();
                (parts.next().unwrap().to_owned(), mode == "ro")
            }
            None => (volume["target"].as_str().unwrap().to_owned(), volume["read_only"] == true),
        })
        .collect()
}

/// The settings of a service, with other places in them.
fn settings(service: &Value, places: &[(&str, String)]) -> Vec<(String, String)> {
    let settings = service["environment"].as_object().unwrap().iter();
    settings
        .map(|(name, value)| {
            let value = value.as_str().unwrap().to_owned();
            (name.clone(), places.iter().fold(value, |value, (inside, here)| value.replace(inside, here)))
        })
        .collect()
}

/// Starts what a container of this service would run.
fn start(folder: &Path, service: &Value, places: &[(&str, String)], more: &[(&str, &str)]) -> Service {
    let settings = settings(service, places);
    let settings: Vec<(&str, &str)> = settings.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    Service::start_program(&binary(), folder, &texts(&service["command"]), &[&settings, more].concat())
}

/// The health check of a service, on the port that its process has here.
fn is_healthy(service: &Value, port: &str) -> bool {
    let test = texts(&service["healthcheck"]["test"]);
    let ["CMD", program, arguments @ ..] = &test[..] else { panic!("{test:?}") };
    let arguments: Vec<String> = arguments.iter().map(|argument| argument.replace("8377", port)).collect();
    Command::new(program).args(arguments).output().unwrap().status.success()
}

/// Port of a started process.
fn port(service: &mut Service) -> String {
    let out = service.says("http://127.0.0.1:");
    let rest = out.split("http://127.0.0.1:").nth(1).unwrap();
    rest.chars().take_while(char::is_ascii_digit).collect()
}

/// How long docker waits for an end before it kills.
fn grace(service: &Value) -> Duration {
    let text = service["stop_grace_period"].as_str().unwrap();
    Duration::from_secs(text.strip_suffix('s').unwrap().parse().unwrap())
}

fn replicas(service: &Value) -> u64 {
    service["deploy"]["replicas"].as_u64().or(service["scale"].as_u64()).unwrap_or(1)
}

/// Ends as docker ends it, well within the time it gives.
fn end(service: Service, about: &Value) {
    let begin = Instant::now();
    let (status, took) = service.terminate();
    assert!(status.success() && took <= ORDERLY, "{status:?} after {took:?}");
    assert!(begin.elapsed() < grace(about) && grace(about) >= 2 * ORDERLY);
}

/// What holds for a container of ours, whichever service it runs.
fn is_confined(name: &str, service: &Value) {
    assert_eq!(service["read_only"], true, "{name}");
    assert_eq!(texts(&service["cap_drop"]), ["ALL"], "{name}");
    assert_eq!(texts(&service["security_opt"]), ["no-new-privileges:true"], "{name}");
    assert_eq!(service["restart"], "unless-stopped", "{name}");
    assert_eq!(service["environment"]["GONGKAI_HTTP__LISTEN"], LISTENS, "{name}");
    // Every path that a setting names is mounted.
    let mounts = mounts(service);
    for (key, value) in settings(service, &[]) {
        let Some(at) = value.find(INSIDE) else { continue };
        let mounted = mounts.iter().any(|(target, _)| value[at..].starts_with(target.as_str()));
        assert!(mounted, "{name}: {key} = {value} is not among {mounts:?}");
    }
}

#[test]
fn a_season_goes_through_the_services_as_compose_starts_them() {
    let file = understood("docker-compose.yml");
    let services = &file["services"];
    let runtime = Runtime::new().unwrap();
    let season = Arc::new(Season::new(REPORTS, None));
    let site = runtime.block_on(season.clone().serve()).unwrap();
    let (broker, database) = (Broker::start().unwrap(), Database::start().unwrap());
    broker.ctl(&["add_user", "gongkai", PASSWORD]).unwrap();
    broker.ctl(&["set_permissions", "gongkai", ".*", ".*", ".*"]).unwrap();
    let role = format!("CREATE ROLE gongkai LOGIN PASSWORD '{PASSWORD}'");
    database.sql("postgres", &role).unwrap();
    database.sql("postgres", "CREATE DATABASE gongkai OWNER gongkai").unwrap();
    let store = format!("postgres://gongkai:{PASSWORD}@{}/gongkai", database.address());
    let installation = Installation::new(&season, &site.root(), &store, &broker.url(), "gongkai");
    let folder = installation.folder().path();
    let places = [
        ("@rabbitmq:5672/", format!("@{}/", broker.address())),
        ("@postgres:5432/", format!("@{}/", database.address())),
        (INSIDE, folder.display().to_string()),
        (LISTENS, "127.0.0.1:0".to_owned()),
    ];
    // The season's site is on this machine, and its day is not today.
    let season_here = [
        ("GONGKAI_FETCH__ALLOW_PRIVATE", "true"),
        ("GONGKAI_FETCH__HOST_INTERVAL_MS", "0"),
        ("GONGKAI_CALENDAR__TODAY", TODAY),
        ("GONGKAI_CALENDAR__FIRST_YEAR", "2025"),
    ];
    let mut running = Vec::new();
    for name in SERVICES {
        let about = &services[name];
        is_confined(name, about);
        for _ in 0..replicas(about) {
            running.push((about, start(folder, about, &places, &season_here)));
        }
    }
    assert_eq!(running.len(), SERVICES.len() + 1, "two parsers");
    for (about, service) in &mut running {
        let port = port(service);
        until("the health check passes", LIMIT, || is_healthy(about, &port).then_some(()));
    }
    installation.settle("the season", REPORTS, &running.iter().map(|(_, s)| s).collect::<Vec<_>>());
    assert_eq!(installation.picture().count("report"), REPORTS);
    for (about, mut service) in running {
        let port = port(&mut service);
        end(service, about);
        assert!(!is_healthy(about, &port), "the health check passes without a service");
    }
}

#[test]
fn only_the_fetcher_writes_documents_and_only_the_console_is_reached_from_here() {
    let file = understood("docker-compose.yml");
    let services = file["services"].as_object().unwrap();
    let running = services.values().filter(|service| service["profiles"].is_null()).count();
    assert_eq!(running, SERVICES.len() + 2);
    for (name, service) in services.iter().filter(|(name, _)| SERVICES.contains(&name.as_str())) {
        for (target, read_only) in mounts(service) {
            let may_write = name == "fetcher" && target.ends_with("/archive");
            assert_eq!(read_only, !may_write, "{name}: {target}");
        }
        for server in ["rabbitmq", "postgres"] {
            assert_eq!(service["depends_on"][server]["condition"], "service_healthy", "{name}");
            assert!(services[server]["healthcheck"]["test"].is_array());
        }
    }
    for (name, service) in services {
        let ports = service["ports"].to_string();
        assert_eq!(ports.contains("8377"), name == "console", "{name}: {ports}");
        assert!(service["ports"].is_null() || ports.contains("127.0.0.1"), "{name}: {ports}");
    }
    assert_eq!(replicas(&services["fetcher"]), 1);
}

#[test]
fn monitoring_runs_only_when_it_is_asked_for_and_finds_its_files() {
    let file = understood("docker-compose.yml");
    for (name, port) in [("prometheus", "9090"), ("alertmanager", "9093"), ("grafana", "3000")] {
        let service = &file["services"][name];
        assert_eq!(texts(&service["profiles"]), ["monitoring"], "{name}");
        assert!(service["ports"].to_string().contains(port), "{name}");
        // What is mounted from the repository is there, and is not written to.
        let text = std::fs::read_to_string(repository().join("docker-compose.yml")).unwrap();
        let own = text.split(&format!("\n  {name}:\n")).nth(1).unwrap();
        let own = own.split("\n\n").next().unwrap();
        let mounted: Vec<&str> = own.lines().filter_map(|line| line.trim().strip_prefix("- ./")).collect();
        assert!(!mounted.is_empty(), "{name}");
        for mount in mounted {
            let (here, inside) = mount.split_once(':').unwrap();
            assert!(inside.ends_with(":ro"), "{name}: {mount}");
            assert!(here == "secrets" || repository().join(here).is_dir(), "{name}: {here}");
        }
    }
    let start = texts(&file["services"]["alertmanager"]["entrypoint"]).join(" ");
    assert!(start.ends_with("/etc/alertmanager/start.sh"), "{start}");
}

#[test]
fn without_passwords_nothing_starts_and_it_is_said_where_they_belong() {
    for passwords in
        ["", "RABBITMQ_PASSWORD=a", "POSTGRES_PASSWORD=a", "RABBITMQ_PASSWORD= POSTGRES_PASSWORD=a"]
    {
        // An empty variable also hides what a developer's own .env says.
        let all = format!("RABBITMQ_PASSWORD= POSTGRES_PASSWORD= {passwords}");
        let ended = compose("docker-compose.yml", &all, &["config"]);
        assert_ne!(ended.code(), 0, "{passwords}: {ended:?}");
        assert!(ended.err.contains(".env") && ended.err.contains("deploy/env.example"), "{ended:?}");
    }
}

#[test]
fn the_small_form_starts_too() {
    let file = understood("deploy/compose.single.yml");
    let service = &file["services"]["gongkai"];
    is_confined("gongkai", service);
    let folder = Folder::with_examples();
    std::fs::rename(folder.path().join("examples/sites"), folder.path().join("sites")).unwrap();
    std::fs::rename(folder.path().join("examples/registry.csv"), folder.path().join("registry.csv")).unwrap();
    let places = [(INSIDE, folder.path().display().to_string()), (LISTENS, "127.0.0.1:0".to_owned())];
    let mut started = start(folder.path(), service, &places, &[]);
    started.console();
    assert!(folder.path().join("data/gongkai.db").is_file());
    end(started, service);
}
