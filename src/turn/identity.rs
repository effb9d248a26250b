//! Whose an order is: the policy, and the check that tells nobody why it failed.

use std::sync::Arc;
use std::time::Duration;

use crate::agents::lookup::{Claim, NumberOf, Verdict};
use crate::domain::customer::{Customer, same_zip};
use crate::domain::order::Order;
use crate::domain::proof::{IdentityPolicy, Proof};
use crate::domain::text::fold::bare;
use crate::domain::ticket::Ticket;
use crate::domain::time::Moment;
use crate::store::command::{Attempt, AttemptRules, AttemptVerdict, Proven};
use crate::store::{Index, Store, StoreError};

/// How many attempts are too many, as the store counts them.
fn rules(policy: &IdentityPolicy) -> AttemptRules {
    AttemptRules {
        per_address: policy.attempts.per_address,
        lock: Duration::from_secs(policy.attempts.lock_minutes * 60),
        per_day: policy.attempts.per_day,
    }
}

/// Whether what is claimed shows that what was `named` belongs to `customer`. Every proof is looked at,
/// so that the time taken says nothing about which of them was wrong.
fn shown(policy: &IdentityPolicy, claim: &Claim, named: &Named, customer: &Customer) -> bool {
    let zip_fits = |zip: &str| {
        let own = named.order.as_ref().is_some_and(|order| same_zip(zip, &order.ship_to.zip));
        customer.addresses.iter().fold(own, |fits, address| fits | same_zip(zip, &address.zip))
    };
    let holds = |proof: &Proof| match proof {
        Proof::OrderNumber | Proof::TrackingNumber | Proof::TicketNumber => *proof == named.by,
        Proof::Email => claim.email.as_deref().is_some_and(|email| customer.has_email(email)),
        Proof::PhoneTail => claim.phone_tail.as_deref().is_some_and(|tail| customer.phone_ends_with(tail)),
        Proof::Zip => claim.zip.as_deref().is_some_and(zip_fits),
        Proof::Name => claim.name.as_deref().is_some_and(|name| customer.has_name(name)),
    };
    policy
        .identified
        .iter()
        .map(|combination| combination.iter().map(holds).fold(true, |all, one| all & one))
        .fold(false, |any, one| any | one)
}

/// A verdict with what must be stored along with it.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The verdict.
    pub verdict: Verdict,
    /// To be forgiven with the result, when the claim was good.
    pub proven: Option<Proven>,
}

/// What a number leads to.
struct Named {
    /// What the number is the number of.
    by: Proof,
    /// Whose it is.
    customer: String,
    /// The order, where there is one.
    order: Option<Arc<Order>>,
}

/// Checks a claim. The attempt is on record before it is looked at, and wrong, unknown and locked are one
/// answer.
///
/// # Errors
/// When the store fails.
pub async fn check(store: &Store, policy: &IdentityPolicy, claim: &Claim, address: &str, now: Moment) -> Result<Checked, StoreError> {
    let target = match claim.of {
        NumberOf::Order => claim.number.clone(),
        NumberOf::Ticket => format!("ticket:{}", claim.number),
    };
    let attempt = Attempt { target: target.clone(), address: address.to_owned(), at: now, rules: rules(policy) };
    let allowed = store.attempt(attempt).await? == AttemptVerdict::Counted;
    let named = named(store, claim).await?;
    let customer = match &named {
        Some(named) => store.get::<Customer>(&named.customer).await?.map(|(_, customer)| customer),
        None => None,
    };
    let failed = Checked { verdict: Verdict::NotProven, proven: None };
    let (Some(named), Some(customer)) = (named, customer) else { return Ok(failed) };
    let shown = shown(policy, claim, &named, &customer);
    if !(allowed && shown) {
        return Ok(failed);
    }
    let order = named.order.map(|order| order.number.clone());
    Ok(Checked {
        verdict: Verdict::Proven { customer: customer.id.clone(), order },
        proven: Some(Proven { target, address: address.to_owned(), at: now }),
    })
}

async fn named(store: &Store, claim: &Claim) -> Result<Option<Named>, StoreError> {
    if claim.of == NumberOf::Ticket {
        let found = store.find(Index::TicketByNumber, &claim.number, 1).await?;
        let Some(number) = found.first() else { return Ok(None) };
        let Some((_, ticket)) = store.get::<Ticket>(number).await? else { return Ok(None) };
        let Some(customer) = ticket.customer.clone() else { return Ok(None) };
        let order = match &ticket.order {
            Some(order) => find_order(store, &bare(order)).await?.filter(|order| order.customer == customer),
            None => None,
        };
        return Ok(Some(Named { by: Proof::TicketNumber, customer, order }));
    }
    if let Some(order) = find_order(store, &claim.number).await? {
        return Ok(Some(Named { by: Proof::OrderNumber, customer: order.customer.clone(), order: Some(order) }));
    }
    let tracked = find_tracked(store, &claim.number).await?;
    Ok(tracked.map(|order| Named { by: Proof::TrackingNumber, customer: order.customer.clone(), order: Some(order) }))
}

