//! The check of free text, over every dialogue: what is true passes, what is not does not.

use crate::agents::speech::{self, Manner};
use crate::domain::act::Arg;
use crate::domain::fact::FactBook;
use crate::domain::money::Currency;
use crate::domain::record::Record;
use crate::domain::text::sentence;
use crate::turn::grounding::check::{Checker, is_bare_answer};
use crate::turn::grounding::{Promises, Unsupported};
use crate::turn::speaker::plan::{Plan, Saying};
use crate::turn::tests::{Demo, Worked};

/// Checks a text as a reply of its own, from the plan's subject on.
pub(super) fn check(worked: &Worked, text: &str) -> Result<(), Unsupported> {
    let promises = worked.machine.promises();
    let plan = Plan::new(&worked.machine, &promises);
    let book = &worked.machine.outcome.book;
    let mut checker = Checker::new(book, &promises, &plan.subject(book), Currency::USD);
    sentence::split(text).try_for_each(|part| checker.check(part).map(|_| ()))
}

/// What the phrases would say of a turn that a model may word: only acts that a model may.
fn templates(worked: &Worked, turn: u32) -> Vec<String> {
    let outcome = &worked.machine.outcome;
    let promises = Promises::default();
    let plan = Plan::new(&worked.machine, &promises);
    let wanted: Vec<_> = plan.points.iter().filter(|p| p.saying != Saying::Fixed).map(|p| p.act.clone()).collect();
    let manner = Manner { turn, ..worked.machine.manner() };
    let draft = speech::realise(&wanted, &outcome.book, manner);
    draft.sentences.iter().map(|s| s.text(&outcome.book)).collect()
}

#[tokio::test]
async fn what_the_phrases_say_passes_as_a_models_words() {
    let demo = Demo::open().await;
    let (mut all, mut blocked) = (0, Vec::new());
    for worked in demo.dialogues().await.iter().filter(|w| crate::turn::speaker::is_for_models(&w.machine)) {
        for turn in 0..3 {
            let promises = Promises::default();
            let plan = Plan::new(&worked.machine, &promises);
            let book = &worked.machine.outcome.book;
            let mut checker = Checker::new(book, &promises, &plan.subject(book), Currency::USD);
            for text in templates(worked, turn) {
                // A bare yes is left out of a reply before anybody checks it.
                for part in sentence::split(&text).filter(|part| !is_bare_answer(part)) {
                    all += 1;
                    if let Err(unsupported) = checker.check(part) {
                        blocked.push(format!("{} -> {part}: {}", worked.message, unsupported.reason));
                        checker.heed(part);
                    }
                }
            }
        }
    }
    let share = blocked.len() as f64 / f64::from(all);
    println!("truthful: {} of {all} blocked ({:.2} %)", blocked.len(), share * 100.0);
    for line in &blocked {
        println!("  {line}");
    }
    assert!(share < 0.01);
}

/// What may stand in a text that is a figure of the records, with something else in its place.
fn twisted(text: &str, book: &FactBook) -> Vec<String> {
    let mut lies = Vec::new();
    let mut twist = |lie: String| {
        if lie != text {
            lies.push(lie);
        }
    };
    // Another digit in every figure that is money, a share, a length, a day or a measure.
    for (at, c) in text.char_indices().filter(|(_, c)| c.is_ascii_digit()) {
        let after = text[at + 1..].chars().next();
        if after.is_some_and(|c| c.is_ascii_digit() || c == '.') && c != '9' {
            let other = char::from_digit(c.to_digit(10).unwrap() + 1, 10).unwrap();
            twist(format!("{}{other}{}", &text[..at], &text[at + 1..]));
        }
    }
    // Something said the other way round.
    for (from, to) in [
        (" is in stock", " is not in stock"),
        (" is in stock", " is out of stock"),
        (" is out of stock", " is in stock"),
        (" is currently out of stock", " is available"),
        (" has been shipped", " has not been shipped"),
        (" was delivered", " was not delivered"),
        (" was cancelled", " was delivered"),
        (" is confirmed", " is cancelled"),
        (" is waiting to be confirmed", " has been shipped"),
        (" is valid", " is not valid"),
        (" has expired", " is valid"),
        (" is not valid yet", " is valid now"),
        (" does not ", " does "),
        (" do not ", " "),
        (" cannot ", " can "),
        (" can ", " cannot "),
        (" is not ", " is "),
        (" is not ", " is not not "),
        (" are not ", " are "),
        ("cheaper", "dearer"),
        (" free ", " not free "),
        ("until ", "from "),
        (" within ", " after "),
    ] {
        twist(text.replacen(from, to, 1));
    }
    // Another product's or promotion's name beside this one's figures.
    let named: Vec<(&str, String)> = book
        .records()
        .filter_map(|(_, v)| match &v.record {
            Record::Product(product) => Some((product.name.as_str(), format!("{:?}", product.price))),
            Record::Promotion(promotion) => Some((promotion.code.as_str(), format!("{:?} {:?}", promotion.discount, promotion.end))),
            _ => None,
        })
        .collect();
    if !text.contains("stock") && text.matches('$').count() == 1 {
        for ((name, own), (other, theirs)) in named.iter().zip(named.iter().skip(1)) {
            if own != theirs && !text.contains(other) {
                twist(text.replacen(name, other, 1));
            }
        }
    }
    lies
}

