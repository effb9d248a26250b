//! A preview in the making: copies of the records, changed step by step, and held against what they were.

use std::collections::BTreeMap;

use super::preview::{Preview, Touched};
use super::records::{Now, Records, Versioned};
use super::refusal::Refusal;
use crate::domain::action::Request;
use crate::domain::action::{ActionKind, CustomerChange, CustomerEvent, OrderChange, OrderEvent};
use crate::domain::action::{Line, LineField, Movement, Shown, Side};
use crate::domain::customer::{Customer, PaymentMethod};
use crate::domain::money::Money;
use crate::domain::order::{Order, Payment, PaymentKind};
use crate::domain::policy::{ActionPolicy, Arrival};
use crate::domain::product::Product;
use crate::domain::record::{Record, RecordKind};
use crate::domain::state::{Identity, IdentityLevel};
use crate::domain::time::Moment;

/// A preview in the making.
pub struct Draft<'a> {
    request: &'a Request,
    records: &'a Records,
    /// The shop's rules.
    pub policy: &'a ActionPolicy,
    /// The present.
    pub now: &'a Now<'a>,
    /// How far the session has shown whose it is.
    pub level: IdentityLevel,
    /// The customer as they would be.
    pub customer: Customer,
    /// The order as it would be.
    order: Option<Order>,
    /// The products as they would be.
    pub products: BTreeMap<String, Product>,
    money: Vec<Movement>,
    later: Vec<Movement>,
    /// Lines that are more than a field before and after.
    lines: Vec<Line>,
}

impl<'a> Draft<'a> {
    /// Begins with the records as they are: those of the customer who asks, and no others.
    pub fn open(
        request: &'a Request,
        records: &'a Records,
        policy: &'a ActionPolicy,
        who: &Identity,
        now: &'a Now<'a>,
    ) -> Result<Self, Refusal> {
        let theirs = |customer: &&Versioned<Customer>| who.customer.as_ref() == Some(&customer.record.id);
        let customer = records.customer.as_ref().filter(theirs).ok_or(Refusal::NotYours)?;
        let order = match request.wish.order() {
            None => None,
            // A new order begins with nothing, unless it is there already.
            Some(_) if request.wish.kind() == ActionKind::OrderPickUp && records.order.is_none() => None,
            Some(number) => {
                let order = records.order.as_ref().map(|order| &order.record);
                let own = order.filter(|order| order.number == number && order.customer == customer.record.id);
                Some((**own.ok_or(Refusal::NotYours)?).clone())
            }
        };
        let draft = Self {
            request,
            records,
            policy,
            now,
            level: who.level,
            customer: (*customer.record).clone(),
            order,
            products: records.products.iter().map(|(sku, product)| (sku.clone(), (*product.record).clone())).collect(),
            money: Vec::new(),
            later: Vec::new(),
            lines: Vec::new(),
        };
        match draft.done_at() {
            Some(at) => Err(Refusal::AlreadyDone { at }),
            None if request.wish.kind() == ActionKind::OrderPickUp && records.order.is_some() => Err(Refusal::NumberTaken),
            None => Ok(draft),
        }
    }

    /// When this very action was done, if it was.
    fn done_at(&self) -> Option<Moment> {
        let id = &self.request.id;
        let order = self.order.iter().flat_map(|order| &order.history).find(|event| event.action == *id).map(|event| event.at);
        order.or_else(|| self.customer.history.iter().find(|event| event.action == *id).map(|event| event.at))
    }

    /// The order; every wish that names one has it by now.
    pub fn order(&mut self) -> Result<&mut Order, Refusal> {
        self.order.as_mut().ok_or(Refusal::NotYours)
    }

    /// Begins a new order.
    pub fn begin(&mut self, order: Order) {
        self.order = Some(order);
    }

    /// Puts what the action leaves behind into the order's history.
    pub fn leave(&mut self, change: OrderChange) -> Result<(), Refusal> {
        let event = OrderEvent { action: self.request.id.clone(), at: self.now.at, change };
        self.order()?.history.push(event);
        Ok(())
    }

    /// Puts what the action leaves behind into the customer's history.
    pub fn leave_on_customer(&mut self, change: CustomerChange) {
        self.customer.history.push(CustomerEvent { action: self.request.id.clone(), at: self.now.at, change });
    }

