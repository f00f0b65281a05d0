//! Every fault that can be in a notebook, put into a small one, and the sentence that reports it.

use crate::notebook::{CLAIMS, METRICS, Notebook, SNAP, told};

/// A file, what is replaced in it, by what, and what must be reported.
type Fault = (&'static str, &'static str, &'static str, &'static str);

#[test]
fn every_fault_in_the_sources_is_named_with_file_line_and_cure() {
    let faults: [Fault; 55] = [
        (
            CLAIMS,
            "{{gap}}, the share",
            "{{gone}}, the share",
            "chapter.rs:7: `{{gone}}` dangles: `chapter_claim` records no metric `gone`; record it in the test, or quote one of: gap, share, moved",
        ),
        (CLAIMS, "{{gap}}, the share", "{{gap, the share", "chapter.rs:7: "),
        (
            CLAIMS,
            "{{gap}}, the share",
            "$x \\le {{gap}}$, the share",
            "chapter.rs:7: a reference stands inside mathematics; close the formula before it",
        ),
        (
            CLAIMS,
            "![What to see.](figure)",
            "![What to see.](figure) {{open",
            "chapter.rs:9: `{{` is never closed; write",
        ),
        (CLAIMS, "{{gap}}, the share", "{{nobody/gap}}, the share", "chapter.rs:7: `{{nobody/gap}}` names no claim"),
        (CLAIMS, "{{share:.2}}", "{{share:x}}", "chapter.rs:7: `{{share:x}}` asks for the digits `x`"),
        (CLAIMS, "{{share:.2}}", "{{share.lowest}}", "chapter.rs:7: `{{share.lowest}}` asks for `.lowest`"),
        (
            CLAIMS,
            "{{share|about half|0.4..0.6}}",
            "{{share|about half}}",
            "chapter.rs:7: `{{share|about half}}` is a phrase without a range; write",
        ),
        (CLAIMS, "0.4..0.6", "0.6..0.7", "chapter.rs:7: `{{share|about half|0.6..0.7}}` is no longer true"),
        (
            CLAIMS,
            "The gap stays below {{gap}}, the",
            "The",
            "chapter.rs:15: the headline metric `gap` of `chapter_claim` is absent from its prose",
        ),
        (CLAIMS, "the share is", "the 0.25 share is", "chapter.rs:7: the decimal 0.25 is typed into prose"),
        (CLAIMS, "the share is", "the share $0.25$ is", "chapter.rs:7: the decimal 0.25 is typed into mathematics"),
        (CLAIMS, "the share is", "the share $\\frac{1}$ is", "chapter.rs:7: the formula `\\frac{1}` cannot be set"),
        (CLAIMS, "opens with $x^2$", "opens with $\\nonsense$", "chapter.rs:3: the formula"),
        (
            CLAIMS,
            "it moves by {{moved}}.\"\n/// ```\n#[test]\nfn chapter_claim",
            "it moves by {{gap}}.\"\n/// ```\n#[test]\nfn chapter_claim",
            "chapter.rs:16: `breaks_when` of `chapter_claim` quotes none of its controls and contrasts",
        ),
        (
            CLAIMS,
            "it moves by {{moved}}.\"\n/// ```\n#[test]\nfn chapter_claim",
            "it moves by {{second_claim/moved}}.\"\n/// ```\n#[test]\nfn chapter_claim",
            "chapter.rs:16: `breaks_when` of `chapter_claim` quotes none of its controls and contrasts",
        ),
        (
            CLAIMS,
            "it moves by {{moved}}.\"\n/// ```\n#[test]\nfn chapter_claim",
            "it moves.\"\n/// ```\n#[test]\nfn chapter_claim",
            "chapter.rs:16: `breaks_when` of `chapter_claim` quotes none of its controls and contrasts",
        ),
        (
            CLAIMS,
            "/// breaks_when = \"it moves by {{moved}}.\"\n/// ```\n#[test]\nfn chapter_claim",
            "/// ```\n#[test]\nfn chapter_claim",
            "the head of `chapter_claim`: missing field `breaks_when`",
        ),
        (
            CLAIMS,
            "breaks_when = \"it moves by {{moved}}.\"",
            "breaks_when = \"\"",
            "`breaks_when` of `chapter_claim` is empty",
        ),
        (CLAIMS, "/// kind = \"identity\"\n", "", "the head of `chapter_claim`: missing field `kind`"),
        (CLAIMS, "kind = \"identity\"", "kind = \"guess\"", "chapter.rs:12: the head of `chapter_claim`: "),
        (CLAIMS, "/// ## A claim holds\n", "", "chapter.rs:5: the claim `chapter_claim` has no title"),
        (
            CLAIMS,
            "/// ## Another claim holds\n///\n/// It stays below {{gap}}.\n///\n/// ```toml\n/// kind = \"bound\"\n/// uses = [\"chapter_claim\"]\n/// headline = \"gap\"\n/// breaks_when = \"it moves by {{moved}}.\"\n/// ```\n",
            "",
            "chapter.rs:24: the claim `second_claim` has no statement",
        ),
        (CLAIMS, "fn second_claim", "fn chapter_claim", "duplicate claim id `chapter_claim`"),
        (
            CLAIMS,
            "uses = [\"chapter_claim\"]",
            "uses = [\"nobody\"]",
            "chapter.rs:29: `second_claim` uses `nobody`, which is no claim",
        ),
        (
            CLAIMS,
            "uses = [\"chapter_claim\"]",
            "uses = [\"second_claim\"]",
            "`uses` goes round in a circle: second_claim → second_claim",
        ),
        (
            CLAIMS,
            "S1 = \"holds\"",
            "S9 = \"holds\"",
            "chapter.rs:13: `chapter_claim` settles `S9`, which is no statement",
        ),
        (
            CLAIMS,
            "S1 = \"holds\"",
            "S1 = \"false as stated\"",
            "statements.toml:8: S1 is “false as stated” and no counterexample says so",
        ),
        (
            CLAIMS,
            "uses = [\"chapter_claim\"]",
            "settles = { S1 = \"holds if\" }\n/// finding = \"x\"",
            "“holds if”, another claim says “holds”; give both claims one verdict",
        ),
        (
            CLAIMS,
            "settles = { S1",
            "settles = { O1 = \"holds\", S1",
            "`chapter_claim` says of O1 “holds”, and it is an interpretation; no test settles an interpretation",
        ),
        (
            CLAIMS,
            "S1 = \"holds\"",
            "S1 = \"sound\"",
            "`chapter_claim` says of S1 “sound”, and it is an assertion; say one of: holds, holds if, false as stated",
        ),
        (
            CLAIMS,
            "/// finding = \"It holds, within {{gap}}.\"\n",
            "",
            "`chapter_claim` settles a statement and has no `finding`",
        ),
        (
            CLAIMS,
            "![What to see.](figure)",
            "![](figure)",
            "chapter.rs:9: the figure of `chapter_claim` has no caption",
        ),
        (CLAIMS, "![What to see.](figure)", "", "the figure of `chapter_claim` is recorded and not shown"),
        (
            CLAIMS,
            "It stays below {{gap}}.",
            "It stays below {{gap}}.\n///\n/// ![Nothing.](figure)",
            "chapter.rs:27: `second_claim` has recorded no figure",
        ),
        (CLAIMS, "fn second_claim() {", "fn second_claim( {", "chapter.rs:"),
        (
            SNAP,
            "\n[moved.removed]\nfrom = \"gap\"\nhypothesis = \"nothing moves\"\nby = 1e1\n",
            "",
            "`chapter_claim` has no control and no contrast",
        ),
        (
            "tests/claims/statements.toml",
            "argument = \"Who can say?\"\n",
            "",
            "statements.toml:15: O1 is an interpretation without `argument`; an interpretation is argued",
        ),
        (
            "tests/claims/statements.toml",
            "sort = \"interpretation\"",
            "sort = \"description\"",
            "statements.toml:15: O1 is a description with an `argument`",
        ),
        (
            "tests/claims/statements.toml",
            "post = \"P\", section = \"First\"",
            "post = \"Q\", section = \"First\"",
            "statements.toml:8: S1 stands in the post `Q`, which is not listed",
        ),
        (
            "tests/claims/statements.toml",
            "As it is read.",
            "As it is 0.5 read.",
            "statements.toml:8: the decimal 0.5 is typed into prose",
        ),
        (
            "tests/claims/statements.toml",
            "It is so.",
            "It is 0.5 so.",
            "statements.toml:8: the decimal 0.5 is typed into prose",
        ),
        (CLAIMS, "A claim holds", "A claim holds $\\frac{1}$", "the formula `\\frac{1}` cannot be set"),
        (
            CLAIMS,
            "A claim holds",
            "A claim {{share|holds half|0.6..0.7}}",
            "chapter.rs:5: `{{share|holds half|0.6..0.7}}` is no longer true",
        ),
        (
            CLAIMS,
            "evidence.rounding(\"gap\", gap < bound);",
            "evidence.measure(\"gap\", \"w\", gap).within(t).equals(0.8795, \"s\", t);",
            "chapter.rs:20: `chapter_claim` expects a number that is typed; compute it by another road",
        ),
        (
            CLAIMS,
            "kind = \"identity\"\n/// settles = { S1 = \"holds\" }\n/// finding = \"It holds",
            "kind = \"measured\"\n/// settles = { S1 = \"holds\" }\n/// finding = \"It always holds",
            "chapter.rs:19: “always” in title or finding of `chapter_claim` stands on nothing; write `{{metric|always|low..high}}`, or name in the head",
        ),
        (
            CLAIMS,
            "kind = \"identity\"\n/// settles = { S1 = \"holds\" }\n/// finding = \"It holds",
            "kind = \"measured\"\n/// words = { always = \"share\" }\n/// settles = { S1 = \"holds\" }\n/// finding = \"It always holds",
            "“always” of `chapter_claim` stands on `share`, which is no judged metric and no reason",
        ),
        (
            CLAIMS,
            "kind = \"identity\"",
            "kind = \"measured\"\n/// words = { never = \"gap\" }",
            "`words` of `chapter_claim` speaks of “never”, which is in neither title nor finding; remove it",
        ),
        (
            CLAIMS,
            "![What to see.](figure)",
            "![What to see.](other.png)",
            "chapter.rs:9: the image `other.png` is not a figure of a claim",
        ),
        (
            SNAP,
            "the gap, $\\\\|A\\\\|$",
            "the gap, $\\\\frac{1}$",
            "chapter__chapter_claim.snap:4: the label of `gap` holds a formula that cannot be set",
        ),
        (
            CLAIMS,
            "evidence.rounding(\"gap\", gap < bound); evidence.measure(name",
            "evidence.measure(\"g{}\"",
            "no call in the test `chapter_claim` records the metric `gap`; record it",
        ),
        (
            SNAP,
            "at_least = 1e0",
            "at_least = 1.999e0",
            "chapter.rs:19: `moved` of `chapter_claim` could cross its limit without a snapshot that shows it: 0.50 tolerances; move the limit, or say",
        ),
        (
            SNAP,
            "headroom = 3",
            "headroom = 7",
            "chapter.rs:19: `gap` of `chapter_claim` is very far from its limit: 7 decades; move the limit, or say",
        ),
        (
            CLAIMS,
            "{{moved}}.\"\n/// ```",
            "{{moved}}.\"\n///\n/// [room]\n/// gap = \"It is near.\"\n/// ```",
            "chapter.rs:19: `room` of `chapter_claim` gives a reason for `gap`, which needs none; remove it",
        ),
        (SNAP, "headroom = 3", "headroom = three", "chapter__chapter_claim.snap:7: "),
    ];
    for (path, from, to, expected) in faults {
        let notebook = Notebook::new();
        notebook.edit(path, from, to);
        let told = told(notebook.weave());
        assert!(told.contains(expected), "after “{from}” → “{to}” expected\n  {expected}\nwas told\n  {told}");
        assert!(told.lines().all(|line| line.contains("; ")), "every problem names its cure:\n{told}");
    }
}

