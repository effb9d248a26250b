//! The program: everything is in the library.

use std::process::ExitCode;

/// A customer's turn makes many small allocations on several threads; this allocator is good at that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    electromart::cli::main()
}
