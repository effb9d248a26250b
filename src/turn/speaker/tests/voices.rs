//! Replies by models, from the acts to the words that are sent.

use std::sync::Arc;

use crate::domain::agent::Provider;
use crate::domain::customer::Customer;
use crate::domain::order::Order;
use crate::llm::{ChatModel, Constraint, ModelError, Prompt, Voices};
use crate::turn::driver::Worker;
use crate::turn::plan::Asked;
use crate::turn::speaker::{Spoken, is_for_models, with_models, with_templates};
use crate::turn::tests::scripted::Scripted;
use crate::turn::tests::{Demo, Worked};

/// The lines of a block of the prompt.
fn block(prompt: &Prompt, name: &str) -> Vec<String> {
    let body = &prompt.messages.last().unwrap().1;
    let inside = body.split_once(&format!("<{name}>\n")).and_then(|(_, rest)| rest.split_once(&format!("\n</{name}>")));
    inside.map(|(inside, _)| inside.lines().map(str::to_owned).collect()).unwrap_or_default()
}

/// Says the points as they were given.
fn obedient(prompt: &Prompt) -> String {
    block(prompt, "say").join("\n")
}

async fn speak(demo: &Demo, worked: &Worked, voices: &[Arc<dyn ChatModel>]) -> (Spoken, String) {
    let mut shown = String::new();
    let mut show = |piece: &str| shown.push_str(piece);
    let mut background = demo.background(worked).await;
    let spoken = with_models(&worked.machine, &mut background, voices, &mut show).await;
    (spoken, shown)
}

#[tokio::test]
async fn a_model_that_keeps_to_the_points_is_heard() {
    let demo = Demo::open().await;
    let (mut turns, mut blocked) = (0, Vec::new());
    for worked in demo.dialogues().await.iter().filter(|w| is_for_models(&w.machine)) {
        let voice: Arc<dyn ChatModel> = Scripted::new(Provider::Remote, |prompt, _| Ok(obedient(prompt)));
        let (spoken, shown) = speak(&demo, worked, &[voice]).await;
        turns += 1;
        blocked.extend(spoken.blocked.iter().map(|b| format!("{} -> {}: {}", worked.message, b.sentence, b.reason)));
        assert_eq!(shown, spoken.words.text(), "{}", worked.message);
        let template = with_templates(&worked.machine).words;
        let missing: Vec<_> = template.facts().into_iter().filter(|fact| !spoken.words.facts().contains(fact)).collect();
        assert!(missing.is_empty(), "{}: {} lacks {missing:?} of {}", worked.message, shown, template.text());
    }
    println!("obedient: {} sentences blocked in {turns} turns", blocked.len());
    assert_eq!(blocked, Vec::<String>::new());
}

#[tokio::test]
async fn a_model_in_this_process_may_spell_names_as_the_records_do() {
    let demo = Demo::open().await;
    let worked = demo.talk(&["show me gaming laptops under 1500"]).await;
    let voice: Arc<dyn ChatModel> = Scripted::new(Provider::Local, |prompt, _| {
        let Constraint::Named { placeholders, names } = &prompt.constraint else { return Err(ModelError::Form) };
        let mut text = obedient(prompt);
        for line in block(prompt, "facts") {
            let (placeholder, rest) = line.split_once(" = ").unwrap();
            assert!(placeholders.iter().any(|own| own == placeholder), "{line}");
            if let Some((name, _)) = rest.split_once(" (name of product") {
                assert!(names.iter().any(|own| own == name), "{name} is not of {names:?}");
                text = text.replace(placeholder, name);
            }
        }
        assert!(names.iter().any(|name| text.contains(name)), "{text}");
        Ok(text)
    });
    let (spoken, shown) = speak(&demo, &worked[0], &[voice]).await;
    assert_eq!((spoken.provider, spoken.blocked.len()), (Provider::Local, 0), "{shown}");
    assert_eq!(shown, with_templates(&worked[0].machine).words.text());
}

#[tokio::test]
async fn a_prompt_begins_with_all_that_was_read_before_the_facts_of_the_last() {
    let demo = Demo::open().await;
    let messages = [
        "show me gaming laptops under 1500",
        "which one is the cheapest",
        "is it in stock",
        "how much is it",
        "thanks, and the return policy?",
    ];
    let worked = demo.talk(&messages).await;
    let mut bodies = Vec::new();
    for worked in worked.iter().filter(|worked| is_for_models(&worked.machine)) {
        let voice = Scripted::new(Provider::Local, |prompt, _| Ok(obedient(prompt)));
        speak(&demo, worked, &[Arc::clone(&voice) as Arc<dyn ChatModel>]).await;
        let heard = voice.heard.lock()[0].messages.clone();
        assert_eq!(heard[0].0, crate::llm::Role::System);
        bodies.push((heard[0].1.clone(), heard[1].1.clone(), worked));
    }
    assert!(bodies.len() > 3, "{}", bodies.len());
    for pair in bodies.windows(2) {
        let [(rules, body, worked), (next_rules, next, _)] = pair else { unreachable!() };
        assert_eq!(rules, next_rules);
        let (before, _) = body.split_once("<facts>\n").unwrap();
        let said = before.strip_suffix("</conversation>\n").unwrap_or("<conversation>\n");
        let rest = next.strip_prefix(said).unwrap_or_else(|| panic!("{next}\ndoes not begin with\n{said}"));
        assert!(rest.starts_with(&format!("customer: {}\n", worked.message)), "{rest}");
    }
}

