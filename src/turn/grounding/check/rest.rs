//! The words that are left, part by part: glue, claims that stand beside what bears them out, and words
//! that a record states in one place.

use super::{Checker, Sentence};
use crate::domain::fact::{FactId, RecordId, Source};
use crate::domain::product::SpecValue;
use crate::domain::record::{Field, Record, RecordKind};
use crate::domain::text::words as lists;
use crate::turn::grounding::claims;
use crate::turn::grounding::knowledge;
use crate::turn::grounding::lexicon::{self, Frame};
use crate::turn::grounding::scope::stems;
use crate::turn::grounding::words::{Slot, Word, is_negation};
use std::ops::Range;

impl Checker<'_> {
    /// Everything that is left must be taken apart, or the whole say again what the shop says.
    pub(super) fn rest(&self, sentence: &mut Sentence<'_>) -> Result<(), String> {
        if !sentence.words.iter().any(|w| w.explained) && lexicon::is_courtesy(&sentence.words) {
            return Ok(());
        }
        match self.taken_apart(sentence) {
            Ok(()) => self.cite_properties(sentence),
            Err(reason) => {
                let (record, field) = self.statements.supporting(&sentence.words).ok_or(reason)?;
                sentence.facts.extend(knowledge::fact(self.book, record, field));
            }
        }
        Ok(())
    }

    fn taken_apart(&self, sentence: &Sentence<'_>) -> Result<(), String> {
        let (mut borne_out, mut courtesy) = (false, true);
        for part in parts(sentence) {
            match self.part(sentence, part)? {
                Part::Courtesy => {}
                Part::Glue => courtesy = false,
                Part::BorneOut => (borne_out, courtesy) = (true, false),
            }
        }
        let answer = lexicon::is_bare_answer(&sentence.words);
        (borne_out || courtesy && !answer).then_some(()).ok_or_else(|| "it says nothing that a record bears out".to_owned())
    }

    /// Takes one part apart.
    fn part(&self, sentence: &Sentence<'_>, part: Range<usize>) -> Result<Part, String> {
        let joined =
            sentence.words[part.clone()].iter().take_while(|w| !w.explained && matches!(w.text.as_str(), "and" | "but" | "so")).count();
        let behind = part.start + joined;
        let from = behind + lexicon::interjection(&sentence.words[behind..part.end]);
        let own = &sentence.words[from..part.end];
        // "It is four days late, and I'm sorry about that": with the "I'm sorry" that is an interjection elsewhere.
        let courteous = |words: &[Word]| !words.iter().any(|w| w.explained) && lexicon::is_courtesy(words);
        if own.is_empty() || courteous(own) || courteous(&sentence.words[behind..part.end]) {
            return Ok(Part::Courtesy);
        }
        let left: Vec<usize> = (from..part.end).filter(|at| self.is_left(sentence, *at)).collect();
        if left.iter().any(|at| is_negation(&sentence.words[*at].text)) {
            // "No, ...": what follows must deny something that a record denies.
            let elsewhere = |at: usize| !part.contains(&at) && is_negation(&sentence.words[at].text);
            if part.len() == 1 && (0..sentence.words.len()).any(elsewhere) {
                return Ok(Part::Glue);
            }
            return self.denied(sentence, &left).map(|()| Part::BorneOut);
        }
        self.one_thing_at_a_time(sentence, &part, left.is_empty())?;
        let framed = |at: &usize| !lexicon::frames(&sentence.words[*at].text).is_empty();
        let mut stated: Vec<usize> = left.iter().copied().filter(|at| !framed(at) && self.states(sentence, *at)).collect();
        let telling = stated.iter().any(|at| !self.is_of_its_kind(sentence, *at));
        let slots: Vec<Slot> = sentence.words[part.clone()].iter().map(|w| w.slot).collect();
        let scene = Scene { part: part.clone(), slots, stated: telling };
        for at in left {
            if stated.contains(&at) || self.in_frame(sentence, at, &scene) {
                continue;
            }
            if !self.states(sentence, at) {
                return Err(format!("nothing bears out \"{}\"", sentence.words[at].text));
            }
            stated.push(at);
        }
        self.of_one_place(sentence, &stated)?;
        let valued = scene.has(|slot| matches!(slot, Slot::Measure | Slot::Quote));
        if !valued && stated.iter().any(|at| self.is_of_its_kind(sentence, *at)) && self.names_a_property_alone(sentence, &stated) {
            return Err("it gives a property the kind of thing as its value".to_owned());
        }
        let borne_out = |slot: &Slot| !matches!(slot, Slot::Plain | Slot::Mention(_) | Slot::Bound);
        let picked =
            self.picks(sentence, &scene) && sentence.words[part.clone()].iter().any(|w| lexicon::frames(&w.text).contains(&Frame::Pick));
        let listed = scene.slots.iter().any(|slot| matches!(slot, Slot::Mention(RecordKind::Product))) && sentence.order.is_some();
        let intro = |at: usize| lexicon::frames(&sentence.words[at].text).contains(&Frame::Intro) && self.introduces(sentence, at);
        let listed = listed || (from..part.end).any(intro);
        let borne_out = !stated.is_empty() || picked || listed || scene.slots.iter().any(borne_out);
        Ok(if borne_out { Part::BorneOut } else { Part::Glue })
    }

    /// Two things in one part are compared, or one is said to be the other; a thing alone behind "with" or
    /// "is" is said to be a property.
    fn one_thing_at_a_time(&self, sentence: &Sentence<'_>, part: &Range<usize>, glued: bool) -> Result<(), String> {
        let product = |i: &usize| self.entities.all[*i].kind == RecordKind::Product;
        let inside = |m: &&crate::turn::grounding::scope::Mention| part.contains(&m.from) && m.entities.iter().any(product);
        let mentions: Vec<_> = sentence.mentions.iter().filter(inside).collect();
        let words = &sentence.words[part.clone()];
        let compares = words.iter().any(|w| w.slot == Slot::Comparison || matches!(w.text.as_str(), "than" | "instead" | "between"));
        let apart = mentions.windows(2).any(|pair| !pair[0].entities.iter().any(|i| pair[1].entities.contains(i)));
        if apart && !compares {
            return Err("it says that one thing is another".to_owned());
        }
        let alone = glued && !mentions.is_empty() && words.iter().all(|w| matches!(w.slot, Slot::Plain | Slot::Mention(_)));
        let as_property = |w: &crate::turn::grounding::words::Word| {
            !w.explained && matches!(w.text.as_str(), "with" | "is" | "are" | "was" | "as" | "a" | "an")
        };
        if alone && words.iter().any(as_property) && sentence.order.is_none() {
            return Err("it says that a thing is a property of another".to_owned());
        }
        Ok(())
    }

    /// Whether a word says no more than what kind of thing is spoken of.
    fn is_of_its_kind(&self, sentence: &Sentence<'_>, at: usize) -> bool {
        let kind = |id: &RecordId| self.book.record(*id).is_some_and(|v| places(&v.record)[0].stems.contains(&sentence.words[at].stem));
        let records = self.records(sentence, at);
        !records.is_empty() && records.iter().all(kind)
    }

    fn is_left(&self, sentence: &Sentence<'_>, at: usize) -> bool {
        let word = &sentence.words[at];
        !word.explained && !lexicon::is_glue(&word.text)
    }

    /// Whether a word that claims something stands beside the very thing that is borne out.
    fn in_frame(&self, sentence: &Sentence<'_>, at: usize, scene: &Scene) -> bool {
        let about = |kind: RecordKind| {
            self.records(sentence, at).iter().any(|r| self.kind(*r) == Some(kind)) || scene.has(|slot| slot == Slot::Mention(kind))
        };
        let fits = |frame: &Frame| match frame {
            Frame::Money => {
                let of_a_comparison = matches!(sentence.words[at].text.as_str(), "price" | "priced" | "cost" | "costs");
                scene.has(|slot| slot == Slot::Money) && self.plain_amount(sentence, at, scene)
                    || of_a_comparison && scene.has(|slot| slot == Slot::Comparison)
            }
            Frame::Property => scene.stated || scene.has(|slot| matches!(slot, Slot::Measure | Slot::Quote)),
            Frame::Stock => scene.has(|slot| slot == Slot::Stock),
            Frame::Order => {
                let shown = |slot| {
                    matches!(slot, Slot::Status | Slot::Day | Slot::Money | Slot::Measure | Slot::Length | Slot::Quote | Slot::Count)
                        || matches!(slot, Slot::Mention(RecordKind::Product | RecordKind::Order))
                };
                (about(RecordKind::Order) || sentence.order.is_some()) && scene.has(shown)
            }
            Frame::Promo => {
                let shown = |slot| {
                    matches!(slot, Slot::Percent | Slot::Money | Slot::Day | Slot::Validity | Slot::Listed | Slot::Quote)
                        || slot == Slot::Mention(RecordKind::Promotion)
                };
                about(RecordKind::Promotion) && (scene.has(shown) || scene.stated)
            }
            Frame::Term => scene.has(|slot| matches!(slot, Slot::Day | Slot::Length)),
            Frame::Count => scene.has(|slot| slot == Slot::Count),
            Frame::Pick => self.picks(sentence, scene),
            Frame::Ticket => about(RecordKind::Ticket) && (scene.has(|slot| matches!(slot, Slot::Status | Slot::Day)) || scene.stated),
            Frame::Listed => scene.has(|slot| slot == Slot::Listed),
            Frame::Intro => self.introduces(sentence, at),
            Frame::Same => self.are_the_same(sentence, at),
            Frame::Comparison => self.compares(sentence, at, scene),
        };
        lexicon::frames(&sentence.words[at].text).iter().any(fits)
    }

    /// "These promotions are running:" leads to what the turn has read.
    fn introduces(&self, sentence: &Sentence<'_>, at: usize) -> bool {
        let runs = |record: &Record| matches!(record, Record::Promotion(p) if p.runs_on(self.book.today()).is_ok());
        let read = |wanted: &dyn Fn(&Record) -> bool| self.book.records().any(|(_, v)| wanted(&v.record));
        let plain = sentence.words.iter().all(|w| matches!(w.slot, Slot::Plain | Slot::Mention(_) | Slot::Count | Slot::Validity));
        let there = match sentence.words[at].text.as_str() {
            "offer" | "promotions" | "running" => read(&runs),
            "orders" => read(&|record| record.kind() == RecordKind::Order),
            _ => true,
        };
        sentence.text.trim_end().ends_with(':') && plain && there
    }

    /// The product in the part is the one the shop recommends.
    fn picks(&self, sentence: &Sentence<'_>, scene: &Scene) -> bool {
        let mut mentions = sentence.mentions.iter().filter(|m| scene.part.contains(&m.from)).peekable();
        mentions.peek().is_some() && mentions.all(|m| m.entities.iter().any(|i| self.recommended.contains(&self.entities.all[*i].record)))
    }

    /// "From $899" alone is where prices begin, not a price.
    fn plain_amount(&self, sentence: &Sentence<'_>, at: usize, scene: &Scene) -> bool {
        sentence.words[at].text != "from" || scene.slots.iter().filter(|slot| **slot == Slot::Money).count() > 1
    }

    /// "Than" leads to what is compared with, never to an amount.
    fn compares(&self, sentence: &Sentence<'_>, at: usize, scene: &Scene) -> bool {
        let next = (at + 1..scene.part.end).find(|i| !lexicon::is_glue(&sentence.words[*i].text));
        let to_a_product = next.is_some_and(|i| sentence.words[i].slot == Slot::Mention(RecordKind::Product));
        let word = at.checked_sub(1).map_or("", |i| sentence.words[i].text.as_str());
        match word {
            "more" | "less" => to_a_product && self.differs(sentence, at, if word == "more" { "dearer" } else { "cheaper" }),
            _ => to_a_product && scene.has(|slot| slot == Slot::Comparison),
        }
    }

    /// Whether a word is stated by what it is said of, or another word for it is.
    fn states(&self, sentence: &Sentence<'_>, at: usize) -> bool {
        !lexicon::turns(&sentence.words[at].text)
            && (self.states_word(sentence, at) || self.synonym_stated(sentence, at))
            && self.fits_its_property(sentence, at)
    }

    fn states_word(&self, sentence: &Sentence<'_>, at: usize) -> bool {
        let scope = sentence.scope.at(at);
        let stem = &sentence.words[at].stem;
        let states = |i: &usize| self.entities.all[*i].states.contains(stem);
        let of_the_order = || self.entities.all.iter().any(|e| Some(e.record) == sentence.order && e.states.contains(stem));
        !scope.is_empty() && scope.iter().all(states) || of_the_order()
    }

    fn synonym_stated(&self, sentence: &Sentence<'_>, at: usize) -> bool {
        let scope = sentence.scope.at(at);
        let synonyms = lists::synonyms(&sentence.words[at].stem);
        !scope.is_empty()
            && scope.iter().all(|i| {
                let states = &self.entities.all[*i].states;
                // Single words only: "water resistance" finds waterproof things, but does not say waterproof.
                synonyms.iter().any(|other| !other.contains(' ') && states.contains(other))
            })
    }

    /// Whether a word stands beside the name of a property that holds it, where it stands beside one.
    fn fits_its_property(&self, sentence: &Sentence<'_>, at: usize) -> bool {
        self.records(sentence, at).iter().all(|record| match self.book.record(*record).map(|v| &v.record) {
            Some(Record::Product(product)) => claims::word_fits(product, &sentence.words, at),
            _ => true,
        })
    }

    /// What is said in one breath must stand in one place of the record: a property with its value, a run
    /// of words of its description. Words of the kind of thing may stand beside it.
    fn of_one_place(&self, sentence: &Sentence<'_>, stated: &[usize]) -> Result<(), String> {
        let Some(first) = stated.first() else { return Ok(()) };
        let says: Vec<&str> = stated.iter().map(|at| sentence.words[*at].stem.as_str()).collect();
        let records = self.records(sentence, *first);
        let held = |id: &RecordId| self.book.record(*id).is_some_and(|v| holds(&places(&v.record), &says));
        let in_scope = !records.is_empty() && records.iter().all(held);
        if in_scope || sentence.order.is_some_and(|order| held(&order)) {
            return Ok(());
        }
        let said: Vec<&str> = stated.iter().map(|at| sentence.words[*at].text.as_str()).collect();
        Err(format!("no place of the record states \"{}\"", said.join(" ")))
    }

    /// Whether words beside those for the kind of thing are the name of a property, and not its value; or
    /// the kind of thing itself is said to be a part of it.
    fn names_a_property_alone(&self, sentence: &Sentence<'_>, stated: &[usize]) -> bool {
        let own: Vec<usize> = stated.iter().copied().filter(|at| !self.is_of_its_kind(sentence, *at)).collect();
        let said = |stem: &String| stated.iter().any(|at| sentence.words[*at].stem == *stem);
        let Some(first) = own.first() else {
            let before = stated.first().and_then(|at| at.checked_sub(1)).map_or("", |i| sentence.words[i].text.as_str());
            return before == "with";
        };
        self.records(sentence, *first).iter().any(|id| match self.book.record(*id).map(|v| &v.record) {
            Some(Record::Product(product)) => product.specs.iter().any(|spec| {
                let (name, value) = (stems(&spec.name), stems(&spec.value.text()));
                let within = |place: &[String], at: &usize| place.contains(&sentence.words[*at].stem);
                let whole = value.iter().all(said);
                !matches!(spec.value, SpecValue::Flag(_)) && !whole && own.iter().all(|at| within(&name, at) && !within(&value, at))
            }),
            _ => false,
        })
    }

    /// "It has no touchscreen": true where the record says no; anything else denied is unsupported.
    fn denied(&self, sentence: &Sentence<'_>, left: &[usize]) -> Result<(), String> {
        let mut any = false;
        for at in left {
            let word = &sentence.words[*at];
            let joins = is_negation(&word.text) || lexicon::frames(&word.text).contains(&Frame::Property);
            let scope = sentence.scope.at(*at);
            let denied = !scope.is_empty() && scope.iter().all(|i| self.entities.all[*i].denies.contains(&word.stem));
            if !joins && !denied {
                return Err(format!("nothing denies \"{}\"", word.text));
            }
            any |= denied;
        }
        any.then_some(()).ok_or_else(|| "it denies something no record denies".to_owned())
    }

    /// The properties whose words a sentence uses become part of its evidence.
    fn cite_properties(&self, sentence: &mut Sentence<'_>) {
        let records: Vec<RecordId> = (0..sentence.words.len()).flat_map(|at| self.records(sentence, at)).collect();
        let facts: Vec<FactId> = self
            .book
            .facts()
            .filter(|(_, fact)| {
                let Source::Record(record, Field::Spec(_) | Field::Description | Field::Sentence(_)) = fact.source else { return false };
                let text = fact.value.to_string();
                let own = stems(&text);
                records.contains(&record)
                    && sentence.words.iter().any(|w| w.text.len() > 2 && own.contains(&w.stem) && !lexicon::is_harmless(&w.text, &w.stem))
            })
            .map(|(id, _)| id)
            .collect();
        sentence.facts.extend(facts);
    }
}

