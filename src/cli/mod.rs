//! The verbs of the command line: one file each.

mod args;
mod ask;
mod bench;
mod chat;
mod check;
mod doctor;
mod eval;
mod exchange;
mod forget;
mod graph;
mod models;
mod outcome;
mod progress;
mod reach;
mod report;
mod serve;
mod system;
mod token;
mod train;

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};

use args::{Args, Verb};
use outcome::Failure;

/// Reads the command line and does what it says.
pub fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            // Help and version go to standard output and are a success; wrong usage is 2.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    match run(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Interrupted) => ExitCode::from(130),
        Err(Failure::Silent) => ExitCode::FAILURE,
        Err(Failure::Said(sentence)) => {
            eprintln!("electromart: {sentence}");
            ExitCode::FAILURE
        }
        Err(Failure::Usage(sentence)) => {
            eprintln!("electromart: {sentence}");
            ExitCode::from(2)
        }
    }
}

fn run(args: Args) -> Result<(), Failure> {
    let Args { global, verb, serve } = args;
    // Options before a command are read for every command; those that only serving knows are not dropped
    // in silence.
    let verb = match (verb, serve.given()) {
        (None, _) => Verb::Serve(serve),
        (Some(Verb::Serve(own)), _) => Verb::Serve(own.or(serve)),
        (Some(_), Some(option)) => return Err(Failure::Usage(format!("{option} is an option of `electromart serve`"))),
        (Some(verb), None) => verb,
    };
    match verb {
        Verb::Serve(own) => serve::run(&global, &own),
        Verb::Ask(ask) => ask::run(&global, &ask),
        Verb::Chat(chat) => chat::run(&global, &chat),
        Verb::Import(import) => exchange::import(&global, &import),
        Verb::Export(export) => exchange::export(&global, &export),
        Verb::Forget(forget) => forget::run(&global, &forget),
        Verb::Eval(eval) => eval::run(&global, &eval),
        Verb::Train(train) => train::run(&global, &train),
        Verb::Bench(bench) => bench::run(&global, &bench),
        Verb::Models(models) => models::run(&global, &models),
        Verb::Graph(graph) => graph::run(&graph),
        Verb::Check(check) => check::run(&global, &check),
        Verb::Doctor(doctor) => doctor::run(&global, &doctor),
        Verb::Token(token) => token::run(&global, &token),
        Verb::Completions { shell } => {
            clap_complete::generate(shell, &mut Args::command(), "electromart", &mut std::io::stdout());
            Ok(())
        }
    }
}
