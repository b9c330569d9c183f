//! `gongkai doctor`: what this installation stands on, whether it is there, and what to do where it is not.
mod broker;
mod local;
mod store;

use gongkai_runtime::settings::Settings;

use crate::{
    cli::SettingsArguments,
    open,
    output::{self, Exit},
};

/// One thing looked at.
#[derive(Debug)]
struct Look {
    what: &'static str,
    mark: Mark,
    /// What is there, or what is wrong and what to do.
    text: String,
}

/// How it stands with one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    Fine,
    /// It works, but somebody should know.
    But,
    /// It does not work.
    Wrong,
}

impl Look {
    fn fine(what: &'static str, text: impl Into<String>) -> Self {
        Self { what, mark: Mark::Fine, text: text.into() }
    }

    fn but(what: &'static str, text: impl Into<String>) -> Self {
        Self { what, mark: Mark::But, text: text.into() }
    }

    fn wrong(what: &'static str, text: impl Into<String>) -> Self {
        Self { what, mark: Mark::Wrong, text: text.into() }
    }

    /// Right or wrong, and nothing between.
    fn of(what: &'static str, result: Result<String, String>) -> Self {
        match result {
            Ok(there) => Self::fine(what, there),
            Err(wrong) => Self::wrong(what, wrong),
        }
    }

    fn line(&self) -> String {
        let mark = match self.mark {
            Mark::Fine => '✓',
            Mark::But => '!',
            Mark::Wrong => '✗',
        };
        // What a server says may have several lines; a look has one.
        let text: Vec<&str> = self.text.lines().map(str::trim).collect();
        format!("{mark} {}：{}\n", self.what, text.join(" "))
    }
}

/// Runs the command.
pub(crate) fn command(arguments: &SettingsArguments) -> anyhow::Result<Exit> {
    let loaded = match open::settings(arguments, Vec::new()) {
        Ok(loaded) => loaded,
        Err(error) => {
            output::print(&Look::wrong("配置 (settings)", format!("{error:#}")).line())?;
            return Ok(Exit::CouldNotRun);
        }
    };
    let settings = &loaded.settings;
    let looks = open::runtime()?.block_on(looks(settings));
    for look in &looks {
        output::print(&look.line())?;
    }
    Ok(exit(&looks))
}

async fn looks(settings: &Settings) -> Vec<Look> {
    let mut looks = vec![
        Look::fine("配置 (settings)", format!("gongkai {}", env!("CARGO_PKG_VERSION"))),
        Look::of("登记表与站点 (registry and sites)", local::registry(settings)),
    ];
    looks.extend(store::looks(settings).await);
    looks.extend(broker::looks(settings).await);
    looks.extend([
        Look::of("存档 (archive)", local::archive(settings)),
        Look::of("端口 (listen address)", local::port(settings)),
        Look::of("时钟 (clock)", local::clock()),
    ]);
    looks
}

fn exit(looks: &[Look]) -> Exit {
    if looks.iter().any(|look| look.mark == Mark::Wrong) { Exit::CouldNotRun } else { Exit::Fine }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_is_one_line_and_only_what_is_wrong_makes_the_exit_code() {
        let looks = [Look::fine("a", "there"), Look::but("b", "slow,\n  though")];
        assert_eq!(looks.each_ref().map(Look::line), ["✓ a：there\n", "! b：slow, though\n"]);
        assert_eq!(exit(&looks), Exit::Fine);
        assert_eq!(exit(&[Look::of("c", Err("gone".to_owned()))]), Exit::CouldNotRun);
    }
}
