//! What the command line takes.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// A shop assistant in one file.
#[derive(Debug, Parser)]
#[command(
    name = "electromart",
    version = version(),
    about = "A shop assistant in one file: serves a web chat that answers from the shop's own records.",
    after_help = "Example: electromart --listen 127.0.0.1:8080\nWithout a command it serves.",
    disable_help_subcommand = true
)]
pub struct Args {
    /// Options of every command.
    #[command(flatten)]
    pub global: Global,
    /// The command.
    #[command(subcommand)]
    pub verb: Option<Verb>,
    /// Options of `serve`, which is also what happens without a command.
    #[command(flatten)]
    pub serve: Serve,
}

/// Options of every command.
#[derive(Debug, Clone, clap::Args)]
pub struct Global {
    /// Folder of the shop's data [default: ./electromart-data]
    #[arg(long, global = true, value_name = "FOLDER")]
    pub data_dir: Option<PathBuf>,
    /// Configuration file [default: ./electromart.toml, if there is one]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// One JSON document on standard output and nothing else
    #[arg(long, global = true)]
    pub json: bool,
    /// Say less
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Log more; twice for everything
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// Who puts replies into words: auto, remote, local or template
    #[arg(long, global = true, value_name = "MODE")]
    pub provider: Option<String>,
    /// Model: a GGUF file, the name of an installed one, or that of a remote one
    #[arg(long, global = true, value_name = "NAME|FILE.gguf")]
    pub model: Option<String>,
    /// Open no connection to any address but loopback
    #[arg(long, global = true)]
    pub offline: bool,
}

/// Serves the shop.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(after_help = "Example: electromart serve --listen 0.0.0.0:8080 --data-dir /srv/shop")]
pub struct Serve {
    /// Address customers connect to [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub listen: Option<String>,
    /// Start a new data folder empty, without the demo shop
    #[arg(long)]
    pub empty: bool,
    /// Open the page in a browser
    #[arg(long)]
    pub open: bool,
    /// Log as JSON, one document a line
    #[arg(long)]
    pub log_json: bool,
}

impl Serve {
    /// These options, and the others where these say nothing.
    pub fn or(self, other: Self) -> Self {
        Self {
            listen: self.listen.or(other.listen),
            empty: self.empty || other.empty,
            open: self.open || other.open,
            log_json: self.log_json || other.log_json,
        }
    }

    /// The first option that was given, by its name.
    pub fn given(&self) -> Option<&'static str> {
        let flags = [(self.listen.is_some(), "--listen"), (self.empty, "--empty"), (self.open, "--open"), (self.log_json, "--log-json")];
        flags.into_iter().find(|(given, _)| *given).map(|(_, name)| name)
    }
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Serve the shop (also without a command)
    Serve(Serve),
    /// Ask one question and print the reply
    Ask(Ask),
    /// Have a conversation in the terminal
    Chat(Chat),
    /// Import products, orders, customers, promotions, tickets or knowledge
    Import(Import),
    /// Export records; the file imports again with nothing changed
    Export(Export),
    /// Remove a person, and say what was removed and what the shop keeps
    Forget(Forget),
    /// Measure the models on lines of your own
    Eval(Eval),
    /// Teach the routing your own labels
    Train(Train),
    /// Measure how fast models answer, or load a running server
    Bench(Bench),
    /// Models in this process: pull, add, choose, verify and remove them
    Models(Models),
    /// Print the workflow that runs
    Graph(Graph),
    /// Check the configuration and the knowledge base
    Check(Check),
    /// Measure this machine, and recommend a model for a time in which replies are to come
    Doctor(Doctor),
    /// API tokens for staff and scripts
    Token(Token),
    /// Print completions for a shell
    #[command(after_help = "Example: electromart completions bash > /etc/bash_completion.d/electromart")]
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
}

/// One question.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: electromart ask \"show me gaming laptops under 1500\" --session my-first-chat")]
pub struct Ask {
    /// The question; - reads standard input
    pub text: String,
    /// Go on with a conversation, or begin one of that name (8-64 of A-Z a-z 0-9 _ -)
    #[arg(long, value_name = "ID")]
    pub session: Option<String>,
}

