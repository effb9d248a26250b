//! What a report makes pointless: steps that look for what was denied, that presuppose what does not happen, or that
//! do what was done by another word.

use super::super::turn::Turn;
use super::diagnosis;
use crate::domain::state::Fault;
use crate::domain::text::sentence;
use crate::domain::text::stem::stem;
use crate::domain::text::token::{self, tokens};
use crate::domain::text::words;

/// Things done that go by several words: "I moved it upstairs" is an answer to "put it high up".
const DONE_ALIKE: &[&[&str]] = &[
    &["put", "place", "placed", "move", "moved", "relocate", "relocated"],
    &["restart", "restarted", "reboot", "rebooted"],
    &["clean", "cleaned", "wipe", "wiped", "dust", "dusted"],
    &["update", "updated"],
    &["empty", "emptied"],
];

/// The steps that need not be suggested any more after what a message tells. `done` says whether it tells of doing.
pub fn pointless(turn: &Turn<'_>, fault: &Fault, steps: &[&str], done: bool) -> Vec<u16> {
    let said: Vec<&str> = turn.heard.words.iter().map(|w| w.text.as_str()).collect();
    let denied = denied(&said);
    let dead = std::iter::once(fault.problem.as_str())
        .chain(fault.reports.iter().map(String::as_str))
        .any(|told| diagnosis::troubles(told).contains(&"power"));
    let acts: Vec<usize> =
        if done { (0..DONE_ALIKE.len()).filter(|i| DONE_ALIKE[*i].iter().any(|w| said.contains(w))).collect() } else { Vec::new() };
    let led = |step: &str| lead(step).and_then(|verb| DONE_ALIKE.iter().position(|kind| kind.contains(&verb.as_str())));
    let only = |kind: usize| steps.iter().filter(|step| led(step) == Some(kind)).count() == 1;
    (0_u16..)
        .zip(steps)
        .filter(|(_, step)| {
            looks_for(step, &denied) || dead && presupposes_power(step) || led(step).is_some_and(|kind| acts.contains(&kind) && only(kind))
        })
        .map(|(i, _)| i)
        .collect()
}

/// What a message says there is none of: "no lights at all", "no light, no fan".
fn denied(said: &[&str]) -> Vec<String> {
    let none = |word: &str| matches!(word, "no" | "without" | "any" | "neither" | "nor");
    let after = said.windows(2).filter(|w| none(w[0])).map(|w| w[1]);
    after.filter(|word| !words::is_function(word)).map(stem).collect()
}

/// The first word of a step: what it tells to do.
fn lead(step: &str) -> Option<String> {
    token::first(step)
}

/// Whether a step only looks or listens for one of these things.
fn looks_for(step: &str, things: &[String]) -> bool {
    let first = sentence::split(step).next().unwrap_or(step);
    let own: Vec<String> = tokens(first).iter().map(|t| stem(&t.text)).collect();
    let looks = lead(step).is_some_and(|verb| matches!(verb.as_str(), "look" | "listen" | "watch" | "feel" | "see"));
    looks && things.iter().any(|thing| own.contains(thing))
}

/// "When it starts, install the update": of no use for what does not start.
fn presupposes_power(step: &str) -> bool {
    let Some((condition, _)) = step.split_once(',') else { return false };
    let own: Vec<String> = tokens(condition).into_iter().map(|t| t.text).collect();
    let has = |list: &[&str]| own.iter().any(|w| list.contains(&w.as_str()));
    let begins = matches!(own.first().map(String::as_str), Some("when" | "once" | "after" | "if"));
    begins && has(&["starts", "started", "boots", "on", "runs", "works", "wakes"]) && !has(&["not", "still", "no", "nothing", "never"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_for_what_was_denied_or_cannot_be_are_known() {
        let no_light = vec![stem("lights")];
        for (step, expected) in [
            ("Look and listen for a light, a fan or a key glow.", true),
            ("Hold the button until the light goes out.", false),
            ("Listen whether the fan runs.", false),
        ] {
            assert_eq!(looks_for(step, &no_light), expected, "{step}");
        }
        for (step, expected) in [
            ("When it starts, install the firmware update.", true),
            ("Once it is on, look for updates.", true),
            ("If it still does not start, it needs a look.", false),
            ("Hold the button for 15 seconds, then let go.", false),
        ] {
            assert_eq!(presupposes_power(step), expected, "{step}");
        }
        assert_eq!(denied(&["nothing", "no", "lights", "at", "all"]), vec![stem("lights")]);
    }
}
