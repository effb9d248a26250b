//! Which proofs show whose an order is: the policy, as data and in words.

use std::sync::LazyLock;

use serde::Deserialize;

static BUILT_IN: LazyLock<Option<IdentityPolicy>> = LazyLock::new(|| IdentityPolicy::built_in().ok());

/// Which proofs show whose an order is; data, see `knowledge_base/policies/identity.json`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentityPolicy {
    /// For the reader of the file.
    #[serde(default)]
    pub about: String,
    /// Combinations of proofs, each enough to read the orders of a customer.
    pub identified: Vec<Vec<Proof>>,
    /// How many attempts are too many.
    pub attempts: AttemptPolicy,
}

/// A proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// The order's number.
    OrderNumber,
    /// The tracking number of one of its parcels.
    TrackingNumber,
    /// The number of a ticket.
    TicketNumber,
    /// The customer's e-mail address.
    Email,
    /// The last four digits of the customer's telephone number.
    PhoneTail,
    /// The postal code of the order or the customer.
    Zip,
    /// The customer's name: all of it, or the family name.
    Name,
}

/// How many attempts are too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttemptPolicy {
    /// Failures of one address at one target before it is locked out of it.
    pub per_address: u16,
    /// For how many minutes.
    pub lock_minutes: u64,
    /// Failures at one target in a day, from anywhere, before only a person can help.
    pub per_day: u16,
}

impl Proof {
    /// Whether it is a number of something in the records.
    pub fn is_number(self) -> bool {
        matches!(self, Self::OrderNumber | Self::TrackingNumber | Self::TicketNumber)
    }

    /// In words.
    fn words(self) -> &'static str {
        match self {
            Self::OrderNumber => "the order number",
            Self::TrackingNumber => "the tracking number of a parcel",
            Self::TicketNumber => "the number of a ticket",
            Self::Email => "the e-mail address",
            Self::PhoneTail => "the last four digits of the phone number",
            Self::Zip => "the postal code",
            Self::Name => "the family name",
        }
    }
}

impl IdentityPolicy {
    /// The policy compiled into the program.
    ///
    /// # Errors
    /// When the file is no policy; a test reads it, so this does not happen in a released program.
    pub fn built_in() -> Result<Self, serde_json::Error> {
        Self::parse(include_str!("../../knowledge_base/policies/identity.json"))
    }

    /// The policy compiled into the program, read once, for those who only speak of it.
    pub fn shared() -> Option<&'static Self> {
        BUILT_IN.as_ref()
    }

    /// Reads a policy.
    ///
    /// # Errors
    /// When the text is no policy.
    pub fn parse(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// The numbers by which it can be shown whose an order is, in words.
    pub fn numbers(&self) -> Vec<&'static str> {
        let mut numbers = Vec::new();
        for proof in self.identified.iter().flatten().filter(|proof| proof.is_number()) {
            if !numbers.contains(&proof.words()) {
                numbers.push(proof.words());
            }
        }
        numbers
    }

    /// What proves it beside one of those numbers, in words: of every number the same, so that nobody is sent
    /// for a thing that their number does not take.
    pub fn beside_any_number(&self) -> Vec<String> {
        let numbers: Vec<Proof> = self.identified.iter().flatten().copied().filter(|proof| proof.is_number()).collect();
        let mut found = Vec::new();
        for rest in self.identified.iter().map(|combination| beside(combination)) {
            let every = numbers.iter().all(|number| self.identified.iter().any(|c| c.contains(number) && beside(c) == rest));
            let words = rest.iter().map(|proof| proof.words()).collect::<Vec<_>>().join(" with ");
            if every && !rest.is_empty() && !found.contains(&words) {
                found.push(words);
            }
        }
        found
    }
}

/// The proofs of a combination that are no numbers.
fn beside(combination: &[Proof]) -> Vec<Proof> {
    combination.iter().copied().filter(|proof| !proof.is_number()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_shown_without_a_number() {
        let policy = IdentityPolicy::built_in().unwrap();
        for combination in &policy.identified {
            let numbers = combination.iter().filter(|proof| proof.is_number()).count();
            assert!(numbers == 1 && combination.len() > 1, "{combination:?}");
        }
    }

    #[test]
    fn what_is_needed_follows_from_the_policy() {
        let policy = IdentityPolicy::built_in().unwrap();
        assert_eq!(policy.numbers(), ["the order number", "the number of a ticket", "the tracking number of a parcel"]);
        assert_eq!(policy.beside_any_number(), ["the e-mail address", "the last four digits of the phone number"]);
        let text = r#"{"identified": [["order_number", "zip", "name"]], "attempts": {"per_address": 1, "lock_minutes": 1, "per_day": 1}}"#;
        let policy = IdentityPolicy::parse(text).unwrap();
        assert_eq!(policy.beside_any_number(), ["the postal code with the family name"]);
    }
}
