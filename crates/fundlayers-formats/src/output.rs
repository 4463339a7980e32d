//! Files that are written whole or not at all: the one place of this crate that opens a file, for doors that write some.
//!
//! What is written stands in a file beside the one that is meant, `.NAME.PID-0.part`, and takes its name when it is whole;
//! whoever reads meets the old file or the new one. A symbolic link stays one: what it points to is written, even if that
//! does not exist yet. What is no regular file (a FIFO, a terminal, `/dev/stdout`) is written into. A file that is read-only
//! is left alone, whoever asks, and one that is replaced hands its permissions on.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use fundlayers::{Code, Lang, Message, Name, Problem, Problems};

use crate::catalogue as words;

/// Why a file was not written.
#[derive(Debug)]
pub struct OutputError {
    path: PathBuf,
    why: Why,
}

#[derive(Debug)]
enum Why {
    ReadOnly,
    Failed(io::Error),
}

impl OutputError {
    /// Whether whoever read from it, a FIFO, has what they wanted.
    #[must_use]
    pub fn is_closed_pipe(&self) -> bool {
        matches!(&self.why, Why::Failed(error) if error.kind() == ErrorKind::BrokenPipe)
    }
}

impl From<OutputError> for Problem {
    fn from(OutputError { path, why }: OutputError) -> Self {
        let problem = match why {
            Why::ReadOnly => Self::new(Code::CannotWrite, words::READ_ONLY).expected(words::ANOTHER_FILE),
            Why::Failed(error) => Self::new(Code::CannotWrite, words::CANNOT_BE_WRITTEN.with(&[&io_message(&error)])),
        };
        problem.file(path.display().to_string())
    }
}

/// What the system says of a file, in Chinese too; the English is the system's own.
#[must_use]
pub fn io_message(error: &io::Error) -> Message {
    let zh = match error.kind() {
        ErrorKind::NotFound => words::NOT_THERE,
        ErrorKind::PermissionDenied => words::NOT_ALLOWED,
        ErrorKind::IsADirectory => words::IS_A_FOLDER,
        ErrorKind::NotADirectory => words::IS_NO_FOLDER,
        ErrorKind::DirectoryNotEmpty => words::NOT_EMPTY,
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => words::NO_ROOM,
        ErrorKind::ReadOnlyFilesystem => words::READ_ONLY_DISK,
        ErrorKind::BrokenPipe => words::NOBODY_READS,
        _ => words::INPUT_OR_OUTPUT_FAILS,
    };
    let zh = match error.raw_os_error() {
        Some(number) => words::OF_NUMBER.with(&[&zh, &number]).to_text(Lang::Zh),
        None => zh.get(Lang::Zh).to_owned(),
    };
    words::SYSTEM_SAYS.with(&[&Name::new(zh, error.to_string())])
}

impl From<OutputError> for Problems {
    fn from(error: OutputError) -> Self {
        Problem::from(error).into()
    }
}

/// A file on its way, for whoever may have to give it up from another thread: at a signal, or when nobody waits any more.
#[derive(Debug, Clone, Default)]
pub struct Unfinished(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    /// What is to be removed.
    temporary: Option<PathBuf>,
    given_up: bool,
}

impl Unfinished {
    /// Removes what was written so far and lets nothing more be written.
    pub fn give_up(&self) {
        let mut state = self.state();
        state.given_up = true;
        state.temporary.take().as_deref().map(remove);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No state is half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn still_wanted(&self) -> io::Result<MutexGuard<'_, State>> {
        let state = self.state();
        if state.given_up { Err(io::Error::other("given up")) } else { Ok(state) }
    }
}