/// A conversation.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: electromart chat\nAn empty line or Ctrl-D ends it.")]
pub struct Chat {
    /// Go on with a conversation, or begin one of that name
    #[arg(long, value_name = "ID")]
    pub session: Option<String>,
}

/// Records into the shop.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: electromart import products catalogue.csv --dry-run\nThe file may be CSV, JSON or JSON Lines, gzipped or not; knowledge also takes a folder. policy is what customers may have done, and on which terms; tau2 is the db.json of tau2-bench retail: products, customers and orders in one, with its policy.\nIts columns are those that `electromart export KIND x.csv` writes; usual other names are known, and the report says which column was taken for what."
)]
pub struct Import {
    /// products, orders, customers, promotions, knowledge, tickets, policy or tau2
    pub kind: String,
    /// The file; - reads standard input
    pub file: PathBuf,
    /// Only say what would happen
    #[arg(long)]
    pub dry_run: bool,
    /// Change nothing, and exit 1, if any row is rejected
    #[arg(long)]
    pub strict: bool,
}

/// Records out of the shop.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: electromart export orders orders.csv.gz\nThe name decides the form: .csv, .jsonl or .json, and .gz. Knowledge also takes a folder. labels are the messages whose meaning customers tapped, as JSON Lines for `electromart train intents`."
)]
pub struct Export {
    /// products, orders, customers, promotions, knowledge, tickets, policy or labels
    pub kind: String,
    /// The file [default: standard output, as JSON]
    pub file: Option<PathBuf>,
}

/// A person out of the shop.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: electromart forget customer C-1042 --dry-run")]
pub struct Forget {
    /// session or customer
    #[arg(value_parser = ["session", "customer"])]
    pub what: String,
    /// Which
    pub id: String,
    /// Only say what would be removed
    #[arg(long)]
    pub dry_run: bool,
}

/// Measures a model.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: electromart eval intents lines.jsonl --json\nintents: {text, label, history?}; sentiment: {text, label: positive|neutral|negative}; urgency: {text, label: urgent|normal}; knowledge: {text, entries: [id]}; search: {query, judgments: {sku: gain}}; entities: {text, today?, entities: [{kind, text, value}]}"
)]
pub struct Eval {
    /// intents, sentiment, urgency, or, by the data folder's shop, knowledge: its answers, entities: what is named, and search: its products
    #[arg(value_parser = ["intents", "sentiment", "urgency", "knowledge", "entities", "search"])]
    pub what: String,
    /// Lines of JSON; - reads standard input
    pub file: PathBuf,
    /// With knowledge and --json: what each entry's score is made of
    #[arg(long)]
    pub features: bool,
}

/// Teaches a model.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: electromart train intents labels.jsonl --dry-run\nLines of JSON as `electromart eval intents` reads them, {text, label, history?}; `electromart export labels labels.jsonl` writes those customers gave by tapping what they meant. The file is all that is learnt: what an earlier one taught is replaced, until --undo."
)]
pub struct Train {
    /// intents
    #[arg(value_parser = ["intents"])]
    pub what: String,
    /// Lines of JSON; - reads standard input
    #[arg(required_unless_present = "undo", conflicts_with = "undo")]
    pub file: Option<PathBuf>,
    /// Take back what was taught last
    #[arg(long, conflicts_with = "dry_run")]
    pub undo: bool,
    /// Only measure
    #[arg(long)]
    pub dry_run: bool,
}

/// Speed.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: electromart bench --provider local,remote --model qwen3-0.6b-q4_k_m.gguf --prompt-tokens 64,256,1024 --concurrency 1,4 --chart bench.svg\nWithout --provider the model in this process is measured: the FILE of --model, or the decoder the program carries. remote is the server of OPENAI_BASE_URL, as when serving; what it costs is spent.\nPrompts are of the demo shop; the data folder is neither read nor written. Load on a running server: electromart bench serve --help"
)]
pub struct Bench {
    /// What else to measure
    #[command(subcommand)]
    pub what: Option<BenchVerb>,
    /// Which runs.
    #[command(flatten)]
    pub sweep: Sweep,
}