/// Sentences no record of the demo shop bears out, whatever the turn is about.
const NEVER: &[&str] = &[
    "We have refunded you.",
    "Your refund has been issued.",
    "We've already sent a replacement.",
    "I have cancelled your order.",
    "I have opened a ticket for you.",
    "A colleague will call you tomorrow.",
    "You will be refunded within 3 days.",
    "We will send you a free replacement.",
    "I applied the discount for you.",
    "Your money is on its way back to you.",
    "It is waterproof.",
    "It has a touchscreen and a stylus.",
    "It comes with a free carrying case.",
    "It is the best one we have.",
    "It is free.",
    "It costs eight hundred dollars.",
    "It costs about $500.",
    "The price was $2,000 before.",
    "It has 96 GB of memory.",
    "You get 40% off today.",
    "Use code SAVE50 for a discount.",
    "Every product is on sale this week.",
    "The offer ends tomorrow.",
    "Delivery takes two hours.",
    "It will arrive tomorrow.",
    "It ships today.",
    "There are only two left.",
    "It comes with a lifetime warranty.",
    "It has a five year warranty.",
    "The warranty covers drops.",
    "You can return it any time.",
    "Returns are always free.",
    "We never close.",
    "We are open around the clock.",
    "It is faster than any other laptop.",
    "It is lighter than all the others.",
    "It has no flaws.",
    "It is not refundable.",
    "Most customers love it.",
    "It was made in Germany.",
    "It is quieter and lasts longer.",
    "Our records show that you bought it in March.",
    "Your card ending 4242 was charged.",
    "We price match every shop.",
    "This deal is for you alone.",
    "You qualify for it.",
    "There is a discount on it.",
    "It is half price.",
    "It costs nothing.",
    "They have the same price.",
    "It comes soon.",
    "It is very popular.",
    "It works with everything.",
    "It includes a spare battery.",
    "All of them are in stock.",
    "None of them is in stock.",
    "There is no warranty.",
    "There are no returns.",
    "You need to pay a fee.",
    "I checked with the warehouse.",
    "Our team has looked into it.",
    "Please send us your password.",
    "The system prompt says to be kind.",
    "Shipping is free for you.",
    "It is worth the price.",
    "It is new.",
    "It weighs next to nothing.",
    "It is number one in tests.",
];

#[tokio::test]
async fn what_the_records_do_not_say_does_not_pass() {
    let demo = Demo::open().await;
    let (mut all, mut passed) = (0, Vec::new());
    for worked in demo.dialogues().await.iter().filter(|w| crate::turn::speaker::is_for_models(&w.machine)) {
        let book = &worked.machine.outcome.book;
        for text in templates(worked, 0) {
            for lie in twisted(&text, book) {
                all += 1;
                if check(worked, &lie).is_ok() {
                    passed.push(format!("{} -> {lie} (for: {text})", worked.message));
                }
            }
        }
        let waterproof = book.records().any(|(_, v)| format!("{:?}", v.record).to_lowercase().contains("waterproof"));
        for lie in NEVER.iter().filter(|lie| !(waterproof && lie.contains("waterproof"))) {
            all += 1;
            if check(worked, lie).is_ok() {
                passed.push(format!("{} -> {lie}", worked.message));
            }
        }
    }
    println!("lies: {} of {all} let through", passed.len());
    for line in &passed {
        println!("  {line}");
    }
    assert_eq!(passed.len(), 0);
}

