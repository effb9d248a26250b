//! Words by which a customer says that a step helped, that it did not, or what came of it.

use super::understanding::Understanding;
use super::understanding::affirm::Answer;
use crate::domain::heard::Heard;
use crate::domain::text::token::tokens;

/// What a message says while a fault is looked into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Report {
    /// It works.
    Solved,
    /// It does not, or the next step is wanted.
    Failed,
    /// How the step is done.
    Explain,
    /// The customer will try and come back.
    Waits,
    /// A question about it.
    Question,
    /// What was done or seen.
    Told,
}

/// Reads a message as a report. What it is when it is none of these, the orchestrator decides.
pub fn report(heard: &Heard, read: &Understanding, text: &str) -> Report {
    if works_now(heard) || solved(read) {
        return Report::Solved;
    }
    let words: Vec<&str> = heard.words.iter().map(|w| w.text.as_str()).collect();
    let asks = is_question(text);
    if asks && asks_how(&words) {
        return Report::Explain;
    }
    let next = wants_next(&words) || words.len() <= 3;
    if still_broken(heard) && (!asks || next) {
        return Report::Failed;
    }
    if waits(&words) {
        return Report::Waits;
    }
    if asks { Report::Question } else { Report::Told }
}

/// "What next?", "anything else I can try?".
fn wants_next(words: &[&str]) -> bool {
    let pair = |a: &str, b: &str| words.windows(2).any(|p| p == [a, b]);
    pair("what", "next")
        || pair("what", "now")
        || pair("now", "what")
        || pair("what", "else")
        || pair("next", "step")
        || pair("anything", "else")
        || pair("and", "now")
        || words.last() == Some(&"next")
}

/// Whether one of the sentences of a message asks something.
pub fn is_question(text: &str) -> bool {
    const ASKS: &[&str] = &[
        "what", "how", "can", "could", "does", "do", "is", "are", "should", "who", "where", "when", "why", "which", "would", "will", "may",
        "am",
    ];
    /// Words that ask where what follows is a person or a thing: "has my card", "was I"; "did that" is a report.
    const ASKS_OF: &[&str] = &["has", "have", "did", "was", "were"];
    const OF: &[&str] = &["i", "we", "you", "my", "our", "they", "there", "u"];
    const BEFORE: &[&str] = &["ok", "okay", "and", "so", "but", "well", "hm", "hmm", "then", "yes", "no", "oh"];
    text.contains('?')
        || text.split(['.', '!', '\n', ',']).any(|part| {
            let said = tokens(part);
            let words: Vec<&str> = said.iter().map(|t| t.text.as_str()).skip_while(|w| BEFORE.contains(w)).collect();
            matches!(words.as_slice(), [first, second, ..] if ASKS.contains(first) && !(*first == "do" && *second == "not") && !(*first == "will" && *second == "do")
                || ASKS_OF.contains(first) && OF.contains(second))
        })
}

/// "Is there a play area?": whether there is something at all.
pub fn asks_whether_there_is(heard: &Heard) -> bool {
    heard.words.windows(2).any(|w| matches!(w[0].text.as_str(), "is" | "are") && w[1].text == "there")
}

/// "How do I do that", "where is that button", "what do you mean".
fn asks_how(words: &[&str]) -> bool {
    let pair = |a: &[&str], b: &[&str]| words.windows(2).any(|w| a.contains(&w[0]) && b.contains(&w[1]));
    let triple = |a: &str, b: &[&str], c: &[&str]| words.windows(3).any(|w| w[0] == a && b.contains(&w[1]) && c.contains(&w[2]));
    let mean = pair(&["you"], &["mean"]) || pair(&["that"], &["mean"]);
    let how = triple("how", &["do", "can", "to", "would", "should"], &["i", "do", "that", "you", "we", "it"])
        && !words.contains(&"much")
        && !words.contains(&"long");
    let place = pair(&["where"], &["is", "do", "are", "can"])
        && words.len() <= 6
        && words.iter().any(|w| {
            matches!(
                *w,
                "it" | "that" | "this" | "they" | "those" | "button" | "switch" | "port" | "filter" | "menu" | "setting" | "settings"
            )
        });
    let which = pair(&["which"], &["button", "one", "key", "port", "setting", "menu", "cable", "switch"])
        && !words.contains(&"much")
        && !words.contains(&"buy");
    let first = triple("what", &["do", "should", "must", "shall"], &["i", "we"]) && words.len() <= 7;
    mean || how || place || which || first || words == ["how"] || words.iter().all(|w| matches!(*w, "huh" | "sorry" | "pardon" | "what"))
}

