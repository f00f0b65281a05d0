//! Where in a test each metric is recorded: the calls on its `Evidence`, and which names each can give a metric.
//!
//! A name is a string, a `format!` with holes, or a variable, which may be anything: the most literal call that fits a
//! metric is the one that recorded it. What it cannot see: calls inside macros and in helper functions.

use syn::visit::{self, Visit};

/// The methods of `Evidence` that record a metric under the name that is their first argument: held to it by a test.
const METHODS: [&str; 6] = ["measure", "breaks", "contrast", "rounding", "count", "exactly"];

/// A number that somebody is said to have computed, and that is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Typed {
    /// Its line.
    pub(super) line: usize,
}

/// The calls of `equals` in a test whose expected number is a literal, under whatever name: no road leads to it but a
/// typist's.
pub(super) fn typed(test: &syn::ItemFn) -> Vec<Typed> {
    struct Expected(Vec<Typed>);
    impl<'ast> Visit<'ast> for Expected {
        fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
            use syn::spanned::Spanned as _;
            if call.method == "equals" && call.args.first().is_some_and(is_literal) {
                self.0.push(Typed { line: call.args.span().start().line });
            }
            visit::visit_expr_method_call(self, call);
        }
    }
    let mut found = Expected(Vec::new());
    found.visit_item_fn(test);
    found.0
}

fn is_literal(expression: &syn::Expr) -> bool {
    match expression {
        syn::Expr::Lit(_) => true,
        syn::Expr::Unary(unary) => is_literal(&unary.expr),
        syn::Expr::Paren(inner) => is_literal(&inner.expr),
        syn::Expr::Binary(binary) => is_literal(&binary.left) && is_literal(&binary.right),
        syn::Expr::Path(path) => {
            path.path.segments.last().is_some_and(|name| name.ident.to_string().chars().all(|c| !c.is_lowercase()))
        }
        _ => false,
    }
}

/// One call that records evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertion {
    /// What is fixed of the name, before, between and after its holes.
    pieces: Vec<String>,
    /// The first line of the call in its file.
    pub first: usize,
    /// Its last line.
    pub last: usize,
    /// Line and column of its receiver, which tells calls apart.
    start: (usize, usize),
}

/// The calls of a test that record evidence, in order.
pub(super) fn assertions(test: &syn::ItemFn) -> Vec<Assertion> {
    let mut calls = Calls::default();
    calls.visit_item_fn(test);
    calls.found
}

/// The call that recorded `metric`: of those that fit, the one with the most of its name fixed.
pub(super) fn of<'a>(all: &'a [Assertion], metric: &str) -> Option<&'a Assertion> {
    // The first of equals, and `max_by_key` takes the last.
    all.iter()
        .rev()
        .filter(|assertion| assertion.fits(metric))
        .max_by_key(|assertion| assertion.pieces.iter().map(String::len).sum::<usize>())
}

impl Assertion {
    fn fits(&self, metric: &str) -> bool {
        let [first, holes @ ..] = self.pieces.as_slice() else { return false };
        let Some((last, inner)) = holes.split_last() else { return first == metric };
        let rest = metric.strip_prefix(first.as_str()).and_then(|rest| rest.strip_suffix(last.as_str()));
        rest.is_some_and(|rest| {
            inner.iter().try_fold(rest, |rest, piece| rest.split_once(piece.as_str()).map(|(_, rest)| rest)).is_some()
        })
    }
}

#[derive(Default)]
struct Calls {
    /// What the variables are called that hold evidence.
    receivers: Vec<syn::Ident>,
    found: Vec<Assertion>,
}

impl<'ast> Visit<'ast> for Calls {
    fn visit_local(&mut self, local: &'ast syn::Local) {
        let is_new = |call: &syn::ExprCall| matches!(&*call.func, syn::Expr::Path(path) if ends_with(&path.path, ["Evidence", "new"]));
        if let (syn::Pat::Ident(variable), Some(init)) = (&local.pat, &local.init)
            && matches!(&*init.expr, syn::Expr::Call(call) if is_new(call))
        {
            self.receivers.push(variable.ident.clone());
        }
        visit::visit_local(self, local);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        use syn::spanned::Spanned as _;
        // What follows `measure` in a chain of calls belongs to it.
        let links = std::iter::successors(Some(call), |call| match &*call.receiver {
            syn::Expr::MethodCall(inner) => Some(inner),
            _ => None,
        });
        let holds = |path: &syn::Path| self.receivers.iter().any(|receiver| path.is_ident(receiver));
        let on_evidence = |receiver: &syn::Expr| matches!(receiver, syn::Expr::Path(variable) if holds(&variable.path));
        let root = links.last().filter(|root| on_evidence(&root.receiver));
        let (first, last) = (call.span().start().line, call.paren_token.span.close().end().line);
        if let Some(root) = root
            && METHODS.iter().any(|method| root.method == method)
            && !self.found.iter().any(|other| other.start == (root.span().start().line, root.span().start().column))
        {
            let pieces = root.args.first().map_or_else(anything, pieces);
            let start = (root.span().start().line, root.span().start().column);
            self.found.push(Assertion { pieces, first, last, start });
        }
        visit::visit_expr_method_call(self, call);
    }
}

