//! A folder of results that appears whole or not at all, and never in the place of anything that is not ours.
//!
//! Files are written into a folder beside the one that was asked for. When all are there it takes that place in one
//! step of the file system: by a rename, which fails where something stands, or where an earlier result is to be
//! replaced by an exchange of the two (`renameat2`, `renameatx_np`; on other systems by two renames, of which the first
//! is taken back if the second fails). A list of what was written stands in every folder. Only a folder that holds
//! those files and nothing else is replaced, looked at before the work and once more in the step itself: what came in
//! meanwhile is named, the folder stays as it is, and the new result is kept beside it. Whoever owns a [`Folder`] is
//! the only one to touch it; a signal asks through [`Stop`].

mod place;

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use place::{LIST, created, exchange, files_below, ours, refuse, remove, resolved, why_not};

use super::{Stop, harmless};

/// What a folder holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// What writes it, such as `attention-regression compare`.
    pub made_by: &'static str,
    /// Whether an earlier result is replaced.
    pub replaces: bool,
}

/// Why there is no folder, or not in its place.
#[derive(Debug)]
pub enum FolderError {
    /// Something is there.
    Exists(PathBuf),
    /// It holds something that is not ours.
    Foreign {
        /// Which.
        folder: PathBuf,
        /// The first few of what it holds.
        names: String,
        /// What was about to replace it.
        made_by: &'static str,
    },
    /// A file, or a link to nothing.
    NoFolder(PathBuf),
    /// The folder that one is in.
    Here(PathBuf),
    /// Two folders that are one, or of which one lies in the other.
    Shared(PathBuf, PathBuf),
    /// The result is whole, and stands elsewhere.
    Kept {
        /// Where it was to stand.
        goal: PathBuf,
        /// What stood against it.
        why: String,
        /// Where it stands.
        kept: PathBuf,
    },
    /// Somebody asked to stop.
    Interrupted,
    /// It cannot be written.
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
}

impl FolderError {
    /// Where.
    pub fn place(&self) -> String {
        match self {
            Self::Exists(path) | Self::NoFolder(path) | Self::Here(path) | Self::Io { path, .. } => shown(path),
            Self::Foreign { folder, .. } => shown(folder),
            Self::Shared(one, other) => format!("{} and {}", shown(one), shown(other)),
            Self::Kept { goal, .. } => shown(goal),
            Self::Interrupted => "the folder".to_owned(),
        }
    }

    /// What is wrong there.
    pub fn what(&self) -> String {
        match self {
            Self::Exists(_) => "is there already".to_owned(),
            Self::Foreign { names, made_by, .. } => {
                format!("holds {names}, not among what `{made_by}` wrote there, so it is not replaced")
            }
            Self::NoFolder(_) => "is no folder".to_owned(),
            Self::Here(_) => "is the folder that you are in, or above it".to_owned(),
            Self::Shared(..) => "cannot share a folder, and one lies in the other".to_owned(),
            Self::Kept { why, .. } => format!("{why}, so it stays as it is"),
            Self::Interrupted => "was not finished, since somebody asked to stop".to_owned(),
            Self::Io { error, .. } => format!("cannot be written: {error}"),
        }
    }

    /// What to do about it; `option` names another folder.
    pub fn cure(&self, option: &str) -> String {
        match self {
            Self::Exists(_) => format!("{option}, or replace an earlier result with --force"),
            Self::Foreign { .. } => format!("move that away, or {option}"),
            Self::NoFolder(_) | Self::Io { .. } => option.to_owned(),
            Self::Here(_) => "name a new one in it".to_owned(),
            Self::Shared(..) => "give each one of its own".to_owned(),
            Self::Kept { kept, .. } => format!("the result is in {}", shown(kept)),
            Self::Interrupted => "run it again".to_owned(),
        }
    }
}

impl std::fmt::Display for FolderError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}; {}", self.place(), self.what(), self.cure("choose another folder"))
    }
}

impl std::error::Error for FolderError {}

fn shown(path: &Path) -> String {
    harmless(&path.to_string_lossy())
}

/// A folder in its place.
#[derive(Debug)]
pub struct Finished {
    /// Where it was asked for.
    pub place: PathBuf,
    /// Where an earlier result is that could not be removed, or to which something was added in the last moment.
    pub left: Option<PathBuf>,
}