#[test]
fn a_decimal_in_mathematics_is_a_constant_that_the_head_lists() {
    let notebook = Notebook::new();
    notebook.edit(CLAIMS, "the share is", "the share $0.25$ is");
    notebook.edit(CLAIMS, "kind = \"identity\"", "kind = \"identity\"\n/// constants = [\"0.25\"]");
    assert_eq!(told(notebook.weave()), "");
    notebook.edit(CLAIMS, "constants = [\"0.25\"]", "constants = [\"0.5\"]");
    assert!(told(notebook.weave()).contains("chapter.rs:7: the decimal 0.25 is typed into mathematics"));
}

#[test]
fn snapshots_and_claims_pair() {
    let notebook = Notebook::new();
    notebook.write("snapshots/chapter__forgotten.snap", METRICS);
    assert!(
        told(notebook.weave())
            .contains("snapshots/chapter__forgotten.snap: is an orphan: no claim records it; delete it")
    );
    let notebook = Notebook::new();
    std::fs::remove_file(notebook.root().join(SNAP)).expect("the snapshot");
    let run = "run `INSTA_UPDATE=always cargo test --test claims chapter_claim`";
    let told_of = told(notebook.weave());
    for expected in [
        format!("chapter.rs:19: the claim `chapter_claim` has no snapshot; {run}"),
        format!("chapter.rs:7: `{{{{gap}}}}` cannot be read: `chapter_claim` has no snapshot yet; {run}"),
    ] {
        assert!(told_of.contains(&expected), "expected {expected}, was told\n{told_of}");
    }
    let notebook = Notebook::new();
    notebook.edit(
        "snapshots/chapter__chapter_claim.figure.snap",
        "ticks = [0e0, 1e0]\n\n[y]",
        "ticks = [0e0, 1e-1]\n\n[y]",
    );
    assert!(told(notebook.weave()).contains("the series `s` has points outside the axes: widen the ticks"));
}

