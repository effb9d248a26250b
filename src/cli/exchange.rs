//! `electromart import` and `export`.

use std::io::Write as _;
use std::path::Path;

use serde_json::Value;

use super::args::{Export, Global, Import};
use super::outcome::{Failure, document, read};
use super::reach;
use crate::app::Fill;
use crate::app::commands::{self, Request};
use crate::store::Store;

/// Imports a file, or a folder of knowledge.
pub fn import(global: &Global, args: &Import) -> Result<(), Failure> {
    let bytes = if args.file.is_dir() { folder(&args.kind, &args.file)? } else { read(&args.file)? };
    let request = Request::Import { kind: args.kind.clone(), dry_run: args.dry_run, strict: args.strict };
    let config = reach::prepare(global)?;
    // Only asking makes no shop.
    let report = if args.dry_run && !Store::exists(&config.server.data_dir) {
        commands::rehearse_import(&config, &args.kind, &bytes)?.document
    } else {
        reach::once_in(config, Fill::Empty, request, &bytes)?.document
    };
    if global.json {
        document(&report);
    } else if !global.quiet {
        super::report::show(&report, args.dry_run);
    }
    let rejected = report["rejected"].as_array().is_some_and(|rows| !rows.is_empty());
    if args.strict && rejected { Err(Failure::Silent) } else { Ok(()) }
}

/// The files of a folder as one list.
fn folder(kind: &str, path: &Path) -> Result<Vec<u8>, Failure> {
    if kind != "knowledge" {
        return Err(Failure::Usage(format!("{} is a folder; only knowledge is imported from one", path.display())));
    }
    let unreadable = |error: std::io::Error| Failure::Said(format!("{} cannot be read: {error}", path.display()));
    let mut files: Vec<_> = std::fs::read_dir(path)
        .map_err(unreadable)?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|file| file.extension().is_some_and(|extension| extension == "json"))
        .collect();
    files.sort();
    let mut all: Vec<Value> = Vec::new();
    for file in files {
        let rows: Vec<Value> = serde_json::from_slice(&read(&file)?)
            .map_err(|error| Failure::Said(format!("{} is not a JSON list: {error}", file.display())))?;
        all.extend(rows);
    }
    serde_json::to_vec(&all).map_err(|error| Failure::Said(error.to_string()))
}

/// Exports to a file, a folder of knowledge, or standard output.
pub fn export(global: &Global, args: &Export) -> Result<(), Failure> {
    let to_folder = args.file.as_deref().filter(|path| args.kind == "knowledge" && path.extension().is_none() && path.as_os_str() != "-");
    if let Some(folder) = to_folder {
        return export_folder(global, folder);
    }
    let name = args.file.as_ref().map(|file| file.display().to_string()).unwrap_or_default();
    let request = Request::Export { kind: args.kind.clone(), name };
    let bytes = reach::once(global, Fill::Demo, request, &[])?.payload;
    match args.file.as_deref().filter(|file| file.as_os_str() != "-") {
        Some(file) => write(file, &bytes),
        None => {
            let _ = std::io::stdout().lock().write_all(&bytes);
            Ok(())
        }
    }
}

fn export_folder(global: &Global, folder: &Path) -> Result<(), Failure> {
    let files = reach::once(global, Fill::Demo, Request::ExportKnowledge, &[])?.document;
    std::fs::create_dir_all(folder).map_err(|error| Failure::Said(format!("{} cannot be made: {error}", folder.display())))?;
    for (name, text) in files.as_object().into_iter().flatten() {
        write(&folder.join(name), text.as_str().unwrap_or_default().as_bytes())?;
    }
    Ok(())
}

/// Writes beside the file first, so that a full disk leaves the old one.
fn write(file: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let unwritable = |error: std::io::Error| Failure::Said(format!("{} cannot be written: {error}", file.display()));
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let part = file.with_file_name(name);
    std::fs::write(&part, bytes).and_then(|()| std::fs::rename(&part, file)).map_err(|error| {
        let _ = std::fs::remove_file(&part);
        unwritable(error)
    })
}
