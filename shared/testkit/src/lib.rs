//! What tests and the demo stand on: invented annual reports with known cells, a fake government site, private servers.

pub mod demo;
pub mod reports;
pub mod servers;
pub mod site;
