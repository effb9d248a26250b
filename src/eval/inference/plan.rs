//! Which runs a sweep is made of.

use super::Run;
use crate::domain::agent::Provider;

/// Every combination once, model by model, in the order asked for: what is small comes first where it was
/// named first.
pub fn plan(providers: &[Provider], prompt_tokens: &[u32], output_tokens: &[u32], concurrency: &[u32]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for &provider in providers {
        for &concurrency in concurrency {
            for &output_tokens in output_tokens {
                for &prompt_tokens in prompt_tokens {
                    let run = Run { provider, prompt_tokens, output_tokens, concurrency };
                    if !runs.contains(&run) {
                        runs.push(run);
                    }
                }
            }
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_combination_is_measured_once() {
        let (local, remote) = (Provider::Local, Provider::Remote);
        for (providers, prompts, outputs, at_once, expected) in [
            (&[local][..], &[256][..], &[64][..], &[1][..], vec![(local, 256, 64, 1)]),
            (&[remote, local], &[64], &[8], &[1], vec![(remote, 64, 8, 1), (local, 64, 8, 1)]),
            (&[local], &[64, 32], &[8], &[1, 2], vec![(local, 64, 8, 1), (local, 32, 8, 1), (local, 64, 8, 2), (local, 32, 8, 2)]),
            (&[local, local], &[64, 64], &[8, 16, 8], &[1], vec![(local, 64, 8, 1), (local, 64, 16, 1)]),
        ] {
            let runs = plan(providers, prompts, outputs, at_once);
            let told: Vec<_> = runs.iter().map(|run| (run.provider, run.prompt_tokens, run.output_tokens, run.concurrency)).collect();
            assert_eq!(told, expected);
        }
    }
}
