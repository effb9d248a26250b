//! `electromart models`: the models in this process.

use std::io::Read;
use std::path::Path;

use serde_json::{Value, json};

use super::args::{Global, Models as Args, ModelsVerb};
use super::outcome::{Failure, document, line, read_text};
use super::progress::Progress;
use super::reach::{self, block_on};
use crate::app::commands::{Request, Response};
use crate::app::{control, models};
use crate::config::Config;
use crate::llm::models::{EMBEDDED, Hub, Installed, Manifest, Models, ModelsError, Pinned, Pulled, Step};

/// Bytes in a megabyte.
const MB: u64 = 1_000_000;

/// What is shown while a model is read and makes its first step.
const LOADING: &str = "loading";

/// Does what is asked.
pub fn run(global: &Global, args: &Args) -> Result<(), Failure> {
    let config = reach::prepare(global)?;
    let desk = Desk { global, models: Models::of(&config.server.data_dir), config };
    match &args.what {
        ModelsVerb::List => desk.list(&manifest(args)?),
        ModelsVerb::Pull { name, mirror } => desk.pull(&manifest(args)?, name, mirror.as_deref()),
        ModelsVerb::Add { file, name } => desk.add(file, name.as_deref()),
        ModelsVerb::Use { name } => desk.take(name),
        ModelsVerb::Verify { name } => desk.verify(name.as_deref()),
        ModelsVerb::Remove { name } => desk.remove(name),
    }
}

fn manifest(args: &Args) -> Result<Manifest, Failure> {
    Ok(match &args.manifest {
        Some(file) => Manifest::read(&read_text(file)?)?,
        None => Manifest::recommended()?,
    })
}

/// What every one of these commands has at hand.
struct Desk<'a> {
    global: &'a Global,
    config: Config,
    models: Models,
}