#[test]
fn faults_that_only_the_html_shows_are_found_there() {
    let faults = [
        (
            "[the notation](notation.md)",
            "[nothing](nowhere.md)",
            "chapter.html:",
            "the link `nowhere.html` leads to no file",
        ),
        (
            "[the notation](notation.md)",
            "[nothing](notation.md#lost)",
            "chapter.html:",
            "the link `notation.html#lost` leads to no anchor",
        ),
        (
            "It opens",
            "<img src=\"https://example.org/a.png\" alt=\"a\"> It opens",
            "chapter.html:",
            "`<img>` fetches `https://example.org/a.png` from outside the book",
        ),
        (
            "It opens",
            "<img src=\"figures/chapter_claim.svg\"> It opens",
            "chapter.html:",
            "an image has no alternative text",
        ),
        ("It opens", "<b>&#123;&#123;lost}}</b> It opens", "chapter.html:", "a reference was left unwoven"),
    ];
    for (from, to, place, expected) in faults {
        let notebook = Notebook::new();
        notebook.edit(CLAIMS, from, to);
        let told = told(notebook.render());
        assert!(told.contains(place) && told.contains(expected), "after {to} expected {expected}, was told\n{told}");
        assert!(!notebook.out().exists(), "a book with faults is not put in place");
    }
}
