//! The book: [`prose`] puts numbers in their place, [`mod@weave`] makes the pages of claims and snapshots, [`page`]
//! writes them, [`render`] makes HTML of them and [`inspect`] checks that.

pub mod inspect;
mod page;
pub mod prose;
pub mod render;
pub mod weave;
