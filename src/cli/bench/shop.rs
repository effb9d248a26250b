//! A shop in a folder of its own, for as long as something is measured with it: the demo shop, or a copy of part of another.

use std::path::PathBuf;

use crate::app::commands::{self, Request};
use crate::app::{App, Fill, Purpose};
use crate::config::{Config, ProviderMode};
use crate::domain::message::AgentMessage;
use crate::eval::doctor::Asked;
use crate::eval::inference::chats::{chats, hold, hold_and_hear};
use crate::eval::inference::own::Own;
use crate::eval::inference::prompts::{Recorder, Texts};
use crate::llm::{Brief, Constraint, Voices};

/// The shop, open and at work.
pub struct Demo {
    /// Its parts.
    pub app: App,
    _folder: Folder,
}

/// A folder that goes with its shop.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Demo {
    /// Opens it with these voices, and the configuration in all else.
    ///
    /// # Errors
    /// In a sentence, why it cannot be opened.
    pub async fn open(config: &Config, voices: Voices) -> Result<Self, String> {
        Self::open_filled(config, voices, Fill::Demo).await
    }

    /// The same with what another shop has.
    async fn copy(config: &Config, voices: Voices, own: &Own) -> Result<Self, String> {
        let copy = Self::open_filled(config, voices, Fill::Empty).await?;
        for (kind, bytes) in own.files() {
            let request = Request::Import { kind: kind.to_owned(), dry_run: false, strict: false };
            commands::run(&copy.app, request, &bytes).await.map_err(|error| error.to_string())?;
        }
        Ok(copy)
    }

    async fn open_filled(config: &Config, voices: Voices, fill: Fill) -> Result<Self, String> {
        let folder = Folder(std::env::temp_dir().join(format!("electromart-bench-{}", uuid::Uuid::new_v4().simple())));
        let mut config = config.clone();
        config.server.data_dir.clone_from(&folder.0);
        // The shop reads messages by its encoder, whatever speaks.
        config.provider.mode = ProviderMode::Auto;
        let opened = Box::pin(App::open_with(config, fill, Purpose::Talk, |_| voices)).await;
        let app = opened.map_err(|error| error.to_string())?;
        tokio::spawn(app.queue.clone().work());
        Ok(Self { app, _folder: folder })
    }

    /// Ends its work in order.
    pub async fn close(self) {
        self.app.close().await;
    }
}

/// What the shop tells models in the chats, whatever they would say.
///
/// # Errors
/// In a sentence, why it cannot be heard.
pub async fn texts(config: &Config) -> Result<Texts, String> {
    let (full, short) = (Recorder::new(Brief::Full), Recorder::new(Brief::Short));
    let demo = Demo::open(config, Voices::of(Some(full.clone()), Some(short.clone()), false)).await?;
    for chat in chats() {
        hold(&demo.app.gateway, &chat).await?;
    }
    demo.close().await;
    Ok(Texts::of(&full.heard(), &short.heard()))
}

/// What a shop tells a model for each reply in its chats, with what its own phrases say in the model's place.
pub struct Told {
    /// To a model that follows instructions.
    pub full: Vec<Asked>,
    /// To the decoder the program carries.
    pub short: Vec<Asked>,
    /// Chats that were held.
    pub chats: usize,
}

/// Holds chats with a copy of a shop, or without one the scripted chats with the demo shop.
///
/// # Errors
/// As [`texts`].
pub async fn told(config: &Config, own: Option<&Own>) -> Result<Told, String> {
    let (full, short) = (Recorder::new(Brief::Full), Recorder::new(Brief::Short));
    let voices = Voices::of(Some(full.clone()), Some(short.clone()), false);
    let (shop, chats) = match own {
        Some(own) => (Demo::copy(config, voices, own).await?, own.chats().to_vec()),
        None => {
            (Demo::open(config, voices).await?, chats().iter().map(|chat| chat.iter().map(|line| (*line).to_owned()).collect()).collect())
        }
    };
    let mut told = Told { full: Vec::new(), short: Vec::new(), chats: chats.len() };
    for chat in &chats {
        let mut hear = |reply: &AgentMessage| {
            for (recorder, to) in [(&full, &mut told.full), (&short, &mut told.short)] {
                let worded = recorder.take().into_iter().rfind(|prompt| !matches!(prompt.constraint, Constraint::Schema { .. }));
                to.extend(worded.map(|prompt| Asked { prompt, reply: reply.text.clone() }));
            }
        };
        let lines: Vec<&str> = chat.iter().map(String::as_str).collect();
        hold_and_hear(&shop.app.gateway, &lines, &mut hear).await?;
    }
    shop.close().await;
    Ok(told)
}
