//! Where results come from: commit, compiler, processor and lock file. Never in `book/src`, which cannot know the
//! commit that contains it.

use std::path::Path;
use std::process::Command;

use serde::{Deserialize, Serialize};
use sha2::Digest as _;

/// Of a working tree and a build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Provenance {
    /// The commit's short hash and date, where there is a repository.
    pub commit: Option<String>,
    /// Whether files were changed since.
    pub changed: bool,
    /// The compiler that built this program.
    pub compiler: String,
    /// What the processor can do that changes which instructions are chosen.
    pub cpu: Vec<String>,
    /// The SHA-256 of `Cargo.lock`, where there is one.
    pub lock: Option<String>,
}

impl Provenance {
    /// Of the tree at `root`, as it is.
    pub(crate) fn of(root: &Path) -> Self {
        let git = |arguments: &[&str]| {
            let output = Command::new("git").arg("-C").arg(root).args(arguments).output().ok()?;
            let text = String::from_utf8(output.stdout).ok()?.trim().to_owned();
            (output.status.success() && !text.is_empty()).then_some(text)
        };
        Self {
            commit: git(&["log", "-1", "--format=%h, %as"]),
            changed: git(&["status", "--porcelain", "--untracked-files=no"]).is_some(),
            compiler: env!("NOTEBOOK_RUSTC").to_owned(),
            cpu: cpu(),
            lock: std::fs::read(root.join("Cargo.lock")).ok().map(|bytes| digest(&bytes)),
        }
    }

    /// One line for the foot of a page.
    pub(crate) fn line(&self) -> String {
        let changed = if self.changed { ", with uncommitted changes" } else { "" };
        let commit = self.commit.as_ref().map_or("no commit".to_owned(), |commit| format!("commit {commit}{changed}"));
        let lock = self
            .lock
            .as_ref()
            .and_then(|lock| lock.get(..8))
            .map_or("no lock file".to_owned(), |lock| format!("lock file {lock}"));
        format!("{commit} · {} · {lock}", self.compiler)
    }
}

/// SHA-256 in hexadecimal.
pub(crate) fn digest(bytes: &[u8]) -> String {
    sha2::Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(target_arch = "x86_64")]
fn cpu() -> Vec<String> {
    let features = [
        ("sse4.2", std::is_x86_feature_detected!("sse4.2")),
        ("avx", std::is_x86_feature_detected!("avx")),
        ("avx2", std::is_x86_feature_detected!("avx2")),
        ("fma", std::is_x86_feature_detected!("fma")),
        ("avx512f", std::is_x86_feature_detected!("avx512f")),
    ];
    let there = features.into_iter().filter(|(_, there)| *there).map(|(name, _)| name);
    std::iter::once(std::env::consts::ARCH).chain(there).map(str::to_owned).collect()
}

#[cfg(not(target_arch = "x86_64"))]
fn cpu() -> Vec<String> {
    vec![std::env::consts::ARCH.to_owned()]
}