/// Which runs a bench makes.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Sweep {
    /// Tokens of a prompt; several lengths with commas between them [default: 256; 64 with the decoder the program carries]
    #[arg(long, value_name = "N,...", value_delimiter = ',', value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub prompt_tokens: Vec<u32>,
    /// Most tokens of an answer; several with commas between them [default: 64; 16 with the decoder the program carries]
    #[arg(long, value_name = "N,...", value_delimiter = ',', value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub output_tokens: Vec<u32>,
    /// Conversations at once; several with commas between them [default: 1]
    #[arg(long, value_name = "N,...", value_delimiter = ',', value_parser = clap::value_parser!(u32).range(1..=1_024))]
    pub concurrency: Vec<u32>,
    /// Rounds that are counted, behind one that warms up [default: 5]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub rounds: Option<u32>,
    /// Have each conversation go on, and measure its second turn beside the first
    #[arg(long)]
    pub warm: bool,
    /// Chats held with the demo shop, for the claims refused and the cost; 0 leaves them out [default: all six]
    #[arg(long, value_name = "N")]
    pub chats: Option<usize>,
    /// Draw the figures as SVG; - writes it to standard output, and no table
    #[arg(long, value_name = "FILE.svg")]
    pub chart: Option<PathBuf>,
    /// Do what standard input orders: how a run is made in a process of its own
    #[arg(long, hide = true)]
    pub order: bool,
}

impl Sweep {
    /// The first option that was given, by its name.
    pub fn given(&self) -> Option<&'static str> {
        let flags = [
            (!self.prompt_tokens.is_empty(), "--prompt-tokens"),
            (!self.output_tokens.is_empty(), "--output-tokens"),
            (!self.concurrency.is_empty(), "--concurrency"),
            (self.rounds.is_some(), "--rounds"),
            (self.warm, "--warm"),
            (self.chats.is_some(), "--chats"),
            (self.chart.is_some(), "--chart"),
            (self.order, "--order"),
        ];
        flags.into_iter().find(|(given, _)| *given).map(|(_, name)| name)
    }
}

/// What to measure.
#[derive(Debug, Subcommand)]
pub enum BenchVerb {
    /// Turns a second of a running server, over real connections
    #[command(
        after_help = "Example: electromart bench serve --clients 500 --messages 20 --json\nRun the server with ELECTROMART_LIMITS_REQUESTS_PER_MINUTE=0, or its limit is what is measured."
    )]
    Serve {
        /// The server
        #[arg(long, default_value = "http://127.0.0.1:8080")]
        url: String,
        /// Customers at once
        #[arg(long, default_value_t = 50)]
        clients: usize,
        /// Messages each sends, one after the other
        #[arg(long, default_value_t = 20)]
        messages: usize,
        /// socketio or ws
        #[arg(long, default_value = "socketio", value_parser = ["socketio", "ws"])]
        transport: String,
        /// Seconds every connection is kept after the last message: the server's memory is read at the end
        #[arg(long, default_value_t = 0)]
        hold: u64,
    },
}

/// Models on disk.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: electromart models pull qwen2.5-0.5b-instruct && electromart models use qwen2.5-0.5b-instruct\nThey lie in the data folder, below models/. A shop that runs goes on with its model until the other is loaded; `use embedded` goes back to the one in the program."
)]
pub struct Models {
    /// What to do
    #[command(subcommand)]
    pub what: ModelsVerb,
    /// A manifest of your own in place of the one in the program (TOML; its form is that of models/manifest.toml in the source)
    #[arg(long, global = true, value_name = "FILE")]
    pub manifest: Option<PathBuf>,
}