/// Writes a file as `fill` says. See the [module](self).
///
/// # Errors
///
/// What the file system or `fill` says; then everything is as it was before.
///
/// ```
/// use fundlayers_formats::output::{Unfinished, write};
/// let path = std::env::temp_dir().join(format!("fundlayers-{}.txt", std::process::id()));
/// write(&path, &Unfinished::default(), |file| writeln!(file, "合计")).map_err(fundlayers::Problems::from)?;
/// assert_eq!(std::fs::read_to_string(&path)?, "合计\n");
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write(
    path: &Path,
    unfinished: &Unfinished,
    fill: impl FnOnce(&mut (dyn Write + Send)) -> io::Result<()>,
) -> Result<(), OutputError> {
    let failed = |why| OutputError { path: path.to_owned(), why };
    let write = || {
        let target = target(path)?;
        let (file, replaced) = match target {
            Target::Into(path, options) => (options.open(path)?, None),
            Target::New(path) => (begin(&path, None, unfinished)?, Some(path)),
            Target::File(path) => {
                let known = fs::metadata(&path)?;
                if known.permissions().readonly() {
                    return Ok(Err(Why::ReadOnly));
                }
                // Whether it may be written to is not in its permissions alone.
                drop(OpenOptions::new().write(true).open(&path)?);
                (begin(&path, Some(&known), unfinished)?, Some(path))
            }
        };
        let attempt = Attempt { unfinished };
        let mut writer = BufWriter::with_capacity(1 << 16, Watched { file, unfinished });
        fill(&mut writer)?;
        writer.flush()?;
        drop(writer);
        attempt.finish(replaced.as_deref())?;
        Ok(Ok(()))
    };
    match write() {
        Ok(Ok(())) => Ok(()),
        Ok(Err(why)) => Err(failed(why)),
        Err(error) => Err(failed(Why::Failed(error))),
    }
}

/// A folder on its way; see [`write_folder`].
#[derive(Debug)]
pub struct NewFolder<'a> {
    path: PathBuf,
    unfinished: &'a Unfinished,
}

impl NewFolder<'_> {
    /// Writes a file of the folder as `fill` says.
    ///
    /// # Errors
    ///
    /// What the file system or `fill` says.
    pub fn write(&self, name: &str, fill: impl FnOnce(&mut (dyn Write + Send)) -> io::Result<()>) -> io::Result<()> {
        let file = File::create_new(self.path.join(name))?;
        let mut writer = BufWriter::with_capacity(1 << 16, Watched { file, unfinished: self.unfinished });
        fill(&mut writer)?;
        writer.flush()
    }
}

/// Writes a folder of files as `fill` says, whole or not at all, as [`write()`] does a file. The folder is new or empty.
///
/// # Errors
///
/// What the file system or `fill` says; then everything is as it was before.
///
/// ```
/// use fundlayers_formats::output::{Unfinished, write_folder};
/// let path = std::env::temp_dir().join(format!("fundlayers-folder-{}", std::process::id()));
/// let one = |folder: &fundlayers_formats::output::NewFolder<'_>| folder.write("a.txt", |file| writeln!(file, "合计"));
/// write_folder(&path, &Unfinished::default(), one).map_err(fundlayers::Problems::from)?;
/// assert_eq!(std::fs::read_to_string(path.join("a.txt"))?, "合计\n");
/// // What stands there is not written over.
/// assert!(write_folder(&path, &Unfinished::default(), one).is_err());
/// # std::fs::remove_dir_all(&path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write_folder(
    path: &Path,
    unfinished: &Unfinished,
    fill: impl FnOnce(&NewFolder<'_>) -> io::Result<()>,
) -> Result<(), OutputError> {
    let write = || {
        let is_empty = match fs::read_dir(path) {
            Ok(mut entries) => entries.next().is_none(),
            Err(error) if error.kind() == ErrorKind::NotFound => true,
            Err(error) => return Err(error),
        };
        if !is_empty {
            return Err(ErrorKind::DirectoryNotEmpty.into());
        }
        let mut state = unfinished.still_wanted()?;
        let ((), temporary) = beside(path, |temporary| fs::create_dir(temporary))?;
        state.temporary = Some(temporary.clone());
        drop(state);
        let attempt = Attempt { unfinished };
        fill(&NewFolder { path: temporary, unfinished })?;
        // Not everywhere does a folder take the place of an empty one.
        match fs::remove_dir(path) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        attempt.finish(Some(path))
    };
    write().map_err(|error| OutputError { path: path.to_owned(), why: Why::Failed(error) })
}

