//! `review`, on a small notebook in a repository of its own: of each kind of change everything that the command says, in lines, as JSON
//! and on the page, is a snapshot in `tests/review`; what a snapshot does not say is asserted here.
//!
//! The pages are left in `review-pages` below cargo's folder for tests, where a browser may look at them.

mod notebook;

use serde_json::Value;

use notebook::{CHAPTER, CLAIMS, DRAWN, FIRST, METRICS, Notebook, STATEMENTS, THIRD, posts, said};

#[test]
fn nothing_moved() {
    let told = Notebook::new().review(&[]);
    assert_eq!(told.code, 0);
    told.is("nothing_moved");
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
    let notebook = Notebook::new();
    notebook.pend(FIRST, "value = 2e0", "value = 5e-1");
    notebook.review(&[]).is("a_control_stopped_failing");
}

#[test]
fn a_number_is_beyond_its_limit() {
    let notebook = Notebook::new();
    notebook.pend(FIRST, "value = 5e-1\nrelative = 1e-3\n", "value = 5e-1\nrelative = 1e-3\nat_most = 4e-1\n");
    notebook.review(&[]).is("a_number_is_beyond_its_limit");
}

#[test]
fn a_phrase_became_untrue() {
    let notebook = Notebook::new();
    notebook.pend(FIRST, "value = 5e-1", "value = 7.5e-1");
    notebook.review(&[]).is("a_phrase_became_untrue");
    // A phrase that was untrue before is no news.
    notebook.edit(FIRST, "value = 5e-1", "value = 7e-1");
    let told = notebook.review(&[]);
    assert!(!told.text.contains("UNTRUE"), "{}", told.text);
}

#[test]
fn a_claim_is_new() {
    let notebook = Notebook::new();
    notebook.edit(
        CLAIMS,
        "/// ## A third claim",
        "/// ## A fresh claim\n///\n/// It is {{share}}.\n///\n/// ```toml\n/// kind = \"bound\"\n/// headline = \"share\"\n/// breaks_when = \"it moves by {{moved}}.\"\n/// ```\n#[test]\nfn fresh_claim() {}\n\n/// ## A third claim",
    );
    notebook.write("snapshots/chapter__fresh_claim.snap.new", METRICS);
    notebook.review(&[]).is("a_claim_is_new");
}

#[test]
fn a_claim_was_removed() {
    let notebook = Notebook::new();
    let (kept, third) = CHAPTER.split_once("/// ## A third claim").expect("a third claim");
    assert!(third.contains("third_claim"));
    notebook.write(CLAIMS, kept);
    notebook.review(&[]).is("a_claim_was_removed");
    // Against the commit that had it, it is the same claim.
    std::fs::remove_file(notebook.root().join(THIRD)).expect("the snapshot");
    let told = notebook.review(&["--against", "HEAD"]);
    let claim = &told.json["claims"][0];
    assert_eq!((told.code, &claim["change"], &claim["title"]), (1, &"removed".into(), &"A third claim".into()));
    assert_eq!((&claim["sentences"][0]["before"], &claim["sentences"][0]["after"]), (&"It stays below 1.4 × 10⁻¹¹.".into(), &Value::Null));
}

#[test]
fn a_claim_that_git_does_not_know_is_called_by_its_snapshot() {
    let notebook = Notebook::new();
    let (kept, _) = CHAPTER.split_once("/// ## A third claim").expect("a third claim");
    notebook.write(CLAIMS, kept);
    notebook.commit("2020-02-05", "The third claim is no claim");
    let told = notebook.review(&[]);
    let claim = &told.json["claims"][0];
    assert_eq!((told.code, &claim["change"], &claim["title"], &claim["kind"]), (1, &"removed".into(), &"third_claim".into(), &Value::Null));
}

#[test]
fn a_figure_changed_and_no_metric_did() {
    let notebook = Notebook::new();
    notebook.pend(DRAWN, "y = [0e0, 1e0]", "y = [0e0, 8e-1]");
    notebook.review(&[]).is("a_figure_changed_and_no_metric_did");
}

#[test]
fn a_figure_has_other_axes() {
    let notebook = Notebook::new();
    notebook.pend(DRAWN, "name = \"y\"\nscale = \"linear\"\nticks = [0e0, 1e0]", "name = \"y\"\nscale = \"linear\"\nticks = [0e0, 2e0]");
    notebook.review(&[]).is("a_figure_has_other_axes");
}

