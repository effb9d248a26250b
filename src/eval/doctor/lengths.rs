//! How long prompts and replies of a shop are.

use serde::Serialize;

use super::median;
use crate::llm::Prompt;
use crate::llm::local::LocalError;
use crate::llm::local::probe::Vocabulary;

/// What a shop told a model, and what its own phrases said in the model's place.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The prompt.
    pub prompt: Prompt,
    /// The reply.
    pub reply: String,
}

/// Tokens of a typical prompt and reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Lengths {
    /// Of a prompt, in the median.
    pub prompt: usize,
    /// Of these, those that every prompt begins with: they are read once.
    pub kept: usize,
    /// Of a reply, in the median.
    pub reply: usize,
    /// Whether the model's own vocabulary counted; else they are guessed by words.
    pub counted: bool,
}

impl Lengths {
    /// In a model's tokens.
    ///
    /// # Errors
    /// When a text cannot be put into its tokens.
    pub fn of(asked: &[Asked], vocabulary: &Vocabulary) -> Result<Self, LocalError> {
        let prompts = asked.iter().map(|asked| vocabulary.prompt(&asked.prompt.messages)).collect::<Result<Vec<_>, _>>()?;
        let replies = asked.iter().map(|asked| vocabulary.text(&asked.reply)).collect::<Result<Vec<_>, _>>()?;
        let prompts: Vec<&[u32]> = prompts.iter().map(Vec::as_slice).collect();
        Ok(Self {
            prompt: median(prompts.iter().map(|ids| ids.len()).collect()),
            kept: common(&prompts),
            reply: median(replies.iter().map(Vec::len).collect()).max(1),
            counted: vocabulary.is_own(),
        })
    }
}

/// How much all begin with. The last of each is left to be read, as the model's thread leaves it.
fn common<T: PartialEq>(all: &[&[T]]) -> usize {
    let Some((first, rest)) = all.split_first() else { return 0 };
    let same = |other: &&[T]| first.iter().zip(*other).take_while(|(a, b)| a == b).count();
    rest.iter().map(same).min().unwrap_or(0).min(first.len().saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::llm::models::Manifest;
    use crate::llm::{Constraint, Rank, Role};

    fn asked(rules: &str, rest: &str, reply: &str) -> Asked {
        let prompt = Prompt {
            rank: Rank::Turn,
            messages: vec![(Role::System, rules.to_owned()), (Role::User, rest.to_owned())],
            max_tokens: 9,
            temperature: 0.0,
            seed: None,
            stop: Vec::new(),
            constraint: Constraint::Free,
            first_token: Duration::ZERO,
            whole: Duration::ZERO,
        };
        Asked { prompt, reply: reply.to_owned() }
    }

    #[test]
    fn lengths_are_those_in_the_middle() {
        let vocabulary = Vocabulary::of_shape(&Manifest::recommended().unwrap().models[0].shape.clone().unwrap()).unwrap();
        let rules = "say it ".repeat(20);
        let all = [
            asked(&rules, "a b", "it is"),
            asked(&rules, "c d e f g h", "it is here"),
            asked(&rules, &"i ".repeat(60), "it is not here at all"),
        ];
        // Marks of the template: 3 before and 2 behind each of both messages, and 3 before the answer.
        for (count, prompt, kept, reply) in [
            (3, 3 + 40 + 5 + 6 + 5, 3 + 40 + 5, 3),
            // One alone has nothing in common with others.
            (1, 3 + 40 + 5 + 2 + 5, 0, 2),
            (0, 0, 0, 1),
        ] {
            let expected = Lengths { prompt, kept, reply, counted: false };
            assert_eq!(Lengths::of(&all[..count], &vocabulary).unwrap(), expected, "{count}");
        }
        assert_eq!((common(&[&[1, 2, 3][..], &[1, 2, 3]]), common::<u8>(&[])), (2, 0));
    }
}
