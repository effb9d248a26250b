//! Kinds of things a question asks for and a sentence holds: what it costs, when or how long, where, who pays, how, why.
//!
//! The first three tell entries apart; all of them tell the sentences of an entry apart.

use crate::domain::text::number;
use crate::domain::text::recent::Recent;
use crate::retrieval::analysis;

/// Money.
pub(super) const COST: u16 = 1;
/// A day, an hour, a length of time.
pub(super) const TIME: u16 = 2;
/// A place, an address.
pub(super) const PLACE: u16 = 4;
/// Who pays, or whether anything is to be paid.
pub(super) const PAYER: u16 = 8;
/// What is to be done for it.
pub(super) const HOW: u16 = 16;
/// A reason.
pub(super) const WHY: u16 = 32;
/// How often.
pub(super) const OFTEN: u16 = 64;

/// A length of time.
pub(super) const SPAN: u16 = 128;

/// An amount, in whatever words: "worth 5 euro", "for the value of it". Tells sentences apart only.
pub(super) const AMOUNT: u16 = 256;

/// A last day or hour.
pub(super) const LIMIT: u16 = 512;

/// What an entry must hold to answer at all: the others are put in too many ways.
pub(super) const HARD: u16 = COST | TIME | PLACE | SPAN;
/// What one sentence of an answer says rather than all of it: how a thing is done may take several.
pub(super) const SAID_ONCE: u16 = !HOW;

/// What a text asks for: of several questions, the last, as "How can I pay? Over how many months" goes on with the first.
pub(super) fn asked(text: &str) -> u16 {
    thread_local! {
        static KEPT: Recent<u16> = const { Recent::new() };
    }
    let last = |text: &str| text.split(['?', '\n']).map(asked_once).rfind(|kinds| *kinds != 0).unwrap_or(0);
    KEPT.with(|kept| kept.of(text, last))
}

fn asked_once(text: &str) -> u16 {
    let words: Vec<String> = analysis::words(text).into_iter().map(|word| word.text).collect();
    let word = |at: usize| words.get(at).map_or("", String::as_str);
    // "What does it cost when I return it" asks for no time.
    let joins =
        |i: usize| i > 2 && !matches!(word(i - 1), "and" | "or" | "but" | "so" | "until" | "till" | "since" | "from" | "by" | "know");
    let asks = |i: &usize| word(*i) != "when" || !joins(*i);
    (0..words.len()).filter(asks).fold(0, |found, i| found | asked_at(word(i), word(i + 1), word(i + 2)))
}

/// What is asked for by a word and the two after it.
fn asked_at(word: &str, next: &str, then: &str) -> u16 {
    match (word, next, then) {
        ("how", "much", _) | ("cost" | "costs" | "price" | "charge" | "charges" | "fee" | "fees" | "expensive", _, _) => COST | AMOUNT,
        ("worth" | "biggest" | "largest" | "highest" | "smallest" | "lowest", _, _)
        | ("what" | "which", "amount" | "minimum" | "maximum" | "sum", _) => AMOUNT,
        ("how", "long" | "soon" | "fast" | "quickly", _) | ("how", "many", "days" | "weeks" | "months" | "hours") => TIME | SPAN,
        ("how", "late", _) => TIME,
        // "Can I still get it" asks until when.
        ("i" | "we", "still", _) => TIME | LIMIT,
        ("when" | "until" | "till", _, _) | ("what", "time" | "hour", _) => TIME,
        ("where" | "address", _, _) | ("which" | "what", "town" | "city" | "street", _) => PLACE,
        ("who", "pays" | "pay" | "covers" | "bears", _) | ("i" | "we", "pay", "for") | ("have", "to", "pay") => PAYER,
        // "Can I get one for 1000" asks whether there are such amounts.
        ("for" | "of" | "with", amount, _) if amount.parse::<u32>().is_ok_and(|n| n >= 100) => AMOUNT,
        ("what" | "whats" | "which", "the" | "your", "email" | "mail") => PLACE,
        ("how", "often", _) => OFTEN,
        ("you" | "i" | "we" | "he" | "she" | "they", "need", _) | ("need" | "needs", "anything" | "something", _) => HOW,
        ("how", "do" | "can" | "would" | "should" | "could", "i" | "we" | "you") | ("how", "to", _) => HOW,
        ("why", _, _) | ("how", "come", _) => WHY,
        _ => 0,
    }
}

