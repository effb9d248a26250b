//! The program by itself: in a root with nothing else in it, without network, and under a trace of what it
//! asks the system for.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::models::MODEL;
use crate::models::hub::{COMMIT, FILE, Hub, REPOSITORY, Reply, sha256};
use crate::shop::{Shop, note, program, run_json};
use crate::socket::{Protocol, Socket};
use crate::tls::Authority;
use crate::world::{Model, NameServer, some_loopback};

/// The remote model's name in these tests; reserved for tests, so no name server of the world knows it.
const NAME: &str = "models.shop.test";
const QUESTION: &str = "show me gaming laptops under 1500";

/// `program` behind another command, configured by its test alone.
fn behind(command: &[&str]) -> Command {
    let own = program();
    let mut outer = Command::new(command[0]);
    outer.args(&command[1..]).arg(own.get_program());
    for (name, _) in own.get_envs() {
        outer.env_remove(name);
    }
    outer.env("ELECTROMART_LIMITS_REQUESTS_PER_MINUTE", "0").stdout(Stdio::piped()).stderr(Stdio::null());
    outer
}

/// Whether a command can be run here with success.
fn works(command: &[&str]) -> bool {
    let status = Command::new(command[0]).args(&command[1..]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Puts a file into a root.
fn put(root: &Path, name: &str, text: &str) {
    let path = root.join(name);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    std::fs::write(path, text).expect("written");
}

/// A root with the program in it and nothing else.
fn empty_root() -> tempfile::TempDir {
    let root = tempfile::tempdir().expect("a folder");
    // By another process: a file that is open for writing here would be so in whatever another test starts
    // meanwhile, and then nobody may run it.
    let copied = Command::new("cp").arg(program().get_program()).arg(root.path().join("electromart")).status();
    assert!(copied.is_ok_and(|status| status.success()), "copied");
    root
}

/// The program in a root of its own, without a setting.
fn within(root: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("chroot");
    command.arg(root).arg("/electromart").args(arguments).env_clear();
    command.envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
    command
}

#[test]
fn in_an_empty_root_a_model_is_pulled() {
    if !is_root() || !works(&["chroot", "/", "true"]) {
        return note("left out: a pull in an empty root (needs root)");
    }
    let authority = Authority::new();
    for (certificates, offline, name) in [(None, false, "127.0.0.1"), (None, true, "localhost"), (Some(&authority.pem), false, "127.0.0.1")]
    {
        let hub = Hub::start(MODEL, |_| Reply::Right);
        let root = empty_root();
        put(root.path(), "m.toml", &manifest());
        if let Some(pem) = certificates {
            put(root.path(), "etc/ssl/certs/ca-certificates.crt", pem);
        }
        let mirror = hub.base.replace("127.0.0.1", name);
        let mut command =
            within(root.path(), &["models", "--data-dir", "/data", "--manifest", "/m.toml", "pull", "tiny", "--mirror", &mirror]);
        let output = command.args(offline.then_some("--offline")).output().expect("it runs");
        assert!(output.status.success(), "{certificates:?} {name}: {}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(std::fs::read(root.path().join("data/models/tiny.gguf")).expect("installed"), MODEL);
    }
}

/// A manifest that pins the hub's file as `tiny`.
fn manifest() -> String {
    let (size, sum) = (MODEL.len(), sha256(MODEL));
    format!(
        "[[model]]\nname = \"tiny\"\nrepository = \"{REPOSITORY}\"\nfile = \"{FILE}\"\nrevision = \"{COMMIT}\"\nsize = {size}\nsha256 = \"{sum}\"\n"
    )
}

#[tokio::test]
async fn in_an_empty_root_a_remote_model_is_found_by_name_and_trusted_by_its_certificate() {
    if !is_root() || !works(&["chroot", "/", "true"]) {
        return note("left out: the shop in an empty root (needs root)");
    }
    let here = some_loopback();
    let Some(names) = NameServer::start(here, NAME, here) else {
        return note("left out: the shop in an empty root (port 53 of loopback is not free)");
    };
    let authority = Authority::new();
    let model = Model::start(IpAddr::V4(here), Some(authority.acceptor(&[NAME]))).await;
    let base = format!("https://{NAME}:{}/v1", model.address.port());
    // The system's usual place, a variable, and a machine that does not know the authority.
    for (place, variable, trusted) in [
        ("etc/ssl/certs/ca-certificates.crt", None, true),
        ("own/authority.pem", Some("/own/authority.pem"), true),
        ("own/authority.pem", None, false),
    ] {
        let root = empty_root();
        put(root.path(), "etc/resolv.conf", &format!("nameserver {here}\n"));
        put(root.path(), place, &authority.pem);
        let mut command = within(root.path(), &["serve", "--listen", "127.0.0.1:0", "--data-dir", "/data"]);
        command.env("ELECTROMART_REMOTE_BASE_URL", &base).envs(variable.map(|path| ("SSL_CERT_FILE", path)));
        let shop = Shop::of(command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts"));
        let before = model.requests.lock().expect("a list").len();
        let reply =
            tokio::task::spawn_blocking(move || shop.post("/api/chat", &json!({ "text": QUESTION })).json()).await.expect("a reply");
        let asked = model.requests.lock().expect("a list").len() - before;
        let expected = if trusted { "remote" } else { "local" };
        assert_eq!((reply["provider"].as_str(), asked > 0), (Some(expected), trusted), "{place} {variable:?}: {reply}");
        assert!(reply["cards"].as_array().is_some_and(|cards| !cards.is_empty()), "{reply}");
    }
    assert!(names.asked.lock().expect("a list").iter().any(|name| name == NAME));
}

/// Loads the page with everything it names, then talks over every transport.
async fn use_the_shop(shop: Shop) -> Shop {
    let (shop, page) = tokio::task::spawn_blocking(move || {
        let page = shop.get("/").text();
        for part in page.split(['"', '\'']).filter(|part| part.starts_with('/') && part.len() > 1) {
            shop.get(part);
        }
        for path in ["/api/config", "/health", "/docs", "/openapi.json"] {
            assert_eq!(shop.get(path).status, 200, "{path}");
        }
        let session = shop.session();
        for text in [QUESTION, "only asus", "any promo on the cheaper one?", "where is my order ORD-1007?", "i want to talk to a human"] {
            shop.say(&session, text);
        }
        (shop, page)
    })
    .await
    .expect("answers");
    assert!(page.contains("<script"), "no page: {page}");
    for protocol in [Protocol::Ws, Protocol::SocketIo] {
        let mut socket = Socket::open(shop.address, protocol).await;
        socket.until("session").await;
        for text in ["do you have headphones under 100?", "my headphones do not connect", "how long does shipping take?"] {
            socket.say(text).await.expect("sends");
            socket.until("agent_message").await;
        }
    }
    shop
}

/// Addresses of a trace that are not this machine, sockets that can only be meant for them, and name
/// look-ups.
fn leaves(trace: &str) -> Vec<&str> {
    let foreign = |line: &&str| {
        let datagram = line.contains(" socket(AF_INET") && line.contains("SOCK_DGRAM");
        let addresses: Vec<&str> = line.split("sa_family=").skip(1).collect();
        let outside = addresses.iter().any(|address| {
            let here = address.starts_with("AF_UNIX") || address.contains("inet_addr(\"127.") || address.contains("\"::1\"");
            !here
        });
        datagram || outside
    };
    trace.lines().filter(foreign).collect()
}

struct Traced {
    trace: PathBuf,
    _home: tempfile::TempDir,
}

impl Traced {
    /// A shop whose calls for connections and messages are written down. The tracer is the shop's child
    /// (`-D`), so that ending the shop ends both.
    fn command(outer: &[&str], settings: &[(&str, &str)], flags: &[&str]) -> (Self, Command) {
        let home = tempfile::tempdir().expect("a folder");
        let trace = home.path().join("trace");
        let file = trace.to_str().expect("text").to_owned();
        let strace = ["strace", "-D", "-f", "-q", "-e", "trace=socket,connect,sendto,sendmsg,sendmmsg", "-o", &file];
        let all: Vec<&str> = outer.iter().copied().chain(strace).collect();
        let mut command = behind(&all);
        command.current_dir(home.path()).args(["serve", "--listen", "127.0.0.1:0", "--data-dir"]).arg(home.path().join("data")).args(flags);
        command.envs(settings.iter().copied());
        (Self { trace, _home: home }, command)
    }

    /// The trace, once its end is written.
    fn read(&self) -> String {
        for _ in 0..100 {
            let text = std::fs::read_to_string(&self.trace).unwrap_or_default();
            if text.lines().last().is_some_and(|line| line.contains("+++ ")) {
                return text;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("the trace has no end");
    }
}

fn can_trace() -> bool {
    works(&["strace", "-f", "-o", "/dev/null", "true"])
}

#[tokio::test]
async fn offline_nothing_leaves_the_machine() {
    if !can_trace() {
        return note("left out: the trace of an offline shop (strace is missing or not allowed)");
    }
    let model = Model::start("127.0.0.1".parse().expect("an address"), None).await;
    let near = format!("http://localhost:{}/v1", model.address.port());
    for (base, provider) in [("https://models.shop.test/v1", "local"), ("https://198.51.100.7/v1", "local"), (&near, "remote")] {
        let settings = [("ELECTROMART_REMOTE_BASE_URL", base), ("OPENAI_API_KEY", "sk-test")];
        let (traced, mut command) = Traced::command(&[], &settings, &["--offline"]);
        let shop = use_the_shop(Shop::of(command.spawn().expect("it starts"))).await;
        let (shop, reply) = tokio::task::spawn_blocking(move || {
            let reply = shop.say(&shop.session(), QUESTION);
            (shop, reply)
        })
        .await
        .expect("a reply");
        assert_eq!(reply["provider"], provider, "{base}");
        assert!(shop.stop(), "it ended in order");
        let trace = traced.read();
        assert!(trace.contains("socket("), "nothing was traced");
        assert_eq!(leaves(&trace), Vec::<&str>::new(), "{base}");
    }
}

#[test]
fn without_offline_the_same_trace_would_show_it() {
    if !can_trace() || !works(&["unshare", "-rn", "true"]) {
        return note("left out: the counter-proof of the trace (strace or unshare is missing or not allowed)");
    }
    for base in ["https://models.shop.test/v1", "https://198.51.100.7/v1"] {
        let (traced, mut command) = Traced::command(&["unshare", "-rn"], &[("ELECTROMART_REMOTE_BASE_URL", base)], &[]);
        let home = traced.trace.parent().expect("a folder").to_owned();
        let mut child = command.spawn().expect("it starts");
        wait_for(&home.join("data/electromart.sock"));
        let reply = run_json(&home, &["ask", QUESTION, "--data-dir", "data"]);
        assert_eq!(reply["provider"], "local", "{base}");
        let _ = Command::new("kill").arg(child.id().to_string()).status();
        let _ = child.wait();
        assert!(!leaves(&traced.read()).is_empty(), "{base}");
    }
}

fn wait_for(path: &Path) {
    for _ in 0..400 {
        if path.exists() {
            return;
        }
        std::thread::sleep(Duration::from_millis(25));
    }
    panic!("{} does not appear", path.display());
}

#[test]
fn without_any_network_the_shop_starts_and_answers() {
    if !works(&["unshare", "-rn", "true"]) {
        return note("left out: the shop without a network (unshare is missing or not allowed)");
    }
    let home = tempfile::tempdir().expect("a folder");
    // Not even the loopback interface is up at first; where it can be brought up, customers come in, too.
    let mut command = behind(&["unshare", "-rn", "sh", "-c", "ip link set lo up 2> /dev/null; exec \"$0\" \"$@\""]);
    command.current_dir(home.path()).args(["serve", "--listen", "127.0.0.1:0", "--data-dir", "data"]);
    let mut child = command.env("OPENAI_BASE_URL", "https://models.shop.test/v1").spawn().expect("it starts");
    wait_for(&home.path().join("data/electromart.sock"));
    let reply = run_json(home.path(), &["ask", QUESTION, "--data-dir", "data"]);
    assert_eq!((reply["agent"].as_str(), reply["provider"].as_str()), (Some("sales"), Some("local")), "{reply}");
    let said = first_line(&mut child);
    let url = said.rsplit(' ').next().unwrap_or_default().to_owned();
    let space = format!("--net=/proc/{}/ns/net", child.id());
    let inside = ["nsenter", "-U", "--preserve-credentials", "-t", &child.id().to_string(), &space].map(str::to_owned);
    let inside: Vec<&str> = inside.iter().map(String::as_str).collect();
    if works(&[&inside[..], &["ip", "route", "get", "127.0.0.1"]].concat()) {
        let output = behind(&inside).args(["bench", "serve", "--clients", "3", "--messages", "3", "--json", "--url", &url]).output();
        let output = output.expect("the load runs");
        let report: Value = serde_json::from_slice(&output.stdout).expect("a report");
        assert_eq!((report["turns"].as_u64(), report["errors"].as_u64()), (Some(9), Some(0)), "{report}");
    } else {
        note("left out: customers of the shop without a network (nsenter or ip is missing or not allowed)");
    }
    let _ = Command::new("kill").arg(child.id().to_string()).status();
    assert!(child.wait().is_ok_and(|status| status.success()));
}

fn first_line(child: &mut std::process::Child) -> String {
    use std::io::BufRead as _;
    let stdout = child.stdout.take().expect("piped");
    std::io::BufReader::new(stdout).lines().next().and_then(Result::ok).expect("it says where it listens")
}