/// Where to write.
enum Target {
    /// What does not exist yet.
    New(PathBuf),
    /// A regular file, which is replaced.
    File(PathBuf),
    /// What is no regular file, or was opened by somebody else.
    Into(PathBuf, OpenOptions),
}

/// What a path leads to, through links.
fn target(path: &Path) -> io::Result<Target> {
    // As many as Linux follows.
    const LINKS: usize = 40;
    let into = |path: &Path, append: bool| {
        let mut options = OpenOptions::new();
        options.write(true).append(append);
        Ok(Target::Into(path.to_owned(), options))
    };
    let mut at = path.to_owned();
    for _ in 0..=LINKS {
        let known = match fs::symlink_metadata(&at) {
            Ok(known) => known,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Target::New(at)),
            Err(error) => return Err(error),
        };
        if known.is_dir() {
            return Err(ErrorKind::IsADirectory.into());
        }
        if known.is_file() {
            return Ok(Target::File(at));
        }
        if !known.is_symlink() {
            return into(&at, false);
        }
        // Links such as `/dev/stdout` stand for what this process has open already; a file has its end written to.
        if at.starts_with("/proc") || at.starts_with("/dev/fd") {
            let is_file = fs::metadata(&at)?.is_file();
            return into(&at, is_file);
        }
        at = at.parent().unwrap_or(Path::new("")).join(fs::read_link(&at)?);
    }
    Err(io::Error::other("too many symbolic links"))
}

/// A new file beside the one that is meant, with its permissions if it exists.
fn begin(path: &Path, known: Option<&fs::Metadata>, unfinished: &Unfinished) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    if known.is_some() {
        private(&mut options);
    }
    let mut state = unfinished.still_wanted()?;
    let (file, temporary) = beside(path, |temporary| options.open(temporary))?;
    state.temporary = Some(temporary);
    if let Some(known) = known {
        let kept = keep_owner(&file, known).and_then(|()| file.set_permissions(known.permissions()));
        drop(state);
        if let Err(error) = kept {
            unfinished.give_up();
            return Err(error);
        }
    }
    Ok(file)
}

/// Makes what is on its way beside what is meant, under a name that nobody else has.
fn beside<T>(path: &Path, make: impl Fn(&Path) -> io::Result<T>) -> io::Result<(T, PathBuf)> {
    const TRIES: usize = 100;
    // A name has at most 255 bytes.
    const NAME: usize = 50;
    let name = path.file_name().ok_or_else(|| io::Error::new(ErrorKind::InvalidInput, "is not a file name"))?;
    let name: String = name.to_string_lossy().chars().take(NAME).collect();
    for number in 0..TRIES {
        let temporary = path.with_file_name(format!(".{name}.{}-{number}.part", std::process::id()));
        match make(&temporary) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            made => return made.map(|made| (made, temporary)),
        }
    }
    Err(ErrorKind::AlreadyExists.into())
}

/// Removes what is left of an attempt, which is of no use; more cannot be done.
fn remove(temporary: &Path) {
    if fs::remove_file(temporary).is_err() {
        _ = fs::remove_dir_all(temporary);
    }
}

/// For nobody else to read before it has the permissions of the file that it replaces.
#[cfg(unix)]
fn private(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o600);
}

#[cfg(not(unix))]
fn private(_: &mut OpenOptions) {}

/// Hands the owner on where that is allowed.
#[cfg(unix)]
fn keep_owner(file: &File, known: &fs::Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let own = file.metadata()?;
    if (own.uid(), own.gid()) != (known.uid(), known.gid()) {
        // Only the administrator may give files away.
        _ = fchown(file, Some(known.uid()), Some(known.gid()));
    }
    Ok(())
}

#[cfg(not(unix))]
fn keep_owner(_: &File, _: &fs::Metadata) -> io::Result<()> {
    Ok(())
}

