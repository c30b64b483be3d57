//! A server that has releases.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, OnceLock};

use crate::common::{package, run};

/// The version of this package.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
/// What the runner of these tests is.
pub const TARGET: &str = "x86_64-unknown-linux-musl";

pub fn archive_name() -> String {
    format!("keylint-{VERSION}-{TARGET}.tar.gz")
}

/// The archive of this keylint and its checksum, made as a release makes them.
pub fn archive() -> &'static (PathBuf, String) {
    static MADE: OnceLock<(PathBuf, String)> = OnceLock::new();
    MADE.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("archives");
        let mut command = Command::new(package().join("packages/archive.sh"));
        command.args([env!("CARGO_BIN_EXE_keylint"), TARGET]).arg(&folder);
        let output = run(command);
        assert!(output.status.success(), "{output:?}");
        let sum = fs::read_to_string(folder.join(format!("{}.sha256", archive_name()))).unwrap();
        (folder.join(archive_name()), sum)
    })
}

/// A server on this machine.
pub struct Server {
    /// Its address.
    pub url: String,
    /// What it was asked for.
    pub asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// A server with these files by path; it ends with the test.
    pub fn start(files: BTreeMap<String, Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
                let first = lines.next().unwrap().unwrap();
                let path = first.split(' ').nth(1).unwrap().to_owned();
                while lines.next().is_some_and(|line| !line.unwrap().is_empty()) {}
                let (status, body) = match files.get(&path) {
                    Some(body) => ("200 OK", body.as_slice()),
                    None => ("404 Not Found", &b"Not Found"[..]),
                };
                seen.lock().unwrap().push(path);
                write!(stream, "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len())
                    .unwrap();
                // A client that has seen enough hangs up.
                let _ = stream.write_all(body);
            }
        });
        Self { url, asked }
    }

    /// A server with the release of this version, with this checksum file.
    pub fn with_release(sum: Option<&str>) -> Self {
        let path = format!("/OWNER/keylint/releases/download/v{VERSION}/{}", archive_name());
        let mut files = BTreeMap::from([(path.clone(), fs::read(&archive().0).unwrap())]);
        files.extend(sum.map(|sum| (format!("{path}.sha256"), sum.as_bytes().to_vec())));
        Self::start(files)
    }
}
