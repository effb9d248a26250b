//! Messages with the situation they are said in and what they are for: lines written before the book of wishes was.

use super::Demo;
use crate::agents::orchestrator::{self, Question, Thresholds};
use crate::agents::understanding::Understanding;
use crate::agents::wishes;
use crate::domain::agent::{Agent, Intent};
use crate::domain::asks::Slot;
use crate::domain::goal::Goal;
use crate::domain::heard::Heard;
use crate::domain::money::Currency;
use crate::domain::sentiment::Sentiment;
use crate::domain::state::{ConversationState, Fault, Focus, Identity, IdentityLevel, Pending};
use crate::domain::time::Day;
use crate::domain::wish::{Situation, Wish};
use crate::llm::encoder::Encoder;
use crate::turn::driver::view;
use crate::turn::library::Listening;
use crate::turn::meaning::{Meaning, Meanings};

/// A conversation in a situation.
fn state(situation: Option<Situation>, skus: &[String]) -> ConversationState {
    let in_hand = || Focus { products: skus[..1].to_vec(), listed: skus.to_vec(), ..Focus::default() };
    let (intent, goal, focus) = match situation {
        None => return ConversationState::default(),
        Some(Situation::Product) => (Intent::Sales, Goal::ProductQuestion, in_hand()),
        Some(Situation::Offer) => {
            (Intent::Marketing, Goal::CurrentPromotions, Focus { promotion: Some("P-1".into()), ..Focus::default() })
        }
        Some(Situation::Points) => (Intent::Marketing, Goal::Loyalty, Focus::default()),
        Some(Situation::Order) => (Intent::Orders, Goal::OrderStatus, Focus { order: Some("ORD-1001".into()), ..Focus::default() }),
        Some(Situation::Returns) => (Intent::Support, Goal::ReturnPolicy, Focus::default()),
        Some(Situation::Ticket) => (Intent::Support, Goal::TicketStatus, Focus { ticket: Some("TCK-1001".into()), ..Focus::default() }),
        Some(Situation::Fault) => {
            (Intent::Support, Goal::Troubleshoot, Focus { fault: Some(Fault { entry: "F-1".into(), ..Fault::default() }), ..Focus::default() })
        }
    };
    let helped = Pending::Ask { slot: Slot::Helped, goal, agent: Agent::Support, said: String::new(), attempts: 1 };
    let identity = Identity { level: IdentityLevel::Identified, customer: Some("C-1".into()), failures: 0 };
    ConversationState {
        active: Some(intent.agent()),
        intent: Some(intent),
        goal: Some(goal),
        pending: focus.fault.is_some().then_some(helped),
        identity: if situation == Some(Situation::Order) { identity } else { Identity::default() },
        focus,
        ..ConversationState::default()
    }
}

/// What became of one line.
struct Tried {
    text: String,
    situation: String,
    extra: String,
    wanted: Vec<Goal>,
    decided: Goal,
    wish: Option<Wish>,
    heard: Heard,
}

async fn tried() -> Vec<Tried> {
    let encoder = Encoder::embedded().unwrap();
    let shop = Demo::open().await;
    let shelves = shop.engine.library.shelves();
    let kept = Meanings::default();
    let listed = shelves.catalogue.mentions(&crate::domain::heard::Word::from_tokens(crate::domain::text::token::tokens("ASUS TUF Gaming A15")));
    let skus: Vec<String> = listed.iter().flat_map(|named| named.skus.clone()).take(2).collect();
    let mut found = Vec::new();
    let lines = std::env::var("WISHES_LINES").map_or(include_str!("wishes.txt").to_owned(), |path| std::fs::read_to_string(path).unwrap());
    for line in lines.lines() {
        let mut parts = line.split('|');
        let (situation, wanted, text) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
        let state = state(Situation::from_name(situation), &skus);
        let (scores, vector) = encoder.look(text, &[]).unwrap();
        let meaning = Meaning::new(Some(&encoder), &kept, vector.map(|vector| (text.to_owned(), vector.into())));
        let heard = shelves.listen(&Listening { text, today: Day(20_000), meaning: Some(&meaning), follows: None, in_hand: None });
        let read = Understanding::read(text, &heard, &state, Currency::USD);
        let model = view(&scores);
        let sentiment = Sentiment::NEUTRAL;
        let question =
            Question { text, heard: &heard, read: &read, state: &state, sentiment, tap: None, model: Some(&model), proposal: None };
        let decision = orchestrator::decide(&question, Thresholds { confidence: 0.85, margin: 0.2 });
        let decided = decision.goal;
        let extra = format!("{:.1}/{:.1}/{}", read.hint(decided), read.follow_ups.iter().find(|h| h.goal == decided).map_or(0.0, |h| h.score), decision.reasoning);
        let wish = wishes::best(&heard, &state);
        found.push(Tried { extra, text: text.to_owned(), situation: situation.to_owned(), wanted: wanted.split(',').filter_map(Goal::from_name).collect(), decided, wish, heard });
    }
    found
}

#[tokio::test]
async fn what_messages_are_for_is_known_from_what_others_say() {
    let tried = tried().await;
    let right = tried.iter().filter(|one| one.wanted.contains(&one.decided)).count();
    let near = tried.iter().filter(|one| one.wish.is_some_and(|wish| one.wanted.contains(&wish.goal))).count();
    if let Some(path) = std::env::var_os("WISHES_DUMP") {
        let lines = tried.iter().map(|one| {
            let groups: Vec<String> = one
                .heard
                .wishes
                .iter()
                .map(|near| {
                    let situations: Vec<&str> = near.situations.iter().map(|own| own.name()).collect();
                    format!("{}/{}/{:?}", near.goal, situations.join(","), near.nearest)
                })
                .collect();
            let wanted: Vec<&str> = one.wanted.iter().map(|goal| goal.name()).collect();
            let wish = one.wish.map(|wish| format!("{}|{}|{}", wish.goal, wish.score, wish.margin));
            format!("{}|{}|{}|{}|{}|{}|{}", one.situation, wanted.join(","), one.text, one.decided, wish.unwrap_or_default(), groups.join(";"), one.extra)
        });
        std::fs::write(path, lines.collect::<Vec<_>>().join("\n")).unwrap();
    }
    assert!(right > 0 && near > 0, "{right} and {near} of {}", tried.len());
}
