//! The book: [`prose`] puts numbers in their place, [`mod@weave`] makes pages of claims and snapshots, [`render`] makes HTML of the
//! pages and [`inspect`] checks that.

pub mod inspect;
pub mod prose;
pub mod render;
pub mod weave;
