//! What a policy must be besides well formed.

use std::collections::HashSet;

use super::{ActionPolicy, Arrival, Rule};
use crate::domain::order::OrderStatus;
use crate::domain::state::IdentityLevel;
use crate::domain::text::fold::fold;

/// A policy that is none, in one sentence that names the field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {reason}")]
pub struct PolicyError {
    /// The path of the field, such as `cancel_order.reasons.is[0]`.
    pub field: String,
    /// What is wrong with it.
    pub reason: String,
}

/// Finds the first thing that cannot be meant.
pub fn check(policy: &ActionPolicy) -> Result<(), PolicyError> {
    arrival("arrival.gift_card", &policy.arrival.gift_card)?;
    arrival("arrival.others", &policy.arrival.others)?;
    if let Some(rules) = &policy.cancel_order {
        level("cancel_order", &rules.level)?;
        statuses("cancel_order", &rules.statuses)?;
        names("cancel_order.reasons", rules.reasons.is.iter().map(String::as_str))?;
    }
    for (action, rules) in [("change_items", &policy.change_items), ("exchange_items", &policy.exchange_items)] {
        let Some(rules) = rules else { continue };
        level(action, &rules.level)?;
        statuses(action, &rules.statuses)?;
        if let Some(except) = &rules.except {
            names(&format!("{action}.except"), except.is.iter().map(String::as_str))?;
        }
        if rules.status_word.as_ref().is_some_and(|word| word.is.trim().is_empty()) {
            return Err(wrong(&format!("{action}.status_word"), "is empty; write the word or leave the rule out"));
        }
    }
    if let Some(rules) = &policy.change_payment {
        level("change_payment", &rules.level)?;
        statuses("change_payment", &rules.statuses)?;
    }
    if let Some(rules) = &policy.change_shipping {
        level("change_shipping", &rules.level)?;
        statuses("change_shipping", &rules.statuses)?;
    }
    returns(policy)?;
    if let Some(rules) = &policy.order_pick_up {
        level("order_pick_up", &rules.level)?;
        if rules.most_pieces.is == 0 {
            return Err(wrong("order_pick_up.most_pieces", "is 0; write how many pieces an order may have, or leave the action out"));
        }
    }
    if let Some(rules) = &policy.change_address {
        level("change_address", &rules.level)?;
    }
    if let Some(rules) = &policy.set_consent {
        level("set_consent", &rules.level)?;
        names("set_consent.names", rules.names.is.iter().map(String::as_str))?;
    }
    Ok(())
}

fn returns(policy: &ActionPolicy) -> Result<(), PolicyError> {
    let Some(rules) = &policy.return_items else { return Ok(()) };
    level("return_items", &rules.level)?;
    statuses("return_items", &rules.statuses)?;
    if rules.refund_to.is.is_empty() {
        return Err(wrong("return_items.refund_to", "is empty; name original, gift_card or both"));
    }
    if let Some(reasons) = &rules.reasons {
        names("return_items.reasons", reasons.is.iter().map(|reason| reason.name.as_str()))?;
    }
    if let Some(except) = &rules.except {
        names("return_items.except", except.is.iter().map(String::as_str))?;
    }
    match rules.label_fee.as_ref().map(|fee| fee.is.money()) {
        Some(Err(error)) => Err(wrong("return_items.label_fee", &error.to_string())),
        Some(Ok(fee)) if fee.minor < 0 => Err(wrong("return_items.label_fee", "is negative; write what is taken off as a plain number")),
        _ => Ok(()),
    }
}

fn wrong(field: &str, reason: &str) -> PolicyError {
    PolicyError { field: format!("{field}.is"), reason: reason.to_owned() }
}

fn arrival(field: &str, rule: &Rule<Arrival>) -> Result<(), PolicyError> {
    match rule.is {
        Arrival::BusinessDays { from, to } if from > to => Err(wrong(field, "ends before it begins; put the smaller number first")),
        _ => Ok(()),
    }
}

fn level(action: &str, rule: &Rule<IdentityLevel>) -> Result<(), PolicyError> {
    if rule.is == IdentityLevel::Anonymous {
        return Err(wrong(&format!("{action}.level"), "nobody changes records unknown; write identified or verified"));
    }
    Ok(())
}

