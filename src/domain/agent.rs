//! Who speaks, what is wanted, and who decided.

use super::named::named_enum;
named_enum! {
    /// What a customer wants, in the five words the shop routes by.
    Intent {
        /// Finding, comparing, buying.
        Sales = "sales",
        /// Promotions, codes, loyalty.
        Marketing = "marketing",
        /// Something is wrong: faults, warranty, returns, accounts.
        Support = "support",
        /// Where a parcel is and how it gets there.
        Orders = "orders",
        /// Everything else.
        General = "general",
    }
}

named_enum! {
    /// Who a reply is from.
    Agent {
        /// Asks what is meant before anybody answers.
        Orchestrator = "orchestrator",
        /// Products.
        Sales = "sales",
        /// Promotions.
        Marketing = "marketing",
        /// Faults, warranty, returns.
        Support = "support",
        /// Orders and parcels.
        Logistics = "logistics",
        /// The shop itself, small talk, everything out of scope.
        General = "general",
        /// A member of staff.
        Human = "human",
    }
}

impl Intent {
    /// The agent that serves the intent.
    pub fn agent(self) -> Agent {
        match self {
            Self::Sales => Agent::Sales,
            Self::Marketing => Agent::Marketing,
            Self::Support => Agent::Support,
            Self::Orders => Agent::Logistics,
            Self::General => Agent::General,
        }
    }

    /// Position in [`Intent::ALL`], the order of every vector of scores.
    pub fn index(self) -> usize {
        self as usize
    }
}

impl Agent {
    /// The intent an agent serves; none for those that serve no single one.
    pub fn intent(self) -> Option<Intent> {
        Intent::ALL.iter().copied().find(|intent| intent.agent() == self)
    }
}

named_enum! {
    /// Who put a reply into words.
    Provider {
        /// The shop's own sentences, no model.
        Template = "template",
        /// A model in this process.
        Local = "local",
        /// A model behind an OpenAI-compatible interface.
        Remote = "remote",
        /// A person.
        Staff = "staff",
    }
}

named_enum! {
    /// Who decided what a message is about.
    Decider {
        /// Rules alone.
        Rules = "rules",
        /// The conversation itself: an answer to our question, a chip, a yes.
        Context = "context",
        /// The embedded encoder (with the rules' evidence).
        Encoder = "encoder",
        /// A local decoder, by label likelihood.
        Local = "local",
        /// The remote model.
        Remote = "remote",
    }
}

/// Scores over the five intents, in the order of [`Intent::ALL`]; they sum to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct IntentScores(pub [f32; 5]);

impl IntentScores {
    /// The best intent with its score.
    pub fn best(&self) -> (Intent, f32) {
        self.ranked()[0]
    }

    /// How far the best is ahead of the second.
    pub fn margin(&self) -> f32 {
        let ranked = self.ranked();
        ranked[0].1 - ranked[1].1
    }

    /// All intents, best first; equal scores keep the declared order.
    pub fn ranked(&self) -> [(Intent, f32); 5] {
        let mut pairs = [(Intent::Sales, 0.0); 5];
        for (slot, (&intent, &score)) in pairs.iter_mut().zip(Intent::ALL.iter().zip(&self.0)) {
            *slot = (intent, score);
        }
        pairs.sort_by(|a, b| b.1.total_cmp(&a.1));
        pairs
    }

    /// From unnormalised log scores at a temperature.
    pub fn softmax(logits: [f32; 5], temperature: f32) -> Self {
        let top = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let exp = logits.map(|x| ((x - top) / temperature).exp());
        let sum: f32 = exp.iter().sum();
        Self(exp.map(|x| x / sum))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        for &intent in Intent::ALL {
            assert_eq!(Intent::from_name(intent.name()), Some(intent));
            assert_eq!(intent.agent().intent(), Some(intent));
        }
        assert_eq!(Intent::Orders.agent(), Agent::Logistics);
        assert_eq!(Agent::Human.intent(), None);
    }

    #[test]
    fn softmax_sums_to_one_and_ranks() {
        let scores = IntentScores::softmax([2.0, 0.0, -1.0, 1.0, 0.0], 1.0);
        assert!((scores.0.iter().sum::<f32>() - 1.0).abs() < 1e-6);
        assert_eq!(scores.best().0, Intent::Sales);
        assert_eq!(scores.ranked()[1].0, Intent::Orders);
    }
}