/// A part of a sentence with what is borne out in it.
struct Scene {
    part: Range<usize>,
    slots: Vec<Slot>,
    stated: bool,
}

impl Scene {
    fn has(&self, wanted: impl Fn(Slot) -> bool) -> bool {
        self.slots.iter().any(|slot| wanted(*slot))
    }
}

/// What a part of a sentence is.
enum Part {
    /// An interjection.
    Courtesy,
    /// Nothing by itself.
    Glue,
    /// Something that a record bears out.
    BorneOut,
}

/// The parts of a sentence. What stands before a colon belongs to what stands behind it, and a name is not
/// parted.
fn parts(sentence: &Sentence<'_>) -> Vec<Range<usize>> {
    let words = &sentence.words;
    let mut found: Vec<Range<usize>> = Vec::new();
    for at in 0..words.len() {
        let joined = at > 0 && {
            let between = sentence.text.get(words[at - 1].end..words[at].start).unwrap_or("");
            let same = words[at].part == words[at - 1].part && words[at].clause == words[at - 1].clause && !between.contains(';');
            same || between.trim() == ":" || sentence.mentions.iter().any(|m| m.from < at && at < m.to)
        };
        match found.last_mut() {
            Some(last) if joined => last.end = at + 1,
            _ => found.push(at..at + 1),
        }
    }
    found
}

