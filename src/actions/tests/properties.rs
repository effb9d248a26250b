//! Whatever is asked for, in whatever order: nothing is lost, made up or done twice.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use super::*;
use crate::domain::action::{ActionKind, OrderChange};

const SKUS: [&str; 7] = ["RED", "BLUE", "GREEN", "GOLD", "GREY", "BULB", "PINK"];
const METHODS: [&str; 5] = ["", "card", "gift", "pp", "visa"];
const REASONS: [&str; 5] = ["no longer needed", "other", "faulty", "changed my mind", ""];

fn one_of(list: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::sample::select(list).prop_map(str::to_owned)
}

fn method() -> impl Strategy<Value = Option<String>> {
    one_of(&METHODS).prop_map(|name| (!name.is_empty()).then_some(name))
}

fn swap_list() -> impl Strategy<Value = Vec<SwapWish>> {
    let swap = (one_of(&SKUS), one_of(&SKUS), 0..3_u32).prop_map(|(sku, new_sku, quantity)| SwapWish { sku, new_sku, quantity });
    prop::collection::vec(swap, 0..4)
}

fn wish() -> impl Strategy<Value = Wish> {
    let order = || prop::sample::select(vec!["7", "7", "7", "7", "8"]).prop_map(str::to_owned);
    let place = || one_of(&["1 Main Street", "9 New Street", "10 New Street", " "]).prop_map(|line| address(&line));
    let pieces = || (one_of(&SKUS), 0..3_u32).prop_map(|(sku, count)| Pieces { sku, count });
    prop_oneof![
        1 => (order(), one_of(&REASONS)).prop_map(|(order, reason)| Wish::CancelOrder { order, reason }),
        4 => (order(), swap_list(), method()).prop_map(|(order, swaps, method)| Wish::ChangeItems { order, swaps, method }),
        2 => (order(), one_of(&METHODS)).prop_map(|(order, method)| Wish::ChangePayment { order, method }),
        2 => (order(), place()).prop_map(|(order, address)| Wish::ChangeShipping { order, address }),
        2 => (order(), prop::collection::vec(pieces(), 0..3), one_of(&REASONS), method())
            .prop_map(|(order, items, reason, method)| Wish::ReturnItems { order, items, reason: Some(reason), method }),
        2 => (order(), swap_list(), method()).prop_map(|(order, swaps, method)| Wish::ExchangeItems { order, swaps, method }),
        1 => prop::collection::vec(pieces(), 0..3).prop_map(|items| Wish::OrderPickUp { order: "8".into(), items }),
        1 => place().prop_map(|address| Wish::ChangeAddress { address }),
        1 => (one_of(&["newsletter", "loyalty", "spam"]), any::<bool>()).prop_map(|(consent, given)| Wish::SetConsent { consent, given }),
        1 => (one_of(&["a0", "a1", "a2", "a3"]), any::<bool>())
            .prop_map(|(action, order)| Wish::Undo { action, order: order.then(|| "7".into()) }),
    ]
}

prop_compose! {
    /// A shop with other stock, prices, balances, and an order that stands elsewhere.
    fn shop()(
        stock in prop::collection::vec(prop::option::of(0..4_u32), 6),
        prices in prop::collection::vec(1..5_000_i64, 6),
        lines in prop::collection::vec((0..6_usize, 1..4_u32, 1..5_000_i64), 1..4),
        balance in prop::option::of(0..20_000_i64),
        status in prop::sample::select(vec![
            OrderStatus::Pending, OrderStatus::Pending, OrderStatus::Confirmed, OrderStatus::Shipped,
            OrderStatus::Delivered, OrderStatus::Delivered, OrderStatus::Cancelled,
        ]),
        payer in prop::sample::select(vec!["card", "gift", "pp", "none"]),
    ) -> Shop {
        let mut shop = Shop::new();
        for (product, (stock, price)) in shop.products.values_mut().zip(stock.into_iter().zip(prices)) {
            (product.stock, product.price) = (stock, Some(usd(price)));
        }
        shop.order.items.clear();
        for (sku, quantity, price) in lines {
            let item = OrderItem { sku: SKUS[sku].into(), quantity, unit_price: Some(usd(price)) };
            item.add_to(&mut shop.order.items).unwrap();
        }
        let total: i64 = shop.order.items.iter().map(|item| item.unit_price.unwrap().minor * i64::from(item.quantity)).sum();
        shop.order.total = Some(usd(total));
        shop.order.status = status;
        shop.order.payments = match payer {
            "none" => Vec::new(),
            method => vec![Payment { kind: PaymentKind::Payment, amount: usd(total), method: method.into() }],
        };
        shop.customer.payment_methods[1].balance = balance.map(usd);
        shop
    }
}

/// What the order was paid with and did not give back.
fn net(shop: &Shop) -> i64 {
    shop.order.paid().unwrap().iter().map(|(_, amount)| amount.minor).sum()
}

fn held(shop: &Shop) -> i64 {
    shop.customer.payment_methods[1].balance.map_or(0, |balance| balance.minor)
}

/// Pieces of a product in the shop and in an order that has not left it.
fn pieces(shop: &Shop, sku: &str) -> Option<u32> {
    let stock = shop.products.get(sku)?.stock?;
    let open = std::iter::once(&shop.order).chain(shop.placed.values()).filter(|order| order.is_open());
    let ordered = open.flat_map(|order| &order.items).filter(|item| item.sku == sku);
    Some(stock + ordered.map(|item| item.quantity).sum::<u32>())
}