fn statuses(action: &str, rule: &Rule<Vec<OrderStatus>>) -> Result<(), PolicyError> {
    let field = format!("{action}.statuses");
    if rule.is.is_empty() {
        return Err(wrong(&field, "is empty; name the statuses, or leave the action out"));
    }
    match rule.is.iter().find(|status| matches!(status, OrderStatus::Cancelled | OrderStatus::Returned)) {
        Some(ended) => Err(wrong(&field, &format!("an order that is {ended} has ended; leave that status out"))),
        None => Ok(()),
    }
}

fn names<'a>(field: &str, names: impl Iterator<Item = &'a str>) -> Result<(), PolicyError> {
    let mut seen = HashSet::new();
    for name in names {
        if name.trim().is_empty() {
            return Err(wrong(field, "one of them is empty; write it out or remove it"));
        }
        if !seen.insert(fold(name.trim())) {
            return Err(wrong(field, &format!("\"{name}\" stands there twice; keep one")));
        }
    }
    if seen.is_empty() { Err(wrong(field, "is empty; name at least one, or leave the rule out")) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn the_policies_in_the_program_are_policies() {
        let demo = ActionPolicy::built_in().unwrap();
        assert!(demo.cancel_order.is_some() && demo.return_items.is_some());
        let tau2 = ActionPolicy::parse(ActionPolicy::tau2_retail_text()).unwrap();
        assert!(tau2.return_items.is_some_and(|rules| rules.days.is_none()));
    }

    /// Every rule names the sentence it comes from, and that sentence is the shop's own.
    #[test]
    fn every_rule_says_where_it_comes_from() {
        fn walk(path: &str, value: &Value, found: &mut Vec<(String, String)>) {
            if let Some(object) = value.as_object() {
                if object.contains_key("is") {
                    found.push((path.to_owned(), object.get("from").and_then(Value::as_str).unwrap_or_default().to_owned()));
                }
                object.iter().filter(|(name, _)| *name != "is").for_each(|(name, value)| walk(&format!("{path}.{name}"), value, found));
            }
        }
        for text in [ActionPolicy::built_in_text(), ActionPolicy::tau2_retail_text()] {
            let mut found = Vec::new();
            walk("", &serde_json::from_str(text).unwrap(), &mut found);
            assert!(found.len() > 20);
            for (path, from) in found {
                assert!(from.len() > 10, "{path} does not say where it comes from");
            }
        }
    }

    #[test]
    fn what_cannot_be_meant_is_named() {
        let good: Value = serde_json::from_str(ActionPolicy::built_in_text()).unwrap();
        for (pointer, value, field) in [
            ("/cancel_order/reasons/is", json!([]), "cancel_order.reasons.is"),
            ("/cancel_order/reasons/is", json!(["late", "Late "]), "cancel_order.reasons.is"),
            ("/cancel_order/reasons/is", json!([5]), "cancel_order.reasons.is[0]"),
            ("/cancel_order/statuses/is", json!(["lost"]), "cancel_order.statuses.is[0]"),
            ("/cancel_order/statuses/is", json!(["cancelled"]), "cancel_order.statuses.is"),
            ("/cancel_order/statuses/is", json!([]), "cancel_order.statuses.is"),
            ("/cancel_order/level/is", json!("anonymous"), "cancel_order.level.is"),
            ("/cancel_order/restock", json!({"is": true, "why": ""}), "cancel_order.restock.why"),
            ("/arrival/others/is", json!({"business_days": {"from": 7, "to": 5}}), "arrival.others.is"),
            ("/return_items/days/is", json!(-1), "return_items.days.is"),
            ("/return_items/refund_to/is", json!([]), "return_items.refund_to.is"),
            ("/return_items/label_fee/is/amount", json!("6.955"), "return_items.label_fee.is"),
            ("/exchange_items/stock/is", json!("maybe"), "exchange_items.stock.is"),
            ("/order_pick_up/most_pieces/is", json!(0), "order_pick_up.most_pieces.is"),
            ("/set_consent/names/is", json!([""]), "set_consent.names.is"),
        ] {
            let mut policy = good.clone();
            *policy.pointer_mut(pointer).unwrap() = value;
            let error = ActionPolicy::parse(&policy.to_string()).unwrap_err();
            assert_eq!(error.field, field, "{error}");
        }
        assert!(ActionPolicy::parse("{}").is_err());
        let mut less = good;
        less.as_object_mut().unwrap().remove("cancel_order");
        let less = ActionPolicy::parse(&less.to_string()).unwrap();
        assert_eq!(less.level(crate::domain::action::ActionKind::CancelOrder), None, "what the file does not name is not offered");
    }
}
