//! What of a turn a model may word, what must be said, and whether it was.

use crate::agents::speech::{self, Piece, Sentence};
use crate::domain::act::{Act, ActKind};
use crate::domain::fact::{FactBook, FactId, RecordId, Source};
use crate::domain::record::Field;
use crate::domain::text::sentence;
use crate::domain::text::stem::stem;
use crate::domain::text::token::tokens;
use crate::domain::value::Value;
use crate::turn::grounding::check::Subject;
use crate::turn::grounding::{self, GroundedSentence, Promises};
use crate::turn::machine::Machine;

/// Who says an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saying {
    /// A model may, in its own words, and must or the phrase says it.
    Worded,
    /// A model may; left out, nothing is missing.
    Courtesy,
    /// The phrase, word for word.
    Fixed,
}

/// One act with the shop's phrase for it.
pub struct Point {
    /// The act.
    pub act: Act,
    /// Who says it.
    pub saying: Saying,
    /// The phrase with its holes.
    pub phrase: Sentence,
    /// The phrase, checked.
    pub grounded: GroundedSentence,
    /// Its sentences, and whether each has been said word for word.
    pub parts: Vec<(String, bool)>,
}

/// The points of a reply, in order.
pub struct Plan {
    /// The points.
    pub points: Vec<Point>,
}

/// How an act may be said.
fn saying(act: &Act) -> Saying {
    use ActKind as A;
    match act.kind {
        A::Greet | A::Thank | A::Farewell | A::Sympathy | A::EscalationSorry | A::Acknowledge | A::IdentityOk | A::Repeat => {
            Saying::Courtesy
        }
        A::Found | A::FoundOne | A::FoundMore | A::FoundNearest | A::FoundRanked => Saying::Courtesy,
        A::PromotionsIntro | A::UpcomingIntro | A::CodeFitsThese | A::AlternativesIntro | A::AccessoriesIntro | A::OrdersIntro => {
            Saying::Courtesy
        }
        // They deny, or repeat the customer's words: no record bears that out sentence by sentence.
        A::FoundNone
        | A::FoundUnchecked
        | A::NoAlternatives
        | A::NoAccessories
        | A::NoPromotionFor
        | A::NoOfferFor
        | A::NoOtherCode
        | A::CodeNotOn
        | A::CodePart
        | A::CodeNoEnd
        | A::CodeNoMinimum
        | A::CodeForAll
        | A::CodeForAnyone
        | A::CodeBackUnknown
        | A::CodeTimesUnknown
        | A::CodeNotAgain
        | A::CodeCondition
        | A::AlsoCode
        | A::OfferAny
        | A::CodeGuess
        | A::StackNo
        | A::LimitHolds
        | A::LimitPassed
        | A::RuleNotFor
        | A::CodeUnknown
        | A::SpecUnknown
        | A::StockUnknown
        | A::PriceUnknown => Saying::Fixed,
        A::CanStillChange | A::CannotChange | A::CanStillCancel | A::CannotCancel | A::CanStillMove | A::CannotMove => Saying::Fixed,
        // Whose a matter is, what is dangerous, what is only asked for: word for word.
        A::OfferCancel | A::OfferChange | A::SafetyFirst | A::RefundNotRecorded | A::NotKnownLost | A::WarrantyNotBegun => Saying::Fixed,
        A::WithinWindow | A::BeyondWindow | A::DamageLate | A::WarrantyUntilSaid | A::WarrantyOverSaid => Saying::Fixed,
        A::ComesByThen
        | A::ComesLater
        | A::ExpectedToday
        | A::ExpectedTomorrow
        | A::OutToday
        | A::OutForDelivery
        | A::TicketThere
        | A::TicketNote => Saying::Fixed,
        A::Condolence | A::NotTheirs | A::NotedFor => Saying::Fixed,
        // Computed from the shop's words for a day: no sentence of a record bears them out.
        A::OpenDay | A::OpenHours | A::OpenNow | A::ClosedDay | A::ClosedHours | A::ClosedNow | A::OpensNext => Saying::Fixed,
        _ if is_promise(act.kind) || act.facts().next().is_none() => Saying::Fixed,
        _ => Saying::Worded,
    }
}

/// Acts that tell of a row written in this very turn.
fn is_promise(kind: ActKind) -> bool {
    matches!(
        kind,
        ActKind::TicketOpened
            | ActKind::RequestOpened
            | ActKind::HandedOver
            | ActKind::AddedToTicket
            | ActKind::StillHandedOver
            | ActKind::ContactNoted
    )
}

/// Whether a turn has anything a model may word. A turn with a promise waits for its commit, so it is
/// said by the phrases.
pub fn is_for_models(acts: &[Act]) -> bool {
    !acts.iter().any(|act| is_promise(act.kind)) && acts.iter().any(|act| saying(act) == Saying::Worded)
}

impl Plan {
    /// The plan of a turn. An act without a phrase, or whose phrase its records do not bear out, is left
    /// out, as it is from a reply of the phrases alone.
    pub fn new(machine: &Machine, promises: &Promises) -> Self {
        let outcome = &machine.outcome;
        let draft = speech::realise(&outcome.acts, &outcome.book, machine.manner());
        let mut acts = outcome.acts.iter();
        let mut points = Vec::new();
        for phrase in draft.sentences {
            let Some(act) = acts.by_ref().find(|act| act.kind == phrase.act) else { break };
            match grounding::ground_phrase(&phrase, act, &outcome.book, promises) {
                Ok(grounded) => {
                    let parts = sentence::split(grounded.text()).map(|part| (part.to_owned(), false)).collect();
                    points.push(Point { saying: saying(act), act: act.clone(), phrase, grounded, parts });
                }
                Err(failed) => tracing::error!(reason = %failed.reason, "a phrase of the shop failed its own check"),
            }
        }
        Self { points }
    }