#[tokio::test]
async fn a_liar_is_not_heard_and_everything_is_still_said() {
    let demo = Demo::open().await;
    let lies = "It is the best one we have and costs $5.00. We have refunded you.";
    for worked in demo.dialogues().await.iter().filter(|w| is_for_models(&w.machine)) {
        let voice: Arc<dyn ChatModel> = Scripted::new(Provider::Remote, move |_, _| Ok(lies.to_owned()));
        let (spoken, shown) = speak(&demo, worked, &[voice]).await;
        assert_eq!(spoken.provider, Provider::Template);
        assert_eq!(shown, with_templates(&worked.machine).words.text(), "{}", worked.message);
        assert_eq!(spoken.drafts.len(), 2, "tried once more");
    }
}

#[tokio::test]
async fn what_was_shown_stays_when_a_later_sentence_fails() {
    let demo = Demo::open().await;
    let worked = demo.talk(&["show me gaming laptops under 1500"]).await;
    let worked = &worked[0];
    let voice = Scripted::new(Provider::Remote, |prompt, before| {
        let points = block(prompt, "say");
        Ok(match before {
            0 => format!("{}\n{}\nIt is free.\n{}", points[0], points[1], points[2]),
            _ => points[0].clone() + "\nThat is waterproof.",
        })
    });
    let (spoken, shown) = speak(&demo, worked, &[Arc::clone(&voice) as Arc<dyn ChatModel>]).await;
    let template = with_templates(&worked.machine).words;
    assert_eq!(shown, spoken.words.text());
    assert_eq!(spoken.provider, Provider::Remote);
    assert_eq!(shown, template.text(), "each point once, in order");
    assert_eq!(spoken.blocked.len(), 2);
    let again = &voice.heard.lock()[1].messages[1].1;
    assert!(again.contains("<already_said>"));
}

#[tokio::test]
async fn the_next_voice_speaks_when_one_fails_and_the_phrases_when_all_do() {
    let demo = Demo::open().await;
    let worked = demo.talk(&["when are you open"]).await;
    let failing = || Scripted::new(Provider::Remote, |_, _| Err(ModelError::Timeout)) as Arc<dyn ChatModel>;
    let local = Scripted::new(Provider::Local, |prompt, _| Ok(obedient(prompt)));
    let (spoken, _) = speak(&demo, &worked[0], &[failing(), local]).await;
    assert_eq!(spoken.provider, Provider::Local);
    let (spoken, shown) = speak(&demo, &worked[0], &[failing(), failing()]).await;
    assert_eq!(spoken.provider, Provider::Template);
    assert_eq!(shown, with_templates(&worked[0].machine).words.text());
}

#[tokio::test]
async fn a_model_cut_off_leaves_whole_sentences_and_the_phrases_go_on() {
    let demo = Demo::open().await;
    let worked = demo.talk(&["when are you open"]).await;
    let whole = with_templates(&worked[0].machine).words.text();
    for cut in 0..whole.len() {
        let voice: Arc<dyn ChatModel> = Scripted::cut_after(Provider::Remote, cut, &whole);
        let (spoken, shown) = speak(&demo, &worked[0], &[voice]).await;
        assert_eq!(shown, whole, "cut after {cut}");
        assert_eq!(spoken.words.text(), whole);
    }
}

#[tokio::test]
async fn invented_placeholders_and_odd_signs_fail_the_sentence() {
    let demo = Demo::open().await;
    let worked = demo.talk(&["do you have the ASUS Gaming V16 in stock"]).await;
    for words in [
        "{F1} is in stock, see {F99}.",
        "[EMAIL_1234] is in stock.",
        "{F1} is in stock \u{2705}.",
        "{F1} <b>is in stock</b>.",
        "{F1 is in stock.",
    ] {
        let voice: Arc<dyn ChatModel> = Scripted::new(Provider::Remote, move |_, _| Ok(words.to_owned()));
        let (spoken, _) = speak(&demo, &worked[0], &[voice]).await;
        assert_eq!(spoken.provider, Provider::Template, "{words}");
        assert_eq!(spoken.blocked.len(), 2, "{words}");
    }
}