/// A place of a record that states something.
struct Place {
    /// Up to where it begins to deny.
    stems: Vec<String>,
    /// Only words that stand together in it say what it says.
    running: bool,
}

impl Place {
    fn of(text: &str, running: bool) -> Self {
        Self { stems: stems(text).into_iter().take_while(|stem| !is_negation(stem)).collect(), running }
    }

    /// A property; one whose value denies states nothing.
    fn property(name: &str, value: &str) -> Self {
        let value = Self::of(value, false);
        let stems = if value.stems.is_empty() { Vec::new() } else { stems(name).into_iter().chain(value.stems).collect() };
        Self { stems, running: false }
    }

    /// Whether it says these words, those of `kind` aside.
    fn says(&self, words: &[&str], kind: &Place) -> bool {
        let has = |place: &[String], stem: &str| {
            place.iter().any(|own| own == stem) || lists::synonyms(stem).iter().any(|other| place.iter().any(|own| own == other))
        };
        let own: Vec<&str> = words.iter().copied().filter(|stem| !has(&kind.stems, stem)).collect();
        if !own.iter().all(|stem| has(&self.stems, stem)) {
            return false;
        }
        let content: Vec<&str> = self.stems.iter().map(String::as_str).filter(|stem| !lists::is_function(stem)).collect();
        !self.running || own.len() < 2 || content.windows(own.len()).any(|run| run.iter().zip(&own).all(|(a, b)| a == b))
    }
}

