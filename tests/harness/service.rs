//! A running `gongkai run` in a folder: started, listened to, interrupted or killed, and never left behind.
use std::{
    fs::File,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use crate::{folder::without_settings, wait::until};

/// What the demo's summary ends with.
const SUMMARY_END: &str = "按 Ctrl-C 结束";
/// Longest time until a started service says something that is waited for.
const LIMIT: Duration = Duration::from_secs(90);
/// What the product promises for an orderly end.
pub const ORDERLY: Duration = Duration::from_secs(5);

/// A running process of the binary.
pub struct Service {
    child: Child,
    out: Arc<Mutex<String>>,
    errors: std::path::PathBuf,
}

impl Service {
    /// Starts `gongkai ARGUMENTS` with these settings, on a port of its own.
    pub fn start(folder: &Path, arguments: &[&str], settings: &[(&str, &str)]) -> Self {
        Self::start_program(&crate::folder::binary(), folder, arguments, settings)
    }

    /// The same with another program than the product's.
    pub fn start_program(
        program: &Path,
        folder: &Path,
        arguments: &[&str],
        settings: &[(&str, &str)],
    ) -> Self {
        let errors = folder.join(format!("stderr-{}.txt", moment()));
        let mut command = without_settings(Command::new(program), folder);
        command.args(arguments).env("GONGKAI_HTTP__LISTEN", "127.0.0.1:0");
        command.envs(settings.iter().copied()).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.stderr(File::create(&errors).unwrap()).spawn().unwrap();
        let out = Arc::new(Mutex::new(String::new()));
        let (lines, into) = (BufReader::new(child.stdout.take().unwrap()).lines(), Arc::clone(&out));
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                *into.lock().unwrap() += &format!("{line}\n");
            }
        });
        Self { child, out, errors }
    }

    /// The demo.
    pub fn demo(folder: &Path, settings: &[(&str, &str)]) -> Self {
        Self::start(folder, &["run", "--demo"], settings)
    }

    /// Everything printed so far.
    pub fn out(&self) -> String {
        self.out.lock().unwrap().clone()
    }

    /// Everything logged so far.
    pub fn errors(&self) -> String {
        std::fs::read_to_string(&self.errors).unwrap()
    }

    /// Waits until something stands in the output.
    pub fn says(&mut self, words: &str) -> String {
        until(&format!("“{words}” from the service"), LIMIT, || {
            let ended = self.child.try_wait().unwrap();
            let out = self.out();
            assert!(ended.is_none() || out.contains(words), "ended with {ended:?}: {out}{}", self.errors());
            out.contains(words).then_some(out)
        })
    }

    /// The demo's summary.
    pub fn summary(&mut self) -> String {
        self.says(SUMMARY_END)
    }

    /// Address of the console, with the final slash.
    pub fn console(&mut self) -> String {
        let out = self.says("控制台 (console)");
        let address = out.lines().find_map(|line| line.strip_prefix("控制台 (console)")).unwrap();
        address.trim_start_matches(['：', ':', ' ']).trim().to_owned()
    }

    /// SIGINT, as Ctrl-C sends it; gives the exit status and how long the end took.
    pub fn interrupt(self) -> (ExitStatus, Duration) {
        self.signal("-INT")
    }

    fn signal(mut self, signal: &str) -> (ExitStatus, Duration) {
        let begin = Instant::now();
        let sent = Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
        let limit = ORDERLY + Duration::from_secs(10);
        let status = until("the end after the signal", limit, || self.child.try_wait().unwrap());
        (status, begin.elapsed())
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for an end that comes by itself.
    pub fn ended(&mut self, about: &str, limit: Duration) -> ExitStatus {
        until(&format!("{about}: the end of the process"), limit, || self.child.try_wait().unwrap())
    }

    /// SIGTERM, as a supervisor sends it; gives the exit status and how long the end took.
    pub fn terminate(self) -> (ExitStatus, Duration) {
        self.signal("-TERM")
    }

    /// SIGKILL: no chance to tidy up.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // Both fail only for a process that has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Several services may run in one folder, one after the other.
fn moment() -> String {
    jiff::Timestamp::now().as_nanosecond().to_string()
}