/// A small model says all that is to be said in one go, or the phrases do; what it may not word stays where it belongs.
#[tokio::test]
async fn a_small_model_is_heard_to_its_end_or_not_at_all() {
    let demo = Demo::open().await;
    let worked = demo.talk(&["ORD-1066 luca moretti 10012"]).await;
    let template = with_templates(&worked[0].machine).words.text();
    let (set, player) = ("LG OLED evo C4 55-inch", "Apple TV 4K 64 GB");
    for (words, provider) in [
        (
            "Thank you. Order {F1} has been shipped, with {F6} and {F7} in it. It's expected on {F25}. It travels in {F30} parcels.",
            Provider::Local,
        ),
        (
            "Thank you. Order {F1} has been shipped, with {F6} in it. It's expected on {F25}. It travels in {F30} parcels.",
            Provider::Template,
        ),
        ("Thank you. Order {F1} has been shipped, with {F6} and {F7} in it. It's expected on {F25}.", Provider::Template),
        ("Order {F1} has been shipped, with {F25} in it. {F6} and {F30} parcels are expected on {F7}.", Provider::Template),
    ] {
        let voice: Arc<dyn ChatModel> = Scripted::small(move |_, _| Ok(words.to_owned()));
        let (spoken, shown) = speak(&demo, &worked[0], &[voice]).await;
        assert_eq!(spoken.provider, provider, "{shown} {:?}", spoken.blocked);
        assert!([set, player, "2 parcels"].iter().all(|said| shown.contains(said)), "{shown}");
        assert_eq!(shown.matches(set).count(), template.matches(set).count(), "{shown}");
    }
    let worked = demo.talk(&["show me gaming laptops under 1500"]).await;
    let voice = Scripted::small(|_, _| Ok("There are {F30} that fit. Here are the first {F31}:".to_owned()));
    let (_, shown) = speak(&demo, &worked[0], &[voice as Arc<dyn ChatModel>]).await;
    assert!(shown.contains(". Here are the first 5:\n- "), "{shown}");
    let worked = demo.talk(&["please cancel ORD-1072, wei.chen@example.com"]).await;
    let voice = Scripted::small(|_, _| Ok("Order {F1} is on its way, it has been shipped.".to_owned()));
    let (_, shown) = speak(&demo, &worked[0], &[Arc::clone(&voice) as Arc<dyn ChatModel>]).await;
    assert!(shown.starts_with("Order ORD-1072 is on its way, it has been shipped. So it can no longer be cancelled here."), "{shown}");
    assert!(!voice.heard.lock()[0].messages[0].1.contains("{F35}"), "what comes behind is not told");
}

/// A model that says the same for ever, or ever more that is true, is not heard for ever.
#[tokio::test]
async fn nobody_is_heard_for_ever() {
    let demo = Demo::open().await;
    let worked = demo.talk(&["do you have the ASUS Gaming V16 in stock"]).await;
    let template = with_templates(&worked[0].machine).words.text();
    let again = |sentence: &str, between: &str| vec![sentence; 400].join(between);
    let ever_more: Vec<String> = (0..400).map(|n| format!("The ASUS Gaming V16 {}is in stock.", "is in stock and ".repeat(n))).collect();
    for (words, most) in [
        (again("Yes, the ASUS Gaming V16 is available.", " "), template.len() + 40),
        (again("Yes, the ASUS Gaming V16 is available.", ""), template.len()),
        (ever_more.join(" "), 4 * template.len() + 400),
    ] {
        let voice: Arc<dyn ChatModel> = Scripted::new(Provider::Remote, move |_, _| Ok(words.clone()));
        let (_, shown) = speak(&demo, &worked[0], &[voice]).await;
        assert!(shown.len() <= most, "{} of {most}: {}", shown.len(), &shown[..200]);
        assert!(shown.contains("$899.00"), "{shown}");
    }
}