fn ends_with(path: &syn::Path, names: [&str; 2]) -> bool {
    let last: Vec<&syn::Ident> = path.segments.iter().rev().take(2).map(|segment| &segment.ident).collect();
    matches!(last[..], [last, before] if before == names[0] && last == names[1])
}

fn anything() -> Vec<String> {
    vec![String::new(), String::new()]
}

fn pieces(name: &syn::Expr) -> Vec<String> {
    match name {
        syn::Expr::Reference(reference) => pieces(&reference.expr),
        syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => vec![text.value()],
        syn::Expr::Macro(call) if call.mac.path.is_ident("format") => {
            let text = call.mac.parse_body_with(|input: syn::parse::ParseStream<'_>| {
                let text: syn::LitStr = input.parse()?;
                input.parse::<proc_macro2::TokenStream>()?;
                Ok(text.value())
            });
            text.map_or_else(|_| anything(), |text| fixed(&text))
        }
        _ => anything(),
    }
}

/// What a format string fixes: its text between the holes.
fn fixed(format: &str) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut rest = format;
    while let Some((piece, after)) = rest.split_once('{') {
        pieces.push(piece.to_owned());
        rest = after.split_once('}').map_or("", |(_, after)| after);
    }
    pieces.push(rest.to_owned());
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_that_takes_a_name_is_looked_for() {
        let file: syn::File = syn::parse_str(include_str!("../claim/evidence.rs")).expect("Rust");
        let methods = file.items.iter().filter_map(|item| match item {
            syn::Item::Impl(block) => Some(block.items.iter()),
            _ => None,
        });
        let named = methods.flatten().filter_map(|item| match item {
            syn::ImplItem::Fn(method) if matches!(method.vis, syn::Visibility::Public(_)) => {
                let takes_name = method
                    .sig
                    .inputs
                    .iter()
                    .any(|input| matches!(input, syn::FnArg::Typed(typed) if matches!(&*typed.pat, syn::Pat::Ident(argument) if argument.ident == "name")));
                takes_name.then(|| method.sig.ident.to_string())
            }
            _ => None,
        });
        let (mut named, mut looked_for) = (named.collect::<Vec<_>>(), METHODS.map(str::to_owned));
        named.sort();
        looked_for.sort();
        assert_eq!(named, looked_for);
    }

    #[test]
    fn the_most_literal_call_that_fits_recorded_a_metric() {
        let test: syn::ItemFn = syn::parse_str(
            "fn a_claim() -> Outcome {\n    let mut kept = Evidence::new();\n    for (name, gap) in cases {\n        kept.rounding(name, \"a\", gap, bound);\n        kept.measure(&format!(\"error_{name}\"), \"b\", &gaps).within(relative(0.1)).at_most(1.0);\n        kept.measure(\n            \"error_sine\", \"c\", 1.0,\n        ).within(relative(0.1)).noted();\n    }\n    other.measure(\"elsewhere\");\n    record!(kept)\n}",
        )
        .expect("a function");
        let all = assertions(&test);
        let lines = |metric: &str| of(&all, metric).map(|found| (found.first, found.last));
        assert_eq!(all.len(), 3);
        assert_eq!(lines("error_sine"), Some((6, 8)));
        assert_eq!(lines("error_diabetes"), Some((5, 5)));
        assert_eq!(lines("elsewhere"), Some((4, 4)));
        assert_eq!(of(&all[1..], "elsewhere"), None);
    }

    #[test]
    fn a_typed_expectation_is_seen() {
        let test: syn::ItemFn = syn::parse_str(
            "fn a() {\n    evidence.measure(\"a\", \"a\", x).within(t).equals(0.8795, \"a source\", t);\n    evidence.measure(\"b\", \"b\", x).within(t).equals(-(1.0), \"a\", t);\n    evidence.measure(\"c\", \"c\", x).within(t).equals(f(1.0), \"a\", t);\n    evidence.measure(\"e\", \"e\", x).within(t).equals(self::LEVEL, \"a\", t);\n    evidence.measure(\"g\", \"g\", x).within(t).equals(1.0 - 0.25, \"a\", t);\n    evidence.measure(\"d\", \"d\", x).within(t).published(0.5, \"a\", t);\n}",
        )
        .expect("a function");
        assert_eq!(typed(&test).iter().map(|typed| typed.line).collect::<Vec<_>>(), [2, 3, 5, 6]);
    }

    #[test]
    fn holes_stand_for_anything_and_the_rest_must_fit_in_order() {
        let fits =
            |format: &str, name: &str| Assertion { pieces: fixed(format), first: 1, last: 1, start: (1, 1) }.fits(name);
        assert!(fits("a_{x}_b_{y:?}", "a_1_b_2") && fits("{x}", "") && fits("same", "same"));
        assert!(!fits("a_{x}_b_{y}", "a_b_") && !fits("same", "sames") && !fits("ab{x}b", "ab"));
    }
}
