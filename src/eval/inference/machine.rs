//! The machine that is measured on.

use serde::Serialize;

/// What a figure depends on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Machine {
    /// Name of the processor, where the system tells.
    pub cpu: Option<String>,
    /// Threads this process may use at once.
    pub cores: usize,
    /// Memory in megabytes (10^6 bytes), where the system tells.
    pub memory_mb: Option<u64>,
    /// What the processor has for work on many numbers at once, of what kernels make use of.
    pub vector_extensions: Vec<&'static str>,
    /// System and architecture, such as `linux x86_64`.
    pub system: String,
    /// Version of this program.
    pub version: &'static str,
    /// The commit it was built from.
    pub commit: &'static str,
}

impl Machine {
    /// This one.
    pub fn here() -> Self {
        let read = |name: &str| std::fs::read_to_string(name).unwrap_or_default();
        Self {
            cpu: field(&read("/proc/cpuinfo"), "model name").map(str::to_owned),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            memory_mb: field(&read("/proc/meminfo"), "MemTotal").and_then(kib).map(|kib| kib * 1_024 / 1_000_000),
            vector_extensions: vector_extensions(),
            system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            version: env!("CARGO_PKG_VERSION"),
            commit: env!("BUILT_FROM_COMMIT"),
        }
    }

    /// In a line for people.
    pub fn line(&self) -> String {
        let memory = self.memory_mb.map(|mb| format!(", {:.1} GB", mb as f64 / 1_000.0)).unwrap_or_default();
        let vectors = if self.vector_extensions.is_empty() { "no vector extensions".to_owned() } else { self.vector_extensions.join(" ") };
        let Self { cores, system, version, commit, .. } = self;
        format!(
            "{}, {cores} cores{memory}, {vectors}; {system}; electromart {version} ({commit})",
            self.cpu.as_deref().unwrap_or("a processor")
        )
    }
}

/// The most memory this process had so far, in megabytes (10^6 bytes), where the system tells.
pub fn peak_memory_mb() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let kib = field(&status, "VmHWM").and_then(kib)?;
    Some((kib * 1_024) as f64 / 1e6)
}

/// The value of the first line of that name in a file such as `/proc/meminfo`.
fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let line = text.lines().find(|line| line.split(':').next().is_some_and(|own| own.trim() == name))?;
    line.split_once(':').map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
}

/// `1024 kB`, which are of 1,024 bytes.
fn kib(value: &str) -> Option<u64> {
    value.strip_suffix("kB")?.trim().parse().ok()
}

#[cfg(target_arch = "x86_64")]
fn vector_extensions() -> Vec<&'static str> {
    macro_rules! there {
        ($($name:tt),+) => { [$(($name, std::arch::is_x86_feature_detected!($name))),+] };
    }
    let all = there!["sse4.1", "avx", "f16c", "fma", "avx2", "avxvnni", "avx512f", "avx512bw", "avx512vnni", "avx512bf16"];
    all.into_iter().filter(|(_, there)| *there).map(|(name, _)| name).collect()
}

#[cfg(target_arch = "aarch64")]
fn vector_extensions() -> Vec<&'static str> {
    macro_rules! there {
        ($($name:tt),+) => { [$(($name, std::arch::is_aarch64_feature_detected!($name))),+] };
    }
    let all = there!["neon", "fp16", "dotprod", "i8mm", "bf16", "sve", "sve2"];
    all.into_iter().filter(|(_, there)| *there).map(|(name, _)| name).collect()
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn vector_extensions() -> Vec<&'static str> {
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_by_their_whole_name() {
        let text = "model\t\t: 17\nmodel name\t: A Processor\nVmHWM:\t   2048 kB\nempty:\n";
        for (name, value) in
            [("model name", Some("A Processor")), ("model", Some("17")), ("VmHWM", Some("2048 kB")), ("empty", None), ("Vm", None)]
        {
            assert_eq!(field(text, name), value, "{name}");
        }
        assert_eq!((kib("2048 kB"), kib("2048"), kib("many kB")), (Some(2_048), None, None));
    }

    #[test]
    fn this_machine_is_told() {
        let machine = Machine::here();
        assert!(machine.cores > 0 && machine.line().contains(machine.version));
        if cfg!(target_os = "linux") {
            assert!(machine.memory_mb > Some(100) && peak_memory_mb() > Some(1.0));
        }
    }
}
