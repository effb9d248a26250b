//! The workflow, declared once. The machine runs this table and `electromart graph` draws it, so the
//! picture cannot drift from the program.

use std::fmt::Write as _;

use crate::domain::agent::Agent;

/// A step of the workflow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Node {
    /// The message was accepted.
    Receive,
    /// Mood and urgency; names and numbers of the shop.
    Sense,
    /// Intent, confidence, goal.
    Orchestrate,
    /// A capable model is asked what is wanted, once, where there is one.
    Propose,
    /// Ask what is meant.
    Clarify,
    /// Call a person.
    Escalate,
    /// Carry out or drop a proposed action.
    Act,
    /// An agent decides what it needs to know (step one of two).
    Plan,
    /// Read the shop's records.
    LookUp,
    /// An agent has its acts (step two of two).
    Answer,
    /// Another agent takes over.
    Handoff,
    /// Acts become words, each sentence checked against its facts.
    Speak,
    /// Everything is stored in one batch.
    Commit,
    /// The reply is published.
    Reply,
    /// The turn ends without a reply.
    Drop,
}

/// When an edge is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum When {
    /// Always.
    Always,
    /// Rules and encoder are not sure what is wanted, and nobody else was asked yet.
    Doubtful,
    /// The meaning is unclear and may be asked for.
    Unclear,
    /// A person is wanted or needed.
    NeedsPerson,
    /// The message answers a proposed action.
    AnswersAction,
    /// An agent was found.
    Routed,
    /// The agent needs records.
    NeedsFacts,
    /// The agent has its answer.
    HasAnswer,
    /// It is another agent's business, or also another's, and a change is still allowed.
    OtherAgent,
    /// It would be, but there were enough changes.
    NoHopsLeft,
    /// The message asks another thing.
    MoreAsked,
    /// Nothing more is to be said.
    Complete,
    /// The batch was stored.
    Stored,
    /// A person has taken over, or the message was answered before.
    Refused,
}

/// An edge of the workflow.
#[derive(Debug, Clone, Copy)]
pub struct Edge {
    /// From here.
    pub from: Node,
    /// When.
    pub when: When,
    /// To there.
    pub to: Node,
}

const fn edge(from: Node, when: When, to: Node) -> Edge {
    Edge { from, when, to }
}

/// The workflow. For each node the first edge whose condition holds is taken.
pub static WORKFLOW: &[Edge] = &[
    edge(Node::Receive, When::Always, Node::Sense),
    edge(Node::Sense, When::Always, Node::Orchestrate),
    edge(Node::Orchestrate, When::NeedsPerson, Node::Escalate),
    edge(Node::Orchestrate, When::AnswersAction, Node::Act),
    edge(Node::Orchestrate, When::Doubtful, Node::Propose),
    edge(Node::Propose, When::Always, Node::Orchestrate),
    edge(Node::Orchestrate, When::Unclear, Node::Clarify),
    edge(Node::Orchestrate, When::Routed, Node::Plan),
    edge(Node::Plan, When::NeedsFacts, Node::LookUp),
    edge(Node::Plan, When::HasAnswer, Node::Answer),
    edge(Node::LookUp, When::Always, Node::Plan),
    edge(Node::Answer, When::OtherAgent, Node::Handoff),
    edge(Node::Answer, When::NoHopsLeft, Node::Speak),
    edge(Node::Answer, When::MoreAsked, Node::Sense),
    edge(Node::Answer, When::Complete, Node::Speak),
    edge(Node::Handoff, When::Always, Node::Plan),
    edge(Node::Clarify, When::Always, Node::Speak),
    edge(Node::Escalate, When::Always, Node::Speak),
    edge(Node::Act, When::MoreAsked, Node::Sense),
    edge(Node::Act, When::Always, Node::Speak),
    edge(Node::Speak, When::Always, Node::Commit),
    edge(Node::Commit, When::Stored, Node::Reply),
    edge(Node::Commit, When::Refused, Node::Drop),
];

/// The node an edge leads to, given which conditions hold.
pub fn next(from: Node, holds: impl Fn(When) -> bool) -> Option<Node> {
    WORKFLOW.iter().find(|edge| edge.from == from && holds(edge.when)).map(|edge| edge.to)
}

impl Node {
    /// Its name in the picture.
    pub fn name(self) -> &'static str {
        match self {
            Self::Receive => "receive",
            Self::Sense => "sense",
            Self::Orchestrate => "orchestrate",
            Self::Propose => "propose",
            Self::Clarify => "clarify",
            Self::Escalate => "escalate",
            Self::Act => "act",
            Self::Plan => "plan",
            Self::LookUp => "look_up",
            Self::Answer => "answer",
            Self::Handoff => "handoff",
            Self::Speak => "speak",
            Self::Commit => "commit",
            Self::Reply => "reply",
            Self::Drop => "drop",
        }
    }

    /// Whether every agent has a step of its own of this kind.
    fn is_agents(self) -> bool {
        matches!(self, Self::Plan | Self::Answer)
    }
}

impl When {
    /// Its words on an edge.
    pub fn words(self) -> &'static str {
        match self {
            Self::Always => "",
            Self::Doubtful => "not sure",
            Self::Unclear => "unclear",
            Self::NeedsPerson => "a person is needed",
            Self::AnswersAction => "yes or no to an action",
            Self::Routed => "routed",
            Self::NeedsFacts => "needs records",
            Self::HasAnswer => "has its answer",
            Self::OtherAgent => "another agent's business",
            Self::NoHopsLeft => "no change left",
            Self::MoreAsked => "asks another thing",
            Self::Complete => "complete",
            Self::Stored => "stored",
            Self::Refused => "taken over or answered",
        }
    }
}

