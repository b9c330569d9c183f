//! What of a setting may be shown: addresses without their passwords and tokens.
use url::Url;

/// What takes the place of a secret.
const HIDDEN: &str = "***";
/// Parts of the names of query parameters whose values are secrets.
const SECRET_NAMES: [&str; 6] = ["pass", "token", "key", "secret", "sig", "auth"];

/// The value of a setting as it may be shown.
pub(super) fn masked(key: &str, value: &str) -> String {
    match key {
        "http.token" | "http.read_token" if !value.is_empty() => HIDDEN.to_owned(),
        "alert.webhook_url" => masked_webhook(value),
        "alert.email.smtp_url" => masked_url(value),
        _ if key.ends_with(".url") => masked_url(value),
        _ => value.to_owned(),
    }
}

/// Webhooks carry their token in path or query: only the host is shown.
fn masked_webhook(value: &str) -> String {
    if value.is_empty() {
        return String::new();
    }
    match Url::parse(value) {
        Ok(url) if url.has_host() => {
            let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
            format!("{}://{}{port}/{HIDDEN}", url.scheme(), url.host_str().unwrap_or_default())
        }
        _ => HIDDEN.to_owned(),
    }
}

fn masked_url(value: &str) -> String {
    let Ok(mut url) = Url::parse(value) else {
        return if value.contains('@') { HIDDEN.to_owned() } else { value.to_owned() };
    };
    let secret = |name: &str| SECRET_NAMES.iter().any(|part| name.to_lowercase().contains(part));
    if url.password().is_none() && !url.query_pairs().any(|(name, _)| secret(&name)) {
        return value.to_owned();
    }
    if url.password().is_some() && url.set_password(Some(HIDDEN)).is_err() {
        return HIDDEN.to_owned();
    }
    let shown: Vec<String> = url
        .query_pairs()
        .map(|(name, value)| format!("{name}={}", if secret(&name) { HIDDEN } else { &value }))
        .collect();
    if !shown.is_empty() {
        url.set_query(Some(&shown.join("&")));
    }
    url.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_and_tokens_are_never_shown() {
        let shown = [
            masked("bus.url", "amqp://gongkai:hunter2@broker:5672/%2f"),
            masked("store.url", "postgres://g:hunter2@db/gongkai?sslmode=require&password=hunter2"),
            masked("store.url", "postgres://db/gongkai?sslpassword=hunter2"),
            masked("store.url", "postgres//g:hunter2@db"),
            masked("alert.webhook_url", "https://hooks.example:8443/robot/hunter2?access_token=hunter2"),
            masked("alert.webhook_url", "hunter2"),
            masked("alert.email.smtp_url", "smtps://robot:hunter2@mail.example"),
            masked("alert.alertmanager.url", "https://u:hunter2@am.example/"),
            masked("http.token", "hunter2"),
            masked("http.read_token", "hunter2"),
        ];
        assert!(shown.iter().all(|text| !text.contains("hunter2")), "{shown:?}");
        assert_eq!(
            shown,
            [
                "amqp://gongkai:***@broker:5672/%2f",
                "postgres://g:***@db/gongkai?sslmode=require&password=***",
                "postgres://db/gongkai?sslpassword=***",
                "***",
                "https://hooks.example:8443/***",
                "***",
                "smtps://robot:***@mail.example",
                "https://u:***@am.example/",
                "***",
                "***",
            ]
        );
    }

    #[test]
    fn what_holds_no_secret_is_shown_as_it_is() {
        for (key, value) in [
            ("store.url", "sqlite:./data/g.db"),
            ("bus.url", "memory:"),
            ("alert.webhook_url", ""),
            ("log.filter", "a@b"),
        ] {
            assert_eq!(masked(key, value), value);
        }
    }
}