    /// What a reply is about before it names anything: the record of its first worded act, if there is one
    /// and only one; and what it recommends.
    pub fn subject(&self, book: &FactBook) -> Subject {
        let first = self.points.iter().find(|point| point.saying == Saying::Worded);
        let mut about: Vec<RecordId> = first.into_iter().flat_map(|point| point.act.facts()).filter_map(|id| record_of(id, book)).collect();
        about.sort_unstable();
        about.dedup();
        if about.len() != 1 {
            about.clear();
        }
        let picks = self.points.iter().filter(|point| point.act.kind == ActKind::Recommend);
        Subject { about, recommended: picks.flat_map(|point| point.act.facts()).filter_map(|id| record_of(id, book)).collect() }
    }
}

fn record_of(id: FactId, book: &FactBook) -> Option<RecordId> {
    match book.fact(id)?.source {
        Source::Record(record, _) => Some(record),
        _ => None,
    }
}

impl Point {
    /// Whether the act has been said: by its phrase, or in other words that hold its facts and say what
    /// the phrase says of them.
    pub fn is_said(&self, used: &[FactId], said: &[String], book: &FactBook) -> bool {
        if self.parts.iter().all(|(_, said)| *said) {
            return true;
        }
        // What the phrase rests on and does not name need not be named, but for what a sentence asserts without naming it.
        let owed = |fact: &FactId| self.told().any(|own| own == *fact) || is_asserted(*fact, book);
        let facts_said = self.act.facts().filter(owed).all(|fact| is_used(fact, used, book));
        let marks = marks(self.act.kind);
        let marked = marks.is_empty()
            || said.iter().any(|sentence| {
                tokens(sentence).iter().any(|t| marks.contains(&stem(&t.text).as_str()) || marks.contains(&t.text.as_str()))
            });
        self.saying == Saying::Worded && facts_said && marked
    }

    /// Whether it is a line of a list.
    pub fn is_listed(&self) -> bool {
        matches!(self.phrase.pieces.first(), Some(Piece::Text(words)) if words.starts_with("- "))
    }

    /// Whether the decoder of the program makes no good sentence of it. Of these it makes "was placed on the 27th, is waiting
    /// to be confirmed".
    pub fn is_beyond_small_models(&self) -> bool {
        matches!(self.act.kind, ActKind::OrderPending | ActKind::OrderConfirmed)
    }

    /// The facts of its phrase.
    pub fn told(&self) -> impl Iterator<Item = FactId> {
        self.phrase.pieces.iter().filter_map(|piece| if let Piece::Fact { fact, .. } = piece { Some(*fact) } else { None })
    }
}

/// Whether a fact stands in no text, and the words around say it: "out of stock" of a stock of none.
fn is_asserted(fact: FactId, book: &FactBook) -> bool {
    matches!(book.fact(fact).map(|fact| &fact.source), Some(Source::Record(_, Field::Stock | Field::Status)))
}

/// Whether a fact, or another that says the same for the same reason, was said.
fn is_used(fact: FactId, used: &[FactId], book: &FactBook) -> bool {
    // A yes or no stands in no text: the words around it say it.
    if matches!(book.value(fact), None | Some(Value::Flag(_))) {
        return true;
    }
    used.iter().any(|id| book.is_same(*id, fact))
}

/// Words one of which must be there for an act that says more of its facts than that they are.
fn marks(kind: ActKind) -> &'static [&'static str] {
    use ActKind as A;
    match kind {
        A::InStock | A::CompareStock | A::RecommendStock => &["stock", "available", "availabl"],
        A::LowStock => &["left", "only", "remain"],
        A::OutOfStock | A::ListItemOut | A::ListItemWithOut => &["out", "unavailable", "unavailabl", "sold"],
        A::SpecNo => &["no", "not", "without", "lack"],
        A::Recommend => &["recommend", "take", "pick", "suggest", "choose", "go", "choice"],
        A::Late => &["late", "delay", "promis"],
        A::OrderPending => &["wait", "pend", "confirm"],
        A::OrderConfirmed => &["confirm"],
        A::OrderShipped => &["ship", "way", "transit", "dispatch"],
        A::OrderDelivered | A::DamageReport => &["deliver", "arriv"],
        A::OrderReturnRequested | A::OrderReturned => &["return"],
        A::OrderExchangeRequested => &["exchang"],
        A::OrderCancelled => &["cancell", "cancel"],
        A::CodeWorks => &["valid", "work", "activ", "appli", "apply", "use", "us"],
        A::CodeExpired => &["expir", "end"],
        A::CodeNotYet => &["yet", "start"],
        A::CodeOff => &["off", "inactive", "inactiv"],
        A::CodeWrongCategory => &["not"],
        A::CodeMinimum | A::CodeNeeds | A::NearMiss => &["least", "minimum", "minimu"],
        A::CodeFits | A::CodeInstead => &["work", "yes", "appli", "apply"],
        A::Upcoming | A::SoonCode | A::PriceLater => &["from", "start", "begin"],
        A::CodeUntil => &["until", "end", "till", "through", "run"],
        A::WarrantyOver | A::ReturnOver | A::ItemReturnOver => &["end", "over", "expir"],
        A::WarrantyUntil | A::WarrantyTerm => &["warranty", "cover"],
        A::ReturnUntil | A::ItemReturnUntil => &["return"],
        A::ReturnNotDelivered => &["not"],
        A::PriceWith | A::TotalWith => &["with"],
        A::SplitParcels => &["parcel"],
        A::CompareSame | A::CompareSamePrice => &["same", "both", "identical"],
        _ => &[],
    }
}
