//! What the reference tools of the benchmark do to its file, as its authors describe them (MIT licence): the
//! figures the engine is held against. Amounts are cents here, too; the original rounds to them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

/// The file, with what a task changed above it.
pub struct Shop<'a> {
    db: &'a Value,
    orders: BTreeMap<String, Value>,
    users: BTreeMap<String, Value>,
}

/// `986 Sunset Drive, Suite 259, Denver, CO, USA`.
pub fn address_line(address: &Value) -> String {
    let parts = ["address1", "address2", "city", "state", "country"].map(|name| address[name].as_str().unwrap_or_default().trim());
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

fn cents(amount: &Value) -> i64 {
    (amount.as_f64().expect("an amount") * 100.0).round() as i64
}

fn texts(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().map(|text| text.as_str().expect("text").to_owned()).collect()
}

fn sorted(list: &Value) -> Vec<String> {
    let mut list = texts(list);
    list.sort_unstable();
    list
}

impl<'a> Shop<'a> {
    pub fn of(db: &'a Value) -> Self {
        Self { db, orders: BTreeMap::new(), users: BTreeMap::new() }
    }

    /// The orders that were looked at.
    pub fn touched(&self) -> BTreeSet<String> {
        self.orders.keys().cloned().collect()
    }

    pub fn act(&mut self, name: &str, arguments: &Value) -> Result<(), String> {
        let number = arguments["order_id"].as_str().expect("an order").to_owned();
        let mut order = self.orders.remove(&number).unwrap_or_else(|| self.db["orders"][&number].clone());
        let user = order["user_id"].as_str().expect("a user").to_owned();
        let mut customer = self.users.remove(&user).unwrap_or_else(|| self.db["users"][&user].clone());
        // A tool that refuses has changed nothing.
        let (mut new_order, mut new_customer) = (order.clone(), customer.clone());
        let done = self.tool(name, arguments, &mut new_order, &mut new_customer);
        if done.is_ok() {
            (order, customer) = (new_order, new_customer);
        }
        self.orders.insert(number, order);
        self.users.insert(user, customer);
        done
    }

    fn tool(&self, name: &str, arguments: &Value, order: &mut Value, customer: &mut Value) -> Result<(), String> {
        let wanted = if name.contains("delivered") { "delivered" } else { "pending" };
        if order["status"] != wanted {
            return Err(format!("the order is not {wanted}"));
        }
        match name {
            "cancel_pending_order" => cancel(arguments, order, customer),
            "modify_pending_order_payment" => change_payment(arguments, order, customer),
            "modify_pending_order_address" => {
                order["address"] = arguments.clone();
                Ok(())
            }
            "return_delivered_order_items" => send_back(arguments, order, customer),
            "modify_pending_order_items" | "exchange_delivered_order_items" => self.swap(name, arguments, order, customer),
            other => Err(format!("{other} is not known")),
        }
    }

    fn swap(&self, name: &str, arguments: &Value, order: &mut Value, customer: &mut Value) -> Result<(), String> {
        let (old, new) = (texts(&arguments["item_ids"]), texts(&arguments["new_item_ids"]));
        has_all(order, &old)?;
        let mut difference = 0;
        let mut replaced: Vec<(String, Value)> = Vec::new();
        for (item, new) in old.iter().zip(&new) {
            let line = order["items"].as_array().expect("items").iter().find(|line| line["item_id"] == item.as_str()).expect("an item");
            let product = line["product_id"].as_str().expect("a product");
            let variant = &self.db["products"][product]["variants"][new];
            if variant["available"] != true {
                return Err(format!("{new} is not available"));
            }
            difference += cents(&variant["price"]) - cents(&line["price"]);
            replaced.push((item.clone(), variant.clone()));
        }
        let method = arguments["payment_method_id"].as_str().expect("a method");
        covers(customer, method, difference)?;
        if name.starts_with("exchange") {
            order["status"] = json!("exchange requested");
            order["exchange_items"] = json!(sorted(&arguments["item_ids"]));
            order["exchange_new_items"] = json!(sorted(&arguments["new_item_ids"]));
            order["exchange_payment_method_id"] = json!(method);
            order["exchange_price_difference"] = json!(difference);
            return Ok(());
        }
        pay(order, customer, if difference > 0 { "payment" } else { "refund" }, difference.abs(), method);
        for (item, variant) in replaced {
            let lines = order["items"].as_array_mut().expect("items");
            let line = lines.iter_mut().find(|line| line["item_id"] == item.as_str()).expect("an item");
            line["item_id"] = variant["item_id"].clone();
            line["price"] = variant["price"].clone();
        }
        order["status"] = json!("pending (item modified)");
        Ok(())
    }

    /// An order and its customer's gift cards, in words both sides share.
    pub fn state(&self, number: &str) -> Value {
        let order = &self.orders[number];
        let customer = &self.users[order["user_id"].as_str().expect("a user")];
        let each = |name: &str| order[name].as_array().expect("a list").iter();
        let mut items: Vec<String> =
            each("items").map(|item| format!("{} {}", item["item_id"].as_str().expect("an item"), cents(&item["price"]))).collect();
        items.sort_unstable();
        let paid = |p: &Value| {
            let text = |name: &str| p[name].as_str().expect("text").to_owned();
            // Nothing that moved is nothing.
            let amount = p.get("cents").map_or_else(|| cents(&p["amount"]), |cents| cents.as_i64().expect("cents"));
            (amount != 0).then(|| format!("{} {amount} {}", text("transaction_type"), text("payment_method_id")))
        };
        let mut payments: Vec<String> = each("payment_history").filter_map(paid).collect();
        payments.sort_unstable();
        let methods = customer["payment_methods"].as_object().expect("methods").iter();
        let balance = |method: &Value| method.get("cents").and_then(Value::as_i64).or_else(|| method.get("balance").map(cents));
        let mut state = json!({
            "status": order["status"],
            "items": items,
            "payments": payments,
            "address": format!("{} {}", address_line(&order["address"]), order["address"]["zip"].as_str().expect("a zip")),
            "balances": methods.filter_map(|(id, method)| Some((id.clone(), balance(method)?))).collect::<BTreeMap<_, _>>(),
        });
        for (own, name) in [
            ("cancel_reason", "reason"),
            ("return_items", "returned"),
            ("return_payment_method_id", "return_method"),
            ("exchange_items", "exchanged"),
            ("exchange_new_items", "exchanged_for"),
            ("exchange_payment_method_id", "exchange_method"),
            ("exchange_price_difference", "difference"),
        ] {
            if let Some(value) = order.get(own) {
                state[name] = value.clone();
            }
        }
        state
    }
}

fn balance(customer: &Value, method: &str) -> i64 {
    let card = &customer["payment_methods"][method];
    card.get("cents").map_or_else(|| cents(&card["balance"]), |held| held.as_i64().expect("cents"))
}

fn is_gift_card(customer: &Value, method: &str) -> bool {
    customer["payment_methods"][method]["source"] == "gift_card"
}

fn covers(customer: &Value, method: &str, amount: i64) -> Result<(), String> {
    if customer["payment_methods"][method].is_null() {
        return Err("the payment method is not found".to_owned());
    }
    if is_gift_card(customer, method) && balance(customer, method) < amount {
        return Err("the gift card's balance is too small".to_owned());
    }
    Ok(())
}

fn pay(order: &mut Value, customer: &mut Value, kind: &str, amount: i64, method: &str) {
    let entry = json!({"transaction_type": kind, "cents": amount, "payment_method_id": method});
    order["payment_history"].as_array_mut().expect("a list").push(entry);
    if is_gift_card(customer, method) {
        let held = balance(customer, method) + if kind == "refund" { amount } else { -amount };
        customer["payment_methods"][method]["cents"] = json!(held);
    }
}

fn first_payment(order: &Value) -> (i64, String) {
    let first = &order["payment_history"][0];
    (cents(&first["amount"]), first["payment_method_id"].as_str().expect("a method").to_owned())
}

fn cancel(arguments: &Value, order: &mut Value, customer: &mut Value) -> Result<(), String> {
    let reason = arguments["reason"].as_str().expect("a reason");
    if !["no longer needed", "ordered by mistake"].contains(&reason) {
        return Err("the reason is not known".to_owned());
    }
    let (amount, method) = first_payment(order);
    pay(order, customer, "refund", amount, &method);
    order["status"] = json!("cancelled");
    order["cancel_reason"] = json!(reason);
    Ok(())
}

fn change_payment(arguments: &Value, order: &mut Value, customer: &mut Value) -> Result<(), String> {
    let method = arguments["payment_method_id"].as_str().expect("a method");
    let (amount, before) = first_payment(order);
    if order["payment_history"].as_array().is_some_and(|list| list.len() != 1) {
        return Err("there is not exactly one payment".to_owned());
    }
    if before == method {
        return Err("the method is the same".to_owned());
    }
    covers(customer, method, amount)?;
    pay(order, customer, "payment", amount, method);
    pay(order, customer, "refund", amount, &before);
    Ok(())
}

fn send_back(arguments: &Value, order: &mut Value, customer: &Value) -> Result<(), String> {
    let method = arguments["payment_method_id"].as_str().expect("a method");
    covers(customer, method, 0)?;
    if !is_gift_card(customer, method) && first_payment(order).1 != method {
        return Err("a refund goes to the original method or a gift card".to_owned());
    }
    has_all(order, &texts(&arguments["item_ids"]))?;
    order["status"] = json!("return requested");
    order["return_items"] = json!(sorted(&arguments["item_ids"]));
    order["return_payment_method_id"] = json!(method);
    Ok(())
}

fn has_all(order: &Value, items: &[String]) -> Result<(), String> {
    let count = |item: &String| order["items"].as_array().expect("items").iter().filter(|line| line["item_id"] == item.as_str()).count();
    match items.iter().find(|item| items.iter().filter(|other| other == item).count() > count(item)) {
        Some(item) => Err(format!("{item} is not found")),
        None => Ok(()),
    }
}
