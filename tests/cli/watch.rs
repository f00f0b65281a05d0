//! `--watch`: a book that follows its sources, told to the page that is open, and gone after Ctrl-C.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::Value;

use super::ctrl_c;

/// A copy of this notebook, and the command that watches it.
struct Watched {
    folder: tempfile::TempDir,
    child: Child,
    port: u16,
    /// What it says after that, once it has ended.
    said: Option<JoinHandle<Vec<String>>>,
}

impl Watched {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for part in ["tests/claims", "snapshots", "book/theme"] {
            copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join(part), &folder.path().join(part));
        }
        for file in ["book/book.toml", "src/lib.rs"] {
            let to = folder.path().join(file);
            std::fs::create_dir_all(to.parent().expect("a parent")).expect("a folder");
            std::fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join(file), to).expect("a copy");
        }
        let mut command = Command::new(env!("CARGO_BIN_EXE_attention-regression"));
        let mut child = command.args(["--watch", "--port", "0"]).current_dir(folder.path()).stdout(Stdio::piped()).spawn().expect("the binary");
        let mut said = BufReader::new(child.stdout.take().expect("its words")).lines().map_while(Result::ok);
        let place = said.find(|line| line.starts_with("The book is at "));
        let port = place.as_deref().and_then(|line| line.split("127.0.0.1:").nth(1)?.split('/').next()?.parse().ok()).expect("a port");
        let said = std::thread::spawn(move || said.collect());
        Self { folder, child, port, said: Some(said) }
    }

    fn get(&self, path: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a timeout");
        write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").expect("a request");
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).expect("an answer");
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let status = text.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status");
        (status, text)
    }

    /// Waits until the book was made again.
    fn made(&self, since: u64) -> (u64, Vec<String>) {
        let (_, text) = self.get(&format!("/.made?since={since}"));
        let (_, body) = text.split_once("\r\n\r\n").expect("a body");
        let answer: Value = serde_json::from_str(body).expect("JSON");
        let problems = answer["problems"].as_array().expect("problems").iter().map(|problem| problem.as_str().unwrap_or_default().to_owned());
        (answer["version"].as_u64().expect("a version"), problems.collect())
    }

    fn edit(&self, path: &str, from: &str, to: &str) {
        let path = self.folder.path().join(path);
        let text = std::fs::read_to_string(&path).expect("a file");
        assert!(text.contains(from), "{from} is not in {}", path.display());
        std::fs::write(&path, text.replacen(from, to, 1)).expect("a file");
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a copy");
        }
    }
}

#[test]
fn a_page_follows_its_sources_and_mistakes_are_told() {
    let mut watched = Watched::new();
    let (version, problems) = watched.made(0);
    assert_eq!((version, problems), (1, Vec::new()));
    let (status, page) = watched.get("/whitening.html");
    assert!(status == 200 && page.contains("/.made?since=") && page.contains("text/html"));
    assert!(!std::fs::read_to_string(watched.folder.path().join("target/book/whitening.html")).expect("the page").contains("/.made"), "files stay as they are");
    for missing in ["/nowhere.html", "/../../Cargo.toml", "/.attention-regression"] {
        assert_eq!(watched.get(missing).0, 404, "{missing}");
    }

    watched.edit("tests/claims/whitening.rs", "//! # Whitening", "//! # Whitening, anew");
    assert_eq!(watched.made(1), (2, Vec::new()));
    assert!(watched.get("/whitening.html").1.contains("Whitening, anew"));

    watched.edit("tests/claims/whitening.rs", "//! # Whitening, anew", "//! # Whitening\n//!\n//! Typed: 0.55.");
    let (version, problems) = watched.made(2);
    assert_eq!(version, 3);
    assert!(problems.len() == 1 && problems[0].starts_with("tests/claims/whitening.rs:3: the decimal 0.55 is typed into prose; "), "{problems:?}");
    assert!(watched.get("/whitening.html").1.contains("Whitening, anew"), "the last good book stays");

    watched.edit("tests/claims/whitening.rs", "Typed: 0.55.", "Not typed.");
    assert_eq!(watched.made(3), (4, Vec::new()));
    // A pending snapshot is no change of the book.
    std::fs::write(watched.folder.path().join("snapshots/whitening__x.snap.new"), "").expect("a file");
    std::thread::sleep(Duration::from_secs(1));
    watched.edit("book/theme/book.css", "/* 2 type", "/* 2 the type");
    assert_eq!(watched.made(4), (5, Vec::new()));

    end(&watched.child);
    assert_eq!(watched.child.wait().expect("an end").code(), Some(0));
    assert!(TcpStream::connect(("127.0.0.1", watched.port)).is_err(), "nothing is left running");
    let said = watched.said.take().expect("its words").join().expect("its words");
    let changed: Vec<&str> = said.iter().filter_map(|line| line.strip_suffix(" changed")).collect();
    let claims = "tests/claims/whitening.rs";
    assert_eq!(changed, [claims, claims, claims, "book/theme/book.css"], "what is made follows from what was edited, and from nothing else");
}

/// Ctrl-C.
fn end(child: &Child) {
    let done = Command::new("kill").args([&format!("-{}", ctrl_c()), &child.id().to_string()]).status();
    assert!(done.is_ok_and(|status| status.success()));
}

#[test]
fn a_port_that_is_taken_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port();
    let out = tempfile::tempdir().expect("a folder");
    let (code, _, error) = super::here(&["--watch", "--port", &port.to_string(), "--out", &out.path().to_string_lossy()]);
    assert_eq!(code, 1);
    assert!(error.contains(&format!("127.0.0.1:{port}")) && error.contains("name another port with --port, 0 for a free one"), "{error}");
}