/// "I'll try that tonight", "one moment", "let me check".
fn waits(words: &[&str]) -> bool {
    let triple = |a: &str, b: &str, c: &str| words.windows(3).any(|w| w == [a, b, c]);
    let pair = |a: &str, b: &str| words.windows(2).any(|w| w == [a, b]);
    let will = (pair("i", "will") || words.contains(&"ill") || triple("going", "to", "try"))
        && words.iter().any(|w| matches!(*w, "try" | "check" | "do" | "see" | "test" | "look" | "wait"));
    let moment = words.len() <= 6
        && words.iter().any(|w| matches!(*w, "moment" | "sec" | "minute"))
        && words.iter().any(|w| matches!(*w, "one" | "a" | "just"));
    will || triple("let", "me", "try")
        || triple("let", "me", "check")
        || triple("let", "me", "see")
        || moment
        || pair("hold", "on") && words.len() <= 3
        || pair("ok", "trying")
}

/// "Still nothing", "didn't help", "same problem", "what else can I try".
pub fn still_broken(heard: &Heard) -> bool {
    let words: Vec<&str> = heard.words.iter().map(|w| w.text.as_str()).collect();
    let has = |word: &str| words.contains(&word);
    let pair = |a: &str, b: &str| words.windows(2).any(|p| p == [a, b]);
    const PAIRS: &[(&str, &str)] = &[
        ("same", "problem"),
        ("same", "thing"),
        ("same", "issue"),
        ("the", "same"),
        ("not", "help"),
        ("not", "work"),
        ("not", "working"),
        ("did", "not"),
        ("does", "not"),
        ("already", "did"),
        ("already", "tried"),
        ("tried", "that"),
        ("done", "that"),
        ("did", "that"),
        ("no", "luck"),
        ("no", "change"),
        ("no", "difference"),
        ("no", "effect"),
        ("no", "good"),
        ("no", "joy"),
        ("no", "success"),
        ("no", "improvement"),
        ("what", "else"),
        ("next", "step"),
        ("what", "next"),
        ("what", "now"),
        ("now", "what"),
        ("and", "now"),
        ("then", "what"),
        ("not", "fix"),
        ("anything", "else"),
        ("not", "fixed"),
        ("not", "solved"),
        ("not", "better"),
        ("came", "back"),
        ("is", "back"),
        ("not", "changed"),
    ];
    has("still")
        || PAIRS.iter().any(|(a, b)| pair(a, b))
        || (words.len() <= 3 && (has("next") || has("nope") || has("same") || has("done") || has("no")))
        || (words.len() <= 6 && has("nothing"))
        || words.len() <= 8 && words.last().is_some_and(|w| matches!(*w, "next" | "same"))
}

