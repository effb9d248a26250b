//! Messages with the situation they are said in and what they are for: lines written before the book of wishes was.

use super::Demo;
use crate::agents::orchestrator::{self, Question, Thresholds};
use crate::agents::understanding::Understanding;
use crate::agents::wishes;
use crate::domain::agent::{Agent, Intent};
use crate::domain::asks::Slot;
use crate::domain::goal::Goal;
use crate::domain::heard::Word;
use crate::domain::money::Currency;
use crate::domain::sentiment::Sentiment;
use crate::domain::state::{ConversationState, Fault, Focus, Identity, IdentityLevel, Pending};
use crate::domain::text::token::tokens;
use crate::domain::time::Day;
use crate::domain::wish::{Situation, Wish};
use crate::llm::encoder::Encoder;
use crate::turn::driver::view;
use crate::turn::library::{Listening, Shelves};
use crate::turn::meaning::{Meaning, Meanings};

/// A conversation in a situation.
fn state(situation: Option<Situation>, skus: &[String]) -> ConversationState {
    let in_hand = || Focus { products: skus[..1].to_vec(), listed: skus.to_vec(), ..Focus::default() };
    let (intent, goal, focus) = match situation {
        None => return ConversationState::default(),
        Some(Situation::Product) => (Intent::Sales, Goal::ProductQuestion, in_hand()),
        Some(Situation::Offer) => (Intent::Marketing, Goal::CurrentPromotions, Focus { promotion: Some("P-1".into()), ..Focus::default() }),
        Some(Situation::Points) => (Intent::Marketing, Goal::Loyalty, Focus::default()),
        Some(Situation::Order) => (Intent::Orders, Goal::OrderStatus, Focus { order: Some("ORD-1001".into()), ..Focus::default() }),
        Some(Situation::Returns) => (Intent::Support, Goal::ReturnPolicy, Focus::default()),
        Some(Situation::Ticket) => (Intent::Support, Goal::TicketStatus, Focus { ticket: Some("TCK-1001".into()), ..Focus::default() }),
        Some(Situation::Fault) => (
            Intent::Support,
            Goal::Troubleshoot,
            Focus { fault: Some(Fault { entry: "F-1".into(), ..Fault::default() }), ..Focus::default() },
        ),
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

/// The goal decided for a line, and what others who say the like want.
fn tried(text: &str, situation: &str, skus: &[String], shelves: &Shelves, encoder: &Encoder) -> (Goal, Option<Wish>) {
    let state = state(Situation::from_name(situation), skus);
    let (scores, vector) = encoder.look(text, &[]).unwrap();
    let kept = Meanings::default();
    let meaning = Meaning::new(Some(encoder), &kept, vector.map(|vector| (text.to_owned(), vector.into())));
    let heard = shelves.listen(&Listening { text, today: Day(20_000), meaning: Some(&meaning), follows: None, in_hand: None });
    let read = Understanding::read(text, &heard, &state, Currency::USD);
    let model = view(&scores);
    let question = Question {
        text,
        heard: &heard,
        read: &read,
        state: &state,
        sentiment: Sentiment::NEUTRAL,
        tap: None,
        model: Some(&model),
        proposal: None,
    };
    let decided = orchestrator::decide(&question, Thresholds { confidence: 0.85, margin: 0.2 }).goal;
    (decided, wishes::best(&heard, &state))
}

/// The share of lines whose goal must be decided right.
const RIGHT: f32 = 0.66;
/// The share of sure wishes that must be right, and how many of the lines must be sure.
const PRECISE: f32 = 0.93;
const SURE: f32 = 0.4;

#[tokio::test]
async fn what_messages_are_for_is_known_from_what_others_say() {
    let encoder = Encoder::embedded().unwrap();
    let shop = Demo::open().await;
    let shelves = shop.engine.library.shelves();
    let words = Word::from_tokens(tokens("ASUS TUF Gaming A15"));
    let skus: Vec<String> = shelves.catalogue.mentions(&words).iter().flat_map(|named| named.skus.clone()).take(2).collect();
    let (mut right, mut sure, mut precise, mut count, mut wrong) = (0.0_f32, 0.0_f32, 0.0_f32, 0.0_f32, Vec::new());
    for line in include_str!("wishes.txt").lines() {
        let mut parts = line.split('|');
        let (situation, wanted, text) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
        let (decided, wish) = tried(text, situation, &skus, &shelves, &encoder);
        let fits = |goal: Goal| wanted.split(',').any(|name| Goal::from_name(name) == Some(goal));
        count += 1.0;
        right += f32::from(u8::from(fits(decided)));
        if let Some(wish) = wish.filter(Wish::is_sure) {
            sure += 1.0;
            precise += f32::from(u8::from(fits(wish.goal)));
            if !fits(wish.goal) {
                wrong.push(format!("{text}: {}", wish.goal));
            }
        }
    }
    eprintln!("{right} of {count} right, {precise} of {sure} sure wishes");
    assert!(
        right / count >= RIGHT && precise / sure >= PRECISE && sure / count >= SURE,
        "{right} of {count} right, {precise} of {sure} sure wishes, wrong: {wrong:#?}"
    );
}
