//! The program: runs one command from its arguments.

use std::process::ExitCode;

/// The commands beside those of the product.
#[cfg(feature = "lab")]
type Extra = kenkocall::lab::LabCommands;
#[cfg(not(feature = "lab"))]
type Extra = std::convert::Infallible;

fn main() -> ExitCode {
    kenkocall::commands::run::<Extra>()
}
