//! An order carried out by this program in a process of its own, which ends with whoever waits for it.

use std::io::{Read as _, Write as _};
use std::process::{Child, Command, Stdio};

use super::order::{Done, Order};
use crate::cli::args::Global;

/// How such a process is started.
pub struct Apart {
    options: Vec<String>,
}

/// Ends the process when it is dropped.
struct Ends(Child);

impl Drop for Ends {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Apart {
    /// One that reads the same configuration as this process.
    pub fn of(global: &Global) -> Self {
        let mut options = vec!["bench".to_owned(), "--order".to_owned(), "--quiet".to_owned()];
        let files = [("--data-dir", &global.data_dir), ("--config", &global.config)];
        let mut add = |name: &str, value: String| options.extend([name.to_owned(), value]);
        for (name, path) in files {
            if let Some(path) = path {
                add(name, path.display().to_string());
            }
        }
        if let Some(model) = &global.model {
            add("--model", model.clone());
        }
        if global.offline {
            options.push("--offline".to_owned());
        }
        Self { options }
    }

    /// Has an order carried out. The wait may be given up: the process then ends.
    ///
    /// # Errors
    /// In a sentence, what went wrong there, or why there is no such process.
    pub async fn carry_out(&self, order: &Order) -> Result<Done, String> {
        let failed = |error: std::io::Error| format!("a process for the model cannot be started: {error}");
        let order = serde_json::to_vec(order).map_err(|error| error.to_string())?;
        let program = std::env::current_exe().map_err(failed)?;
        let mut child = Command::new(program);
        let child = child.args(&self.options).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(failed)?;
        let mut child = Ends(child);
        let (Some(mut to), Some(mut from)) = (child.0.stdin.take(), child.0.stdout.take()) else {
            return Err("a process for the model cannot be talked to".to_owned());
        };
        let talking = tokio::task::spawn_blocking(move || {
            // One that has ended already says why by what it has written.
            let _ = to.write_all(&order);
            drop(to);
            let mut answer = Vec::new();
            from.read_to_end(&mut answer).map(|_| answer)
        });
        let answer = talking.await.map_err(|error| error.to_string())?.map_err(failed)?;
        serde_json::from_slice(&answer).unwrap_or_else(|_| {
            Err("the process of the model ended before it had measured anything; it may have run out of memory".to_owned())
        })
    }
}
