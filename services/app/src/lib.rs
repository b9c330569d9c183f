//! The binary `gongkai`: checks reports, runs the services, answers questions about what they did.

mod check;
mod cli;
mod config;
mod dead_letters;
mod demo;
mod doctor;
mod documents;
mod export;
mod extract;
mod open;
mod output;
mod registry;
mod replay;
mod rules;
mod run;
mod sites;
mod status;
mod table;
mod why;

use std::{process::ExitCode, sync::Arc, time::Duration};

use clap::Parser;
use gongkai_model::Report;
use gongkai_reading::Hints;
use gongkai_runtime::checkpoint::{Checkpoint, Unwatched};

use crate::{
    cli::{Cli, Command},
    output::Exit,
};

/// How documents are read.
pub type Read = fn(&[u8], Hints<'_>) -> Vec<Report>;

/// What a program that is `gongkai` and a little more may put in its place: the test program does.
#[derive(Clone)]
pub struct Parts {
    /// Reads a document, in a process of its own.
    pub read: Read,
    /// Longest time for one document.
    pub document_deadline: Duration,
    /// Is told how far work has come.
    pub checkpoint: Arc<dyn Checkpoint>,
}

impl Default for Parts {
    fn default() -> Self {
        Self {
            read: gongkai_reading::read,
            document_deadline: Duration::from_secs(30),
            checkpoint: Arc::new(Unwatched),
        }
    }
}

/// Does what the command line says.
pub fn main(parts: &Parts) -> ExitCode {
    let cli = Cli::parse();
    match dispatch(cli, parts) {
        Ok(exit) => exit.into(),
        Err(error) if output::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            output::complain(&format!("{error:#}"));
            Exit::CouldNotRun.into()
        }
    }
}

fn dispatch(cli: Cli, parts: &Parts) -> anyhow::Result<Exit> {
    // Only the first installation in a process can succeed, and this is it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match cli.command {
        Command::Check(arguments) => check::command(&cli.settings, &arguments),
        Command::Extract(arguments) => extract::command(&cli.settings, &arguments),
        Command::Rules(arguments) => rules::list(&arguments),
        Command::Explain(arguments) => rules::explain(&arguments),
        Command::Run(arguments) => run::command(&cli.settings, &arguments, parts),
        Command::Status(arguments) => status::command(&cli.settings, &arguments),
        Command::Why(arguments) => why::command(&cli.settings, &arguments),
        Command::Replay(arguments) => replay::command(&cli.settings, &arguments),
        Command::Export(arguments) => export::command(&cli.settings, &arguments),
        Command::DeadLetters(arguments) => dead_letters::command(&cli.settings, &arguments),
        Command::Sites(arguments) => sites::command(&cli.settings, &arguments),
        Command::Registry(arguments) => registry::command(&arguments),
        Command::Config(arguments) => config::command(&cli.settings, &arguments),
        Command::Doctor => doctor::command(&cli.settings),
        Command::ReadDocuments { memory_mib } => {
            gongkai_parser::child::run_with(memory_mib, parts.read)?;
            Ok(Exit::Fine)
        }
    }
}
