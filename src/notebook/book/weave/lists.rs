//! The summary, the first page with its verdicts, the notation.

use std::path::Path;

use super::parts::badge;
use super::{Loom, escape, fresh, markup};
use crate::notebook::book::prose::{self, Medium, Place};
use crate::notebook::registry::{Registry, STATEMENTS, Statement, Verdict};
use crate::publish::capital;

/// mdBook's table of contents.
pub(super) fn summary(registry: &Registry) -> String {
    let mut out = format!("# Summary\n\n[{}](index.md)\n", registry.title);
    for chapter in &registry.chapters {
        if let Some(part) = &chapter.part {
            out.push_str(&format!("\n# {part}\n\n"));
        }
        out.push_str(&format!("- [{}]({}.md)\n", chapter.title, chapter.id));
    }
    out + "\n# Reference\n\n- [All claims](claims.md)\n- [Coverage](coverage.md)\n- [Room to spare](room.md)\n- [Notation](notation.md)\n"
}

/// The first page: what this is, what the tests say of each statement, how to check it.
pub(super) fn first_page(loom: &mut Loom<'_>) -> String {
    let registry = loom.registry;
    let (opening, _) = loom.prose(&registry.opening, Place { page: "index.md", claim: None, medium: Medium::Page });
    let (opening, _) = loom.place_figures(&registry.opening, &opening, None, "opening-");
    let rows: Vec<String> = registry.statements.iter().map(|statement| verdict_row(loom, statement)).collect();
    let first = registry.claims().next().map_or("", |claim| claim.id.as_str());
    format!(
        "# {}\n\n{}\n\n## What the tests say\n\n{}\n\n<div class=\"wide\">\n<table class=\"verdicts\">\n<thead><tr><th>Verdict</th><th>The posts, in our words</th><th>The tests find</th></tr></thead>\n<tbody>\n{}\n</tbody>\n</table>\n</div>\n\n## Check it yourself\n\nOne command runs every claim; another runs one; a third makes the experiment on a table of your own. After the first build none of them needs a network.\n\n{}\n{}\n{}\n",
        registry.title,
        opening.trim(),
        tally(registry),
        rows.join("\n"),
        command("All claims", "cargo test --test claims"),
        command("One claim", &format!("cargo test --test claims {first}")),
        command("Your table", "cargo run -- compare data.csv --target y"),
    )
}

fn command(name: &str, line: &str) -> String {
    format!("<div class=\"command\"><span>{name}</span>\n\n```text\n{line}\n```\n\n</div>")
}

fn tally(registry: &Registry) -> String {
    let count = |verdict: Verdict| registry.statements.iter().filter(|statement| registry.verdict(statement) == verdict).count();
    let words = |verdict: Verdict, one: &str, many: &str| {
        let number = count(verdict);
        (number > 0).then(|| badge(verdict, &format!("{number} {}", if number == 1 { one } else { many })))
    };
    let badges = [
        words(Verdict::Holds, "holds", "hold"),
        words(Verdict::HoldsIf, "holds on a condition", "hold on a condition"),
        words(Verdict::False, "is false as stated", "are false as stated"),
        words(Verdict::Sound, "describes a sound method", "describe a sound method"),
        words(Verdict::SoundIf, "describes one that is sound on a condition", "describe one that is sound on a condition"),
        words(Verdict::Unsound, "describes an unsound one", "describe an unsound one"),
        words(Verdict::Argued, "is argued, not tested", "are argued, not tested"),
    ];
    format!("<div class=\"tally\">\n{}\n</div>", badges.into_iter().flatten().collect::<Vec<_>>().join("\n"))
}

fn verdict_row(loom: &mut Loom<'_>, statement: &Statement) -> String {
    let registry = loom.registry;
    let verdict = registry.verdict(statement);
    loom.check(Path::new(STATEMENTS), statement.line, &statement.says, "index.md");
    loom.check(Path::new(STATEMENTS), statement.line, statement.reading.as_deref().unwrap_or_default(), "index.md");
    loom.check(Path::new(STATEMENTS), statement.line, statement.argument.as_deref().unwrap_or_default(), "index.md");
    let mut findings: Vec<String> = Vec::new();
    for claim in registry.settling(&statement.id) {
        let (finding, _) = loom.sentence(claim, "finding", &claim.head.finding, "index.md");
        findings.push(format!(
            "{} <a href=\"{}#{}\">{}</a>{}",
            markup(finding.trim()),
            prose::page(claim),
            claim.id,
            markup(&claim.title),
            fresh::behind(loom, claim)
        ));
    }
    findings.extend(statement.argument.as_deref().map(markup));
    format!(
        "<tr id=\"{}\"><td>{}</td><td>{}</td><td>{}</td></tr>",
        statement.id,
        badge(verdict, verdict.name()),
        says(registry, statement),
        findings.join("<br>")
    )
}

/// A statement in our words, how we read it, and where it stands in its post.
fn says(registry: &Registry, statement: &Statement) -> String {
    let reading = statement.reading.as_deref().map_or(String::new(), |reading| format!("<span class=\"reading\">{}</span>", markup(reading)));
    let at = &statement.at;
    let place = [&at.section, &at.passage].into_iter().filter(|part| !part.is_empty()).map(|part| escape(part)).collect::<Vec<_>>().join(", ");
    let link = registry.post(&at.post).map_or(String::new(), |post| {
        let anchor = if at.anchor.is_empty() { String::new() } else { format!("#{}", at.anchor) };
        format!("<a href=\"{}\">{}</a>: ", escape(&format!("{}{anchor}", post.link)), escape(&post.title))
    });
    format!("<span class=\"says\">{}</span>{reading}<span class=\"where\">{link}{place}. {}.</span>", markup(&statement.says), capital(statement.sort.name()))
}

/// What the symbols mean.
pub(super) fn notation(loom: &mut Loom<'_>) -> String {
    let (markdown, _) = loom.prose(&loom.registry.notation, Place { page: "notation.md", claim: None, medium: Medium::Page });
    format!("# Notation\n\n{}", markdown.trim())
}
