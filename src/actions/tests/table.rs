//! What is done, to the cent.

use super::*;
use crate::domain::action::{ActionKind, OrderChange};

/// A shop, its rules, a wish, and all that is shown of it.
type Case = (&'static str, Shop, ActionPolicy, Wish, &'static str);

fn check(cases: Vec<Case>) {
    for (name, shop, policy, wish, expected) in cases {
        let preview = shop.ask(&policy, "a1", wish).unwrap_or_else(|refusal| panic!("{name}: {refusal:?}"));
        assert_eq!(told(&preview), expected, "{name}");
    }
}

/// An order that the shop has not charged yet.
fn uncharged() -> Shop {
    let mut shop = Shop::new();
    shop.order.payments.clear();
    shop
}

#[test]
fn what_is_shown_of_an_order_that_was_not_sent() {
    check(vec![
        (
            "a card is refunded in days, and the stock comes back",
            Shop::new(),
            demo(),
            cancel(" Ordered by mistake"),
            "reason none -> ordered by mistake; status pending -> cancelled; stock 9 -> 10; stock 3 -> 5; \
             refund $25.00 by card in 1-5 days",
        ),
        (
            "where pieces are not counted they do not come back",
            Shop::new(),
            tau2(),
            cancel("no longer needed"),
            "reason none -> no longer needed; status pending -> cancelled; refund $25.00 by card in 5-7 days",
        ),
        (
            "what was not charged is not refunded",
            uncharged(),
            tau2(),
            cancel("no longer needed"),
            "reason none -> no longer needed; status pending -> cancelled",
        ),
        (
            "a dearer variant is paid, and is taken off the stock",
            Shop::new(),
            demo(),
            change(&[("RED", "BLUE", 1)], "gift"),
            "item 1 x RED at $10.00 -> 1 x BLUE at $12.00; total $25.00 -> $27.00; balance gift $50.00 -> gift $48.00; \
             stock 2 -> 1; stock 3 -> 4; payment $2.00 by gift at once",
        ),
        (
            "a difference is refunded to the card it was paid with, when none is named",
            Shop::new(),
            tau2(),
            change(&[("RED", "GOLD", 1), ("RED", "RED", 1)], ""),
            "item 1 x RED at $10.00 -> 1 x GOLD at $15.00; item 1 x RED at $10.00 -> 1 x RED at $11.00; total $25.00 -> $31.00; \
             payment $6.00 by card at once",
        ),
        (
            "an order that was not charged costs more, and nothing moves",
            uncharged(),
            demo(),
            change(&[("RED", "BLUE", 2)], "card"),
            "item 2 x RED at $10.00 -> 2 x BLUE at $12.00; total $25.00 -> $29.00; stock 2 -> 0; stock 3 -> 5",
        ),
        (
            "a gift card pays at once, and the card gets it back",
            Shop::new(),
            tau2(),
            pay_with("gift"),
            "payment_method Credit card -> Gift card; balance gift $50.00 -> gift $25.00; payment $25.00 by gift at once; \
             refund $25.00 by card in 5-7 days",
        ),
        (
            "an order that was not charged is only paid another way",
            uncharged(),
            demo(),
            pay_with("pp"),
            "payment_method Credit card -> PayPal",
        ),
        ("an order goes elsewhere", Shop::new(), demo(), ship_to(" 9 New Street "), "ship_to (an address) -> (an address)"),
    ]);
}

#[test]
fn what_is_shown_of_an_order_that_was_delivered() {
    check(vec![
        (
            "a return is asked for: the label is taken off",
            Shop::delivered(),
            demo(),
            send_back(&[("RED", 1), ("BULB", 1)], "changed my mind", ""),
            "return_item 1 x RED at $10.00 -> none; return_item 1 x BULB at $5.00 -> none; reason none -> changed my mind; \
             status delivered -> return_requested; later refund $8.05 by card in 1-5 days",
        ),
        (
            "the label for what is faulty is free",
            Shop::delivered(),
            demo(),
            send_back(&[("RED", 2)], "Faulty", "card"),
            "return_item 2 x RED at $10.00 -> none; reason none -> faulty; status delivered -> return_requested; \
             later refund $20.00 by card in 1-5 days",
        ),
        (
            "a label never costs more than what comes back",
            Shop::delivered(),
            demo(),
            send_back(&[("BULB", 1)], "does not fit", ""),
            "return_item 1 x BULB at $5.00 -> none; reason none -> does not fit; status delivered -> return_requested",
        ),
        (
            "a refund goes to a gift card where that is allowed",
            Shop::delivered(),
            tau2(),
            send_back(&[("RED", 1)], "", "gift"),
            "return_item 1 x RED at $10.00 -> none; status delivered -> return_requested; later refund $10.00 by gift at once",
        ),
        (
            "an exchange is asked for: the difference moves later",
            Shop::delivered(),
            tau2(),
            exchange(&[("RED", "GOLD", 2)], "gift"),
            "exchange_item 2 x RED at $10.00 -> 2 x GOLD at $15.00; status delivered -> exchange_requested; \
             later payment $10.00 by gift at once",
        ),
        (
            "what is sent for an exchange is taken off the stock, what is faulty does not come back into it",
            Shop::delivered(),
            demo(),
            exchange(&[("RED", "BLUE", 1)], ""),
            "exchange_item 1 x RED at $10.00 -> 1 x BLUE at $12.00; status delivered -> exchange_requested; stock 2 -> 1; \
             later payment $2.00 by card at once",
        ),
    ]);
}

