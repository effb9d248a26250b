//! The demo shop in a folder of its own, for as long as something is measured with it.

use std::path::PathBuf;

use crate::app::{App, Fill, Purpose};
use crate::config::{Config, ProviderMode};
use crate::domain::message::AgentMessage;
use crate::eval::doctor::Asked;
use crate::eval::inference::chats::{chats, hold, hold_and_hear};
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
        let folder = Folder(std::env::temp_dir().join(format!("electromart-bench-{}", uuid::Uuid::new_v4().simple())));
        let mut config = config.clone();
        config.server.data_dir.clone_from(&folder.0);
        // The shop reads messages by its encoder, whatever speaks.
        config.provider.mode = ProviderMode::Auto;
        let opened = Box::pin(App::open_with(config, Fill::Demo, Purpose::Talk, |_| voices)).await;
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

/// What the shop tells a model in the chats for each reply, with what its own phrases say in the model's place: to one that
/// follows instructions, and to the decoder the program carries.
///
/// # Errors
/// As [`texts`].
pub async fn asked(config: &Config) -> Result<(Vec<Asked>, Vec<Asked>), String> {
    let (full, short) = (Recorder::new(Brief::Full), Recorder::new(Brief::Short));
    let demo = Demo::open(config, Voices::of(Some(full.clone()), Some(short.clone()), false)).await?;
    let (mut for_full, mut for_short) = (Vec::new(), Vec::new());
    for chat in chats() {
        let mut hear = |reply: &AgentMessage| {
            for (recorder, to) in [(&full, &mut for_full), (&short, &mut for_short)] {
                let worded = recorder.take().into_iter().rfind(|prompt| !matches!(prompt.constraint, Constraint::Schema { .. }));
                to.extend(worded.map(|prompt| Asked { prompt, reply: reply.text.clone() }));
            }
        };
        hold_and_hear(&demo.app.gateway, &chat, &mut hear).await?;
    }
    demo.close().await;
    Ok((for_full, for_short))
}
