//! The summary, the first page with its verdicts, the notation.

use std::path::Path;

use maud::{Markup, html};

use super::parts::{badge, command, link, markup, separated, table, wide};
use super::{Loom, fresh};
use crate::notebook::book::page::Page;
use crate::notebook::registry::{Registry, STATEMENTS, Statement, Verdict};
use crate::publish::capital;

/// mdBook's table of contents.
pub(super) fn summary(registry: &Registry) -> Page {
    let mut out = format!("# Summary\n\n[{}](index.md)\n", registry.notebook.title);
    for chapter in &registry.chapters {
        if let Some(part) = &chapter.part {
            out.push_str(&format!("\n# {part}\n\n"));
        }
        out.push_str(&format!("- [{}]({}.md)\n", chapter.title, chapter.id));
    }
    Page::of(out).and("# Reference").and(
        "- [All claims](claims.md)\n- [Coverage](coverage.md)\n- [Room to spare](room.md)\n- [Notation](notation.md)",
    )
}

/// The first page: what this is, what the tests say of each statement, how to check it.
pub(super) fn first_page(loom: &mut Loom<'_>) -> Page {
    let registry = loom.registry;
    let opening = loom.lay(&registry.notebook.opening, "index.md", None).blocks;
    let rows: Vec<Markup> = registry.notebook.statements.iter().map(|statement| verdict_row(loom, statement)).collect();
    let first = registry.claims().next().map_or("", |claim| claim.id.as_str());
    let own = registry.notebook.check.as_ref();
    let commands = [
        Some(command("All claims", "cargo test --test claims")),
        Some(command("One claim", &format!("cargo test --test claims {first}"))),
        own.map(|check| command(&check.name, &check.command)),
    ];
    let does = own.map_or_else(String::new, |check| format!("; a third {}", check.does));
    let posts = if registry.notebook.posts.len() == 1 { "The post, in our words" } else { "The posts, in our words" };
    Page::of(format!("# {}", registry.notebook.title))
        .with(opening)
        .and("## What the tests say")
        .and(tally(registry))
        .and(wide(&table("verdicts", &["Verdict", posts, "The tests find"], &rows)))
        .and("## Check it yourself")
        .and(format!(
            "One command runs every claim; another runs one{does}. After the first build none of them needs a network."
        ))
        .and(commands.into_iter().flatten().collect::<Vec<_>>().join("\n"))
}

fn tally(registry: &Registry) -> Markup {
    let count = |verdict: Verdict| {
        registry.notebook.statements.iter().filter(|statement| registry.verdict(statement) == verdict).count()
    };
    let words = |verdict: Verdict, one: &str, many: &str| {
        let number = count(verdict);
        (number > 0).then(|| badge(verdict, &format!("{number} {}", if number == 1 { one } else { many })))
    };
    let badges = [
        words(Verdict::Holds, "holds", "hold"),
        words(Verdict::HoldsIf, "holds on a condition", "hold on a condition"),
        words(Verdict::False, "is false as stated", "are false as stated"),
        words(Verdict::Sound, "describes a sound method", "describe a sound method"),
        words(
            Verdict::SoundIf,
            "describes one that is sound on a condition",
            "describe one that is sound on a condition",
        ),
        words(Verdict::Unsound, "describes an unsound one", "describe an unsound one"),
        words(Verdict::Argued, "is argued, not tested", "are argued, not tested"),
    ];
    html! { div.tally { "\n" @for badge in badges.iter().flatten() { (badge) "\n" } } }
}

fn verdict_row(loom: &mut Loom<'_>, statement: &Statement) -> Markup {
    let registry = loom.registry;
    let verdict = registry.verdict(statement);
    let printed = [Some(&statement.says), statement.reading.as_ref(), statement.argument.as_ref()];
    printed.into_iter().flatten().for_each(|text| loom.check(Path::new(STATEMENTS), statement.line, text, "index.md"));
    let mut findings: Vec<Markup> = Vec::new();
    for claim in registry.settling(&statement.id) {
        let (finding, _) = loom.sentence(claim, "finding", &claim.head.finding, "index.md");
        findings.push(html! { (markup(&finding)) " " (link(claim)) (fresh::behind(loom, claim)) });
    }
    findings.extend(statement.argument.as_deref().map(markup));
    html! {
        tr id=(statement.id) {
            td { (badge(verdict, verdict.name())) }
            td { (says(registry, statement)) }
            td { (separated(findings, "<br>")) }
        }
    }
}

/// A statement in our words, how we read it, and where it stands in its post.
fn says(registry: &Registry, statement: &Statement) -> Markup {
    let at = &statement.at;
    let place = [&at.section, &at.passage]
        .into_iter()
        .filter(|part| !part.is_empty())
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ");
    let anchor = if at.anchor.is_empty() { String::new() } else { format!("#{}", at.anchor) };
    html! {
        span.says { (markup(&statement.says)) }
        @if let Some(reading) = &statement.reading { span.reading { (markup(reading)) } }
        span.where {
            @if let Some(post) = registry.notebook.post(&at.post) { a href={ (post.link) (anchor) } { (post.title) } ": " }
            (place) ". " (capital(statement.sort.name())) "."
        }
    }
}

/// What the symbols mean.
pub(super) fn notation(loom: &mut Loom<'_>) -> Page {
    Page::of("# Notation").and(loom.prose(&loom.registry.notebook.notation, "notation.md", None).markdown())
}