#[test]
fn what_is_shown_of_the_store_and_the_customer() {
    check(vec![
        (
            "an order for the store takes what it holds off the stock",
            Shop::new(),
            demo(),
            pick_up(&[("BLUE", 1), ("GOLD", 1), ("BLUE", 1)]),
            "item none -> 2 x BLUE at $12.00; item none -> 1 x GOLD at $15.00; status none -> confirmed; \
             payment_method none -> in the store; total none -> $39.00; ship_to none -> (an address); stock 2 -> 0",
        ),
        (
            "another default address",
            Shop::new(),
            demo(),
            Wish::ChangeAddress { address: address("9 New Street") },
            "address (an address) -> (an address)",
        ),
        (
            "no newsletter any more",
            Shop::new(),
            demo(),
            Wish::SetConsent { consent: "newsletter".into(), given: false },
            "consent newsletter yes -> newsletter no",
        ),
    ]);
}

#[test]
fn an_order_stands_afterwards_as_was_shown() {
    let mut shop = Shop::new();
    let preview = shop.ask(&tau2(), "a1", change(&[("RED", "GOLD", 1)], "gift")).unwrap();
    shop.write(&preview);
    let items: Vec<(&str, u32, i64)> =
        shop.order.items.iter().map(|item| (item.sku.as_str(), item.quantity, item.unit_price.unwrap().minor)).collect();
    assert_eq!(items, [("RED", 1, 1_000), ("GOLD", 1, 1_500), ("BULB", 1, 500)]);
    assert_eq!((shop.order.status, shop.order.source_status.as_deref()), (OrderStatus::Pending, Some("pending (item modified)")));
    assert!(matches!(&shop.order.history[0].change, OrderChange::ItemsChanged { difference, .. } if difference.minor == 500));
    assert_eq!(shop.order.done(ActionKind::ChangeItems).map(|event| event.action.as_str()), Some("a1"));
    assert_eq!(shop.order.paid(), Some(vec![("card".into(), usd(2_500)), ("gift".into(), usd(500))]));
    assert_eq!((shop.version("7"), shop.version("C1"), shop.version("GOLD")), (2, 2, 1), "the lamp was only read");
    let read: Vec<String> = preview.read().map(|record| format!("{} {}", record.id, record.version)).collect();
    assert_eq!(read, ["7 1", "C1 1", "GOLD 1", "RED 1"]);
    let notes: Vec<&str> = preview.records.iter().filter_map(|touched| touched.note.as_deref()).collect();
    assert_eq!(
        notes,
        [
            "change_items of order 7 (a1): item 1 x RED at $10.00 -> 1 x GOLD at $15.00; total $25.00 -> $30.00; payment $5.00 by gift",
            "change_items of order 7 (a1): balance gift $50.00 -> gift $45.00",
        ]
    );
}

/// Pieces that are taken from and put to the same products in one request are not mistaken for one another.
#[test]
fn swaps_of_one_request_do_not_meet() {
    let mut shop = Shop::new();
    shop.order.items.push(OrderItem { sku: "BLUE".into(), quantity: 1, unit_price: Some(usd(1_200)) });
    let preview = shop.ask(&tau2(), "a1", change(&[("RED", "BLUE", 2), ("BLUE", "RED", 1)], "card")).unwrap();
    shop.write(&preview);
    let items: Vec<(&str, u32)> = shop.order.items.iter().map(|item| (item.sku.as_str(), item.quantity)).collect();
    assert_eq!(items, [("BLUE", 2), ("BULB", 1), ("RED", 1)]);
    let difference = Money::new(2 * 200 - 100, Currency::USD);
    assert!(matches!(&shop.order.history[0].change, OrderChange::ItemsChanged { difference: sum, .. } if *sum == difference));
}

