use super::*;
use crate::domain::knowledge::tests::sample;

fn entry(id: &str, domain: Domain, questions: &[&str], answer: &str) -> Knowledge {
    Knowledge { questions: questions.iter().map(|q| (*q).to_owned()).collect(), ..sample(id, domain, answer) }
}

fn index() -> KnowledgeIndex {
    KnowledgeIndex::build(&entries())
}

fn entries() -> Vec<Knowledge> {
    let expired = Knowledge {
        valid_until: Day::parse("2026-01-01"),
        ..entry("storm", Domain::Logistics, &["Are deliveries delayed by the storm?"], "Yes.")
    };
    vec![
        entry(
            "returns",
            Domain::Support,
            &["What is your return policy?", "How long can I send things back?"],
            "You can return an item within 30 days. Opened software cannot be returned. The label costs 6.95 USD.",
        ),
        entry("hours", Domain::Store, &["When are you open?", "What are your opening hours?"], "We open at 9."),
        entry("wifi", Domain::Support, &["My laptop does not connect to wifi"], "1. Restart the router.\n2. Forget the network."),
        entry("payment", Domain::Sales, &["How can I pay?", "Which payment methods do you accept?"], "By card or in cash."),
        entry("abroad", Domain::Logistics, &["Do you deliver abroad?"], "We ship to all countries of Europe. Norway takes a week."),
        expired,
    ]
}

fn question(text: &str) -> Question<'_> {
    Question { text, vector: None, today: Day(20_779), procedures: None }
}

#[test]
fn questions_find_their_answer() {
    let index = index();
    for (text, procedures, expected) in [
        ("what's the return policy", None, Some("returns")),
        ("can i send it back", None, Some("returns")),
        ("what is your retrun policy", None, Some("returns")),
        ("opening hours?", None, Some("hours")),
        ("laptop wont connect to the wi-fi", None, Some("wifi")),
        ("laptop wont connect to the wi-fi", Some(false), None),
        ("delayed by storm", None, None),
        ("purple elephants", None, None),
        ("what do i do first", None, None),
        ("so what would i pay", None, None),
        ("how do i pay", None, Some("payment")),
    ] {
        let hits = index.find(&Question { procedures, ..question(text) }, 1);
        let sure = hits.first().filter(|hit| hit.score >= 0.5).map(|hit| hit.id.as_str());
        assert_eq!(sure, expected, "{text} {hits:?}");
    }
}

#[test]
fn an_entry_taken_whole_is_found_as_any_other() {
    let index = index();
    for text in ["what is your return policy", "can i return opened software", "do you deliver to norway", "purple elephants", "how do i"] {
        let whole = |hit| KnowledgeHit { part: Part::WHOLE, ..hit };
        let found: Vec<KnowledgeHit> = index.find(&question(text), 5).into_iter().map(whole).collect();
        assert_eq!(index.find_whole(&question(text), 5), found, "{text}");
    }
}

#[test]
fn entries_without_a_word_of_the_question_fit_alike() {
    let index = index();
    for text in ["can i return opened software", "purple elephants", "back", "how long does delivery to norway take", "so how do they"] {
        let asked = index.take_apart(&question(text));
        let strange: Vec<usize> = (0..index.len()).filter(|i| !asked.counted.touched[*i]).collect();
        assert!(!strange.is_empty(), "{text}");
        for (a, b) in strange.iter().zip(&strange[1..]).filter(|(a, b)| index.entries[**a].kinds == index.entries[**b].kinds) {
            assert_eq!(index.fit(*a, &asked), index.fit(*b, &asked), "{text}");
        }
    }
}

#[test]
fn the_sentences_that_answer_are_singled_out() {
    let index = index();
    for (text, expected) in [
        ("what is your return policy", &[0_u16, 1, 2][..]),
        ("can i return opened software", &[1]),
        ("how much is the label when i return something", &[2]),
        ("do you deliver to norway", &[1]),
    ] {
        let hits = index.find(&question(text), 1);
        let found: Vec<u16> = (0..3).filter(|i| hits[0].part.has(*i)).collect();
        let whole = hits[0].part == Part::WHOLE;
        assert!(found == expected || whole && expected.len() > 2, "{text} {hits:?}");
    }
}

#[test]
fn entries_about_hours_are_known() {
    assert_eq!(index().about_hours(Day(20_779)).collect::<Vec<_>>(), ["hours"]);
}

#[test]
fn vectors_are_used_once_most_are_there() {
    let mut index = index();
    assert!(!index.knows_meaning());
    let wanted: Vec<u64> = index.wanted().collect();
    let mut vectors = Vectors::of_model("m");
    // Each text points into a direction of its own.
    let axis = |n: usize| (0..wanted.len()).map(|i| if i == n { 1.0 } else { 0.0 }).collect::<Vec<f32>>();
    vectors.add(wanted.iter().enumerate().map(|(n, key)| (*key, axis(n))).collect());
    index.set_vectors(&vectors);
    assert!(index.knows_meaning());
    let first = axis(wanted.iter().position(|key| *key == vectors::key("How can I pay?")).unwrap());
    let asked = Question { vector: Some(&first), ..question("settle the bill") };
    assert_eq!(index.find(&asked, 1)[0].id, "payment");
    // An entry that came a moment ago has no vectors yet, and is found by its words.
    let new = entry("aquarium", Domain::Store, &["Do you have an aquarium?"], "Yes, beside the till.");
    let mut entries = entries();
    entries.push(new);
    let mut index = KnowledgeIndex::build(&entries);
    index.set_vectors(&vectors);
    assert!(index.knows_meaning());
    let asked = Question { vector: Some(&first), ..question("is there an aquarium") };
    assert_eq!(index.find(&asked, 1)[0].id, "aquarium");
}