impl Desk<'_> {
    /// Has a running server do something, which is shown as `what` where it takes long; `None` where none runs.
    fn server(&self, what: &'static str, request: &Request) -> Result<Option<Value>, Failure> {
        let progress = Progress::new(what, self.global.quiet);
        let asked = progress.during(control::call(&self.config.server.data_dir, request, &[]));
        let answer = block_on(async { asked.await.transpose().map_err(Failure::from) })?;
        Ok(answer.map(|Response { document, .. }| document))
    }

    /// What the shop's model is called: a running server's, else that of the next start.
    fn in_use(&self) -> Result<Option<String>, Failure> {
        if let Some(state) = self.server("asking the server", &Request::ModelState)? {
            return Ok(state["in_use"].as_str().map(str::to_owned));
        }
        Ok(self.models.choice(&self.config.local).ok().map(|choice| choice.name()))
    }

    fn say(&self, done: &Value, sentence: &str) {
        if self.global.json {
            document(done);
        } else if !self.global.quiet {
            line(sentence);
        }
    }

    fn list(&self, manifest: &Manifest) -> Result<(), Failure> {
        let (record, in_use) = (self.models.record()?, self.in_use()?);
        let used = |name: &str| in_use.as_deref() == Some(name);
        let mut shown = vec![json!({ "name": EMBEDDED, "recommended": false, "installed": true, "in_use": used(EMBEDDED) })];
        for entry in &manifest.models {
            let installed = record.find(&entry.name).ok();
            let mut about =
                json!({ "name": entry.name, "recommended": true, "installed": installed.is_some(), "in_use": used(&entry.name) });
            merge(&mut about, json!(entry));
            installed.iter().for_each(|model| merge(&mut about, of(model)));
            shown.push(about);
        }
        for model in record.models.iter().filter(|model| manifest.find(&model.name).is_err()) {
            let mut about = json!({ "name": model.name, "recommended": false, "installed": true, "in_use": used(&model.name) });
            merge(&mut about, of(model));
            shown.push(about);
        }
        if self.global.json {
            document(&json!({ "folder": self.models.folder(), "in_use": in_use, "models": shown }));
            return Ok(());
        }
        row(["NAME", "SIZE", "MEMORY", "STATE", "LICENCE"]);
        for model in &shown {
            let megabytes = |amount: Option<u64>| amount.filter(|n| *n > 0).map_or("-".to_owned(), |n| format!("{n} MB"));
            let state = match (model["installed"] == true, model["in_use"] == true) {
                (_, true) => "in use",
                (true, false) => "installed",
                (false, false) => "-",
            };
            let size = megabytes(model["size"].as_u64().map(|size| size.div_ceil(MB)));
            let memory = megabytes(model["memory_mb"].as_u64());
            row([text(model, "name"), &size, &memory, state, text(model, "licence")]);
        }
        Ok(())
    }

    fn pull(&self, manifest: &Manifest, name: &str, mirror: Option<&str>) -> Result<(), Failure> {
        let entry = manifest.find(name)?;
        let mirror = mirror.filter(|text| !text.trim().is_empty());
        let token = std::env::var("HF_TOKEN").ok().map(|token| token.trim().to_owned()).filter(|token| !token.is_empty());
        let loading = Progress::new("downloading, MB", self.global.quiet);
        let checking = Progress::new("checking, MB", self.global.quiet);
        let megabytes = |bytes: u64| usize::try_from(bytes / MB).unwrap_or(usize::MAX);
        let watch = |step: Step<'_>| match step {
            Step::Found(file, had) => self.found(file, had),
            Step::Loaded(done, of) => loading.at(megabytes(done), megabytes(of)),
            Step::Checked(done, of) => checking.at(megabytes(done), megabytes(of)),
            Step::Again(error) => tracing::debug!(%error, "tried again"),
        };
        let pulled = block_on(async {
            let hub = Hub::new(mirror, token, self.config.provider.offline).map_err(ModelsError::from)?;
            Ok(self.models.pull(entry, &hub, &watch).await?)
        });
        drop((loading, checking));
        let Pulled { model, had } = pulled?;
        let mut done = of(&model);
        merge(&mut done, json!({ "name": name, "had": had, "path": self.models.file(name) }));
        let sentence = if had == model.size { "was there already" } else { "is installed" };
        self.say(&done, &format!("{name} {sentence}, {}; `electromart models use {name}` makes it the shop's", size(model.size)));
        Ok(())
    }

    fn found(&self, file: &Pinned, had: u64) {
        if self.global.quiet || self.global.json {
            return;
        }
        let Pinned { repository, revision, file, size: bytes, sha256 } = file;
        eprintln!("{repository}, {file} at {revision}: {}, SHA-256 {sha256}", size(*bytes));
        if had > 0 {
            eprintln!("{} of it are there and are gone on with", size(had));
        }
    }

    fn add(&self, file: &Path, name: Option<&str>) -> Result<(), Failure> {
        let unreadable = |error: std::io::Error| Failure::Said(format!("{} cannot be read: {error}", file.display()));
        let standard = file.as_os_str() == "-";
        let name = match name {
            Some(name) => name.to_owned(),
            None if standard => return Err(Failure::Usage("a model from standard input needs a name: --name NAME".to_owned())),
            None => Models::name_of(file),
        };
        let (mut from, length): (Box<dyn Read>, u64) = match standard {
            true => (Box::new(std::io::stdin().lock()), 0),
            false => {
                let file = std::fs::File::open(file).map_err(unreadable)?;
                let length = file.metadata().map_err(unreadable)?.len();
                (Box::new(file), length)
            }
        };
        let progress = Progress::new("copying, MB", self.global.quiet || length == 0);
        let megabytes = |bytes: u64| usize::try_from(bytes / MB).unwrap_or(usize::MAX);
        let model = self.models.add(&mut from, &name, &|done| progress.at(megabytes(done), megabytes(length)));
        drop(progress);
        let model = model?;
        self.say(&of(&model), &format!("{name} is installed, {}; `electromart models use {name}` makes it the shop's", size(model.size)));
        Ok(())
    }

    fn take(&self, name: &str) -> Result<(), Failure> {
        let done = match self.server(LOADING, &Request::ModelUse { name: name.to_owned() })? {
            Some(done) => done,
            None => {
                let choice = self.models.installed(name)?;
                let progress = Progress::new(LOADING, self.global.quiet);
                block_on(async { Ok(progress.during(models::load(&self.models, &choice, &self.config)).await?) })?;
                drop(progress);
                self.models.choose(&choice)?;
                json!({ "name": name, "speaks": false, "overruled": models::overruled(&self.config) })
            }
        };
        let sentence = match (done["speaks"] == true, done["overruled"].as_str()) {
            (true, _) => format!("{name} speaks from now on"),
            (false, None) => format!("{name} speaks from the next start on"),
            (false, Some(why)) => format!("{name} is noted, but does not speak: {why}"),
        };
        self.say(&done, &sentence);
        Ok(())
    }

    fn verify(&self, name: Option<&str>) -> Result<(), Failure> {
        let record = self.models.record()?;
        let asked: Vec<&Installed> = match name {
            Some(name) => vec![record.find(name)?],
            None => record.models.iter().collect(),
        };
        let (all, mut before) = (asked.iter().map(|model| model.size).sum::<u64>(), 0);
        let progress = Progress::new("checking, MB", self.global.quiet);
        let megabytes = |bytes: u64| usize::try_from(bytes / MB).unwrap_or(usize::MAX);
        let mut shown = Vec::new();
        for model in asked {
            let held = self.models.verify(model, &|done| progress.at(megabytes(before + done), megabytes(all)));
            before += model.size;
            shown.push((model.name.clone(), held.err().map(|error| error.to_string())));
        }
        drop(progress);
        let damaged = shown.iter().any(|(_, reason)| reason.is_some());
        if self.global.json {
            document(&shown.iter().map(|(name, reason)| json!({ "name": name, "ok": reason.is_none(), "reason": reason })).collect());
        } else if !self.global.quiet || damaged {
            shown.iter().for_each(|(name, reason)| match reason {
                None => line(&format!("{name} is as it was installed")),
                Some(reason) => eprintln!("electromart: {reason}"),
            });
        }
        if damaged { Err(Failure::Silent) } else { Ok(()) }
    }

    fn remove(&self, name: &str) -> Result<(), Failure> {
        if name == EMBEDDED {
            return Err(Failure::Said("the embedded model is part of the program and cannot be removed".to_owned()));
        }
        self.models.remove(name, self.in_use()?.as_deref())?;
        self.say(&json!({ "name": name, "removed": true }), &format!("{name} was removed"));
        Ok(())
    }
}

/// What is known of an installed model.
fn of(model: &Installed) -> Value {
    let mut about = json!({ "name": model.name, "size": model.size, "sha256": model.sha256 });
    model.from.iter().for_each(|from| merge(&mut about, json!(from)));
    about
}

/// Adds the fields of a document to another.
fn merge(into: &mut Value, from: Value) {
    if let (Value::Object(into), Value::Object(from)) = (into, from) {
        into.extend(from);
    }
}

fn text<'a>(of: &'a Value, field: &str) -> &'a str {
    of[field].as_str().unwrap_or("-")
}

fn size(bytes: u64) -> String {
    format!("{} MB", bytes.div_ceil(MB))
}

fn row([name, size, memory, state, licence]: [&str; 5]) {
    line(format!("{name:<26} {size:>9} {memory:>9}  {state:<10} {licence}").trim_end());
}