#[test]
fn what_may_be_taken_back_is_put_back() {
    let undo = |action: &str, order: bool| Wish::Undo { action: action.into(), order: order.then(|| "7".into()) };
    let mut shop = Shop::new();
    let first = shop.clone();
    let mut step = |id: &str, wish: Wish| {
        let preview = shop.ask(&demo(), id, wish);
        if let Ok(preview) = &preview {
            shop.write(preview);
        }
        (preview.map(|preview| told(&preview)), shop.clone())
    };
    step("a1", ship_to("9 New Street")).0.unwrap();
    step("a2", Wish::ChangeAddress { address: address("9 New Street") }).0.unwrap();
    step("a3", Wish::SetConsent { consent: "loyalty".into(), given: true }).0.unwrap();
    step("a4", ship_to("10 New Street")).0.unwrap();
    assert_eq!(step("a5", undo("a1", true)).0, Err(Refusal::NotUndoable), "another change came after it");
    let (done, after) = step("a6", undo("a4", true));
    assert_eq!((done.as_deref(), after.order.ship_to), (Ok("ship_to (an address) -> (an address)"), address("9 New Street")));
    assert_eq!(step("a7", undo("a4", true)).0, Err(Refusal::NotUndoable), "it was taken back before");
    let (_, after) = step("a8", undo("a2", false));
    assert_eq!(after.customer.addresses, first.customer.addresses);
    let (done, after) = step("a9", undo("a3", false));
    assert_eq!((done.as_deref(), after.customer.consents), (Ok("consent loyalty yes -> loyalty no"), first.customer.consents));
    assert_eq!(step("b1", undo("a9", false)).0, Err(Refusal::NotUndoable));
    assert_eq!(step("b2", undo("zz", true)).0, Err(Refusal::NotYours));
    step("b3", cancel("other")).0.unwrap();
    assert_eq!(step("b4", undo("b3", true)).0, Err(Refusal::NotUndoable), "money has moved");
}

/// What was ordered for the store can be cancelled like any order, and goes back on the shelf.
#[test]
fn an_order_for_the_store_is_an_order() {
    let mut shop = Shop::new();
    let preview = shop.ask(&demo(), "a1", pick_up(&[("BLUE", 2)])).unwrap();
    shop.write(&preview);
    assert_eq!((shop.products["BLUE"].stock, shop.placed["8"].total), (Some(0), Some(usd(2_400))));
    assert!(matches!(shop.ask(&demo(), "a1", pick_up(&[("BLUE", 2)])), Err(Refusal::AlreadyDone { .. })));
    assert_eq!(shop.ask(&demo(), "a2", pick_up(&[("RED", 1)])), Err(Refusal::NumberTaken));
    let moved = Wish::ChangeShipping { order: "8".into(), address: address("9 New Street") };
    assert_eq!(shop.ask(&demo(), "a2", moved), Err(Refusal::NotOffered { action: ActionKind::ChangeShipping }), "it goes nowhere");
    let cancelled = Wish::CancelOrder { order: "8".into(), reason: "other".into() };
    let preview = shop.ask(&demo(), "a3", cancelled).unwrap();
    assert_eq!(told(&preview), "reason none -> other; status confirmed -> cancelled; stock 0 -> 2");
}

/// Paid another way and then cancelled: every method gets what it paid, and no more.
#[test]
fn every_method_gets_back_what_it_paid() {
    let mut shop = Shop::new();
    for (id, wish) in [("a1", pay_with("gift")), ("a2", cancel("no longer needed"))] {
        let preview = shop.ask(&tau2(), id, wish).unwrap();
        shop.write(&preview);
    }
    assert_eq!(shop.customer.payment_methods[1].balance, Some(usd(5_000)));
    assert_eq!(shop.order.paid(), Some(vec![("card".into(), usd(0)), ("gift".into(), usd(0))]));
    assert_eq!((shop.order.status, shop.order.source_status), (OrderStatus::Cancelled, None));
}

/// Orders of shops that write how they were paid in words.
#[test]
fn methods_are_known_by_an_orders_words() {
    let mut shop = Shop::delivered();
    shop.customer.payment_methods[0] =
        PaymentMethod { id: String::new(), kind: "credit_card".into(), last_four: "4242".into(), balance: None };
    shop.order.payments.clear();
    shop.order.payment_method = "Visa ending 4242".into();
    let preview = shop.ask(&demo(), "a1", send_back(&[("RED", 1)], "faulty", "")).unwrap();
    assert!(told(&preview).ends_with("later refund $10.00 by credit_card_4242 in 1-5 days"), "{}", told(&preview));
    shop.order.payment_method = "Visa ending 9999".into();
    let preview = shop.ask(&demo(), "a1", send_back(&[("RED", 1)], "faulty", "")).unwrap();
    assert!(told(&preview).ends_with("later refund $10.00 by Visa ending 9999 in 1-5 days"), "{}", told(&preview));
}
