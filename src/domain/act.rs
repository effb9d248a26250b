//! Acts: typed things to say.
//!
//! An agent answers with acts, never with text. A realiser puts them into words, and whoever it is, the
//! words may hold nothing but the facts the acts carry.

use super::fact::FactId;
use super::named::named_enum;

/// One thing to say.
#[derive(Debug, Clone, PartialEq)]
pub struct Act {
    /// What is said.
    pub kind: ActKind,
    /// What it is said about, by the names the phrases use.
    pub args: Vec<(&'static str, Arg)>,
}

/// What a placeholder of a phrase stands for.
#[derive(Debug, Clone, PartialEq)]
pub enum Arg {
    /// One fact.
    One(FactId),
    /// Several, said as a list.
    Many(Vec<FactId>),
}

impl Act {
    /// An act without arguments.
    pub fn plain(kind: ActKind) -> Self {
        Self { kind, args: Vec::new() }
    }

    /// The act with one more fact.
    #[must_use]
    pub fn with(mut self, name: &'static str, fact: FactId) -> Self {
        self.args.push((name, Arg::One(fact)));
        self
    }

    /// The act with one more fact, where there is one.
    #[must_use]
    pub fn with_some(self, name: &'static str, fact: Option<FactId>) -> Self {
        match fact {
            Some(fact) => self.with(name, fact),
            None => self,
        }
    }

    /// The act with a list of facts.
    #[must_use]
    pub fn with_many(mut self, name: &'static str, facts: Vec<FactId>) -> Self {
        self.args.push((name, Arg::Many(facts)));
        self
    }

    /// The argument of a name.
    pub fn arg(&self, name: &str) -> Option<&Arg> {
        self.args.iter().find(|(own, _)| *own == name).map(|(_, arg)| arg)
    }

    /// The single fact of a name.
    pub fn one(&self, name: &str) -> Option<FactId> {
        match self.arg(name)? {
            Arg::One(fact) => Some(*fact),
            Arg::Many(_) => None,
        }
    }

    /// Every fact the act carries, in argument order.
    pub fn facts(&self) -> impl Iterator<Item = FactId> + '_ {
        self.args
            .iter()
            .flat_map(|(_, arg)| match arg {
                Arg::One(fact) => std::slice::from_ref(fact),
                Arg::Many(facts) => facts.as_slice(),
            })
            .copied()
    }
}