    /// Adds a line about the order that is more than a field before and after.
    pub fn say(&mut self, field: LineField, before: Option<Side>, after: Option<Side>) -> Result<(), Refusal> {
        let id = self.order()?.number.clone();
        self.lines.push(Line { kind: RecordKind::Order, id, field, before, after });
        Ok(())
    }

    /// Adds a line about the customer.
    pub fn say_of_customer(&mut self, field: LineField, before: Option<Side>, after: Option<Side>) {
        self.lines.push(Line { kind: RecordKind::Customer, id: self.customer.id.clone(), field, before, after });
    }

    /// Moves money now: a payment on the order, under the name it is given, and, on a gift card, its balance.
    ///
    /// # Errors
    /// When a gift card does not cover it, or the amounts do not add up.
    pub fn pay(&mut self, kind: PaymentKind, amount: Money, method: &str) -> Result<(), Refusal> {
        if amount.minor == 0 {
            return Ok(());
        }
        if kind == PaymentKind::Payment {
            self.must_cover(method, amount)?;
        }
        let card = self.customer.method(method).filter(|own| own.is_gift_card()).map(PaymentMethod::name);
        if let Some(card) = self.customer.payment_methods.iter_mut().find(|own| card.as_ref() == Some(&own.name())) {
            let held = card.balance.unwrap_or(Money::new(0, amount.currency));
            let left = match kind {
                PaymentKind::Payment => held.checked_sub(amount),
                PaymentKind::Refund => held.checked_add(amount),
            };
            card.balance = Some(left.ok_or(Refusal::Sum)?);
        }
        self.order()?.payments.push(Payment { kind, amount, method: method.to_owned() });
        let movement = self.movement(kind, amount, method);
        self.money.push(movement);
        Ok(())
    }

    /// Puts pieces of a product back into its stock, where that is counted.
    ///
    /// # Errors
    /// When they do not add up.
    pub fn put_back(&mut self, sku: &str, count: u32) -> Result<(), Refusal> {
        if let Some(stock) = self.counted(sku) {
            *stock = stock.checked_add(count).ok_or(Refusal::Sum)?;
        }
        Ok(())
    }

    /// Takes pieces of a product off its stock, where that is counted.
    ///
    /// # Errors
    /// When there are not so many.
    pub fn take_off(&mut self, sku: &str, count: u32) -> Result<(), Refusal> {
        if let Some(stock) = self.counted(sku) {
            let short = Refusal::NotAvailable { sku: sku.to_owned(), stock: Some(*stock) };
            *stock = stock.checked_sub(count).ok_or(short)?;
        }
        Ok(())
    }

    fn counted(&mut self, sku: &str) -> Option<&mut u32> {
        self.products.get_mut(sku)?.stock.as_mut()
    }

    /// Notes money that moves once the goods are back.
    pub fn pay_later(&mut self, kind: PaymentKind, amount: Money, method: &str) {
        if amount.minor != 0 {
            let movement = self.movement(kind, amount, method);
            self.later.push(movement);
        }
    }

    fn movement(&self, kind: PaymentKind, amount: Money, method: &str) -> Movement {
        let arrives = match kind {
            PaymentKind::Payment => Arrival::AtOnce,
            PaymentKind::Refund if self.is_gift_card(method) => self.policy.arrival.gift_card.is,
            PaymentKind::Refund => self.policy.arrival.others.is,
        };
        Movement { kind, amount, method: method.to_owned(), arrives }
    }

    /// Whether a name is that of a gift card of the customer.
    pub fn is_gift_card(&self, method: &str) -> bool {
        self.customer.method(method).is_some_and(PaymentMethod::is_gift_card)
    }

    /// Whether a gift card holds an amount; other methods are not ours to ask.
    pub fn must_cover(&self, method: &str, amount: Money) -> Result<(), Refusal> {
        let Some(card) = self.customer.method(method).filter(|own| own.is_gift_card()) else { return Ok(()) };
        match card.balance {
            Some(held) if held.currency == amount.currency && held.minor >= amount.minor => Ok(()),
            balance => Err(Refusal::GiftCardShort { method: method.to_owned(), balance, amount }),
        }
    }

