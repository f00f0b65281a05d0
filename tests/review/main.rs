//! `review`, on a small notebook in a repository of its own: of each kind of change everything that the command says,
//! in lines, as JSON and on the page, is a snapshot in `tests/review`; what a snapshot does not say is asserted here.
//!
//! The pages are left in `review-pages` below cargo's folder for tests, where a browser may look at them.

#[expect(dead_code, reason = "the loom's tests weave it, these review it")]
#[path = "../book/notebook.rs"]
mod fixture;
mod notebook;

use serde_json::Value;

use fixture::{CLAIMS, STATEMENTS};
use notebook::{DRAWN, FIRST, Notebook, Outcome, THIRD, metrics, said};

/// What the command says of one replacement in a snapshot.
fn pended(path: &str, from: &str, to: &str) -> Outcome {
    let notebook = Notebook::new();
    notebook.pend(path, from, to);
    notebook.review(&[])
}

#[test]
fn nothing_moved() {
    let outcome = Notebook::new().review(&[]);
    assert_eq!(outcome.code, 0);
    outcome.is("nothing_moved");
}

#[test]
fn one_metric_moved() {
    let notebook = Notebook::new();
    notebook.pend(FIRST, "value = 5e-1", "value = 5.5e-1");
    notebook.write("target/tmp/claims/first_claim.json", r#"{ "seconds": 1.234, "metrics": {} }"#);
    notebook.review(&[]).is("one_metric_moved");
}

#[test]
fn a_control_stopped_failing() {
    pended(FIRST, "value = 2e0", "value = 5e-1").is("a_control_stopped_failing");
}

#[test]
fn a_number_is_beyond_its_limit() {
    pended(FIRST, "value = 5e-1\nrelative = 1e-3\n", "value = 5e-1\nrelative = 1e-3\nat_most = 4e-1\n")
        .is("a_number_is_beyond_its_limit");
}

#[test]
fn a_phrase_became_untrue() {
    let notebook = Notebook::new();
    notebook.pend(FIRST, "value = 5e-1", "value = 7.5e-1");
    notebook.review(&[]).is("a_phrase_became_untrue");
    // A phrase that was untrue before is no news.
    notebook.edit(FIRST, "value = 5e-1", "value = 7e-1");
    let outcome = notebook.review(&[]);
    assert!(!outcome.text.contains("UNTRUE"), "{}", outcome.text);
}

#[test]
fn a_claim_is_new() {
    let notebook = Notebook::new();
    notebook.edit(
        CLAIMS,
        "/// ## A third claim",
        "/// ## A fresh claim\n///\n/// It is {{share}}.\n///\n/// ```toml\n/// kind = \"bound\"\n/// headline = \"share\"\n/// breaks_when = \"it moves by {{moved}}.\"\n/// ```\n#[test]\nfn fresh_claim() {}\n\n/// ## A third claim",
    );
    notebook.write("snapshots/chapter__fresh_claim.snap.new", &metrics());
    notebook.review(&[]).is("a_claim_is_new");
}

#[test]
fn a_claim_was_removed() {
    let notebook = Notebook::new();
    notebook.cut(CLAIMS, "/// ## A third claim");
    notebook.review(&[]).is("a_claim_was_removed");
    // Against the commit that had it, it is the same claim.
    std::fs::remove_file(notebook.root().join(THIRD)).expect("the snapshot");
    let outcome = notebook.review(&["--against", "HEAD"]);
    let claim = &outcome.json["claims"][0];
    assert_eq!((outcome.code, &claim["change"], &claim["title"]), (1, &"removed".into(), &"A third claim".into()));
    assert_eq!(
        (&claim["sentences"][0]["before"], &claim["sentences"][0]["after"]),
        (&"It stays below 1.4 × 10⁻¹¹.".into(), &Value::Null)
    );
}

#[test]
fn a_claim_that_git_does_not_know_is_called_by_its_snapshot() {
    let notebook = Notebook::new();
    notebook.cut(CLAIMS, "/// ## A third claim");
    notebook.commit("2020-02-05", "The third claim is no claim");
    let outcome = notebook.review(&[]);
    let claim = &outcome.json["claims"][0];
    assert_eq!(
        (outcome.code, &claim["change"], &claim["title"], &claim["kind"]),
        (1, &"removed".into(), &"third_claim".into(), &Value::Null)
    );
}

#[test]
fn a_figure_changed_and_no_metric_did() {
    pended(DRAWN, "y = [0e0, 1e0]", "y = [0e0, 8e-1]").is("a_figure_changed_and_no_metric_did");
}

#[test]
fn a_figure_has_other_axes() {
    pended(
        DRAWN,
        "name = \"y\"\nscale = \"linear\"\nticks = [0e0, 1e0]",
        "name = \"y\"\nscale = \"linear\"\nticks = [0e0, 2e0]",
    )
    .is("a_figure_has_other_axes");
}

#[test]
fn a_figure_left_its_axes() {
    pended(DRAWN, "y = [0e0, 1e0]", "y = [0e0, 2.34e0]").is("a_figure_left_its_axes");
}

#[test]
fn a_seed_is_beyond_the_limit_and_the_median_is_not() {
    let notebook = Notebook::new();
    let over = |lowest: &str| {
        format!("relative = 1e-3\nat_least = 4e-1\nlowest = {lowest}\nhighest = 6e-1\nruns = 5\n\n[moved]")
    };
    notebook.edit(FIRST, "relative = 1e-3\n\n[moved]", &over("4.5e-1"));
    notebook.pend(FIRST, "lowest = 4.5e-1", "lowest = 3.9e-1");
    let outcome = notebook.review(&[]);
    assert_eq!(
        outcome.json["summary"]["beyond_their_limits"],
        serde_json::json!([{ "claim": "first_claim", "metric": "share" }])
    );
    assert!(
        outcome
            .text
            .starts_with("▲ first_claim: share, must be at least 4e-1, lowest 4.5e-1 → 3.9e-1, -133.3 tolerances\n"),
        "{}",
        outcome.text
    );
}

#[test]
fn a_count_moved() {
    let notebook = Notebook::new();
    notebook.edit(THIRD, "value = 5e-1\nrelative = 1e-3", "exactly = 20");
    notebook.pend(THIRD, "exactly = 20", "exactly = 12");
    let outcome = notebook.review(&[]);
    assert!(outcome.text.starts_with("▲ third_claim: share 20 → 12, an exact count\n"), "{}", outcome.text);
    assert!(outcome.page.contains("<td class=\"r\">20 → 12</td>"));
}

#[test]
fn a_tolerance_was_widened() {
    pended(FIRST, "relative = 1e-3", "relative = 1e-1").is("a_tolerance_was_widened");
}

#[test]
fn a_verdict_changed_and_no_number_did() {
    let notebook = Notebook::new();
    notebook.edit(CLAIMS, "settles = { S1 = \"holds\" }", "settles = { S1 = \"holds if\", S2 = \"holds\" }");
    let kept = notebook.cut(STATEMENTS, "[[statement]]\nid = \"O1\"");
    let new = "[[statement]]\nid = \"S2\"\nat = { post = \"P\", section = \"\", passage = \"somewhere\" }\nsort = \"assertion\"\nsays = \"It is new.\"\n";
    notebook.write(STATEMENTS, &(kept + new));
    assert_eq!(notebook.review(&[]).code, 0, "the accepted snapshots are those of the same claims");
    notebook.review(&["--against", "HEAD"]).is("a_verdict_changed_and_no_number_did");
}

#[test]
fn a_rate_moved() {
    let notebook = Notebook::new();
    let text = |held: u64| {
        format!(
            "[claims.first_claim]\ndraws = \"101..140\"\nof = 40\nheld = {held}\ndrawn = true\nran = \"x\"\n\n[claims.first_claim.judgements]\n"
        )
    };
    notebook.write("snapshots/replication.toml", &text(40));
    assert_eq!(notebook.review(&[]).json["rates"][0]["was"], Value::Null, "it was not replicated before");
    notebook.commit("2020-02-05", "Forty draws");
    assert_eq!(notebook.review(&[]).code, 0);
    notebook.write("snapshots/replication.toml", &text(38));
    for arguments in [&[][..], &["--against", "HEAD"]] {
        let outcome = notebook.review(arguments);
        assert_eq!((outcome.code, &outcome.json["rates"][0]["is"]), (1, &serde_json::json!([38, 40])));
        assert!(
            outcome.text.starts_with("▲ first_claim: held in 38 of 40 fresh draws, was 40 of 40\n"),
            "{}",
            outcome.text
        );
        assert!(outcome.page.contains("<b>held in 38 of 40 fresh draws, was 40 of 40</b>"));
    }
    notebook.write("snapshots/replication.toml", "claims = 3");
    notebook.commit("2020-02-05", "Not of these times");
    notebook.write("snapshots/replication.toml", &text(38));
    let outcome = notebook.review(&[]);
    assert_eq!(outcome.code, 0, "what cannot be read has not moved");
    let note = "How often claims held at HEAD cannot be read, so no rate is compared: snapshots/replication.toml:1: ";
    assert!(outcome.json["notes"][0].as_str().is_some_and(|said| said.starts_with(note)), "{}", outcome.json["notes"]);
    notebook.write("snapshots/replication.toml", "claims = 3");
    let (code, _, error) = notebook.run(&[]);
    assert!(code == 2 && error.contains("snapshots/replication.toml:1: "), "{error}");
}

#[test]
fn another_commit_is_compared_with_this_checkout() {
    let notebook = Notebook::new();
    notebook.edit(FIRST, "value = 5e-1", "value = 5.5e-1");
    notebook.edit(CLAIMS, "The share of $x<y$ is", "Its share is now");
    notebook.commit("2020-02-05", "Three times as many steps");
    notebook.pend(FIRST, "value = 2e0", "value = 3e0");
    notebook.review(&["--against", "HEAD~1"]).is("another_commit_is_compared_with_this_checkout");
    assert_eq!(notebook.review(&["--against", "HEAD"]).code, 0);
}

#[test]
fn a_notebook_may_lie_in_a_folder_of_its_repository() {
    let notebook = Notebook::new();
    std::fs::create_dir(notebook.root().join("ein Büchlein")).expect("a folder");
    notebook.git(&["mv", "tests", "snapshots", "ein Büchlein"]);
    notebook.commit("2020-02-05", "In a folder");
    notebook.edit(&format!("ein Büchlein/{FIRST}"), "value = 5e-1", "value = 5.5e-1");
    let (code, out, error) = notebook.run(&["--root", "ein Büchlein", "--against", "HEAD", "--json"]);
    let json: Value = serde_json::from_str(&out).expect("JSON");
    let claim = &json["claims"][0];
    assert_eq!(
        (code, &claim["id"], &claim["change"], &json["notes"]),
        (1, &"first_claim".into(), &"moved".into(), &serde_json::json!([])),
        "{error}"
    );
    assert_eq!(claim["sentences"][0]["before"], "What it is, in 0.500 words.");
}

#[test]
fn without_all_of_the_history_the_review_is_the_same() {
    let notebook = Notebook::new();
    notebook.edit(CLAIMS, "The end.", "That is all.");
    notebook.commit("2020-02-05", "Other words");
    let clone = Notebook::empty();
    let source = format!("file://{}", notebook.root().display());
    clone.git(&["clone", "--quiet", "--depth=1", &source, "."]);
    notebook.pend(FIRST, "value = 5e-1", "value = 5.5e-1");
    clone.pend(FIRST, "value = 5e-1", "value = 5.5e-1");
    let all = |notebook: &Notebook| {
        let outcome = notebook.review(&[]);
        (outcome.code, outcome.error, outcome.json)
    };
    let whole = all(&notebook);
    assert_eq!(all(&clone), whole);
    std::fs::remove_dir_all(notebook.root().join(".git")).expect("the repository");
    assert_eq!(all(&notebook), whole, "in no repository");
    notebook.git(&["init", "--quiet"]);
    assert_eq!(all(&notebook), whole, "without a commit");
    let (code, out, error) = said(notebook.command().arg("--json").env("PATH", ""));
    assert!(error.starts_with("The page is at "), "{error}");
    assert_eq!((code, serde_json::from_str::<Value>(&out).ok()), (whole.0, Some(whole.2)), "without git");
}

#[test]
fn what_a_user_tells_git_changes_nothing() {
    let notebook = Notebook::new();
    notebook.edit(FIRST, "value = 5e-1", "value = 5.5e-1");
    let configuration = "[log]\nshowSignature = true\nfollow = true\ndate = relative\ndecorate = full\ndiffMerges = off\n[color]\nui = always\n[core]\nabbrev = 5\nquotePath = true\n\
                         [diff]\nrenames = copies\nrelative = true\nnoprefix = true\n[format]\npretty = fuller\n";
    notebook.write("target/git-config", configuration);
    let against = ["--against", "HEAD", "--json"];
    let (code, plain, _) = notebook.run(&against);
    let mut configured = notebook.command();
    configured.args(against).env("GIT_CONFIG_GLOBAL", notebook.root().join("target/git-config"));
    let (again, json, _) = said(&mut configured);
    assert_eq!((code, again, &json), (1, 1, &plain));
    assert!(plain.contains("\"largest\": \"share\""), "{plain}");
}

#[test]
fn help_shows_examples_and_exit_codes() {
    let (code, out, _) = Notebook::new().run(&["--help"]);
    assert_eq!(code, 0);
    for part in [
        "Examples:",
        "--against main",
        "--open",
        "--out <FILE>",
        "--json",
        "Exit code: 0 when nothing moved, 1 when something did, 2",
    ] {
        assert!(out.contains(part), "{part} is missing from\n{out}");
    }
}

#[test]
fn mistakes_have_a_code_of_their_own() {
    let notebook = Notebook::new();
    let refused = |arguments: &[&str], words: &str| {
        let (code, out, error) = notebook.run(arguments);
        assert_eq!((code, out.as_str()), (2, ""), "{error}");
        assert!(error.contains(words), "{words} is missing from {error}");
    };
    refused(&["--nonsense"], "unexpected argument");
    refused(&["--against", "nowhere"], "git knows no revision `nowhere`\n  help: name a commit, a branch or a tag");
    refused(&["--against=--all"], "git knows no revision `--all`");
    let elsewhere = tempfile::tempdir().expect("a folder");
    refused(&["--root", &elsewhere.path().to_string_lossy()], "holds no notebook");
    notebook.write("notes.html", "mine");
    refused(&["--out", "notes.html"], "is there and is no earlier review");
    notebook.write(&format!("{FIRST}.new"), "---\nsource: x\n---\n[gap]\nvalue = \n");
    refused(&[], "snapshots/chapter__first_claim.snap.new:5: ");
    std::fs::remove_dir_all(notebook.root().join(".git")).expect("the repository");
    let (code, _, error) = notebook.run(&["--against", "HEAD"]);
    assert_eq!(code, 2);
    assert!(
        error.contains("its git repository cannot be read: ") || error.contains("git knows no revision"),
        "{error}"
    );
    let (code, _, error) = said(notebook.command().args(["--against", "HEAD"]).env("PATH", ""));
    assert!(code == 2 && error.contains("git cannot be run"), "{error}");
}
