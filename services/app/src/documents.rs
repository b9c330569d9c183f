//! From the arguments of `check` and `extract` to documents, read in parallel and handed on in order.
use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
    sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};

use anyhow::{Context, bail};
use gongkai_model::{ReadError, Report};
use gongkai_reading::{Hints, MAX_BYTES, read};
use gongkai_runtime::http::{GetRequest, HttpClient, HttpConfig};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use url::Url;

use crate::{cli::SettingsArguments, open};

/// What is taken out of a folder; pictures, scripts and the like are passed over.
const EXTENSIONS: [&str; 14] = [
    "html", "htm", "shtml", "xhtml", "jhtml", "txt", "md", "pdf", "doc", "docx", "xls", "xlsx", "wps", "ofd",
];
/// Depth of folders.
const MAX_DEPTH: usize = 32;
/// Documents that may be ready before the slowest one is.
const AHEAD: usize = 256;

/// Where a document comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    File(PathBuf),
    Web(Url),
    Stdin,
}

impl Input {
    /// The name under which it is reported.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Web(url) => url.to_string(),
            Self::Stdin => "-".to_owned(),
        }
    }
}

/// The documents that the arguments name: in their order, folders in the order of sorted paths.
pub(crate) fn inputs(arguments: &[String]) -> anyhow::Result<Vec<Input>> {
    let mut inputs = Vec::new();
    for argument in arguments {
        let path = Path::new(argument);
        if argument == "-" {
            inputs.push(Input::Stdin);
        } else if argument.starts_with("http://") || argument.starts_with("https://") {
            let url = Url::parse(argument)
                .with_context(|| format!("{argument}：不是有效的网址 (not a valid URL)"))?;
            inputs.push(Input::Web(url));
        } else if path.is_dir() {
            let before = inputs.len();
            folder(path, 0, &mut inputs)?;
            if inputs.len() == before {
                bail!(
                    "{argument}：文件夹里没有网页或文本文件 (no document in this folder: {})",
                    EXTENSIONS.join(", ")
                );
            }
        } else {
            inputs.push(Input::File(path.to_owned()));
        }
    }
    Ok(inputs)
}

fn folder(path: &Path, depth: usize, inputs: &mut Vec<Input>) -> anyhow::Result<()> {
    if depth > MAX_DEPTH {
        bail!("{}：文件夹超过 {MAX_DEPTH} 层 (folders nested too deep)", path.display());
    }
    let listing = fs::read_dir(path)
        .with_context(|| format!("{}：无法打开文件夹 (cannot open folder)", path.display()))?;
    let mut entries: Vec<PathBuf> = listing.map(|entry| entry.map(|e| e.path())).collect::<Result<_, _>>()?;
    entries.sort();
    for entry in entries {
        let hidden = entry.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        // A link to a folder could lead round in a circle.
        let is_folder = fs::symlink_metadata(&entry).is_ok_and(|meta| meta.is_dir());
        if hidden {
            continue;
        } else if is_folder {
            folder(&entry, depth + 1, inputs)?;
        } else if entry
            .extension()
            .is_some_and(|ext| EXTENSIONS.iter().any(|known| ext.eq_ignore_ascii_case(known)))
        {
            inputs.push(Input::File(entry));
        }
    }
    Ok(())
}

/// Reads every input on all cores, makes something of its reports there, and hands that on in order.
pub(crate) fn each<T: Send>(
    settings: &SettingsArguments,
    inputs: &[Input],
    make: impl Fn(&str, Vec<Report>) -> T + Sync,
    mut take: impl FnMut(T) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let bar = progress(inputs.len());
    let web = Web::for_inputs(settings, inputs)?;
    let next = AtomicUsize::new(0);
    let threads = thread::available_parallelism().map_or(1, usize::from).min(inputs.len().max(1));
    thread::scope(|scope| {
        let (sender, receiver) = mpsc::sync_channel(AHEAD);
        for _ in 0..threads {
            let (sender, next, make, web) = (sender.clone(), &next, &make, &web);
            scope.spawn(move || {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(input) = inputs.get(at) else { return };
                    let made = make(&input.name(), reports(input, web.as_ref()));
                    if sender.send((at, made)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        let (mut waiting, mut due) = (BTreeMap::new(), 0);
        for (at, made) in receiver {
            waiting.insert(at, made);
            while let Some(made) = waiting.remove(&due) {
                take(made)?;
                due += 1;
                bar.inc(1);
            }
        }
        bar.finish_and_clear();
        Ok(())
    })
}

fn progress(documents: usize) -> ProgressBar {
    let bar = ProgressBar::new(documents as u64);
    // Drawn on standard error, and only if that is a terminal.
    bar.set_draw_target(if documents > 20 {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    });
    if let Ok(style) = ProgressStyle::with_template("{pos}/{len} {wide_bar} {per_sec} {eta}") {
        bar.set_style(style);
    }
    bar
}

fn reports(input: &Input, web: Option<&Web>) -> Vec<Report> {
    let read_with = |bytes: &[u8], content_type: Option<&str>, url: Option<&str>| {
        read(bytes, Hints { content_type, url })
    };
    match input {
        Input::File(path) => match File::open(path).and_then(bounded) {
            Ok(bytes) => read_with(&bytes, None, None),
            Err(error) => vec![unreadable("not_found", &path.display().to_string(), &error.to_string())],
        },
        Input::Stdin => match bounded(io::stdin().lock()) {
            Ok(bytes) => read_with(&bytes, None, None),
            Err(error) => vec![unreadable("not_found", "-", &error.to_string())],
        },
        Input::Web(url) => match web.map(|web| web.get(url)) {
            Some(Ok((bytes, content_type))) => read_with(&bytes, content_type.as_deref(), Some(url.as_str())),
            Some(Err(error)) => vec![unreadable("not_fetched", url.as_str(), &format!("{error:#}"))],
            None => Vec::new(),
        },
    }
}

/// At most one byte more than is read at all, so that a larger document is told apart.
fn bounded(source: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A document that could not even be opened, in the shape of all others so that nothing is lost.
fn unreadable(code: &str, name: &str, why: &str) -> Report {
    let message = format!("{name}：无法打开（{why}）；请检查路径、网址和权限");
    Report::unreadable(ReadError { code: code.to_owned(), message }, "")
}

/// Fetching for `check URL`: the same guarded client as the fetcher's, with its settings. Files are checked without any.
struct Web {
    runtime: tokio::runtime::Runtime,
    client: HttpClient,
}

impl Web {
    fn for_inputs(settings: &SettingsArguments, inputs: &[Input]) -> anyhow::Result<Option<Self>> {
        if !inputs.iter().any(|input| matches!(input, Input::Web(_))) {
            return Ok(None);
        }
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let fetch = open::settings(settings, Vec::new())?.settings.fetch;
        Ok(Some(Self { runtime, client: HttpClient::new(HttpConfig::from_settings(&fetch))? }))
    }

    fn get(&self, url: &Url) -> anyhow::Result<(Vec<u8>, Option<String>)> {
        let fetched = self.runtime.block_on(self.client.get(&GetRequest::new(url.clone())))?;
        if fetched.status != 200 {
            bail!("HTTP {}", fetched.status);
        }
        Ok((fetched.body.to_vec(), fetched.content_type))
    }
}