/// The order a number leads to: by letters and digits, or by digits alone where that is unambiguous.
///
/// # Errors
/// When the store fails.
pub async fn find_order(store: &Store, bare: &str) -> Result<Option<Arc<Order>>, StoreError> {
    let mut found = store.find(Index::OrderByNumber, bare, 2).await?;
    let only_digits = !bare.is_empty() && bare.bytes().all(|b| b.is_ascii_digit());
    if found.is_empty() && only_digits {
        found = store.find(Index::OrderByDigits, bare, 2).await?;
    }
    only(store, &found).await
}

/// The order one of whose parcels has a tracking number.
///
/// # Errors
/// When the store fails.
pub async fn find_tracked(store: &Store, bare: &str) -> Result<Option<Arc<Order>>, StoreError> {
    let found = store.find(Index::OrderByTracking, bare, 2).await?;
    only(store, &found).await
}

async fn only(store: &Store, found: &[String]) -> Result<Option<Arc<Order>>, StoreError> {
    match found {
        [only] => Ok(store.get::<Order>(only).await?.map(|(_, order)| order)),
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::order::tests::sample;
    use crate::domain::order::{Address, OrderStatus};

    fn customer() -> Customer {
        Customer {
            id: "C1".into(),
            name: "Ada King".into(),
            email: "ada@example.com".into(),
            phone: "207-555-0134".into(),
            addresses: vec![Address { line: String::new(), zip: "99501".into() }],
            payment_methods: Vec::new(),
            consents: Vec::new(),
            created_at: None,
            updated_at: Moment(0),
            history: Vec::new(),
        }
    }

    #[test]
    fn the_policy_decides_what_shows_whose_an_order_is() {
        let policy = IdentityPolicy::built_in().unwrap();
        let order = sample("ORD-1", OrderStatus::Shipped, "2026-11-20");
        let named = |by| Named { by, customer: "C1".into(), order: Some(Arc::new(order.clone())) };
        let some = |s: &str| Some(s.to_owned());
        for (claim, shown) in [
            (Claim { email: some("ADA@example.com"), ..Claim::default() }, true),
            (Claim { email: some("eve@example.com"), ..Claim::default() }, false),
            (Claim { phone_tail: some("0134"), ..Claim::default() }, true),
            (Claim { phone_tail: some("9999"), ..Claim::default() }, false),
            (Claim { zip: some("04101"), name: some("king, ada"), ..Claim::default() }, true),
            (Claim { zip: some("99501"), name: some("Ada King"), ..Claim::default() }, true),
            (Claim { zip: some("99501"), name: some("king"), ..Claim::default() }, true),
            (Claim { zip: some("99501"), name: some("Ada"), ..Claim::default() }, false),
            (Claim { name: some("King"), ..Claim::default() }, false),
            (Claim { zip: some("04101"), ..Claim::default() }, false),
            (Claim { name: some("Ada King"), ..Claim::default() }, false),
            (Claim::default(), false),
        ] {
            assert_eq!(super::shown(&policy, &claim, &named(Proof::OrderNumber), &customer()), shown, "{claim:?}");
        }
        // Name, postal code and tracking number stand on every label: together they prove nothing.
        let label = Claim { zip: some("04101"), name: some("Ada King"), ..Claim::default() };
        assert!(!shown(&policy, &label, &named(Proof::TrackingNumber), &customer()));
        let email = Claim { email: some("ada@example.com"), ..Claim::default() };
        for by in [Proof::TrackingNumber, Proof::TicketNumber] {
            assert!(shown(&policy, &email, &named(by), &customer()), "{by:?}");
        }
    }

    #[test]
    fn another_policy_asks_for_other_proofs() {
        let text = r#"{"identified": [["email", "zip"]], "attempts": {"per_address": 1, "lock_minutes": 1, "per_day": 1}}"#;
        let policy = IdentityPolicy::parse(text).unwrap();
        let order = Some(Arc::new(sample("ORD-1", OrderStatus::Shipped, "2026-11-20")));
        let named = Named { by: Proof::OrderNumber, customer: "C1".into(), order };
        let email = Some("ada@example.com".to_owned());
        assert!(!shown(&policy, &Claim { email: email.clone(), ..Claim::default() }, &named, &customer()));
        assert!(shown(&policy, &Claim { email, zip: Some("04101".into()), ..Claim::default() }, &named, &customer()));
        assert!(IdentityPolicy::parse(r#"{"identified": [["shoe_size"]]}"#).is_err());
    }
}