/// "It works now", "that fixed it", "solved": said of the thing itself, and without a "but".
pub fn works_now(heard: &Heard) -> bool {
    const WORKS: &[&str] = &[
        "works",
        "worked",
        "working",
        "fixed",
        "solved",
        "helped",
        "resolved",
        "sorted",
        "connected",
        "charging",
        "connects",
        "charges",
        "prints",
        "printing",
        "runs",
        "running",
        "fine",
        "turned",
        "starts",
        "started",
    ];
    /// Words that say that much alone.
    const PLAIN: &[&str] = &["works", "worked", "fixed", "solved", "resolved", "sorted", "helped"];
    let words: Vec<&str> = heard.words.iter().map(|w| w.text.as_str()).collect();
    let has = |list: &[&str]| words.iter().any(|w| list.contains(w));
    let pair = |a: &[&str], b: &[&str]| words.windows(2).any(|w| a.contains(&w[0]) && b.contains(&w[1]));
    // Who names what it works with, or until when, tells where the fault is rather than that it has gone.
    if has(&[
        "not",
        "still",
        "no",
        "never",
        "stopped",
        "but",
        "only",
        "except",
        "until",
        "till",
        "without",
        "hardly",
        "barely",
        "sometimes",
        "if",
        "when",
        "other",
        "another",
        "daughter",
        "daughters",
        "son",
        "sons",
        "wife",
        "wifes",
        "nobody",
        "instead",
        "wrong",
        "unless",
        "before",
        "next",
    ]) {
        return false;
    }
    let asks = matches!(words.first(), Some(&"does" | &"is" | &"do" | &"will" | &"how" | &"what" | &"why" | &"can" | &"should"));
    let now = has(&["now", "again", "finally", "perfectly"]) || pair(&["all"], &["good"]) || pair(&["up"], &["and"]);
    let did_it = pair(&["that", "it", "this"], &["worked", "works", "helped", "fixed", "did"])
        && (has(PLAIN) || words.windows(3).any(|w| w[1] == "did" && matches!(w[2], "it" | "the")));
    let trick = pair(&["the"], &["trick"])
        || pair(&["problem", "issue", "error"], &["gone", "solved", "fixed"])
        || pair(&["all", "its", "is"], &["good", "sorted", "solved", "fixed"]) && words.len() <= 6;
    let plain = has(PLAIN) && words.len() <= 4;
    !asks && (has(WORKS) && now || did_it || trick || plain || pair(&["is"], &["working", "fixed", "solved"]) && words.len() <= 6)
}

/// A plain yes to "did that help?".
pub fn solved(read: &Understanding) -> bool {
    read.answer == Some(Answer::Yes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::heard::Word;
    use crate::domain::text::token::tokens;

    #[test]
    fn what_came_of_a_step_is_read_as_people_say_it() {
        for (text, expected) in [
            ("it works now thank you so much", Report::Solved),
            ("that did it!", Report::Solved),
            ("yes", Report::Solved),
            ("fixed", Report::Solved),
            ("its working again", Report::Solved),
            ("they connected to my daughters ipad!!", Report::Told),
            ("right next to the router its fine", Report::Told),
            ("it works on my phone but not on the tv", Report::Told),
            ("no light no fan nothing", Report::Failed),
            ("no difference", Report::Failed),
            ("done, what next?", Report::Failed),
            ("it came back, still E18", Report::Failed),
            ("found a hairpin in the filter! and now", Report::Failed),
            ("unplugged everything for a minute. same", Report::Failed),
            ("how do i do that", Report::Explain),
            ("what do you mean", Report::Explain),
            ("i will try that tonight", Report::Waits),
            ("can i charge it to see if it works", Report::Question),
            ("light blinks red", Report::Told),
            ("can i still ship it back to you", Report::Question),
            ("is there anything else i can try?", Report::Failed),
            ("Yes they are charged", Report::Told),
            ("I've unplugged everything", Report::Told),
            ("its off now. can i charge it to see if it works", Report::Question),
            ("so it is covered? how long", Report::Question),
            ("what do i do first", Report::Explain),
            ("fine, ill wait the 48 hours. thx", Report::Waits),
            ("nothing new installed", Report::Failed),
        ] {
            let heard = Heard { words: Word::from_tokens(tokens(text)), ..Heard::default() };
            let read = Understanding { answer: super::super::understanding::affirm::read(&heard.words), ..Understanding::default() };
            assert_eq!(report(&heard, &read, text), expected, "{text}");
        }
    }
}
