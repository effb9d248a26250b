//! What is not done, and why.

use super::super::confirm;
use super::*;
use crate::domain::action::ActionKind;
use crate::domain::policy::RefundTo;
use crate::domain::time::When;

/// One refusal: the shop, its rules, the wish, and the reason.
type Case = (Shop, ActionPolicy, Wish, Refusal);

fn check(cases: Vec<Case>) {
    for (shop, policy, wish, refusal) in cases {
        let got = shop.ask(&policy, "a1", wish.clone());
        assert_eq!(got.as_ref().err(), Some(&refusal), "{wish:?}: {got:?}");
        assert!(!refusal.to_string().is_empty());
    }
}

fn with(change: fn(&mut Shop)) -> Shop {
    let mut shop = Shop::new();
    change(&mut shop);
    shop
}

fn delivered(change: fn(&mut Shop)) -> Shop {
    let mut shop = Shop::delivered();
    change(&mut shop);
    shop
}

/// Brought on a day, by the shop's records.
fn delivered_on(day: &str) -> Shop {
    let mut shop = Shop::delivered();
    shop.order.delivery = Day::parse(day).map(When::Day);
    shop
}

fn sku(sku: &str) -> String {
    sku.to_owned()
}

fn short(balance: Option<i64>, amount: i64) -> Refusal {
    Refusal::GiftCardShort { method: "gift".into(), balance: balance.map(usd), amount: usd(amount) }
}

#[test]
fn an_order_must_stand_where_it_is_allowed() {
    let status = |status, allowed: &[OrderStatus]| Refusal::Status { status, word: None, allowed: allowed.to_vec() };
    let pending = Refusal::Status { status: OrderStatus::Pending, word: Some("new".into()), allowed: vec![OrderStatus::Delivered] };
    let confirmed = with(|shop| (shop.order.status, shop.order.source_status) = (OrderStatus::Confirmed, Some("processed".into())));
    let processed = Refusal::Status { status: OrderStatus::Confirmed, word: Some("processed".into()), allowed: vec![OrderStatus::Pending] };
    check(vec![
        (confirmed.clone(), tau2(), cancel("no longer needed"), processed.clone()),
        (confirmed.clone(), demo(), change(&[("RED", "BLUE", 1)], ""), processed.clone()),
        (confirmed, tau2(), pay_with("gift"), processed),
        (
            with(|shop| (shop.order.status, shop.order.source_status) = (OrderStatus::Shipped, None)),
            demo(),
            ship_to("9 New Street"),
            status(OrderStatus::Shipped, &[OrderStatus::Pending, OrderStatus::Confirmed]),
        ),
        (Shop::new(), demo(), send_back(&[("RED", 1)], "faulty", ""), pending.clone()),
        (Shop::new(), tau2(), exchange(&[("RED", "GOLD", 1)], "card"), pending),
        (
            Shop::new(),
            tau2(),
            cancel("too dear"),
            Refusal::Reason { accepted: vec!["no longer needed".into(), "ordered by mistake".into()] },
        ),
    ]);
}

#[test]
fn another_variant_must_be_one_and_be_there() {
    check(vec![
        (Shop::new(), demo(), change(&[], "card"), Refusal::Nothing),
        (Shop::new(), demo(), change(&[("RED", "BLUE", 0)], "card"), Refusal::Nothing),
        (Shop::new(), demo(), change(&[("RED", "RED", 1)], "card"), Refusal::SameVariant { sku: sku("RED") }),
        (Shop::new(), demo(), change(&[("RED", "BLUE", 3)], "card"), Refusal::NotInOrder { sku: sku("RED"), ordered: 2 }),
        (Shop::new(), demo(), change(&[("GREEN", "BLUE", 1)], "card"), Refusal::NotInOrder { sku: sku("GREEN"), ordered: 0 }),
        (Shop::new(), demo(), change(&[("BULB", "BLUE", 1)], "card"), Refusal::OtherProduct { sku: sku("BULB"), new_sku: sku("BLUE") }),
        (Shop::new(), demo(), change(&[("RED", "PINK", 1)], "card"), Refusal::UnknownProduct { sku: sku("PINK") }),
        (Shop::new(), demo(), change(&[("RED", "GREEN", 1)], "card"), Refusal::NotAvailable { sku: sku("GREEN"), stock: Some(0) }),
        (Shop::new(), demo(), change(&[("RED", "GREY", 1)], "card"), Refusal::NotAvailable { sku: sku("GREY"), stock: None }),
        (
            with(|shop| shop.order.items[0].quantity = 3),
            demo(),
            change(&[("RED", "BLUE", 1), ("RED", "BLUE", 2)], "card"),
            Refusal::NotAvailable { sku: sku("BLUE"), stock: Some(2) },
        ),
    ]);
}