#[test]
fn a_figure_left_its_axes() {
    let notebook = Notebook::new();
    notebook.pend(DRAWN, "y = [0e0, 1e0]", "y = [0e0, 2.34e0]");
    notebook.review(&[]).is("a_figure_left_its_axes");
}

#[test]
fn a_seed_is_beyond_the_limit_and_the_median_is_not() {
    let notebook = Notebook::new();
    let over = |lowest: &str| format!("relative = 1e-3\nat_least = 4e-1\nlowest = {lowest}\nhighest = 6e-1\nruns = 5\n\n[moved]");
    notebook.edit(FIRST, "relative = 1e-3\n\n[moved]", &over("4.5e-1"));
    notebook.pend(FIRST, "lowest = 4.5e-1", "lowest = 3.9e-1");
    let told = notebook.review(&[]);
    assert_eq!(told.json["summary"]["beyond_their_limits"], serde_json::json!([{ "claim": "first_claim", "metric": "share" }]));
    assert!(told.text.starts_with("▲ first_claim: share, must be at least 4e-1, lowest 4.5e-1 → 3.9e-1, -133.3 tolerances\n"), "{}", told.text);
}

#[test]
fn a_count_moved() {
    let notebook = Notebook::new();
    notebook.edit(THIRD, "value = 5e-1\nrelative = 1e-3", "exactly = 20");
    notebook.pend(THIRD, "exactly = 20", "exactly = 12");
    let told = notebook.review(&[]);
    assert!(told.text.starts_with("▲ third_claim: share 20 → 12, an exact count\n"), "{}", told.text);
    assert!(told.page.contains("<td class=\"r\">20 → 12</td>"));
}

#[test]
fn a_tolerance_was_widened() {
    let notebook = Notebook::new();
    notebook.pend(FIRST, "relative = 1e-3", "relative = 1e-1");
    notebook.review(&[]).is("a_tolerance_was_widened");
}

#[test]
fn a_verdict_changed_and_no_number_did() {
    let notebook = Notebook::new();
    notebook.edit(CLAIMS, "settles = { S1 = \"holds\" }", "settles = { S1 = \"holds if\", S2 = \"holds\" }");
    let posts = posts();
    let (kept, _) = posts.split_once("[[statement]]\nid = \"O1\"").expect("a statement");
    notebook.write(
        STATEMENTS,
        &format!(
            "{kept}[[statement]]\nid = \"S2\"\nat = {{ post = \"P\", section = \"\", passage = \"somewhere\" }}\nsort = \"assertion\"\nsays = \"It is new.\"\n"
        ),
    );
    assert_eq!(notebook.review(&[]).code, 0, "the accepted snapshots are those of the same claims");
    notebook.review(&["--against", "HEAD"]).is("a_verdict_changed_and_no_number_did");
}

