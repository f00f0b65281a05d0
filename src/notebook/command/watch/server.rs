//! The book on the loopback interface: files of one folder, and a question that is answered when the book was made
//! again.
//!
//! Every page that is served carries a few lines of script that ask it; the files on disk stay as they are. Nothing
//! outside the folder can be had, and no other machine is listened to.

use std::io::Cursor;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use tiny_http::{Header, Request, Response};

use crate::diagnostic::Diagnostic;

/// Where the book is, if nobody else is there.
const PORT: u16 = 3000;
/// Where a page asks whether it is still the newest: `?since=VERSION`.
const QUESTION: &str = "/.made";
/// How long a question may stay open.
const PATIENCE: Duration = Duration::from_secs(20);
const SCRIPT: &str = include_str!("reload.html");

/// A server that ends with its process.
pub(super) struct Server {
    shared: Arc<Shared>,
    port: u16,
}

/// What requests and the maker of the book share.
struct Shared {
    folder: PathBuf,
    /// Held by requests while they read, by the maker while it replaces.
    files: RwLock<()>,
    made: Mutex<Made>,
    news: Condvar,
}

/// The newest attempt at the book.
#[derive(Default)]
struct Made {
    version: u64,
    problems: Vec<String>,
}

impl Server {
    /// Serves `folder` on a port of the loopback interface; without one on 3000, or on a free one where that is taken.
    pub(super) fn start(folder: &Path, port: Option<u16>) -> Result<Self, Vec<Diagnostic>> {
        let bind = |port: u16| TcpListener::bind((Ipv4Addr::LOCALHOST, port));
        let listener = match port {
            Some(port) => bind(port),
            None => bind(PORT).or_else(|_| bind(0)),
        };
        let failed = |error: &dyn std::fmt::Display| {
            let place = format!("{}:{}", Ipv4Addr::LOCALHOST, port.unwrap_or(PORT));
            vec![Diagnostic::new(
                place,
                format!("cannot be listened to: {error}"),
                "name another port with --port, 0 for a free one",
            )]
        };
        let listener = listener.map_err(|error| failed(&error))?;
        let port = listener.local_addr().map_err(|error| failed(&error))?.port();
        let http = tiny_http::Server::from_listener(listener, None).map_err(|error| failed(&error))?;
        let shared = Arc::new(Shared {
            folder: folder.to_path_buf(),
            files: RwLock::new(()),
            made: Mutex::new(Made::default()),
            news: Condvar::new(),
        });
        let seen = Arc::clone(&shared);
        std::thread::spawn(move || {
            // A question waits, so every request has a thread of its own.
            for request in http.incoming_requests() {
                let shared = Arc::clone(&seen);
                std::thread::spawn(move || shared.answer(request));
            }
        });
        Ok(Self { shared, port })
    }

    pub(super) fn address(&self) -> String {
        format!("http://{}:{}/", Ipv4Addr::LOCALHOST, self.port)
    }

    /// Makes the book anew; pages that ask are told, with what went wrong if something did.
    pub(super) fn while_nothing_is_served(
        &self,
        make: &dyn Fn() -> Result<String, Vec<Diagnostic>>,
    ) -> Result<String, Vec<Diagnostic>> {
        let done = {
            let _files = self.shared.files.write().unwrap_or_else(PoisonError::into_inner);
            make()
        };
        let mut made = self.shared.made();
        made.version += 1;
        made.problems = done.as_ref().err().into_iter().flatten().map(ToString::to_string).collect();
        self.shared.news.notify_all();
        drop(made);
        done
    }
}

impl Shared {
    fn made(&self) -> MutexGuard<'_, Made> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A reader who left is nobody's loss.
    fn answer(&self, request: Request) {
        let (path, query) = request.url().split_once('?').unwrap_or((request.url(), ""));
        if path == QUESTION {
            let newest = self.newest(query.strip_prefix("since=").and_then(|version| version.parse().ok()));
            let _ = request.respond(typed(newest.into_bytes(), "application/json"));
            return;
        }
        let file = self.file(path).and_then(|file| Some((self.read(&file)?, file)));
        let _ = match file {
            Some((bytes, file)) => request.respond(typed(bytes, media(&file))),
            // The page may come into being with the next change.
            None => request.respond(
                typed(
                    format!(
                        "<!doctype html><title>Not in the book</title><p>There is no such page in the book.{SCRIPT}"
                    )
                    .into_bytes(),
                    media(Path::new("x.html")),
                )
                .with_status_code(404),
            ),
        };
    }

    /// The state of the book as JSON, once it is another than `since`, or after a while.
    fn newest(&self, since: Option<u64>) -> String {
        let same = |made: &mut Made| Some(made.version) == since;
        let (made, _) =
            self.news.wait_timeout_while(self.made(), PATIENCE, same).unwrap_or_else(PoisonError::into_inner);
        serde_json::json!({ "version": made.version, "problems": made.problems }).to_string()
    }

    /// A file of the folder by the path of a request: plain names only, so that nothing above it is reached.
    fn file(&self, path: &str) -> Option<PathBuf> {
        let path = Path::new(path.trim_start_matches('/'));
        let plain = path.components().all(
            |part| matches!(part, Component::Normal(name) if name.to_str().is_some_and(|name| !name.starts_with('.'))),
        );
        let file = self.folder.join(path);
        plain.then(|| if path.as_os_str().is_empty() { file.join("index.html") } else { file })
    }

    fn read(&self, file: &Path) -> Option<Vec<u8>> {
        let _files = self.files.read().unwrap_or_else(PoisonError::into_inner);
        let mut bytes = std::fs::read(file).ok()?;
        if file.extension().is_some_and(|extension| extension == "html") {
            bytes.extend_from_slice(SCRIPT.as_bytes());
        }
        Some(bytes)
    }
}

/// By the end of its name.
fn media(file: &Path) -> &'static str {
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}

fn typed(bytes: Vec<u8>, media: &str) -> Response<Cursor<Vec<u8>>> {
    let response = Response::from_data(bytes);
    match Header::from_bytes("Content-Type", media) {
        Ok(header) => response.with_header(header),
        Err(()) => response,
    }
}