/// What to do with models.
#[derive(Debug, Subcommand)]
pub enum ModelsVerb {
    /// Show what can be pulled, what is installed, and which one is in use
    #[command(after_help = "Example: electromart models list --json")]
    List,
    /// Download a model; goes on where an earlier attempt stopped, and checks size and SHA-256 before anything can use it
    #[command(
        after_help = "Example: electromart models pull qwen3-0.6b --mirror https://hub.example.com\nWith a mirror not a byte is taken from anywhere else. HF_TOKEN is sent to the hub, where it is set. With --offline only a mirror on this machine can be asked."
    )]
    Pull {
        /// Its name in the manifest
        name: String,
        /// A server that speaks the hub's protocol, in place of huggingface.co
        #[arg(long, env = "HF_ENDPOINT", value_name = "URL")]
        mirror: Option<String>,
    },
    /// Install a GGUF file from a stick
    #[command(after_help = "Example: electromart models add /media/stick/Qwen3-0.6B-Q8_0.gguf --name qwen3-0.6b\nThe file is copied.")]
    Add {
        /// The file; - reads standard input
        file: PathBuf,
        /// What to call it [default: as the file, without .gguf]
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
    },
    /// Make a model the shop's from now on, without a restart
    #[command(after_help = "Example: electromart models use embedded")]
    Use {
        /// An installed model, or embedded
        name: String,
    },
    /// Hold installed files against the size and SHA-256 they were installed with
    #[command(after_help = "Example: electromart models verify")]
    Verify {
        /// Which [default: all]
        name: Option<String>,
    },
    /// Remove a model, or what was pulled of it so far
    #[command(after_help = "Example: electromart models remove qwen3-0.6b")]
    Remove {
        /// Which
        name: String,
    },
}

/// The workflow.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: electromart graph --format svg > workflow.svg")]
pub struct Graph {
    /// mermaid, dot or svg
    #[arg(long, default_value = "mermaid", value_parser = ["mermaid", "dot", "svg"])]
    pub format: String,
}

/// Checks.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: electromart check --example > electromart.toml")]
pub struct Check {
    /// Print a configuration file with every key, its meaning and its default
    #[arg(long)]
    pub example: bool,
}

/// Measures the machine.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: electromart doctor --budget 5\nFor every model that can be pulled or is installed, a network like it is made up and timed with prompts as long as this shop's: nothing is downloaded. The model in use is run as well, and stands beside its prediction. Let the machine do nothing else meanwhile."
)]
pub struct Doctor {
    /// Seconds from the question to the end of a typical reply
    #[arg(long, value_name = "SECONDS", default_value_t = 10.0, value_parser = seconds)]
    pub budget: f64,
    /// One round of each measurement, on smaller networks
    #[arg(long)]
    pub quick: bool,
    /// A manifest of your own in place of the one in the program, as for `electromart models`
    #[arg(long, value_name = "FILE")]
    pub manifest: Option<PathBuf>,
}

fn seconds(text: &str) -> Result<f64, String> {
    text.parse().ok().filter(|s: &f64| s.is_finite() && *s > 0.0).ok_or_else(|| "a number of seconds above 0 is wanted".to_owned())
}

/// API tokens.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: electromart token create nightly-report --scope read --days 30")]
pub struct Token {
    /// What to do
    #[command(subcommand)]
    pub what: TokenVerb,
}

/// What to do with tokens.
#[derive(Debug, Subcommand)]
pub enum TokenVerb {
    /// Make one; it is shown this once
    Create {
        /// What you call it
        name: String,
        /// read, admin or inference
        #[arg(long, default_value = "read", value_parser = ["read", "admin", "inference"])]
        scope: String,
        /// Days it is valid
        #[arg(long, default_value_t = 90)]
        days: u32,
    },
    /// List them, without their secrets
    List,
    /// Take one back
    Revoke {
        /// Which
        id: String,
    },
}

/// Version, commit, target and embedded models.
fn version() -> &'static str {
    concat!(
        env!("CARGO_PKG_VERSION"),
        "\ncommit ",
        env!("BUILT_FROM_COMMIT"),
        "\ntarget ",
        env!("BUILT_FOR_TARGET"),
        "\nmodels ",
        env!("BUILT_WITH_MODELS")
    )
}
