//! Customers' turns go before others, who go on afterwards.

use std::sync::Arc;
use std::time::Duration;

use candle_core::quantized::GgmlDType;
use parking_lot::Mutex;

use super::super::engine::Talk;
use super::super::network::{Feed, Network};
use super::super::{LocalError, LocalModel, Threads};
use super::files::Model;
use super::thread::{Closed, ready};
use super::voice::{prompt, watch};
use crate::llm::{Brief, ChatModel as _, ModelError, Prompt, Rank, Said};

/// A network with a millisecond to a step.
struct Slow(Box<dyn Network>, bool);

impl Network for Slow {
    fn step(&mut self, feeds: &mut [Feed<'_>]) -> Result<Vec<Vec<f32>>, LocalError> {
        std::thread::sleep(Duration::from_millis(1));
        self.0.step(feeds)
    }

    fn is_shared(&self) -> bool {
        self.1
    }
}

async fn slow(at_once: usize, room: usize, is_shared: bool) -> Arc<LocalModel> {
    let bytes = Model::new("qwen2", GgmlDType::F32, 1).bytes();
    let load = move || {
        let mut engine = super::files::open(&bytes)?;
        let inner = std::mem::replace(&mut engine.network, Box::new(Closed));
        (engine.network, engine.room) = (Box::new(Slow(inner, is_shared)), room);
        Ok(engine)
    };
    let threads = Threads { threads: 1, at_once };
    let model = LocalModel::start("test".to_owned(), Brief::Full, 512, threads.at_once, Box::new(load)).unwrap();
    ready(&model).await;
    model
}

fn asked(text: &str, rank: Rank, max_tokens: u32) -> Prompt {
    Prompt { rank, max_tokens, temperature: 1.0, ..prompt(text) }
}

/// Asks, and notes the end.
fn ask(model: &Arc<LocalModel>, prompt: Prompt, ends: &Arc<Mutex<Vec<Rank>>>) -> tokio::task::JoinHandle<Result<Said, ModelError>> {
    let (model, ends) = (Arc::clone(model), Arc::clone(ends));
    tokio::spawn(async move {
        let said = model.say(&prompt, None).await;
        ends.lock().push(prompt.rank);
        said
    })
}

#[tokio::test]
async fn a_customer_takes_the_place_of_others_who_then_go_on() {
    use Rank::{Aside, Turn};
    for (at_once, room, is_shared) in [(1, 10_000, true), (2, 10_000, true), (2, 300, true), (2, 1, true), (1, 10_000, false)] {
        let model = slow(at_once, room, is_shared).await;
        let texts = ["one", "two", "three"].map(|text| asked(text, Aside, 80));
        let mut alone = Vec::new();
        for prompt in &texts {
            alone.push(model.say(prompt, None).await.unwrap());
        }
        let ends = Arc::default();
        let others = texts.map(|prompt| ask(&model, prompt, &ends));
        tokio::time::sleep(Duration::from_millis(20)).await;
        let turns = ["hello", "there"].map(|text| ask(&model, asked(text, Turn, 8), &ends));
        for turn in turns {
            assert_eq!(turn.await.unwrap().unwrap().tokens_out, 8);
        }
        for (other, alone) in others.into_iter().zip(alone) {
            assert_eq!(other.await.unwrap().unwrap(), alone, "{at_once} in {room}");
        }
        assert_eq!(*ends.lock(), [Turn, Turn, Aside, Aside, Aside], "{at_once} in {room}");
    }
}

#[tokio::test]
async fn under_customers_without_end_others_are_late() {
    let model = slow(1, 10_000, true).await;
    let ends = Arc::default();
    let turn = ask(&model, asked("hello", Rank::Turn, 300), &ends);
    tokio::time::sleep(Duration::from_millis(10)).await;
    let late = || Prompt { first_token: Duration::from_millis(30), ..asked("hello", Rank::Aside, 8) };
    // More than may wait, one after the other: who has left holds no place.
    for _ in 0..super::super::WAITING + 2 {
        let said = model.say(&late(), None).await;
        if turn.is_finished() {
            break;
        }
        assert_eq!(said, Err(ModelError::Timeout));
        assert!(ends.lock().is_empty());
    }
    turn.abort();
    // Others never take the places of customers.
    let many: Vec<_> = (0..40).map(|_| ask(&model, asked("hello", Rank::Aside, 400), &ends)).collect();
    tokio::time::sleep(Duration::from_millis(10)).await;
    assert!(ends.lock().contains(&Rank::Aside), "some of so many are refused");
    assert!(model.say(&asked("hello", Rank::Turn, 4), None).await.is_ok());
    many.into_iter().for_each(|other| other.abort());
}

#[test]
fn a_customers_prompt_is_read_first() {
    let mut engine = Model::new("qwen3", GgmlDType::F32, 1).engine();
    let mut talks: Vec<Talk<()>> = [Rank::Aside, Rank::Turn, Rank::Turn]
        .map(|rank| {
            let prompt = asked("hello there", rank, 8);
            Talk { answer: engine.begin(&prompt).unwrap(), watch: watch(&prompt), whose: () }
        })
        .into();
    for wanted in [[true, true, true], [true, false, true], [true, false, false], [false, false, false]] {
        let reading: Vec<bool> = talks.iter().map(|talk| talk.answer.is_reading()).collect();
        assert_eq!(reading, wanted);
        while talks.iter().map(|talk| talk.answer.is_reading()).eq(wanted) && wanted[0] {
            assert!(engine.step(&mut talks).unwrap().is_empty());
        }
    }
}