named_enum! {
    /// What can be said. Every kind has its phrases in `assets/speech`, which say what it means.
    #[allow(missing_docs)]
    ActKind {
        // Courtesy and conversation.
        Greet = "greet",
        Thank = "thank",
        Farewell = "farewell",
        SmallTalk = "small_talk",
        Joke = "joke",
        AboutBot = "about_bot",
        Capabilities = "capabilities",
        OutOfScope = "out_of_scope",
        OtherLanguage = "other_language",
        InEnglish = "in_english",
        Sympathy = "sympathy",
        Condolence = "condolence",
        Acknowledge = "acknowledge",
        AnythingElse = "anything_else",
        Repeat = "repeat",
        NothingToRepeat = "nothing_to_repeat",
        NotUnderstood = "not_understood",
        NotInRecords = "not_in_records",
        /// Part of what was asked is answered; the rest is not in the records.
        RestUnknown = "rest_unknown",
        Declined = "declined",
        Clarify = "clarify",
        OfferOther = "offer_other",
        GlassHouse = "system_question",

        // Questions of ours.
        AskOrderNumber = "ask_order_number",
        AskNumberToo = "ask_number_too",
        /// What is needed to show an order, for who has no number.
        NumberNeeded = "number_needed",
        AskIdentity = "ask_identity",
        AskIdentityAgain = "ask_identity_again",
        AskZip = "ask_zip",
        AskName = "ask_name",
        AskWish = "ask_wish",
        AskAddress = "ask_address",
        AskProduct = "ask_product",
        AskWhichProduct = "ask_which_product",
        AskNeed = "ask_need",
        AskWhichItem = "ask_which_item",
        AskWhichOrder = "ask_which_order",
        AskCode = "ask_code",
        AskTicketNumber = "ask_ticket_number",
        AskHelped = "ask_helped",
        AskProblem = "ask_problem",
        AskMatter = "ask_matter",
        AskContact = "ask_contact",

        // The shop's own words.
        Knowledge = "knowledge",
        KnowledgeMore = "knowledge_more",
        /// A sentence without the "yes" it begins with.
        KnowledgeBare = "knowledge_bare",
        /// A rule, with what it means for what the customer told of.
        LimitHolds = "limit_holds",
        LimitPassed = "limit_passed",

        // Sales.
        Found = "found",
        FoundOne = "found_one",
        FoundMore = "found_more",
        FoundNone = "found_none",
        FoundNearest = "found_nearest",
        FoundClosest = "found_closest",
        FoundDearer = "found_dearer",
        FoundRanked = "found_ranked",
        FoundUnchecked = "found_unchecked",
        NoMore = "no_more",
        ListItem = "list_item",
        ListItemOut = "list_item_out",
        ListItemPlain = "list_item_plain",
        ListItemWith = "list_item_with",
        ListItemWithOut = "list_item_with_out",
        Top = "top",
        TopCheapest = "top_cheapest",
        TopDearest = "top_dearest",
        NextBest = "next_best",
        /// What another of the kind states of the same property.
        ForComparison = "for_comparison",
        Price = "price",
        PriceUnknown = "price_unknown",
        PiecesTotal = "pieces_total",
        InStock = "in_stock",
        LowStock = "low_stock",
        OutOfStock = "out_of_stock",
        StockUnknown = "stock_unknown",
        StockCount = "stock_count",
        StockShort = "stock_short",
        RestockUnknown = "restock_unknown",
        Spec = "spec",
        SpecYes = "spec_yes",
        SpecNo = "spec_no",
        SpecIs = "spec_is",
        SpecIsNot = "spec_is_not",
        SpecFlagYes = "spec_flag_yes",
        SpecFlagNo = "spec_flag_no",
        SpecHas = "spec_has",
        SpecOther = "spec_other",
        SpecUnknown = "spec_unknown",
        FitsYes = "fits_yes",
        FitsListed = "fits_listed",
        FitsUnknown = "fits_unknown",
        Overview = "overview",
        Description = "description",
        ComparePrice = "compare_price",
        CompareSamePrice = "compare_same_price",
        CompareSpec = "compare_spec",
        CompareSame = "compare_same",
        CompareStock = "compare_stock",
        Recommend = "recommend",
        RecommendCheapest = "recommend_cheapest",
        RecommendSpec = "recommend_spec",
        RecommendStock = "recommend_stock",
        AlternativesIntro = "alternatives_intro",
        NoAlternatives = "no_alternatives",
        AccessoriesIntro = "accessories_intro",
        NoAccessories = "no_accessories",
        Categories = "categories",
        Brands = "brands",
        Buy = "buy",

        // Marketing.
        PromotionsIntro = "promotions_intro",
        Promotion = "promotion",
        PromotionWords = "promotion_words",
        MorePromotions = "more_promotions",
        UpcomingIntro = "upcoming_intro",
        Upcoming = "upcoming",
        NoUpcoming = "no_upcoming",
        OfferFor = "offer_for",
        OfferNow = "offer_now",
        OfferAny = "offer_any",
        NoOfferFor = "no_offer_for",
        SoonCode = "soon_code",
        NoPromotions = "no_promotions",
        NoneEnding = "none_ending",
        NoPromotionFor = "no_promotion_for",
        NoOtherCode = "no_other_code",
        NearMiss = "near_miss",
        AlsoCode = "also_code",
        BestLine = "best_line",
        PriceWith = "price_with",
        PriceWithLine = "price_with_line",
        PriceWithLineOut = "price_with_line_out",
        PriceLater = "price_later",
        MoreLikeThese = "more_like_these",
        TotalWith = "total_with",
        BasketTotal = "basket_total",
        DeliveryFree = "delivery_free",
        WithDelivery = "with_delivery",
        WithExpress = "with_express",
        CodeFits = "code_fits",
        CodeInstead = "code_instead",
        CodeFitsThese = "code_fits_these",
        CodeNotOn = "code_not_on",
        CodePart = "code_part",
        CodeWorks = "code_works",
        CodeUnknown = "code_unknown",
        CodeGuess = "code_guess",
        CodeExpired = "code_expired",
        CodeNotYet = "code_not_yet",
        CodeOff = "code_off",
        CodeBackUnknown = "code_back_unknown",
        CodeWrongCategory = "code_wrong_category",
        CodeMinimum = "code_minimum",
        CodeUntil = "code_until",
        CodeNoEnd = "code_no_end",
        CodeSince = "code_since",
        CodeNeeds = "code_needs",
        CodeNoMinimum = "code_no_minimum",
        CodeFor = "code_for",
        CodeForAll = "code_for_all",
        CodeForAnyone = "code_for_anyone",
        CodeTimesUnknown = "code_times_unknown",
        CodeTakes = "code_takes",
        CodeCondition = "code_condition",
        CodeNotAgain = "code_not_again",
        StackNo = "stack_no",
        RulePrice = "rule_price",
        RuleNotFor = "rule_not_for",
        ShareOfPrice = "share_of_price",
        PointsEarned = "points_earned",
        PointsWorth = "points_worth",
        NoHaggling = "no_haggling",
        HaggleHelp = "haggle_help",
        NoSuchDiscount = "no_such_discount",

        // Support.
        Step = "step",
        StepNext = "step_next",
        StepLast = "step_last",
        StepAgain = "step_again",
        StepSays = "step_says",
        StepNoDetail = "step_no_detail",
        StepWait = "step_wait",
        SafetyFirst = "safety_first",
        NoProcedure = "no_procedure",
        BackToStep = "back_to_step",
        Noted = "noted",
        StepsDone = "steps_done",
        GladItWorks = "glad_it_works",
        WarrantyUntil = "warranty_until",
        WarrantyOver = "warranty_over",
        WarrantyTerm = "warranty_term",
        WarrantyUntilSaid = "warranty_until_said",
        WarrantyOverSaid = "warranty_over_said",
        WarrantyNotBegun = "warranty_not_begun",
        ReturnUntil = "return_until",
        RestUntil = "rest_until",
        ItemReturnUntil = "item_return_until",
        ItemReturnOver = "item_return_over",
        ReturnOver = "return_over",
        ReturnNotDelivered = "return_not_delivered",
        ExchangeUntil = "exchange_until",
        ExchangeOver = "exchange_over",
        WithinWindow = "within_window",
        BeyondWindow = "beyond_window",
        RefundRecorded = "refund_recorded",
        RefundNotRecorded = "refund_not_recorded",
        DamageReport = "damage_report",
        DamageLate = "damage_late",
        InTime = "in_time",
        RuleStands = "rule_stands",
        TicketOffer = "ticket_offer",
        TicketOpened = "ticket_opened",
        RequestOpened = "request_opened",
        RequestNotYet = "request_not_yet",
        TicketThere = "ticket_there",
        TicketNote = "ticket_note",
        OfferToAdd = "offer_to_add",
        TicketStatus = "ticket_status",
        TicketUnknown = "ticket_unknown",
        TicketListItem = "ticket_list_item",
        NoTickets = "no_tickets",
        NoTicketYet = "no_ticket_yet",

        // Orders.
        IdentityOk = "identity_ok",
        IdentityFailed = "identity_failed",
        NotTheirs = "not_theirs",
        NoNumber = "no_number",
        ComesByThen = "comes_by_then",
        ComesLater = "comes_later",
        HourUnknown = "hour_unknown",
        OrderPending = "order_pending",
        OrderConfirmed = "order_confirmed",
        OrderShipped = "order_shipped",
        OrderDelivered = "order_delivered",
        OrderReturnRequested = "order_return_requested",
        OrderExchangeRequested = "order_exchange_requested",
        OrderCancelled = "order_cancelled",
        OrderReturned = "order_returned",
        OrderItems = "order_items",
        OrderItemsCounted = "order_items_counted",
        OrderNote = "order_note",
        OrderTotal = "order_total",
        ItemPaid = "item_paid",
        PaidWith = "paid_with",
        ShipsTo = "ships_to",
        NoAddress = "no_address",
        Expected = "expected",
        ExpectedToday = "expected_today",
        ExpectedTomorrow = "expected_tomorrow",
        OutToday = "out_today",
        OutForDelivery = "out_for_delivery",
        NotKnownLost = "not_known_lost",
        Late = "late",
        NoDate = "no_date",
        Parcel = "parcel",
        ParcelDelivered = "parcel_delivered",
        ParcelTracking = "parcel_tracking",
        ParcelNote = "parcel_note",
        SplitParcels = "split_parcels",
        OneParcel = "one_parcel",
        ItemInParcel = "item_in_parcel",
        ItemDelivered = "item_delivered",
        NoTracking = "no_tracking",
        OrdersIntro = "orders_intro",
        OrderListItem = "order_list_item",
        OtherOrdersIntro = "other_orders_intro",
        NoOtherOrders = "no_other_orders",
        NoOrders = "no_orders",
        CanStillChange = "can_still_change",
        CannotChange = "cannot_change",
        CanStillCancel = "can_still_cancel",
        CannotCancel = "cannot_cancel",
        CanStillMove = "can_still_move",
        CannotMove = "cannot_move",
        OfferCancel = "offer_cancel",
        OfferChange = "offer_change",

        // People.
        HandedOver = "handed_over",
        NotedFor = "noted_for",
        AddedToTicket = "added_to_ticket",
        StillHandedOver = "still_handed_over",
        EscalationSorry = "escalation_sorry",
        ContactNoted = "contact_noted",

        // Opening hours of one day.
        OpenDay = "open_day",
        OpenHours = "open_hours",
        OpenNow = "open_now",
        ClosedDay = "closed_day",
        ClosedHours = "closed_hours",
        ClosedNow = "closed_now",
        OpensNext = "opens_next",
    }
}
