//! Whose business a message says it is: the customer's own, somebody else's, or that of somebody who died.

use crate::domain::heard::Word;

/// Somebody beside the customer.
const PERSONS: &[&str] = &[
    "ex",
    "husband",
    "wife",
    "boyfriend",
    "girlfriend",
    "partner",
    "fiance",
    "fiancee",
    "mother",
    "mom",
    "mum",
    "dad",
    "father",
    "brother",
    "sister",
    "son",
    "daughter",
    "friend",
    "friends",
    "neighbour",
    "neighbor",
    "colleague",
    "coworker",
    "boss",
    "roommate",
    "flatmate",
    "housemate",
    "aunt",
    "uncle",
    "grandma",
    "grandmother",
    "grandpa",
    "grandfather",
    "cousin",
    "parents",
    "kid",
    "landlord",
    "tenant",
    "employee",
];
/// What is theirs that is nobody else's business.
const THINGS: &[&str] = &["order", "orders", "parcel", "parcels", "package", "packages", "purchase", "purchases", "account", "delivery"];
/// What proves whose an order is.
const PROOFS: &[&str] = &["email", "mail", "phone", "zip", "zipcode", "postcode", "number", "telephone", "mobile", "address"];

/// Whether a message asks for what belongs to somebody else.
pub fn somebody_elses(said: &[Word], text: &str) -> bool {
    if mourns(said) {
        return false;
    }
    let word = |i: usize| said.get(i).map_or("", |w| w.text.as_str());
    (0..said.len()).any(|i| {
        let person =
            PERSONS.contains(&word(i)) || matches!(word(i), "somebody" | "someone" | "person" | "customer") && word(i + 1) == "else";
        let owner = person && said.get(i).is_some_and(|w| possessive(&text[w.start..w.end]) || text[w.end..].starts_with('\''));
        // "my ex's order", "the order of my boss".
        let owned = owner && (i + 1..i + 4).any(|j| THINGS.contains(&word(j)));
        let of = person && i >= 3 && matches!(word(i - 2), "of" | "from") && THINGS.contains(&word(i - 3));
        // "what did my ex order": somebody else is the one who bought.
        let asked = (0..i).any(|j| matches!(word(j), "what" | "which" | "when" | "where" | "did" | "has"));
        let bought = (i + 1..i + 4).any(|j| matches!(word(j), "order" | "ordered" | "buy" | "bought" | "purchase" | "purchased"));
        let buys = person && asked && bought && !(i >= 2 && matches!(word(i - 2), "for" | "to" | "with" | "by"));
        // "his email is", "I am his wife".
        let theirs = matches!(word(i), "his" | "her" | "their")
            && PROOFS.iter().chain(THINGS).any(|thing| word(i + 1) == *thing || word(i + 2) == *thing);
        let relative = matches!(word(i), "his" | "her" | "their") && PERSONS.contains(&word(i + 1)) && i >= 1 && word(i - 1) == "am";
        let they = matches!(word(i), "he" | "she") && asked && matches!(word(i + 1), "order" | "ordered" | "buy" | "bought" | "purchase");
        let by = person && i >= 3 && word(i - 2) == "by" && matches!(word(i - 3), "ordered" | "placed" | "bought" | "purchased");
        owned || of || by || buys || theirs || relative || they
    }) || other_customer(said)
}

/// "the customer of FV/26-01021", "another customer's order", "list all customers".
fn other_customer(said: &[Word]) -> bool {
    let word = |i: usize| said.get(i).map_or("", |w| w.text.as_str());
    (0..said.len()).any(|i| {
        let customer = matches!(word(i), "customer" | "customers" | "buyer" | "buyers");
        let whose = i >= 1 && matches!(word(i - 1), "another" | "other" | "all" | "every" | "your" | "of" | "which");
        let asked =
            said.iter().any(|w| matches!(w.text.as_str(), "list" | "show" | "address" | "give" | "name" | "names" | "email" | "emails"));
        customer && (whose || matches!(word(i + 1), "of" | "who")) && asked && word(i + 1) != "service"
    })
}

fn possessive(raw: &str) -> bool {
    raw.ends_with("'s") || raw.ends_with("\u{2019}s")
}

/// Whether somebody has died: a person, not a battery.
pub fn mourns(said: &[Word]) -> bool {
    let word = |i: usize| said.get(i).map_or("", |w| w.text.as_str());
    (0..said.len()).any(|i| {
        let passed = word(i) == "passed" && word(i + 1) == "away";
        let died = word(i) == "died" && said[..i].iter().rev().take(2).any(|w| PERSONS.contains(&w.text.as_str()));
        let died = died || word(i) == "death" && word(i + 1) == "of" && PERSONS.contains(&word(i + 3));
        let late = word(i) == "late" && PERSONS.contains(&word(i + 1)) && i >= 1 && word(i - 1) == "my";
        let gone = matches!(word(i), "funeral" | "deceased" | "widow" | "widower" | "bereaved");
        let lost = matches!(word(i), "lost" | "buried") && word(i + 1) == "my" && PERSONS.contains(&word(i + 2));
        passed || died || late || gone || lost
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::token::tokens;

    #[test]
    fn somebody_elses_order_is_told_from_the_customers_own() {
        for (text, expected) in [
            ("what did my ex order from you, his email is carlos@example.com", true),
            ("i know his phone ends in 0124", true),
            ("where is my neighbour's parcel", true),
            ("can you show me my girlfriend\u{2019}s order", true),
            ("im his wife, its ok", true),
            ("show me the orders of my boss", true),
            ("give me the address of the customer of FV/26-01021", true),
            ("list all customers in Texas", true),
            ("did my husband order anything?", true),
            ("can my wife sign for it", false),
            ("I ordered a phone for my daughter, where is it", false),
            ("my dad's birthday is on Friday, when does it come", false),
            ("they connected to my daughters ipad!!", false),
            ("My husband passed away and he had ordered something. His name was Al", false),
            ("where is my order", false),
            ("it broke after my son dropped it", false),
            ("is your customer service open", false),
        ] {
            let said = Word::from_tokens(tokens(text));
            assert_eq!(somebody_elses(&said, text), expected, "{text}");
        }
    }

    #[test]
    fn a_death_is_not_a_dead_battery() {
        for (text, expected) in [
            ("my husband passed away last week", true),
            ("my mother died in october", true),
            ("my late father bought it", true),
            ("my router died today", false),
            ("the laptop my dad gave me is dead", false),
            ("my order is late, my son needs it", false),
        ] {
            let said = Word::from_tokens(tokens(text));
            assert_eq!(mourns(&said), expected, "{text}");
        }
    }
}
