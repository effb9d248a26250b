//! A shop under test: the program itself, in a folder and on a port of its own.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::{Value, json};

use crate::http::{self, Answer};

/// The program.
pub fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_electromart"));
    // The shops under test are configured by their tests alone.
    for (name, _) in std::env::vars() {
        if name.starts_with("ELECTROMART_") || name.starts_with("OPENAI_") {
            command.env_remove(name);
        }
    }
    command
}

/// Public data, where it is.
pub fn public_data() -> Option<PathBuf> {
    let folder = std::env::var_os("ELECTROMART_TEST_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), PathBuf::from);
    if !folder.is_dir() {
        note(&format!("left out: {} is not there", folder.display()));
        return None;
    }
    Some(folder)
}

/// Says that something was left out, or what was measured: to whoever runs one test, and to `tests/run`.
pub fn note(text: &str) {
    use std::io::Write as _;
    eprintln!("{text}");
    let Some(path) = std::env::var_os("ELECTROMART_TEST_NOTES") else { return };
    let file = std::fs::OpenOptions::new().create(true).append(true).open(path);
    let _ = file.and_then(|mut file| writeln!(file, "{text}"));
}

/// Whether the long forms of tests are wanted.
pub fn full() -> bool {
    std::env::var("ELECTROMART_FULL").is_ok_and(|value| value == "1")
}

/// A running shop. Dropping it ends it.
pub struct Shop {
    child: Child,
    pub address: SocketAddr,
    pub folder: PathBuf,
    _home: Option<tempfile::TempDir>,
}

/// How a shop is started.
#[derive(Default)]
pub struct Start<'a> {
    pub settings: &'a [(&'a str, &'a str)],
    pub flags: &'a [&'a str],
    pub log: Option<&'a Path>,
}

impl Shop {
    /// A demo shop in a new folder, without the limit on requests.
    pub fn start() -> Self {
        Self::with(&Start::default())
    }

    pub fn with(start: &Start<'_>) -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let mut shop = Self::in_folder(home.path(), start);
        shop._home = Some(home);
        shop
    }

    /// The shop of a folder, which outlives it.
    pub fn in_folder(folder: &Path, start: &Start<'_>) -> Self {
        let mut command = program();
        command.current_dir(folder).args(["serve", "--listen", "127.0.0.1:0", "--data-dir"]).arg(folder.join("data")).args(start.flags);
        command.env("ELECTROMART_LIMITS_REQUESTS_PER_MINUTE", "0");
        command.envs(start.settings.iter().copied());
        command.stdout(Stdio::piped());
        match start.log {
            Some(path) => command.stderr(std::fs::File::create(path).expect("a log")),
            None => command.stderr(Stdio::null()),
        };
        let mut shop = Self::of(command.spawn().expect("the program starts"));
        shop.folder = folder.join("data");
        shop
    }

    /// A shop that somebody has just started, with its standard output piped.
    pub fn of(mut child: Child) -> Self {
        let stdout = child.stdout.take().expect("piped");
        let mut lines = BufReader::new(stdout).lines();
        let first = lines.next().and_then(Result::ok).expect("the program says where it listens");
        let address = first.rsplit("//").next().and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("no address in: {first}"));
        // What else it says must be read, or it would block.
        std::thread::spawn(move || lines.for_each(drop));
        let shop = Self { child, address, folder: PathBuf::new(), _home: None };
        if !first.contains("https://") {
            shop.wait_ready();
        }
        shop
    }

    fn wait_ready(&self) {
        for _ in 0..200 {
            if std::net::TcpStream::connect(self.address).is_ok() && self.get("/health/ready").status == 200 {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(25));
        }
        panic!("the shop is not ready");
    }

    /// Ends it the hard way, as a power cut would.
    pub fn kill(mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Ends it as the system would; true when it ended in order.
    pub fn stop(mut self) -> bool {
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        self.child.wait().is_ok_and(|status| status.success())
    }

    pub fn process(&self) -> u32 {
        self.child.id()
    }

    pub fn get(&self, path: &str) -> Answer {
        http::send(self.address, "GET", path, &[], b"")
    }

    pub fn get_with(&self, path: &str, token: &str) -> Answer {
        http::send(self.address, "GET", path, &[("authorization", &format!("Bearer {token}"))], b"")
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer {
        http::send(self.address, "POST", path, &[("content-type", "application/json")], body.to_string().as_bytes())
    }

    pub fn post_with(&self, path: &str, token: &str, body: &Value) -> Answer {
        let bearer = format!("Bearer {token}");
        let headers = [("content-type", "application/json"), ("authorization", bearer.as_str())];
        http::send(self.address, "POST", path, &headers, body.to_string().as_bytes())
    }

    /// A session: its id and token.
    pub fn session(&self) -> (String, String) {
        let opened = self.post("/api/sessions", &json!({})).json();
        let text = |name: &str| opened[name].as_str().expect("a session").to_owned();
        (text("session_id"), text("token"))
    }

    /// Says something in a session and returns the reply.
    pub fn say(&self, session: &(String, String), text: &str) -> Value {
        let answer = self.post_with("/api/chat", &session.1, &json!({ "session_id": session.0, "text": text }));
        assert_eq!(answer.status, 200, "{text}: {}", answer.text());
        answer.json()
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a command to its end.
pub fn run(folder: &Path, arguments: &[&str]) -> Output {
    program().current_dir(folder).args(arguments).output().expect("the program runs")
}

/// Runs a command with `--json` and returns its document.
pub fn run_json(folder: &Path, arguments: &[&str]) -> Value {
    let mut all = arguments.to_vec();
    all.push("--json");
    let output = run(folder, &all);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("not JSON: {}", String::from_utf8_lossy(&output.stdout)))
}

/// The products of a running shop, as they are exported.
pub fn products(shop: &Shop) -> Vec<Value> {
    let folder = shop.folder.parent().expect("a parent").to_owned();
    let file = folder.join("products.jsonl");
    let output = run(&folder, &["export", "products", file.to_str().expect("a name"), "--data-dir", "data"]);
    assert!(output.status.success());
    std::fs::read_to_string(file).expect("an export").lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}
