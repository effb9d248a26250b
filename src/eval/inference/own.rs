//! Chats with a shop about what it has itself, and the part of its records they need.
//!
//! Whoever wants to know how long the prompts of a shop are has to ask that shop. The questions are those of the scripted chats
//! ([`super::chats`]), about a few of its own products, orders, codes and entries.

use std::collections::HashSet;

use serde_json::Value;

/// The records, in the order they are imported: orders name products and customers.
pub const KINDS: [&str; 5] = ["products", "customers", "orders", "promotions", "knowledge"];
/// Products that are taken along: among more, prompts become no longer.
const PRODUCTS: usize = 300;
/// Products, codes and entries that are asked about.
const ASKED: usize = 3;

/// What a shop has, as far as it is asked about.
#[derive(Debug, Clone, PartialEq)]
pub struct Own {
    rows: [Vec<Value>; 5],
    chats: Vec<Vec<String>>,
}

impl Own {
    /// Of the exports of all [`KINDS`], which are JSON lists; `None` of a shop with nothing to ask about.
    pub fn of(exports: &[Vec<u8>]) -> Option<Self> {
        let read =
            |kind: usize| -> Vec<Value> { exports.get(kind).and_then(|bytes| serde_json::from_slice(bytes).ok()).unwrap_or_default() };
        let [products, customers, orders, promotions, knowledge] = [0, 1, 2, 3, 4].map(read);
        let sold: Vec<&Value> =
            products.iter().filter(|product| !text(product, "price").is_empty() && !text(product, "name").is_empty()).collect();
        let asked: Vec<&Value> = spread(&sold, ASKED).copied().collect();
        let mut chats: Vec<Vec<String>> = asked.iter().map(|product| about_product(text(product, "name"))).collect();
        let mut chosen: Vec<(&Value, &Value)> = Vec::new();
        for (delivered, says) in [(false, about_open as fn(&str, &str) -> Vec<String>), (true, about_delivered)] {
            let of = |order: &&Value| (text(order, "status") == "delivered") == delivered;
            let whose = |order| {
                customers.iter().find(|customer| text(customer, "id") == text(order, "customer_id") && !text(customer, "email").is_empty())
            };
            if let Some((order, customer)) = orders.iter().filter(of).find_map(|order| Some((order, whose(order)?))) {
                chats.push(says(text(order, "order_number"), text(customer, "email")));
                chosen.push((order, customer));
            }
        }
        let codes: Vec<&Value> =
            promotions.iter().filter(|promotion| promotion["active"] == true && !text(promotion, "code").is_empty()).collect();
        chats.push(spread(&codes, ASKED).map(|promotion| format!("does {} work", text(promotion, "code"))).collect());
        let questions: Vec<&str> = knowledge.iter().filter_map(|entry| entry["questions"][0].as_str()).collect();
        chats.push(spread(&questions, ASKED).map(|question| (*question).to_owned()).collect());
        chats.retain(|chat| !chat.is_empty());
        let named: HashSet<&str> =
            chosen.iter().flat_map(|(order, _)| order["items"].as_array().into_iter().flatten()).map(|item| text(item, "sku")).collect();
        let along: HashSet<&str> = spread(&products, PRODUCTS).chain(asked).map(|product| text(product, "sku")).chain(named).collect();
        let kept = products.iter().filter(|product| along.contains(text(product, "sku"))).cloned().collect();
        let [orders, customers] =
            [chosen.iter().map(|(order, _)| (*order).clone()).collect(), chosen.iter().map(|(_, customer)| (*customer).clone()).collect()];
        (!chats.is_empty()).then_some(Self { rows: [kept, customers, orders, promotions, knowledge], chats })
    }

    /// What customers say, chat by chat.
    pub fn chats(&self) -> &[Vec<String>] {
        &self.chats
    }

    /// The records to import, kind by kind.
    pub fn files(&self) -> impl Iterator<Item = (&'static str, Vec<u8>)> {
        KINDS
            .into_iter()
            .zip(&self.rows)
            .filter(|(_, rows)| !rows.is_empty())
            .map(|(kind, rows)| (kind, Value::Array(rows.clone()).to_string().into_bytes()))
    }
}

fn about_product(name: &str) -> Vec<String> {
    vec![format!("do you have the {name}"), "how much does it cost".to_owned(), "is it in stock".to_owned()]
}

fn about_open(number: &str, email: &str) -> Vec<String> {
    vec![format!("track my order {number}"), email.to_owned(), "when does it arrive".to_owned()]
}

fn about_delivered(number: &str, email: &str) -> Vec<String> {
    vec![format!("{number} {email}"), "can I return it".to_owned()]
}

fn text<'a>(row: &'a Value, field: &str) -> &'a str {
    row[field].as_str().unwrap_or_default()
}

/// At most so many of them, evenly spread.
fn spread<T>(all: &[T], most: usize) -> impl Iterator<Item = &T> {
    let count = most.min(all.len());
    (0..count).map(move |i| &all[i * all.len() / count])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn exports(of: [Value; 5]) -> Vec<Vec<u8>> {
        of.map(|rows| rows.to_string().into_bytes()).into()
    }

    #[test]
    fn a_shop_is_asked_about_what_it_has() {
        let product = |i: usize| json!({ "sku": format!("S{i}"), "name": format!("Thing {i}"), "price": (i != 0).then_some("9.00") });
        let order = |number: &str, customer: &str, status: &str| json!({ "order_number": number, "customer_id": customer, "status": status, "items": [{ "sku": "S999" }] });
        let own = Own::of(&exports([
            (0..1_000).map(product).collect(),
            json!([{ "id": "C1", "email": "" }, { "id": "C2", "email": "b@shop.test" }]),
            json!([order("1", "C1", "shipped"), order("2", "C2", "delivered"), order("3", "C2", "shipped")]),
            json!([{ "code": "OLD", "active": false }, { "code": "NEW", "active": true }]),
            json!([{ "questions": ["who are you", "who"] }, { "questions": [] }]),
        ]))
        .unwrap();
        let asked: Vec<&str> = own.chats().iter().map(|chat| chat[0].as_str()).collect();
        let wanted = [
            "do you have the Thing 1",
            "do you have the Thing 334",
            "do you have the Thing 667",
            "track my order 3",
            "2 b@shop.test",
            "does NEW work",
            "who are you",
        ];
        assert_eq!(asked, wanted);
        let files: Vec<(&str, Vec<Value>)> = own.files().map(|(kind, bytes)| (kind, serde_json::from_slice(&bytes).unwrap())).collect();
        assert_eq!(files.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(), KINDS);
        let skus: Vec<&str> = files[0].1.iter().map(|product| text(product, "sku")).collect();
        assert!((PRODUCTS..PRODUCTS + 5).contains(&skus.len()) && ["S1", "S334", "S667", "S999"].iter().all(|sku| skus.contains(sku)));
        assert_eq!((files[1].1.len(), files[2].1.len()), (2, 2), "of customers only those whose orders are asked about");
    }

    #[test]
    fn a_shop_without_anything_is_asked_nothing() {
        let nothing = || json!([]);
        for of in [
            [nothing(), nothing(), nothing(), nothing(), nothing()],
            [json!([{ "sku": "A", "name": "" }]), json!({}), json!(7), nothing(), nothing()],
        ] {
            assert_eq!(Own::of(&exports(of)), None);
        }
        assert_eq!(Own::of(&[]), None);
    }
}