#[test]
fn a_rate_moved() {
    let notebook = Notebook::new();
    let text = |held: u64| {
        format!("[claims.first_claim]\ndraws = \"101..140\"\nof = 40\nheld = {held}\ndrawn = true\nran = \"x\"\n\n[claims.first_claim.judgements]\n")
    };
    notebook.write("snapshots/replication.toml", &text(40));
    assert_eq!(notebook.review(&[]).json["rates"][0]["was"], Value::Null, "it was not replicated before");
    notebook.commit("2020-02-05", "Forty draws");
    assert_eq!(notebook.review(&[]).code, 0);
    notebook.write("snapshots/replication.toml", &text(38));
    for arguments in [&[][..], &["--against", "HEAD"]] {
        let told = notebook.review(arguments);
        assert_eq!((told.code, &told.json["rates"][0]["is"]), (1, &serde_json::json!([38, 40])));
        assert!(told.text.starts_with("▲ first_claim: held in 38 of 40 fresh draws, was 40 of 40\n"), "{}", told.text);
        assert!(told.page.contains("<b>held in 38 of 40 fresh draws, was 40 of 40</b>"));
    }
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
fn values_of_branches_are_read_up_to_their_merge() {
    let notebook = Notebook::new();
    let at = |day: &str, value: &str, subject: &str| {
        notebook.write(FIRST, &METRICS.replace("5e-1", value));
        notebook.commit(day, subject);
    };
    notebook.git(&["checkout", "--quiet", "-b", "side"]);
    at("2020-02-06", "5.2e-1", "On the side");
    notebook.git(&["checkout", "--quiet", "main"]);
    at("2020-02-05", "5.3e-1", "On main");
    notebook.git(&["merge", "--quiet", "--no-commit", "--strategy=ours", "side"]);
    at("2020-02-07", "5.4e-1", "Merge, with a value of its own");
    notebook.edit(FIRST, "value = 5.4e-1", "value = 5.6e-1");
    let json = notebook.review(&[]).json;
    let history = json["unmoved"][0]["history"].as_array().expect("a history");
    let value = |name: &str| history.iter().find(|step| step["subject"] == name).map(|step| step["value"].clone());
    let expected = [("On the side", 0.52), ("On main", 0.53), ("Merge, with a value of its own", 0.54), ("accepted, not committed", 0.56)];
    expected.iter().for_each(|(subject, number)| assert_eq!(value(subject), Some((*number).into()), "{subject} in {history:?}"));
    assert_eq!(history.last().map(|step| &step["value"]), Some(&0.56.into()));
}

#[test]
fn without_all_of_the_history_the_rest_is_the_same() {
    let notebook = Notebook::new();
    let clone = Notebook { folder: tempfile::tempdir().expect("a temporary folder") };
    let source = format!("file://{}", notebook.root().display());
    clone.git(&["clone", "--quiet", "--depth=1", &source, "."]);
    let moved = |notebook: &Notebook| {
        notebook.pend(FIRST, "value = 5e-1", "value = 5.5e-1");
        let told = notebook.review(&[]);
        (told.code, told.error.clone(), told.json["claims"][0]["metrics"].clone(), told)
    };
    let (code, error, metrics, whole) = moved(&notebook);
    let (shallow_code, shallow_error, shallow_metrics, shallow) = moved(&clone);
    assert_eq!((shallow_code, &shallow_error, &shallow_metrics), (code, &error, &metrics));
    assert!(whole.json["history_note"].is_null() && !whole.page.contains("This clone is shallow"));
    assert!(shallow.json["history_note"].as_str().is_some_and(|note| note.starts_with("This clone is shallow")), "{}", shallow.json["history_note"]);
    assert!(shallow.page.contains("This clone is shallow"));
    std::fs::remove_dir_all(notebook.root().join(".git")).expect("the repository");
    let (bare_code, bare_error, bare_metrics, bare) = moved(&notebook);
    assert_eq!((bare_code, bare_error, bare_metrics), (code, error, metrics));
    assert_eq!(bare.json["history_note"], "There is no history: this notebook is in no git repository.");
    notebook.git(&["init", "--quiet"]);
    assert!(notebook.review(&[]).json["history_note"].as_str().is_some_and(|note| note.starts_with("There is no history: ")));
    let (no_git, out, _) = said(notebook.command().arg("--json").env("PATH", ""));
    assert!(no_git == code && out.contains("There is no history: git cannot be run"), "{out}");
}

#[test]
fn what_a_user_tells_git_changes_nothing() {
    let notebook = Notebook::new();
    notebook.edit(FIRST, "value = 5e-1", "value = 5.5e-1");
    let configuration = "[log]\nshowSignature = true\nfollow = true\ndate = relative\ndecorate = full\ndiffMerges = off\n[color]\nui = always\n[core]\nabbrev = 5\nquotePath = true\n\
                         [diff]\nrenames = copies\nrelative = true\nnoprefix = true\n[format]\npretty = fuller\n";
    notebook.write("target/git-config", configuration);
    let against = ["--against", "HEAD~1", "--json"];
    let (code, plain, _) = notebook.run(&against);
    let configured = said(notebook.command().args(against).env("GIT_CONFIG_GLOBAL", notebook.root().join("target/git-config")));
    assert_eq!((configured.0, configured.1.as_str()), (code, plain.as_str()));
}

#[test]
fn help_shows_examples_and_exit_codes() {
    let (code, out, _) = Notebook::new().run(&["--help"]);
    assert_eq!(code, 0);
    for part in ["Examples:", "--against main", "--open", "--out <FILE>", "--json", "Exit code: 0 when nothing moved, 1 when something did, 2"] {
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
    refused(&["--against", "nowhere"], "git knows no revision `nowhere`; name a commit, a branch or a tag");
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
    assert!(error.contains("is in no git repository") || error.contains("git knows no revision"), "{error}");
    let (code, _, error) = said(notebook.command().args(["--against", "HEAD"]).env("PATH", ""));
    assert!(code == 2 && error.contains("git cannot be run"), "{error}");
}
