use proptest::prelude::*;

use super::{Invented, Known, Mask};
use crate::domain::customer::{Customer, PaymentMethod};
use crate::domain::fact::FactBook;
use crate::domain::order::Address;
use crate::domain::state::ConversationState;
use crate::domain::text::fold::bare;
use crate::domain::time::{Day, Moment};
use crate::retrieval::numbers::NumberShapes;

fn customer() -> Customer {
    Customer {
        id: "C1".into(),
        name: "May Thornton-Lee".into(),
        email: "maya.thornton@example.com".into(),
        phone: "(207) 555-0142".into(),
        addresses: vec![Address { line: "48 Pine Street, Apt 3, Portland, ME".into(), zip: "04102".into() }],
        payment_methods: vec![PaymentMethod { id: String::new(), kind: "credit_card".into(), last_four: "4242".into(), balance: None }],
        consents: Vec::new(),
        created_at: None,
        updated_at: Moment(0),
        history: Vec::new(),
    }
}

fn mask() -> Mask {
    let mut state = ConversationState::default();
    state.focus.order = Some("ORD-1007".into());
    let book = FactBook::new(Day::parse("2026-11-22").unwrap(), jiff::tz::TimeZone::UTC);
    let known = Known::of(Some(&customer()), &state, &book);
    let shapes = |numbers: &[&str]| NumberShapes::learn(numbers.iter().map(|n| bare(n)).collect::<Vec<_>>().iter().map(String::as_str));
    Mask::new("session", known, shapes(&["ORD-1007", "ORD-1008"]), shapes(&["TCK-1001"]))
}

#[test]
fn what_is_somebodys_is_hidden_and_comes_back() {
    for (text, kinds) in [
        ("I am May Thornton-Lee", "NAME"),
        ("thornton speaking", "NAME"),
        ("My name is May", "NAME"),
        ("write to Maya.Thornton@Example.com please", "EMAIL"),
        ("or jo+shop@mail.example.co.uk.", "EMAIL"),
        ("call 207-555-0142", "PHONE"),
        ("call 207.555.0142 or +1 (207) 555 0142", "PHONE PHONE"),
        ("ends in 0142", "PHONE"),
        ("another: +44 20 7946 0958", "PHONE"),
        ("48 pine street, apt 3", "ADDRESS ADDRESS"),
        ("48 PINE STREET, Apt 3, Portland, ME", "ADDRESS"),
        ("I live in Portland", "ADDRESS"),
        ("zip 04102", "ZIP"),
        ("where is ORD-1007", "ORDER"),
        ("where is ord 1007, I mean #1007", "ORDER ORDER"),
        ("and ORD-2099 or ord2099 or ORD-2099", "ORDER ORDER ORDER"),
        ("ticket TCK-5555", "TICKET"),
        ("card 4111 1111 1111 1111", "CARD"),
        ("the one ending 4242", "CARD"),
        ("IBAN DE89 3704 0044 0532 0130 00 thanks", "IBAN"),
    ] {
        let mut mask = mask();
        let hidden = mask.hide(text);
        let found: Vec<&str> = hidden.match_indices('[').map(|(at, _)| hidden[at + 1..].split('_').next().unwrap()).collect();
        assert_eq!(found.join(" "), kinds, "{text} -> {hidden}");
        assert_eq!(mask.restore(&hidden).as_deref(), Ok(text));
    }
}

/// What messages say of their writers is hidden also where nobody has proven anything.
#[test]
fn what_somebody_says_of_themselves_is_hidden() {
    use crate::domain::asks::Slot;
    for (said, asked, expected) in [
        ("my name is Ana Ruiz", None, "my name is [NAME]"),
        ("this is ana ruiz, ana.ruiz@example.com, order #1007", None, "this is [NAME], [EMAIL], order #[ORDER]"),
        ("04109, Ana Ruiz", None, "[ZIP], [NAME]"),
        ("Ana Ruiz 0199", Some(Slot::Identity), "[NAME] [ORDER]"),
        ("my order is 1008", None, "my order is [ORDER]"),
        ("1008", Some(Slot::OrderNumber), "[ORDER]"),
        ("Sony Bravia", None, "Sony Bravia"),
        ("laptops under 1500", None, "laptops under 1500"),
    ] {
        let shapes = NumberShapes::learn(["ord1007", "ord1008"].into_iter());
        let mut known = Known::default();
        known.message(said, asked.as_slice(), &shapes, &NumberShapes::default());
        let hidden = Mask::new("session", known, shapes, NumberShapes::default()).hide(said);
        let kinds: String = hidden.split('_').map(|part| part.trim_start_matches(|c: char| c.is_ascii_digit())).collect();
        assert_eq!(kinds, expected, "{hidden}");
    }
}

#[test]
fn what_is_nobodys_stays() {
    for text in [
        "it may be under $1,299.00 in may",
        "a 16 GB RTX 4050 laptop with 1920 x 1200 pixels",
        "delivered on 2026-11-20 at 16:20",
        "between 11/20/2026 and 30 days later",
        "The code is LEVELUP10, 10% off",
        "store hours 9:00 to 19:00",
        "IBAN DE00 0000",
    ] {
        assert_eq!(mask().hide(text), text);
    }
}

#[test]
fn a_value_keeps_its_placeholder_and_an_invented_one_is_refused() {
    let (mut one, mut other) = (mask(), mask());
    let first = one.hide("ORD-1007 for May");
    other.hide("something about 207-555-0142 first");
    assert_eq!(other.hide("ORD-1007 for May"), first, "whatever was said before");
    assert_eq!(one.restore("[EMAIL_1]"), Err(Invented));
    assert_eq!(one.restore("[SECRET_1] [x_y] []").as_deref(), Ok("[SECRET_1] [x_y] []"), "not of ours");
}

#[test]
fn a_text_cannot_write_a_placeholder_of_its_own() {
    let mut mask = mask();
    let hidden = mask.hide("ORD-1007");
    let forged = mask.hide(&format!("tell me {hidden} and [email_1]"));
    let inner = hidden.trim_matches(['[', ']']);
    assert_eq!(forged, format!("tell me ({inner}) and (email_1)"));
}

proptest! {
    #[test]
    fn hiding_is_undone_whatever_the_text(text in "[ -~\u{e0}-\u{ff}\u{2019}@#0-9]{0,120}") {
        prop_assume!(!text.contains('['));
        let mut mask = mask();
        let hidden = mask.hide(&text);
        let restored = mask.restore(&hidden);
        prop_assert_eq!(restored.as_deref(), Ok(text.as_str()));
    }

    #[test]
    fn nothing_known_is_left(before in "[ a-z,.!?]{0,30}", after in "[ a-z,.!?]{0,30}", which in 0_usize..8) {
        let secrets = ["maya.thornton@example.com", "207-555-0142", "48 Pine Street", "04102", "ORD-1007", "4242", "Thornton", "4111111111111111"];
        let secret = secrets[which];
        let hidden = mask().hide(&format!("{before} {secret} {after}"));
        prop_assert!(!hidden.to_lowercase().contains(&secret.to_lowercase()), "{}", hidden);
    }

    #[test]
    fn any_address_of_mail_is_hidden(user in "[a-z][a-z0-9._+-]{0,12}[a-z0-9]", host in "[a-z]{2,10}\\.(com|org|example)") {
        let hidden = mask().hide(&format!("mail {user}@{host} now"));
        prop_assert!(!hidden.contains('@'), "{}", hidden);
    }
}
