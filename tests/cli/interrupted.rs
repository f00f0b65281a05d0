//! Signals at every step of a run that writes, folders that appear while it runs, and two runs into one place: what
//! stands in the end is an earlier result, whole, or the new one, whole, and nothing of anybody else's is gone.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::ctrl_c;
use super::notebook::Notebook;

/// What every folder of ours holds: what made it, and the files, a line each.
const LIST: &str = ".attention-regression";

/// A folder with a table of thirty rows.
fn place() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let rows: String = (0..30).map(|i| format!("{},{},{}\n", i * 7 % 11, i * 5 % 13, i * 3 % 17)).collect();
    std::fs::write(folder.path().join("t.csv"), format!("a,b,y\n{rows}")).expect("a table");
    folder
}

fn compare(folder: &Path, arguments: &[&str]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_attention-regression"));
    command.arg("compare").args(["t.csv", "--target", "y", "--threads", "1"]).args(arguments).current_dir(folder);
    command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it runs")
}

fn signal(child: &Child, name: &str) {
    // It may have ended by itself.
    let _ = Command::new("kill").args([&format!("-{name}"), &child.id().to_string()]).stderr(Stdio::null()).status();
}

/// The exit code and what was said on standard error.
fn ended(mut child: Child) -> (Option<i32>, String) {
    let mut error = String::new();
    std::io::Read::read_to_string(&mut child.stderr.take().expect("piped"), &mut error).expect("UTF-8");
    (child.wait().expect("it ends").code(), error)
}

/// Waits until something holds, or the child has ended, or for a minute.
fn until(child: &mut Child, holds: impl Fn() -> bool) {
    let began = Instant::now();
    while !holds() && child.try_wait().is_ok_and(|ended| ended.is_none()) && began.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_micros(200));
    }
}

/// Every file below a folder, with its bytes.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            all.extend(contents(&path));
        } else {
            all.insert(path.clone(), std::fs::read(&path).unwrap_or_default());
        }
    }
    all
}

/// Names beside the table.
fn beside(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .expect("a folder")
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.retain(|name| name != "t.csv");
    names.sort();
    names
}

/// Whether a folder has every file of its list, and no other.
fn whole(folder: &Path) -> bool {
    let Ok(list) = std::fs::read_to_string(folder.join(LIST)) else { return false };
    let listed: Vec<PathBuf> = list.lines().skip(1).chain([LIST]).map(|name| folder.join(name)).collect();
    let there = contents(folder);
    listed.iter().all(|file| there.contains_key(file)) && there.len() == listed.len() && listed.len() > 2
}

/// Files written so far into the unfinished folders.
fn written(folder: &Path) -> usize {
    let partial = |entry: &std::fs::DirEntry| entry.file_name().to_string_lossy().contains(".partial-");
    std::fs::read_dir(folder).into_iter().flatten().flatten().filter(partial).map(|entry| count(&entry.path())).sum()
}

fn count(folder: &Path) -> usize {
    let of = |entry: std::fs::DirEntry| {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) { count(&entry.path()) } else { 1 }
    };
    std::fs::read_dir(folder).into_iter().flatten().flatten().map(of).sum()
}

/// What must hold whenever the signal came.
fn judge(folder: &Path, before: &BTreeMap<PathBuf, Vec<u8>>, child: Child, when: &str) -> bool {
    let (code, error) = ended(child);
    let written = code == Some(0) || error == "interrupted: all is written, and not all of it told\n";
    let expected: &[&str] = if written || !before.is_empty() { &["matrices", "report"] } else { &[] };
    assert_eq!(beside(folder), expected, "{when}: exit code {code:?}, {error}");
    match code {
        // Before it listened: it had nothing under way.
        None => assert!(before.is_empty() || contents(folder) == *before, "{when}"),
        _ if written => assert!(
            whole(&folder.join("report")) && whole(&folder.join("matrices")),
            "{when}: a part of a result, {error}"
        ),
        Some(130) => {
            assert_eq!(error, "interrupted: nothing was written\n", "{when}");
            assert!(before.is_empty() || contents(folder) == *before, "{when}: an earlier result was changed");
        }
        code => panic!("{when}: exit code {code:?}, {error}"),
    }
    !written
}