/// What a sentence of an answer holds.
pub(super) fn held(sentence: &str) -> u16 {
    const SPANS: &str = "day days hour hours minute minutes week weeks month months january february march april may june july august \
        september october november december monday tuesday wednesday thursday friday saturday sunday";
    let words: Vec<String> = analysis::words(sentence).into_iter().map(|word| word.text).collect();
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    let digit = sentence.bytes().any(|byte| byte.is_ascii_digit());
    let mut found = 0;
    if sentence.contains(['$', '€', '£', '%'])
        || has(&["free"])
        || digit && has(&["usd", "euro", "euros", "eur", "percent", "dollars", "gbp"])
    {
        found |= COST | AMOUNT;
    }
    if has(&["within", "until", "before", "latest"]) {
        found |= LIMIT;
    }
    if has(&["worth", "value"]) {
        found |= AMOUNT;
    }
    let clock = sentence.as_bytes().windows(3).any(|w| w[0].is_ascii_digit() && w[1] == b':' && w[2].is_ascii_digit());
    let spans = words.iter().any(|word| SPANS.split_whitespace().any(|span| span == word));
    if clock || digit && spans || has(&["within", "until", "when", "weekly", "daily", "weekdays"]) {
        found |= TIME;
    }
    let lengths = has(&["day", "days", "hour", "hours", "minute", "minutes", "week", "weeks", "month", "months", "year", "years"]);
    if lengths && (digit || words.iter().any(|word| number::cardinal(word).is_some())) || has(&["immediately", "instantly"]) {
        found |= SPAN;
    }
    let in_the_shop = words.windows(2).any(|w| matches!(w[0].as_str(), "the" | "our" | "in") && matches!(w[1].as_str(), "shop" | "store"));
    if in_the_shop && has(&["in", "online"])
        || sentence.contains('@')
        || has(&["at", "away", "near", "street", "example", "avenue", "road"])
    {
        found |= PLACE;
    }
    if has(&["pay", "pays", "paid", "free", "deducted", "costs", "charged", "recipient"]) {
        found |= PAYER;
    }
    if sentence.contains('@')
        || has(&["write", "call", "send", "tell", "bring", "register", "leave", "book", "enter", "tick", "use", "valid"])
    {
        found |= HOW;
    }
    if has(&["because", "so", "since", "therefore", "reason"]) {
        found |= WHY;
    }
    if has(&["weekly", "daily", "monthly", "yearly", "every", "once", "twice", "each"]) {
        found |= OFTEN;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_and_sentences_have_kinds() {
        for (text, kind) in [
            ("how much is it", COST | AMOUNT),
            ("what's that worth", AMOUNT),
            ("how long does it take", TIME | SPAN),
            ("where are you", PLACE),
            ("who pays for that", PAYER),
            ("how often does it come", OFTEN),
            ("how do i join", HOW),
            ("why not", WHY),
            ("what does it cost when i return it", COST | AMOUNT),
            ("do you ship", 0),
        ] {
            assert_eq!(asked(text), kind, "{text}");
        }
        for (text, kind) in [
            ("It costs 4.99 USD.", COST | AMOUNT | PAYER),
            ("It takes 3-5 business days.", TIME | SPAN),
            ("We are at 1 Harbor Street.", PLACE),
            ("We ship to Canada.", 0),
            ("The store opens at 9:00.", TIME | PLACE),
            ("Duties are paid by the customer.", PAYER),
            ("Leave your name at the desk.", HOW | PLACE),
            ("One letter every two months.", OFTEN | SPAN),
            ("We cannot, because the bank decides.", WHY),
        ] {
            assert_eq!(held(text), kind, "{text}");
        }
    }
}