    /// The preview: everything that differs, and everything it rests on.
    pub fn finish(mut self) -> Result<Preview, Refusal> {
        self.differences();
        let records = self.records;
        let mut touched = Vec::new();
        match (&records.order, self.order.take()) {
            (Some(before), Some(after)) => {
                touched.push(self.touched(before, after, |order, at| order.updated_at = at, |order| Record::Order(order.into())));
            }
            (None, Some(new)) => {
                let record = Record::Order(new.into());
                let note = Some(self.note(&record));
                touched.push(Touched { version: None, record, note });
            }
            (_, None) => {}
        }
        if let Some(before) = &records.customer {
            let after = self.customer.clone();
            touched.push(self.touched(
                before,
                after,
                |customer, at| customer.updated_at = at,
                |customer| Record::Customer(customer.into()),
            ));
        }
        for (sku, before) in &records.products {
            let Some(after) = self.products.remove(sku) else { continue };
            touched.push(self.touched(before, after, |product, at| product.updated_at = at, |product| Record::Product(product.into())));
        }
        if touched.iter().all(|touched| touched.note.is_none()) {
            return Err(Refusal::Nothing);
        }
        let shown = Shown {
            action: self.request.wish.kind(),
            order: self.request.wish.order().map(str::to_owned),
            money: self.money,
            later: self.later,
            lines: self.lines,
        };
        Ok(Preview { request: self.request.clone(), shown, records: touched })
    }

    fn touched<T: PartialEq>(&self, before: &Versioned<T>, mut after: T, stamp: fn(&mut T, Moment), record: fn(T) -> Record) -> Touched {
        let changes = *before.record != after;
        if changes {
            stamp(&mut after, self.now.at);
        }
        let record = record(after);
        let note = changes.then(|| self.note(&record));
        Touched { version: Some(before.version), record, note }
    }

    /// Why a record changes, in a line for the books.
    fn note(&self, record: &Record) -> String {
        let own = self.lines.iter().filter(|line| line.kind == record.kind() && line.id == record.id()).map(Line::note);
        let money = self.money.iter().filter(|_| record.kind() == RecordKind::Order).map(Movement::note);
        let parts: Vec<String> = own.chain(money).collect();
        let order = self.request.wish.order().map(|order| format!(" of order {order}")).unwrap_or_default();
        format!("{}{order} ({}): {}", self.request.wish.kind(), self.request.id, parts.join("; "))
    }

    /// Adds a line for every field that differs.
    fn differences(&mut self) {
        let mut found: Vec<Line> = Vec::new();
        if let Some(after) = &self.order {
            order_lines(self.records.order.as_ref().map(|before| &*before.record), after, &mut found);
        }
        if let Some(before) = &self.records.customer {
            customer_lines(&before.record, &self.customer, &mut found);
        }
        for (sku, before) in &self.records.products {
            let (before, after) = (before.record.stock, self.products.get(sku).and_then(|product| product.stock));
            push(&mut found, (RecordKind::Product, sku), LineField::Stock, before.map(Side::Count), after.map(Side::Count));
        }
        self.lines.extend(found);
    }
}

fn push(lines: &mut Vec<Line>, of: (RecordKind, &str), field: LineField, before: Option<Side>, after: Option<Side>) {
    if before != after {
        lines.push(Line { kind: of.0, id: of.1.to_owned(), field, before, after });
    }
}

/// One field of an order, as it is shown.
type SideOf = fn(&Order) -> Option<Side>;

fn order_lines(before: Option<&Order>, after: &Order, lines: &mut Vec<Line>) {
    let sides: [(LineField, SideOf); 4] = [
        (LineField::Status, |order| Some(Side::Status(order.status))),
        (LineField::PaymentMethod, |order| (!order.payment_method.is_empty()).then(|| Side::Text(order.payment_method.clone()))),
        (LineField::Total, |order| order.total.map(Side::Money)),
        (LineField::ShipTo, |order| Some(Side::Address(order.ship_to.clone()))),
    ];
    for (field, side) in sides {
        push(lines, (RecordKind::Order, &after.number), field, before.and_then(side), side(after));
    }
}

fn customer_lines(before: &Customer, after: &Customer, lines: &mut Vec<Line>) {
    let of = (RecordKind::Customer, before.id.as_str());
    let address = |customer: &Customer| customer.addresses.first().cloned().map(Side::Address);
    push(lines, of, LineField::Address, address(before), address(after));
    for (was, is) in before.payment_methods.iter().zip(&after.payment_methods) {
        let side = |balance: Option<Money>| balance.map(|balance| Side::Balance { method: was.name(), balance });
        push(lines, of, LineField::Balance, side(was.balance), side(is.balance));
    }
}