/// Writes until the file is given up.
struct Watched<'a> {
    file: File,
    unfinished: &'a Unfinished,
}

impl Write for Watched<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        drop(self.unfinished.still_wanted()?);
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// An attempt at a file, of which nothing stays unless it is finished, however it ends.
struct Attempt<'a> {
    unfinished: &'a Unfinished,
}

impl Attempt<'_> {
    fn finish(self, replaced: Option<&Path>) -> io::Result<()> {
        let mut state = self.unfinished.still_wanted()?;
        let Some((temporary, replaced)) = state.temporary.as_deref().zip(replaced) else { return Ok(()) };
        fs::rename(temporary, replaced)?;
        state.temporary = None;
        Ok(())
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        self.unfinished.state().temporary.take().as_deref().map(remove);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder of its own for a test, which goes with it.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let folder = std::env::temp_dir().join(format!("fundlayers-output-{name}-{}", std::process::id()));
            fs::create_dir_all(&folder).unwrap();
            Self(folder)
        }

        fn path(&self, name: &str) -> PathBuf {
            self.0.join(name)
        }

        /// What stands in it.
        fn names(&self) -> Vec<String> {
            let names = fs::read_dir(&self.0).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
            let mut names: Vec<String> = names.collect();
            names.sort();
            names
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            drop(fs::remove_dir_all(&self.0));
        }
    }

    fn put(path: &Path, text: &str) -> Result<(), Problem> {
        write(path, &Unfinished::default(), |file| file.write_all(text.as_bytes())).map_err(Problem::from)
    }

    fn text(path: &Path) -> String {
        fs::read_to_string(path).unwrap()
    }

    #[test]
    fn a_file_is_the_old_one_until_the_new_one_is_whole() {
        let folder = Folder::new("whole");
        let path = folder.path("a.csv");
        put(&path, "old").unwrap();
        let failed = write(&path, &Unfinished::default(), |file| {
            file.write_all(&vec![b'x'; 200_000])?;
            assert_eq!((text(&path).as_str(), folder.names().len()), ("old", 2));
            Err(io::Error::other("no more"))
        });
        let said = Problem::from(failed.unwrap_err()).to_string();
        assert!(said.ends_with("a.csv: cannot be written: no more [cannot-write]"), "{said}");
        assert_eq!((text(&path).as_str(), folder.names().len()), ("old", 1));
        put(&path, "new").unwrap();
        assert_eq!((text(&path).as_str(), folder.names().len()), ("new", 1));
        let panicked = std::panic::catch_unwind(|| write(&path, &Unfinished::default(), |_| panic!("a defect")));
        assert!(panicked.is_err());
        assert_eq!(folder.names(), ["a.csv"]);
        // As long as a name may be, in bytes.
        put(&folder.path(&"县".repeat(85)), "long").unwrap();
        assert!(put(&folder.path("no/where.csv"), "").is_err());
        assert!(put(&folder.0, "").unwrap_err().to_string().contains("directory"));
        assert_eq!(folder.names().len(), 2);
    }

    #[test]
    fn a_folder_is_whole_or_not_there() {
        let folder = Folder::new("folder");
        let path = folder.path("rows");
        let unfinished = Unfinished::default();
        let failed = write_folder(&path, &unfinished, |new| {
            new.write("a", |file| file.write_all(b"a"))?;
            new.write("b", |_| Err(io::Error::other("no more")))
        });
        assert!(failed.is_err() && folder.names().is_empty());
        fs::create_dir(&path).unwrap();
        write_folder(&path, &unfinished, |new| new.write("a", |file| file.write_all(b"a"))).unwrap();
        assert_eq!((text(&path.join("a")).as_str(), folder.names().len()), ("a", 1));
        let again = write_folder(&path, &unfinished, |_| panic!("not asked")).unwrap_err();
        assert!(Problem::from(again).to_text(Lang::Zh).contains("文件夹不是空的"));
        let given_up = write_folder(&folder.path("other"), &unfinished, |new| {
            new.write("a", |file| file.write_all(b"a"))?;
            unfinished.give_up();
            new.write("b", |file| file.write_all(b"b"))
        });
        assert!(given_up.is_err());
        assert_eq!(folder.names(), ["rows"]);
    }

    #[test]
    fn who_gives_a_file_up_from_another_thread_leaves_nothing() {
        let folder = Folder::new("given-up");
        let path = folder.path("a.csv");
        let unfinished = Unfinished::default();
        let given_up = write(&path, &unfinished, |file| {
            file.write_all(b"a")?;
            let theirs = unfinished.clone();
            std::thread::spawn(move || theirs.give_up()).join().unwrap();
            assert_eq!(folder.names(), [""; 0]);
            // Whoever still writes is told, and nothing takes the name in the end.
            assert!(file.write_all(&vec![b'x'; 200_000]).is_err());
            Ok(())
        });
        assert!(given_up.is_err() && folder.names().is_empty());
        assert!(write(&path, &unfinished, |_| Ok(())).is_err() && folder.names().is_empty());
    }

    #[cfg(unix)]
    mod unix {
        use std::os::unix::fs::{PermissionsExt, symlink};

        use super::*;

        #[test]
        fn links_stay_links_and_what_they_point_to_is_written() {
            let folder = Folder::new("links");
            fs::create_dir(folder.path("sub")).unwrap();
            let (link, chain) = (folder.path("link"), folder.path("sub/chain"));
            symlink("sub/target", &link).unwrap();
            symlink("../link", &chain).unwrap();
            // Dangling at first.
            for content in ["one", "two"] {
                put(&chain, content).unwrap();
                assert_eq!(text(&folder.path("sub/target")), content);
                assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
                assert!(fs::symlink_metadata(&chain).unwrap().is_symlink());
            }
            assert_eq!((folder.names().len(), fs::read_dir(folder.path("sub")).unwrap().count()), (2, 2));
            symlink("round", folder.path("round")).unwrap();
            assert!(put(&folder.path("round"), "x").unwrap_err().to_string().contains("too many symbolic links"));
        }

        #[test]
        fn permissions_are_kept_and_read_only_files_too() {
            let folder = Folder::new("permissions");
            let path = folder.path("a.csv");
            let mode = |mode| fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            put(&path, "old").unwrap();
            mode(0o640);
            put(&path, "new").unwrap();
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
            mode(0o444);
            let link = folder.path("link");
            symlink("a.csv", &link).unwrap();
            // The administrator too, who could.
            for name in [&path, &link] {
                let problem = put(name, "newer").unwrap_err();
                assert_eq!(problem.code(), Code::CannotWrite);
                assert!(problem.to_string().contains("is read-only; "), "{problem}");
            }
            assert_eq!((text(&path).as_str(), folder.names().len()), ("new", 2));
        }

        #[test]
        fn what_is_no_regular_file_is_written_into() {
            let folder = Folder::new("into");
            let fifo = folder.path("fifo");
            assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
            let link = folder.path("link");
            symlink("fifo", &link).unwrap();
            for path in [&fifo, &link] {
                let theirs = fifo.clone();
                let reader = std::thread::spawn(move || fs::read_to_string(theirs).unwrap());
                put(path, "through").unwrap();
                assert_eq!(reader.join().unwrap(), "through");
            }
            assert_eq!(folder.names(), ["fifo", "link"]);
        }

        #[test]
        fn what_the_process_has_open_is_written_to_its_end() {
            use std::os::fd::AsRawFd;
            let folder = Folder::new("open");
            let path = folder.path("log");
            fs::write(&path, "before\n").unwrap();
            let open = OpenOptions::new().append(true).open(&path).unwrap();
            if Path::new("/proc/self/fd").exists() {
                put(Path::new(&format!("/proc/self/fd/{}", open.as_raw_fd())), "after\n").unwrap();
                assert_eq!(text(&path), "before\nafter\n");
            }
        }
    }
}
