//! A model that says what a test wrote for it, in pieces, as a real one would.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::mpsc;

use crate::domain::agent::Provider;
use crate::llm::{Brief, ChatModel, Ended, Health, ModelError, Prompt, Said, Saying};

/// What the model does with a prompt.
pub type Script = dyn Fn(&Prompt, usize) -> Result<String, ModelError> + Send + Sync;

/// A scripted model; `say` is called with the prompt and how many there were before.
pub struct Scripted {
    provider: Provider,
    brief: Brief,
    script: Box<Script>,
    /// Every prompt it was given.
    pub heard: Mutex<Vec<Prompt>>,
    /// It breaks off after this many characters.
    pub cut: Option<usize>,
}

impl Scripted {
    /// A model of a kind that follows a script.
    pub fn new(provider: Provider, script: impl Fn(&Prompt, usize) -> Result<String, ModelError> + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self { provider, brief: Brief::Full, script: Box::new(script), heard: Mutex::new(Vec::new()), cut: None })
    }

    /// One that is given short briefs, as the program's own.
    pub fn small(script: impl Fn(&Prompt, usize) -> Result<String, ModelError> + Send + Sync + 'static) -> Arc<Self> {
        let script = Box::new(script);
        Arc::new(Self { provider: Provider::Local, brief: Brief::Short, script, heard: Mutex::new(Vec::new()), cut: None })
    }

    /// One that breaks off in the middle.
    pub fn cut_after(provider: Provider, cut: usize, text: &str) -> Arc<Self> {
        let text = text.to_owned();
        Arc::new(Self {
            provider,
            brief: Brief::Full,
            script: Box::new(move |_, _| Ok(text.clone())),
            heard: Mutex::new(Vec::new()),
            cut: Some(cut),
        })
    }
}

impl ChatModel for Scripted {
    fn name(&self) -> String {
        "scripted".to_owned()
    }

    fn provider(&self) -> Provider {
        self.provider
    }

    fn brief(&self) -> Brief {
        self.brief
    }

    fn say<'a>(&'a self, prompt: &'a Prompt, pieces: Option<mpsc::UnboundedSender<String>>) -> Saying<'a> {
        Box::pin(async move {
            let before = {
                let mut heard = self.heard.lock();
                heard.push(prompt.clone());
                heard.len() - 1
            };
            let text = (self.script)(prompt, before)?;
            for (i, c) in text.char_indices() {
                if self.cut.is_some_and(|cut| i >= cut) {
                    return Err(ModelError::Unreachable);
                }
                if let Some(pieces) = &pieces {
                    let _ = pieces.send(c.to_string());
                }
                if i % 16 == 0 {
                    tokio::time::sleep(Duration::from_micros(1)).await;
                }
            }
            Ok(Said { text, tokens_in: 1, tokens_out: 1, model: "scripted".to_owned(), ended: Ended::Stop })
        })
    }

    fn health(&self) -> Health {
        Health::Healthy
    }
}
