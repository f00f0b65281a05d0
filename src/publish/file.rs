//! One file that is there whole, as it was, or not at all; and files that may be something else.

use std::fs::{File, Metadata};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// Reads a plain file of text, of so many bytes at most: neither a pipe, which would be waited for, nor a device
/// without end.
///
/// # Errors
/// It cannot be read, is no plain file, is longer, or no UTF-8.
pub fn read(path: &Path, longest: u64) -> io::Result<String> {
    plain(&path.metadata()?)?;
    let mut text = String::new();
    let mut file = File::open(path)?.take(longest + 1);
    file.read_to_string(&mut text)?;
    if file.limit() == 0 { Err(io::Error::other(format!("longer than {longest} bytes"))) } else { Ok(text) }
}

fn plain(about: &Metadata) -> io::Result<()> {
    if about.is_file() { Ok(()) } else { Err(io::Error::other("no plain file")) }
}

/// Writes a file beside the one that was named, and renames it when it is whole. What stands there by then is replaced
/// only if `replaces` says so; a link is followed.
///
/// # Errors
/// It cannot be written, or something else stands there, which stays.
pub fn write(path: &Path, contents: &[u8], replaces: impl Fn(&Path) -> bool) -> io::Result<()> {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut partial = partial(folder)?;
    partial.write_all(contents)?;
    let replaced = path.symlink_metadata().is_ok_and(|about| about.is_file()) && replaces(&path);
    let written = if replaced { partial.persist(&path) } else { partial.persist_noclobber(&path) };
    written.map(drop).map_err(|error| error.error)
}

/// As any other file: the mask of the process says who may read it.
#[cfg(unix)]
fn partial(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    tempfile::Builder::new().permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666)).tempfile_in(folder)
}

#[cfg(not(unix))]
fn partial(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    tempfile::NamedTempFile::new_in(folder)
}

/// Files at or below a folder, as sorted paths relative to it.
///
/// # Errors
/// A folder that cannot be read, or that is not there.
pub(crate) fn files_below(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(below) = folders.pop() {
        for entry in std::fs::read_dir(folder.join(&below))? {
            let entry = entry?;
            let path = below.join(entry.file_name());
            if entry.file_type()?.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_may_be_is_replaced() -> io::Result<()> {
        let place = tempfile::tempdir()?;
        let file = place.path().join("page");
        write(&file, b"one", |_| false)?;
        assert!(write(&file, b"two", |_| false).is_err());
        assert_eq!(read(&file, 3)?, "one");
        assert_eq!(read(&file, 2).map_err(|error| error.to_string()), Err("longer than 2 bytes".to_owned()));
        write(&file, b"two", |_| true)?;
        assert_eq!(read(&file, 99)?, "two");
        assert!(read(place.path(), 99).is_err() && place.path().read_dir()?.count() == 1);
        Ok(())
    }

    #[test]
    fn a_folder_that_cannot_be_read_is_not_an_empty_one() -> io::Result<()> {
        let place = tempfile::tempdir()?;
        assert!(files_below(place.path())?.is_empty());
        std::fs::create_dir_all(place.path().join("b/c"))?;
        std::fs::write(place.path().join("b/c/d"), "")?;
        std::fs::write(place.path().join("a"), "")?;
        assert_eq!(files_below(place.path())?, [PathBuf::from("a"), PathBuf::from("b/c/d")]);
        assert!(files_below(&place.path().join("none")).is_err() && files_below(&place.path().join("a")).is_err());
        Ok(())
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_followed_unless_it_leads_nowhere() -> io::Result<()> {
        let place = tempfile::tempdir()?;
        let (file, link) = (place.path().join("page"), place.path().join("link"));
        std::os::unix::fs::symlink("page", &link)?;
        assert!(write(&link, b"one", |_| true).is_err(), "a link to nothing stays");
        std::fs::write(&file, "old")?;
        write(&link, b"one", |_| true)?;
        assert!(link.symlink_metadata()?.is_symlink() && read(&file, 99)? == "one");
        Ok(())
    }
}
