//! `electromart graph`: the workflow that runs.

use super::args::Graph;
use super::outcome::{Failure, line};
use crate::turn::graph;

/// Prints it.
pub fn run(args: &Graph) -> Result<(), Failure> {
    let text = match args.format.as_str() {
        "dot" => graph::dot(),
        "svg" => graph::svg(),
        _ => graph::mermaid(),
    };
    line(text.trim_end());
    Ok(())
}