#[test]
fn what_is_paid_must_be_known_and_covered() {
    check(vec![
        (
            Shop::new(),
            tau2(),
            change(&[("RED", "BLUE", 1)], "visa"),
            Refusal::UnknownMethod { known: vec!["card".into(), "gift".into(), "pp".into()] },
        ),
        (
            with(|shop| shop.customer.payment_methods[1].balance = Some(usd(199))),
            tau2(),
            change(&[("RED", "BLUE", 1)], "gift"),
            short(Some(199), 200),
        ),
        (with(|shop| shop.customer.payment_methods[1].balance = None), tau2(), change(&[("RED", "BLUE", 1)], "gift"), short(None, 200)),
        (
            delivered(|shop| shop.customer.payment_methods[1].balance = Some(usd(199))),
            tau2(),
            exchange(&[("RED", "BLUE", 1)], "gift"),
            short(Some(199), 200),
        ),
        (with(|shop| shop.customer.payment_methods[1].balance = Some(usd(2_499))), tau2(), pay_with("gift"), short(Some(2_499), 2_500)),
        (Shop::new(), tau2(), pay_with("card"), Refusal::SameMethod { method: "card".into() }),
        (
            with(|shop| shop.products.values_mut().for_each(|product| product.price = None)),
            tau2(),
            change(&[("RED", "BLUE", 1)], "card"),
            Refusal::PriceUnknown { sku: sku("BLUE") },
        ),
        (
            delivered(|shop| shop.order.items[0].unit_price = None),
            tau2(),
            send_back(&[("RED", 1)], "", "card"),
            Refusal::PriceUnknown { sku: sku("RED") },
        ),
        (with(|shop| (shop.order.payments, shop.order.total) = (Vec::new(), None)), demo(), pay_with("pp"), Refusal::TotalUnknown),
    ]);
}

#[test]
fn what_comes_back_must_be_taken_back() {
    check(vec![
        (
            Shop::delivered(),
            tau2(),
            send_back(&[("RED", 1)], "", "pp"),
            Refusal::RefundNotThere { allowed: vec![RefundTo::Original, RefundTo::GiftCard], original: Some("card".into()) },
        ),
        (
            Shop::delivered(),
            demo(),
            send_back(&[("RED", 1)], "faulty", "gift"),
            Refusal::RefundNotThere { allowed: vec![RefundTo::Original], original: Some("card".into()) },
        ),
        (
            Shop::delivered(),
            demo(),
            send_back(&[("RED", 1)], "", ""),
            Refusal::Reason {
                accepted: ["changed my mind", "does not fit", "faulty", "arrived damaged", "wrong item"].map(str::to_owned).to_vec(),
            },
        ),
        (Shop::delivered(), demo(), send_back(&[("RED", 3)], "faulty", ""), Refusal::NotInOrder { sku: sku("RED"), ordered: 2 }),
        (Shop::delivered(), demo(), send_back(&[], "faulty", ""), Refusal::Nothing),
        (
            delivered(|shop| shop.products.values_mut().for_each(|product| product.category = vec!["Ear Tips".into()])),
            demo(),
            send_back(&[("RED", 1)], "faulty", ""),
            Refusal::LeftOut { sku: sku("RED"), category: "Ear Tips".into() },
        ),
        (
            delivered_on("2026-10-22"),
            demo(),
            exchange(&[("RED", "BLUE", 1)], "card"),
            Refusal::WindowOver { until: Day::parse("2026-11-21").unwrap() },
        ),
        (
            delivered_on("2026-11-07"),
            demo(),
            send_back(&[("RED", 1)], "wrong item", "card"),
            Refusal::WindowOver { until: Day::parse("2026-11-21").unwrap() },
        ),
        (delivered(|shop| shop.order.delivery = None), demo(), send_back(&[("RED", 1)], "faulty", ""), Refusal::DeliveryDayUnknown),
        (
            delivered(|shop| shop.order.items[0].unit_price = Some(usd(i64::MAX))),
            tau2(),
            send_back(&[("RED", 2)], "", "card"),
            Refusal::Sum,
        ),
        (
            delivered(|shop| shop.order.items[0].unit_price = Some(Money::new(1, Currency::parse("EUR").unwrap()))),
            tau2(),
            exchange(&[("RED", "BLUE", 1)], "card"),
            Refusal::Sum,
        ),
    ]);
}

