//! The binary `gongkai`: checks reports, runs the services, answers questions about what they did.

mod check;
mod cli;
mod config;
mod dead_letters;
mod demo;
mod doctor;
mod documents;
mod extract;
mod open;
mod output;
mod replay;
mod rules;
mod run;
mod sites;
mod status;
mod why;

use std::process::ExitCode;

use clap::Parser;

use crate::{
    cli::{Cli, Command},
    output::Exit,
};

fn main() -> ExitCode {
    let cli = Cli::parse();
    match dispatch(cli) {
        Ok(exit) => exit.into(),
        Err(error) if output::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            output::complain(&format!("{error:#}"));
            Exit::CouldNotRun.into()
        }
    }
}

fn dispatch(cli: Cli) -> anyhow::Result<Exit> {
    // Only the first installation in a process can succeed, and this is it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match cli.command {
        Command::Check(arguments) => check::command(&cli.settings, &arguments),
        Command::Extract(arguments) => extract::command(&cli.settings, &arguments),
        Command::Rules(arguments) => rules::list(&arguments),
        Command::Explain(arguments) => rules::explain(&arguments),
        Command::Run(arguments) => run::command(&cli.settings, &arguments),
        Command::Status(arguments) => status::command(&cli.settings, &arguments),
        Command::Why(arguments) => why::command(&cli.settings, &arguments),
        Command::Replay(arguments) => replay::command(&cli.settings, &arguments),
        Command::DeadLetters(arguments) => dead_letters::command(&cli.settings, &arguments),
        Command::Sites(arguments) => sites::command(&cli.settings, &arguments),
        Command::Config(arguments) => config::command(&cli.settings, &arguments),
        Command::Doctor => doctor::command(&cli.settings),
        Command::ReadDocuments { memory_mib } => {
            gongkai_parser::child::run(memory_mib)?;
            Ok(Exit::Fine)
        }
    }
}
