//! What a reply waits for.

use super::named::named_enum;

named_enum! {
    /// Something the assistant asked the customer for.
    Slot {
        /// An order number.
        OrderNumber = "order_number",
        /// Proof that the order is theirs.
        Identity = "identity",
        /// Which product is meant.
        Product = "product",
        /// What the product is for.
        Need = "need",
        /// Which line of an order.
        Item = "item",
        /// A promotion code.
        Code = "code",
        /// A ticket number.
        TicketNumber = "ticket_number",
        /// Whether a step helped.
        Helped = "helped",
        /// What does not work.
        Problem = "problem",
        /// A way to be reached.
        Contact = "contact",
        /// Yes or no to an action.
        Confirmation = "confirmation",
        /// What an order should become.
        Wish = "wish",
        /// Which of the offered meanings.
        Intent = "intent",
    }
}
