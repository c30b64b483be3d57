//! `keylint lsp`: findings in an editor, over the Language Server Protocol 3.17.
//!
//! One thread reads; this one works. What has come in meanwhile is taken together, so that of ten keystrokes only the
//! last is linted, and a request that was cancelled before its turn is not done at all.

use std::collections::HashSet;
use std::io::{self, BufReader, Read, Write};
use std::sync::mpsc;
use std::thread;

use serde_json::Value;

use crate::lint::Options;

mod action;
mod capability;
mod diagnostic;
mod document;
mod edit;
mod frame;
mod message;
mod position;
mod server;
mod uri;

use message::{Incoming, Problem};
use server::Server;

/// Serves until the client says `exit`, or is gone. Returns the exit code: 0 if it said `shutdown` before.
///
/// # Errors
/// When writing fails.
pub fn serve(input: impl Read + Send + 'static, out: &mut dyn Write, options: Options) -> io::Result<u8> {
    let (sender, receiver) = mpsc::channel();
    // It may wait for input until the process ends.
    thread::spawn(move || {
        let mut input = BufReader::new(input);
        while let Ok(Some(frame)) = frame::read(&mut input) {
            if sender.send(Incoming::parse(frame)).is_err() {
                break;
            }
        }
    });
    let mut server = Server::new(options);
    while let Ok(first) = receiver.recv() {
        let batch: Vec<Incoming> = std::iter::once(first).chain(receiver.try_iter()).collect();
        let cancelled: HashSet<String> = batch.iter().filter_map(Incoming::cancels).collect();
        for incoming in batch {
            match incoming {
                Incoming::Request { id, .. } if cancelled.contains(&id.to_string()) => {
                    server.send(message::failure(&id, &Problem::CANCELLED));
                }
                Incoming::Request { id, method, params } => {
                    let answer = server.request(&method, &params);
                    server.send(message::answer(&id, answer));
                }
                Incoming::Notification { method, .. } if method == "exit" => {
                    write(&mut server, out)?;
                    return Ok(u8::from(!server.is_shut_down()));
                }
                Incoming::Notification { method, params } => server.notification(&method, &params),
                Incoming::Response => {}
                Incoming::Malformed(id, problem) => server.send(message::failure(&id, &problem)),
            }
            write(&mut server, out)?;
        }
        server.settle();
        write(&mut server, out)?;
    }
    // The client is gone without a word.
    Ok(1)
}

fn write(server: &mut Server, out: &mut dyn Write) -> io::Result<()> {
    let messages: Vec<Value> = server.take();
    for message in &messages {
        frame::write(out, message)?;
    }
    if messages.is_empty() { Ok(()) } else { out.flush() }
}