#[test]
fn what_would_change_nothing_or_is_not_known_is_not_done() {
    check(vec![
        (Shop::new(), demo(), pick_up(&[]), Refusal::Nothing),
        (Shop::new(), demo(), pick_up(&[("BULB", 9), ("RED", 2)]), Refusal::TooMany { most: 10 }),
        (Shop::new(), demo(), pick_up(&[("BLUE", 2), ("BLUE", 1)]), Refusal::NotAvailable { sku: sku("BLUE"), stock: Some(0) }),
        (Shop::new(), demo(), pick_up(&[("GREY", 1)]), Refusal::NotAvailable { sku: sku("GREY"), stock: None }),
        (Shop::new(), tau2(), pick_up(&[("BLUE", 1)]), Refusal::NotOffered { action: ActionKind::OrderPickUp }),
        (Shop::new(), demo(), ship_to("1 Main Street"), Refusal::Nothing),
        (Shop::new(), demo(), ship_to("  "), Refusal::AddressIncomplete),
        (Shop::new(), demo(), Wish::ChangeAddress { address: address("1 Main Street") }, Refusal::Nothing),
        (Shop::new(), demo(), Wish::SetConsent { consent: "newsletter".into(), given: true }, Refusal::Nothing),
        (
            Shop::new(),
            demo(),
            Wish::SetConsent { consent: "profiling".into(), given: true },
            Refusal::UnknownConsent { known: vec!["newsletter".into(), "loyalty".into()] },
        ),
        (
            Shop::new(),
            tau2(),
            Wish::SetConsent { consent: "newsletter".into(), given: false },
            Refusal::NotOffered { action: ActionKind::SetConsent },
        ),
    ]);
}

/// After its items were changed, an order of the other shop is closed to everything else.
#[test]
fn what_was_done_once_is_not_done_again() {
    let mut shop = Shop::new();
    let first = shop.ask(&tau2(), "a1", change(&[("RED", "BLUE", 1)], "card")).unwrap();
    let at = Day::parse("2026-11-22").unwrap().start_in(&TimeZone::UTC);
    shop.write(&first);
    for (id, wish, refusal) in [
        ("a1", change(&[("RED", "BLUE", 1)], "card"), Refusal::AlreadyDone { at }),
        ("a1", cancel("no longer needed"), Refusal::AlreadyDone { at }),
        ("a2", change(&[("RED", "BLUE", 1)], "card"), Refusal::OnlyOnce { action: ActionKind::ChangeItems, at }),
        ("a2", cancel("no longer needed"), Refusal::ItemsChanged { at }),
        ("a2", pay_with("gift"), Refusal::ItemsChanged { at }),
        ("a2", ship_to("9 New Street"), Refusal::ItemsChanged { at }),
    ] {
        assert_eq!(shop.ask(&tau2(), id, wish.clone()), Err(refusal), "{id} {wish:?}");
    }
    // The demo shop lets go what it has not sent.
    assert!(shop.ask(&demo(), "a2", cancel("other")).is_ok());
}

