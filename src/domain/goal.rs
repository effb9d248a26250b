//! What a message is for, finer than the five intents.

use super::agent::Intent;
use super::named::named_enum;

named_enum! {
    /// What the customer wants done with this message.
    Goal {
        /// See products that fit a need.
        FindProduct = "find_product",
        /// Narrow or widen what was just shown.
        RefineResults = "refine_results",
        /// Set products side by side.
        CompareProducts = "compare_products",
        /// Know something about a product.
        ProductQuestion = "product_question",
        /// Know what it costs.
        PriceQuestion = "price_question",
        /// Know whether it is there.
        StockQuestion = "stock_question",
        /// Be told which one to take.
        Recommend = "recommend",
        /// See something instead of it.
        Alternatives = "alternatives",
        /// See what goes with it.
        Accessories = "accessories",
        /// Know what the shop sells at all.
        BrowseCategories = "browse_categories",
        /// Buy it.
        Buy = "buy",
        /// Know how one can pay.
        PaymentMethods = "payment_methods",

        /// Know what is on offer.
        CurrentPromotions = "current_promotions",
        /// Know whether or why not a code works.
        CodeCheck = "code_check",
        /// Know the price with the offer.
        PromoPrice = "promo_price",
        /// Know which code helps here, or another one.
        WhichCode = "which_code",
        /// Know until when, from how much on and for what an offer holds.
        OfferTerms = "offer_terms",
        /// Use several codes or discounts at once.
        CodeStacking = "code_stacking",
        /// Know what offers come next.
        UpcomingOffers = "upcoming_offers",
        /// Points and rewards.
        Loyalty = "loyalty",
        /// The newsletter.
        Newsletter = "newsletter",
        /// Gift cards.
        GiftCards = "gift_cards",
        /// A lower price elsewhere.
        PriceMatch = "price_match",
        /// Any other discount.
        DiscountRequest = "discount_request",
        /// Pay less than the price says, for no reason the shop knows.
        Haggling = "haggling",

        /// Something does not work.
        Troubleshoot = "troubleshoot",
        /// Help with setting up.
        SetupHelp = "setup_help",
        /// It came broken, or something else came.
        DamagedOrWrongItem = "damaged_or_wrong_item",
        /// Is it still under warranty.
        Warranty = "warranty",
        /// Send it back.
        ReturnRequest = "return_request",
        /// The rules for sending back.
        ReturnPolicy = "return_policy",
        /// Where the money is.
        RefundStatus = "refund_status",
        /// Have a ticket opened.
        OpenTicket = "open_ticket",
        /// How a ticket stands.
        TicketStatus = "ticket_status",
        /// Account, password, login.
        AccountProblem = "account_problem",
        /// A payment failed or was taken twice.
        PaymentProblem = "payment_problem",
        /// To complain.
        Complaint = "complaint",
        /// An invoice or receipt.
        Invoice = "invoice",
        /// A repair.
        Repair = "repair",

        /// Where an order stands.
        OrderStatus = "order_status",
        /// Follow the parcel.
        Tracking = "tracking",
        /// When it comes.
        DeliveryDate = "delivery_date",
        /// It should have come.
        LateParcel = "late_parcel",
        /// It is said to have come.
        MissingParcel = "missing_parcel",
        /// All orders of the customer.
        MyOrders = "my_orders",
        /// How, where to and for how much the shop delivers.
        ShippingPolicy = "shipping_policy",
        /// Call an order off.
        CancelOrder = "cancel_order",
        /// Change what was ordered.
        ChangeOrder = "change_order",
        /// Change where it goes.
        ChangeAddress = "change_address",
        /// Fetch it in the store.
        Pickup = "pickup",

        /// Hello.
        Greeting = "greeting",
        /// Thank you.
        Thanks = "thanks",
        /// Goodbye.
        Goodbye = "goodbye",
        /// Chat.
        SmallTalk = "small_talk",
        /// About the assistant itself.
        BotQuestion = "bot_question",
        /// What it can do.
        Capabilities = "capabilities",
        /// When the shop is open.
        StoreHours = "store_hours",
        /// Where the shop is.
        StoreLocation = "store_location",
        /// How to reach the shop.
        Contact = "contact",
        /// What the shop does beside selling: installing, recycling, wrapping.
        ShopServices = "shop_services",
        /// A person, please.
        HumanRequest = "human_request",
        /// Nothing a shop can help with.
        OutOfScope = "out_of_scope",
        /// Yes.
        Affirm = "affirm",
        /// No.
        Deny = "deny",
        /// A language the shop does not speak.
        OtherLanguage = "other_language",
    }
}

impl Goal {
    /// The intent a goal belongs to.
    pub fn intent(self) -> Intent {
        if self < Self::CurrentPromotions {
            Intent::Sales
        } else if self < Self::Troubleshoot {
            Intent::Marketing
        } else if self < Self::OrderStatus {
            Intent::Support
        } else if self < Self::Greeting {
            Intent::Orders
        } else {
            Intent::General
        }
    }

    /// Whether the message only keeps the talk going: what it was about stays on the table.
    pub fn is_courtesy(self) -> bool {
        matches!(
            self,
            Self::Greeting | Self::Thanks | Self::SmallTalk | Self::BotQuestion | Self::Affirm | Self::Deny | Self::OtherLanguage
        )
    }

    /// Whether the goal is about one order, which only its owner may see.
    pub fn needs_order(self) -> bool {
        matches!(
            self,
            Self::OrderStatus
                | Self::Tracking
                | Self::DeliveryDate
                | Self::LateParcel
                | Self::MissingParcel
                | Self::CancelOrder
                | Self::ChangeOrder
                | Self::ChangeAddress
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goals_belong_to_the_intent_of_their_section() {
        for (goal, intent) in [
            (Goal::FindProduct, Intent::Sales),
            (Goal::PaymentMethods, Intent::Sales),
            (Goal::CurrentPromotions, Intent::Marketing),
            (Goal::DiscountRequest, Intent::Marketing),
            (Goal::Troubleshoot, Intent::Support),
            (Goal::Repair, Intent::Support),
            (Goal::OrderStatus, Intent::Orders),
            (Goal::Pickup, Intent::Orders),
            (Goal::Greeting, Intent::General),
            (Goal::OtherLanguage, Intent::General),
        ] {
            assert_eq!(goal.intent(), intent, "{goal}");
        }
    }
}