/// Better words for the same points: what a good model makes of them.
#[tokio::test]
async fn other_words_for_the_same_facts_are_heard() {
    let demo = Demo::open().await;
    let mut heard = 0;
    let cases: &[(&[&str], &str)] = &[
        (&["do you have the ASUS Gaming V16 in stock"], "Good news: {F1} is available right now."),
        (&["do you have the ASUS Gaming V16 in stock"], "Yes, you can get the ASUS Gaming V16, it is in stock."),
        (&["what's the price of the ASUS TUF Gaming A15"], "The {F1} is priced at {F2}."),
        (&["what's the price of the ASUS TUF Gaming A15"], "You can have the {F1} for {F2}."),
        (&["what's the price of the ASUS TUF Gaming A15"], "{F2} is the price of the {F1}."),
        (&["when are you open"], "Our store is open Monday to Friday from 9:00 to 19:00."),
        (&["does LEVELUP10 work"], "Yes, the code LEVELUP10 is valid: you get {F2} off."),
        (&["does PHONE50 still work"], "I am sorry, PHONE50 has expired."),
        (&["track my order ORD-1002", "priya.raman@example.com"], "Thank you. Your order ORD-1002 is on its way."),
        (&["track my order ORD-1002", "priya.raman@example.com"], "Your order has been shipped."),
        (&["ORD-1016 ethan.caldwell@example.com"], "Order ORD-1016 was cancelled."),
        (&["do you ship to Canada"], "We ship to Canada in 5-8 business days for 19.99 USD."),
    ];
    for (messages, words) in cases {
        let worked = demo.talk(messages).await;
        let said = (*words).to_owned();
        let voice: Arc<dyn ChatModel> = Scripted::new(Provider::Remote, move |_, _| Ok(said.clone()));
        let (spoken, shown) = speak(&demo, worked.last().unwrap(), &[voice]).await;
        if spoken.provider == Provider::Remote && spoken.blocked.is_empty() {
            heard += 1;
        } else {
            println!("  {messages:?}: {words} -> {shown} {:?}", spoken.blocked);
        }
    }
    println!("paraphrases: {heard} of {} heard", cases.len());
    assert!(heard * 10 >= cases.len() * 8);
}

/// With `prefer = local` clear turns stay here, whether a model here words them or the phrases do; the
/// remote model gets the rest. Otherwise the remote one goes first.
#[tokio::test]
async fn who_speaks_follows_what_is_preferred() {
    let mut demo = Demo::open().await;
    let text = "do you have the ASUS Gaming V16 in stock";
    let talk = |provider| Scripted::new(provider, |prompt, _| Ok(obedient(prompt)));
    let broken = || Scripted::new(Provider::Local, |_, _| Err(ModelError::Failed));
    for (prefer_local, local, clear, expected) in [
        (false, Some(talk(Provider::Local)), true, Provider::Remote),
        (false, Some(talk(Provider::Local)), false, Provider::Remote),
        (true, Some(talk(Provider::Local)), true, Provider::Local),
        (true, Some(talk(Provider::Local)), false, Provider::Remote),
        (true, Some(broken()), true, Provider::Template),
        (true, None, true, Provider::Template),
        (true, None, false, Provider::Remote),
    ] {
        let remote = talk(Provider::Remote);
        demo.engine.voices = Voices::of(Some(Arc::clone(&remote) as _), local.clone().map(|local| local as _), prefer_local);
        // A product is named, so it is answered also where the threshold is out of reach.
        demo.engine.thresholds.confidence = if clear { 0.85 } else { 0.9999 };
        let worked = demo.talk(&[text]).await.pop().unwrap();
        assert_eq!(worked.machine.is_sure(), clear);
        remote.heard.lock().clear();
        let shelves = demo.engine.library.shelves();
        let (mut worker, asked) = (Worker::default(), Asked::default());
        let spoken = demo.engine.speak_with_models(&worked.job, &worked.machine, &shelves, &mut worker, &asked).await.unwrap();
        assert_eq!(spoken.map_or(Provider::Template, |spoken| spoken.provider), expected, "{prefer_local} {clear}");
        assert_eq!(remote.heard.lock().is_empty(), expected != Provider::Remote, "{prefer_local} {clear}");
    }
}

/// A server that writes down what it is sent learns nothing of who is asking.
#[tokio::test]
async fn a_remote_model_is_told_nothing_of_who_asks() {
    let demo = Demo::open().await;
    let mut secrets: Vec<String> = Vec::new();
    demo.engine.store.for_each::<Customer>(|_, c| secrets.extend([c.email, c.phone, c.name])).await.unwrap();
    let orders = |order: Order| {
        let parcels = order.fulfilments.into_iter().map(|f| f.tracking);
        [order.number, order.ship_to.line].into_iter().chain(parcels).collect::<Vec<_>>()
    };
    demo.engine.store.for_each::<Order>(|_, order| secrets.extend(orders(order))).await.unwrap();
    secrets.retain(|secret| secret.len() > 4);
    let mut prompts = 0;
    for worked in demo.dialogues().await.iter().filter(|w| is_for_models(&w.machine)) {
        let voice = Scripted::new(Provider::Remote, |prompt, _| Ok(obedient(prompt)));
        speak(&demo, worked, &[Arc::clone(&voice) as Arc<dyn ChatModel>]).await;
        for prompt in voice.heard.lock().iter() {
            prompts += 1;
            let told = prompt.messages.iter().map(|(_, text)| text.to_lowercase()).collect::<Vec<_>>().join("\n");
            for secret in &secrets {
                assert!(!told.contains(&secret.to_lowercase()), "{}: {secret} in {told}", worked.message);
            }
        }
    }
    assert!(prompts > 80);
}