#[test]
fn a_signal_at_any_step_leaves_one_result_whole() {
    let write = ["--report", "report", "--export", "matrices", "--steps", "1"];
    let (mut stopped, mut finished) = (0, 0);
    for forced in [false, true] {
        let folder = place();
        if forced {
            assert_eq!(ended(compare(folder.path(), &write)).0, Some(0));
        }
        let arguments: Vec<&str> = write.into_iter().chain(forced.then_some("--force")).collect();
        let attack = |name: &str, when: &str, wait: &dyn Fn(&mut Child)| {
            if !forced {
                ["report", "matrices"].iter().for_each(|name| drop(std::fs::remove_dir_all(folder.path().join(name))));
            }
            let before = if forced { contents(folder.path()) } else { BTreeMap::new() };
            let mut child = compare(folder.path(), &arguments);
            wait(&mut child);
            signal(&child, name);
            judge(folder.path(), &before, child, &format!("{name} {when}, forced: {forced}"))
        };
        // By the number of files that are there: 75 in both folders with their lists.
        for files in [1, 2, 3, 4, 5, 20, 40, 60, 70, 72, 73, 74, 75] {
            for name in [ctrl_c(), "TERM"] {
                let hit = attack(name, &format!("at {files} files"), &|child| {
                    until(child, || written(folder.path()) >= files)
                });
                if hit { stopped += 1 } else { finished += 1 }
            }
        }
        // By the clock, through the whole of a run.
        for step in 0..20 {
            let hit = attack(ctrl_c(), &format!("after {} ms", 3 * step), &|_| {
                std::thread::sleep(Duration::from_millis(3 * step))
            });
            if hit { stopped += 1 } else { finished += 1 }
        }
    }
    assert!(stopped > 5, "{stopped} of {} signals came before the end", stopped + finished);
}

/// A long training is left at once.
#[test]
fn an_interruption_while_it_trains_leaves_nothing_behind() {
    let folder = place();
    let mut child = compare(folder.path(), &["--seeds", "1000", "--export", "new/out"]);
    until(&mut child, || folder.path().join("new").exists());
    std::thread::sleep(Duration::from_millis(100));
    let began = Instant::now();
    signal(&child, ctrl_c());
    assert_eq!(ended(child), (Some(130), "interrupted: nothing was written\n".to_owned()));
    assert!(began.elapsed() < Duration::from_secs(5));
    assert_eq!(beside(folder.path()), Vec::<String>::new(), "neither a part of it nor the folder above it");
}

