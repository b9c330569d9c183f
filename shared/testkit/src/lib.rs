//! What tests and the demo stand on: invented annual reports with known cells, and a fake government site.

pub mod demo;
pub mod reports;
pub mod site;