fn check(before: &Shop, after: &Shop, preview: &Preview, counts_pieces: bool) -> Result<(), TestCaseError> {
    // Money is where it was, but for what was shown.
    let moved = |method: Option<&str>| -> i64 {
        let of = preview.shown.money.iter().filter(|movement| method.is_none_or(|method| movement.method == method));
        of.map(|movement| if movement.kind == PaymentKind::Payment { movement.amount.minor } else { -movement.amount.minor }).sum()
    };
    prop_assert!(preview.shown.money.iter().chain(&preview.shown.later).all(|movement| movement.amount.minor > 0));
    prop_assert_eq!(net(after) - net(before), moved(None));
    prop_assert_eq!(held(after) - held(before), -moved(Some("gift")));
    prop_assert!(held(after) >= 0, "a gift card never owes");
    prop_assert_eq!(after.order.payments.len() - before.order.payments.len(), preview.shown.money.len());
    // Pieces are where they were.
    if counts_pieces && preview.shown.action != ActionKind::ExchangeItems {
        for sku in SKUS {
            prop_assert_eq!(pieces(after, sku), pieces(before, sku), "{}", sku);
        }
    }
    let count = |shop: &Shop| shop.order.items.iter().map(|item| item.quantity).sum::<u32>();
    prop_assert_eq!(count(after), count(before), "an order keeps its number of pieces");
    // Every change is explained, and what did not change is not.
    for touched in &preview.records {
        let id = touched.record.id();
        let same = match &touched.record {
            Record::Order(order) => before.named(Some(&order.number)) == Some(&**order),
            Record::Customer(customer) => **customer == before.customer,
            Record::Product(product) => Some(&**product) == before.products.get(id),
            _ => false,
        };
        prop_assert_eq!(touched.note.is_none(), same, "{}", id);
        if let Some(note) = &touched.note {
            prop_assert!(note.contains(preview.shown.action.name()) && note.contains(&preview.request.id), "{}", note);
            prop_assert!(!note.contains("Street"), "no address stays in the books: {}", note);
        }
    }
    Ok(())
}

fn check_whole(shop: &Shop, first: &Shop) -> Result<(), TestCaseError> {
    let history = &shop.order.history;
    let ends = |change: &OrderChange| {
        matches!(change, OrderChange::Cancelled { .. } | OrderChange::ReturnRequested { .. } | OrderChange::ExchangeRequested { .. })
    };
    let ended: Vec<&OrderChange> = history.iter().map(|event| &event.change).filter(|change| ends(change)).collect();
    let status = match ended.as_slice() {
        [] => first.order.status,
        [OrderChange::Cancelled { .. }] => OrderStatus::Cancelled,
        [OrderChange::ReturnRequested { .. }] => OrderStatus::ReturnRequested,
        [OrderChange::ExchangeRequested { .. }] => OrderStatus::ExchangeRequested,
        more => return Err(TestCaseError::fail(format!("an order in two states: {more:?}"))),
    };
    prop_assert_eq!(shop.order.status, status);
    let changed = history.iter().filter(|event| event.change.kind() == ActionKind::ChangeItems).count();
    prop_assert!(changed <= 1);
    let mut ids: Vec<&String> = history.iter().map(|event| &event.action).collect();
    ids.extend(shop.placed.values().flat_map(|order| &order.history).map(|event| &event.action));
    ids.extend(shop.customer.history.iter().map(|event| &event.action));
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    prop_assert_eq!(ids.len(), all, "each action at most once");
    let total = shop.order.total.unwrap().minor;
    let sum: i64 = shop.order.items.iter().map(|item| item.unit_price.unwrap().minor * i64::from(item.quantity)).sum();
    prop_assert_eq!(total, sum, "an order costs what its lines cost");
    if !shop.order.payments.is_empty() && first.order.status != OrderStatus::Cancelled {
        prop_assert_eq!(net(shop), if shop.order.status == OrderStatus::Cancelled { 0 } else { total });
    }
    Ok(())
}

proptest! {
    #[test]
    fn random_wishes_keep_the_books(
        first in shop(),
        is_demo in any::<bool>(),
        wishes in prop::collection::vec(wish(), 1..8),
        // An action is its identifier: one that comes again is the same wish.
        asked in prop::collection::vec(any::<prop::sample::Index>(), 1..14),
    ) {
        let policy = if is_demo { demo() } else { tau2() };
        let mut shop = first.clone();
        for index in asked {
            let place = index.index(wishes.len());
            let request = Request { id: format!("a{place}"), wish: wishes[place].clone() };
            let asked = shop.request(&policy, &request);
            prop_assert_eq!(&asked, &shop.request(&policy, &request), "the same records, the same answer");
            let Ok(preview) = asked else { continue };
            let before = shop.clone();
            shop.write(&preview);
            check(&before, &shop, &preview, is_demo)?;
            check_whole(&shop, &first)?;
            let again = shop.request(&policy, &request);
            prop_assert!(matches!(again, Err(Refusal::AlreadyDone { .. })), "{:?}", again);
        }
    }
}

/// What is asked for at random is also done, of every kind: else the books would be kept by doing nothing.
#[test]
fn random_wishes_reach_every_action() {
    let mut runner = TestRunner::deterministic();
    let policy = demo();
    let mut done = BTreeSet::new();
    for _ in 0..4_000 {
        let (mut shop, first, then) = (shop(), wish(), wish()).new_tree(&mut runner).unwrap().current();
        for (id, wish) in [("a0", first), ("b1", then)] {
            let kind = wish.kind();
            if let Ok(preview) = shop.ask(&policy, id, wish) {
                shop.write(&preview);
                done.insert(kind);
            }
        }
    }
    assert_eq!(done.into_iter().collect::<Vec<_>>(), ActionKind::ALL);
}
