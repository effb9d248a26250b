//! What orders and tickets refer to: products and customers that must be there.

use std::collections::HashSet;

use super::convert::Fault;
use crate::domain::customer::Customer;
use crate::domain::order::Order;
use crate::domain::product::Product;
use crate::domain::record::RecordKind;
use crate::domain::ticket::Ticket;
use crate::store::{Store, StoreError};

/// What rows may refer to.
#[derive(Debug, Default)]
pub struct References {
    /// Products.
    pub skus: Names,
    /// Customers.
    pub customers: Names,
}

/// Names of one kind that rows may refer to.
#[derive(Debug, Default)]
pub struct Names {
    known: HashSet<String>,
    /// Whether there are none to hold anything against, and nothing is to be written either.
    open: bool,
    /// How many references were not held against anything.
    unchecked: usize,
}

impl Names {
    /// Whether a name is known, or cannot be checked.
    fn has(&mut self, name: &str) -> bool {
        self.unchecked += usize::from(self.open);
        self.open || self.known.contains(name)
    }
}

impl FromIterator<String> for Names {
    fn from_iter<T: IntoIterator<Item = String>>(names: T) -> Self {
        Self { known: names.into_iter().collect(), ..Self::default() }
    }
}

impl References {
    /// Reads what rows of the kind may refer to.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn load(store: &Store, kind: RecordKind) -> Result<Self, StoreError> {
        let mut known = Self::default();
        if matches!(kind, RecordKind::Order | RecordKind::Ticket) {
            store.for_each::<Product>(|_, product| known.skus.known.extend([product.sku])).await?;
            store.for_each::<Customer>(|_, customer| known.customers.known.extend([customer.id])).await?;
        }
        Ok(known)
    }

    /// For a dry run: a shop without any product or customer yet says nothing of those a file names.
    #[must_use]
    pub fn for_dry_run(mut self) -> Self {
        for names in [&mut self.skus, &mut self.customers] {
            names.open = names.known.is_empty();
        }
        self
    }

    /// What could not be checked, in a sentence.
    pub fn note(&self) -> Option<String> {
        let parts: Vec<String> = [(&self.customers, "customers"), (&self.skus, "products")]
            .into_iter()
            .filter(|(names, _)| names.unchecked > 0)
            .map(|(names, what)| format!("{} references to {what}", names.unchecked))
            .collect();
        let parts = (!parts.is_empty()).then(|| parts.join(" and "))?;
        Some(format!("{parts} could not be checked: the shop has none yet; import those first, or the rows will be rejected"))
    }

    /// Whether an order refers to what is there.
    pub fn check_order(&mut self, order: &Order) -> Result<(), Fault> {
        if !self.customers.has(&order.customer) {
            return Err(Fault::new("customer_id", format!("no customer \"{}\" is known", order.customer), "import the customers first"));
        }
        match order.items.iter().find(|item| !self.skus.has(&item.sku)) {
            Some(item) => Err(Fault::new("items", format!("no product \"{}\" is known", item.sku), "import the products first")),
            None => Ok(()),
        }
    }

    /// Whether a ticket refers to what is there.
    pub fn check_ticket(&mut self, ticket: &Ticket) -> Result<(), Fault> {
        if let Some(customer) = ticket.customer.as_ref().filter(|c| !self.customers.has(c)) {
            return Err(Fault::new(
                "customer_id",
                format!("no customer \"{customer}\" is known"),
                "import the customers first, or leave it empty",
            ));
        }
        match ticket.sku.as_ref().filter(|sku| !self.skus.has(sku)) {
            Some(sku) => Err(Fault::new("sku", format!("no product \"{sku}\" is known"), "import the products first, or leave it empty")),
            None => Ok(()),
        }
    }
}
