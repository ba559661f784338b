//! The program: runs one command from its arguments.

use std::process::ExitCode;

/// The commands beside those of the product.
#[cfg(feature = "lab")]
type Extra = kenkocall::lab::LabCommands;
#[cfg(not(feature = "lab"))]
type Extra = std::convert::Infallible;

/// A turn allocates much and frees it soon, on several threads.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    kenkocall::commands::run::<Extra>()
}
