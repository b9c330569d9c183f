//! The units for systemd: it understands them, and they name every service.
use std::{fs, process::Command};

use gongkai_harness::{
    folder::{Folder, binary, repository},
    installation::SERVICES,
};

#[test]
fn systemd_understands_a_unit_for_every_service() {
    let unit = fs::read_to_string(repository().join("deploy/systemd/gongkai@.service")).unwrap();
    let installed = "/usr/local/bin/gongkai ";
    assert!(unit.contains(installed));
    let folder = Folder::new();
    for service in SERVICES {
        assert!(unit.contains(&format!("gongkai@{service}")), "{service} is not in the list of units");
        // An instance is looked for beside its template: both are there.
        let text = unit.replace(installed, &format!("{} ", binary().display()));
        folder.write("gongkai@.service", &text);
        let name = format!("gongkai@{service}.service");
        folder.write(&name, &text);
        let verify = Command::new("systemd-analyze")
            .args(["verify", "--man=no"])
            .arg(folder.path().join(&name))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&verify.stderr);
        assert!(verify.status.success() && !said.contains("gongkai@"), "{service}: {said}");
    }
}
