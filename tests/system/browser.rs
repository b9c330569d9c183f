//! A real browser: Debian's `chromium`, without a window, spoken to over a pair of pipes (Chrome DevTools Protocol).
use std::{
    fs::{File, OpenOptions},
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::{Duration, Instant},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

/// Longest time for one answer or page.
const LIMIT: Duration = Duration::from_secs(60);
/// Longest time for an orderly end.
const CLOSING: Duration = Duration::from_secs(5);
const FLAGS: [&str; 12] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
    "about:blank",
];

/// A size of window.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Screen {
    pub(crate) name: &'static str,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

pub(crate) const DESK: Screen = Screen { name: "desk", width: 1280, height: 900 };
pub(crate) const PHONE: Screen = Screen { name: "phone", width: 390, height: 844 };

pub(crate) struct Browser {
    child: Child,
    to: File,
    from: Receiver<Value>,
    /// Kept open so that the reading thread can be woken at the end.
    wake: File,
    next: u64,
    session: Option<String>,
    /// Messages that no call waited for.
    events: Vec<Value>,
    _folder: tempfile::TempDir,
}

impl Browser {
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let [inward, outward] = ["in", "out"].map(|name| folder.path().join(name));
        let made = Command::new("mkfifo").args([&inward, &outward]).status().unwrap();
        assert!(made.success());
        let child = launch(folder.path());
        // Opened for both directions: neither end waits for the other.
        let open = |path: &Path| OpenOptions::new().read(true).write(true).open(path).unwrap();
        let (to, wake) = (open(&inward), open(&outward));
        let from = listen(wake.try_clone().unwrap());
        let mut browser =
            Self { child, to, from, wake, next: 0, session: None, events: Vec::new(), _folder: folder };
        browser.attach();
        browser
    }

    fn attach(&mut self) {
        let target = self.call("Target.createTarget", json!({ "url": "about:blank" }));
        let attached =
            self.call("Target.attachToTarget", json!({ "targetId": target["targetId"], "flatten": true }));
        self.session = Some(attached["sessionId"].as_str().unwrap().to_owned());
        for domain in ["Page", "Runtime", "Log", "Network"] {
            self.call(&format!("{domain}.enable"), json!({}));
        }
    }

    /// Opens a page and waits until it is loaded.
    pub(crate) fn open(&mut self, address: &str, screen: Screen) {
        let phone = screen.width < 600;
        let metrics = json!({ "width": screen.width, "height": screen.height, "deviceScaleFactor": 1, "mobile": phone });
        self.call("Emulation.setDeviceMetricsOverride", metrics);
        self.events.clear();
        let answer = self.call("Page.navigate", json!({ "url": address }));
        assert!(answer["errorText"].is_null(), "{address}: {answer}");
        self.loaded(address);
    }

    /// Does something in the page that leads to another one, and waits for that.
    pub(crate) fn follow(&mut self, script: &str) {
        self.events.clear();
        self.value(&format!("(() => {{ {script}; return true }})()"));
        self.loaded(script);
    }

    /// Waits for the page that comes.
    fn loaded(&mut self, what: &str) {
        let end = Instant::now() + LIMIT;
        while !self.events.iter().any(|event| event["method"] == "Page.loadEventFired") {
            let event = self.receive(end, what);
            self.events.push(event);
        }
    }

    /// Drops a file on something in the page, as a person does who drags it there from elsewhere.
    pub(crate) fn drop(&mut self, selector: &str, file: &Path) {
        let middle = "(place => [place.x + place.width / 2, place.y + place.height / 2])";
        let at =
            self.value(&format!("{middle}(document.querySelector('{selector}').getBoundingClientRect())"));
        self.events.clear();
        let data = json!({ "items": [], "files": [file], "dragOperationsMask": 1 });
        for kind in ["dragEnter", "dragOver", "drop"] {
            let event = json!({ "type": kind, "x": at[0], "y": at[1], "data": data });
            self.call("Input.dispatchDragEvent", event);
        }
    }

    /// The same where it leads to another page.
    pub(crate) fn drop_and_follow(&mut self, selector: &str, file: &Path) {
        self.drop(selector, file);
        self.loaded("a file dropped");
    }

    /// Keeps files of this name from being loaded.
    pub(crate) fn block(&mut self, name: &str) {
        self.call("Network.setBlockedURLs", json!({ "urls": [format!("*{name}")] }));
    }

    /// Chooses a file in a form, as a person does.
    pub(crate) fn choose(&mut self, selector: &str, file: &Path) {
        let root = self.call("DOM.getDocument", json!({}))["root"]["nodeId"].clone();
        let node =
            self.call("DOM.querySelector", json!({ "nodeId": root, "selector": selector }))["nodeId"].clone();
        self.call("DOM.setFileInputFiles", json!({ "nodeId": node, "files": [file] }));
    }

    /// True when an address is handed over as a file instead of being shown.
    pub(crate) fn downloads(&mut self, address: &str) -> bool {
        self.events.clear();
        self.call("Page.navigate", json!({ "url": address }))["isDownload"] == true
    }

    /// The value of an expression in the page.
    pub(crate) fn value(&mut self, expression: &str) -> Value {
        let answer =
            self.call("Runtime.evaluate", json!({ "expression": expression, "returnByValue": true }));
        assert!(answer["exceptionDetails"].is_null(), "{expression}: {answer}");
        answer["result"]["value"].clone()
    }

    /// What the console of the open page complained about.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let bad = |event: &&Value| match event["method"].as_str() {
            Some("Runtime.exceptionThrown") => true,
            Some("Runtime.consoleAPICalled") => event["params"]["type"] == "error",
            Some("Log.entryAdded") => event["params"]["entry"]["level"] == "error",
            Some("Network.loadingFailed") => true,
            _ => false,
        };
        self.events.iter().filter(bad).map(ToString::to_string).collect()
    }

    /// Addresses that the open page asked for.
    pub(crate) fn requested(&self) -> Vec<String> {
        let sent = |event: &&Value| event["method"] == "Network.requestWillBeSent";
        let address = |event: &Value| event["params"]["request"]["url"].as_str().unwrap().to_owned();
        self.events.iter().filter(sent).map(address).collect()
    }

    /// The whole page as PNG.
    pub(crate) fn picture(&mut self) -> Vec<u8> {
        let asked = json!({ "format": "png", "captureBeyondViewport": true });
        let answer = self.call("Page.captureScreenshot", asked);
        BASE64_STANDARD.decode(answer["data"].as_str().unwrap()).unwrap()
    }

    /// The same for a reader who wants it dark.
    pub(crate) fn picture_in_the_dark(&mut self) -> Vec<u8> {
        self.prefer("dark");
        let picture = self.picture();
        self.prefer("");
        picture
    }

    fn prefer(&mut self, scheme: &str) {
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        self.call("Emulation.setEmulatedMedia", json!({ "features": features }));
    }

    fn call(&mut self, method: &str, parameters: Value) -> Value {
        self.next += 1;
        let mut message = json!({ "id": self.next, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            message["sessionId"] = session.as_str().into();
        }
        self.to.write_all(format!("{message}\0").as_bytes()).unwrap();
        let end = Instant::now() + LIMIT;
        loop {
            let answer = self.receive(end, method);
            if answer["id"] == self.next {
                assert!(answer["error"].is_null(), "{method}: {answer}");
                return answer["result"].clone();
            }
            self.events.push(answer);
        }
    }

    fn receive(&mut self, end: Instant, what: &str) -> Value {
        loop {
            if let Ok(message) = self.from.recv_timeout(Duration::from_millis(200)) {
                return message;
            }
            let ended = self.child.try_wait().unwrap();
            assert!(
                ended.is_none(),
                "{what}: chromium ended, {ended:?}; is it installed? tests/run installs it"
            );
            assert!(Instant::now() < end, "no answer from chromium to {what} within {} s", LIMIT.as_secs());
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // All of its processes write to their folder until they are told to end. A browser that has ended already, or does not
        // listen, is not waited for.
        let _ = self.to.write_all(b"{\"id\":0,\"method\":\"Browser.close\"}\0");
        let end = Instant::now() + CLOSING;
        while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < end {
            thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = self.wake.write_all(b"\0");
    }
}

/// Chromium reads its orders on descriptor 3 and answers on 4.
fn launch(folder: &Path) -> Child {
    let line = "profile=$1; shift; exec chromium \"--user-data-dir=$profile/profile\" \"$@\" 3<>\"$profile/in\" 4<>\"$profile/out\"";
    let mut command = Command::new("bash");
    command.args(["-c", line, "bash"]).arg(folder).args(FLAGS).env("HOME", folder).env("TMPDIR", folder);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// Messages end with a zero byte; an empty one ends the listening.
fn listen(from: File) -> Receiver<Value> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for message in BufReader::new(from).split(0).map_while(Result::ok) {
            let Ok(message) = serde_json::from_slice(&message) else { return };
            if sender.send(message).is_err() {
                return;
            }
        }
    });
    receiver
}
