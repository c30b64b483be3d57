//! The command line: exit code and broken pipe.

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use clap::Parser;
use keylint::claude_hook;
use keylint::cli::{Cli, Command};

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            // Claude Code takes a 2 for a veto, and a hook that is set up wrongly must not stop its session.
            let is_hook = std::env::args_os().nth(1).is_some_and(|first| first == "claude-hook");
            let code = if error.exit_code() == 0 { 0 } else { failure(is_hook) };
            return ExitCode::from(code);
        }
    };
    let mut out = BufWriter::new(Output { to: io::stdout().lock(), is_read: true });
    let code = keylint::run(&cli, &mut out);
    match code.and_then(|code| out.flush().map(|()| code)) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: standard output: {error}");
            ExitCode::from(failure(matches!(cli.command, Command::ClaudeHook(_))))
        }
    }
}

/// Standard output. Whoever has seen enough of it and closes the pipe still gets the exit code, and the files that were
/// asked for.
struct Output<W> {
    to: W,
    is_read: bool,
}

impl<W: Write> Write for Output<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.is_read {
            return Ok(bytes.len());
        }
        match self.to.write(bytes) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.is_read = false;
                Ok(bytes.len())
            }
            written => written,
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self.to.flush() {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            flushed => flushed,
        }
    }
}

/// The exit code where the job could not be done.
fn failure(is_hook: bool) -> u8 {
    if is_hook { claude_hook::FAILED } else { 2 }
}