impl Finished {
    /// What is to be said of what is left.
    pub fn warning(&self) -> Option<String> {
        let words = "of the earlier result, or of what was put into it, something could not be removed, and is in";
        self.left.as_ref().map(|left| format!("warning: {}: {words} {}", shown(&self.place), shown(left)))
    }
}

/// A folder under way.
#[derive(Debug)]
pub struct Folder {
    kind: Kind,
    /// As it was named.
    named: PathBuf,
    /// Without links.
    goal: PathBuf,
    partial: PathBuf,
    /// Folders above it that were not there.
    made: Vec<PathBuf>,
    /// Whether what is in `partial` is to be removed when nobody owns it any more.
    unfinished: bool,
    stop: Stop,
}

impl Folder {
    /// Begins a folder.
    ///
    /// # Errors
    /// Something stands in the way, or the place cannot be written.
    pub fn begin(goal: &Path, kind: Kind, stop: &Stop) -> Result<Self, FolderError> {
        let named = goal.to_path_buf();
        let goal = resolved(goal)?;
        refuse(&named, &goal, kind)?;
        let made = goal.ancestors().skip(1).take_while(|above| !above.exists()).map(Path::to_path_buf).collect();
        let mut folder =
            Self { kind, partial: PathBuf::new(), goal, made, unfinished: true, stop: stop.clone(), named };
        let parents = folder.goal.parent().map_or(Ok(()), std::fs::create_dir_all);
        let partial = parents
            .and_then(|()| created(&folder.goal, "partial"))
            .map_err(|error| FolderError::Io { path: folder.named.clone(), error })?;
        folder.partial = partial;
        Ok(folder)
    }

    /// Whether a folder could be begun, without touching anything.
    ///
    /// # Errors
    /// Something stands in the way.
    pub fn check(goal: &Path, kind: Kind) -> Result<(), FolderError> {
        refuse(goal, &resolved(goal)?, kind)
    }

    /// Whether two folders have nothing to do with each other.
    ///
    /// # Errors
    /// They are one, or one lies in the other.
    pub fn apart(one: &Path, other: &Path) -> Result<(), FolderError> {
        let (a, b) = (resolved(one)?, resolved(other)?);
        if a.starts_with(&b) || b.starts_with(&a) {
            Err(FolderError::Shared(one.to_path_buf(), other.to_path_buf()))
        } else {
            Ok(())
        }
    }

    /// Where it is made, for what writes by itself.
    pub fn path(&self) -> &Path {
        &self.partial
    }

