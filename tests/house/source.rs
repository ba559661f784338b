//! What the rules need of a file: its paths, string literals, modules, `impl` blocks and lines of code.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

/// A parsed file. Lines are counted from 1.
#[derive(Debug, Default)]
pub struct Source {
    /// The text.
    pub text: String,
    /// Every path in the code, those in macro calls too, with expanded `use` groups: (line, segments).
    pub paths: Vec<(usize, Vec<String>)>,
    /// Every string literal: (line, content).
    pub strings: Vec<(usize, String)>,
    /// What every `use` brings in.
    pub uses: Vec<Use>,
    /// Every `mod name;`: (line, name).
    pub modules: Vec<(usize, String)>,
    /// The type of every `impl` block without a trait: (line, name).
    pub impls: Vec<(usize, String)>,
    /// Every public asynchronous function and method.
    pub services: Vec<Service>,
    /// The lines with code on them, neither blank nor comment, some of them twice.
    code: Vec<usize>,
    /// The lines that are compiled only for tests.
    tests: Vec<RangeInclusive<usize>>,
}

/// A public asynchronous function.
#[derive(Debug)]
pub struct Service {
    /// Its line.
    pub line: usize,
    /// Its name.
    pub name: String,
    /// Whether its first statement asks for a permission: `scope(actor, …)?` or `require(actor, …)?`.
    pub asks_first: bool,
}

/// One name of a `use`.
#[derive(Debug)]
pub struct Use {
    /// Its line.
    pub line: usize,
    /// The path, without the `*` of a glob import.
    pub path: Vec<String>,
    /// The name that it has here; `None` for a glob import.
    pub name: Option<String>,
}

impl Source {
    /// Returns `true` if the line is compiled only for tests.
    pub fn is_test(&self, line: usize) -> bool {
        self.tests.iter().any(|lines| lines.contains(&line))
    }

    /// The number of lines with code on them, without those that are compiled only for tests.
    pub fn code_lines(&self) -> usize {
        let lines: BTreeSet<usize> = self.code.iter().copied().filter(|line| !self.is_test(*line)).collect();
        lines.len()
    }
}

/// Parses a file.
pub fn read(text: &str) -> syn::Result<Source> {
    let mut source = Source { text: text.to_owned(), ..Source::default() };
    let tokens: TokenStream = text.parse()?;
    source.visit_file(&syn::parse2(tokens.clone())?);
    source.read_tokens(tokens);
    Ok(source)
}

fn word(ident: &Ident) -> String {
    ident.to_string().trim_start_matches("r#").to_owned()
}

impl Visit<'_> for Source {
    fn visit_item_mod(&mut self, module: &syn::ItemMod) {
        if module.content.is_none() {
            self.modules.push((module.ident.span().start().line, word(&module.ident)));
        }
        visit::visit_item_mod(self, module);
    }

    fn visit_item_impl(&mut self, block: &syn::ItemImpl) {
        if let (None, syn::Type::Path(path)) = (&block.trait_, &*block.self_ty)
            && let Some(last) = path.path.segments.last()
        {
            self.impls.push((block.impl_token.span.start().line, word(&last.ident)));
        }
        visit::visit_item_impl(self, block);
    }

    fn visit_item_fn(&mut self, function: &syn::ItemFn) {
        self.read_service(&function.vis, &function.sig, &function.block);
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &syn::ImplItemFn) {
        self.read_service(&function.vis, &function.sig, &function.block);
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_item_use(&mut self, item: &syn::ItemUse) {
        self.read_use(&item.tree, &[]);
    }
}

/// Whether a permission is asked for, and the error returned, with the actor in the first place.
#[derive(Default)]
struct Asks(bool);

impl Visit<'_> for Asks {
    fn visit_expr_try(&mut self, asked: &syn::ExprTry) {
        let is = |expression: &syn::Expr, names: &[&str]| match expression {
            syn::Expr::Path(path) => names.iter().any(|name| path.path.is_ident(name)),
            _ => false,
        };
        if let syn::Expr::Call(call) = &*asked.expr {
            let by_the_actor = call.args.first().is_some_and(|first| is(first, &["actor"]));
            self.0 |= by_the_actor && is(&call.func, &["scope", "require"]);
        }
    }
}

/// Names, by the syntax of items.
impl Source {
    fn read_service(&mut self, visibility: &syn::Visibility, signature: &syn::Signature, body: &syn::Block) {
        if !matches!(visibility, syn::Visibility::Public(_)) || signature.asyncness.is_none() {
            return;
        }
        let mut asks = Asks::default();
        if let Some(first) = body.stmts.first() {
            asks.visit_stmt(first);
        }
        let line = signature.ident.span().start().line;
        self.services.push(Service { line, name: word(&signature.ident), asks_first: asks.0 });
    }