/// Whether one of the places says all the words; the first says what kind of thing it is.
fn holds(places: &[Place], words: &[&str]) -> bool {
    places.split_first().is_some_and(|(kind, rest)| kind.says(words, kind) || rest.iter().any(|place| place.says(words, kind)))
}

/// The places of a record that state something; the first says what kind of thing it is.
fn places(record: &Record) -> Vec<Place> {
    let mut found: Vec<Place> = Vec::new();
    let joined = |texts: &[String]| Place::of(&texts.join(" "), false);
    match record {
        Record::Product(product) => {
            let mut kind = product.category.clone();
            kind.extend([product.name.clone(), product.brand.clone()]);
            found.push(joined(&kind));
            found.extend(product.options.iter().map(|(name, value)| Place::property(name, value)));
            found.extend(product.specs.iter().map(|spec| Place::property(&spec.name, &spec.value.text())));
            found.extend(crate::domain::text::sentence::split(&product.description).map(|text| Place::of(text, true)));
        }
        Record::Promotion(promotion) => {
            let mut kind = promotion.categories.clone();
            kind.push(promotion.name.clone());
            found.push(joined(&kind));
            found.extend(crate::domain::text::sentence::split(&promotion.description).map(|text| Place::of(text, true)));
        }
        Record::Order(order) => {
            found.push(Place::of("", false));
            found.extend(order.fulfilments.iter().map(|f| Place::of(&format!("{} {} {}", f.carrier, f.tracking, f.status), false)));
        }
        Record::Ticket(ticket) => {
            found.push(Place::of("", false));
            found.push(Place::of(&format!("{} {}", ticket.issue.replace('_', " "), ticket.priority.name()), false));
        }
        Record::Knowledge(_) | Record::Customer(_) => found.push(Place::of("", false)),
    }
    found
}