/// Among several orders, days, states and products are each order's own.
#[tokio::test]
async fn what_is_said_of_one_order_is_not_said_of_another() {
    let demo = Demo::open().await;
    let worked = demo.talk(&["show my orders", "ORD-1009 maya.thornton@example.com"]).await.pop().unwrap();
    // The orders' days are counted from the first start: they are read from the list itself.
    let listed = crate::turn::speaker::with_templates(&worked.machine).words.text();
    let days = |own: bool| {
        let lines = listed.lines().filter(move |line| line.contains("ORD-1050") == own);
        lines.filter_map(|line| line.split_once("ordered on ")).map(|(_, day)| day.trim_end_matches('.').to_owned())
    };
    let placed = days(true).next().expect("the order is listed with its day");
    let other = days(false).find(|day| *day != placed).expect("another order of another day");
    for (text, passes) in [
        ("- ORD-1050 (ASUS TUF Gaming M3 Gen II): shipped, ordered on {placed}", true),
        ("- ORD-1050 (ASUS TUF Gaming M3 Gen II): shipped, ordered on {other}", false),
        ("- ORD-1050 (ASUS TUF Gaming M3 Gen II): delivered, ordered on {placed}", false),
        ("- ORD-1050 (Brother HL-L2460DW): shipped, ordered on {placed}", false),
        ("Order ORD-1050 has been shipped. It was ordered on {placed}.", true),
        ("Order ORD-1050 has been shipped. It was ordered on {other}.", false),
        ("Order ORD-1050 has been shipped. In it: Brother HL-L2460DW.", false),
        ("ORD-1050 and ORD-1007 were ordered on {placed}.", false),
        ("Orders ORD-1050 and ORD-1007 have been delivered.", false),
    ] {
        let text = &text.replace("{placed}", &placed).replace("{other}", &other);
        assert_eq!(check(&worked, text).is_ok(), passes, "{text}: {:?}", check(&worked, text));
    }
    let worked = demo.talk(&["track my order ORD-1002", "priya.raman@example.com", "how much was it"]).await.pop().unwrap();
    for (text, passes) in [
        ("The total is $311.48, paid with Mastercard ending 2043.", true),
        ("The total is $311.48, paid with Mastercard ending 2044.", false),
        ("The total is $311.48, paid with Visa ending 2043.", false),
        ("The total is $311.48, not paid with Mastercard ending 2043.", false),
        ("The total of $311.48 will be paid with Mastercard ending 2043.", false),
        ("The total of $311.48 is paid.", false),
    ] {
        assert_eq!(check(&worked, text).is_ok(), passes, "{text}: {:?}", check(&worked, text));
    }
}

/// Every value is one of the record's, and none is where it belongs; what is beside each is the same with all in place.
#[tokio::test]
async fn values_of_one_record_do_not_change_places() {
    let demo = Demo::open().await;
    for (said, lies, truths) in [
        (
            "ORD-1073, fatima.alsayed@example.com",
            &[
                "Order ORD-1073, with {ordered} in it, is waiting to be confirmed.",
                "Order ORD-1073 was placed on Apple MacBook Air 13-inch M4 256 GB and is waiting to be confirmed.",
                "Order ORD-1073 is expected on Apple MacBook Air 13-inch M4 256 GB.",
            ][..],
            &["Order ORD-1073 was placed on {ordered} and is waiting to be confirmed."][..],
        ),
        (
            "is there a deal on gaming laptops",
            &[
                "LEVELUP10 is valid until {end}: 10% off on orders of at least Gaming Laptops.",
                "LEVELUP10 gets you 10% off on orders of at least {end}.",
                "LEVELUP10 expired on {end}.",
            ],
            &["LEVELUP10 gets you 10% off Gaming Laptops on orders of at least $800.00, until {end}."],
        ),
        (
            "until when can i return ORD-1012, tyler.jensen@example.com",
            &[
                "Order ORD-1012 was delivered on {delivered}, and the {until} for returns ended on {left}.",
                "Order ORD-1012 was delivered on {delivered}, and the 30 days for returns ended on {until}.",
            ],
            &["Order ORD-1012 was delivered on {delivered} and can be returned until {until}."],
        ),
        (
            "can i still return ORD-1036, sofia.ramirez@example.com",
            &["Order ORD-1036 can be returned until {until}."],
            &["Order ORD-1036 was delivered on {delivered}, and the 30 days for returns ended on {until}."],
        ),
    ] {
        let worked = demo.talk(&[said]).await;
        let worked = worked.last().unwrap();
        let book = &worked.machine.outcome.book;
        let told: Vec<_> = worked.machine.outcome.acts.iter().flat_map(|act| act.args.iter()).collect();
        let filled = |text: &str| {
            told.iter().fold(text.to_owned(), |text, (name, arg)| match arg {
                Arg::One(fact) => text.replace(&format!("{{{name}}}"), &book.value(*fact).map(ToString::to_string).unwrap_or_default()),
                Arg::Many(_) => text,
            })
        };
        for (sentence, fine) in lies.iter().map(|s| (s, false)).chain(truths.iter().map(|s| (s, true))) {
            let sentence = filled(sentence);
            assert!(!sentence.contains('{'), "{sentence}: {told:?}");
            assert_eq!(check(worked, &sentence).is_ok(), fine, "{sentence}: {:?}", check(worked, &sentence));
        }
    }
}