    fn read_use(&mut self, tree: &syn::UseTree, before: &[String]) {
        let with = |ident: &Ident| [before, &[word(ident)]].concat();
        let (path, name) = match tree {
            syn::UseTree::Path(path) => return self.read_use(&path.tree, &with(&path.ident)),
            syn::UseTree::Group(group) => return group.items.iter().for_each(|item| self.read_use(item, before)),
            syn::UseTree::Glob(_) => (before.to_vec(), None),
            syn::UseTree::Name(name) if name.ident == "self" => (before.to_vec(), before.last().cloned()),
            syn::UseTree::Name(name) => (with(&name.ident), Some(word(&name.ident))),
            syn::UseTree::Rename(renamed) => (with(&renamed.ident), Some(word(&renamed.rename))),
        };
        self.uses.push(Use { line: tree.span().start().line, path, name });
    }
}

/// Paths, literals and lines, by tokens: what a macro is called with has no other syntax.
impl Source {
    fn read_tokens(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            let rest = &tokens[at..];
            if let Some((length, attribute)) = attribute_at(rest) {
                if is_doc(&attribute) {
                    at += length;
                    continue;
                }
                if is_for_tests(&attribute) {
                    self.tests.push(item_lines(rest));
                }
            }
            match &tokens[at] {
                TokenTree::Ident(_) => at += self.read_path(rest, &[]),
                other => {
                    self.read_token(other);
                    at += 1;
                }
            }
        }
    }

    fn read_token(&mut self, token: &TokenTree) {
        match token {
            TokenTree::Group(group) => {
                self.mark_code(group.span_open());
                self.mark_code(group.span_close());
                self.read_tokens(group.stream());
            }
            TokenTree::Literal(literal) => {
                let (line, last) = (literal.span().start().line, literal.span().end().line);
                self.code.extend(line..=last);
                match syn::Lit::new(literal.clone()) {
                    syn::Lit::Str(text) => self.strings.push((line, text.value())),
                    syn::Lit::ByteStr(text) => {
                        self.strings.push((line, String::from_utf8_lossy(&text.value()).into_owned()));
                    }
                    _ => {}
                }
            }
            TokenTree::Ident(_) | TokenTree::Punct(_) => self.mark_code(token.span()),
        }
    }

    fn mark_code(&mut self, span: Span) {
        let line = span.start().line;
        if self.code.last() != Some(&line) {
            self.code.push(line);
        }
    }

    /// Reads `a::b` or `a::{b, c::d}`, and returns how many tokens it takes.
    fn read_path(&mut self, tokens: &[TokenTree], before: &[String]) -> usize {
        let mut segments = before.to_vec();
        let line = tokens[0].span().start().line;
        let mut at = 0;
        while let Some(TokenTree::Ident(ident)) = tokens.get(at) {
            segments.push(word(ident));
            at += 1;
            if !(is_sign(tokens.get(at), ':') && is_sign(tokens.get(at + 1), ':')) {
                break;
            }
            at += 2;
        }
        tokens[..at].iter().for_each(|token| self.mark_code(token.span()));
        match tokens.get(at) {
            Some(TokenTree::Group(group))
                if group.delimiter() == Delimiter::Brace && is_sign(tokens.get(at - 1), ':') =>
            {
                self.mark_code(group.span_open());
                self.mark_code(group.span_close());
                self.read_group(group.stream(), &segments);
                at + 1
            }
            _ => {
                self.paths.push((line, segments));
                at
            }
        }
    }

    fn read_group(&mut self, tokens: TokenStream, before: &[String]) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            at += match &tokens[at] {
                TokenTree::Ident(ident) if ident == "as" => 2,
                TokenTree::Ident(_) => self.read_path(&tokens[at..], before),
                _ => 1,
            };
        }
    }
}

fn is_sign(token: Option<&TokenTree>, sign: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == sign)
}

/// The attribute that the tokens begin with: how many tokens it takes, and what is in its brackets.
fn attribute_at(tokens: &[TokenTree]) -> Option<(usize, TokenStream)> {
    if !is_sign(tokens.first(), '#') {
        return None;
    }
    let inner = usize::from(is_sign(tokens.get(1), '!'));
    match tokens.get(1 + inner) {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Bracket => Some((2 + inner, group.stream())),
        _ => None,
    }
}

/// A doc comment is an attribute too.
fn is_doc(attribute: &TokenStream) -> bool {
    matches!(attribute.clone().into_iter().next(), Some(TokenTree::Ident(name)) if name == "doc")
}

fn is_for_tests(attribute: &TokenStream) -> bool {
    let text = attribute.to_string();
    text == "test" || text.starts_with("cfg (test") || text.starts_with("cfg (all (test")
}

/// The lines of the item that the tokens begin with: up to its braces or its semicolon.
fn item_lines(tokens: &[TokenTree]) -> RangeInclusive<usize> {
    let is_end = |token: &&TokenTree| match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        other => is_sign(Some(other), ';'),
    };
    let end = tokens.iter().find(is_end).or(tokens.last());
    let last = end.map_or(0, |token| token.span().end().line);
    tokens[0].span().start().line..=last
}