/// What the caller had it ignore stays ignored, as under `nohup`.
#[cfg(target_os = "linux")]
#[test]
fn an_ignored_signal_stays_ignored() {
    let folder = place();
    let binary = env!("CARGO_BIN_EXE_attention-regression");
    let script = format!("trap '' HUP; exec '{binary}' compare t.csv --target y --threads 1 --steps 3000 --export out");
    let mut command = Command::new("sh");
    let mut child = command
        .args(["-c", &script])
        .current_dir(folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a shell");
    until(&mut child, || beside(folder.path()).iter().any(|name| name.contains(".partial-")));
    signal(&child, "HUP");
    assert_eq!(ended(child), (Some(0), String::new()));
    assert!(whole(&folder.path().join("out")));
}

/// A reader that reads nothing: the folders are in their places, and a signal ends what is left.
#[test]
fn a_signal_ends_a_program_that_nobody_listens_to() {
    let folder = place();
    let (reader, writer) = std::io::pipe().expect("a pipe");
    let mut command = Command::new(env!("CARGO_BIN_EXE_attention-regression"));
    command.args(["compare", "t.csv", "--target", "y", "--steps", "1", "--seeds", "40", "--json", "--report", "out"]);
    let mut child = command.current_dir(folder.path()).stdout(writer).stderr(Stdio::piped()).spawn().expect("it runs");
    until(&mut child, || folder.path().join("out").exists());
    std::thread::sleep(Duration::from_millis(200));
    signal(&child, "TERM");
    drop(command);
    assert_eq!(ended(child), (Some(130), "interrupted: all is written, and not all of it told\n".to_owned()));
    drop(reader);
    assert!(whole(&folder.path().join("out")) && beside(folder.path()) == ["out"]);
}

/// Somebody makes the folder while the run trains, and puts a thesis into it.
#[test]
fn a_folder_that_appears_meanwhile_is_not_replaced() {
    for (name, arguments) in [("appears", vec!["--report", "out"]), ("is added to", vec!["--report", "out", "--force"])]
    {
        let folder = place();
        let out = folder.path().join("out");
        if name == "is added to" {
            assert_eq!(ended(compare(folder.path(), &["--steps", "1", "--report", "out"])).0, Some(0));
        }
        let mut child = compare(folder.path(), &[&arguments[..], &["--steps", "2000"]].concat());
        until(&mut child, || beside(folder.path()).iter().any(|name| name.contains(".partial-")));
        std::fs::create_dir_all(out.join(".git")).expect("a folder");
        std::fs::write(out.join("thesis.tex"), "irreplaceable").expect("a thesis");
        let (code, error) = ended(child);
        assert_eq!(code, Some(2), "{name}: {error}");
        let words = if name == "appears" { "out: is there by now" } else { "out: holds `.git/`, `thesis.tex` by now" };
        assert!(error.contains(words) && error.contains("  help: the result is in out-1\n"), "{name}: {error}");
        assert_eq!(std::fs::read_to_string(out.join("thesis.tex")).expect("the thesis"), "irreplaceable");
        assert!(
            whole(&folder.path().join("out-1")) && beside(folder.path()) == ["out", "out-1"],
            "{name}: {:?}",
            beside(folder.path())
        );
    }
}

#[test]
fn of_two_runs_into_one_place_both_results_stand() {
    let folder = place();
    // Both have begun before either is given its table.
    let held = |seed: u32| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_attention-regression"));
        command
            .args(["compare", "-", "--target", "y", "--steps", "20", "--seed", &seed.to_string(), "--report", "out"])
            .current_dir(folder.path());
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it runs")
    };
    let mut children = [1, 2].map(held);
    until(&mut children[0], || beside(folder.path()).iter().filter(|name| name.contains(".partial-")).count() == 2);
    let table = std::fs::read(folder.path().join("t.csv")).expect("the table");
    let fed = |mut child: Child| {
        std::io::Write::write_all(&mut child.stdin.take().expect("piped"), &table).expect("it is read");
        child
    };
    let mut codes = children.map(fed).map(|child| ended(child).0);
    codes.sort_unstable();
    assert_eq!(codes, [Some(0), Some(2)]);
    assert!(
        beside(folder.path()) == ["out", "out-1"]
            && whole(&folder.path().join("out"))
            && whole(&folder.path().join("out-1"))
    );
}

/// A book that is interrupted in the middle is the earlier one, or the new one.
#[test]
fn an_interrupted_book_is_an_earlier_one_or_a_new_one() {
    let (notebook, folder) = (Notebook::new(), tempfile::tempdir().expect("a folder"));
    let out = folder.path().join("site");
    let book = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_attention-regression"));
        command.arg("--out").arg(&out).current_dir(notebook.root()).stdout(Stdio::null()).stderr(Stdio::piped());
        command.spawn().expect("it runs")
    };
    assert_eq!(ended(book()).0, Some(0));
    let (before, mut stopped) = (contents(&out).len(), 0);
    // By the number of files that are there; and where an exchange puts the earlier book in the place of the new one.
    for files in [0, 1, 5, 10, 15, 20, before - 1, before] {
        let mut child = book();
        until(&mut child, || written(folder.path()) >= files);
        signal(&child, ctrl_c());
        let (code, error) = ended(child);
        let said =
            ["site is as it was\n", "all is written, and not all of it told\n"].iter().any(|end| error.ends_with(end));
        assert!(code != Some(130) || error.starts_with("interrupted: ") && said, "{code:?} {error}");
        assert!(matches!(code, None | Some(0 | 130)), "{code:?} {error}");
        assert!(
            whole(&out)
                && contents(&out).len() == before
                && std::fs::read_dir(folder.path()).expect("a folder").count() == 1,
            "at {files} files"
        );
        stopped += u32::from(code != Some(0));
    }
    assert!(stopped > 0, "{stopped} of 8 signals came before the end");
}