    /// Writes one file, below folders that are made on the way.
    ///
    /// # Errors
    /// It cannot be written, or somebody asked to stop.
    pub fn write(&self, name: &str, contents: &[u8]) -> Result<(), FolderError> {
        self.go_on()?;
        let path = self.partial.join(name);
        let written =
            path.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(&path, contents));
        written.map_err(|error| FolderError::Io { path: self.named.join(name), error })
    }

    /// Whether nobody asked to stop.
    ///
    /// # Errors
    /// Somebody did.
    pub fn go_on(&self) -> Result<(), FolderError> {
        if self.stop.asked() { Err(FolderError::Interrupted) } else { Ok(()) }
    }

    /// Completes the list of what was written: all but the last step.
    ///
    /// # Errors
    /// The list cannot be written, or somebody asked to stop.
    pub fn complete(&self) -> Result<(), FolderError> {
        let files = files_below(&self.partial).map_err(|error| FolderError::Io { path: self.named.clone(), error })?;
        let list: String = std::iter::once(self.kind.made_by.to_owned()).chain(files).map(|line| line + "\n").collect();
        self.write(LIST, list.as_bytes())?;
        self.go_on()
    }

    /// Puts a complete folder where it was asked for, whoever asks to stop from here on. Says where it is, and where an
    /// earlier result is that could not be removed.
    ///
    /// # Errors
    /// It cannot be put there; then what stood there stays, and the result is kept beside it.
    pub fn finish(mut self) -> Result<Finished, FolderError> {
        // Elsewhere a rename takes no folder's place; this removes an empty one, and no other.
        #[cfg(not(unix))]
        let _ = std::fs::remove_dir(&self.goal);
        let there = self.goal.symlink_metadata().is_ok().then(|| ours(&self.goal, self.kind));
        if let (Some(Ok(_)), Ok(about)) = (&there, self.goal.metadata()) {
            // One that was made with rights of its own keeps them.
            let _ = std::fs::set_permissions(&self.partial, about.permissions());
        }
        let earlier = self.kind.replaces && matches!(&there, Some(Ok(files)) if !files.is_empty());
        // A rename takes the place of an empty folder, and no other's.
        let outcome = if earlier {
            self.replace()
        } else {
            std::fs::rename(&self.partial, &self.goal).map_err(|error| why_not(&error))
        };
        let outcome = outcome.map_err(|why| match there {
            Some(Err(names)) if self.kind.replaces => format!("holds {names} by now"),
            _ => why,
        });
        match outcome {
            Ok(()) => {
                self.unfinished = false;
                let left = earlier.then(|| self.partial.clone()).filter(|old| old.symlink_metadata().is_ok());
                Ok(Finished { place: self.named.clone(), left })
            }
            Err(why) => Err(self.keep(why)),
        }
    }

    /// Exchanges an earlier result with this one, and removes it if it holds nothing else.
    fn replace(&mut self) -> Result<(), String> {
        let old = exchange(&self.partial, &self.goal).map_err(|error| why_not(&error))?;
        self.partial.clone_from(&old);
        let names = match ours(&old, self.kind) {
            Ok(files) => {
                remove(&old, &files);
                return Ok(());
            }
            Err(names) => names,
        };
        // Something came in since it was looked at: all goes back.
        match exchange(&old, &self.goal) {
            Ok(new) => {
                self.partial = new;
                Err(format!("holds {names} by now"))
            }
            // Then the new result stands in its place, and what came in is where the old one is.
            Err(_) => Ok(()),
        }
    }

    /// Gives a result that cannot stand where it was asked for a name beside it; the one it has where none can be had.
    fn keep(&mut self, why: String) -> FolderError {
        self.unfinished = false;
        let named = |number: u32| {
            // A goal without a name, `/` or `..`, was refused.
            let mut name = OsString::from(self.goal.file_name().unwrap_or_default());
            name.push(format!("-{number}"));
            self.goal.with_file_name(name)
        };
        let renamed = |kept: &PathBuf| kept.symlink_metadata().is_err() && std::fs::rename(&self.partial, kept).is_ok();
        let kept = (1..100).map(named).find(renamed).unwrap_or_else(|| self.partial.clone());
        // As the folder was named, unless that was a link to elsewhere; what was kept has a name.
        let beside = self.named.with_file_name(kept.file_name().unwrap_or_default());
        let same = beside.canonicalize().is_ok_and(|beside| kept.canonicalize().is_ok_and(|kept| kept == beside));
        FolderError::Kept { kept: if same { beside } else { kept }, goal: self.named.clone(), why }
    }
}