/// The agents that plan and answer.
const AGENTS: [Agent; 5] = [Agent::Sales, Agent::Marketing, Agent::Support, Agent::Logistics, Agent::General];

/// Nodes in order of first appearance.
fn nodes() -> Vec<Node> {
    let mut nodes = Vec::new();
    for edge in WORKFLOW {
        for node in [edge.from, edge.to] {
            if !nodes.contains(&node) {
                nodes.push(node);
            }
        }
    }
    nodes
}

/// The label of a node: steps of agents name them.
fn label(node: Node) -> String {
    if node.is_agents() {
        let names: Vec<&str> = AGENTS.iter().map(|a| a.name()).collect();
        format!("{} ({})", node.name(), names.join(", "))
    } else {
        node.name().to_owned()
    }
}

/// The workflow as a Mermaid flowchart.
pub fn mermaid() -> String {
    let mut out = String::from("flowchart TD\n");
    for node in nodes() {
        let _ = writeln!(out, "    {}[\"{}\"]", node.name(), label(node));
    }
    for edge in WORKFLOW {
        let words = edge.when.words();
        let arrow = if words.is_empty() { "-->".to_owned() } else { format!("-->|{words}|") };
        let _ = writeln!(out, "    {} {arrow} {}", edge.from.name(), edge.to.name());
    }
    out
}

/// The workflow in Graphviz's language.
pub fn dot() -> String {
    let mut out = String::from("digraph turn {\n    node [shape=box, style=rounded];\n");
    for node in nodes() {
        let _ = writeln!(out, "    {} [label=\"{}\"];", node.name(), label(node));
    }
    for edge in WORKFLOW {
        let _ = writeln!(out, "    {} -> {} [label=\"{}\"];", edge.from.name(), edge.to.name(), edge.when.words());
    }
    out.push_str("}\n");
    out
}

/// The workflow as a drawing: nodes in rows by their distance from the start.
pub fn svg() -> String {
    const WIDTH: usize = 230;
    const HEIGHT: usize = 90;
    let rows = rows();
    let columns = rows.iter().map(Vec::len).max().unwrap_or(1);
    let place = |node: Node| {
        let row = rows.iter().position(|row| row.contains(&node)).unwrap_or(0);
        let column = rows[row].iter().position(|n| *n == node).unwrap_or(0);
        let left = (columns - rows[row].len()) * WIDTH / 2;
        (left + column * WIDTH + WIDTH / 2, row * HEIGHT + HEIGHT / 2)
    };
    let (width, height) = (columns * WIDTH, rows.len() * HEIGHT);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <title>The workflow of a turn</title>\n\
         <defs><marker id=\"a\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\"><path d=\"M0 0L8 4L0 8z\"/></marker></defs>\n"
    );
    for edge in WORKFLOW {
        let ((x1, y1), (x2, y2)) = (place(edge.from), place(edge.to));
        let down = y2 >= y1;
        let (from, to) = if down { (y1 + 18, y2.saturating_sub(18)) } else { (y1.saturating_sub(18), y2 + 18) };
        let _ = writeln!(out, "<path d=\"M{x1} {from}L{x2} {to}\" stroke=\"#667\" fill=\"none\" marker-end=\"url(#a)\"/>");
        let _ = writeln!(
            out,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\" fill=\"#445\">{}</text>",
            (x1 + x2) / 2,
            (from + to) / 2,
            edge.when.words()
        );
    }
    for node in nodes() {
        let (x, y) = place(node);
        let _ = writeln!(
            out,
            "<rect x=\"{}\" y=\"{}\" width=\"150\" height=\"36\" rx=\"8\" fill=\"#eef\" stroke=\"#557\"/><text x=\"{x}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
            x.saturating_sub(75),
            y.saturating_sub(18),
            y + 4,
            node.name()
        );
    }
    out.push_str("</svg>\n");
    out
}

/// Nodes by their distance from the start.
fn rows() -> Vec<Vec<Node>> {
    let mut rows = vec![vec![Node::Receive]];
    let mut placed = vec![Node::Receive];
    loop {
        let last = rows[rows.len() - 1].clone();
        let mut row = Vec::new();
        for edge in WORKFLOW.iter().filter(|edge| last.contains(&edge.from)) {
            if !placed.contains(&edge.to) {
                placed.push(edge.to);
                row.push(edge.to);
            }
        }
        if row.is_empty() {
            return rows;
        }
        rows.push(row);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_node_is_reached_and_only_the_ends_lead_nowhere() {
        let reached: Vec<Node> = rows().into_iter().flatten().collect();
        for node in nodes() {
            assert!(reached.contains(&node), "{} is never reached", node.name());
            let leads = WORKFLOW.iter().any(|edge| edge.from == node);
            assert_eq!(leads, !matches!(node, Node::Reply | Node::Drop), "{}", node.name());
        }
    }

    #[test]
    fn every_picture_shows_every_edge() {
        for edge in WORKFLOW {
            assert!(mermaid().contains(&format!("{} -->", edge.from.name())));
            assert!(dot().contains(&format!("{} -> {}", edge.from.name(), edge.to.name())));
        }
        assert_eq!(svg().matches("<path d=\"M").count(), WORKFLOW.len() + 1);
    }
}
