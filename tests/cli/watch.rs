//! `--watch`: a book that follows its sources, told to the page that is open, and gone after Ctrl-C.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::Value;

use super::ctrl_c;
use super::notebook::{CLAIMS, Notebook};

/// A small notebook, and the command that watches it.
struct Watched {
    notebook: Notebook,
    child: Child,
    port: u16,
    /// What it says after that, once it has ended.
    said: Option<JoinHandle<Vec<String>>>,
}

impl Watched {
    fn new() -> Self {
        let notebook = Notebook::new();
        let mut command = Command::new(env!("CARGO_BIN_EXE_attention-regression"));
        let mut child = command
            .args(["--watch", "--port", "0"])
            .current_dir(notebook.root())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary");
        let mut said = BufReader::new(child.stdout.take().expect("its words")).lines().map_while(Result::ok);
        let place = said.find(|line| line.starts_with("The book is at "));
        let port = place
            .as_deref()
            .and_then(|line| line.split("127.0.0.1:").nth(1)?.split('/').next()?.parse().ok())
            .expect("a port");
        let said = std::thread::spawn(move || said.collect());
        Self { notebook, child, port, said: Some(said) }
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
        let problems = answer["problems"]
            .as_array()
            .expect("problems")
            .iter()
            .map(|problem| problem.as_str().unwrap_or_default().to_owned());
        (answer["version"].as_u64().expect("a version"), problems.collect())
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_page_follows_its_sources_and_mistakes_are_told() {
    let mut watched = Watched::new();
    let (version, problems) = watched.made(0);
    assert_eq!((version, problems), (1, Vec::new()));
    let (status, page) = watched.get("/chapter.html");
    assert!(status == 200 && page.contains("/.made?since=") && page.contains("text/html"));
    assert!(
        !std::fs::read_to_string(watched.notebook.root().join("target/book/chapter.html"))
            .expect("the page")
            .contains("/.made"),
        "files stay as they are"
    );
    for missing in ["/nowhere.html", "/../../Cargo.toml", "/.attention-regression"] {
        assert_eq!(watched.get(missing).0, 404, "{missing}");
    }

    watched.notebook.edit(CLAIMS, "//! # A chapter", "//! # A chapter, anew");
    assert_eq!(watched.made(1), (2, Vec::new()));
    assert!(watched.get("/chapter.html").1.contains("A chapter, anew"));

    watched.notebook.edit(CLAIMS, "//! # A chapter, anew", "//! # A chapter\n//!\n//! Typed: 0.55.");
    let (version, problems) = watched.made(2);
    assert_eq!(version, 3);
    assert!(
        problems.len() == 1
            && problems[0].starts_with("tests/claims/chapter.rs:3: the decimal 0.55 is typed into prose; "),
        "{problems:?}"
    );
    assert!(watched.get("/chapter.html").1.contains("A chapter, anew"), "the last good book stays");

    watched.notebook.edit(CLAIMS, "Typed: 0.55.", "Not typed.");
    assert_eq!(watched.made(3), (4, Vec::new()));
    // A pending snapshot is no change of the book.
    std::fs::write(watched.notebook.root().join("snapshots/chapter__x.snap.new"), "").expect("a file");
    std::thread::sleep(Duration::from_secs(1));
    watched.notebook.edit("book/theme/book.css", "/* 2 type", "/* 2 the type");
    assert_eq!(watched.made(4), (5, Vec::new()));

    end(&watched.child);
    assert_eq!(watched.child.wait().expect("an end").code(), Some(0));
    assert!(TcpStream::connect(("127.0.0.1", watched.port)).is_err(), "nothing is left running");
    let said = watched.said.take().expect("its words").join().expect("its words");
    let changed: Vec<&str> = said.iter().filter_map(|line| line.strip_suffix(" changed")).collect();
    assert_eq!(
        changed,
        [CLAIMS, CLAIMS, CLAIMS, "book/theme/book.css"],
        "what is made follows from what was edited, and from nothing else"
    );
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
    let (code, _, error) =
        super::here(&["--watch", "--port", &port.to_string(), "--out", &out.path().to_string_lossy()]);
    assert_eq!(code, 1);
    assert!(
        error.contains(&format!("127.0.0.1:{port}"))
            && error.contains("name another port with --port, 0 for a free one"),
        "{error}"
    );
}