impl Drop for Folder {
    /// What was not finished is removed.
    fn drop(&mut self) {
        if !self.unfinished {
            return;
        }
        let _ = std::fs::remove_dir_all(&self.partial);
        self.made.iter().for_each(|above| drop(std::fs::remove_dir(above)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: Kind = Kind { made_by: "a test", replaces: false };
    const FORCED: Kind = Kind { made_by: "a test", replaces: true };

    type Outcome = Result<(), Box<dyn std::error::Error>>;

    /// A folder of two files, but for the last step.
    fn complete(goal: &Path, kind: Kind, stop: &Stop, text: &str) -> Result<Folder, FolderError> {
        let folder = Folder::begin(goal, kind, stop)?;
        folder.write("first", text.as_bytes())?;
        folder.write("below/second", text.as_bytes())?;
        folder.complete()?;
        Ok(folder)
    }

    /// The same in its place.
    fn result(goal: &Path, kind: Kind, stop: &Stop, text: &str) -> Result<Finished, FolderError> {
        complete(goal, kind, stop, text)?.finish()
    }

    /// The names and texts of all files.
    fn texts(folder: &Path) -> Vec<(String, String)> {
        let files = files_below(folder).unwrap_or_default();
        files
            .into_iter()
            .map(|name| (name.clone(), std::fs::read_to_string(folder.join(name)).unwrap_or_default()))
            .collect()
    }

    fn whole(goal: &Path, text: &str) -> bool {
        let list = "a test\nbelow/second\nfirst\n".to_owned();
        texts(goal)
            == [
                (LIST.to_owned(), list),
                ("below/second".to_owned(), text.to_owned()),
                ("first".to_owned(), text.to_owned()),
            ]
    }

    #[test]
    fn a_folder_appears_whole_or_not_at_all() -> Outcome {
        let place = tempfile::tempdir()?;
        let goal = place.path().join("new/out");
        let folder = Folder::begin(&goal, REPORT, &Stop::default())?;
        folder.write("first", b"text")?;
        assert!(!goal.exists());
        drop(folder);
        assert_eq!(place.path().read_dir()?.count(), 0, "nothing is left of it, nor of the folder above it");
        result(&goal, REPORT, &Stop::default(), "text")?;
        assert!(whole(&goal, "text"));
        assert_eq!(goal.with_file_name("").read_dir()?.count(), 1);
        Ok(())
    }

    /// Whenever somebody asks to stop: what stands there is the old result or the new one, and nothing beside it.
    #[test]
    fn a_request_to_stop_at_any_step_leaves_one_result_whole() -> Outcome {
        let place = tempfile::tempdir()?;
        let goal = place.path().join("out");
        let mut interrupted = 0;
        for (kind, before) in [(REPORT, None), (FORCED, Some("old"))] {
            for looks in 0.. {
                let _ = std::fs::remove_dir_all(&goal);
                if let Some(text) = before {
                    result(&goal, REPORT, &Stop::default(), text)?;
                }
                let told = result(&goal, kind, &Stop::after(looks), "new");
                assert_eq!(
                    place.path().read_dir()?.count(),
                    usize::from(told.is_ok() || before.is_some()),
                    "{looks} looks"
                );
                match told {
                    Ok(_) => {
                        assert!(whole(&goal, "new"));
                        break;
                    }
                    Err(FolderError::Interrupted) => {
                        assert!(before.map_or(!goal.exists(), |text| whole(&goal, text)), "{looks} looks")
                    }
                    Err(error) => return Err(error.into()),
                }
                interrupted += 1;
            }
        }
        assert_eq!(interrupted, 2 * 4, "before each of three files, and before the last step");
        Ok(())
    }

    #[test]
    fn only_what_was_written_is_replaced_and_only_when_asked() -> Outcome {
        let place = tempfile::tempdir()?;
        let goal = place.path().join("out");
        std::fs::create_dir(&goal)?;
        result(&goal, REPORT, &Stop::default(), "in an empty folder")?;
        assert!(whole(&goal, "in an empty folder"));
        assert!(matches!(result(&goal, REPORT, &Stop::default(), "again"), Err(FolderError::Exists(_))));
        result(&goal, FORCED, &Stop::default(), "again")?;
        assert!(whole(&goal, "again"));
        std::fs::create_dir(goal.join(".git"))?;
        for letter in ["thesis.tex", "below/letter", "a", "b"] {
            std::fs::write(goal.join(letter), "mine")?;
            let refused =
                Folder::begin(&goal, FORCED, &Stop::default()).err().map(|error| error.to_string()).unwrap_or_default();
            assert!(refused.contains("holds `.git/`"), "{refused}");
        }
        let other = Kind { made_by: "another", ..FORCED };
        let told = Folder::begin(&goal, other, &Stop::default()).err().map(|error| error.to_string());
        assert!(told.is_some_and(|told| {
            told.contains("holds `.attention-regression`, `.git/`, `a` and 5 more, not among what `another` wrote")
        }));
        let file = place.path().join("file");
        std::fs::write(&file, "text")?;
        assert!(matches!(Folder::begin(&file, FORCED, &Stop::default()), Err(FolderError::NoFolder(_))));
        assert!(matches!(Folder::begin(&file, REPORT, &Stop::default()), Err(FolderError::NoFolder(_))));
        assert!(matches!(Folder::begin(&file.join("below"), REPORT, &Stop::default()), Err(FolderError::Io { .. })));
        assert!(matches!(
            Folder::begin(&std::env::current_dir()?, FORCED, &Stop::default()),
            Err(FolderError::Here(_))
        ));
        assert_eq!(place.path().read_dir()?.count(), 2);
        Ok(())
    }

    /// What comes in while a result is made stays, and the result is not lost.
    #[test]
    fn what_came_in_meanwhile_stays_and_the_result_is_kept() -> Outcome {
        let place = tempfile::tempdir()?;
        let goal = place.path().join("out");
        for (kind, number) in [(REPORT, 1), (FORCED, 2)] {
            let folder = complete(&goal, kind, &Stop::default(), "new")?;
            std::fs::create_dir_all(&goal)?;
            std::fs::write(goal.join("thesis.tex"), "mine")?;
            let Err(FolderError::Kept { kept, why, .. }) = folder.finish() else {
                return Err("it was replaced".into());
            };
            assert!(
                why == if number == 1 { "is there by now" } else { "holds `thesis.tex` by now" }
                    && kept == place.path().join(format!("out-{number}"))
                    && whole(&kept, "new"),
                "{why}"
            );
            assert_eq!(std::fs::read_to_string(goal.join("thesis.tex"))?, "mine");
            std::fs::remove_dir_all(&goal)?;
        }
        assert_eq!(place.path().read_dir()?.count(), 2);
        Ok(())
    }

    /// In the very step: between the last look and the exchange.
    #[test]
    fn an_exchange_is_taken_back_where_something_came_in() -> Outcome {
        let place = tempfile::tempdir()?;
        let goal = place.path().join("out");
        result(&goal, REPORT, &Stop::default(), "old")?;
        let mut folder = Folder::begin(&goal, FORCED, &Stop::default())?;
        folder.write("first", b"new")?;
        std::fs::write(goal.join("thesis.tex"), "mine")?;
        assert_eq!(folder.replace().err().as_deref(), Some("holds `thesis.tex` by now"));
        assert_eq!(std::fs::read_to_string(goal.join("thesis.tex"))?, "mine");
        assert_eq!(std::fs::read_to_string(folder.path().join("first"))?, "new");
        Ok(())
    }

    #[test]
    fn one_place_has_many_names() -> Outcome {
        let place = tempfile::tempdir()?;
        let named = |name: &str| place.path().join(name);
        for (one, other) in [("z", "./z"), ("n", "n/m"), ("n/m", "n"), ("z", "y/../z"), ("z/", "z")] {
            std::fs::create_dir_all(named("y"))?;
            assert!(matches!(Folder::apart(&named(one), &named(other)), Err(FolderError::Shared(..))), "{one} {other}");
        }
        Folder::apart(&named("z"), &named("zz"))?;
        assert!(matches!(Folder::apart(&named("no/../z"), &named("z")), Err(FolderError::Io { .. })));
        Ok(())
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_followed_and_stays() -> Outcome {
        let place = tempfile::tempdir()?;
        let (real, link) = (place.path().join("real"), place.path().join("link"));
        std::fs::create_dir(&real)?;
        std::os::unix::fs::symlink(&real, &link)?;
        result(&link, REPORT, &Stop::default(), "text")?;
        assert!(link.symlink_metadata()?.is_symlink() && whole(&real, "text"));
        assert!(matches!(Folder::apart(&real, &link), Err(FolderError::Shared(..))));
        // A link that takes the place of an earlier result while another is made, and a link among its files.
        let folder = Folder::begin(&real, FORCED, &Stop::default())?;
        folder.write("first", b"new")?;
        folder.complete()?;
        std::fs::rename(&real, place.path().join("archive"))?;
        std::os::unix::fs::symlink("archive", &real)?;
        assert!(matches!(folder.finish(), Err(FolderError::Kept { .. })));
        assert!(real.symlink_metadata()?.is_symlink() && whole(&place.path().join("archive"), "text"));
        std::fs::remove_file(&real)?;
        std::fs::rename(place.path().join("archive"), &real)?;
        std::fs::remove_file(real.join("first"))?;
        std::os::unix::fs::symlink("/dev/zero", real.join("first"))?;
        let refused = Folder::begin(&real, FORCED, &Stop::default()).err().map(|error| error.to_string());
        assert!(refused.is_some_and(|told| told.contains("holds `first@`, not among")));
        std::fs::remove_dir_all(&real)?;
        assert!(matches!(Folder::begin(&link, FORCED, &Stop::default()), Err(FolderError::NoFolder(_))));
        Ok(())
    }
}
