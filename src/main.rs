//! The program: runs one command from its arguments.

use std::process::ExitCode;

fn main() -> ExitCode {
    kenkocall::commands::run()
}
