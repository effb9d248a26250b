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
#[derive(Default)]
pub struct References {
    /// Products.
    pub skus: HashSet<String>,
    /// Customers.
    pub customers: HashSet<String>,
}

impl References {
    /// Reads what rows of the kind may refer to.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn load(store: &Store, kind: RecordKind) -> Result<Self, StoreError> {
        let mut known = Self::default();
        if matches!(kind, RecordKind::Order | RecordKind::Ticket) {
            store.for_each::<Product>(|_, product| known.skus.extend([product.sku])).await?;
            store.for_each::<Customer>(|_, customer| known.customers.extend([customer.id])).await?;
        }
        Ok(known)
    }

    /// Whether an order refers to what is there.
    pub fn check_order(&self, order: &Order) -> Result<(), Fault> {
        if !self.customers.contains(&order.customer) {
            return Err(Fault::new("customer_id", format!("no customer \"{}\" is known", order.customer), "import the customers first"));
        }
        match order.items.iter().find(|item| !self.skus.contains(&item.sku)) {
            Some(item) => Err(Fault::new("items", format!("no product \"{}\" is known", item.sku), "import the products first")),
            None => Ok(()),
        }
    }

    /// Whether a ticket refers to what is there.
    pub fn check_ticket(&self, ticket: &Ticket) -> Result<(), Fault> {
        if let Some(customer) = ticket.customer.as_ref().filter(|c| !self.customers.contains(*c)) {
            return Err(Fault::new(
                "customer_id",
                format!("no customer \"{customer}\" is known"),
                "import the customers first, or leave it empty",
            ));
        }
        match ticket.sku.as_ref().filter(|sku| !self.skus.contains(*sku)) {
            Some(sku) => Err(Fault::new("sku", format!("no product \"{sku}\" is known"), "import the products first, or leave it empty")),
            None => Ok(()),
        }
    }
}