/// Who asks is looked at first: nobody learns whether an order exists.
#[test]
fn nobody_acts_on_what_is_not_theirs() {
    let at = Moment(0);
    let now = Now { at, zone: &TimeZone::UTC };
    let shop = Shop::new();
    let known = Request { id: "a1".into(), wish: cancel("other") };
    let unknown = Request { id: "a1".into(), wish: Wish::CancelOrder { order: "8".into(), reason: "other".into() } };
    let who = |level, customer: Option<&str>| Identity { level, customer: customer.map(str::to_owned), failures: 0 };
    let needed = IdentityLevel::Verified;
    for (request, identity, refusal) in [
        (&known, who(IdentityLevel::Anonymous, None), Refusal::Identity { needed }),
        (&unknown, who(IdentityLevel::Identified, Some("C1")), Refusal::Identity { needed }),
        (&known, who(IdentityLevel::Identified, Some("C1")), Refusal::Identity { needed }),
        (&known, who(IdentityLevel::Verified, None), Refusal::NotYours),
        (&known, who(IdentityLevel::Verified, Some("C2")), Refusal::NotYours),
        (&unknown, who(IdentityLevel::Verified, Some("C1")), Refusal::NotYours),
    ] {
        assert_eq!(preview(request, &shop.records(request), &demo(), &identity, &now), Err(refusal), "{identity:?}");
    }
    let mut moved = shop.clone();
    let done = moved.ask(&demo(), "a0", ship_to("9 New Street")).unwrap();
    moved.write(&done);
    let back = Request { id: "a1".into(), wish: Wish::Undo { action: "a0".into(), order: Some("7".into()) } };
    let identified = who(IdentityLevel::Identified, Some("C1"));
    assert_eq!(preview(&back, &moved.records(&back), &demo(), &identified, &now), Err(Refusal::Identity { needed }));
    let mut others = shop.clone();
    others.order.customer = "C2".into();
    assert_eq!(preview(&known, &others.records(&known), &demo(), &ada(), &now), Err(Refusal::NotYours));
    let nothing = Records { order: None, ..shop.records(&known) };
    assert_eq!(preview(&known, &nothing, &demo(), &ada(), &now), Err(Refusal::NotYours));
}

/// Between the yes and the deed something changed: what was shown is not done.
#[test]
fn what_is_no_longer_what_was_shown_is_refused() {
    let now = Now { at: Moment(0), zone: &TimeZone::UTC };
    let request = Request { id: "a1".into(), wish: change(&[("RED", "BLUE", 1)], "gift") };
    let shop = Shop::new();
    let shown = shop.request(&demo(), &request).unwrap().shown;
    let again = |shop: &Shop| confirm(&shown, &request, &shop.records(&request), &demo(), &ada(), &now);
    assert_eq!(again(&shop).unwrap().shown, shown);
    let mut dearer = shop.clone();
    dearer.products.get_mut("BLUE").unwrap().price = Some(usd(1_300));
    assert!(matches!(again(&dearer), Err(Refusal::Changed { now }) if now.money[0].amount == usd(300)));
    let mut gone = shop.clone();
    gone.products.get_mut("BLUE").unwrap().stock = Some(0);
    assert_eq!(again(&gone), Err(Refusal::NotAvailable { sku: "BLUE".into(), stock: Some(0) }));
    // A change that is none of this does no harm; it is written under the versions of now.
    let mut elsewhere = shop;
    elsewhere.versions.insert("C1".into(), 5);
    elsewhere.customer.consents.clear();
    assert_eq!(again(&elsewhere).unwrap().read().find(|record| record.id == "C1").map(|record| record.version), Some(5));
}
